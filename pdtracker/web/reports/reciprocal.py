"""Reciprocal approvals: who approved claims of somebody who approved theirs, between two days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from http import HTTPStatus

from flask import Blueprint, request, url_for

from pdtracker.domain.access import Permission
from pdtracker.domain.refs import ref_of
from pdtracker.domain.refusals import NotValid
from pdtracker.domain.telling import count_of
from pdtracker.domain.when import date_text, moment_text
from pdtracker.queries.reciprocal import MOST_PAIRS, Pair, reciprocal
from pdtracker.scope import Scope
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import permitted
from pdtracker.web.periods import PeriodForm
from pdtracker.web.requests import scope

reciprocal_reports = Blueprint("reciprocal_reports", __name__)

_A_YEAR = timedelta(days=364)


@dataclass(frozen=True, slots=True)
class PairLine:
    """Two people as they are listed: what each approved of the other, with the way to those claims."""

    first: str
    second: str
    of_second: str
    of_second_href: str
    of_first: str
    of_first_href: str
    when: str


@reciprocal_reports.get("/<slug:district>/reports/reciprocal")
@permitted(Permission.SEE_AUDIT)
def show() -> Answer:
    """The pairs of the last twelve months, or between two days."""
    form, status = PeriodForm(request.args), HTTPStatus.OK
    try:
        period = form.period()
    except NotValid as refusal:
        if not form.errors:
            form.take(refusal)
        period, status = None, HTTPStatus.UNPROCESSABLE_ENTITY
    who = scope()
    first, last = period or _last_year(who)
    pairs = reciprocal(who, first, last)
    return answers.page(
        "reports/reciprocal.html",
        status,
        form=form,
        title=_title(pairs),
        days=f"{date_text(first)} to {date_text(last)}",
        lines=[_line(who, pair) for pair in pairs],
        is_cut=len(pairs) == MOST_PAIRS,
        most=MOST_PAIRS,
    )


def _last_year(who: Scope) -> tuple[date, date]:
    today = who.today
    return today - _A_YEAR, today


def _title(pairs: tuple[Pair, ...]) -> str:
    if not pairs:
        return "Nobody approved claims of somebody who approved theirs"
    found = count_of(len(pairs), "pair", "pairs").capitalize()
    return f"{found} of people approved claims of each other"


def _line(who: Scope, pair: Pair) -> PairLine:
    return PairLine(
        pair.first,
        pair.second,
        count_of(pair.by_first, "claim", "claims").capitalize(),
        _claims_of(pair.second_id),
        count_of(pair.by_second, "claim", "claims").capitalize(),
        _claims_of(pair.first_id),
        moment_text(pair.last_at, who.at, who.zone),
    )


def _claims_of(person_id: int) -> str:
    """What was decided of somebody's claims."""
    return url_for("reviews.queue", tab="decided", person=ref_of(person_id))
