"""What an import of a roster would do: who is new, changed, leaving or as they were, each with its reason.

Nobody is ever deleted: who is missing from a roster that lists everybody, or is said to have left, may no longer come
in, and their records stay. Only who came with rosters of the same source can be missing from one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

from pdtracker.domain.access import Role
from pdtracker.domain.roster import (
    Roster,
    RosterAction,
    RosterRefused,
)

MOST_LEAVING: Final = Fraction(1, 10)
"""So many of a source's people may leave with one import; for more it needs a second yes."""


class Change(StrEnum):
    """What of a person an import changes."""

    NAME = "name"
    EMAIL = "e-mail"
    NUMBER = "number"
    TITLE = "title"
    SCHOOL = "school"
    BACK = "is back"


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """Somebody of the district. `key` is their key in rosters of this source, empty for who never came with one."""

    id: int
    key: str
    name: str
    email: str
    number: str
    title: str
    school_id: int | None
    school_keys: tuple[str, ...] = ()
    role: Role | None = None
    has_left: bool = False
    is_me: bool = False


@dataclass(frozen=True, slots=True)
class KnownSchool:
    """A school of the district, with its key in rosters of this source."""

    id: int
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class PlannedSchool:
    """What becomes of a school; `id` is that of the one which is there."""

    key: str
    name: str
    action: RosterAction
    id: int | None


@dataclass(frozen=True, slots=True)
class PlannedPerson:
    """What becomes of a person; all of it is as it would be afterwards. `person_id` is who they are already."""

    key: str
    file: str
    line: int
    name: str
    email: str
    number: str
    title: str
    role: Role | None
    schools: tuple[str, ...]
    action: RosterAction
    person_id: int | None
    changes: tuple[Change, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class RosterPlan:
    """All that would happen. `present` counts those of this source who are here now."""

    roster: Roster
    schools: tuple[PlannedSchool, ...]
    people: tuple[PlannedPerson, ...]
    refused: tuple[RosterRefused, ...]
    warnings: tuple[str, ...]
    present: int

    def count(self, action: RosterAction) -> int:
        """How many people it concerns so."""
        return sum(one.action is action for one in self.people)

    @property
    def leaving(self) -> int:
        """How many would leave."""
        return self.count(RosterAction.DEACTIVATE)

    @property
    def needs_second_yes(self) -> bool:
        """Whether more than a tenth of those who are here would leave: 11 of 100, but not 10.

        Nor does anybody leave unasked for a line that can't be read: it may be theirs.
        """
        missing = sum(one.action is RosterAction.DEACTIVATE and not one.file for one in self.people)
        may_be_there = missing and any(not told.key for told in self.roster.refused)
        return bool(may_be_there) or self.leaving > self.present * MOST_LEAVING

    @property
    def changes_nothing(self) -> bool:
        """Whether everybody and every school is as the roster says."""
        actions = {one.action for one in self.people} | {one.action for one in self.schools}
        return actions <= {RosterAction.UNCHANGED}
