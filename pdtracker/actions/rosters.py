"""Importing a roster: it is read and looked at first; with somebody's yes it holds, all of it in one transaction.

Nobody is deleted. Who is new gets the teacher's role and no way in yet: an administrator gives them their code. An
address that signs in to another district stays that account's; here it is a person of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa

from pdtracker.actions.column_profiles import keep_columns
from pdtracker.actions.rates import Limit, count_try
from pdtracker.actions.roster_writing import Written, write_plan
from pdtracker.db import Database
from pdtracker.domain.access import Permission
from pdtracker.domain.refusals import NotNow
from pdtracker.domain.roster import Roster, RosterAction, RosterFormat, RosterMode, RosterState
from pdtracker.domain.roster_document import roster_bytes, roster_of
from pdtracker.domain.roster_plan import PlannedPerson, RosterPlan
from pdtracker.domain.roster_planning import plan_roster
from pdtracker.models.ids import new_id, new_ids
from pdtracker.models.rosters import RosterImport, RosterLine, RosterProfile
from pdtracker.queries import rosters
from pdtracker.queries.accounts import accounts_only_here
from pdtracker.scope import Scope, action

ROSTERS_BY_PERSON, ROSTERS_IN_DISTRICT = 20, 60
ROSTERS_WINDOW: Final = timedelta(minutes=10)
"""So many rosters somebody brings in this time, and so many a whole district."""

WAITING_KEPT: Final = timedelta(days=14)
"""So long a roster waits for somebody's yes."""

_NONE: Final[list[str]] = []
_MOST_REFUSED: Final = 1_000
_UNDONE: Final = "This import is not waiting any more. Look at how it stands now."


@dataclass(frozen=True, slots=True)
class Brought:
    """What somebody brought: the name of the file, its SHA-256, and what it says.

    `columns` are the headings of a personnel list with its first rows, for choosing others.
    """

    name: str
    sha256: str
    roster: Roster
    columns: Mapping[str, Any] | None = None


def count_roster(scope: Scope, *, key: str) -> None:
    """Count a roster that somebody is about to bring, whatever becomes of it. Raises TooManyTries."""
    scope.require(Permission.MANAGE_PEOPLE)
    limits = (
        Limit("roster", f"person {scope.me.id}", ROSTERS_WINDOW, ROSTERS_BY_PERSON),
        Limit("roster", f"district {scope.district.id}", ROSTERS_WINDOW, ROSTERS_IN_DISTRICT),
    )
    scope.session.rollback()
    count_try(scope.session.database, limits, key=key, at=scope.at)


@action(Permission.MANAGE_PEOPLE)
def bring_roster(scope: Scope, brought: Brought) -> int:
    """Keep what was read until somebody says yes; gives the import's id. Nothing of it holds."""
    plan = rosters.plan_of(scope, brought.roster)
    one = _import_of(scope, brought, plan)
    one.listed = roster_bytes(brought.roster)
    scope.session.add(one)
    scope.session.flush()  # the lines point at it
    _keep_lines(scope, one.id, plan)
    scope.record("roster.brought", "roster_import", one.id, sha256=brought.sha256, **_counts(plan))
    return one.id


@action(Permission.MANAGE_PEOPLE)
def bring_list(scope: Scope, name: str, sha256: str, columns: Mapping[str, Any]) -> int:
    """Keep the headings of a list whose columns somebody has to choose first."""
    nobody = Roster(RosterFormat.HR, None, RosterMode.BULK, (), ())
    one = _import_of(scope, Brought(name, sha256, nobody, columns), plan_roster(nobody, [], []))
    scope.session.add(one)
    scope.record("roster.brought", "roster_import", one.id, sha256=sha256)
    return one.id


def commit_roster(scope: Scope, database: Database, import_id: int, *, may_leave: int) -> Written:
    """Let a waiting import hold. `may_leave` is to how many leaving the second yes was said, 0 without one.

    It is compared anew with the people that there are now. Raises NotHere; NotNow when it isn't waiting, and when
    more than a tenth would leave, or more than the yes was for.
    """
    scope.require(Permission.MANAGE_PEOPLE)
    return _commit(scope, import_id, _accounts(scope, database), may_leave=may_leave)


@action(Permission.MANAGE_PEOPLE, installation=True)
def _commit(scope: Scope, import_id: int, accounts: frozenset[int], *, may_leave: int) -> Written:
    one = _waiting(scope, import_id)
    if one.listed is None:
        raise NotNow("roster_columns", "Choose the columns of this list first.")
    people = rosters.known_people(scope, one.source)
    plan = plan_roster(roster_of(one.listed), people, rosters.known_schools(scope, one.source))
    _require_yes(plan, may_leave)
    scope.session.execute(sa.delete(RosterLine).where(RosterLine.import_id == import_id))
    one.state, one.committed_at, one.listed = RosterState.COMMITTED, scope.at, None
    one.columns = None
    one.counts, one.needs_second_yes = _counts(plan), plan.needs_second_yes
    one.refused, one.warnings = _refused(plan), list(plan.warnings)
    scope.session.flush()
    return _write(scope, one, plan, people, accounts)


def import_roster(scope: Scope, database: Database, brought: Brought, *, may_leave: int) -> Written:
    """The same at once, for commands: read, compared and written in one transaction."""
    scope.require(Permission.MANAGE_PEOPLE)
    return _import(scope, brought, _accounts(scope, database), may_leave=may_leave)


@action(Permission.MANAGE_PEOPLE, installation=True)
def _import(scope: Scope, brought: Brought, accounts: frozenset[int], *, may_leave: int) -> Written:
    source = brought.roster.format
    people = rosters.known_people(scope, source)
    plan = plan_roster(brought.roster, people, rosters.known_schools(scope, source))
    _require_yes(plan, may_leave)
    one = _import_of(scope, brought, plan)
    one.state, one.committed_at = RosterState.COMMITTED, scope.at
    scope.session.add(one)
    scope.session.flush()  # the lines point at it
    return _write(scope, one, plan, people, accounts)


@action(Permission.MANAGE_PEOPLE)
def discard_roster(scope: Scope, import_id: int) -> None:
    """Throw a waiting import away; nothing of it held."""
    one = _waiting(scope, import_id)
    scope.session.execute(sa.delete(RosterLine).where(RosterLine.import_id == import_id))
    scope.session.delete(one)
    scope.record("roster.discarded", "roster_import", import_id, sha256=one.file_sha256)


@action(Permission.MANAGE_PEOPLE)
def purge_rosters(scope: Scope) -> int:
    """Throw away one of the rosters to which nobody said yes for days, until none is left; how many."""
    old = scope.session.scalars(
        sa.select(RosterImport.id)
        .where(RosterImport.state == RosterState.WAITING, RosterImport.created_at < scope.at - WAITING_KEPT)
        .limit(1)
        # Not one to which somebody says yes at this moment.
        .with_for_update(skip_locked=True)
    ).all()
    for import_id in old:
        scope.session.execute(sa.delete(RosterLine).where(RosterLine.import_id == import_id))
        scope.session.execute(sa.delete(RosterImport).where(RosterImport.id == import_id))
        scope.record("roster.purged", "roster_import", import_id)
    return len(old)


@action(Permission.MANAGE_PEOPLE)
def save_roster_profile(scope: Scope, name: str, columns: Mapping[str, str]) -> None:
    """Keep which columns of a list say what under a name; the same name again is the newer one."""
    profile_id = keep_columns(scope, RosterProfile, name, columns, field="save_as")
    scope.record("roster.columns_saved", "roster_profile", profile_id, name=name)


def _accounts(scope: Scope, database: Database) -> frozenset[int]:
    """Accounts that lead nowhere else: whose person leaves here is signed out."""
    with database.session(None, installation=True) as doors:
        return accounts_only_here(doors, scope.district.id)


def _waiting(scope: Scope, import_id: int) -> RosterImport:
    one = rosters.to_change(scope, import_id)
    if one.state is not RosterState.WAITING:
        raise NotNow("roster_not_waiting", _UNDONE)
    return one


def _require_yes(plan: RosterPlan, may_leave: int) -> None:
    if plan.needs_second_yes and may_leave < plan.leaving:
        raise NotNow(
            "many_leaving",
            f"{plan.leaving:,} of {plan.present:,} people would leave. Is this the whole roster? "
            "If it is, say yes to all of them leaving.",
        )


def _import_of(scope: Scope, brought: Brought, plan: RosterPlan) -> RosterImport:
    return RosterImport(
        id=new_id(),
        source=brought.roster.format,
        version=brought.roster.version,
        mode=brought.roster.mode,
        state=RosterState.WAITING,
        file_name=brought.name,
        file_sha256=brought.sha256,
        by_person_id=scope.person.id if scope.person else None,
        by_name=scope.person.name if scope.person else "the operator",
        created_at=scope.at,
        committed_at=None,
        undone_at=None,
        undone_by="",
        listed=None,
        columns=dict(brought.columns) if brought.columns is not None else None,
        counts=_counts(plan),
        refused=_refused(plan),
        warnings=list(plan.warnings),
        needs_second_yes=plan.needs_second_yes,
    )


def _counts(plan: RosterPlan) -> dict[str, int]:
    return {
        **{kind.value: plan.count(kind) for kind in RosterAction},
        "refused": len(plan.refused),
        "present": plan.present,
        "unread": plan.roster.unread,
        "schools": sum(one.action is RosterAction.CREATE for one in plan.schools),
    }


def _refused(plan: RosterPlan) -> list[list[str | int]]:
    return [[told.file, told.line, told.why] for told in plan.refused[:_MOST_REFUSED]]


def _write(
    scope: Scope,
    one: RosterImport,
    plan: RosterPlan,
    people: Sequence[Any],
    accounts: frozenset[int],
) -> Written:
    known = {person.id: person for person in people}
    written = write_plan(scope, one.id, plan, known, accounts)
    _keep_lines(scope, one.id, plan, written.person_ids, written.before)
    scope.record(
        "roster.imported",
        "roster_import",
        one.id,
        file=one.file_name,
        sha256=one.file_sha256,
        source=one.source.value,
        **_counts(plan),
    )
    return written


def _keep_lines(
    scope: Scope,
    import_id: int,
    plan: RosterPlan,
    person_ids: Mapping[str, int] | None = None,
    before: Mapping[str, dict[str, Any]] | None = None,
) -> None:
    """A line for each person whom the import concerns."""
    names = {school.key: school.name for school in plan.schools}
    concerned = [one for one in plan.people if one.action is not RosterAction.UNCHANGED]
    # Most people have the schools of many others, and those are written alike.
    schools = {keys: [names.get(key, key) for key in keys] for keys in {one.schools for one in concerned}}
    scope.session.pour_rows(
        RosterLine,
        [
            {"id": line_id, "import_id": import_id, "position": position}
            | _line(one, schools, person_ids or {}, before or {})
            for position, (one, line_id) in enumerate(zip(concerned, new_ids(len(concerned)), strict=True), 1)
        ],
    )


def _line(
    one: PlannedPerson,
    schools: Mapping[tuple[str, ...], list[str]],
    person_ids: Mapping[str, int],
    before: Mapping[str, dict[str, Any]],
) -> dict[str, Any]:
    return {
        "person_id": person_ids.get(one.key, one.person_id),
        "action": one.action,
        "key": one.key,
        "file": one.file,
        "line": one.line,
        "name": one.name,
        "email": one.email,
        "schools": schools[one.schools],
        "role": one.role,
        "changes": [change.value for change in one.changes] if one.changes else _NONE,
        "why": one.why,
        "before": before.get(one.key),
        "stayed": "",
    }
