"""Who is behind with which licence: rows of a district's report, and the figures at its head.

Everything is read from where licences stood when they were last counted (`models.standings`), narrowed to the people
whose credit one may look at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Final

import sqlalchemy as sa

from pdtracker.domain.licence_standing import Gap, StandingState, gap_words, gaps_from, in_bars
from pdtracker.models.districts import School
from pdtracker.models.licences import Licence
from pdtracker.models.people import Person
from pdtracker.models.standings import LicenceStandingRow
from pdtracker.queries.people import of_people_in_sight
from pdtracker.queries.standings import newest_rules
from pdtracker.scope import Scope

PER_PAGE: Final = 50
AT_ONCE: Final = 1_000
"""Rows of an export that are read with one statement."""

Span = tuple[date | None, date | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFilter:
    """What a report is narrowed to; `None` leaves it open. `gap` is the name of a requirement that lacks something.

    Its name, not its id: what one body calls sheltered English immersion is another's English language learners.

    `school_id` 0 stands for who has no school. Both days of `ends` belong to it. With `is_late` it is those that are
    behind or whose cycle ended short, which is what most of the figures count.
    """

    school_id: int | None = None
    regime: str | None = None
    gap: str | None = None
    state: StandingState | None = None
    is_late: bool = False
    ends: Span = (None, None)


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One licence of one person."""

    licence_id: int
    person_id: int
    person_name: str
    school_name: str | None
    regime: str
    licence_name: str
    ends_on: date
    state: StandingState
    earned: Fraction
    pending: Fraction
    required: Fraction
    behind_minutes: int
    pace: str
    missing: str
    as_of: date
    remarks: str
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page goes on: after the row that is so far behind."""

    behind_minutes: int
    licence_id: int


@dataclass(frozen=True, slots=True)
class ReportPage:
    """Rows, and the place after them where there are more."""

    rows: tuple[ReportRow, ...]
    onward: Place | None


@dataclass(frozen=True, slots=True)
class Heap:
    """Licences that are alike in school, regime, state, gaps and the month in which their cycle ends, counted."""

    school_id: int
    regime: str
    state: StandingState
    gaps: tuple[str, ...]
    ends: tuple[int, int]
    count: int


@dataclass(frozen=True, slots=True)
class Summary:
    """Figures of a report: each by one thing, with everything else that it is narrowed to.

    `states` count all licences, the others those that are behind or ended short, `gaps` every licence that lacks it, by
    its name. `ends` are the months in which cycles end. `is_stale` says that rules were published since some of it was
    counted.
    """

    total: int
    states: Counter[StandingState]
    schools: Counter[int]
    regimes: Counter[str]
    gaps: Counter[str]
    ends: Counter[tuple[int, int]]
    known_gaps: tuple[str, ...]
    known_regimes: tuple[str, ...]
    counted_since: datetime | None
    is_stale: bool


def report_page(scope: Scope, chosen: ReportFilter, after: Place | None, limit: int = PER_PAGE) -> ReportPage:
    """A page of the report, who is furthest behind first. One statement."""
    found = scope.session.execute(_narrowed(scope, chosen, after).limit(limit + 1)).all()
    rows = tuple(_report_row(*row) for row in found[:limit])
    onward = Place(rows[-1].behind_minutes, rows[-1].licence_id) if len(found) > limit else None
    return ReportPage(rows, onward)


def _report_row(*told: Any) -> ReportRow:
    whole: list[Any] = [*told[:-3], gaps_from(*told[-3:])]
    return ReportRow(*whole)


def report_rows(scope: Scope, chosen: ReportFilter) -> Iterator[ReportRow]:
    """All rows of the report, in the same order, read a thousand at a time."""
    after: Place | None = None
    while True:
        page = report_page(scope, chosen, after, AT_ONCE)
        yield from page.rows
        if page.onward is None:
            return
        after = page.onward


def report_summary(scope: Scope, chosen: ReportFilter) -> Summary:
    """The figures at the head of the report. One statement, whose rows are as many as there are different heaps."""
    heaps, since, is_stale = _heaps(scope, chosen.ends)
    total = 0
    states, schools, regimes, gaps = Counter[StandingState](), Counter[int](), Counter[str](), Counter[str]()
    ends = Counter[tuple[int, int]]()
    for heap in heaps:
        fits = {
            "school": chosen.school_id in (None, heap.school_id),
            "regime": chosen.regime in (None, heap.regime),
            "state": chosen.state in (None, heap.state) and (heap.state in _BEHIND or not chosen.is_late),
            "gap": chosen.gap is None or chosen.gap in heap.gaps,
        }
        is_behind = heap.state in _BEHIND
        if all(fits.values()):
            total += heap.count
            if is_behind:
                ends[heap.ends] += heap.count
        if _fits_beside(fits, "state"):
            states[heap.state] += heap.count
        if is_behind and _fits_beside(fits, "school"):
            schools[heap.school_id] += heap.count
        if is_behind and _fits_beside(fits, "regime"):
            regimes[heap.regime] += heap.count
        if _fits_beside(fits, "gap"):
            gaps.update(dict.fromkeys(heap.gaps, heap.count))
    return Summary(
        total=total,
        states=states,
        schools=schools,
        regimes=regimes,
        gaps=gaps,
        ends=ends,
        known_gaps=tuple(sorted({gap for heap in heaps for gap in heap.gaps})),
        known_regimes=tuple(sorted({heap.regime for heap in heaps})),
        counted_since=since,
        is_stale=is_stale,
    )


def _fits_beside(fits: dict[str, bool], name: str) -> bool:
    """Whether it fits all that the report is narrowed to beside one thing."""
    return all(fit for other, fit in fits.items() if other != name)


def _heaps(scope: Scope, ends: Span) -> tuple[list[Heap], datetime | None, bool]:
    """The heaps, when the first of them was counted, and whether rules were published since."""
    school = sa.func.coalesce(Person.school_id, 0)
    month = [sa.extract(part, LicenceStandingRow.ends_on) for part in ("year", "month")]
    alike = (school, Licence.regime, LicenceStandingRow.state, LicenceStandingRow.gap_names, *month)
    rules = newest_rules()
    rows = scope.session.execute(
        _joined(
            sa.select(
                *alike,
                sa.func.count(),
                sa.func.min(LicenceStandingRow.counted_at),
                sa.func.min(LicenceStandingRow.seen_id) < sa.func.max(rules.c.id),
            )
        )
        .outerjoin(rules, rules.c.regime == Licence.regime)
        .where(*_in_view(scope), *_ending(ends))
        .group_by(*alike)
    ).all()
    heaps = [
        Heap(school_id, regime, state, gap_words(gaps), (int(year), int(month)), count)
        for school_id, regime, state, gaps, year, month, count, *_ in rows
    ]
    return heaps, min((row[-2] for row in rows), default=None), any(row[-1] for row in rows)


def _narrowed(scope: Scope, chosen: ReportFilter, after: Place | None) -> sa.Select[*tuple[Any, ...]]:
    wanted = _joined(
        sa.select(
            LicenceStandingRow.licence_id,
            LicenceStandingRow.person_id,
            Person.name,
            School.name,
            Licence.regime,
            Licence.name,
            LicenceStandingRow.ends_on,
            LicenceStandingRow.state,
            LicenceStandingRow.earned,
            LicenceStandingRow.pending,
            LicenceStandingRow.required,
            LicenceStandingRow.behind_minutes,
            LicenceStandingRow.pace,
            LicenceStandingRow.missing,
            LicenceStandingRow.as_of,
            LicenceStandingRow.remarks,
            LicenceStandingRow.gaps,
            LicenceStandingRow.gap_names,
            LicenceStandingRow.gap_amounts,
        )
    ).outerjoin(School, sa.and_(School.district_id == Person.district_id, School.id == Person.school_id))
    behind, licence_id = LicenceStandingRow.behind_minutes, LicenceStandingRow.licence_id
    if after is not None:
        wanted = wanted.where(sa.tuple_(behind, licence_id) < (after.behind_minutes, after.licence_id))
    return wanted.where(*_in_view(scope), *_chosen(chosen)).order_by(behind.desc(), licence_id.desc())


def _joined(statement: sa.Select[*tuple[Any, ...]]) -> sa.Select[*tuple[Any, ...]]:
    kept = LicenceStandingRow
    return (
        statement.select_from(kept)
        .join(Licence, sa.and_(Licence.district_id == kept.district_id, Licence.id == kept.licence_id))
        .join(Person, sa.and_(Person.district_id == kept.district_id, Person.id == kept.person_id))
    )


def _in_view(scope: Scope) -> Sequence[sa.ColumnElement[bool]]:
    """The licences that are in use, of people who are here and in sight."""
    return (
        LicenceStandingRow.is_current.is_(True),
        Licence.closed_at.is_(None),
        Person.left_at.is_(None),
        *of_people_in_sight(scope),
    )


def _chosen(chosen: ReportFilter) -> Iterator[sa.ColumnElement[bool]]:
    yield from _ending(chosen.ends)
    if chosen.school_id is not None:
        yield sa.func.coalesce(Person.school_id, 0) == chosen.school_id
    if chosen.regime is not None:
        yield Licence.regime == chosen.regime
    if chosen.gap is not None:
        yield LicenceStandingRow.gap_names.contains(in_bars(chosen.gap), autoescape=True)
    if chosen.state is not None:
        yield LicenceStandingRow.state == chosen.state
    if chosen.is_late:
        yield LicenceStandingRow.state.in_(_BEHIND)


def _ending(ends: Span) -> Iterator[sa.ColumnElement[bool]]:
    first, last = ends
    if first is not None:
        yield LicenceStandingRow.ends_on >= first
    if last is not None:
        yield LicenceStandingRow.ends_on <= last


_BEHIND: Final = frozenset({StandingState.BEHIND, StandingState.SHORT})
