"""What an event would bring: would it count for me, and as what."""

from __future__ import annotations

from datetime import date

from pdtracker.domain.credit import CreditPolicy, KindCap
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.outlook import Outlook, outlook

CHAT = EventKind.HASHTAG_CHAT


def policy(**more: object) -> CreditPolicy:
    told = {"name": "Maplewood hours", "edition": "2014-1", "effective_from": date(2014, 7, 1)}
    return CreditPolicy(**(told | more))  # type: ignore[arg-type]


def asked(rules: CreditPolicy, minutes: int | None, kind: EventKind = CHAT, had: int = 0) -> Outlook:
    return outlook(
        rules,
        kind=kind,
        category=CreditCategory.PEDAGOGY,
        minutes=minutes,
        on=date(2014, 10, 14),
        credited_by_kind={kind.value: had},
    )


def test_an_hour_counts_as_an_hour_in_its_category() -> None:
    found = asked(policy(), 60)
    assert found.counts
    assert found.minutes == 60
    assert found.answer == "Yes, 1\u00a0hour as Pedagogy"
    assert found.policy == "Maplewood hours, edition 2014-1"


def test_what_steps_round_away_is_said() -> None:
    found = asked(policy(), 50)
    assert found.minutes == 45
    assert found.answer == "Yes, up to 0.75\u00a0hours as Pedagogy"
    assert "50 becomes 45" in " ".join(found.why)


def test_nobody_is_told_that_they_entered_something() -> None:
    assert not any("You entered" in sentence for sentence in asked(policy(), 60).why)


def test_a_full_cap_says_no_and_why() -> None:
    found = asked(policy(caps=(KindCap(CHAT, 180),)), 60, had=180)
    assert not found.counts
    assert found.answer == "No"
    assert "Hashtag chats count up to 3\u00a0hours" in found.why[-1]


def test_what_is_too_short_says_no_and_why() -> None:
    found = asked(policy(minimum_session_minutes=30), 20)
    assert (found.counts, found.answer) == (False, "No")
    assert "30\u00a0minutes" in found.why[0]


def test_something_open_counts_as_long_as_one_logs_and_the_cap_leaves() -> None:
    free = asked(policy(), None, EventKind.FORUM)
    assert (free.counts, free.minutes, free.answer) == (True, None, "Yes, as Pedagogy")
    capped = asked(policy(caps=(KindCap(EventKind.FORUM, 300),)), None, EventKind.FORUM, had=120)
    assert capped.answer == "Yes, up to 3\u00a0hours as Pedagogy"
    full = asked(policy(caps=(KindCap(EventKind.FORUM, 300),)), None, EventKind.FORUM, had=300)
    assert (full.counts, full.answer) == (False, "No")


def test_a_live_event_without_hours_is_not_said_to_be_open() -> None:
    assert asked(policy(), None).why[0].startswith("Its hours are not recorded")


def test_a_category_without_credit_says_no() -> None:
    found = asked(policy(categories=(CreditCategory.CONTENT,)), 60)
    assert (found.counts, found.why) == (False, ("Your district gives no credit in Pedagogy.",))


def test_an_event_of_several_days_is_said_to_count_by_its_sessions() -> None:
    found = outlook(
        policy(),
        kind=EventKind.CONFERENCE,
        category=CreditCategory.PEDAGOGY,
        minutes=None,
        on=date(2014, 10, 14),
        credited_by_kind={},
        by_session=True,
    )
    assert found.why[0].startswith("Each session counts for itself")
