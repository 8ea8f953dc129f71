"""Taking an import of a roster back, and nothing else: what people or later imports changed since stays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from pdtracker.actions.roster_writing import in_lots
from pdtracker.domain.access import Permission, Role
from pdtracker.domain.matching import number_key
from pdtracker.domain.refusals import NotNow
from pdtracker.domain.roster import RosterAction, RosterFormat, RosterState
from pdtracker.models.base import Base
from pdtracker.models.districts import School
from pdtracker.models.people import Membership, Person
from pdtracker.models.rosters import RosterImport, RosterLine, RosterPerson, RosterSchool
from pdtracker.queries import rosters
from pdtracker.scope import Scope, action

_FIELDS: Final = ("name", "email", "title", "number", "school_id")
_USED: Final = "They have used it since, so they left instead of being taken away."
_CHANGED: Final = "Somebody changed this since."


@dataclass(frozen=True, slots=True)
class RosterTakenBack:
    """What undo did: people who are gone, who are as before, and who stay, because of what happened since."""

    gone: int
    restored: int
    stayed: int


@action(Permission.MANAGE_PEOPLE)
def undo_roster(scope: Scope, import_id: int) -> RosterTakenBack:
    """Take an import back. Who was new and has done nothing yet is gone, others of them left.

    Who was changed is as before in whatever nobody changed since; who left is back. New schools that nobody uses are
    gone, a school's new name stays. Raises NotHere; NotNow when it doesn't hold.
    """
    one = rosters.to_change(scope, import_id)
    if one.state is not RosterState.COMMITTED or one.committed_at is None:
        raise NotNow("roster_not_held", "Only an import that holds can be undone, and only once.")
    found = scope.session.scalars(
        sa.select(RosterLine).where(RosterLine.import_id == import_id).order_by(RosterLine.position)
    ).all()
    undoing = _Undoing(scope, one, found)
    undoing.forget_keys()
    gone = undoing.take_away()
    restored = undoing.restore()
    undoing.welcome_back()
    undoing.take_schools_away()
    stayed = sum(bool(line.stayed) for line in found)
    back = sum(line.action is RosterAction.DEACTIVATE and not line.stayed for line in found)
    one.state, one.undone_at = RosterState.UNDONE, scope.at
    one.undone_by = scope.person.name if scope.person else "the operator"
    scope.record(
        "roster.undone", "roster_import", import_id, gone=gone, restored=restored + back, stayed=stayed
    )
    return RosterTakenBack(gone, restored + back, stayed)


class _Undoing:
    """One import being undone: its lines, and whom they are about as they are now."""

    def __init__(self, scope: Scope, one: RosterImport, lines: Sequence[RosterLine]) -> None:
        self._scope, self._one, self._lines = scope, one, lines
        self._people = {row.id: row for row in scope.session.execute(_EVERYBODY)}
        self._emails = {row.email_key: row.id for row in self._people.values()}
        self._numbers = {row.employee_key: row.id for row in self._people.values() if row.employee_key}
        self._schools = {None, *scope.session.scalars(sa.select(School.id))}

    def _of(self, kind: RosterAction) -> list[RosterLine]:
        return [line for line in self._lines if line.action is kind and line.person_id in self._people]

    def forget_keys(self) -> None:
        """Forget the keys that this import noted, and note those again that people had before it."""
        session = self._scope.session
        session.execute(
            sa.delete(RosterPerson)
            .where(RosterPerson.import_id == self._one.id)
            .execution_options(synchronize_session=False)
        )
        there = session.execute(
            sa.select(RosterPerson.person_id, RosterPerson.key).where(RosterPerson.source == self._one.source)
        ).all()
        # A key that went to somebody else since stays theirs.
        known, keys = {row.person_id for row in there}, {row.key for row in there}
        session.pour_rows(
            RosterPerson,
            [
                _key_row(self._one.source, line, line.before)
                for line in self._of(RosterAction.UPDATE)
                if line.before
                and line.before["key"]
                and line.before["key"] not in keys
                and line.person_id not in known
            ],
        )

    def take_away(self) -> int:
        """Who was new is gone, or left; how many are gone."""
        new = {line.person_id: line for line in self._of(RosterAction.CREATE) if line.person_id is not None}
        used = _in_use(self._scope, Person, new, besides=(Membership,))
        for person_id in used:
            new[person_id].stayed = _USED
        for lot in in_lots(used):
            self._set_left(lot, self._scope.at, Person.left_at.is_(None))
        gone = [person_id for person_id in new if person_id not in used]
        for lot in in_lots(gone):
            for model, column in ((Membership, Membership.person_id), (Person, Person.id)):
                self._scope.session.execute(
                    sa.delete(model).where(column.in_(lot)).execution_options(synchronize_session=False)
                )
        return len(gone)

    def restore(self) -> int:
        """Who was changed is as before; how many in all that the import changed of them."""
        rows = []
        for line in self._of(RosterAction.UPDATE):
            row = self._restored(line)
            if row is not None:
                rows.append(row)
                self._scope.record("person.changed", "person", row["id"], undoes=self._one.id)
        self._scope.session.change_rows(Person, rows)
        return sum(not line.stayed for line in self._of(RosterAction.UPDATE))

    def _restored(self, line: RosterLine) -> dict[str, Any] | None:
        before, person = line.before or {}, self._people[line.person_id or 0]
        now = {**before["now"]}
        is_ours = {name: now[name] == getattr(person, name) for name in _FIELDS}
        is_ours["email"] &= self._emails.get(before["email"].casefold(), person.id) == person.id
        is_ours["number"] &= self._numbers.get(number_key(before["number"]), person.id) == person.id
        # The import that made it may have been undone first.
        is_ours["school_id"] &= before["school_id"] in self._schools
        if not all(is_ours.values()):
            line.stayed = _CHANGED
        told = {name: before[name] if is_ours[name] else getattr(person, name) for name in _FIELDS}
        left_at = person.left_at or (datetime.fromisoformat(before["left_at"]) if before["left_at"] else None)
        return {
            "id": person.id,
            "name": told["name"],
            "email": told["email"],
            "email_key": told["email"].casefold(),
            "title": told["title"],
            "employee_number": told["number"] or None,
            "employee_key": number_key(told["number"]) or None,
            "school_id": told["school_id"],
            "left_at": left_at,
        }

    def welcome_back(self) -> None:
        """Who left with this import is back, unless somebody let them come back and leave again since."""
        left = {}
        for line in self._of(RosterAction.DEACTIVATE):
            person = self._people[line.person_id or 0]
            if person.left_at == self._one.committed_at:
                left[person.id] = person.name
            else:
                line.stayed = _CHANGED
        for lot in in_lots(left):
            self._set_left(lot, None, Person.left_at.is_not(None))
        for person_id, name in left.items():
            self._scope.record("person.returned", "person", person_id, name=name)

    def _set_left(self, lot: Sequence[int], at: datetime | None, *which: sa.ColumnElement[bool]) -> None:
        self._scope.session.execute(
            sa.update(Person)
            .where(Person.id.in_(lot), *which)
            .values(left_at=at)
            .execution_options(synchronize_session=False)
        )

    def take_schools_away(self) -> None:
        """New schools that nobody and nothing uses are gone."""
        session = self._scope.session
        made = session.scalars(
            sa.select(School.id)
            .join(RosterSchool, RosterSchool.school_id == School.id)
            .where(RosterSchool.import_id == self._one.id, School.created_at == self._one.committed_at)
        ).all()
        session.execute(
            sa.delete(RosterSchool)
            .where(RosterSchool.import_id == self._one.id)
            .execution_options(synchronize_session=False)
        )
        used = _in_use(self._scope, School, made, besides=())
        for lot in in_lots(school_id for school_id in made if school_id not in used):
            session.execute(
                sa.delete(School).where(School.id.in_(lot)).execution_options(synchronize_session=False)
            )


_EVERYBODY: Final = sa.select(
    Person.id,
    Person.name,
    Person.email,
    Person.email_key,
    Person.title,
    sa.func.coalesce(Person.employee_number, "").label("number"),
    Person.employee_key,
    Person.school_id,
    Person.left_at,
)


def _key_row(source: RosterFormat, line: RosterLine, before: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "source": source,
        "key": before["key"],
        "person_id": line.person_id,
        "role": Role(before["role"]) if before["role"] else None,
        "school_keys": before["school_keys"],
        # Which import noted it first is not known any more.
        "import_id": 0,
    }


def _in_use(scope: Scope, to: type[Base], ids: Iterable[int], *, besides: tuple[type[Base], ...]) -> set[int]:
    """Which of these rows others point at; every table that has a key to them is found by the schema."""
    columns = [
        getattr(mapper.class_, mapper.get_property_by_column(element.parent).key)
        for mapper in Base.registry.mappers
        if mapper.class_ not in besides
        for constraint in _keys(mapper.local_table)
        if constraint.referred_table is to.__table__
        for element in constraint.elements
        if element.column.name == "id"
    ]
    used: set[int] = set()
    for lot in in_lots(ids):
        for column in columns:
            used.update(scope.session.scalars(sa.select(column).where(column.in_(lot)).distinct()))
    return used


def _keys(table: Any) -> set[sa.ForeignKeyConstraint]:
    """The keys of a table to others; a mapper's `local_table` may be anything, ours are all tables."""
    found: set[sa.ForeignKeyConstraint] = table.foreign_key_constraints
    return found
