"""The queue: what waits, what went back, what was decided, with tabs, filters and pages in the address."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any

from flask import Blueprint, request, url_for

from pdtracker.domain.access import Permission
from pdtracker.domain.hours import hours_phrase
from pdtracker.domain.refs import ref_of
from pdtracker.domain.telling import count_of
from pdtracker.domain.when import instant, local
from pdtracker.queries import outcomes
from pdtracker.queries import reviews as desk
from pdtracker.queries.review_filters import Tab
from pdtracker.queries.reviews import (
    Head,
)
from pdtracker.scope import Scope
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import permitted
from pdtracker.web.requests import scope
from pdtracker.web.reviews.asked import Asked, FilterForm, claim_links, read
from pdtracker.web.reviews.bulk import recent
from pdtracker.web.reviews.entries import clock, count_text, groups, settled_entry

reviews = Blueprint("reviews", __name__)


@dataclass(frozen=True, slots=True)
class TabEntry:
    """A tab with its figure."""

    label: str
    href: str
    count: str
    is_current: bool


@reviews.get("/<slug:district>/reviews")
@permitted(Permission.SEE_REVIEWS)
def queue() -> Answer:
    """One tab of the desk."""
    who, asked = scope(), read(request.args)
    head = desk.head(who, asked.filter)
    form = FilterForm(request.args)
    form.offer(head.schools)
    template, rows = (
        _waiting(who, asked, head.counts.needs_you) if asked.tab is Tab.NEEDS_YOU else _settled(who, asked)
    )
    return answers.page(
        template,
        asked=asked,
        form=form,
        schools=head.schools,
        tabs=_tabs(who, asked, head),
        decides=who.may(Permission.REVIEW_CLAIMS),
        newest=asked.link() if asked.after else None,
        trail=asked.trail(),
        here=asked.back(),
        own_jobs=recent(who, asked) if who.may(Permission.REVIEW_CLAIMS) else [],
        **rows,
    )


def _tabs(who: Scope, asked: Asked, head: Head) -> list[TabEntry]:
    labels = {
        Tab.NEEDS_YOU: "Needs you" if who.may(Permission.REVIEW_CLAIMS) else "Waiting",
        Tab.RETURNED: "Returned",
        Tab.DECIDED: "Decided",
    }
    counts = (head.counts.needs_you, head.counts.returned, head.counts.decided)
    return [
        TabEntry(label, asked.link(tab=tab), count_text(count), tab is asked.tab)
        for (tab, label), count in zip(labels.items(), counts, strict=True)
    ]


def _waiting(who: Scope, asked: Asked, waiting: int) -> tuple[str, dict[str, Any]]:
    page = desk.waiting(who, asked.filter, asked.after)
    if not page.rows:
        return "reviews/empty.html", _done(who, asked) | {"person": ""}
    grouped = groups(who, page.rows, asked)
    selected = [row for group in grouped for row in group.rows if row.is_selected]
    passing = sum(row.level == "pass" for group in grouped for row in group.rows)
    return "reviews/queue.html", {
        "groups": grouped,
        "count": len(page.rows),
        "selected": len(selected),
        "selected_minutes": sum(row.minutes for row in selected),
        "passing": passing,
        "select_passing": url_for("reviews.queue", **asked.query() | Asked(passing_selected=True).query()),
        "person": page.rows[0].person_name if asked.person_id is not None else "",
        "older": asked.link(after=page.after) if page.after else None,
        # The figure of the tab stops counting after a thousand; what is decided is all of the list.
        "all_count": count_text(waiting) if waiting > len(page.rows) else "",
        "all_link": lambda step: url_for("bulk.ask", decision=step, **replace(asked, after=None).trail()),
    }


def _settled(who: Scope, asked: Asked) -> tuple[str, dict[str, Any]]:
    page = desk.settled(who, asked.tab, asked.filter, asked.after)
    link = claim_links(asked.trail())
    return "reviews/settled.html", {
        "rows": [settled_entry(who, row, link) for row in page.rows],
        "person": page.rows[0].person_name if page.rows and asked.person_id is not None else "",
        "older": asked.link(after=page.after) if page.after else None,
    }


def _done(who: Scope, asked: Asked) -> dict[str, Any]:
    """Nothing waits: what the reviewer did today, and what can still be undone."""
    zone = who.zone
    midnight = instant(datetime.combine(local(who.at, zone).date(), time()), zone)
    today = outcomes.since(who, midnight)
    return {
        "sentence": _today(today) if today.claims and not asked.is_filtered else "",
        "held": [ref_of(decided.step_id) for decided in today.held],
        "until": clock(min(decided.release_at for decided in today.held), zone) if today.held else "",
        "decided": asked.link(tab=Tab.DECIDED),
    }


def _today(today: outcomes.Today) -> str:
    """The good of the day: `You decided 23 claims today, and 23 people have 34.5 hours more than this morning.`."""
    decided = f"You decided {count_of(today.claims, 'claim', 'claims')} today"
    if not today.minutes:
        return f"{decided}."
    people = count_of(today.people, "person has", "people have")
    return f"{decided}, and {people} {hours_phrase(today.minutes)} more than this morning."
