"""Examples for October 2013 and October 2014: generated from a seed, in the kinds and themes of the month."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any

from pdtracker.demo.calendar import (
    Dated,
    DemoEvent,
    DemoOrganization,
    DemoTheme,
    example_for_whom,
    packaged,
    recorded_calendar,
    recorded_events,
    span_at,
)
from pdtracker.demo.dice import Dice
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.when import instant

EVENTS_IN_ALL = 600
"""Recorded events and examples together: as many as the month of 2013 is known to have had."""

_YEARS = (2013, 2014)
_SATURDAY = 5
_SCHOOL_DAYS = (0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4)
# The hours at which teachers are free, in the host's zone; the end is never after 10 pm.
_AFTER_SCHOOL = (
    time(16), time(16, 30), time(17), time(18), time(18, 30),
    time(19), time(19), time(19, 30), time(20), time(20), time(20, 30),
)  # fmt: skip
_AT_SCHOOL = (time(9), time(10, 30), time(12), time(13), time(15, 30), time(16), time(18, 30))
_LENGTHS: Mapping[EventKind, tuple[int, ...]] = {
    EventKind.WEBINAR: (30, 45, 60, 60, 60, 60, 75, 90),
    EventKind.PANEL: (60, 60, 75, 90),
    EventKind.OPEN_HOUSE: (45, 60, 90),
    EventKind.TOUR: (30, 45, 45, 60),
    EventKind.UNCONFERENCE: (120, 180, 180, 240),
    EventKind.CONFERENCE: (210, 240),
}
_CATEGORIES: Mapping[str, CreditCategory] = {
    "connected-leadership": CreditCategory.LEADERSHIP,
    "leadership-for-change": CreditCategory.LEADERSHIP,
    "innovating-stem-and-literacy": CreditCategory.CONTENT,
    "blended-learning": CreditCategory.TECHNOLOGY,
}
# The first that a topic speaks of says what it is about.
_SPOKEN_OF: Mapping[CreditCategory, tuple[str, ...]] = MappingProxyType(
    {
        CreditCategory.ELL: ("english", "languages", "translation"),
        CreditCategory.SWD: ("special educators", "accessible", "captions"),
        CreditCategory.EQUITY: ("every child appears", "names, said right", "stereotypes", "several sides"),
        CreditCategory.LITERACY: ("reading", "writing", "poetry", "nonfiction", "journals", "storytelling"),
        CreditCategory.STEM: ("science", "math", "coding", "robotics", "proof"),
    }
)


@dataclass(frozen=True, slots=True)
class _Host:
    slug: str
    zone: str
    themes: frozenset[str]

    def fits(self, theme: str) -> bool:
        """Whether the host takes this theme; one without themes takes all."""
        return not self.themes or theme in self.themes


@dataclass(frozen=True, slots=True)
class _Topic:
    theme: str
    phrase: str
    # Topics of adults (leading, planning, families) are never said to be "in grades 3 to 5".
    of_adults: bool


class _Deck:
    """Deals the topics of a year in rounds, so that none comes back before all others were dealt."""

    def __init__(self, topics: Sequence[_Topic], dice: Dice) -> None:
        self._topics = topics
        self._dice = dice
        self._left: list[_Topic] = []
        self._taken: dict[str, set[_Topic]] = {}

    def deal(self) -> _Topic:
        if not self._left:
            self._left = self._dice.shuffled(self._topics)
        return self._left.pop()

    def deal_for(self, host: _Host) -> _Topic:
        """A topic that the host takes and has not had: of this round, or, when it holds none, of any."""
        taken = self._taken.setdefault(host.slug, set())
        fitting = [topic for topic in self._topics if host.fits(topic.theme) and topic not in taken]
        waiting = [topic for topic in fitting if topic in self._left]
        topic = self._dice.pick(waiting or fitting)
        if waiting:
            self._left.remove(topic)
        taken.add(topic)
        return topic


def example_events(seed: int) -> tuple[DemoEvent, ...]:
    """As many examples as make 600 events with the recorded ones, half of them in 2013 and half in 2014.

    The same seed gives the same events on every version of Python.
    """
    missing = EVENTS_IN_ALL - len(recorded_events())
    first = (missing + 1) // 2
    counts = dict(zip(_YEARS, (first, missing - first), strict=True))
    return tuple(event for year in _YEARS for event in _Month(year, seed).events(counts[year]))


def example_organizations() -> tuple[DemoOrganization, ...]:
    """The invented hosts of the examples."""
    return tuple(
        DemoOrganization(slug=row["slug"], name=row["name"], is_invented=True)
        for row in packaged("example_words.toml")["hosts"]
    )


class _Month:
    """One October: deals topics, hosts, titles and hours."""

    def __init__(self, year: int, seed: int) -> None:
        self._words = packaged("example_words.toml")
        self._dice = Dice(seed, f"examples {year}")
        self._programme = f"cem-{year}"
        self._year = year
        self._themes = _themes(self._programme)
        self._deck = _Deck(_topics(self._words, self._themes), self._dice)
        self._hosts = {
            row["slug"]: _Host(row["slug"], row["zone"], frozenset(row.get("themes", ())))
            for row in self._words["hosts"]
        }
        self._titles: set[str] = set()
        self._made = 0

    def events(self, count: int) -> Iterator[DemoEvent]:
        """Exactly `count` events: the series, then the counted kinds, then webinars."""
        made = [*self._series(), *self._counted()]
        if len(made) > count:
            raise ValueError("the series and counted kinds are more than the examples that are missing")
        yield from made
        for _ in range(count - len(made)):
            yield self._live(EventKind.WEBINAR)

    def _series(self) -> Iterator[DemoEvent]:
        for row in self._words["chats"]:
            for on in _weekdays(self._year, row["weekday"]):
                yield self._on_air(EventKind.HASHTAG_CHAT, row, on)
        for row in self._words["radio"]:
            for on in _weekdays(self._year, row["weekday"]):
                yield self._on_air(EventKind.RADIO_SHOW, row, on)

    def _counted(self) -> Iterator[DemoEvent]:
        counts: dict[str, int] = self._words["counts"]
        for word, count in counts.items():
            kind = EventKind(word)
            for _ in range(count):
                yield self._live(kind) if kind.is_live else self._open(kind)

    def _on_air(self, kind: EventKind, row: Mapping[str, Any], on: date) -> DemoEvent:
        host = self._hosts[row["host"]]
        topic = self._deck.deal_for(host)
        begins = datetime.combine(on, row["start"])
        more = {"tag": row.get("hashtag", ""), "show": row.get("name", "")}
        return self._event(kind, topic, host, (begins, int(row["minutes"])), more, hashtag=row.get("hashtag"))

    def _live(self, kind: EventKind) -> DemoEvent:
        topic = self._deck.deal()
        minutes = self._dice.pick(_LENGTHS[kind])
        return self._event(kind, topic, self._host_for(topic), (self._begin(kind, minutes), minutes), {})

    def _open(self, kind: EventKind) -> DemoEvent:
        topic = self._deck.deal()
        return self._event(kind, topic, self._host_for(topic), None, {})

    def _host_for(self, topic: _Topic) -> _Host:
        return self._dice.pick([host for host in self._hosts.values() if host.fits(topic.theme)])

    def _begin(self, kind: EventKind, minutes: int) -> datetime:
        if kind in (EventKind.UNCONFERENCE, EventKind.CONFERENCE):
            on = self._dice.pick(_weekdays(self._year, _SATURDAY))
            return datetime.combine(on, self._dice.pick((time(9), time(9, 30), time(10))))
        on = self._dice.pick(_weekdays(self._year, self._dice.pick(_SCHOOL_DAYS)))
        hours = _AT_SCHOOL if kind in (EventKind.TOUR, EventKind.OPEN_HOUSE) else _AFTER_SCHOOL
        begins = datetime.combine(on, self._dice.pick(hours))
        latest = datetime.combine(on, time(22)) - timedelta(minutes=minutes)
        return min(begins, latest)

    def _event(
        self,
        kind: EventKind,
        topic: _Topic,
        host: _Host,
        hours: tuple[datetime, int] | None,
        more: Mapping[str, str],
        *,
        hashtag: str | None = None,
    ) -> DemoEvent:
        title, summary = self._texts(kind, topic, more)
        self._made += 1
        if hours is None:
            dated, minutes = Dated.WINDOW, None
            first_on, last_on = self._window(kind)
            starts_at, ends_at = span_at(dated, first_on, last_on, host.zone)
        else:
            dated, (begins, minutes) = Dated.HOURS, hours
            first_on = last_on = begins.date()
            starts_at = instant(begins, host.zone)
            ends_at = starts_at + timedelta(minutes=minutes)
        return DemoEvent(
            key=f"example-{self._year}-{self._made:03d}",
            programme=self._programme,
            title=title,
            summary=summary,
            kind=kind,
            category=_category(kind, topic),
            host=host.slug,
            co_hosts=(),
            themes=self._event_themes(topic),
            dated=dated,
            first_on=first_on,
            last_on=last_on,
            starts_at=starts_at,
            ends_at=ends_at,
            minutes=minutes,
            zone=host.zone,
            platform="Twitter" if kind is EventKind.HASHTAG_CHAT else "Online",
            link=None,
            hashtag=hashtag,
            source=None,
            note="",
            is_example=True,
            for_whom=example_for_whom(kind, _category(kind, topic), f"{title} {summary}"),
        )

    def _window(self, kind: EventKind) -> tuple[date, date]:
        first, last = date(self._year, 10, 1), date(self._year, 10, 31)
        if kind is not EventKind.CONTEST:
            return first, last
        begins = first + timedelta(days=7 * self._dice.below(3))
        return begins, begins + timedelta(days=13)

    def _event_themes(self, topic: _Topic) -> tuple[str, ...]:
        # One in four belongs to a second theme as well.
        if self._dice.below(4):
            return (topic.theme,)
        return (topic.theme, self._dice.pick([slug for slug in self._themes if slug != topic.theme]))

    def _texts(self, kind: EventKind, topic: _Topic, more: Mapping[str, str]) -> tuple[str, str]:
        words = {
            "topic": topic.phrase,
            "Topic": topic.phrase[0].upper() + topic.phrase[1:],
            "theme_name": self._themes[topic.theme],
            **more,
        }
        patterns = self._dice.shuffled(_fitting(self._words["titles"][kind], topic))
        places = self._dice.shuffled(self._words["phrases"]["places"])
        room = {"room": self._dice.pick(self._words["phrases"]["rooms"])}
        titles = (pattern.format(**words, **room, place=place) for place in places for pattern in patterns)
        title = next(title for title in titles if title not in self._titles)
        self._titles.add(title)
        opener = self._dice.pick(_fitting(self._words["openers"][kind], topic)).format(**words, **room)
        return title, f"{opener} {self._dice.pick(self._words['closers'][kind])}"


def _themes(programme: str) -> dict[str, str]:
    themes: tuple[DemoTheme, ...] = recorded_calendar().themes
    return {theme.slug: theme.name for theme in themes if theme.programme == programme}


def _topics(words: Mapping[str, Any], themes: Mapping[str, str]) -> list[_Topic]:
    return [
        _Topic(theme=group["theme"], phrase=phrase, of_adults=group.get("of_adults", False))
        for group in words["topics"].values()
        if group["theme"] in themes
        for phrase in group["phrases"]
    ]


def _fitting(patterns: Sequence[str], topic: _Topic) -> list[str]:
    return [pattern for pattern in patterns if not (topic.of_adults and "{room}" in pattern)]


def _weekdays(year: int, weekday: int) -> list[date]:
    days = (date(year, 10, day) for day in range(1, 32))
    return [on for on in days if on.weekday() == weekday]


def _category(kind: EventKind, topic: _Topic) -> CreditCategory:
    phrase = topic.phrase.lower()
    for category, words in _SPOKEN_OF.items():
        if any(word in phrase for word in words):
            return category
    return _CATEGORIES.get(topic.theme, kind.default_category)
