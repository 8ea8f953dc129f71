"""A large district's report on credit, beside reading all of its credit and adding it up, which tells less.

The district has half of a million claims of three years in its ledger. The anchor reads each entry and adds the minutes
of each person; the report is by school, theme and category, with how long every decision took, by month.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from pdtracker.bench.data import LARGE, SMALL, many_claims
from pdtracker.bench.filling import SLUG
from pdtracker.bench.measuring import Figure, Goal, Unit, beside, counted, in_turn
from pdtracker.db import Database
from pdtracker.domain.credit_report import stretches
from pdtracker.domain.when import school_year
from pdtracker.models.credit import Award
from pdtracker.queries.accounts import district_by_slug
from pdtracker.queries.credit_report import CreditFilter, Period, credit_report, waiting, waits
from pdtracker.scope import Scope

ROUNDS: Final = 3
JULY_1: Final = (7, 1)
_EVERYTHING: Final = (date(2000, 7, 1), date(2099, 6, 30))


def credit(folder: Path, *, small: int = SMALL, large: int = LARGE, rounds: int = ROUNDS) -> list[Figure]:
    """The report of a school year and of all years beside the anchor; its statements beside those for few claims."""
    few, many = many_claims(folder, small, small=small), many_claims(folder, large, small=small)
    at = datetime.now(UTC)
    last_year = school_year(at.date() - timedelta(days=365), JULY_1)
    with _district(few, at) as one, _district(many, at) as other:
        taken = in_turn(
            {
                "year": lambda: _report(other, last_year),
                "all": lambda: _report(other, _EVERYTHING),
                "anchor": lambda: _add(other),
            },
            rounds=rounds,
        )
        statements = _statements(other, last_year) / _statements(one, last_year)
    return [
        beside(
            "report of a school year : reading and adding all credit",
            taken["year"],
            taken["anchor"],
            Goal(1.0),
        ),
        beside(
            "report of all years : reading and adding all credit", taken["all"], taken["anchor"], Goal(3.0)
        ),
        counted(
            f"statements, {large:,} claims : {small:,}",
            Unit.TIMES,
            [statements],
            Goal(1.0),
        ),
    ]


def _report(scope: Scope, period: Period) -> None:
    chosen = CreditFilter(period=period)
    credit_report(scope, chosen)
    waits(scope, chosen, [on for on, _ in stretches(*period, JULY_1)])
    waiting(scope, chosen, scope.at)


def _add(scope: Scope) -> None:
    """The anchor."""
    sums: Counter[int] = Counter()
    rows = scope.session.execute(sa.select(Award.person_id, Award.minutes).execution_options(yield_per=5_000))
    for person_id, minutes in rows:
        sums[person_id] += minutes


def _statements(scope: Scope, period: Period) -> int:
    asked: list[str] = []

    def heard(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    engine = scope.session.get_bind()
    sa.event.listen(engine, "before_cursor_execute", heard)
    try:
        _report(scope, period)
    finally:
        sa.event.remove(engine, "before_cursor_execute", heard)
    return sum(statement.startswith("SELECT") for statement in asked)


@contextmanager
def _district(url: str, at: datetime) -> Iterator[Scope]:
    """The worker's scope in the large district of a database."""
    database = Database(url)
    try:
        with database.session(None, installation=True) as doors:
            facts = district_by_slug(doors, SLUG)
        if facts is None:
            raise LookupError(f"{SLUG} is not in the database")
        with database.session(facts.id) as session:
            yield Scope(session, facts, at)
    finally:
        database.dispose()
