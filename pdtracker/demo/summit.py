"""Events of several sessions in the demo: two days of talks that are just over, and a book talk that comes again."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from pdtracker.actions.calendar import decide_proposal, propose_event
from pdtracker.actions.series import repeat_event
from pdtracker.demo.attendance import ADMINISTRATOR, HOST
from pdtracker.demo.founding import Founded
from pdtracker.domain.agenda import Agenda, PlannedBreak, PlannedSession
from pdtracker.domain.calendar import EventTime
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.proposal import Proposal
from pdtracker.domain.series import Repetition
from pdtracker.domain.when import instant, local

# Days before the last one, begin and end on the clock, and the title; workshops that run side by side.
_SESSIONS = (
    (1, (9, 0), (10, 0), "Opening: what a class remembers in June"),
    (1, (10, 15), (11, 45), "Workshop: retrieval practice in five minutes a day"),
    (1, (10, 15), (11, 45), "Workshop: reading aloud in secondary school"),
    (1, (13, 0), (15, 0), "Bring a unit: colleagues as first readers"),
    (0, (9, 0), (11, 30), "Studio: build one good assessment"),
    (0, (12, 30), (13, 30), "Closing circle"),
)
_PAUSE = ((10, 0), (10, 15))


def hold_book_talks(founded: Founded, now: datetime) -> None:
    """A talk every two weeks, the first of them last week."""
    with founded.scope(HOST, now) as scope:
        zone = scope.district.zone
        first = instant(datetime.combine(local(now, zone).date() - timedelta(days=6), time(16, 0)), zone)
        told = Proposal(
            title="Book talk: reading what we assign",
            summary="One book for the whole winter, a chapter each time.",
            kind=EventKind.WORKSHOP,
            category=CreditCategory.LITERACY,
            host="Birch Hill Teachers' Circle",
            time=EventTime(first, first + timedelta(hours=1), zone, has_hours=True),
            platform="Birch Hill Middle School, library",
            link="",
            hashtag="#bhbooks",
            programme_id=None,
        )
        first_id = propose_event(scope, told)
    with founded.scope(ADMINISTRATOR, now) as scope:
        decide_proposal(scope, first_id, accept=True, reason="")
    with founded.scope(HOST, now) as scope:
        repeat_event(scope, first_id, Repetition(2, None, 8), key="demo-book-talks")


def hold_summit(founded: Founded, now: datetime) -> None:
    """Propose it as its host would have, and take it into the calendar."""
    with founded.scope(HOST, now) as scope:
        zone = scope.district.zone
        last = local(now, zone).date() - timedelta(days=1)

        def at(days: int, clock: tuple[int, int]) -> datetime:
            return instant(datetime.combine(last - timedelta(days=days), time(*clock)), zone)

        sessions = tuple(PlannedSession(title, at(days, a), at(days, b)) for days, a, b, title in _SESSIONS)
        event_id = propose_event(
            scope,
            Proposal(
                title="Birch Hill summit: lessons that last",
                summary="Two days by teachers for teachers. Come to one session or to all of them:"
                " each counts for itself.",
                kind=EventKind.CONFERENCE,
                category=CreditCategory.PEDAGOGY,
                host="Birch Hill Teachers' Circle",
                time=EventTime(sessions[0].starts_at, sessions[-1].ends_at, zone, has_hours=True),
                platform="Birch Hill Middle School",
                link="",
                hashtag="#bhsummit",
                programme_id=None,
                agenda=Agenda(sessions, (PlannedBreak(at(0, _PAUSE[0]), at(0, _PAUSE[1])),)),
            ),
        )
    with founded.scope(ADMINISTRATOR, now) as scope:
        decide_proposal(scope, event_id, accept=True, reason="")
