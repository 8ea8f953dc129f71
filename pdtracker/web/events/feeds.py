"""Calendars to subscribe to: the feed of a search, with the filters of the list, and the entry of one event."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from flask import Blueprint, request, url_for

from pdtracker.domain.refs import ref_of
from pdtracker.domain.refusals import NotHere
from pdtracker.exchange.ics.feed import MEDIA_TYPE, FeedEntry, in_one_line, uid_of, write_feed
from pdtracker.queries.feeds import FeedEvent, feed_event, feed_events
from pdtracker.queries.programmes import programmes
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import public
from pdtracker.web.events import programme_of, reader
from pdtracker.web.events.asked import read
from pdtracker.web.requests import visitor, wiring

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
    return _feed(name, looking.zone, found, "events.ics")


@feeds.get("/events/<ref:event_id>.ics")
@public
def of_event(event_id: int) -> Answer:
    """One event, to add to a calendar."""
    found = feed_event(visitor(), event_id)
    return _feed(found.title, found.time.zone, (found,), f"event-{ref_of(event_id)}.ics", keep=True)


def _feed(name: str, zone: str, found: Iterable[FeedEvent], file_name: str, *, keep: bool = False) -> Answer:
    data = write_feed(name, zone, [entry for event in found for entry in _entries(event)])
    tag = hashlib.sha256(data).hexdigest()[:32]
    answer = answers.file(lambda: data, MEDIA_TYPE, file_name, tag=tag, keep=keep)
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _entries(event: FeedEvent) -> Iterator[FeedEntry]:
    """An entry for the event, or one for each of its sessions where it has several."""
    base = wiring().settings.base_url.rstrip("/")
    host = urlsplit(base).hostname or "localhost"
    told = (event.summary, f"Host: {event.host}", event.hashtag, event.link)
    whole = FeedEntry(
        uid=uid_of("event", ref_of(event.id), host),
        sequence=event.version - 1,
        created_at=event.created_at,
        changed_at=event.changed_at,
        time=event.time,
        title=event.title,
        description=in_one_line(told, "\n\n"),
        place=event.platform,
        address=base + url_for("events.show", event_id=event.id),
        categories=(event.kind.label,),
        is_cancelled=event.is_cancelled,
    )
    if not event.sessions:
        yield whole
    for session in event.sessions:
        title = in_one_line((event.title, session.title), ": ")
        uid = uid_of("session", ref_of(session.id), host)
        yield replace(whole, uid=uid, time=session.time, title=title)
