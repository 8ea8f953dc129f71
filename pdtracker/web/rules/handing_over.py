"""Handing over the reviews that are named for one person to another reviewer."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from flask import Blueprint
from wtforms.validators import InputRequired

from pdtracker.actions.handing_over import hand_over
from pdtracker.domain.access import Permission
from pdtracker.domain.refs import id_of, ref_of
from pdtracker.domain.refusals import NotValid
from pdtracker.domain.telling import count_of
from pdtracker.queries.handing_over import named_now
from pdtracker.queries.review_paths import reviewers
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import permitted
from pdtracker.web.forms import ChooseField, Form
from pdtracker.web.requests import scope

handing_over = Blueprint("handing_over", __name__)


class HandOverForm(Form):
    """From whom to whom."""

    by = ChooseField("Whose reviews", [InputRequired("Choose whose reviews.")], choices={})
    to = ChooseField("Who takes them over", [InputRequired("Choose who takes them over.")], choices={})

    def offer(self, named: Mapping[int, tuple[str, int]]) -> None:
        """Give the lists who is named for reviews now, and the reviewers of the district."""
        self.by.choices = {
            "": "Choose a person",
            **{
                ref_of(person_id): f"{name}, {count_of(count, 'claim', 'claims')}"
                for person_id, (name, count) in sorted(named.items(), key=lambda one: one[1])
            },
        }
        others = {
            ref_of(one.id): f"{one.name}, {one.title}" if one.title else one.name
            for one in reviewers(scope())
        }
        self.to.choices = {"": "Choose a reviewer", **others}


@handing_over.get("/<slug:district>/rules/reviews/hand-over")
@permitted(Permission.MANAGE_POLICY)
def ask() -> Answer:
    """Who is named for reviews now, and the form."""
    return _page(HandOverForm(formdata=None), HTTPStatus.OK)


@handing_over.post("/<slug:district>/rules/reviews/hand-over")
@permitted(Permission.MANAGE_POLICY)
def hand() -> Answer:
    """Hand them over."""
    form = HandOverForm()
    form.offer(named_now(scope()))
    if not form.validate():
        return _page(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        done = hand_over(scope(), id_of(form.by.data), id_of(form.to.data))
    except NotValid as refusal:
        form.take(refusal)
        return _page(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    said = f"{count_of(done.claims, 'claim', 'claims')} handed over.".capitalize()
    if done.stayed:
        said += f" {count_of(done.stayed, 'stayed', 'stayed')}: they have a part in it."
    return answers.see("review_paths.show", saying=said)


def _page(form: HandOverForm, status: int) -> Answer:
    named = named_now(scope())
    form.offer(named)
    return answers.page("rules/hand_over.html", status, form=form, any=bool(named))
