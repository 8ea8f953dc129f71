"""The front page: what this is, a certificate's check, and what is on next; who has signed in goes home."""

from __future__ import annotations

from flask import Blueprint, redirect

from pdtracker.domain.calendar import OPEN_ZONE, current_season
from pdtracker.domain.when import local, month_day, weekday_text, zone_words
from pdtracker.queries.events import next_events
from pdtracker.queries.programmes import programmes
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import public
from pdtracker.web.requests import visitor

NEXT_EVENTS = 6

front = Blueprint("front", __name__)


@front.get("/")
@public
def start() -> Answer:
    """The front page, or home."""
    who = visitor()
    if who.district is not None:
        return redirect(f"/{who.district.slug}", 303)
    every = programmes(who)
    current = current_season(every, local(who.at, OPEN_ZONE).date())
    coming = next_events(who, NEXT_EVENTS, current.id if current else None)
    return answers.page(
        "front/start.html",
        programme=current,
        earlier=[programme for programme in every if programme != current],
        coming=[(row, local(row.time.starts_at, OPEN_ZONE)) for row in coming],
        zone=OPEN_ZONE,
        zone_name=zone_words(OPEN_ZONE),
        month_day=month_day,
        weekday=weekday_text,
    )
