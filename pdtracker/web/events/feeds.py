"""Calendars to subscribe to: the feed of a search, with the filters of the list, and the entry of one event."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from flask import Blueprint, request

from pdtracker.domain.refs import ref_of
from pdtracker.domain.refusals import NotHere
from pdtracker.exchange.ics.feed import MEDIA_TYPE, write_feed
from pdtracker.queries.feeds import FeedEvent, entries, feed_event, feed_events
from pdtracker.queries.programmes import programmes
from pdtracker.web import answers, requests
from pdtracker.web.answers import Answer
from pdtracker.web.doors import public
from pdtracker.web.events import programme_of, reader
from pdtracker.web.events.asked import read
from pdtracker.web.requests import visitor

feeds = Blueprint("feeds", __name__)


@feeds.get("/events.ics")
@public
def of_search() -> Answer:
    """The events of a search; what its address asks for and no page can is an unknown feed."""
    _, asked = read(request.args)
    if asked is None:
        raise NotHere
    looking = reader()
    programme = programme_of(programmes(looking.who), asked.programme, looking.today)
    found = feed_events(looking.who, asked.filter(programme, looking.zone))
    name = programme.name if programme else "Connected learning"
    return feed_answer(name, looking.zone, found, "events.ics")


@feeds.get("/events/<ref:event_id>.ics")
@public
def of_event(event_id: int) -> Answer:
    """One event, to add to a calendar."""
    found = feed_event(visitor(), event_id)
    return feed_answer(found.title, found.time.zone, (found,), f"event-{ref_of(event_id)}.ics", keep=True)


def feed_answer(
    name: str, zone: str, found: Iterable[FeedEvent], file_name: str, *, keep: bool = False
) -> Answer:
    """These events as a feed; the caller's calendar gets it anew only when something of it changed."""
    told = [
        entry
        for event in found
        for entry in entries(event, requests.address_of("events.show", event_id=event.id))
    ]
    data = write_feed(name, zone, told)
    tag = hashlib.sha256(data).hexdigest()[:32]
    answer = answers.file(lambda: data, MEDIA_TYPE, file_name, tag=tag, keep=keep)
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
