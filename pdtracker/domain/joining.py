"""Coming into a district: lists of people to invite, mail domains that let in, and how long letters and links hold."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from pdtracker.domain.letters import Letter
from pdtracker.domain.refusals import Mistyped, NotValid
from pdtracker.domain.telling import count_of
from pdtracker.domain.text import clean_name

LINK_LASTS: Final = timedelta(minutes=30)
"""So long the link in a letter works, from when the letter left: a mailbox is no safe."""
INVITED_FOR: Final = timedelta(days=14)
"""So long an invited person can have a new letter sent by themselves."""
MOST_LINES: Final = 500
MOST_LETTERS: Final = 10
"""How many letters one invitation brings by its own link; an administrator sends further ones."""
MOST_DOMAINS: Final = 20
LINK_DAYS: Final = (1, 7, 30, 90)
MOST_BY_LINK: Final = 5_000
MOST_LINKS: Final = 50

LINK_PLACE: Final = "(the link: only the letter itself has it)"
"""Stands for the link in what we keep of a letter. The link is drawn when the letter leaves, and kept as a digest."""

_DOMAIN = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_HEADINGS: Final = {
    "name": "name",
    "full name": "name",
    "first name": "first",
    "firstname": "first",
    "given name": "first",
    "last name": "last",
    "lastname": "last",
    "surname": "last",
    "family name": "last",
    "email": "email",
    "e-mail": "email",
    "mail": "email",
    "email address": "email",
    "e-mail address": "email",
    "work email": "email",
    "school": "school",
    "building": "school",
}
_BRACKETED = re.compile(r'^\s*"?([^"<>]*)"?\s*<([^<>]+)>\s*$')
# Nobody's line is as long, and what looks for its parts would take ever longer.
_MOST_LINE_CHARACTERS: Final = 1_000
_TOO_LONG = "It is too long for one person. Put each person on a line."
_NO_ADDRESS = "There is no e-mail address in it."


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody on a list to invite. `line` counts from 1, with the headings; `school` is a name, or ""."""

    line: int
    name: str
    email: str
    school: str = ""


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line of a list that can't be taken, and why."""

    line: int
    why: str


class LinesRefused(NotValid):
    """A list has lines that can't be taken; nothing of it was."""

    def __init__(self, lines: Sequence[RefusedLine]) -> None:
        self.lines = tuple(sorted(lines, key=lambda refused: refused.line))
        told = count_of(len(self.lines), "line", "lines")
        super().__init__(
            {"people": f"Nobody was invited: put {told} right, or take {_them(self.lines)} out."}
        )


def read_list(text: str, clean_address: Callable[[str], str]) -> tuple[Newcomer, ...]:
    """The people of a pasted list or a CSV: `Name, address`, `Name <address>`, an address alone, or with headings.

    `clean_address` gives an address in its one form or raises Mistyped. Raises LinesRefused with every line that
    can't be taken, NotValid at `people` for none and for more than `MOST_LINES`.
    """
    rows = _rows(text)
    columns = _columns(rows[0][1]) if rows else None
    if columns is not None:
        rows = rows[1:]
    if not rows:
        raise NotValid({"people": "Enter a name and an e-mail address on each line."})
    if len(rows) > MOST_LINES:
        raise NotValid({"people": f"These are {len(rows):,} lines. Invite at most {MOST_LINES} at a time."})
    found: dict[str, Newcomer] = {}
    refused: list[RefusedLine] = []
    for line, cells in rows:
        try:
            one = _newcomer(line, cells, columns, clean_address)
        except Mistyped as error:
            refused.append(RefusedLine(line, error.sentence))
            continue
        if (first := found.setdefault(one.email.casefold(), one)) is not one:
            refused.append(RefusedLine(line, f"{one.email} stands on line {first.line} already."))
    if refused:
        raise LinesRefused(refused)
    return tuple(found.values())


def read_domains(text: str) -> tuple[str, ...]:
    """Mail domains as people write them (`@maplewood.example, k12.ma.us`), each once. Raises NotValid at `domains`."""
    said = [word.strip("@.").casefold() for word in re.split(r"[\s,;]+", text) if word.strip("@.")]
    domains = tuple(dict.fromkeys(said))
    if wrong := [domain for domain in domains if not _DOMAIN.fullmatch(domain)]:
        raise NotValid({"domains": f"{wrong[0]} is no mail domain. Enter the part after the @."})
    if not domains:
        raise NotValid({"domains": "Enter at least one mail domain, such as maplewood.example."})
    if len(domains) > MOST_DOMAINS:
        raise NotValid({"domains": f"Enter at most {MOST_DOMAINS} mail domains."})
    return domains


def is_within(email: str, domains: Sequence[str]) -> bool:
    """Whether an address is of one of the domains exactly; of a domain beneath one of them it is not."""
    return email.rpartition("@")[2].casefold() in domains


def invited_letter(to_name: str, district: str, by: str) -> Letter:
    """Somebody is invited: with the link they choose their password."""
    return Letter(
        f"{by} invites you to {district}",
        _lines(
            to_name,
            f"{by} invites you to {district}, where what you learn counts as credit.",
            "Choose your password here:",
            *_the_link(),
            "When it is over, its page sends you a new letter, for two weeks.",
            "If you don’t expect this, do nothing. Nobody comes in without the link.",
        ),
    )


def asked_letter(to_name: str, district: str) -> Letter:
    """Somebody asked to join under this address: with the link they show that they read its mail."""
    return Letter(
        f"Join {district}",
        _lines(
            to_name,
            f"somebody, probably you, asked to join {district} under this address.",
            "Choose your password here:",
            *_the_link(),
            "If this wasn’t you, do nothing. Nobody comes in without the link.",
        ),
    )


def known_letter(to_name: str, district: str, address: str) -> Letter:
    """Somebody asked to join who can sign in already. `address` is where one signs in."""
    return Letter(
        f"You belong to {district} already",
        _lines(
            to_name,
            f"somebody, probably you, asked to join {district} under this address.",
            f"You belong to it already. Sign in here: {address}",
            "",
            "If you don’t know your password any more, an administrator of your district gives you a code.",
            "If this wasn’t you, do nothing. Nothing has changed.",
        ),
    )


def left_letter(to_name: str, district: str) -> Letter:
    """Somebody asked to join whom the district has as left."""
    return Letter(
        f"Your record at {district}",
        _lines(
            to_name,
            f"somebody, probably you, asked to join {district} under this address.",
            "The district has you as somebody who left. Your record is kept.",
            "If you are back, ask one of its administrators: they let you in again with one button.",
            "If this wasn’t you, do nothing. Nothing has changed.",
        ),
    )


def _the_link() -> tuple[str, ...]:
    return LINK_PLACE, "", "The link works once, and for 30 minutes."


def _lines(to_name: str, *lines: str) -> str:
    return "\n".join([f"Dear {to_name},", "", *lines, ""])


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """Line by line: a broken quotation mark spoils its own line and no other."""
    said = text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}").splitlines()
    return [(number, _cells(line)) for number, line in enumerate(said, 1) if line.strip(" \t,;")]


def _cells(line: str) -> list[str]:
    if len(line) > _MOST_LINE_CHARACTERS:
        return [line]
    if found := _BRACKETED.match(line):
        return [found[1].strip(), found[2].strip()]
    mark = next((mark for mark in ("\t", ";", ",") if mark in line), ",")
    return [cell.strip() for cell in next(csv.reader([line], delimiter=mark, skipinitialspace=True), [])]


def _columns(cells: Sequence[str]) -> list[str] | None:
    """What each column holds, where the first line is one of headings."""
    if any("@" in cell for cell in cells):
        return None
    columns = [_HEADINGS.get(cell.casefold(), "") for cell in cells]
    return columns if "email" in columns else None


def _newcomer(
    line: int, cells: Sequence[str], columns: Sequence[str] | None, clean_address: Callable[[str], str]
) -> Newcomer:
    if len(cells) == 1 and len(cells[0]) > _MOST_LINE_CHARACTERS:
        raise Mistyped(_TOO_LONG)
    if columns is None:
        said = [cell for cell in cells if cell]
        addresses = [cell for cell in said if "@" in cell]
        names = [cell for cell in said if "@" not in cell]
        if len(addresses) > 1 or len(names) > 2:
            raise Mistyped("Enter one name and one address on a line.")
        by_name = {"email": "".join(addresses), "name": " ".join(names)}
    else:
        by_name = dict(zip(columns, cells, strict=False))
        both = f"{by_name.get('first', '')} {by_name.get('last', '')}".strip()
        by_name["name"] = by_name.get("name", "") or both
    if not by_name.get("email"):
        raise Mistyped(_NO_ADDRESS)
    email = clean_address(by_name["email"])
    return Newcomer(line, clean_name(by_name["name"] or _guessed(email)), email, by_name.get("school", ""))


def _guessed(email: str) -> str:
    """`ada.lindqvist@...` is Ada Lindqvist; an address that names nobody needs the name beside it."""
    words = email.partition("@")[0].split(".")
    if len(words) < 2 or not all(word.isalpha() for word in words):
        raise Mistyped(f"Write the name beside {email}: it stands on certificates.")
    return " ".join(word.capitalize() for word in words)


def _them(lines: Sequence[RefusedLine]) -> str:
    return "it" if len(lines) == 1 else "them"
