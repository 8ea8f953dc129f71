"""Names and e-mails as reports show them, and those that are no person's: bots, devices, telephones.

They are only told apart here; whom a name belongs to is never decided from the name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from typing import Final

from pdtracker.domain.attendance import Flag

LONGEST_NAME: Final = 200
_LONGEST_EMAIL: Final = 254

_EMAIL: Final = re.compile(r"[^\s@<>,;\"]{1,64}@[^\s@<>,;\"]{1,190}")
_ORIGINAL: Final = re.compile(r"\(([^()]{1,120})\)\s*$")
_PRONOUNS: Final = re.compile(r"\((?:she|he|they|ze|xe|any)\b[^()]{0,40}\)", re.IGNORECASE)
_UNVERIFIED: Final = re.compile(r"\((?:guest|unverified)\)", re.IGNORECASE)
_BOTS: Final = re.compile(
    r"\b(?:read\.ai|otter\.ai|otterpilot|fireflies(?:\.ai)?|fathom notetaker|note ?taker|meeting notes|tl;?dv|tactiq|"
    r"meetgeek|supernormal|recall\.ai|sembly|avoma|airgram|zoom ai companion|ai assistant|recording bot|bot)\b",
    re.IGNORECASE,
)
_DEVICES: Final = re.compile(
    r"(?:.{1,40}['’]s )?"
    r"(?:i ?phone|i ?pad|ipod(?: touch)?|android(?: \w{1,20})?|(?:galaxy|samsung)[\w+ -]{0,20}|sm-\w{2,12}|"
    r"pixel ?\w{0,12}|macbook(?: air| pro)?|imac|chromebook|laptop|desktop(?:-\w{1,20})?|pc|tablet|kindle)"
    r"(?: ?\(\d{1,3}\)| ?\d{1,3})?",
    re.IGNORECASE,
)
_TELEPHONES: Final = re.compile(
    r"(?=.{6,40}$)(?=.*\d{2})[+\d*•xX().\s-]+|(?:call-?in|phone) user ?\d{0,3}", re.IGNORECASE
)


def email_of(text: str) -> str:
    """An e-mail address for comparison, in lower case; empty for a text that is none."""
    told = text.strip()
    return told.casefold() if len(told) <= _LONGEST_EMAIL and _EMAIL.fullmatch(told) else ""


def shown_name(text: str) -> str:
    """A name as it was shown, cut where it is longer than anyone's."""
    return text[:LONGEST_NAME].strip()


def name_key(name: str) -> str:
    """A name for telling the rows of one report apart: case and width of letters don't matter, accents do."""
    return unicodedata.normalize("NFKC", name).casefold()


def are_several_people(names: Collection[str]) -> bool:
    """Whether the names under one e-mail look like more than one person: renaming oneself in the meeting doesn't."""
    known: set[str] = set()
    for name in names:
        # Somebody's telephone beside their computer is nobody else.
        if _is_device(name):
            continue
        ways = _ways(name)
        if known and not known & ways:
            return True
        known |= ways
    return False


def flags_of(names: Collection[str], email: str) -> frozenset[Flag]:
    """What a person's names say about them: a bot, a device, a telephone, a guest that nobody verified."""
    flags = set()
    if any(_BOTS.search(name) for name in names):
        flags.add(Flag.BOT)
    if any(_UNVERIFIED.search(name) for name in names):
        flags.add(Flag.UNVERIFIED)
    if email or not names:
        return frozenset(flags)
    if all(_TELEPHONES.fullmatch(name) for name in names):
        flags.add(Flag.PHONE)
    elif all(_is_device(name) for name in names):
        flags.add(Flag.DEVICE)
    return frozenset(flags)


def _is_device(name: str) -> bool:
    # `Pat's iPhone (Patricia Lee)`: the original name is a person's.
    original = _ORIGINAL.search(name)
    if original and not original[1].isdigit():
        return bool(_DEVICES.fullmatch(original[1]))
    return bool(_DEVICES.fullmatch(name))


def _ways(name: str) -> set[str]:
    """The shown and the original name of `Shown (Original)`, as sets of words so that their order doesn't matter."""
    bare = _PRONOUNS.sub("", _UNVERIFIED.sub("", name))
    original = _ORIGINAL.search(bare)
    parts = [bare[: original.start()], original[1]] if original else [bare]
    return {" ".join(sorted(re.findall(r"\w+", name_key(part)))) for part in parts if part.strip()}
