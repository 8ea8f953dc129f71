"""What a yes to a roster writes: schools, people, their keys, and who leaves; thousands at once, within an action."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import sqlalchemy as sa

from pdtracker.actions.calendar_addresses import end_addresses
from pdtracker.domain.access import Role
from pdtracker.domain.matching import number_key
from pdtracker.domain.roster import RosterAction, RosterFormat
from pdtracker.domain.roster_plan import Change, KnownPerson, PlannedPerson, RosterPlan
from pdtracker.models.districts import School
from pdtracker.models.ids import new_id, new_ids
from pdtracker.models.people import AccountDistrict, Membership, Person, SignIn
from pdtracker.models.rosters import RosterPerson, RosterSchool
from pdtracker.scope import Scope

AT_ONCE: Final = 500
"""So many keys one statement names."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: the import, who the keys are, and what those were before whom it changed."""

    import_id: int
    plan: RosterPlan
    person_ids: Mapping[str, int]
    before: Mapping[str, dict[str, Any]]


def write_plan(
    scope: Scope,
    import_id: int,
    plan: RosterPlan,
    known: Mapping[int, KnownPerson],
    accounts: frozenset[int],
) -> Written:
    """Write all of a plan. `accounts` lead to this district only: who leaves is signed out of those."""
    school_ids = _write_schools(scope, import_id, plan)
    new = [one for one in plan.people if one.action is RosterAction.CREATE]
    changed = [one for one in plan.people if one.action is RosterAction.UPDATE]
    leaving = [one for one in plan.people if one.action is RosterAction.DEACTIVATE]
    person_ids = dict(zip((one.key for one in new), new_ids(len(new)), strict=True))
    _add_people(scope, new, person_ids, school_ids)
    before = _change_people(scope, changed, known, school_ids)
    before |= let_leave(scope, leaving, accounts)
    _write_keys(scope, import_id, plan, person_ids, known)
    return Written(import_id, plan, person_ids, before)


def in_lots(ids: Iterable[int]) -> Iterator[list[int]]:
    """Ids in lots, each for one statement."""
    remaining = iter(ids)
    while lot := list(islice(remaining, AT_ONCE)):
        yield lot


def _write_schools(scope: Scope, import_id: int, plan: RosterPlan) -> dict[str, int]:
    """The schools by key, the new ones made and the renamed ones changed."""
    source = plan.roster.format
    known = {
        row.key: row.school_id
        for row in scope.session.execute(
            sa.select(RosterSchool.key, RosterSchool.school_id).where(RosterSchool.source == source)
        )
    }
    ids = dict(known)
    ids |= {one.key: one.id or new_id() for one in plan.schools}
    scope.session.pour_rows(
        School,
        [
            {"id": ids[one.key], "name": one.name, "created_at": scope.at}
            for one in plan.schools
            if one.action is RosterAction.CREATE
        ],
    )
    scope.session.change_rows(
        School,
        [{"id": one.id, "name": one.name} for one in plan.schools if one.action is RosterAction.UPDATE],
    )
    scope.session.pour_rows(
        RosterSchool,
        [
            {"source": source, "key": one.key, "school_id": ids[one.key], "import_id": import_id}
            for one in plan.schools
            if one.key not in known
        ],
    )
    return ids


def _add_people(
    scope: Scope, new: Sequence[PlannedPerson], person_ids: Mapping[str, int], school_ids: Mapping[str, int]
) -> None:
    scope.session.pour_rows(
        Person,
        [
            {
                "id": person_ids[one.key],
                "name": one.name,
                "email": one.email,
                "email_key": one.email.casefold(),
                "title": one.title,
                "employee_number": one.number or None,
                "employee_key": number_key(one.number) or None if one.number else None,
                "licence_ending": None,
                "school_id": _main_school(one, school_ids, None),
                "left_at": None,
                "created_at": scope.at,
            }
            for one in new
        ],
    )
    scope.session.pour_rows(
        Membership,
        [
            {
                "id": membership_id,
                "person_id": person_ids[one.key],
                "role": Role.TEACHER,
                "school_id": None,
                "created_at": scope.at,
            }
            for one, membership_id in zip(new, new_ids(len(new)), strict=True)
        ],
    )


def _main_school(one: PlannedPerson, school_ids: Mapping[str, int], current: int | None) -> int | None:
    """The school that the district has for them where it is one of the roster's, else the roster's main one."""
    theirs = [school_ids[key] for key in one.schools if key in school_ids]
    return current if current in theirs or not theirs else theirs[0]


def _change_people(
    scope: Scope,
    changed: Sequence[PlannedPerson],
    known: Mapping[int, KnownPerson],
    school_ids: Mapping[str, int],
) -> dict[str, dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    before: dict[str, dict[str, Any]] = {}
    left = _left_at(scope, [one for one in changed if Change.BACK in one.changes])
    for one in changed:
        if one.person_id is None:
            raise RuntimeError("Nobody is changed who isn't known.")
        was = known[one.person_id]
        row = {
            "id": was.id,
            "name": one.name,
            "email": one.email,
            "email_key": one.email.casefold(),
            "title": one.title,
            "employee_number": one.number or None,
            "employee_key": number_key(one.number) or None,
            "school_id": _main_school(one, school_ids, was.school_id),
            "left_at": None,
        }
        rows.append(row)
        before[one.key] = _before(was, left.get(was.id)) | {
            "now": {
                "name": one.name,
                "email": one.email,
                "title": one.title,
                "number": one.number,
                "school_id": row["school_id"],
            }
        }
        scope.record(
            "person.changed",
            "person",
            was.id,
            before={
                name: before[one.key][name] for name in ("name", "email", "title", "number", "school_id")
            },
            changes=[change.value for change in one.changes],
        )
    scope.session.change_rows(Person, rows)
    return before


def _left_at(scope: Scope, people: Sequence[PlannedPerson]) -> dict[int, str]:
    found: dict[int, str] = {}
    for lot in in_lots(one.person_id for one in people if one.person_id is not None):
        rows = scope.session.execute(sa.select(Person.id, Person.left_at).where(Person.id.in_(lot)))
        found |= {row.id: row.left_at.isoformat() for row in rows if row.left_at is not None}
    return found


def _before(was: KnownPerson, left_at: str | None) -> dict[str, Any]:
    return {
        "name": was.name,
        "email": was.email,
        "title": was.title,
        "number": was.number,
        "school_id": was.school_id,
        "left_at": left_at,
        "key": was.key,
        "school_keys": list(was.school_keys),
        "role": was.role.value if was.role else None,
    }


def let_leave(
    scope: Scope, leaving: Sequence[PlannedPerson], accounts: frozenset[int]
) -> dict[str, dict[str, Any]]:
    """Nothing leads here any more for who leaves, from their next request on; their records stay."""
    ids = [one.person_id for one in leaving if one.person_id is not None]
    for lot in in_lots(ids):
        scope.session.execute(sa.update(Person).where(Person.id.in_(lot)).values(left_at=scope.at))
        end_addresses(scope, lot)
        theirs = scope.session.scalars(
            sa.select(AccountDistrict.account_id).where(AccountDistrict.person_id.in_(lot))
        )
        ending = [account_id for account_id in theirs if account_id in accounts]
        scope.session.execute(
            sa.update(SignIn)
            .where(SignIn.account_id.in_(ending), SignIn.ended_at.is_(None))
            .values(ended_at=scope.at)
            .execution_options(synchronize_session=False)
        )
    for one in leaving:
        scope.record("person.left", "person", one.person_id or 0, name=one.name, why=one.why)
    return {one.key: {"left_at": None} for one in leaving}


def _write_keys(
    scope: Scope,
    import_id: int,
    plan: RosterPlan,
    person_ids: Mapping[str, int],
    known: Mapping[int, KnownPerson],
) -> None:
    """Note by which keys people are known now, and what the roster says of them."""
    source: RosterFormat = plan.roster.format
    stale: list[int] = []
    rows: list[dict[str, Any]] = []
    told: dict[tuple[str, ...], list[str]] = {}
    for one in plan.people:
        person_id = person_ids.get(one.key, one.person_id)
        if person_id is None or one.action is RosterAction.DEACTIVATE:
            continue
        was = known.get(person_id)
        if was is not None:
            if (was.key, was.role, was.school_keys) == (one.key, one.role, one.schools):
                continue
            stale.append(person_id)
        # Who has no line of this import is not undone with it: what it says of them stays.
        has_line = was is None or not was.key or one.action is not RosterAction.UNCHANGED
        rows.append(
            {
                "source": source,
                "key": one.key,
                "person_id": person_id,
                "role": one.role,
                "school_keys": told.setdefault(one.schools, list(one.schools)),
                "import_id": import_id if has_line else 0,
            }
        )
    for lot in in_lots(stale):
        scope.session.execute(
            sa.delete(RosterPerson).where(RosterPerson.person_id.in_(lot), RosterPerson.source == source)
        )
    scope.session.pour_rows(RosterPerson, rows)
