"""Which organizations licensing bodies approved as providers: from when to when, and under which number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus

from flask import Blueprint

from pdtracker.actions.regimes import approve_provider, end_approval
from pdtracker.domain.access import Permission
from pdtracker.domain.refusals import NotValid
from pdtracker.domain.regimes.shelf import shelf
from pdtracker.domain.when import date_text
from pdtracker.queries import rulebook
from pdtracker.queries.rulebook import Approval
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import permitted, signed_in
from pdtracker.web.forms import ChooseField, DayField, Form, LineField, needed
from pdtracker.web.requests import scope

providers = Blueprint("providers", __name__)

_NUMBER_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class ApprovalLine:
    """An approval in the list."""

    id: int
    organization: str
    regime: str
    number: str
    days: str
    sign: str
    standing: str
    may_end: bool


class ApprovalForm(Form):
    """An approval to note."""

    organization = LineField(
        "Organization", [needed("Enter the organization.")], description="A host of the calendar."
    )
    regime = ChooseField("Approved by the rules of", [needed("Choose from the list.")])
    number = LineField(
        "Provider number", limit=_NUMBER_CHARACTERS, description="As the body gave it to the organization."
    )
    approved_from = DayField("From", [needed("Enter the first day.")])
    approved_until = DayField("Until", description="Leave it empty while no end is known.")

    def offer(self, adopted: Mapping[str, rulebook.Adopted]) -> ApprovalForm:
        """The regimes to choose from: those that the district adopted first."""
        names = {name: versions[-1].name for name, versions in shelf().items()}
        held = {name for name, one in adopted.items() if one.retired_at is None}
        ordered = sorted(names, key=lambda name: (name not in held, names[name].casefold()))
        self.regime.choices = {"": "Choose a regime", **{name: names[name] for name in ordered}}
        return self


class EndForm(Form):
    """The last day of an approval."""

    last_on = DayField("Last day", [needed("Enter the last day.")])


@providers.get("/<slug:district>/rules/providers")
@signed_in
def index() -> Answer:
    """Everybody that was ever approved, and for the administrator the form for another."""
    return _page(ApprovalForm(formdata=None), HTTPStatus.OK)


@providers.post("/<slug:district>/rules/providers")
@permitted(Permission.MANAGE_POLICY)
def add() -> Answer:
    """Note an approval."""
    form = ApprovalForm().offer(rulebook.adopted(scope()))
    first_on = form.approved_from.data if form.validate() else None
    if first_on is not None:
        try:
            approve_provider(
                scope(),
                organization=form.organization.data or "",
                regime=form.regime.data,
                number=form.number.data or "",
                approved_from=first_on,
                approved_until=form.approved_until.data,
            )
        except NotValid as refusal:
            form.take(refusal)
        else:
            return answers.see("providers.index", saying="Noted. Sessions on those days count from now on.")
    return _page(form, HTTPStatus.UNPROCESSABLE_ENTITY)


@providers.get("/<slug:district>/rules/providers/<ref:approval_id>/end")
@permitted(Permission.MANAGE_POLICY)
def ask_end(approval_id: int) -> Answer:
    """Ask for the last day of an approval."""
    return _ending(approval_id, EndForm(formdata=None, last_on=scope().today), HTTPStatus.OK)


@providers.post("/<slug:district>/rules/providers/<ref:approval_id>/end")
@permitted(Permission.MANAGE_POLICY)
def end(approval_id: int) -> Answer:
    """End an approval; it stays in the list."""
    rulebook.provider_approval(scope(), approval_id)
    form = EndForm()
    if form.validate() and form.last_on.data is not None:
        try:
            end_approval(scope(), approval_id, form.last_on.data)
        except NotValid as refusal:
            form.take(refusal)
        else:
            return answers.see(
                "providers.index", saying="The last day is noted. Earlier sessions still count."
            )
    return _ending(approval_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)


def _ending(approval_id: int, form: EndForm, status: int) -> Answer:
    found = rulebook.provider_approval(scope(), approval_id)
    line = _line(found, scope().today)
    return answers.page("rules/approval_end.html", status, line=line, form=form)


def _page(form: ApprovalForm, status: int) -> Answer:
    who = scope()
    today = who.today
    may_manage = who.may(Permission.MANAGE_POLICY)
    if may_manage:
        form.offer(rulebook.adopted(who))
    return answers.page(
        "rules/providers.html",
        status,
        lines=[_line(one, today) for one in rulebook.provider_approvals(who)],
        form=form if may_manage else None,
        hosts=rulebook.organization_names(who) if may_manage else (),
    )


def _line(one: Approval, today: date) -> ApprovalLine:
    versions = shelf().get(one.regime)
    begins = date_text(one.approved_from)
    days = f"{begins} to {date_text(one.approved_until)}" if one.approved_until else f"Since {begins}"
    return ApprovalLine(
        one.id,
        one.organization,
        versions[-1].name if versions else one.regime,
        one.number,
        days if one.approved_from <= today else days.replace("Since", "From"),
        *_standing(one, today),
        one.approved_until is None or one.approved_until >= today,
    )


def _standing(one: Approval, today: date) -> tuple[str, str]:
    if one.holds(today):
        return "ok", "Approved"
    return ("wait", "To come") if today < one.approved_from else ("off", "Ended")
