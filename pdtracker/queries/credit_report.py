"""What a district's people were credited with in a period, by theme, category and school; how long decisions took.

Everything is added up by the database, and narrowed to the people whose credit one may look at. So no figure tells its
reader of anybody whose transcript they couldn't open.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final

import sqlalchemy as sa

from pdtracker.domain.claim import ClaimState
from pdtracker.domain.credit_report import CreditLine, Waits
from pdtracker.domain.kinds import CreditCategory
from pdtracker.domain.when import instant
from pdtracker.models.base import HoursBetween
from pdtracker.models.claims import Claim
from pdtracker.models.credit import Award
from pdtracker.models.districts import School
from pdtracker.models.events import EventTheme, Programme, Theme
from pdtracker.models.people import Person
from pdtracker.queries.people import of_people_in_sight
from pdtracker.scope import Scope

NONE: Final = 0
"""Stands for no school, and for no theme."""

Period = tuple[date, date]
Condition = sa.ColumnElement[bool]
# Any: columns that are read by their names.
Lines = sa.Select[*tuple[Any, ...]]

_ANSWERED: Final = (ClaimState.CREDITED, ClaimState.DENIED, ClaimState.RETURNED)
_A_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditFilter:
    """What the report is narrowed to; `None` leaves it open. Both days of the period belong to it.

    The period holds the days of the activities; of decisions, the days on which they were made.
    """

    period: Period
    school_id: int | None = None
    theme_id: int | None = None
    category: CreditCategory | None = None


@dataclass(frozen=True, slots=True)
class CreditReport:
    """The lines of the report, those with the most minutes first. An event of several themes counts in each.

    `first_day` is the first for which the ledger holds anything, of whatever period.
    """

    people: int
    minutes: int
    first_day: date | None
    schools: tuple[CreditLine, ...]
    themes: tuple[CreditLine, ...]
    categories: tuple[CreditLine, ...]


def credit_report(scope: Scope, chosen: CreditFilter) -> CreditReport:
    """The report. Four statements, whose rows are as many as there are schools, themes and categories.

    Each kind of line is counted beside its own filter, so that the page can go from one to the other.
    """
    schools = _read(scope, _by_school(scope, replace(chosen, school_id=None)))
    themes = _read(scope, _by_theme(scope, replace(chosen, theme_id=None)))
    categories = _read(scope, _by_category(scope, replace(chosen, category=None)))
    of_all = [line for line in schools if chosen.school_id in (None, int(line.key))]
    return CreditReport(
        people=sum(line.people or 0 for line in of_all),
        minutes=sum(line.minutes for line in of_all),
        first_day=scope.session.scalar(sa.select(sa.func.min(Award.activity_on))),
        schools=schools,
        themes=themes,
        categories=categories,
    )


def waits(scope: Scope, chosen: CreditFilter, firsts: Sequence[date]) -> tuple[Waits, ...]:
    """How long what was decided had waited, for each stretch of the period that begins with one of these days.

    Of claims that stand decided: from when they were last sent to the decision that stands. What was reversed later is
    left out. One statement, whose rows are as many as there are lengths of a wait in whole hours.
    """
    bounds = [_midnight(on, scope) for on in (*firsts, chosen.period[1] + _A_DAY)]
    ends = [(Claim.decided_at < until, place) for place, until in enumerate(bounds[1:-1])]
    stretch = sa.case(*ends, else_=len(ends)) if ends else sa.literal(0)
    hours = HoursBetween(Claim.submitted_at, Claim.decided_at)
    found: dict[int, Counter[int]] = defaultdict(Counter)
    for place, waited, count in scope.session.execute(
        sa.select(stretch, hours, sa.func.count())
        .where(
            Claim.state.in_(_ANSWERED),
            Claim.decided_at >= bounds[0],
            Claim.decided_at < bounds[-1],
            *_of_claims(scope, chosen),
        )
        .group_by(stretch, hours)
    ):
        found[place][max(0, waited)] += count
    return tuple(Waits(found[place]) for place in range(len(firsts)))


def waiting(scope: Scope, chosen: CreditFilter, since: datetime) -> tuple[int, int]:
    """How many claims wait for a decision, and how many of them since before a moment. One statement."""
    row = scope.session.execute(
        sa.select(sa.func.count(), sa.func.count(sa.case((Claim.waiting_since < since, 1)))).where(
            Claim.state == ClaimState.SUBMITTED, *_of_claims(scope, chosen)
        )
    ).one()
    return row[0], row[1]


def _by_school(scope: Scope, chosen: CreditFilter) -> Lines:
    each = _each_person(sa.select(Award.person_id), _of_awards(scope, chosen))
    return (
        _sums(each, sa.func.coalesce(Person.school_id, NONE), School.name)
        .join(Person, Person.id == each.c.person_id)
        .outerjoin(School, sa.and_(School.district_id == Person.district_id, School.id == Person.school_id))
    )


def _by_category(scope: Scope, chosen: CreditFilter) -> Lines:
    of = Award.category.label("of")
    each = _each_person(sa.select(Award.person_id, of), _of_awards(scope, chosen), of)
    return _sums(each, each.c.of)


def _by_theme(scope: Scope, chosen: CreditFilter) -> Lines:
    of = sa.func.coalesce(EventTheme.theme_id, NONE).label("of")
    entries = (
        sa.select(Award.person_id, of)
        .join(Claim, sa.and_(Claim.district_id == Award.district_id, Claim.id == Award.claim_id))
        .outerjoin(EventTheme, EventTheme.event_id == Claim.event_id)
    )
    each = _each_person(entries, _of_awards(scope, chosen), of)
    return (
        _sums(each, each.c.of, Theme.name, Programme.name)
        .outerjoin(Theme, Theme.id == each.c.of)
        .outerjoin(Programme, Programme.id == Theme.programme_id)
    )


def _each_person(entries: Lines, wanted: Iterable[Condition], *parts: Any) -> sa.Subquery:
    """What each person has of ledger entries, what was taken back taken off; `parts` tell them apart further."""
    minutes = sa.func.sum(Award.minutes)
    return (
        entries.add_columns(sa.cast(minutes, sa.BigInteger).label("minutes"))
        .where(*wanted)
        .group_by(Award.person_id, *parts)
        .having(minutes > 0)
        .subquery()
    )


def _sums(each: sa.Subquery, key: Any, name: Any = None, within: Any = None) -> Lines:
    """How many people there are by `key`, with how many minutes, the most first; what it is called."""
    minutes = sa.cast(sa.func.sum(each.c.minutes), sa.BigInteger).label("minutes")
    # A key has one name: the least of it spares grouping by it.
    words = [sa.null() if one is None else sa.func.min(one) for one in (name, within)]
    return (
        sa.select(key.label("key"), sa.func.count().label("people"), minutes)
        .add_columns(words[0].label("name"), words[1].label("within"))
        .select_from(each)
        .group_by(key)
        .order_by(minutes.desc(), key)
    )


def _read(scope: Scope, lines: Lines) -> tuple[CreditLine, ...]:
    return tuple(
        CreditLine(str(row.key), row.name or "", row.people, row.minutes, row.within or "")
        for row in scope.session.execute(lines)
    )


def _of_awards(scope: Scope, chosen: CreditFilter) -> Iterator[Condition]:
    yield Award.activity_on.between(*chosen.period)
    people = _people(scope, chosen)
    if people is not None:
        yield Award.person_id.in_(people)
    if chosen.category is not None:
        yield Award.category == chosen.category
    if chosen.theme_id is not None:
        yield Award.claim_id.in_(sa.select(Claim.id).where(_of_theme(chosen.theme_id)))


def _of_claims(scope: Scope, chosen: CreditFilter) -> Iterator[Condition]:
    people = _people(scope, chosen)
    if people is not None:
        yield Claim.person_id.in_(people)
    if chosen.category is not None:
        yield Claim.category == chosen.category
    if chosen.theme_id is not None:
        yield _of_theme(chosen.theme_id)


def _people(scope: Scope, chosen: CreditFilter) -> sa.Select[int] | None:
    """Those in sight, of one school where that is asked for; `None` for everybody of the district."""
    wanted = list(of_people_in_sight(scope))
    if chosen.school_id is not None:
        wanted.append(sa.func.coalesce(Person.school_id, NONE) == chosen.school_id)
    return sa.select(Person.id).where(*wanted) if wanted else None


def _of_theme(theme_id: int) -> Condition:
    themes = sa.select(EventTheme.theme_id).where(EventTheme.event_id == Claim.event_id)
    return sa.exists(themes.where(EventTheme.theme_id == theme_id)) if theme_id else ~sa.exists(themes)


def _midnight(on: date, scope: Scope) -> datetime:
    return instant(datetime.combine(on, time()), scope.district.zone)
