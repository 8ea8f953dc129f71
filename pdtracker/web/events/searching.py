"""One search of the calendar: who looks for what, the filters that its form offers, and those that are on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from pdtracker.domain.calendar import DayPart
from pdtracker.domain.event_facts import Audience, Cost, GradeBand, language_name
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.refs import ref_of
from pdtracker.domain.when import zone_words
from pdtracker.queries.event_facets import Option, Tally
from pdtracker.queries.event_filters import EventFilter
from pdtracker.queries.events import Place
from pdtracker.queries.programmes import ProgrammeRow
from pdtracker.scope import Scope, Visitor
from pdtracker.web.events.asked import FIXED, HOURS_WORDS, OPEN, Asked, FilterForm
from pdtracker.web.events.days import day_title


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks, in which zone, on which day."""

    who: Scope | Visitor
    zone: str
    today: date

    @property
    def zone_name(self) -> str:
        """The zone in words."""
        return zone_words(self.zone)


@dataclass(frozen=True, slots=True)
class Search:
    """One search: what was asked, of which programme, and its counts."""

    reader: Reader
    asked: Asked
    every: Sequence[ProgrammeRow]
    programme: ProgrammeRow | None
    wanted: EventFilter
    anchor: Place | None
    counts: Tally


@dataclass(frozen=True, slots=True)
class FilterOn:
    """A filter that is on, in words, and the address without it."""

    name: str
    words: str
    without: str


def offer(form: FilterForm, search: Search) -> None:
    """Give the form the themes and hosts that there are; the host that is set stays, also without a match."""
    kinds = {*search.counts.kinds, *search.asked.kinds}
    form.kind.choices = {kind.value: kind.label for kind in EventKind if kind in kinds}
    form.theme.choices = {ref_of(theme.id): theme.name for theme in search.counts.themes}
    hosts = {ref_of(host.id): f"{host.name} ({host.count:,})" for host in search.counts.hosts}
    if search.asked.host:
        hosts.setdefault(search.asked.host, "The host that you chose")
    form.host.choices = {"": "Any host", **hosts}
    _offer_public(form, search)


def _offer_public(form: FilterForm, search: Search) -> None:
    """The languages and places that there are; what is set stays, also without a match."""
    counts, asked = search.counts, search.asked
    form.grade.choices = {one.value: one.label for one in GradeBand if one in {*asked.grades, *counts.grades}}
    form.audience.choices = {
        one.value: one.label for one in Audience if one in {*asked.audiences, *counts.audiences}
    }
    form.cost.choices = {one.value: one.label for one in Cost if one in {*asked.costs, *counts.costs}}
    form.hours.choices = {
        "": HOURS_WORDS[""],
        FIXED: f"{HOURS_WORDS[FIXED]} ({counts.with_hours.get(True, 0):,})",
        OPEN: f"{HOURS_WORDS[OPEN]} ({counts.with_hours.get(False, 0):,})",
    }
    tags = sorted({*filter(None, counts.languages), *asked.languages}, key=language_name)
    form.language.choices = {tag: language_name(tag) for tag in tags}
    places = {
        place: f"{place} ({count:,})"
        for place, count in sorted(counts.platforms.items(), key=lambda found: found[0].casefold())
        if place
    }
    if asked.platform:
        places.setdefault(asked.platform, asked.platform)
    form.platform.choices = {"": "Anywhere", **places}


def box_counts(counts: Tally) -> dict[str, dict[str, int]]:
    """How many events each box of the filters would leave, by field and value."""

    def boxes(members: type[StrEnum], found: Mapping[Any, int]) -> dict[str, int]:
        return {member.value: found.get(member, 0) for member in members}

    return {
        "theme": {ref_of(theme.id): theme.count for theme in counts.themes},
        "kind": boxes(EventKind, counts.kinds),
        "category": boxes(CreditCategory, counts.categories),
        "time": boxes(DayPart, counts.day_parts),
        "grade": boxes(GradeBand, counts.grades),
        "audience": boxes(Audience, counts.audiences),
        "cost": boxes(Cost, counts.costs),
        "language": dict(counts.languages),
        "programme": {ref_of(key): count for key, count in counts.programmes.items()},
    }


def filters_on(search: Search) -> tuple[FilterOn, ...]:
    """The filters of a search that are on, in the form's order."""
    asked = search.asked
    themes, hosts = _names(search.counts.themes), _names(search.counts.hosts)
    on = [FilterOn("search", f"\u201c{asked.q}\u201d", asked.link(q=""))] if asked.q else []
    for theme in asked.themes:
        rest = tuple(other for other in asked.themes if other != theme)
        on.append(FilterOn("theme", themes.get(theme, "of another programme"), asked.link(themes=rest)))
    for kind in asked.kinds:
        kinds = tuple(other for other in asked.kinds if other != kind)
        on.append(FilterOn("kind", kind.label, asked.link(kinds=kinds)))
    for category in asked.categories:
        categories = tuple(other for other in asked.categories if other != category)
        on.append(FilterOn("counting as", category.label, asked.link(categories=categories)))
    for part in asked.parts:
        parts = tuple(other for other in asked.parts if other != part)
        on.append(FilterOn("time of day", part.label, asked.link(parts=parts)))
    if asked.hours:
        on.append(FilterOn("hours", HOURS_WORDS[asked.hours], asked.link(hours="")))
    if asked.host:
        on.append(FilterOn("host", hosts.get(asked.host, "the one that you chose"), asked.link(host="")))
    if asked.hashtag:
        on.append(FilterOn("hashtag", asked.hashtag, asked.link(hashtag="")))
    on.extend(_filters_of_public(asked))
    if asked.starts:
        on.append(FilterOn("from", day_title(asked.starts, search.reader.today), asked.link(starts=None)))
    if asked.ends:
        on.append(FilterOn("until", day_title(asked.ends, search.reader.today), asked.link(ends=None)))
    return tuple(on)


def _filters_of_public(asked: Asked) -> Iterator[FilterOn]:
    for grade in asked.grades:
        rest = tuple(other for other in asked.grades if other != grade)
        yield FilterOn("about", grade.label, asked.link(grades=rest))
    for audience in asked.audiences:
        others = tuple(other for other in asked.audiences if other != audience)
        yield FilterOn("for", audience.label, asked.link(audiences=others))
    for cost in asked.costs:
        yield FilterOn("cost", cost.label, asked.link(costs=tuple(one for one in asked.costs if one != cost)))
    for tag in asked.languages:
        tags = tuple(other for other in asked.languages if other != tag)
        yield FilterOn("in", language_name(tag), asked.link(languages=tags))
    if asked.platform:
        yield FilterOn("at", asked.platform, asked.link(platform=""))


def _names(options: Sequence[Option]) -> dict[str, str]:
    return {ref_of(option.id): option.name for option in options}
