"""The lines of an attendance import: what the report says of somebody, whose line it is, what became of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from pdtracker.domain.attendance import Flag, SessionHours, Stay
from pdtracker.domain.attendance_import import ImportState, LineOutcome
from pdtracker.domain.claim import HOLDING_STATES, ClaimState
from pdtracker.domain.kinds import EventKind
from pdtracker.domain.matching import MatchBy, Standing
from pdtracker.domain.refusals import NotHere
from pdtracker.domain.report_words import attended_span
from pdtracker.models.claims import Evidence
from pdtracker.models.imports import AttendanceLine
from pdtracker.models.people import Person
from pdtracker.queries import facts
from pdtracker.queries.import_events import Candidate, select_candidates
from pdtracker.queries.imports import ImportRow
from pdtracker.scope import Scope

LINES_PER_PAGE: Final = 50

_OF_FIXED_HOURS: Final = EventKind.WEBINAR
"""Only what has fixed hours has attendance reports, whatever its kind is called."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another claim of the person that holds some of the session's time."""

    title: str
    starts_at: datetime
    ends_at: datetime
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRow:
    """One person of a report."""

    id: int
    position: int
    name: str
    email: str
    account: str
    number: str
    tenths: int | None
    flags: tuple[Flag, ...]
    stays: tuple[Stay, ...]
    file_lines: tuple[int, ...]
    standing: Standing
    matched_by: MatchBy | None
    person: Candidate | None
    suggested: tuple[Candidate, ...]
    remembers: bool
    decided_by: str
    outcome: LineOutcome | None
    claim_id: int | None
    elsewhere: Elsewhere | None = None


@dataclass(frozen=True, slots=True)
class LinePage:
    """A page of lines; `last` is the position after which the next one begins, `None` at the end."""

    rows: tuple[LineRow, ...]
    last: int | None


def lines(
    scope: Scope, one: ImportRow, hours: SessionHours, standing: Standing | None, *, after: int
) -> LinePage:
    """A page of an import's lines in the report's order. A few statements, however many lines."""
    wanted = (
        sa.select(AttendanceLine)
        .where(AttendanceLine.import_id == one.id, AttendanceLine.position > after)
        .order_by(AttendanceLine.position)
        .limit(LINES_PER_PAGE + 1)
    )
    if standing is not None:
        wanted = wanted.where(AttendanceLine.standing == standing)
    found = scope.session.scalars(wanted).all()
    shown = found[:LINES_PER_PAGE]
    last = shown[-1].position if len(found) > LINES_PER_PAGE else None
    return LinePage(_line_rows(scope, one, hours, shown), last)


def line(scope: Scope, one: ImportRow, hours: SessionHours, line_id: int) -> LineRow:
    """One line. Raises NotHere."""
    found = scope.session.scalar(
        sa.select(AttendanceLine).where(AttendanceLine.import_id == one.id, AttendanceLine.id == line_id)
    )
    if found is None:
        raise NotHere
    return _line_rows(scope, one, hours, [found])[0]


def outcomes(scope: Scope, import_id: int) -> Mapping[LineOutcome, int]:
    """How many people each outcome of a committed import was of."""
    rows = scope.session.execute(
        sa.select(
            AttendanceLine.outcome, sa.func.count(sa.distinct(AttendanceLine.person_id)).label("people")
        )
        .where(AttendanceLine.import_id == import_id, AttendanceLine.outcome.is_not(None))
        .group_by(AttendanceLine.outcome)
    )
    found = {row.outcome: row.people for row in rows}
    return {outcome: found[outcome] for outcome in LineOutcome if outcome in found}


def stays_of(told: Iterable[Sequence[str]]) -> tuple[Stay, ...]:
    """The stays that a line keeps."""
    return tuple(Stay(datetime.fromisoformat(joined), datetime.fromisoformat(left)) for joined, left in told)


def _line_rows(
    scope: Scope, one: ImportRow, hours: SessionHours, found: Sequence[AttendanceLine]
) -> tuple[LineRow, ...]:
    people = _people(scope, found)
    elsewhere = _elsewhere(scope, one, hours, found) if one.state is ImportState.PENDING else {}
    claim_ids = _claims_of(scope, found)
    return tuple(
        LineRow(
            id=line.id,
            position=line.position,
            name=line.name,
            email=line.email,
            account=line.account,
            number=line.number,
            tenths=line.tenths,
            flags=tuple(Flag(flag) for flag in line.flags),
            stays=stays_of(line.stays),
            file_lines=tuple(line.file_lines),
            standing=line.standing,
            matched_by=line.matched_by,
            person=people.get(line.person_id) if line.person_id is not None else None,
            suggested=tuple(people[person_id] for person_id in line.suggested if person_id in people),
            remembers=line.remembers,
            decided_by=line.decided_by,
            outcome=line.outcome,
            claim_id=claim_ids.get(line.evidence_id) if line.evidence_id is not None else None,
            elsewhere=elsewhere.get(line.person_id) if line.person_id is not None else None,
        )
        for line in found
    )


def _people(scope: Scope, found: Sequence[AttendanceLine]) -> dict[int, Candidate]:
    ids = {line.person_id for line in found if line.person_id is not None}
    ids.update(person_id for line in found for person_id in line.suggested)
    rows = scope.session.execute(select_candidates().where(Person.id.in_(ids)))
    return {row.id: Candidate(*row) for row in rows}


def _elsewhere(
    scope: Scope, one: ImportRow, hours: SessionHours, found: Sequence[AttendanceLine]
) -> dict[int, Elsewhere]:
    """Where the people of a page claim some of the time that they would get for this one, or have begun to.

    Back to back is fine, and of a bundle only its parts hold time. The claim that the report's evidence would join is
    no other one.
    """
    lines_of: dict[int, list[AttendanceLine]] = defaultdict(list)
    for line in found:
        if line.person_id is not None:
            lines_of[line.person_id].append(line)
    wanted = [_holder(one, hours, person_id, told) for person_id, told in lines_of.items()]
    held = facts.held(scope, wanted, HOLDING_STATES)
    return {
        mine.person_id: Elsewhere(other.title, other.starts_at, other.ends_at, other.zone)
        for mine in wanted
        if (other := held.at_time_of_another(mine, HOLDING_STATES)) is not None
        and other.starts_at is not None
        and other.ends_at is not None
    }


def _holder(
    one: ImportRow, hours: SessionHours, person_id: int, told: Sequence[AttendanceLine]
) -> facts.Holder:
    """What a draft for somebody would hold: from when to when they were there."""
    stays = [stay for line in told for stay in stays_of(line.stays)]
    starts_at, ends_at = attended_span(stays, hours)
    return facts.Holder(
        id=one.id,
        person_id=person_id,
        event_id=one.event_id,
        state=ClaimState.DRAFT,
        title=one.file_name,
        kind=_OF_FIXED_HOURS,
        starts_at=starts_at,
        ends_at=ends_at,
        zone=hours.zone,
        minutes=None,
        session_id=one.session_id,
    )


def _claims_of(scope: Scope, found: Sequence[AttendanceLine]) -> dict[int, int]:
    ids = {line.evidence_id for line in found if line.evidence_id is not None}
    if not ids:
        return {}
    rows = scope.session.execute(sa.select(Evidence.id, Evidence.claim_id).where(Evidence.id.in_(ids)))
    return {row.id: row.claim_id for row in rows}
