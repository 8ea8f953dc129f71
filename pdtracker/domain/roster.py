"""What a roster says: the schools and the staff of a district as another system knows them, by that system's keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from pdtracker.domain.access import Role


class RosterFormat(StrEnum):
    """Whose files they are. Keys of one format are never taken for those of another."""

    ONEROSTER = "oneroster"
    CLEVER = "clever"
    SDS = "sds"
    HR = "hr"

    @property
    def label(self) -> str:
        """The format's name on pages."""
        return _LABELS[self]


_LABELS: Final[Mapping[RosterFormat, str]] = MappingProxyType(
    {
        RosterFormat.ONEROSTER: "OneRoster",
        RosterFormat.CLEVER: "Clever",
        RosterFormat.SDS: "Microsoft School Data Sync",
        RosterFormat.HR: "HR list",
    }
)


class RosterMode(StrEnum):
    """Whether a roster lists everybody, so that who is missing left, or only what changed."""

    BULK = "bulk"
    DELTA = "delta"


class RosterState(StrEnum):
    """Where an import of a roster stands."""

    # Read and looked at; nothing of it holds, and it goes by itself after some days.
    WAITING = "waiting"
    COMMITTED = "committed"
    UNDONE = "undone"


class RosterAction(StrEnum):
    """What an import of the roster would do with a person or a school."""

    CREATE = "create"
    UPDATE = "update"
    DEACTIVATE = "deactivate"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class ListedSchool:
    """A school of a roster."""

    key: str
    name: str
    line: int


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody of the staff as a roster lists them; `file` and `line` are where they stand in it first.

    Empty texts are what it doesn't tell, as `role` and `schools` are `None`. The main school stands first; with
    `adds_schools` they come to those that are known, of which `gone_schools` are taken away.
    `leaves` says in a sentence why they are nobody in the district any more, and is empty for who works there.
    """

    key: str
    file: str
    line: int
    name: str = ""
    email: str = ""
    number: str = ""
    title: str = ""
    role: Role | None = None
    schools: tuple[str, ...] | None = None
    adds_schools: bool = False
    gone_schools: tuple[str, ...] = ()
    leaves: str = ""


@dataclass(frozen=True, slots=True)
class RosterRefused:
    """A line that was not taken over, and why. `key` is whose it is, as far as it could be read."""

    file: str
    line: int
    why: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Roster:
    """All that the files say. `unread` counts the students and guardians, of whom nothing else was looked at."""

    format: RosterFormat
    version: str | None
    mode: RosterMode
    schools: tuple[ListedSchool, ...]
    people: tuple[Listed, ...]
    refused: tuple[RosterRefused, ...] = ()
    warnings: tuple[str, ...] = ()
    unread: int = 0
    elsewhere: frozenset[str] = frozenset()
    """Keys of what is no school: the district itself, its departments, a state."""


_WORDS: Final = 512
"""So many words of roles are remembered: a file has few, and they stand on every line."""

_NEVER_READ: Final = frozenset(
    {"student", "guardian", "parent", "relative", "alumni", "formerstudent", "prospectivestudent", "child"}
)
_ADMINISTRATORS: Final = frozenset(
    {
        "administrator",
        "admin",
        "districtadmin",
        "districtadministrator",
        "siteadministrator",
        "systemadministrator",
        "itadmin",
        "superintendent",
    }
)
_REVIEWERS: Final = frozenset({"principal", "assistantprincipal", "viceprincipal", "headteacher"})


@lru_cache(maxsize=_WORDS)
def is_never_read(word: str) -> bool:
    """Whether a roster's role is a student's or a family's: their rows are counted, and not looked at."""
    return _role_key(word) in _NEVER_READ


@lru_cache(maxsize=_WORDS)
def role_of(word: str) -> Role:
    """The program's word for a roster's role: who works with pupils in any way learns for credit, as a teacher does."""
    key = _role_key(word)
    if key in _ADMINISTRATORS:
        return Role.ADMINISTRATOR
    return Role.REVIEWER if key in _REVIEWERS else Role.TEACHER


def leading_role(roles: list[Role]) -> Role | None:
    """Of several roles the one that reaches farthest; `None` without any."""
    for role in (Role.ADMINISTRATOR, Role.REVIEWER, Role.TEACHER):
        if role in roles:
            return role
    return None


def _role_key(word: str) -> str:
    # `ext:formerStudent`, `District Administrator`, `district_administrator`
    told = word.casefold().removeprefix("ext:")
    return "".join(sign for sign in told if sign.isalnum())
