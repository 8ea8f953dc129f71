"""A person's transcript: what the ledger holds for them in a period, session by session, with the reasons.

The ledger alone counts: a sum is the sum of its entries, those that took something back included. What was decided
and undone within minutes, before anybody was told, is left out with both of its entries.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from pdtracker.domain.claim import ClaimState, Step
from pdtracker.domain.credit import TraceStep
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.refusals import NotHere
from pdtracker.domain.transcript import TranscriptRow, TranscriptSheet
from pdtracker.domain.when import school_year
from pdtracker.models.certificates import Certificate, CertificateNews, CertificateStatus
from pdtracker.models.claims import Claim, ClaimStep
from pdtracker.models.credit import Award, EntryKind
from pdtracker.models.districts import School
from pdtracker.models.people import Person
from pdtracker.queries import facts
from pdtracker.queries.claims import ClaimRow, select_claims
from pdtracker.queries.facts import Credited
from pdtracker.queries.people import of_people_in_sight
from pdtracker.queries.standing import Claimed, Standing, claimed_of, standing_by
from pdtracker.scope import Scope

Period = tuple[date, date]

_CLAIM_COLUMNS: Final = len(ClaimRow.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Entry:
    """A ledger entry: minutes given, or taken back (negative), by whom, when, and by which rules.

    `reason` is what was said when they were taken back.
    """

    category: CreditCategory
    minutes: int
    policy_id: int
    policy_name: str
    trace: tuple[TraceStep, ...]
    awarded_at: datetime
    by_name: str
    takes_back: bool
    reason: str


@dataclass(frozen=True, slots=True)
class LineCertificate:
    """The newest certificate of a session; `news` is what was said of it later."""

    serial: str
    code: str
    release_at: datetime
    news: CertificateNews | None


@dataclass(frozen=True, slots=True)
class Line:
    """One session with all of its entries, oldest first."""

    claim_id: int
    on: date
    title: str
    host: str
    kind: EventKind
    entries: tuple[Entry, ...]
    certificate: LineCertificate | None
    # How many sessions a bundle has; 0 of what is one session.
    parts: int = 0

    @property
    def minutes(self) -> int:
        """What the session counts today."""
        return sum(entry.minutes for entry in self.entries)

    @property
    def categories(self) -> tuple[tuple[CreditCategory, int], ...]:
        """Its minutes by category."""
        return _by_category(self.entries)

    @property
    def given(self) -> Entry:
        """The latest decision that gave credit, the minutes of all its categories together."""
        return _together([entry for entry in self.entries if not entry.takes_back])

    @property
    def taken_back(self) -> Entry | None:
        """What took the credit back, the minutes of all categories together, if that is how it ended."""
        if not self.entries[-1].takes_back:
            return None
        return _together([entry for entry in self.entries if entry.takes_back])


@dataclass(frozen=True, slots=True)
class Transcript:
    """A person's lines in a period, newest first, with their sums; `standing` when the period is a school year.

    `years` are those to choose from, newest first: every school year with entries, the one that runs, the chosen one.
    """

    person_id: int
    person_name: str
    school_name: str | None
    period: Period
    lines: tuple[Line, ...]
    standing: Standing | None
    years: tuple[Period, ...]
    last_activity_on: date | None

    @property
    def total_minutes(self) -> int:
        """All minutes of the period."""
        return sum(line.minutes for line in self.lines)

    @property
    def categories(self) -> tuple[tuple[CreditCategory, int], ...]:
        """Minutes by category, in the order of the categories."""
        return _by_category([entry for line in self.lines for entry in line.entries])

    def minutes_of(self, kind: EventKind | None) -> int:
        """Minutes of one kind of event, or of all."""
        return sum(line.minutes for line in self.lines if kind in (None, line.kind))


def transcript(scope: Scope, person_id: int, period: Period | None, year_of: date) -> Transcript:
    """A person's transcript for a period, or for the school year of a day. Three statements, whatever it holds.

    Raises NotHere for somebody whom the district doesn't know, or whose credit one may not look at.
    """
    name, school_name, days = _person(scope, person_id)
    editions = facts.policies(scope)
    today = scope.today
    starts = facts.year_starts(editions, today)
    chosen = period or school_year(year_of, starts)
    lines, waiting = _lines(scope, person_id, chosen)
    is_year = chosen == school_year(chosen[0], starts)
    return Transcript(
        person_id=person_id,
        person_name=name,
        school_name=school_name,
        period=chosen,
        lines=lines,
        standing=standing_by(editions, _credited(person_id, lines), person_id, waiting, chosen[1])
        if is_year
        else None,
        years=_years((*days, today, *((chosen[0],) if is_year else ())), starts),
        last_activity_on=max(days, default=None),
    )


def sheet_of(found: Transcript, scope: Scope, verify_address: str) -> TranscriptSheet:
    """The values of the PDF: one row for each entry, oldest first."""
    return TranscriptSheet(
        district=scope.district.name,
        place=scope.district.place,
        person=found.person_name,
        school=found.school_name,
        first_day=found.period[0],
        last_day=found.period[1],
        rows=tuple(
            TranscriptRow(
                line.on,
                line.title,
                line.host,
                line.kind.label,
                entry.category.label,
                entry.minutes,
                line.certificate.code if line.certificate and not entry.takes_back else None,
            )
            for line in reversed(found.lines)
            for entry in line.entries
        ),
        issued_on=scope.today,
        verify_address=verify_address,
    )


def _person(scope: Scope, person_id: int) -> tuple[str, str | None, tuple[date, ...]]:
    """Name and school, and every day for which the ledger gives the person something. One statement."""
    step, undoing = aliased(ClaimStep), aliased(ClaimStep)
    undone = sa.exists(
        sa.select(undoing.id).where(
            undoing.claim_id == Award.claim_id, undoing.undoes_step_id == Award.step_id
        )
    )
    days = (
        sa.select(Award.person_id, Award.activity_on)
        .join(step, sa.and_(step.district_id == Award.district_id, step.id == Award.step_id))
        .where(Award.person_id == person_id, step.step != Step.UNDO, ~undone)
        .distinct()
        .subquery()
    )
    rows = scope.session.execute(
        sa.select(Person.name, School.name, days.c.activity_on)
        .select_from(Person)
        .outerjoin(School, sa.and_(School.district_id == Person.district_id, School.id == Person.school_id))
        .outerjoin(days, days.c.person_id == Person.id)
        .where(Person.id == person_id, *of_people_in_sight(scope))
    ).all()
    if not rows:
        raise NotHere
    name, school_name, _ = rows[0]
    return name, school_name, tuple(day for *_, day in rows if day is not None)


def _lines(scope: Scope, person_id: int, period: Period) -> tuple[tuple[Line, ...], tuple[Claimed, ...]]:
    """The lines of the period, newest first, and the person's claims that wait, in one statement.

    Where a bundle waits, one more for its parts.
    """
    giving, undoing, newest = aliased(ClaimStep), aliased(ClaimStep), aliased(Certificate)
    recalled = sa.exists(
        sa.select(CertificateStatus.id).where(
            CertificateStatus.certificate_id == newest.id,
            CertificateStatus.news == CertificateNews.RECALLED,
        )
    )
    certificate_id = (
        sa.select(sa.func.max(newest.id))
        .where(newest.claim_id == Claim.id, ~recalled)
        .correlate(Claim)
        .scalar_subquery()
    )
    undone = sa.exists(
        sa.select(undoing.id).where(
            undoing.claim_id == Award.claim_id, undoing.undoes_step_id == Award.step_id
        )
    )
    # What was undone is left out, and so is the entry that undid it.
    counts = sa.and_(Award.id.is_not(None), giving.step != Step.UNDO, ~undone)
    rows = scope.session.execute(
        select_claims()
        .add_columns(
            Award.id,
            Award.activity_on,
            Award.entry,
            Award.category,
            Award.minutes,
            Award.policy_id,
            Award.policy_name,
            Award.trace,
            Award.awarded_at,
            giving.by_name,
            giving.comment,
            Certificate.serial,
            Certificate.code,
            Certificate.release_at,
            CertificateStatus.news,
            sa.case((counts, True), else_=False),
        )
        .outerjoin(
            Award,
            sa.and_(
                Award.district_id == Claim.district_id,
                Award.claim_id == Claim.id,
                Award.activity_on.between(*period),
            ),
        )
        .outerjoin(giving, sa.and_(giving.district_id == Award.district_id, giving.id == Award.step_id))
        .outerjoin(
            Certificate,
            sa.and_(Certificate.district_id == Claim.district_id, Certificate.id == certificate_id),
        )
        .outerjoin(
            CertificateStatus,
            sa.and_(
                CertificateStatus.district_id == Certificate.district_id,
                CertificateStatus.certificate_id == Certificate.id,
            ),
        )
        .where(
            Claim.person_id == person_id,
            sa.or_(counts, Claim.state == ClaimState.SUBMITTED),
        )
        .order_by(Award.activity_on.desc(), Claim.id.desc(), Award.id)
    )
    found: dict[int, tuple[ClaimRow, list[Any]]] = {}
    for row in rows:
        found.setdefault(row[0], (ClaimRow(*row[:_CLAIM_COLUMNS]), []))[1].append(row[_CLAIM_COLUMNS:])
    return (
        tuple(line for claim, entries in found.values() if (line := _line(claim, entries)) is not None),
        claimed_of(scope, [claim for claim, _ in found.values() if claim.state is ClaimState.SUBMITTED]),
    )


def _line(claim: ClaimRow, entries: Sequence[Any]) -> Line | None:
    """The line of a claim; `None` for one that only waits."""
    credited = [entry for entry in entries if entry[-1]]
    if not credited:
        return None
    serial, code, release_at, news = credited[-1][-5:-1]
    return Line(
        claim_id=claim.id,
        on=credited[0][1],
        title=claim.title,
        host=claim.host,
        kind=claim.kind,
        entries=tuple(_entry(*entry[2:11]) for entry in credited),
        certificate=LineCertificate(serial, code, release_at, news) if serial else None,
        parts=claim.parts,
    )


def _entry(
    entry: EntryKind,
    category: CreditCategory,
    minutes: int,
    policy_id: int,
    policy_name: str,
    trace: Sequence[Any],
    awarded_at: datetime,
    by_name: str,
    comment: str,
) -> Entry:
    takes_back = entry is EntryKind.REVERSAL
    steps = tuple(TraceStep(step["rule"], step["before"], step["after"], step["sentence"]) for step in trace)
    reason = comment if takes_back else ""
    return Entry(category, minutes, policy_id, policy_name, steps, awarded_at, by_name, takes_back, reason)


def _together(entries: Sequence[Entry]) -> Entry:
    """The entries that were written with the last one, as one."""
    last = entries[-1]
    same = [entry for entry in entries if entry.awarded_at == last.awarded_at]
    return replace(last, minutes=sum(entry.minutes for entry in same))


def _by_category(entries: Collection[Entry]) -> tuple[tuple[CreditCategory, int], ...]:
    return tuple(
        (category, sum(entry.minutes for entry in entries if entry.category is category))
        for category in CreditCategory
        if any(entry.category is category for entry in entries)
    )


def _credited(person_id: int, lines: Collection[Line]) -> Credited:
    """What the lines are worth, for the rules that say what a waiting claim would add."""
    known = Credited()
    for line in lines:
        known.add(person_id, line.on, line.kind, line.minutes)
    return known


def _years(days: Collection[date], starts: tuple[int, int]) -> tuple[Period, ...]:
    """The school years that hold these days, newest first."""
    return tuple(sorted({school_year(day, starts) for day in days}, reverse=True))
