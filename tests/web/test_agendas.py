"""Sessions in the form of an event, and on its page."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from pdtracker.actions.calendar import decide_proposal, propose_event
from pdtracker.domain.agenda import Agenda, PlannedBreak, PlannedSession
from pdtracker.domain.calendar import EventTime
from pdtracker.domain.refs import ref_of
from tests.calendars import EASTERN, hours, proposal, statements
from tests.factories import House
from tests.reviewing_client import fields, texts

DAY = hours("2030-10-15T09:00", 420)


def span(begins: str, minutes: int) -> tuple[datetime, datetime]:
    found = hours(f"2030-10-15T{begins}", minutes)
    assert found.ends_at is not None
    return found.starts_at, found.ends_at


def summit(house: House, sessions: int = 2) -> str:
    """The address of an event with sessions of an hour each, and a break, that Ada hosts."""
    at = datetime.now(UTC)
    planned = tuple(
        PlannedSession(f"Session {number}", *span(f"{8 + number:02}:00", 60))
        for number in range(1, sessions + 1)
    )
    told = proposal("Our summit", time=DAY, agenda=Agenda(planned, (PlannedBreak(*span("15:30", 30)),)))
    event_id = propose_event(house.scope("ada", at), told)
    decide_proposal(house.scope("cam", at), event_id, accept=True, reason="")
    return f"/events/{ref_of(event_id)}"


def test_a_host_adds_an_event_with_sessions(house: House) -> None:
    ada = house.client_of("ada")
    asked = fields(ada.get("/events/new"), "/events")
    told = {
        "title": "Our summit",
        "kind": "conference",
        "host": "Oak Street School",
        "starts": "2030-10-15T09:00",
        "ends": "2030-10-15T16:00",
        "session_1_title": "Opening",
        "session_1_starts": "2030-10-15T09:00",
        "session_1_ends": "2030-10-15T10:00",
        "session_3_title": "Closing",
        "session_3_starts": "2030-10-15T15:00",
        "session_3_ends": "2030-10-15T16:00",
        "break_1_starts": "2030-10-15T12:00",
        "break_1_ends": "2030-10-15T13:00",
    }
    answer = ada.post("/events", data=asked | told)
    assert answer.status_code == 303
    page = texts(ada.get(answer.headers["Location"]))
    assert "Sessions on Tuesday, October 15" in page
    assert page.index("Opening") < page.index("Break") < page.index("Closing")
    assert "9:00\N{EN DASH}10:00 am" in page


def test_a_row_that_says_half_is_asked_for_the_rest(house: House) -> None:
    ada = house.client_of("ada")
    asked = fields(ada.get("/events/new"), "/events") | {
        "title": "Our summit",
        "kind": "conference",
        "host": "Oak Street School",
        "starts": "2030-10-15T09:00",
        "ends": "2030-10-15T16:00",
    }
    answer = ada.post("/events", data=asked | {"session_2_title": "Opening"})
    assert answer.status_code == 422
    assert "Enter when it starts, or take the row out." in texts(answer)
    late = {"session_2_starts": "2030-10-15T15:30", "session_2_ends": "2030-10-15T16:30"}
    answer = ada.post("/events", data=asked | {"session_2_title": "Opening"} | late)
    assert answer.status_code == 422
    assert "before this session does" in texts(answer)
    assert 'href="#session_2_starts"' in answer.text
    answer = ada.post("/events", data=asked | late)
    assert 'href="#session_2_title"' in answer.text


def test_a_session_is_taken_out_with_whatever_is_wrong_in_its_row(house: House) -> None:
    page, ada = summit(house), house.client_of("ada")
    asked = fields(ada.get(f"{page}/changes/new"), f"{page}/changes")
    out = {"session_1_out": "y", "session_1_ends": "nonsense"}
    assert ada.post(f"{page}/changes", data=asked | out).status_code == 303
    shown = texts(ada.get(page))
    assert "Session 2" in shown
    assert "Session 1" not in shown


def test_whoever_needs_more_rows_saves_and_comes_back(house: House) -> None:
    page, ada = summit(house), house.client_of("ada")
    asked = fields(ada.get(f"{page}/changes/new"), f"{page}/changes")
    assert "session_5_title" in asked
    more = {
        "session_5_title": "Late",
        "session_5_starts": "2030-10-15T14:00",
        "session_5_ends": "2030-10-15T15:00",
    }
    answer = ada.post(f"{page}/changes", data=asked | more | {"then": "rows"})
    assert answer.headers["Location"].endswith(f"{page}/changes/new")
    again = fields(ada.get(f"{page}/changes/new"), f"{page}/changes")
    assert (again["session_3_title"], again["session_6_title"]) == ("Late", "")


def test_the_history_says_what_became_of_the_sessions(house: House) -> None:
    page, ada = summit(house), house.client_of("ada")
    asked = fields(ada.get(f"{page}/changes/new"), f"{page}/changes")
    ada.post(f"{page}/changes", data=asked | {"session_2_title": "Workshops"})
    assert "10:00\N{EN DASH}11:00 am Workshops" in texts(ada.get(f"{page}/changes"))


def test_a_page_takes_as_many_statements_for_many_sessions_as_for_two(house: House) -> None:
    counts = []
    for sessions in (2, 7):
        page, ada = summit(house, sessions), house.client_of("ada")
        with statements(house.database) as asked:
            ada.get(page)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_teacher_logs_one_session_from_the_page_of_the_event(house: House) -> None:
    at = datetime.now(UTC).replace(second=0, microsecond=0)
    start = at - timedelta(hours=4)
    planned = (
        PlannedSession("Opening", start, start + timedelta(hours=1)),
        PlannedSession("Closing", start + timedelta(hours=1), start + timedelta(hours=2)),
    )
    time = EventTime(start, start + timedelta(hours=2), EASTERN, has_hours=True)
    event_id = propose_event(
        house.scope("cam", at), proposal("Our summit", time=time, agenda=Agenda(planned))
    )
    page, ada = f"/events/{ref_of(event_id)}", house.client_of("ada")
    shown = ada.get(page)
    assert "I attended all of it" in texts(shown)
    sessions = re.findall(r'name="session" value="([0-9a-z]+)"', shown.text)
    assert len(sessions) == 2
    answer = ada.post(
        "/maplewood/claims",
        data=fields(shown, "/maplewood/claims") | {"event": ref_of(event_id), "session": sessions[1]},
    )
    assert answer.status_code == 303
    assert "Our summit: Closing" in texts(ada.get(answer.headers["Location"]))
    again = texts(ada.get(page))
    assert "I attended all of it" not in again
    assert "Your draft, not sent yet Open your claim for Closing" in again
    assert again.count("Log this session") == 1


def test_an_event_of_several_days_leads_to_its_sessions(house: House) -> None:
    at = datetime.now(UTC).replace(second=0, microsecond=0)
    start = at - timedelta(days=3)
    planned = (PlannedSession("Opening", start, start + timedelta(hours=1)),)
    time = EventTime(start, start + timedelta(days=2), EASTERN, has_hours=True)
    event_id = propose_event(
        house.scope("cam", at), proposal("Our summit", time=time, agenda=Agenda(planned))
    )
    ada = house.client_of("ada")
    answer = ada.get(f"/maplewood/claims/new?event={ref_of(event_id)}")
    assert answer.headers["Location"].endswith(f"/events/{ref_of(event_id)}")
    shown = texts(ada.get(answer.headers["Location"]))
    assert "It goes on for several days. Log each session that you were at." in shown
    assert "I attended" not in shown
