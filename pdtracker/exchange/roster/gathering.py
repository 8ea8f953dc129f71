"""The staff of a roster as it is read: lines about the same person become one, and what can't be used is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pdtracker.domain.refusals import Mistyped
from pdtracker.domain.roster import Listed, RosterRefused
from pdtracker.domain.text import clean_line, clean_name
from pdtracker.exchange.attendance.names import email_of

LONGEST_KEY = 200
_LONGEST_NUMBER = 60
_LONGEST_TITLE = 120


class Gathering:
    """Collects the staff; `several` says that one person may stand on several lines, one for each school."""

    def __init__(self, *, several: bool) -> None:
        self.refused: list[RosterRefused] = []
        self.unread = 0
        self._several = several
        self._people: dict[str, Listed] = {}

    def add(self, listed: Listed) -> None:
        """Take somebody in, cleaned; a line that can't be used is refused."""
        if not listed.key or len(listed.key) > LONGEST_KEY:
            why = "There is no identifier that fits." if listed.key else "There is no identifier."
            self._refuse(listed, why)
            return
        try:
            cleaned = _cleaned(listed)
        except Mistyped as fault:
            self._refuse(listed, fault.sentence)
            return
        first = self._people.get(listed.key)
        if first is None:
            self._people[listed.key] = cleaned
        elif self._several:
            self._people[listed.key] = self._united(first, cleaned)
        else:
            self._refuse(listed, f"{listed.key} stands in line {first.line} already.")

    def people(self) -> Iterator[Listed]:
        """Everybody, in the order of their first lines."""
        return iter(self._people.values())

    def _united(self, first: Listed, other: Listed) -> Listed:
        if other.email and first.email and other.email != first.email:
            self._refuse(
                other, f"Line {first.line} tells another e-mail address for {first.key}; that one counts."
            )
            return first
        # Of two posts one may have ended.
        here = [one for one in (first, other) if not one.leaves]
        schools = tuple(dict.fromkeys(key for one in here or (first, other) for key in one.schools or ()))
        return replace(
            first,
            email=first.email or other.email,
            title=first.title or other.title,
            number=first.number or other.number,
            schools=schools,
            leaves="" if here else first.leaves,
        )

    def _refuse(self, listed: Listed, why: str) -> None:
        self.refused.append(RosterRefused(listed.file, listed.line, why, listed.key))


def _cleaned(listed: Listed) -> Listed:
    email = email_of(listed.email) if listed.email else ""
    if listed.email and not email:
        raise Mistyped("The e-mail address isn’t one.")
    name = clean_name(listed.name) if listed.name else ""
    number = clean_line(listed.number, _LONGEST_NUMBER) if listed.number else ""
    title = clean_line(listed.title, _LONGEST_TITLE) if listed.title else ""
    if (name, email, number, title) == (listed.name, listed.email, listed.number, listed.title):
        return listed
    return replace(listed, name=name, email=email, number=number, title=title)
