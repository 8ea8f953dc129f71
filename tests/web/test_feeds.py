"""Feeds over HTTP: exactly what the list's filters find, nothing of another district, kept until something changes."""

from __future__ import annotations

from datetime import timedelta

import icalendar
import sqlalchemy as sa

from pdtracker.actions.calendar import propose_event
from pdtracker.actions.event_changes import cancel_event
from pdtracker.domain.kinds import EventKind
from pdtracker.domain.refs import ref_of
from pdtracker.models.events import Event, EventSession
from pdtracker.models.ids import new_id
from tests.calendars import entry, hours, load, proposal, statements
from tests.factories import House, an_event


def titles(data: bytes) -> list[str]:
    """The titles of a feed's events, in order."""
    return [str(event["SUMMARY"]) for event in icalendar.Calendar.from_ical(data).walk("VEVENT")]


def test_a_feed_has_exactly_what_the_filters_find(house: House) -> None:
    load(
        house.database,
        entry("chat", hours("2014-10-14T19:00"), kind=EventKind.HASHTAG_CHAT),
        entry("talk", hours("2014-10-15T19:00")),
    )
    visitor = house.visitor()
    assert titles(visitor.get("/events.ics?programme=all").data) == ["chat", "talk"]
    assert titles(visitor.get("/events.ics?programme=all&kind=hashtag_chat").data) == ["chat"]
    assert titles(visitor.get("/events.ics?programme=all&q=tal").data) == ["talk"]
    assert b'href="/events.ics?programme=all&amp;kind=hashtag_chat"' in (
        visitor.get("/events?programme=all&kind=hashtag_chat").data
    )
    assert visitor.get("/events.ics?programme=nothing").status_code == 404
    assert visitor.get("/events.ics?from=x").status_code == 404


def test_a_feed_comes_anew_only_when_something_changed(house: House) -> None:
    event_id = propose_event(house.scope("cam"), proposal("gardens"))
    ada = house.client_of("ada")
    first = ada.get("/events.ics?programme=all")
    assert first.content_type == "text/calendar; charset=utf-8"
    assert first.headers["X-Robots-Tag"] == "noindex"
    tag = {"If-None-Match": first.headers["ETag"]}
    assert ada.get("/events.ics?programme=all", headers=tag).status_code == 304
    cancel_event(house.scope("cam"), event_id, "The library is closed.")
    changed = ada.get("/events.ics?programme=all", headers=tag)
    (event,) = icalendar.Calendar.from_ical(changed.data).walk("VEVENT")
    assert (str(event["STATUS"]), int(event["SEQUENCE"])) == ("CANCELLED", 1)
    before = icalendar.Calendar.from_ical(first.data).walk("VEVENT")[0]
    assert event["UID"] == before["UID"]


def test_a_feed_tells_nothing_of_another_district_and_no_proposal(house: House) -> None:
    an_event(house.scope("dee"), title="theirs")
    mine = propose_event(house.scope("ada"), proposal("a wish"))
    ada = house.client_of("ada")
    assert titles(ada.get("/events.ics?programme=all").data) == []
    assert ada.get(f"/events/{ref_of(mine)}.ics").status_code == 404
    assert titles(house.client_of("dee").get("/events.ics?programme=all").data) == ["theirs"]
    assert titles(house.visitor().get("/events.ics?programme=all").data) == []


def test_each_session_of_an_event_is_an_entry_of_its_own(house: House) -> None:
    event_id = an_event(house.scope("cam"), title="Summit")
    cam = house.scope("cam")
    with cam.session.writing():
        start = cam.session.scalars(sa.select(Event.starts_at).where(Event.id == event_id)).one()
        cam.session.add_all(
            EventSession(
                id=new_id(),
                event_id=event_id,
                position=number,
                title=name,
                starts_at=start + timedelta(hours=number),
                ends_at=start + timedelta(hours=number + 1),
            )
            for number, name in ((1, "Morning"), (2, "Noon"))
        )
    one = house.client_of("ada").get(f"/events/{ref_of(event_id)}.ics")
    assert titles(one.data) == ["Summit: Morning", "Summit: Noon"]
    assert len({str(event["UID"]) for event in icalendar.Calendar.from_ical(one.data).walk("VEVENT")}) == 2
    assert "attachment" in one.headers["Content-Disposition"]


def test_a_feed_takes_as_many_statements_for_many_events_as_for_few(house: House) -> None:
    visitor, counts = house.visitor(), []
    for number in (1, 30):
        load(house.database, *(entry(f"{number} {at}", hours("2014-10-14T19:00")) for at in range(number)))
        with statements(house.database) as asked:
            visitor.get("/events.ics?programme=all")
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 3
