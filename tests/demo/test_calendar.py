"""The calendar of 2012 to 2014: facts with their sources, examples that say so, 600 in all."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter
from dataclasses import asdict
from datetime import date, time
from pathlib import Path

import pytest

from pdtracker.demo.calendar import Dated, DemoEvent, recorded_calendar, recorded_events
from pdtracker.demo.examples import EVENTS_IN_ALL, example_events, example_organizations
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.text import clean_line, clean_link, clean_paragraphs
from pdtracker.domain.when import known_zone, local, session_minutes

SEED = 2014
SAMPLES = Path(__file__).parents[3] / "shared" / "samples" / "cem"
THE_SAMPLES = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not beside the project")


@pytest.fixture(scope="module")
def examples() -> tuple[DemoEvent, ...]:
    return example_events(SEED)


@pytest.fixture(scope="module")
def everything(examples: tuple[DemoEvent, ...]) -> tuple[DemoEvent, ...]:
    return (*recorded_events(), *examples)


def test_recorded_events_and_examples_make_six_hundred(everything: tuple[DemoEvent, ...]) -> None:
    assert len(everything) == EVENTS_IN_ALL == 600


@THE_SAMPLES
def test_every_event_of_the_samples_is_recorded_with_its_source() -> None:
    recorded = {(event.title, event.source, event.programme) for event in recorded_events()}
    with (SAMPLES / "cem_events_found.csv").open(encoding="utf-8") as file:
        sampled = {(row["title"], row["source"], f"cem-{row['year']}") for row in csv.DictReader(file)}
    assert len(sampled) == 32
    assert sampled <= recorded


@THE_SAMPLES
def test_links_and_notes_of_the_samples_are_kept() -> None:
    recorded = {event.title: event for event in recorded_events()}
    with (SAMPLES / "cem_events_found.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            event = recorded[row["title"]]
            assert (event.link or "", event.note) == (row["url"], row["note"])
            assert (event.first_on.isoformat(), event.last_on.isoformat())[0].startswith(row["date"][:7])


@THE_SAMPLES
def test_themes_and_partners_of_the_samples_are_recorded() -> None:
    calendar = recorded_calendar()
    with (SAMPLES / "cem_themes.csv").open(encoding="utf-8") as file:
        sampled = {(f"cem-{row['year']}", row["theme"], row["source"]) for row in csv.DictReader(file)}
    assert sampled <= {(theme.programme, theme.name, theme.source) for theme in calendar.themes}
    with (SAMPLES / "cem_partner_names.csv").open(encoding="utf-8") as file:
        partners = {row["organisation"] for row in csv.DictReader(file)}
    assert partners <= {organization.name for organization in calendar.organizations}


def test_there_are_three_programmes_with_their_themes() -> None:
    calendar = recorded_calendar()
    assert Counter(theme.programme for theme in calendar.themes) == {
        "cem-2012": 4,
        "cem-2013": 6,
        "cem-2014": 7,
    }
    assert [programme.starts_on for programme in calendar.programmes] == [
        date(2012, 8, 1),
        date(2013, 10, 1),
        date(2014, 10, 1),
    ]
    assert "full list was not found" in calendar.programmes[0].note


def test_every_recorded_event_names_its_source_and_no_example_does(everything: tuple[DemoEvent, ...]) -> None:
    assert all(event.is_example == (event.source is None) for event in everything)
    assert all(clean_link(event.source or "") for event in everything if not event.is_example)


def test_real_organizations_host_no_example_and_invented_ones_nothing_recorded(
    everything: tuple[DemoEvent, ...],
) -> None:
    invented = {organization.slug for organization in example_organizations()}
    real = {organization.slug for organization in recorded_calendar().organizations}
    assert not invented & real
    assert all(event.host in (invented if event.is_example else real) for event in everything)
    assert all(set(event.co_hosts) <= real for event in everything)


def test_minutes_are_known_only_where_the_source_or_the_hours_say_them() -> None:
    known = {event.key: event.minutes for event in recorded_events() if event.minutes is not None}
    assert known == {
        "education-and-badges": 90,
        "credit-where-due": 90,
        "nwp-radio-2013": 60,
        "edtechchat-duncan-2013": 60,
        "duncan-chat-2014": 60,
    }


def test_the_chat_with_the_secretary_is_at_seven_on_a_tuesday_in_washington() -> None:
    chat = next(event for event in recorded_events() if event.key == "duncan-chat-2014")
    begins = local(chat.starts_at, chat.zone)
    assert (begins.date(), begins.time()) == (date(2014, 10, 14), time(19))
    assert (chat.starts_at.isoformat(), chat.minutes) == ("2014-10-14T23:00:00+00:00", 60)


def test_an_event_ends_after_it_starts_and_has_hours_only_when_both_are_known(
    everything: tuple[DemoEvent, ...],
) -> None:
    for event in everything:
        assert known_zone(event.zone)
        assert event.first_on <= event.last_on
        assert event.ends_at is None or event.starts_at < event.ends_at
        assert event.has_hours == (event.dated is Dated.HOURS)
        if event.has_hours:
            assert event.ends_at is not None
            assert session_minutes(event.starts_at, event.ends_at) == event.minutes


def test_days_without_hours_are_bounded_by_midnights(everything: tuple[DemoEvent, ...]) -> None:
    for event in everything:
        if event.dated in (Dated.DAYS, Dated.WINDOW, Dated.MONTH):
            assert event.ends_at is not None
            assert (
                local(event.starts_at, event.zone).time()
                == time(0)
                == local(event.ends_at, event.zone).time()
            )


def test_keys_are_unique_and_titles_are_within_a_programme(everything: tuple[DemoEvent, ...]) -> None:
    assert len({event.key for event in everything}) == 600
    assert len({(event.programme, event.title) for event in everything}) == 600


def test_themes_of_an_event_belong_to_its_programme(everything: tuple[DemoEvent, ...]) -> None:
    known = {(theme.programme, theme.slug) for theme in recorded_calendar().themes}
    assert all((event.programme, theme) in known for event in everything for theme in event.themes)
    assert all(event.themes for event in everything if event.is_example)


def test_examples_lie_in_the_two_octobers_half_and_half(examples: tuple[DemoEvent, ...]) -> None:
    years = Counter(event.first_on.year for event in examples)
    assert set(years) == {2013, 2014}
    assert abs(years[2013] - years[2014]) <= 1
    assert all((event.first_on.month, event.last_on.month) == (10, 10) for event in examples)


def test_examples_are_of_every_kind_and_most_are_webinars_and_chats(examples: tuple[DemoEvent, ...]) -> None:
    kinds = Counter(event.kind for event in examples)
    # Nobody announced the other three in those years; they are for sessions of one's own.
    assert set(EventKind) - set(kinds) == {EventKind.COURSE, EventKind.WORKSHOP, EventKind.OTHER}
    assert [kind for kind, _ in kinds.most_common(2)] == [EventKind.WEBINAR, EventKind.HASHTAG_CHAT]


def test_examples_of_every_category_can_be_found(examples: tuple[DemoEvent, ...]) -> None:
    assert {event.category for event in examples} == set(CreditCategory)


def test_live_examples_are_of_a_sensible_length_at_a_sensible_hour(examples: tuple[DemoEvent, ...]) -> None:
    for event in examples:
        if not event.kind.is_live:
            assert (event.dated, event.minutes) == (Dated.WINDOW, None)
            continue
        assert event.minutes is not None
        assert event.ends_at is not None
        begins, ends = local(event.starts_at, event.zone), local(event.ends_at, event.zone)
        assert begins.date() == ends.date() == event.first_on
        assert time(9) <= begins.time() < ends.time() <= time(22)
        longest = 240 if event.kind in (EventKind.UNCONFERENCE, EventKind.CONFERENCE) else 90
        assert 30 <= event.minutes <= longest


def test_most_live_examples_begin_after_school(examples: tuple[DemoEvent, ...]) -> None:
    live = [event for event in examples if event.kind.is_live]
    after = [event for event in live if time(16) <= local(event.starts_at, event.zone).time() <= time(21)]
    assert len(after) > 0.8 * len(live)


def test_a_chat_series_keeps_its_weekday_and_hour(examples: tuple[DemoEvent, ...]) -> None:
    series: dict[tuple[int, str], set[tuple[int, time]]] = {}
    for event in examples:
        assert (event.hashtag is not None) == (event.kind is EventKind.HASHTAG_CHAT)
        if event.hashtag:
            begins = local(event.starts_at, event.zone)
            series.setdefault((begins.year, event.hashtag), set()).add((begins.weekday(), begins.time()))
    assert len(series) == 24
    assert all(len(slots) == 1 for slots in series.values())


def test_texts_are_clean(everything: tuple[DemoEvent, ...]) -> None:
    for event in everything:
        assert clean_line(event.title, 200) == event.title
        assert clean_paragraphs(event.summary, 2000) == event.summary
        assert "{" not in event.title + event.summary
        assert event.link is None or clean_link(event.link) == event.link
    for programme in recorded_calendar().programmes:
        assert clean_paragraphs(programme.goals, 2000) == programme.goals


def test_the_same_seed_gives_the_same_examples_on_every_python(examples: tuple[DemoEvent, ...]) -> None:
    told = json.dumps([asdict(event) for event in examples], default=str, sort_keys=True)
    assert hashlib.sha256(told.encode()).hexdigest() == (
        "5c9994b4dd0e2fb7654b08fb72259a7c84e19918b92a4236ff71e49aae4327f5"
    )


@pytest.mark.parametrize("seed", [0, 1, 7, 99])
def test_any_seed_gives_six_hundred_with_titles_of_their_own(seed: int) -> None:
    events = (*recorded_events(), *example_events(seed))
    assert len({(event.programme, event.title) for event in events}) == 600
