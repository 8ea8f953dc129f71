"""Who checked in where: the log of a desk, who is here, and what a person's entries come to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from pdtracker.domain.attendance import SessionHours
from pdtracker.domain.check_in_codes import person_of_badge
from pdtracker.domain.check_ins import Attended, Entry, Mark, Means, attended, attended_words
from pdtracker.domain.refusals import NotHere
from pdtracker.models.check_ins import CheckIn
from pdtracker.models.people import Person
from pdtracker.queries.check_in_desks import DeskRow, desks_of, desks_of_merged
from pdtracker.scope import Scope


@dataclass(frozen=True, slots=True)
class Attendance:
    """What a person's entries at one desk come to."""

    person_id: int
    desk: DeskRow
    found: Attended

    @property
    def words(self) -> str:
        """How it is known, in the hours of where the event is."""
        return attended_words(self.found, self.desk.hours.zone)


@dataclass(frozen=True, slots=True)
class GuestRow:
    """Somebody in the list of a desk: a person of the district, or a name that somebody noted (`person_id` `None`)."""

    person_id: int | None
    name: str
    email: str
    found: Attended

    @property
    def means(self) -> str:
        """How they came in."""
        return self.found.signs[0].means.label


@dataclass(frozen=True, slots=True)
class ExpectedRow:
    """Somebody who is expected; `about` tells two of one name apart."""

    id: int
    name: str
    about: str


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A line of the log as the page that corrects it shows it."""

    id: int
    person_id: int | None
    name: str
    mark: Mark
    means: Means
    at: datetime
    by_name: str
    reason: str
    corrects_id: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What a log knows of somebody before a further line.

    `sent_to` and `sent_mark` are what the acting person's device sent under the same nonce already: to which desk.
    `lines` are there about them at this desk. `person` is what a person is called who is still in the district.
    """

    sent_to: int | None
    sent_mark: Mark | None
    lines: int
    person: str | None


def attendance_of(
    scope: Scope,
    event_id: int,
    person_ids: Collection[int] | None = None,
    *,
    session_id: int | None = None,
    within: SessionHours | None = None,
) -> dict[int, tuple[Attendance, ...]]:
    """What people checked in to at an event, desk by desk, in the order of its sessions; `None` asks for everybody.

    Of one session, with its hours: what is noted at its own desk, and of a desk for the whole event what lies within.
    What was noted at an event that was merged into this one counts as noted at the desk here: whoever signed in at
    both was there once.

    Three statements, however many people there are, and one where others were merged. Whoever was noted and struck
    again isn't among them.
    """
    every = [*desks_of(scope, event_id), *desks_of_merged(scope, event_id)]
    desks = [
        replace(desk, hours=within) if within is not None and desk.session_id is None else desk
        for desk in every
        if session_id is None or desk.session_id in {None, session_id}
    ]
    if not desks or (person_ids is not None and not person_ids):
        return {}
    wanted = _entries().where(
        CheckIn.desk_id.in_([desk.id for desk in desks]), CheckIn.person_id.is_not(None)
    )
    if person_ids is not None:
        wanted = wanted.where(CheckIn.person_id.in_(person_ids))
    entries: defaultdict[tuple[int, int], list[Entry]] = defaultdict(list)
    first: dict[int | None, int] = {}
    for place, desk in enumerate(desks):
        first.setdefault(desk.session_id, place)
    order = {desk.id: first[desk.session_id] for desk in desks}
    for row in scope.session.execute(wanted):
        entries[row.person_id, order[row.desk_id]].append(_entry(row))
    found: defaultdict[int, list[Attendance]] = defaultdict(list)
    for (person_id, place), theirs in sorted(entries.items(), key=lambda item: item[0][1]):
        desk = desks[place]
        if (one := attended(theirs, desk.hours)).signs:
            found[person_id].append(Attendance(person_id, desk, one))
    return {person_id: tuple(all_of_it) for person_id, all_of_it in found.items()}


def mine_at(scope: Scope, desk: DeskRow) -> Attended:
    """What one's own entries at a desk come to. One statement."""
    rows = scope.session.execute(
        _entries().where(CheckIn.desk_id == desk.id, CheckIn.person_id == scope.me.id)
    )
    return attended(map(_entry, rows), desk.hours)


def guests(scope: Scope, desk: DeskRow) -> tuple[GuestRow, ...]:
    """Everybody who is noted at a desk, by name; names without a person stand for themselves. One statement."""
    rows = scope.session.execute(
        _entries()
        .add_columns(Person.name.label("person"), Person.email)
        .outerjoin(Person, Person.id == CheckIn.person_id)
        .where(CheckIn.desk_id == desk.id)
    ).all()
    by_guest: defaultdict[tuple[int | None, str], list[Any]] = defaultdict(list)
    for row in rows:
        by_guest[row.person_id, "" if row.person_id else row.name].append(row)
    found = [
        GuestRow(person_id, theirs[0].person or name, theirs[0].email or "", one)
        for (person_id, name), theirs in by_guest.items()
        if (one := attended(map(_entry, theirs), desk.hours)).signs
    ]
    return tuple(sorted(found, key=lambda guest: (guest.name.casefold(), guest.person_id or 0)))


def bearer(scope: Scope, desk: DeskRow, badge: str) -> GuestRow | None:
    """Who shows this badge at a desk, and what is noted of them; `None` for no badge of it. Two statements."""
    person_id = person_of_badge(desk.secret, desk.id, badge)
    if person_id is None:
        return None
    who = scope.session.execute(
        sa.select(Person.name, Person.email).where(Person.id == person_id, Person.left_at.is_(None))
    ).one_or_none()
    if who is None:
        return None
    lines = scope.session.execute(
        _entries().where(CheckIn.desk_id == desk.id, CheckIn.person_id == person_id)
    )
    return GuestRow(person_id, who.name, who.email, attended(map(_entry, lines), desk.hours))


def here_counts(scope: Scope, desks: Sequence[DeskRow]) -> dict[int, int]:
    """How many are here now, at each of these desks. One statement."""
    rows = scope.session.execute(_entries().where(CheckIn.desk_id.in_([desk.id for desk in desks])))
    by_guest: defaultdict[tuple[int, int | None, str], list[Entry]] = defaultdict(list)
    for row in rows:
        by_guest[row.desk_id, row.person_id, "" if row.person_id else row.name].append(_entry(row))
    hours = {desk.id: desk.hours for desk in desks}
    counts = dict.fromkeys(hours, 0)
    for (desk_id, _, _), theirs in by_guest.items():
        counts[desk_id] += attended(theirs, hours[desk_id]).is_here
    return counts


def expected(scope: Scope, school_id: int | None, *, limit: int) -> tuple[ExpectedRow, ...]:
    """The people of a school, or of the district (`None`), by name: who is printed on a sheet. One statement."""
    wanted = (
        sa.select(Person.id, Person.name, Person.email.label("about"))
        .where(Person.left_at.is_(None), Person.id != scope.me.id)
        .order_by(Person.name, Person.id)
        .limit(limit)
    )
    if school_id is not None:
        wanted = wanted.where(Person.school_id == school_id)
    return tuple(ExpectedRow(*row) for row in scope.session.execute(wanted))


def standing_of(scope: Scope, desk_id: int, nonce: str, person_id: int | None, name: str = "") -> Standing:
    """What a log says before a further line about a person, or (`None`) about a name. One statement."""
    row = scope.session.execute(
        _STANDING,
        {"me": scope.me.id, "desk": desk_id, "nonce": nonce, "person": person_id, "name": name},
    ).one()
    return Standing(row.sent_to, row.sent_mark, row.lines, row.person)


def log_of(scope: Scope, desk_id: int, person_id: int | None, name: str) -> tuple[EntryRow, ...]:
    """Every line about one guest of a desk, as it was written. One statement."""
    who = (
        CheckIn.person_id == person_id
        if person_id
        else sa.and_(CheckIn.person_id.is_(None), CheckIn.name == name)
    )
    return _rows(scope, sa.and_(CheckIn.desk_id == desk_id, who))


def entry(scope: Scope, desk_id: int, entry_id: int) -> EntryRow:
    """One line of a desk's log that can be corrected. Refuses with NotHere; one statement."""
    found = _rows(scope, sa.and_(CheckIn.desk_id == desk_id, CheckIn.id == entry_id))
    if not found or found[0].mark.is_correction:
        raise NotHere
    return found[0]


def _rows(scope: Scope, wanted: sa.ColumnElement[bool]) -> tuple[EntryRow, ...]:
    rows = scope.session.execute(
        sa.select(
            CheckIn.id,
            CheckIn.person_id,
            sa.func.coalesce(Person.name, CheckIn.name).label("name"),
            CheckIn.mark,
            CheckIn.means,
            CheckIn.at,
            CheckIn.by_name,
            CheckIn.reason,
            CheckIn.corrects_id,
        )
        .outerjoin(Person, Person.id == CheckIn.person_id)
        .where(wanted)
        .order_by(CheckIn.id)
    )
    return tuple(EntryRow(*row) for row in rows)


def _entries() -> sa.Select[*tuple[Any, ...]]:
    return sa.select(
        CheckIn.id,
        CheckIn.desk_id,
        CheckIn.person_id,
        CheckIn.name,
        CheckIn.mark,
        CheckIn.means,
        CheckIn.clock,
        CheckIn.at,
        CheckIn.corrects_id,
    ).order_by(CheckIn.id)


def _entry(row: Any) -> Entry:
    return Entry(row.id, row.mark, row.means, row.clock, row.at, row.corrects_id)


_guest = aliased(Person)
_sent = aliased(CheckIn)
_PERSON = sa.bindparam("person", type_=sa.BigInteger())
# A hall checks in within a minute, so it is made once: putting a statement together takes longer than to run it.
_STANDING = (
    sa.select(
        _sent.desk_id.label("sent_to"),
        _sent.mark.label("sent_mark"),
        sa.select(sa.func.count(CheckIn.id))
        .where(
            CheckIn.desk_id == sa.bindparam("desk"),
            sa.or_(
                CheckIn.person_id == _PERSON,
                sa.and_(_PERSON.is_(None), CheckIn.person_id.is_(None), CheckIn.name == sa.bindparam("name")),
            ),
        )
        .scalar_subquery()
        .label("lines"),
        _guest.name.label("person"),
    )
    .select_from(Person)
    .outerjoin(_sent, sa.and_(_sent.by_person_id == Person.id, _sent.nonce == sa.bindparam("nonce")))
    .outerjoin(_guest, sa.and_(_guest.id == _PERSON, _guest.left_at.is_(None)))
    .where(Person.id == sa.bindparam("me"))
)
