"""My calendar: what I go to, the next one first, where two are at the same time, and what became of what is over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, request, url_for

from pdtracker.domain.access import Permission
from pdtracker.domain.claim import ClaimState
from pdtracker.domain.going import Tie, clashes
from pdtracker.domain.refs import ref_of
from pdtracker.domain.telling import all_of
from pdtracker.domain.when import local
from pdtracker.queries.going import HeldBy, OwnEvent, held_among, my_coming, my_past
from pdtracker.scope import Scope
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import permitted
from pdtracker.web.events.asked import place_of, place_text
from pdtracker.web.events.days import by_day, latest_first
from pdtracker.web.requests import scope

own_calendar = Blueprint("own_calendar", __name__)

MOST_COMING = 200
PAST_ON_A_PAGE = 30
_SIGNS: Mapping[ClaimState, str] = {
    ClaimState.DRAFT: "draft",
    ClaimState.SUBMITTED: "wait",
    ClaimState.RETURNED: "back",
    ClaimState.WITHDRAWN: "off",
    ClaimState.DENIED: "no",
    ClaimState.CREDITED: "ok",
    ClaimState.REVERSED: "off",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands beneath an event of one's calendar. `clash`: what is at the same time; `log`: where it is logged."""

    tie: Tie
    is_cancelled: bool
    clash: str = ""
    sign: str = ""
    words: str = ""
    claim: str = ""
    log: str = ""


@own_calendar.get("/<slug:district>/calendar")
@permitted(Permission.SEE_EVENTS)
def show() -> Answer:
    """What comes, and what is over, a page at a time."""
    who = scope()
    before = place_of(request.args.get("before", ""))
    coming = () if before else my_coming(who, MOST_COMING, with_cancelled=True)
    past = my_past(who, PAST_ON_A_PAGE, before)
    running = [one for one in coming if one.event.time.is_window and one.event.time.has_begun(who.at)]
    dated = [one for one in coming if one not in running]
    return answers.page(
        "own_calendar/show.html",
        zone=who.zone,
        now=who.at,
        is_later=before is not None,
        running=[one.event for one in running],
        coming=_days(who, dated),
        past=latest_first(_days(who, past.rows)),
        entries=_coming(coming) | _past(who, past.rows),
        earlier=url_for("own_calendar.show", before=place_text(past.last)) if past.has_earlier else None,
        may_log=who.may(Permission.LOG_CLAIM),
    )


def _days(who: Scope, found: Iterable[OwnEvent]) -> Any:
    rows = [one.event for one in found]
    return by_day(rows, who.zone, local(who.at, who.zone).date(), frozenset(row.id for row in rows))


def _coming(found: Sequence[OwnEvent]) -> dict[int, Entry]:
    """What comes, with what else is at the same time: what one waits for may come to it, what is cancelled may not."""
    events = {one.event.id: one.event for one in found}
    at_once = clashes({key: row.time for key, row in events.items() if row.state == "published"})
    return {
        one.event.id: Entry(
            one.tie,
            one.event.state == "cancelled",
            all_of([f"“{events[other].title}”" for other in at_once.get(one.event.id, ())]),
        )
        for one in found
    }


def _past(who: Scope, found: Sequence[OwnEvent]) -> dict[int, Entry]:
    held = held_among(who, [one.event.id for one in found]) if found else {}
    return {one.event.id: _over(who, one, held.get(one.event.id)) for one in found}


def _over(who: Scope, one: OwnEvent, held: HeldBy | None) -> Entry:
    is_cancelled = one.event.state == "cancelled"
    if held is not None:
        claim = url_for("claims.show", claim_id=held.claim_id)
        return Entry(one.tie, is_cancelled, sign=_SIGNS[held.state], words=held.state.label, claim=claim)
    may_log = who.may(Permission.LOG_CLAIM) and not is_cancelled
    log = url_for("drafts.choose", event=ref_of(one.event.id)) if may_log else ""
    return Entry(one.tie, is_cancelled, log=log)
