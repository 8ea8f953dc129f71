"""My calendar, its addresses and the feed behind them; now and next."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import icalendar
import pytest

from pdtracker.actions.event_changes import cancel_event
from pdtracker.actions.going import mark_going
from pdtracker.actions.registering import register, set_terms
from pdtracker.domain.refs import ref_of
from pdtracker.web.events import own_calendar, own_feed
from tests.calendars import statements
from tests.factories import House, a_claim, an_event
from tests.reviewing_client import texts

CALENDAR = "/maplewood/calendar"
ADDRESSES = f"{CALENDAR}/addresses"


def marked(house: House, title: str, hours_ahead: float, minutes: int = 60) -> int:
    """An event of Maplewood that Ada goes to, so many hours from now."""
    now = datetime.now(UTC)
    begins = now + timedelta(hours=hours_ahead)
    ends = begins + timedelta(minutes=minutes)
    event_id = an_event(house.scope("cam", now), title=title, starts_at=begins, ends_at=ends)
    mark_going(house.scope("ada", min(now, begins)), event_id)
    return event_id


def an_address(house: House, name: str = "ada") -> str:
    """The path of a fresh address, as the page shows it once."""
    answer = house.client_of(name).post(ADDRESSES, data={"name": "my phone"})
    assert answer.status_code == 200
    found = re.search(r"http://[^\s<\"]+(/events/mine/[\w-]+\.ics)", answer.get_data(as_text=True))
    assert found is not None
    return found[1]


def entries(data: bytes) -> dict[str, icalendar.Event]:
    """The events of a feed by their titles."""
    return {str(one["SUMMARY"]): one for one in icalendar.Calendar.from_ical(data).walk("VEVENT")}


def test_the_calendar_has_what_comes_first_and_what_is_over_after_it(house: House) -> None:
    for title, ahead in (("Next week", 170.0), ("Tomorrow", 30.0), ("Last week", -170.0)):
        marked(house, title, ahead)
    shown = texts(house.client_of("ada").get(CALENDAR))
    places = [
        shown.index(words) for words in ("What comes", "Tomorrow", "Next week", "What is over", "Last week")
    ]
    assert places == sorted(places)
    assert "Tomorrow" not in texts(house.client_of("bo").get(CALENDAR))
    assert house.client_of("dee").get(CALENDAR).status_code == 404


def test_two_at_the_same_time_are_told_of_at_both(house: House) -> None:
    marked(house, "First talk", 30)
    marked(house, "Second talk", 30.5)
    marked(house, "Third talk", 31.5)
    shown = texts(house.client_of("ada").get(CALENDAR))
    assert "At the same time as “Second talk”" in shown
    assert "At the same time as “First talk”" in shown
    assert "“Third talk”" not in shown


def test_what_is_over_can_be_logged_or_says_what_became_of_it(house: House) -> None:
    missed, logged = marked(house, "Missed", -30), marked(house, "Logged", -50)
    claim_id = a_claim(house.scope("ada", datetime.now(UTC)), event_id=logged)
    ada = house.client_of("ada")
    page = ada.get(CALENDAR).get_data(as_text=True)
    assert f"event={ref_of(missed)}" in page
    assert f"event={ref_of(logged)}" not in page
    assert f"/maplewood/claims/{ref_of(claim_id)}" in page
    answer = ada.post(f"/events/{ref_of(missed)}/going/withdrawal", data={"next": CALENDAR})
    assert answer.location == CALENDAR
    assert "Missed" not in texts(ada.get(CALENDAR))


def test_a_cancelled_event_stays_and_says_so(house: House) -> None:
    event_id = marked(house, "Flooded talk", 30)
    cancel_event(house.scope("cam", datetime.now(UTC)), event_id, "Flooded.")
    shown = texts(house.client_of("ada").get(CALENDAR))
    assert "Flooded talk" in shown
    assert "Cancelled" in shown
    assert "You’re going" not in shown


def test_what_is_over_comes_a_page_at_a_time(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_calendar, "PAST_ON_A_PAGE", 2)
    for number in range(4):
        marked(house, f"Talk {number}", -30 - number)
    ada = house.client_of("ada")
    page = ada.get(CALENDAR)
    assert "Talk 1" in texts(page)
    assert "Talk 2" not in texts(page)
    (earlier,) = set(re.findall(r'href="(/maplewood/calendar\?before=[^"]+)"', page.get_data(as_text=True)))
    shown = texts(ada.get(earlier))
    assert [f"Talk {number}" in shown for number in (1, 2, 3)] == [False, True, True]
    assert ada.get(f"{CALENDAR}?before=x").status_code == 404


def test_the_calendar_takes_as_many_statements_for_many_as_for_one(house: House) -> None:
    ada, counts = house.client_of("ada"), []
    for number in (1, 4):
        for index in range(number):
            marked(house, f"{number} {index}", 30 + number + index)
            marked(house, f"{number} {index}", -30 - number - index)
        with statements(house.database) as asked:
            ada.get(CALENDAR)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_an_address_is_shown_once_and_read_without_signing_in(house: House) -> None:
    marked(house, "Mine", 30)
    feed, ada = an_address(house), house.client_of("ada")
    assert feed not in ada.get(ADDRESSES).get_data(as_text=True)
    assert "my phone" in texts(ada.get(ADDRESSES))
    answer = house.visitor().get(feed)
    assert (answer.status_code, answer.content_type) == (200, "text/calendar; charset=utf-8")
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert list(entries(answer.data)) == ["Mine"]
    assert b"ATTENDEE" not in answer.data


def test_a_name_that_is_too_long_comes_back_with_a_sentence_and_makes_no_address(house: House) -> None:
    ada = house.client_of("ada")
    answer = ada.post(ADDRESSES, data={"name": "x" * 41})
    assert answer.status_code == 422
    assert "x" * 41 in answer.get_data(as_text=True)
    assert "Your addresses" not in ada.get(ADDRESSES).get_data(as_text=True)


def test_a_feed_comes_anew_only_when_something_changed(house: House) -> None:
    event_id, feed = marked(house, "Mine", 30), an_address(house)
    visitor = house.visitor()
    first = visitor.get(feed)
    assert visitor.get(feed).data == first.data
    tag = {"If-None-Match": first.headers["ETag"]}
    assert visitor.get(feed, headers=tag).status_code == 304
    cancel_event(house.scope("cam", datetime.now(UTC)), event_id, "Flooded.")
    changed = visitor.get(feed, headers=tag)
    assert changed.status_code == 200
    before, after = entries(first.data)["Mine"], entries(changed.data)["Cancelled: Mine"]
    assert (before["UID"], str(after["STATUS"])) == (after["UID"], "CANCELLED")
    assert int(after["SEQUENCE"]) > int(before["SEQUENCE"])


def test_a_place_is_in_the_feed_and_a_place_in_the_line_is_not(house: House) -> None:
    now = datetime.now(UTC)
    feed = an_address(house)
    for title, places in (("Has room", 5), ("Is full", 1)):
        event_id = an_event(
            house.scope("cam", now),
            title=title,
            starts_at=now + timedelta(days=3),
            ends_at=now + timedelta(days=3, hours=1),
        )
        set_terms(house.scope("cam", now), event_id, places=places, closes_at=None)
        if places == 1:
            register(house.scope("bo", now), event_id)
        register(house.scope("ada", now), event_id)
    assert list(entries(house.visitor().get(feed).data)) == ["Has room"]


def test_a_revoked_address_answers_like_one_that_never_was(house: House) -> None:
    feed, ada = an_address(house), house.client_of("ada")
    (revoke,) = set(re.findall(r'action="([^"]+/revocation)"', ada.get(ADDRESSES).get_data(as_text=True)))
    for _ in range(2):
        assert ada.post(revoke).status_code == 303
    visitor = house.visitor()
    answers = [visitor.get(path) for path in (feed, "/events/mine/never.ics", f"/events/mine/{'x' * 43}.ics")]
    assert {one.status_code for one in answers} == {404}
    bodies = {re.sub(r'value="[^"]*"', "", one.get_data(as_text=True)) for one in answers}
    assert len(bodies) == 1
    kept = [
        {name: value for name, value in one.headers if name not in {"X-Request-ID", "Date", "Set-Cookie"}}
        for one in answers
    ]
    assert kept[0] == kept[1] == kept[2]
    assert kept[0]["Referrer-Policy"] == "no-referrer"


def test_a_renewed_address_is_another_one(house: House) -> None:
    feed, ada = an_address(house), house.client_of("ada")
    (renew,) = set(re.findall(r'action="([^"]+/renewal)"', ada.get(ADDRESSES).get_data(as_text=True)))
    assert house.client_of("bo").post(renew).status_code == 404
    assert ada.post(renew).status_code == 200
    assert house.visitor().get(feed).status_code == 404


def test_guesses_come_to_an_end(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_feed, "LOOKS_PER_MINUTE", 3)
    visitor = house.visitor()
    told = [visitor.get(f"/events/mine/guess{number}.ics").status_code for number in range(8)]
    assert told[:3] == [404, 404, 404]
    assert told[-1] == 429


def test_now_is_what_runs_and_next_what_begins_within_hours(house: House) -> None:
    marked(house, "Running", -0.5)
    marked(house, "Soon", 2)
    marked(house, "Much later", 30)
    marked(house, "Over", -2)
    shown = texts(house.client_of("bo").get("/events/now"))
    assert shown.index("On now") < shown.index("Running") < shown.index("Begins within six hours")
    assert shown.index("Begins within six hours") < shown.index("Soon")
    assert "Ends in 30" in shown.replace("\u00a0", " ")
    assert "Much later" not in shown
    assert "Over" not in shown
    nothing = texts(house.visitor().get("/events/now"))
    assert "Running" not in nothing
    assert "Times are Eastern Time." in nothing


def test_where_nothing_is_near_the_next_ones_stand_under_their_days(house: House) -> None:
    marked(house, "Much later", 60)
    shown = texts(house.client_of("ada").get("/events/now"))
    assert "Nothing is on now, and nothing begins within six hours." in shown
    assert "Much later" in shown
