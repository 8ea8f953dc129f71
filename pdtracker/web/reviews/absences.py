"""Being away: who takes one's reviews meanwhile, from when to when; and for whom one stands in oneself."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint
from wtforms.validators import InputRequired

from pdtracker.actions.stand_ins import end_stand_in, name_stand_in
from pdtracker.domain.access import Permission
from pdtracker.domain.refs import id_of, ref_of
from pdtracker.domain.refusals import NotHere, NotValid
from pdtracker.domain.when import date_text
from pdtracker.queries.review_paths import reviewers
from pdtracker.queries.stand_ins import StandInRow, agreed_on
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import permitted
from pdtracker.web.forms import ChooseField, DayField, Form, KeyField, RefsField, needed
from pdtracker.web.requests import scope

absences = Blueprint("absences", __name__)


class AbsenceForm(Form):
    """Who stands in, on which days; the reviewers are filled in for the page."""

    by = ChooseField("Who stands in for you", [InputRequired("Choose who stands in.")], choices={})
    from_on = DayField("From", [needed("Enter the first day.")])
    until_on = DayField("To", [needed("Enter the last day.")])
    idempotency_key = KeyField()

    def offer(self) -> None:
        """Give the form the other reviewers of the district."""
        who = scope()
        others = {
            ref_of(one.id): f"{one.name}, {one.title}" if one.title else one.name
            for one in reviewers(who)
            if one.id != who.me.id
        }
        self.by.choices = {"": "Choose a reviewer", **others}


class EndForm(Form):
    """What ends now."""

    stand_in = RefsField("Absence")


@dataclass(frozen=True, slots=True)
class AbsenceLine:
    """Who stands in for whom, when; `ref` names it in the form that ends it."""

    ref: str
    words: str
    days: str


@absences.get("/<slug:district>/reviews/absence")
@permitted(Permission.REVIEW_CLAIMS)
def show() -> Answer:
    """The form, and what was agreed on."""
    today = scope().today
    return _page(AbsenceForm(formdata=None, from_on=today, until_on=today))


@absences.post("/<slug:district>/reviews/absence")
@permitted(Permission.REVIEW_CLAIMS)
def name() -> Answer:
    """Let somebody stand in."""
    form = AbsenceForm()
    form.offer()
    if not form.validate() or form.from_on.data is None or form.until_on.data is None:
        return _page(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        name_stand_in(
            scope(),
            id_of(form.by.data),
            form.from_on.data,
            form.until_on.data,
            key=form.idempotency_key.data or "",
        )
    except NotValid as refusal:
        form.take(refusal)
        return _page(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    return answers.see("absences.show", saying="Agreed. On these days your reviews lie on their desk, too.")


@absences.post("/<slug:district>/reviews/absence/end")
@permitted(Permission.REVIEW_CLAIMS)
def end() -> Answer:
    """End what was agreed on, as who is away or who stands in."""
    form = EndForm()
    if not form.validate() or not form.stand_in.data:
        raise NotHere
    for stand_in_id in form.stand_in.data:
        end_stand_in(scope(), stand_in_id)
    return answers.see("absences.show", saying="Ended. It is as before.")


def _page(form: AbsenceForm, status: int = HTTPStatus.OK) -> Answer:
    form.offer()
    who = scope()
    return answers.page(
        "reviews/absence.html",
        status,
        form=form,
        lines=[_line(one, who.me.id) for one in agreed_on(who, who.me.id)],
    )


def _line(one: StandInRow, mine: int) -> AbsenceLine:
    words = (
        f"{one.by_name} stands in for you"
        if one.for_person_id == mine
        else f"You stand in for {one.for_name}"
    )
    first, last = date_text(one.from_on), date_text(one.until_on)
    return AbsenceLine(ref_of(one.id), words, first if first == last else f"{first} to {last}")
