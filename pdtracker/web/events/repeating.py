"""Letting an event come again: once it is in the calendar, its hosts and administrators make a series of it."""

from __future__ import annotations

from flask import Blueprint
from wtforms import RadioField

from pdtracker.actions.series import repeat_event
from pdtracker.domain.access import Permission
from pdtracker.domain.refusals import NotValid
from pdtracker.domain.series import MOST_EVENTS, Repetition
from pdtracker.domain.telling import count_of
from pdtracker.queries.changing_events import editable
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import permitted
from pdtracker.web.forms import ChooseField, DayField, Form, KeyField
from pdtracker.web.requests import scope

MONTHLY, UNTIL, COUNT = "month", "until", "count"

repeating = Blueprint("repeating", __name__)


class RepetitionForm(Form):
    """How often it comes again, and until when."""

    weeks = ChooseField(
        "How often?",
        choices={
            "1": "Every week",
            **{str(number): f"Every {number} weeks" for number in (2, 3, 4, 6, 8, 12)},
            MONTHLY: "Every month, on the same weekday of the same week",
        },
        default="1",
    )
    end = RadioField(
        "Until when?", choices={UNTIL: "Until a day", COUNT: "So many times in all"}, default=UNTIL
    )
    until = DayField("Last day", description="It can take place on this day, too.")
    count = ChooseField(
        "How many times, the first included?",
        choices={"": "Choose one", **{str(number): str(number) for number in range(2, MOST_EVENTS + 1)}},
        default="",
    )
    idempotency_key = KeyField()

    def repetition(self) -> Repetition:
        """What was chosen, once the form is valid."""
        by_day = self.end.data == UNTIL
        return Repetition(
            every_weeks=None if self.weeks.data == MONTHLY else int(self.weeks.data),
            until=self.until.data if by_day else None,
            count=int(self.count.data) if self.count.data and not by_day else None,
        )

    def take(self, refusal: NotValid) -> Form:
        """What is said of the end is said where the end was chosen."""
        field = UNTIL if self.end.data == UNTIL else COUNT
        told = {field if name in {UNTIL, COUNT} else name: said for name, said in refusal.errors.items()}
        return super().take(NotValid(told))


@repeating.get("/events/<ref:event_id>/series")
@permitted(Permission.PROPOSE_EVENT)
def ask(event_id: int) -> Answer:
    """How it comes again."""
    return answers.page("events/series.html", form=RepetitionForm(), event=editable(scope(), event_id))


@repeating.post("/events/<ref:event_id>/series")
@permitted(Permission.PROPOSE_EVENT)
def repeat(event_id: int) -> Answer:
    """Add them all."""
    form, found = RepetitionForm(), editable(scope(), event_id)
    if not form.validate():
        return answers.refused("events/series.html", form=form, event=found)
    try:
        count = repeat_event(scope(), event_id, form.repetition(), key=form.idempotency_key.data or "")
    except NotValid as refusal:
        form.take(refusal)
        return answers.refused("events/series.html", form=form, event=found)
    return answers.see(
        "events.show",
        event_id=event_id,
        saying=f"It is a series of {count_of(count, 'event', 'events')} now, all of them in the calendar.",
    )
