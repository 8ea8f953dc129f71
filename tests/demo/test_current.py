"""The programme around today: something behind, something ahead, something yesterday and today, on any day."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from pdtracker.demo.calendar import recorded_calendar
from pdtracker.demo.current import ZONE, current_programme, weekday_from
from pdtracker.demo.examples import example_organizations
from pdtracker.demo.people import people
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.text import clean_line, clean_paragraphs
from pdtracker.domain.when import local

ANY_DAYS = [date(2026, 11, 16) + timedelta(days=day) for day in range(7)] + [
    date(2027, 3, 14),
    date(2027, 11, 7),
    date(2028, 2, 29),
    date(2026, 12, 31),
]


@pytest.mark.parametrize("today", ANY_DAYS, ids=str)
def test_about_sixty_events_lie_five_weeks_behind_and_four_ahead(today: date) -> None:
    calendar = current_programme(today)
    assert 58 <= len(calendar.events) <= 66
    (programme,) = calendar.programmes
    assert (programme.starts_on, programme.ends_on) == (
        today - timedelta(days=35),
        today + timedelta(days=28),
    )
    assert all(programme.starts_on <= event.first_on for event in calendar.events)
    assert all(event.last_on <= programme.ends_on for event in calendar.events)


@pytest.mark.parametrize("today", ANY_DAYS, ids=str)
def test_several_happened_yesterday_and_several_are_today(today: date) -> None:
    days = [
        local(event.starts_at, ZONE).date() for event in current_programme(today).events if event.kind.is_live
    ]
    assert days.count(today - timedelta(days=1)) >= 3
    assert days.count(today) >= 4


@pytest.mark.parametrize("today", ANY_DAYS, ids=str)
def test_each_series_has_nine_dates_a_week_apart(today: date) -> None:
    for name in ("birchchat", "sundayseeds", "chalk"):
        dates = sorted(
            event.first_on for event in current_programme(today).events if event.key.startswith(name + "-")
        )
        assert len(dates) == 9
        assert {later - earlier for earlier, later in pairwise(dates)} == {timedelta(weeks=1)}


@pytest.mark.parametrize(
    ("today", "name"),
    [
        (date(2026, 11, 21), "Connected Educators, autumn 2026"),
        (date(2026, 12, 1), "Connected Educators, winter 2026\N{EN DASH}27"),
        (date(2027, 2, 28), "Connected Educators, winter 2026\N{EN DASH}27"),
        (date(2027, 3, 1), "Connected Educators, spring 2027"),
        (date(2027, 7, 4), "Connected Educators, summer 2027"),
    ],
)
def test_the_name_tells_the_season(today: date, name: str) -> None:
    assert current_programme(today).programmes[0].name == name


def test_everything_is_an_example_with_an_invented_host() -> None:
    calendar = current_programme(date(2026, 11, 21))
    hosts = {organization.slug for organization in calendar.organizations}
    others = {
        organization.slug for organization in (*recorded_calendar().organizations, *example_organizations())
    }
    assert all(event.is_example and event.host in hosts for event in calendar.events)
    assert all(organization.is_invented for organization in calendar.organizations)
    assert not hosts & others


def test_kinds_categories_and_themes_are_all_there() -> None:
    calendar = current_programme(date(2026, 11, 21))
    unseen = set(EventKind) - {event.kind for event in calendar.events}
    assert unseen == {EventKind.COURSE, EventKind.WORKSHOP, EventKind.OTHER}
    assert {event.category for event in calendar.events} == set(CreditCategory)
    assert {theme for event in calendar.events for theme in event.themes} == {
        theme.slug for theme in calendar.themes
    }


def test_hosts_of_events_are_people_of_the_demo() -> None:
    known = {person.email for person in people()}
    hosting = {email for event in current_programme(date(2026, 11, 21)).events for email in event.hosted_by}
    assert hosting == {"hugo@maplewood.example", "ruth@maplewood.example"}
    assert hosting <= known


def test_keys_and_titles_are_unique_and_texts_clean() -> None:
    events = current_programme(date(2026, 11, 21)).events
    assert len({event.key for event in events}) == len({event.title for event in events}) == len(events)
    for event in events:
        assert clean_line(event.title, 200) == event.title
        assert clean_paragraphs(event.summary, 2000) == event.summary
        assert "{" not in event.title + event.summary


def test_a_week_of_nought_is_refused() -> None:
    with pytest.raises(ValueError, match="counted from 1"):
        weekday_from(date(2026, 11, 21), 2, 0)
