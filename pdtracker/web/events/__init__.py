"""The calendar: lists by day and by month with filters in the address, and the page of one event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any

from flask import Blueprint, redirect, request, url_for
from wtforms import HiddenField

from pdtracker.domain.access import Permission
from pdtracker.domain.calendar import OPEN_ZONE, EventTime, current_season, month_words
from pdtracker.domain.ceds import CEDS_KINDS
from pdtracker.domain.refs import ref_of
from pdtracker.domain.refusals import NotHere
from pdtracker.domain.split import split_words
from pdtracker.domain.when import day_text, local, zone_words
from pdtracker.queries.details import split_of_event
from pdtracker.queries.event_facets import MOST_COUNTED, tally, total
from pdtracker.queries.events import MOST_IN_A_MONTH, EventPage, EventRow, Place, events_page, month_events
from pdtracker.queries.going import Mine, mine_among
from pdtracker.queries.one_event import EventFacts, event, merged_into
from pdtracker.queries.programmes import ProgrammeRow, programmes
from pdtracker.queries.series import in_series
from pdtracker.scope import Scope, Visitor
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import public
from pdtracker.web.drawing import month_squares
from pdtracker.web.events.around import around
from pdtracker.web.events.asked import EVERY_PROGRAMME, MONTH, RECENT, Asked, midnight, read
from pdtracker.web.events.days import by_day, day_title, latest_first, squares
from pdtracker.web.events.for_me import for_me, site_words
from pdtracker.web.events.likely import Likely, likely_to_be
from pdtracker.web.events.searching import Reader, Search, box_counts, filters_on, offer
from pdtracker.web.events.sessions import agenda_days
from pdtracker.web.forms import Form, LineField
from pdtracker.web.requests import visitor

EVENTS_ON_A_PAGE = 40
# A feed knows no pages.
_NO_PLACE: Mapping[str, Any] = {"after": None, "before": None, "day": None, "month": None, "view": ""}
WINDOWS_IN_A_MONTH = 20

events = Blueprint("events", __name__)


class DecisionForm(Form):
    """What becomes of a proposal: the pressed button, and what its proposer reads."""

    decision = HiddenField(default="")
    reason = LineField(
        "If you return or refuse it: why?", description="Whoever proposed it reads this.", limit=500
    )


@events.get("/events")
@public
def browse() -> Answer:
    """The calendar as a list or a month."""
    form, asked = read(request.args)
    if asked is None:
        return answers.page("events/unread.html", HTTPStatus.UNPROCESSABLE_ENTITY, form=form)
    search = _search(reader(), asked)
    offer(form, search)
    template, view = ("month", _month_view(search)) if asked.view == MONTH else ("list", _list_view(search))
    return answers.page(
        f"events/{template}.html",
        form=form,
        search=search,
        asked=asked,
        filters=filters_on(search),
        feed=url_for("feeds.of_search", **replace(asked, **_NO_PLACE).query()),
        counts=box_counts(search.counts),
        most_counted=MOST_COUNTED,
        may_decide=search.reader.who.may(Permission.MANAGE_EVENTS),
        has_recent=search.programme is None or search.programme.starts_on <= search.reader.today,
        **view,
    )


@events.get("/events/<ref:event_id>")
@public
def show(event_id: int) -> Answer:
    """One event; what turned out to be another one leads there."""
    try:
        return event_page(event_id, DecisionForm())
    except NotHere:
        remains = merged_into(visitor(), event_id)
        if remains is None:
            raise
    return redirect(url_for("events.show", event_id=remains), HTTPStatus.MOVED_PERMANENTLY)


def event_page(event_id: int, form: DecisionForm, status: int = HTTPStatus.OK) -> Answer:
    """The page of one event; `form` decides about a proposal."""
    who = visitor()
    facts = event(who, event_id)
    series = in_series(who, event_id) if facts.series_id else None
    zone = who.zone if isinstance(who, Scope) else facts.time.zone
    return answers.page(
        "events/show.html",
        status,
        form=form,
        event=facts,
        event_ref=ref_of(facts.id),
        host_ref=ref_of(facts.host.id),
        ceds=CEDS_KINDS[facts.kind],
        split=split_words(split_of_event(who, facts.id)),
        link_words=site_words(facts.link),
        source_words=site_words(facts.source),
        archive_words=site_words(facts.archive_link),
        zone_name=zone_words(zone),
        day_words=_day_words(facts.time, zone),
        hours_words="" if _is_long(facts.time) else facts.time.hours_words(zone),
        series=series,
        series_next=day_text(local(series.next_at, zone)) if series and series.next_at else "",
        agenda_days=agenda_days(facts.agenda, zone, who.at),
        has_begun=facts.time.has_begun(who.at),
        maybe=_maybe(who, facts),
        **for_me(who, facts),
        **around(who, facts, zone),
    )


def _maybe(who: Scope | Visitor, facts: EventFacts) -> list[Likely]:
    """Which events a proposal may be, for whoever decides about it now."""
    waits = facts.proposal is not None and not facts.proposal.decided_at and not facts.proposal.returned_at
    return (
        likely_to_be(who, facts.id)
        if isinstance(who, Scope) and waits and who.may(Permission.MANAGE_EVENTS)
        else []
    )


def _day_words(time: EventTime, zone: str) -> str:
    """The day of an event in the reader's zone; of one that goes on for longer both ends, with their hours."""
    return time.hours_words(zone) if _is_long(time) else day_text(time.day_in(zone))


def _is_long(time: EventTime) -> bool:
    """Whether it has hours and goes on for longer than a day."""
    return time.has_hours and time.ends_at is not None and time.minutes is None


def reader() -> Reader:
    """Who looks at the calendar now."""
    who = visitor()
    zone = who.zone if isinstance(who, Scope) else OPEN_ZONE
    return Reader(who, zone, local(who.at, zone).date())


def _search(reader: Reader, asked: Asked) -> Search:
    every = programmes(reader.who)
    programme = programme_of(every, asked.programme, reader.today)
    wanted = asked.filter(programme, reader.zone)
    anchor = _anchor(reader, asked, programme)
    most = MOST_COUNTED if asked.q else None
    if asked.view == MONTH and not asked.themes and not asked.host:
        # A month offers no filters; only the names of a theme and a host that are on come from the full count.
        counts = total(reader.who, wanted, at_most=most)
    else:
        counts = tally(reader.who, wanted, anchor.starts_at if anchor else None, at_most=most)
    wanted = replace(wanted, is_wide=counts.is_of_a_part)
    return Search(reader, asked, every, programme, wanted, anchor, counts)


def programme_of(every: Sequence[ProgrammeRow], slug: str, today: date) -> ProgrammeRow | None:
    """The one that the address names; without a name the current one; `None` for all of them."""
    if not slug:
        return current_season(every, today)
    if slug == EVERY_PROGRAMME:
        return None
    found = next((programme for programme in every if programme.slug == slug), None)
    if found is None:
        raise NotHere
    return found


def _anchor(reader: Reader, asked: Asked, programme: ProgrammeRow | None) -> Place | None:
    """Where the list opens: at today's first event, when today is among the days and nothing else was asked for.

    Only a place to begin at: what is over stays in the list, one page before. What began recently goes back from now.
    """
    if asked.view == RECENT:
        return Place(reader.who.at, -1)
    if asked.q or asked.has_days or asked.after or asked.before:
        return None
    if programme is not None and not programme.starts_on <= reader.today <= programme.ends_on:
        return None
    return Place(midnight(reader.today, reader.zone), -1)


def _list_view(search: Search) -> dict[str, Any]:
    asked, counts = search.asked, search.counts
    if asked.view == RECENT:
        return _recent_view(search, counts.earlier)
    if search.anchor is not None and 0 < counts.total == counts.earlier:
        # Nothing begins today or later: what began last is more use than an empty page.
        return _recent_view(search, counts.total)
    page = _page(search)
    earlier = None
    if page.rows and page.has_earlier:
        earlier = asked.link(view=RECENT) if search.anchor else asked.link(before=page.first)
    return _days_view(search, page) | {
        "earlier": earlier,
        "later": asked.link(after=page.last) if page.rows and page.has_later else None,
        "count": counts.total,
        "is_recent": False,
    }


def _page(search: Search) -> EventPage:
    who, asked, anchor = search.reader.who, search.asked, search.anchor
    after = asked.after or anchor
    page = events_page(who, search.wanted, EVENTS_ON_A_PAGE, after=after, before=asked.before)
    return replace(page, has_earlier=search.counts.earlier > 0) if anchor else page


def _recent_view(search: Search, count: int) -> dict[str, Any]:
    """What has begun, the latest first: people log what they attended yesterday."""
    asked = search.asked
    page = events_page(
        search.reader.who, search.wanted, EVENTS_ON_A_PAGE, before=asked.before or search.anchor
    )
    shown = _days_view(search, page)
    return shown | {
        "days_found": latest_first(shown["days_found"]),
        "earlier": asked.link(view=RECENT, before=page.first) if page.rows and page.has_earlier else None,
        "later": None,
        "count": count,
        "is_recent": True,
    }


def _days_view(search: Search, page: EventPage) -> dict[str, Any]:
    reader = search.reader
    mine = _mine(reader.who, page.rows)
    return {"days_found": by_day(page.rows, reader.zone, reader.today, mine.all), "mine": mine}


def _month_view(search: Search) -> dict[str, Any]:
    asked, reader = search.asked, search.reader
    year, month = asked.month or _opening_month(search)
    first = date(year, month, 1)
    until = (first + timedelta(days=31)).replace(day=1)
    found = month_events(
        reader.who, search.wanted, midnight(first, reader.zone), midnight(until, reader.zone)
    )
    shown = found[:MOST_IN_A_MONTH]
    windows = [row for row in shown if row.time.is_window]
    mine = _mine(reader.who, shown)
    days = by_day((row for row in shown if not row.time.is_window), reader.zone, reader.today, mine.all)
    chosen = _chosen_day(asked.day, [day.on for day in days], reader.today)
    return {
        "month_name": month_words(year, month),
        "weeks": month_squares(
            year,
            month,
            squares(days, lambda on: asked.link(month=(year, month), day=on) + "#day"),
            reader.today,
        ),
        "previous": _month_link(asked, first - timedelta(days=1), first),
        "next": _month_link(asked, until, first),
        "chosen": next((day for day in days if day.on == chosen), None),
        "chosen_title": day_title(chosen, reader.today) if chosen else "",
        "windows": windows[:WINDOWS_IN_A_MONTH],
        "more_windows": max(len(windows) - WINDOWS_IN_A_MONTH, 0),
        "too_many": len(found) > len(shown),
        "count": len(shown),
        "mine": mine,
    }


def _opening_month(search: Search) -> tuple[int, int]:
    today, programme = search.reader.today, search.programme
    if programme is None or programme.starts_on <= today <= programme.ends_on:
        return today.year, today.month
    return programme.starts_on.year, programme.starts_on.month


def _month_link(asked: Asked, on: date, shown: date) -> tuple[str, str]:
    """The name of a month beside the one that is shown, with its year where that differs, and its address."""
    name = month_words(on.year, on.month)
    if on.year == shown.year:
        name = name.removesuffix(f" {on.year}")
    return name, asked.link(month=(on.year, on.month))


def _chosen_day(asked: date | None, days: Sequence[date], today: date) -> date | None:
    """The day whose events stand beneath the grid: the one asked for, today, or the first with any."""
    if asked is not None:
        return asked
    return today if today in days else next(iter(days), None)


def _mine(who: Scope | Visitor, rows: Sequence[EventRow]) -> Mine:
    return mine_among(who, [row.id for row in rows]) if isinstance(who, Scope) and rows else Mine()
