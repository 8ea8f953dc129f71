"""Counts beside a list: an option says what choosing it gives, whatever else is on, in one statement."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from pdtracker.domain.calendar import DayPart
from pdtracker.domain.event_facts import Audience, Cost, ForWhom, GradeBand
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.search import search_words
from pdtracker.queries.event_facets import Tally, tally
from pdtracker.queries.event_filters import EventFilter
from pdtracker.queries.events import Place, events_page
from pdtracker.queries.programmes import programme
from pdtracker.scope import Visitor
from tests.calendars import BEFORE, CEM, EASTERN, entry, hours, load, statements, window
from tests.factories import NOW, Cast, an_event


@pytest.fixture
def anybody(cast: Cast) -> Visitor:
    """Somebody who looks at a calendar in which every event differs in some facet."""
    kinds, audiences = (EventKind.WEBINAR, EventKind.PANEL), (Audience.TEACHERS, Audience.UNSAID)
    load(
        cast.database,
        *(
            entry(
                f"event {number}",
                hours(f"2014-10-{number % 27 + 1:02d}T{6 + number % 15:02d}:30"),
                kind=kinds[number % 2],
                category=list(CreditCategory)[number % 3],
                host=f"Host {number % 4}",
                co_hosts=("Edcamp",) if number % 5 == 0 else (),
                themes=(CEM.themes[number % 2][0],),
                hashtag=("#CE14", "#ce14", "#other", None)[number % 4],
                platform=("Online", "Library", "")[number % 3],
                split=((CreditCategory.CONTENT, 30), (CreditCategory.STEM, 30)) if number % 6 == 0 else (),
                for_whom=ForWhom(
                    (GradeBand.EARLY, GradeBand.HIGH) if number % 3 else (),
                    audiences[number % 2],
                    list(Cost)[number % 3],
                    ("en", "es", "")[number % 3],
                ),
            )
            for number in range(40)
        ),
        entry("a forum", window("2014-10-01", "2014-10-31"), kind=EventKind.FORUM),
        entry("before", hours("2013-10-02T19:00"), programme=BEFORE.slug, kind=EventKind.PANEL),
        entry("alone", hours("2014-10-03T19:00"), programme=None),
    )
    return Visitor(cast.open.enter_context(cast.database.session(None)), NOW)


def offered(counts: Tally) -> Iterator[tuple[Mapping[Any, int], Callable[[EventFilter, Any], EventFilter]]]:
    """Each facet's counts, and the filter that choosing one of its options makes."""
    yield counts.kinds, lambda f, v: replace(f, kinds=(v,))
    yield counts.categories, lambda f, v: replace(f, categories=(v,))
    yield counts.day_parts, lambda f, v: replace(f, day_parts=(v,))
    yield counts.with_hours, lambda f, v: replace(f, has_hours=v)
    yield counts.grades, lambda f, v: replace(f, grades=(v,))
    yield counts.audiences, lambda f, v: replace(f, audiences=(v,))
    yield counts.costs, lambda f, v: replace(f, costs=(v,))
    yield counts.languages, lambda f, v: replace(f, languages=(v,))
    yield counts.programmes, lambda f, v: replace(f, programme_id=v)
    # An empty place is no filter.
    yield {k: n for k, n in counts.platforms.items() if k}, lambda f, v: replace(f, platform=v)
    yield {h.id: h.count for h in counts.hosts}, lambda f, v: replace(f, host_id=v)
    yield {t.id: t.count for t in counts.themes}, lambda f, v: replace(f, theme_ids=(v,))
    yield {h.name: h.count for h in counts.hashtags}, lambda f, v: replace(f, hashtag=v)


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"kinds": (EventKind.PANEL,)},
        {"kinds": (EventKind.PANEL,), "grades": (GradeBand.HIGH,)},
        {"audiences": (Audience.TEACHERS,), "costs": (Cost.FREE, Cost.FEE), "hashtag": "#CE14"},
        {"day_parts": (DayPart.AFTER_SCHOOL,), "categories": (CreditCategory.STEM,)},
        {"words": search_words("event"), "languages": ("es",), "platform": "Library"},
        {"has_hours": True, "starts_from": datetime(2014, 10, 10, tzinfo=UTC)},
        {"has_hours": False},
    ],
    ids=lambda more: " ".join(more) or "nothing",
)
@pytest.mark.parametrize("in_programme", [True, False])
def test_an_options_count_is_what_choosing_it_gives(
    anybody: Visitor, more: dict[str, Any], in_programme: bool
) -> None:
    programme_id = programme(anybody, CEM.slug).id if in_programme else None
    wanted = EventFilter(programme_id=programme_id, zone=EASTERN, **more)
    counts = tally(anybody, wanted, None)
    assert counts.total == len(events_page(anybody, wanted, 100).rows)
    for found, choosing in offered(counts):
        for value, count in found.items():
            chosen = events_page(anybody, choosing(wanted, value), 100).rows
            assert len(chosen) == count, (value, count)
    every = replace(wanted, programme_id=None)
    assert counts.every_programme == len(events_page(anybody, every, 100).rows)


def test_hashtags_differ_in_capitals_only_once(anybody: Visitor) -> None:
    assert [tag.name for tag in tally(anybody, EventFilter(), None).hashtags] == ["#ce14", "#other"]


def test_all_counts_take_one_statement_however_many_filters(cast: Cast, anybody: Visitor) -> None:
    full = EventFilter(
        programme_id=programme(anybody, CEM.slug).id,
        kinds=(EventKind.PANEL,),
        grades=(GradeBand.HIGH,),
        costs=(Cost.FREE,),
        hashtag="#ce14",
    )
    with statements(cast.database) as asked:
        tally(anybody, full, None)
    assert len(asked) == 1


def test_no_count_tells_of_another_districts_events(cast: Cast) -> None:
    an_event(cast.scope("dee"), platform="Riverton Hall", hashtag="#riverton", language="xx")
    told = repr(tally(cast.scope("ada"), EventFilter(), None))
    assert "iverton" not in told
    assert "xx" not in told
    assert "Riverton Hall" in repr(tally(cast.scope("dee"), EventFilter(), None))


def test_words_that_very_many_events_have_are_counted_among_a_part_that_says_so(anybody: Visitor) -> None:
    every = EventFilter(words=search_words("event"))
    exact = tally(anybody, every, None)
    counts = tally(anybody, every, None, at_most=10)
    assert exact.total > 10
    assert (exact.has_more, exact.is_of_a_part) == (False, False)
    assert (counts.total, counts.has_more, counts.is_of_a_part) == (10, True, True)
    assert sum(counts.kinds.values()) == 10
    assert all(count <= exact.kinds[kind] for kind, count in counts.kinds.items())
    enough = tally(anybody, every, None, at_most=exact.total + 1)
    assert enough == exact


def test_a_filter_beside_such_words_finds_all_that_it_leaves(anybody: Visitor) -> None:
    wanted = EventFilter(words=search_words("event"), platform="Library", kinds=(EventKind.WEBINAR,))
    exact = tally(anybody, wanted, None)
    counts = tally(anybody, wanted, None, at_most=exact.total + 1)
    assert 0 < exact.total < 12
    assert (counts.total, counts.has_more, counts.is_of_a_part) == (exact.total, False, True)


@pytest.mark.parametrize("is_latest", [False, True])
def test_such_words_are_found_in_the_same_order(anybody: Visitor, is_latest: bool) -> None:
    wanted = EventFilter(words=search_words("event"), kinds=(EventKind.PANEL,))
    before = Place(NOW, 0) if is_latest else None
    page = events_page(anybody, wanted, 7, before=before)
    assert len(page.rows) == 7
    assert events_page(anybody, replace(wanted, is_wide=True), 7, before=before) == page
