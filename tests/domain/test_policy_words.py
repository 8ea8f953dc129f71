"""A credit policy in plain words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from pdtracker.domain.equivalence import ApplicationRule, RecordingRule
from pdtracker.domain.follow_up import FollowUpRule
from pdtracker.domain.hours import NBSP
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.licence import FollowUpKind
from pdtracker.domain.policy import CreditPolicy, KindCap
from pdtracker.domain.policy_words import in_force, last_day_of, sentences

PLAIN = CreditPolicy(name="Maplewood hours", edition="2014-1", effective_from=date(2014, 7, 1))


def _said(policy: CreditPolicy) -> list[str]:
    return [sentence.replace(NBSP, " ") for sentence in sentences(policy)]


def test_each_rule_is_a_sentence() -> None:
    policy = replace(
        PLAIN,
        minimum_session_minutes=30,
        caps=(KindCap(None, 600), KindCap(EventKind.HASHTAG_CHAT, percent=20), KindCap(EventKind.TOUR, 0)),
        categories=(CreditCategory.ELL, CreditCategory.STEM),
        unit_minutes=50,
        application=ApplicationRule(kinds=(EventKind.HASHTAG_CHAT,)),
        recordings=RecordingRule(kinds=(EventKind.WEBINAR, EventKind.PANEL), summary_words=80),
        logged_kinds=(EventKind.BOOK_CLUB,),
        follow_ups=(
            FollowUpRule(kind=FollowUpKind.IMPACT, after_days=90, within_days=365, percent=0),
            FollowUpRule(kind=FollowUpKind.APPLICATION, after_days=1, within_days=60, percent=50),
        ),
    )
    assert _said(policy) == [
        "A session counts from 30 minutes on; what is shorter doesn't count.",
        "Applying it in class counts beside what was attended, up to as much again, with a written reflection: "
        "for hashtag chats.",
        "A recording counts with a reflection of 80 words or more: for webinars and panels. Other live sessions "
        "count live only.",
        "A log of days is asked of book clubs; what it shows counts.",
        "Time counts in quarter-hour steps, rounded down: 59 minutes become 45.",
        "Hashtag chats count up to 3 hours a school year, 20 % of what is asked for.",
        "Tours don't count.",
        "All kinds together count up to 10 hours a school year.",
        "What is left under a cap is again counted in whole steps.",
        "A school year asks for 15 hours. It begins on July 1.",
        "Certificates state the credit in units of 50 minutes.",
        "Credit is given in English language learners and STEM.",
        "Used in class: from 1 day after an activity until 60 days after it, telling of it brings 50 % of the "
        "original minutes.",
        "Effect on students: from 90 days after an activity until 365 days after it, telling of it brings nothing "
        "here, and counts for licences whose rules know it.",
    ]


def test_what_a_policy_does_not_ask_is_said_too() -> None:
    said = _said(replace(PLAIN, minimum_session_minutes=0, step_minutes=1))
    assert said[0] == "A session counts however short it is."
    assert "Every minute counts." in said
    assert "A recording of a live session doesn't count." in said
    assert "rounded down: 59 minutes become 54." in _said(replace(PLAIN, step_minutes=6))[2]


def test_an_edition_holds_until_the_day_before_the_next_or_its_own_last() -> None:
    later = replace(PLAIN, edition="2015-1", effective_from=date(2015, 7, 1))
    assert last_day_of(PLAIN, [PLAIN, later]) == date(2015, 6, 30)
    assert last_day_of(later, [PLAIN, later]) is None
    short = replace(PLAIN, effective_until=date(2014, 12, 31))
    assert last_day_of(short, [short, later]) == date(2014, 12, 31)
    assert in_force(PLAIN, date(2015, 6, 30)).replace(NBSP, " ") == (
        "For activities from July 1, 2014 to June 30, 2015."
    )
    assert in_force(later, None).replace(NBSP, " ") == "For activities from July 1, 2015 on."


def test_an_example_of_whole_hours_leaves_something() -> None:
    assert "Time counts in whole hours, rounded down: 119 minutes become 60." in _said(
        replace(PLAIN, step_minutes=60)
    )


def test_policies_that_mean_the_same_say_the_same() -> None:
    """The preview of a new edition compares sentences; an order that means nothing would be told as a change."""
    used = FollowUpRule(kind=FollowUpKind.APPLICATION, after_days=1, within_days=60, percent=50)
    gained = FollowUpRule(kind=FollowUpKind.IMPACT, after_days=90, within_days=365, percent=0)
    policy = replace(
        PLAIN,
        caps=(KindCap(EventKind.WEBINAR, 600), KindCap(EventKind.TOUR, 0), KindCap(None, 900)),
        categories=(CreditCategory.CONTENT, CreditCategory.ELL, CreditCategory.STEM),
        application=ApplicationRule(kinds=(EventKind.WEBINAR, EventKind.HASHTAG_CHAT)),
        recordings=RecordingRule(kinds=(EventKind.WEBINAR, EventKind.PANEL), summary_words=80),
        logged_kinds=(EventKind.FORUM, EventKind.BOOK_CLUB),
        follow_ups=(used, gained),
    )
    turned = replace(
        policy,
        caps=policy.caps[::-1],
        categories=policy.categories[::-1],
        application=ApplicationRule(kinds=(EventKind.HASHTAG_CHAT, EventKind.WEBINAR)),
        recordings=RecordingRule(kinds=(EventKind.PANEL, EventKind.WEBINAR), summary_words=80),
        logged_kinds=policy.logged_kinds[::-1],
        follow_ups=policy.follow_ups[::-1],
    )
    assert _said(turned) == _said(policy)
    assert "with a written reflection: for webinars and hashtag chats." in _said(turned)[1]
