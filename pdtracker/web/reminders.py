"""Of what people are reminded, and when: the district's policy."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

from flask import Blueprint
from wtforms import IntegerField

from pdtracker.actions.reminders import change_reminders
from pdtracker.domain.access import Permission
from pdtracker.domain.refusals import NotValid
from pdtracker.domain.reminders import FIRST_HOUR, ReminderKind, ReminderTerms
from pdtracker.queries.reminders import reminder_terms
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import permitted
from pdtracker.web.forms import Form
from pdtracker.web.requests import scope

reminders = Blueprint("reminders", __name__)

_DAYS = re.compile(r"[0-9]{1,4}")


class DaysField(IntegerField):
    """A number of days, or nothing."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read it with our sentence for what is no number; which numbers make sense the policy says."""
        self.data = None
        typed = str(valuelist[0]).strip() if valuelist else ""
        if not typed:
            return
        if not _DAYS.fullmatch(typed):
            raise ValueError("Enter a number of days, or nothing.")
        self.data = int(typed)


class ReminderForm(Form):
    """After how many days each reminder comes; nothing is never."""

    log = DaysField(
        "Log an event: days after its end",
        description="To who meant to come and has begun no claim. 0 is at once, 2 the longest.",
    )
    reflection = DaysField(
        "Finish a claim: days after it was last touched",
        description="To who began a claim and hasn’t sent it. Once for each claim.",
    )
    review = DaysField(
        "Decide a claim: days that it waits",
        description="To its reviewers, one letter a day at most with all claims that have come to wait so long.",
    )
    cycle = DaysField(
        "Complete a licence: days before its cycle ends",
        description="To who lacks something by the last count. Once for each cycle.",
    )

    escalation = DaysField(
        "Escalate a claim: days that it waits",
        description="To the administrators, when nobody has decided it. Once for each wait, one letter a day at most.",
    )

    @property
    def terms(self) -> ReminderTerms:
        """What was entered."""
        return ReminderTerms(
            self.log.data, self.reflection.data, self.review.data, self.cycle.data, self.escalation.data
        )


@reminders.get("/<slug:district>/reminders")
@permitted(Permission.MANAGE_DISTRICT)
def show() -> Answer:
    """The form, as the policy stands."""
    terms = reminder_terms(scope())
    return _page(ReminderForm(formdata=None, data={kind.value: terms.days(kind) for kind in ReminderKind}))


@reminders.post("/<slug:district>/reminders")
@permitted(Permission.MANAGE_DISTRICT)
def change() -> Answer:
    """Another policy."""
    form = ReminderForm()
    if form.validate():
        try:
            change_reminders(scope(), form.terms)
        except NotValid as refusal:
            form.take(refusal)
        else:
            return answers.see("reminders.show", saying="Saved. It holds from the next reminder on.")
    return _page(form, HTTPStatus.UNPROCESSABLE_ENTITY)


def _page(form: ReminderForm, status: int = HTTPStatus.OK) -> Answer:
    return answers.page(
        "reminders/edit.html",
        status,
        form=form,
        fields=[form[kind.value] for kind in ReminderKind],
        first_hour=FIRST_HOUR,
    )
