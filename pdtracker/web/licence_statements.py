"""The statement of progress to a licence as PDF."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, request

from pdtracker.domain.look import Record
from pdtracker.domain.refusals import NotHere, NotValid
from pdtracker.domain.when import local
from pdtracker.installation import issuer_of
from pdtracker.pdf import licence_statement as sheet
from pdtracker.queries.licence_statements import licence_statement
from pdtracker.queries.licensing import licence
from pdtracker.web import answers, requests
from pdtracker.web.answers import Answer
from pdtracker.web.doors import signed_in
from pdtracker.web.forms import DayField, Form
from pdtracker.web.looking import noted
from pdtracker.web.requests import at, scope

licence_statements = Blueprint("licence_statements", __name__)


class OnForm(Form):
    """The day on which the statement looks."""

    on = DayField("On", name="on")


@licence_statements.get("/<slug:district>/licences/<ref:licence_id>.pdf")
@signed_in
def show_pdf(licence_id: int) -> Answer:
    """One's own, which everybody has, or that of somebody in sight; else nobody knows of it."""
    held = licence(scope(), licence_id)
    if held is None:
        raise NotHere
    values = licence_statement(
        scope(), licence_id, _day(), issuer_of(requests.wiring().settings).verify_address
    )
    name = f"licence-{values.as_of.isoformat()}.pdf"
    shown = answers.file(lambda: sheet.render(values), "application/pdf", name, keep=False)
    return noted(shown, held.person_id, Record.LICENCES)


def _day() -> date:
    """The day in the address; today without one."""
    form = OnForm(request.args)
    if not form.validate():
        raise NotValid({"on": "Choose a day."})
    chosen: date | None = form.on.data
    return chosen or local(at(), scope().district.zone).date()
