"""The reports that there are."""

from __future__ import annotations

from flask import Blueprint

from pdtracker.domain.access import Permission
from pdtracker.domain.licence_standing import StandingState
from pdtracker.queries.licence_report import ReportFilter, report_summary
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import permitted
from pdtracker.web.requests import scope

reports = Blueprint("reports", __name__)


@reports.get("/<slug:district>/reports")
@permitted(Permission.SEE_REPORTS)
def index() -> Answer:
    """Each report with its answer in a sentence."""
    summary = report_summary(scope(), ReportFilter())
    behind = summary.states[StandingState.BEHIND] + summary.states[StandingState.SHORT]
    said = f"{behind:,} of {summary.total:,} are behind" if summary.total else "No licence is counted yet"
    return answers.page(
        "reports/index.html",
        said=said,
        behind=behind,
        may_commit=scope().may(Permission.MANAGE_DISTRICT),
        may_see_mail=scope().may(Permission.SEE_MAIL),
        may_audit=scope().may(Permission.SEE_AUDIT),
        keeps_jobs=scope().may(Permission.KEEP_JOBS),
    )
