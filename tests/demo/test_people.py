"""The two districts: who is there, in which role, under names of many letters."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from pdtracker.demo.calendar import recorded_calendar
from pdtracker.demo.people import PASSWORD, credit_policies, districts, people, prompts
from pdtracker.domain.access import Role
from pdtracker.domain.kinds import EventKind
from pdtracker.domain.policy import CreditPolicy, policy_for
from pdtracker.domain.text import clean_line, clean_name
from pdtracker.domain.when import known_zone


def test_maplewood_has_two_schools_and_forty_people() -> None:
    maplewood, riverton = districts()
    assert (maplewood.name, maplewood.zone) == ("Maplewood Central School District", "America/New_York")
    assert maplewood.schools == ("Birch Hill Middle", "Maplewood Elementary")
    assert riverton.zone == "America/Los_Angeles"
    assert Counter(person.district for person in people()) == {"maplewood": 40, "riverton": 6}
    assert all(known_zone(district.zone) for district in districts())


def test_the_cast_stands_in_its_roles() -> None:
    cast = {person.email: person for person in people()}
    assert cast["ada@maplewood.example"].roles == (Role.TEACHER,)
    assert cast["bo@maplewood.example"].roles == (Role.REVIEWER,)
    assert cast["cam@maplewood.example"].roles == (Role.ADMINISTRATOR,)
    assert cast["hugo@maplewood.example"].roles == (Role.TEACHER, Role.HOST)
    assert cast["dee@riverton.example"].roles == (Role.TEACHER,)
    assert [person.email for person in people() if person.shown_as] == [
        "cam@maplewood.example",
        "bo@maplewood.example",
        "ada@maplewood.example",
        "hugo@maplewood.example",
        "ruth@maplewood.example",
        "dee@riverton.example",
    ]


def test_bo_reviews_the_whole_district_and_ruth_one_school() -> None:
    reviews = {person.email: person.reviews_only for person in people() if Role.REVIEWER in person.roles}
    assert reviews == {
        "bo@maplewood.example": None,
        "ruth@maplewood.example": "Maplewood Elementary",
        "ray@riverton.example": None,
    }


def test_people_belong_to_schools_of_their_district_and_addresses_are_unique() -> None:
    schools = {district.slug: {*district.schools, None} for district in districts()}
    assert all(person.school in schools[person.district] for person in people())
    assert len({person.email for person in people()}) == len(people())
    assert all(person.email.isascii() and person.email == person.email.lower() for person in people())


def test_names_are_clean_and_of_several_scripts() -> None:
    names = [person.name for person in people()]
    assert all(clean_name(name) == name for name in names)
    assert len(set(names)) == len(names)
    assert min(map(len, names)) <= 6
    assert max(map(len, names)) >= 40
    letters = set("".join(names))
    assert set("Łśøễứπлéëíâő") <= letters


def test_three_prompts_with_hints() -> None:
    asked = prompts()
    assert [prompt.position for prompt in asked] == [1, 2, 3]
    assert "Nothing yet" in asked[2].hint
    assert all(clean_line(prompt.question, 200) == prompt.question for prompt in asked)


def test_policies_read_back_from_their_documents_and_apply_today() -> None:
    today = date(2026, 11, 21)
    policies = credit_policies(today)
    assert set(policies) == {district.slug for district in districts()}
    for editions in policies.values():
        assert [CreditPolicy.from_document(one.to_document()) for one in editions] == list(editions)
        policy = policy_for(editions, today)
        assert (policy.required_minutes, policy.step_minutes, policy.minimum_session_minutes) == (900, 15, 30)
        assert [cap.minutes_per_year for cap in policy.caps_for(EventKind.HASHTAG_CHAT)] == [180]
        for kind in (EventKind.SELF_PACED, EventKind.COURSE, EventKind.WORKSHOP, EventKind.OTHER):
            assert [cap.minutes_per_year for cap in policy.caps_for(kind)] == [300]


def test_each_day_of_the_calendar_has_rules_and_only_one_edition() -> None:
    editions = credit_policies(date(2026, 11, 21))["maplewood"]
    days = [date(2012, 7, 1) + timedelta(days=days) for days in range(0, 365 * 15, 9)]
    assert all(sum(policy.applies_on(day) for policy in editions) == 1 for day in days)
    calendar = recorded_calendar()
    assert all(policy_for(editions, event.starts_at.date()) == editions[0] for event in calendar.events)


def test_the_password_is_the_one_on_the_sign_in_page() -> None:
    assert PASSWORD == "connected-educator"
