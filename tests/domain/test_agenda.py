"""The sessions of an event: what stands against them, how they move, and how long they count."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from pdtracker.domain.agenda import (
    MOST_SESSIONS,
    Agenda,
    PlannedBreak,
    PlannedSession,
    agenda_faults,
    moved_along,
)
from pdtracker.domain.calendar import EventTime
from pdtracker.domain.proposal import proposal_faults
from pdtracker.domain.when import instant, local
from tests.calendars import EASTERN, hours, proposal, window

DAY = hours("2014-10-20T09:00", 7 * 60)
TWO_DAYS = EventTime(DAY.starts_at, DAY.ends_at + timedelta(days=1) if DAY.ends_at else None, EASTERN, True)


def at(clock: str, zone: str = EASTERN, day: str = "2014-10-20") -> datetime:
    return instant(datetime.fromisoformat(f"{day}T{clock}"), zone)


def session(title: str, begins: str, ends: str, **more: object) -> PlannedSession:
    zone, day = str(more.get("zone", EASTERN)), str(more.get("day", "2014-10-20"))
    number = more.get("id")
    return PlannedSession(
        title, at(begins, zone, day), at(ends, zone, day), number if isinstance(number, int) else None
    )


def pause(begins: str, ends: str, zone: str = EASTERN) -> PlannedBreak:
    return PlannedBreak(at(begins, zone), at(ends, zone))


MORNING, NOON = session("Morning", "09:00", "10:30", id=1), session("Noon", "12:00", "13:00", id=2)
LUNCH = pause("11:00", "12:00")
AGENDA = Agenda((MORNING, NOON), (LUNCH,))


def clocks(agenda: Agenda, zone: str = EASTERN) -> list[str]:
    return [local(one.starts_at, zone).strftime("%m-%d %H:%M") for one in (*agenda.sessions, *agenda.breaks)]


def test_an_agenda_within_its_event_lacks_nothing() -> None:
    assert agenda_faults(AGENDA, DAY) == {}


@pytest.mark.parametrize(
    ("agenda", "place", "words"),
    [
        (Agenda((session("", "09:00", "10:00"),)), "session_1", "what the session is called"),
        (Agenda((MORNING, session("Late", "15:30", "16:30"))), "session_2", "before this session does"),
        (Agenda((session("Early", "08:00", "10:00"),)), "session_1", "after this session"),
        (Agenda((session("Back", "11:00", "10:00"),)), "session_1", "Enter an end after that"),
        (Agenda(breaks=(pause("08:30", "09:30"),)), "break_1", "after this break"),
        (Agenda(breaks=(LUNCH, pause("11:30", "12:30"))), "break_2", "overlap"),
        (Agenda((MORNING,) * (MOST_SESSIONS + 1)), f"session_{MOST_SESSIONS + 1}", "at most"),
    ],
)
def test_what_stands_against_an_agenda_is_told_at_its_place(agenda: Agenda, place: str, words: str) -> None:
    faults = agenda_faults(agenda, DAY)
    assert list(faults) == [place]
    assert words in faults[place]
    assert proposal_faults(proposal("A day", time=DAY, agenda=agenda)) == faults


def test_an_open_window_has_no_sessions() -> None:
    assert list(agenda_faults(Agenda((MORNING,)), window("2014-10-01", "2014-10-31"))) == ["session_1"]


def test_an_event_of_two_days_says_which_sessions_it_has() -> None:
    assert list(proposal_faults(proposal(time=TWO_DAYS))) == ["ends"]
    assert proposal_faults(proposal(time=TWO_DAYS, agenda=AGENDA)) == {}
    month = EventTime(DAY.starts_at, DAY.starts_at + timedelta(days=32), EASTERN, True)
    assert list(proposal_faults(proposal(time=month, agenda=AGENDA))) == ["ends"]


def test_sessions_that_nobody_touched_move_as_the_event_moves() -> None:
    next_day = EventTime(DAY.starts_at + timedelta(days=1), TWO_DAYS.ends_at, EASTERN, True)
    moved = moved_along(AGENDA, AGENDA, DAY, next_day)
    assert clocks(moved) == ["10-21 09:00", "10-21 12:00", "10-21 11:00"]
    assert [one.id for one in moved.sessions] == [1, 2]


def test_what_its_host_changed_and_what_is_new_stays_where_it_was_put() -> None:
    later = EventTime(DAY.starts_at + timedelta(hours=1), DAY.starts_at + timedelta(hours=8), EASTERN, True)
    told = Agenda(
        (session("Morning", "10:15", "11:00", id=1), NOON, session("New", "15:00", "16:00")), (LUNCH,)
    )
    moved = moved_along(told, AGENDA, DAY, later)
    assert clocks(moved) == ["10-20 10:15", "10-20 13:00", "10-20 15:00", "10-20 12:00"]


def test_an_event_that_begins_earlier_has_grown_and_moves_nothing() -> None:
    earlier = EventTime(DAY.starts_at - timedelta(hours=1), DAY.ends_at, EASTERN, True)
    assert moved_along(AGENDA, AGENDA, DAY, earlier) == AGENDA


def test_another_zone_with_the_same_clocks_moves_sessions_once() -> None:
    pacific = "America/Los_Angeles"
    after = EventTime(at("09:00", pacific), at("16:00", pacific), pacific, True)
    typed = Agenda(
        (
            session("Morning", "09:00", "10:30", id=1, zone=pacific),
            session("Noon", "12:00", "13:00", id=2, zone=pacific),
        ),
        (pause("11:00", "12:00", pacific),),
    )
    moved = moved_along(typed, AGENDA, DAY, after)
    assert clocks(moved, pacific) == ["10-20 09:00", "10-20 12:00", "10-20 11:00"]


def test_the_whole_event_counts_parallel_sessions_once_and_no_break() -> None:
    parallel = Agenda((*AGENDA.sessions, session("Also in the morning", "10:00", "11:15")), (LUNCH,))
    # 9:00 to 11:00 (a quarter of an hour of lunch lies in the second session), and 12:00 to 1:00.
    assert parallel.event_minutes(DAY) == 180
    assert Agenda(breaks=(LUNCH,)).event_minutes(DAY) == 360
    assert Agenda().event_minutes(DAY) == 420
    assert AGENDA.event_minutes(TWO_DAYS) is None
    assert AGENDA.event_minutes(window("2014-10-01", "2014-10-31")) is None


def test_a_session_counts_less_the_breaks_in_it() -> None:
    assert AGENDA.counted_minutes(at("10:30"), at("12:30")) == 60


def test_sessions_stand_under_the_day_of_their_reader() -> None:
    agenda = Agenda((session("Late", "22:00", "23:00"), MORNING))
    days = agenda.by_day("Europe/London")
    assert [(on, [one.title for one in of_day]) for on, of_day in days] == [
        (date(2014, 10, 20), ["Morning"]),
        (date(2014, 10, 21), ["Late"]),
    ]


def test_an_agenda_is_told_in_a_line() -> None:
    words = AGENDA.words(EASTERN).replace("\N{NO-BREAK SPACE}", " ")
    assert words == (
        "October 20, 9:00\N{EN DASH}10:30 am Morning; October 20, 12:00\N{EN DASH}1:00 pm Noon;"
        " October 20, 11:00 am\N{EN DASH}12:00 pm break"
    )
