"""Who is behind with which licence: the page with its figures, the same as files, and counting again.

In the files each row is one shortfall of one licence, so that a bucket can be picked out; `Line` is 1 in one row of
each licence. A sum stands twice: to the nearest hundredth as a number, which a spreadsheet can add up, and exactly, as
on the page, for whoever checks it: no decimal says 57 2/3. The exact one carries its unit, since a spreadsheet reads a
bare 2/3 as a day in February.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any, Final, TypeVar

from flask import Blueprint, request, url_for

from pdtracker.actions.standings import count_licences
from pdtracker.domain.access import Permission
from pdtracker.domain.calendar import month_words
from pdtracker.domain.hours import NBSP
from pdtracker.domain.licence_standing import StandingState
from pdtracker.domain.regimes.quantities import Unit, figure, hundredths
from pdtracker.domain.regimes.shelf import shelf
from pdtracker.domain.when import date_text, local, time_text
from pdtracker.exchange import csv_out, xlsx_out
from pdtracker.exchange.csv_out import Cell
from pdtracker.exchange.xlsx_out import Column
from pdtracker.queries.licence_report import (
    ReportFilter,
    ReportRow,
    Span,
    Summary,
    report_page,
    report_rows,
    report_summary,
)
from pdtracker.queries.people import schools
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import permitted
from pdtracker.web.reports.asked import NO_SCHOOL, FilterForm, asked, place_text, query_of
from pdtracker.web.requests import at, scope

ChoiceT = TypeVar("ChoiceT")

licence_reports = Blueprint("licence_reports", __name__)

_MOST_MONTHS: Final = 12
"""Figures of more are told by year."""

COUNTED_AT_ONCE: Final = 2_000
"""People whose licences are counted while somebody waits; the worker counts the rest."""

_COLUMNS: Final = (
    Column("Person", 28),
    Column("School", 28),
    Column("Licence", 32),
    Column("Regime", 22),
    Column("Cycle ends", 12),
    Column("Standing", 18),
    Column("Line", 6),
    Column("Missing", 34),
    Column("Amount missing", 10),
    Column("Earned", 10),
    Column("Waiting", 10),
    Column("Required", 10),
    Column("Behind", 10),
    Column("Unit", 14),
    Column("Missing exactly", 20),
    Column("Earned exactly", 20),
    Column("Waiting exactly", 20),
    Column("Required exactly", 20),
    Column("Pace", 34),
    Column("To look at", 60),
    Column("Counted for", 12),
)
_SIGNS: Final[Mapping[StandingState, str]] = {
    StandingState.SHORT: "no",
    StandingState.BEHIND: "warn",
    StandingState.ON_TRACK: "half",
    StandingState.MET: "ok",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One figure of the head, with the list that it counts."""

    words: str
    count: int
    href: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table, in words."""

    person: str
    school: str
    href: str
    licence: str
    ends: str
    earned: str
    pending: str
    required: str
    unit: str
    sign: str
    state: str
    pace: str
    missing: str
    remarks: str


@licence_reports.get("/<slug:district>/reports/licences")
@permitted(Permission.SEE_REPORTS)
def show() -> Answer:
    """The report as it is narrowed in the address."""
    form = FilterForm(request.args)
    found = asked(form)
    summary = report_summary(scope(), found.chosen)
    page = report_page(scope(), found.chosen, found.after)
    names = {one.id: one.name for one in schools(scope())} | {0: NO_SCHOOL}
    form.offer(names, {name: regime_name(name) for name in summary.known_regimes}, summary)
    return answers.page(
        "reports/licences.html",
        422 if form.errors else 200,
        form=form,
        summary=summary,
        behind=summary.states[StandingState.BEHIND] + summary.states[StandingState.SHORT],
        late=_link(replace(found.chosen, state=None, is_late=True)),
        states=_states(found.chosen, summary),
        heads=_heads(found.chosen, summary, names),
        rows=[_line(row) for row in page.rows],
        is_narrowed=found.chosen != ReportFilter(),
        is_first=found.after is None,
        first=_link(found.chosen),
        onward=_link(found.chosen, after=place_text(page.onward)) if page.onward else None,
        csv=url_for("licence_reports.show_csv", **query_of(found.chosen)),
        xlsx=url_for("licence_reports.show_xlsx", **query_of(found.chosen)),
        counted=_counted(summary),
        is_stale=summary.is_stale,
        may_count=scope().may(Permission.MANAGE_DISTRICT),
    )


@licence_reports.post("/<slug:district>/reports/licences/count")
@permitted(Permission.MANAGE_DISTRICT)
def count() -> Answer:
    """Count what changed, without waiting for the worker."""
    done = count_licences(scope(), at_most=COUNTED_AT_ONCE)
    saying = "Nothing changed since the last count."
    if done:
        saying = f"Counted again for {done:,} {'person' if done == 1 else 'people'}."
    if done >= COUNTED_AT_ONCE:
        saying += " The rest follows by itself in a few minutes."
    return answers.see("licence_reports.show", saying=saying)


@licence_reports.get("/<slug:district>/reports/licences.csv")
@permitted(Permission.SEE_REPORTS)
def show_csv() -> Answer:
    """Exactly what the page lists, as CSV."""
    rows = _asked_rows()
    head = [column.head for column in _COLUMNS]
    return answers.download(
        lambda out: csv_out.write_csv(out, head, rows), csv_out.MEDIA_TYPE, _file_name("csv")
    )


@licence_reports.get("/<slug:district>/reports/licences.xlsx")
@permitted(Permission.SEE_REPORTS)
def show_xlsx() -> Answer:
    """The same as a workbook."""
    rows = _asked_rows()
    return answers.download(
        lambda out: xlsx_out.write_xlsx(out, "Licences", _COLUMNS, rows, at=at()),
        xlsx_out.MEDIA_TYPE,
        _file_name("xlsx"),
    )


def regime_name(regime: str) -> str:
    """A regime's name; its own word for one that is no longer on the shelf."""
    versions = shelf().get(regime)
    return versions[-1].name if versions else regime


def _unit(regime: str) -> Unit:
    return shelf()[regime][-1].unit


def _asked_rows() -> Iterator[tuple[Cell, ...]]:
    found = asked(FilterForm(request.args))
    found.require_valid()
    return (cells for row in report_rows(scope(), found.chosen) for cells in _lines(row))


def _lines(row: ReportRow) -> Iterator[tuple[Cell, ...]]:
    """One row for each shortfall of a licence, or one where nothing is missing."""
    if not row.gaps:
        yield _cells(row, 1, "", None)
    for line, gap in enumerate(row.gaps, 1):
        yield _cells(row, line, gap.name[:1].upper() + gap.name[1:], gap.amount)


def _cells(row: ReportRow, line: int, gap: str, missing: Fraction | None) -> tuple[Cell, ...]:
    unit = _unit(row.regime)
    return (
        row.person_name,
        row.school_name,
        row.licence_name,
        regime_name(row.regime),
        row.ends_on,
        row.state.label,
        line,
        gap,
        None if missing is None else hundredths(missing),
        hundredths(row.earned, short_of=row.required),
        hundredths(row.pending),
        hundredths(row.required),
        hundredths(Fraction(row.behind_minutes) / unit.minutes),
        unit.many,
        None if missing is None else _exactly(missing, unit),
        _exactly(row.earned, unit),
        _exactly(row.pending, unit),
        _exactly(row.required, unit),
        row.pace,
        row.remarks.replace(NBSP, " "),
        row.as_of,
    )


def _exactly(amount: Fraction, unit: Unit) -> str:
    # Programs that look for a text find it with a plain space.
    return unit.words(amount).replace(NBSP, " ")


def _file_name(ending: str) -> str:
    return f"licences-{local(at(), scope().district.zone).date().isoformat()}.{ending}"


def _link(chosen: ReportFilter, **more: Any) -> str:
    return url_for("licence_reports.show", **query_of(chosen), **more)


def _states(chosen: ReportFilter, summary: Summary) -> list[Shown]:
    return [
        Shown(
            state.label,
            summary.states[state],
            _link(replace(chosen, state=_switched(chosen.state, state), is_late=False)),
            chosen.state is state,
        )
        for state in StandingState
    ]


def _heads(chosen: ReportFilter, summary: Summary, names: Mapping[int, str]) -> list[tuple[str, list[Shown]]]:
    """The other figures, each list with the largest first; those that count who is behind lead to just them."""
    late = _late(chosen)
    gaps = [
        Shown(
            gap[:1].upper() + gap[1:],
            count,
            _link(replace(chosen, gap=_switched(chosen.gap, gap))),
            chosen.gap == gap,
        )
        for gap, count in summary.gaps.items()
    ]
    schools = [
        Shown(
            names.get(school, NO_SCHOOL),
            count,
            _link(replace(late, school_id=_switched(chosen.school_id, school))),
            chosen.school_id == school,
        )
        for school, count in summary.schools.items()
    ]
    regimes = [
        Shown(
            regime_name(regime),
            count,
            _link(replace(late, regime=_switched(chosen.regime, regime))),
            chosen.regime == regime,
        )
        for regime, count in summary.regimes.items()
    ]
    heads = [("Missing", gaps), ("Behind, by school", schools), ("Behind, by regime", regimes)]
    largest_first = [
        (title, sorted(shown, key=lambda one: (-one.count, one.words))) for title, shown in heads
    ]
    return [*largest_first, ("Behind, by cycle end", _ends(chosen, summary))]


def _late(chosen: ReportFilter) -> ReportFilter:
    """The same, of those that are behind or ended short alone."""
    return chosen if chosen.state else replace(chosen, is_late=True)


def _ends(chosen: ReportFilter, summary: Summary) -> list[Shown]:
    """The figures by the month in which cycles end; by year where there are many."""
    spans: Counter[tuple[str, Span]] = Counter()
    for (year, month), count in sorted(summary.ends.items()):
        if len(summary.ends) > _MOST_MONTHS:
            spans[str(year), (date(year, 1, 1), date(year, 12, 31))] += count
        else:
            last = date(year, month, monthrange(year, month)[1])
            spans[month_words(year, month), (date(year, month, 1), last)] += count
    return [
        Shown(
            words,
            count,
            _link(replace(_late(chosen), ends=(None, None) if chosen.ends == span else span)),
            chosen.ends == span,
        )
        for (words, span), count in spans.items()
    ]


def _switched(now: ChoiceT | None, one: ChoiceT) -> ChoiceT | None:
    """What a figure's link narrows to: the figure, or nothing where it does already."""
    return None if now == one else one


def _line(row: ReportRow) -> Line:
    return Line(
        person=row.person_name,
        school=row.school_name or NO_SCHOOL,
        href=url_for("licences.show", licence_id=row.licence_id),
        licence=f"{regime_name(row.regime)} · {row.licence_name}",
        ends=date_text(row.ends_on),
        earned=figure(row.earned),
        pending=figure(row.pending) if row.pending else "",
        required=figure(row.required),
        unit=_unit(row.regime).many,
        sign=_SIGNS[row.state],
        state=row.state.label,
        pace=row.pace,
        missing=row.missing or "Nothing",
        remarks=row.remarks,
    )


def _counted(summary: Summary) -> str:
    """`November 22, 2026 at 6:02 am`, of the row that was counted first."""
    if summary.counted_since is None:
        return ""
    moment = local(summary.counted_since, scope().zone)
    return f"{date_text(moment)} at {time_text(moment)}"
