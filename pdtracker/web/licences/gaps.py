"""What a licence lacks, with the next events that would fill it, as the page of the licence shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from pdtracker.domain.kinds import CreditCategory
from pdtracker.domain.telling import count_of
from pdtracker.domain.when import local, short_day, weekday_text
from pdtracker.queries.prospects import Gap, HelpingEvent
from pdtracker.scope import Scope

EVENTS_SHOWN = 4
"""Of each gap so many events stand on the page; the link beneath leads to all."""


@dataclass(frozen=True, slots=True)
class GapEvent:
    """An event that comes: its day, and what it would add."""

    title: str
    href: str
    day: str
    weekday: str
    meta: str
    adds: str


@dataclass(frozen=True, slots=True)
class GapCard:
    """A shortfall in words, the events that would count towards it, and where there are more."""

    title: str
    words: str
    events: tuple[GapEvent, ...]
    more: str
    more_words: str


def gap_card(who: Scope, gap: Gap, *, has_waiting: bool) -> GapCard:
    """One gap; where claims wait, it is what is missing beside them."""
    count = len(gap.events)
    words = (
        f"{count_of(count, 'event', 'events').capitalize()} of those that come next would count."
        if count
        else "None of the events that come next would count towards it."
    )
    if gap.is_besides:
        words = f"Of the events that come next, {count_of(count, 'more', 'more') if count else 'no other'} would count."
    if gap.topic_minimum:
        words += (
            f" A topic counts from {gap.unit.words(gap.topic_minimum)} on: stay with one, and its sessions count "
            "together."
        )
    named = [category.label for category in gap.categories]
    return GapCard(
        title=f"Beside what waits, {gap.missing.sentence}" if has_waiting else gap.missing.sentence,
        words=words,
        events=tuple(_event(who, one) for one in gap.events[:EVENTS_SHOWN]),
        more=_coming(who, gap.categories),
        more_words=(
            f"All that come and are listed as {' or '.join(named)}" if named else "All events that come"
        )
        + ", whether they count here or not",
    )


def _coming(who: Scope, categories: Sequence[CreditCategory]) -> str:
    """The calendar from today on, as far as it lists these categories."""
    asked: dict[str, Any] = {
        "programme": "all",
        "category": [category.value for category in categories],
        "from": local(who.at, who.zone).date().isoformat(),
    }
    return url_for("events.browse", **asked)


def _event(who: Scope, one: HelpingEvent) -> GapEvent:
    start = local(one.time.starts_at, who.zone)
    when = f"{short_day(start)}, {one.time.hours_words(who.zone)}" if one.time.has_hours else short_day(start)
    return GapEvent(
        title=one.title,
        href=url_for("events.show", event_id=one.id),
        day=str(start.day),
        weekday=weekday_text(start)[:3],
        meta=f"{when} · {one.host}",
        adds=one.prospect.words,
    )
