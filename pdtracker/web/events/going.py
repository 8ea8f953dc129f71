"""Going to an event: the button on its page and in lists, the reminder, and taking it back."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, flash, redirect, url_for
from wtforms import HiddenField

from pdtracker.actions.going import mark_going, set_reminder, unmark_going
from pdtracker.domain.access import Permission
from pdtracker.web.answers import Answer
from pdtracker.web.doors import permitted
from pdtracker.web.forms import Form
from pdtracker.web.requests import scope
from pdtracker.web.urls import own_path

going = Blueprint("going", __name__)


class GoingForm(Form):
    """From which page of ours the button was pressed; without one it was the event's."""

    next = HiddenField(default="")


class ReminderForm(GoingForm):
    """Whether a letter comes the day before."""

    wanted = HiddenField(default="")


@going.post("/events/<ref:event_id>/going")
@permitted(Permission.LOG_CLAIM)
def mark(event_id: int) -> Answer:
    """Take it into one's calendar."""
    mark_going(scope(), event_id)
    return _back(GoingForm(), event_id, "It is in your calendar.")


@going.post("/events/<ref:event_id>/going/reminder")
@permitted(Permission.LOG_CLAIM)
def remind(event_id: int) -> Answer:
    """A letter the day before, or none."""
    form = ReminderForm()
    wanted = form.wanted.data == "yes"
    set_reminder(scope(), event_id, wanted=wanted)
    return _back(form, event_id, "We remind you the day before." if wanted else "We don’t remind you of it.")


@going.post("/events/<ref:event_id>/going/withdrawal")
@permitted(Permission.LOG_CLAIM)
def unmark(event_id: int) -> Answer:
    """Take it out again."""
    unmark_going(scope(), event_id)
    return _back(GoingForm(), event_id, "It is out of your calendar.")


def _back(form: GoingForm, event_id: int, saying: str) -> Answer:
    flash(saying, "ok")
    there = own_path(form.next.data) or url_for("events.show", event_id=event_id)
    return redirect(there, HTTPStatus.SEE_OTHER)
