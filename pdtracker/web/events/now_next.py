"""Now and next: what runs at this moment, what begins within the next hours, and else what comes first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint

from pdtracker.domain.access import Permission
from pdtracker.domain.calendar import in_time
from pdtracker.domain.when import zone_words
from pdtracker.queries.events import EventRow, on_now, starting_next
from pdtracker.queries.going import Mine, mine_among
from pdtracker.scope import Scope
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import public
from pdtracker.web.events import reader
from pdtracker.web.events.days import by_day

now_next = Blueprint("now_next", __name__)

MOST_NOW = 50
MOST_NEXT = 50
SOON = timedelta(hours=6)
LATER_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Timed:
    """An event with how far its end or its beginning is, in words."""

    row: EventRow
    words: str


@now_next.get("/events/now")
@public
def show() -> Answer:
    """On now, soon, and where neither is, the next ones whenever they are."""
    looking = reader()
    who = looking.who
    running, ahead = on_now(who, MOST_NOW), starting_next(who, MOST_NEXT)
    soon = [row for row in ahead if row.time.starts_at <= who.at + SOON]
    later = [] if soon else ahead[:LATER_SHOWN]
    mine = mine_among(who, [row.id for row in (*running, *ahead)]) if isinstance(who, Scope) else Mine()
    return answers.page(
        "events/now.html",
        zone=looking.zone,
        zone_name=zone_words(looking.zone),
        is_signed_in=isinstance(who, Scope),
        running=[Timed(row, f"Ends {in_time(row.time.ends_at or who.at, who.at)}") for row in running],
        soon=[Timed(row, f"Begins {in_time(row.time.starts_at, who.at)}") for row in soon],
        later=by_day(later, looking.zone, looking.today, frozenset()),
        today=looking.today,
        mine=mine,
        may_mark=who.may(Permission.LOG_CLAIM),
    )
