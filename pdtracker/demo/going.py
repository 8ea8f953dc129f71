"""What the demo's people go to: events that come, two of them at the same time, and a few that are over by now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pdtracker.actions.calendar import propose_event
from pdtracker.actions.going import mark_going, set_reminder
from pdtracker.demo.founding import Founded
from pdtracker.demo.people import DemoPerson, people
from pdtracker.demo.taking_part import administrator
from pdtracker.domain.access import Role
from pdtracker.domain.calendar import EventTime
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.proposal import Proposal
from pdtracker.queries.events import EventRow, starting_next
from pdtracker.queries.going import my_coming
from pdtracker.scope import Scope

_MARKED = 3
_LOOKED_AT = 40
_LOOKED_BACK = timedelta(days=4)
_UNTIL = timedelta(minutes=90)


@dataclass(frozen=True, slots=True)
class GoingDeed:
    """At a moment each teacher says of some events that come then that they go to them, another few each."""

    at: datetime

    def play(self, founded: Founded) -> None:
        """Say it."""
        for number, person in enumerate(_teachers()):
            with founded.scope(person.email, self.at) as scope:
                chosen = _coming(scope)[number % 5 :: 5][:_MARKED]
                for row in chosen:
                    mark_going(scope, row.id)


def going_deed(now: datetime) -> GoingDeed:
    """What they said days ago: some of it is over by now."""
    return GoingDeed(now - _LOOKED_BACK)


def go_to_events(founded: Founded, at: datetime) -> None:
    """The same now; and the first of them goes to a meeting beside the last of theirs, without a reminder."""
    GoingDeed(at).play(founded)
    first = _teachers()[0]
    with founded.scope(first.email, at) as scope:
        last = my_coming(scope, _LOOKED_AT, with_cancelled=False)[-1].event.time
    beside = replace(last, starts_at=last.starts_at + timedelta(minutes=30), ends_at=last.starts_at + _UNTIL)
    with founded.scope(administrator(first.district), at) as scope:
        event_id = propose_event(scope, _meeting(beside))
    with founded.scope(first.email, at) as scope:
        mark_going(scope, event_id)
        set_reminder(scope, event_id, wanted=False)


def _teachers() -> list[DemoPerson]:
    return [person for person in people() if Role.TEACHER in person.roles]


def _coming(scope: Scope) -> list[EventRow]:
    rows = [row for row in starting_next(scope, _LOOKED_AT) if row.time.has_hours]
    scope.session.rollback()
    return rows


def _meeting(time: EventTime) -> Proposal:
    return Proposal(
        title="Science department: what we try next",
        summary="Each of us brings one idea from a chat or a webinar and says how it went in class.",
        kind=EventKind.PANEL,
        category=CreditCategory.CONTENT,
        host="Maplewood North",
        platform="Room 114",
        link="",
        hashtag="",
        programme_id=None,
        time=time,
    )
