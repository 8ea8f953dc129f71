"""What a district's people were credited with, and how long decisions took: the page, and the same as files."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from flask import Blueprint, request, url_for

from pdtracker.domain.access import Permission
from pdtracker.domain.credit_report import ring_hours, share_words, stretches
from pdtracker.domain.participation import FEWEST_PEOPLE
from pdtracker.domain.refusals import NotNow, NotValid
from pdtracker.domain.when import local, school_year
from pdtracker.exchange import csv_out, xlsx_out
from pdtracker.queries import facts
from pdtracker.queries.credit_report import credit_report, waiting, waits
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import permitted
from pdtracker.web.reports import credit_shown as shown
from pdtracker.web.reports.credit_asked import Asked, CreditForm, asked, word_of
from pdtracker.web.reports.credit_shown import Found
from pdtracker.web.requests import at, scope

credit_reports = Blueprint("credit_reports", __name__)

_TOO_FEW: Final = (
    f"Fewer than {FEWEST_PEOPLE} people have credit in this: whoever it is passed on to could tell whose it is. "
    "Choose more days or schools, or look at it without passing it on."
)


@credit_reports.get("/<slug:district>/reports/credit")
@permitted(Permission.SEE_REPORTS)
def show() -> Answer:
    """The report as it is narrowed in the address."""
    form = CreditForm(request.args)
    found = _found(form)
    long_days = found.asked.long_days
    days = "1 day" if long_days == 1 else f"{long_days} days"
    tables = shown.tables(found)
    waits_now, wait_long = waiting(scope(), found.asked.chosen, at() - timedelta(days=long_days))
    _offer(form, found)
    return answers.page(
        "reports/credit.html",
        422 if form.errors else 200,
        form=form,
        people=found.credited_in_all[0],
        minutes=found.credited_in_all[1],
        decided=found.decided,
        period=shown.period_of(found),
        narrowed=shown.narrowed(found),
        years=shown.years(found),
        tables=tables,
        ring=ring_hours(max((line.minutes for table in tables for line in table.lines), default=0)),
        months=shown.months(found),
        median=shown.median_words(found.decided),
        long=share_words(found.decided.at_least(long_days), found.decided.count),
        long_words=f"after {days} or more",
        wait_words=f"for {days} or more",
        waits_now=waits_now,
        wait_long=wait_long,
        too_few=_TOO_FEW if found.is_too_small else None,
        to_pass_on=found.asked.is_to_pass_on,
        everything=url_for("credit_reports.show"),
        csv=url_for("credit_reports.show_csv", **found.asked.query()),
        xlsx=url_for("credit_reports.show_xlsx", **found.asked.query()),
    )


@credit_reports.get("/<slug:district>/reports/credit.csv")
@permitted(Permission.SEE_REPORTS)
def show_csv() -> Answer:
    """The figures of the page as CSV."""
    found = _found_for_a_file()
    head = [column.head for column in shown.COLUMNS]
    return answers.download(
        lambda out: csv_out.write_csv(out, head, shown.cells(found)), csv_out.MEDIA_TYPE, _file_name("csv")
    )


@credit_reports.get("/<slug:district>/reports/credit.xlsx")
@permitted(Permission.SEE_REPORTS)
def show_xlsx() -> Answer:
    """The same as a workbook."""
    found = _found_for_a_file()
    return answers.download(
        lambda out: xlsx_out.write_xlsx(out, "Credit", shown.COLUMNS, shown.cells(found), at=at()),
        xlsx_out.MEDIA_TYPE,
        _file_name("xlsx"),
    )


def _found_for_a_file() -> Found:
    """What the address asks for; a file has no place to say what is wrong with it."""
    form = CreditForm(request.args)
    found = _found(form)
    if form.errors:
        raise NotValid({name: str(sentences[0]) for name, sentences in form.errors.items() if sentences})
    if found.is_too_small:
        raise NotNow("too_few_people", _TOO_FEW)
    return found


def _found(form: CreditForm) -> Found:
    today = local(at(), scope().district.zone).date()
    starts = facts.year_starts(facts.policies(scope()), today)
    year = school_year(today, starts)
    try:
        wish = asked(form, year)
    except NotValid as refusal:
        if not form.errors:
            form.take(refusal)
        wish = Asked.of_year(year)
    firsts = stretches(*wish.chosen.period, starts)
    decided = waits(scope(), wish.chosen, [on for on, _ in firsts])
    months = tuple((name, one) for (_, name), one in zip(firsts, decided, strict=True))
    return Found(wish, starts, year, credit_report(scope(), wish.chosen), months)


def _offer(form: CreditForm, found: Found) -> None:
    """The schools and themes that have credit in the period, by name."""
    schools, themes = (
        {word_of(line): name for name, line in sorted(shown.named(by, lines))}
        for by, lines in (("school_id", found.credited.schools), ("theme_id", found.credited.themes))
    )
    form.offer(schools, themes, found.asked)


def _file_name(ending: str) -> str:
    return f"credit-{local(at(), scope().district.zone).date().isoformat()}.{ending}"
