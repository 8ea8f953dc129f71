"""Rosters of Maplewood and how they are imported, for tests of actions and pages."""

from __future__ import annotations

from pdtracker.actions.roster_writing import Written
from pdtracker.actions.rosters import Brought, import_roster
from pdtracker.domain.roster import Roster
from pdtracker.scope import Scope
from tests.exchange.roster.rosters import oneroster_11, read, teacher

MORE = tuple(teacher(f"M{number:02}", "More", f"Teacher{number:02}") for number in range(20))
"""Twenty who stay, so that one or two of the others are no tenth."""


def roster(*users: str, mode: str = "bulk", more: bool = True) -> Roster:
    """A OneRoster of these users, and of those who stay."""
    return read(oneroster_11(*users, *(MORE if more and mode == "bulk" else ()), mode=mode))


def imported(scope: Scope, told: Roster, may_leave: int = 0) -> Written:
    """The roster holds."""
    return import_roster(
        scope, scope.session.database, Brought("roster.zip", "0" * 64, told), may_leave=may_leave
    )
