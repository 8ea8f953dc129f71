"""Who is behind in a large district: counting every licence from its record, and the report of all as files.

50,000 teachers with 1,000,000 claims in six districts, one licence each, beside a fifth of them. The anchor reads all
credit and adds each person's minutes, and does nothing else: no rule, no category, no sentence.
"""

from __future__ import annotations

import io
import itertools
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from pdtracker.actions.standings import count_licences
from pdtracker.bench.data import LARGE, many_claims
from pdtracker.bench.filling import TEACHER
from pdtracker.bench.measuring import Figure, Goal, Unit, beside, counted
from pdtracker.db import Database
from pdtracker.exchange.csv_out import Cell, write_csv
from pdtracker.exchange.xlsx_out import Column, write_xlsx
from pdtracker.models.credit import Award
from pdtracker.models.ids import new_id
from pdtracker.models.licences import Licence
from pdtracker.models.people import Person
from pdtracker.models.standings import LicenceStandingRow
from pdtracker.queries.licence_report import ReportFilter, ReportRow, report_page, report_rows, report_summary
from pdtracker.queries.outbox import districts
from pdtracker.scope import DistrictFacts, Scope

FIFTH: Final = LARGE // 5
REGIMES: Final = ("new-york-ctle", "massachusetts-pdp", "texas-cpe", "illinois", "michigan-scech")
_GOAL_SECONDS: Final = 60
_MOST_RATIO: Final = 6.0
"""Five times the people may cost five times as much, and a fifth on top for what the processor was busy with."""
_MOST_STATEMENTS: Final = 4
_COLUMNS: Final = tuple(
    Column(head) for head in ("Person", "School", "Licence", "Earned", "Required", "Missing")
)


def compliance(folder: Path) -> list[Figure]:
    """The figures; the databases are made when they aren't there."""
    few, many = (many_claims(folder, count) for count in (FIFTH, LARGE))
    return measure(few, many)


def measure(few: str, many: str) -> list[Figure]:
    """The figures of two databases, the second five times as large."""
    at = datetime.now(UTC)
    small, large = Installation(few, at), Installation(many, at)
    try:
        small.give_licences()
        people = large.give_licences()
        anchor = _seconds(large.add_minutes)
        counted_few, counted_many = _seconds(small.count_all), _seconds(large.count_all)
        files_few, files_many = _seconds(small.write_files), _seconds(large.write_files)
        page, statements = _seconds(large.read_pages), large.statements_of_a_page()
        whole = counted_many + files_many
        return [
            counted(
                f"{people:,} licences counted, and all as CSV and XLSX",
                Unit.SECONDS,
                [whole],
                Goal(_GOAL_SECONDS),
                f"counted in {counted_many:.1f} s, written in {files_many:.1f} s",
            ),
            beside("counting and writing : reading and adding all credit", [whole], [anchor]),
            beside("five times the people : once, counted", [counted_many], [counted_few], Goal(_MOST_RATIO)),
            beside("five times the people : once, written", [files_many], [files_few], Goal(_MOST_RATIO)),
            counted("a page of the largest district with its figures", Unit.SECONDS, [page], None),
            counted("statements of that page", Unit.STATEMENTS, [statements], Goal(_MOST_STATEMENTS)),
        ]
    finally:
        small.database.dispose()
        large.database.dispose()


class Installation:
    """A database of `bench.data`, all districts in turn."""

    def __init__(self, url: str, at: datetime) -> None:
        self.database, self._at = Database(url), at
        with self.database.session(None, installation=True) as session:
            self._districts = districts(session)

    def give_licences(self) -> int:
        """One licence for each teacher, under five regimes in turn, nothing counted; how many there are."""
        total = 0
        for scope in self._scopes():
            session = scope.session
            teachers = session.scalars(sa.select(Person.id).where(Person.title == TEACHER)).all()
            has_any = session.scalar(sa.select(sa.func.count()).select_from(Licence))
            session.rollback()
            total += len(teachers)
            with session.writing():
                session.execute(sa.delete(LicenceStandingRow).where(LicenceStandingRow.licence_id > 0))
                if not has_any:
                    session.insert_rows(Licence, list(self._licences(teachers)))
        return total

    def add_minutes(self) -> None:
        """The anchor."""
        for scope in self._scopes():
            sums: Counter[int] = Counter()
            rows = scope.session.execute(
                sa.select(Award.person_id, Award.minutes).execution_options(yield_per=5_000)
            )
            for person_id, minutes in rows:
                sums[person_id] += minutes

    def count_all(self) -> int:
        """Every licence from its record; of how many people."""
        return sum(count_licences(scope, at_most=LARGE) for scope in self._scopes())

    def write_files(self) -> None:
        """The report of each district as both files."""
        for scope in self._scopes():
            write_csv(_Nowhere(), [column.head for column in _COLUMNS], _cells(scope))
            write_xlsx(_Nowhere(), "Licences", _COLUMNS, _cells(scope), at=self._at)

    def read_pages(self) -> None:
        """The report's first page in the largest district, and the figures at its head."""
        scope = next(self._scopes())
        report_summary(scope, ReportFilter())
        report_page(scope, ReportFilter(), None)

    def statements_of_a_page(self) -> int:
        """How many statements that takes."""
        asked: list[str] = []

        def heard(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            asked.append(statement)

        sa.event.listen(self.database.engine, "before_cursor_execute", heard)
        try:
            self.read_pages()
        finally:
            sa.event.remove(self.database.engine, "before_cursor_execute", heard)
        return sum(statement.startswith("SELECT") for statement in asked)

    def _scopes(self) -> Iterator[Scope]:
        """The worker's scope in each district, the largest first by name."""
        for district in self._districts:
            yield from self._scope(district)

    def _scope(self, district: DistrictFacts) -> Iterator[Scope]:
        with self.database.session(district.id) as session:
            yield Scope(session, district, self._at)

    def _licences(self, teachers: Sequence[int]) -> Iterator[dict[str, Any]]:
        year = self._at.year
        for person_id, regime, back in zip(teachers, itertools.cycle(REGIMES), itertools.cycle(range(4))):
            yield {
                "id": new_id(),
                "person_id": person_id,
                "regime": regime,
                "name": "Professional certificate",
                "starts_on": date(year - 3 - back % 2, 7, 1),
                "ends_on": date(year + 2 - back % 2, 6, 30),
                "facts": [],
                "fte": Fraction(1),
                "years_practised": None,
                "target": None,
                "carry_in": Fraction(0),
                "created_at": self._at,
                "updated_at": self._at,
                "closed_at": None,
            }


def _cells(scope: Scope) -> Iterator[tuple[Cell, ...]]:
    return (_row(row) for row in report_rows(scope, ReportFilter()))


def _row(row: ReportRow) -> tuple[Cell, ...]:
    return (
        row.person_name,
        row.school_name,
        row.licence_name,
        str(row.earned),
        str(row.required),
        row.missing,
    )


class _Nowhere(io.BytesIO):
    """A file that keeps nothing."""

    def write(self, data: Any) -> int:
        return len(data)


def _seconds(what: Callable[[], object]) -> float:
    """Processor time of one call: nobody runs such a count twice to warm up."""
    began = time.process_time()
    what()
    return time.process_time() - began
