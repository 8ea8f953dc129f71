"""What a claim lacks before it can be sent, told at the field."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pdtracker.domain.calendar import EventTime
from pdtracker.domain.draft import ClaimDraft, DraftAnswer, claim_faults, counted_session_minutes
from pdtracker.domain.kinds import EventKind

# Tuesday, October 14, 2014, 7:00 pm Eastern: the chat with Secretary Duncan.
START = datetime(2014, 10, 14, 23, 0, tzinfo=UTC)
END = START + timedelta(minutes=60)
LATER = END + timedelta(days=1)

COMPLETE = ClaimDraft(
    title="Chat with Secretary Duncan",
    host="U.S. Department of Education",
    kind=EventKind.HASHTAG_CHAT,
    starts_at=START,
    ends_at=END,
    zone="America/New_York",
    minutes=60,
    session_minutes=60,
    longer_reason="",
    evidence_count=1,
    answers=(
        DraftAnswer("answer-1", "That the pledge asks for a named person."),
        DraftAnswer("answer-2", "Nothing yet."),
    ),
)


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_a_complete_claim_lacks_nothing() -> None:
    assert claim_faults(COMPLETE, LATER) == {}


def test_an_empty_claim_is_told_everything_at_once_in_the_order_of_the_form() -> None:
    empty = ClaimDraft(
        title=" ",
        host="",
        kind=None,
        starts_at=None,
        ends_at=None,
        zone="America/New_York",
        minutes=None,
        session_minutes=None,
        longer_reason="",
        evidence_count=0,
        answers=(DraftAnswer("answer-1", ""), DraftAnswer("answer-2", " \n")),
    )
    faults = claim_faults(empty, LATER)
    assert list(faults) == [
        "title",
        "host",
        "kind",
        "starts",
        "ends",
        "minutes",
        "evidence",
        "answer-1",
        "answer-2",
    ]
    assert all(sentence.endswith(".") for sentence in faults.values())


@pytest.mark.parametrize("minutes", [0, 60])
def test_an_end_at_or_before_the_start_is_refused(minutes: int) -> None:
    faults = claim_faults(replace(COMPLETE, ends_at=START - timedelta(minutes=minutes)), LATER)
    assert list(faults) == ["ends"]
    assert plain(faults["ends"]) == "It started on October 14, 2014 at 7:00 pm. Enter an end after that."


def test_a_future_session_can_not_be_sent_yet() -> None:
    faults = claim_faults(COMPLETE, START)
    assert plain(faults["ends"]) == (
        "It ends on October 14, 2014 at 8:00 pm. You can send the claim once it is over."
    )


def test_a_session_can_be_claimed_a_quarter_of_an_hour_before_its_end() -> None:
    early = timedelta(minutes=15)
    assert claim_faults(COMPLETE, END - early) == {}
    assert list(claim_faults(COMPLETE, END - early - timedelta(seconds=1))) == ["ends"]


def test_more_minutes_than_the_session_lasted_ask_for_a_reason() -> None:
    longer = replace(COMPLETE, ends_at=END + timedelta(minutes=30), minutes=90)
    assert {field: plain(text) for field, text in claim_faults(longer, LATER).items()} == {
        "minutes": "The chat lasted 1 hour and you entered 1.5 hours. "
        "Enter 1 hour or less, or tell us why it was longer."
    }
    assert claim_faults(replace(longer, longer_reason="Questions went on until half past."), LATER) == {}


@pytest.mark.parametrize("kind", EventKind)
def test_no_reason_makes_the_minutes_more_than_lie_between_start_and_end(kind: EventKind) -> None:
    minute = replace(
        COMPLETE,
        kind=kind,
        session_minutes=None,
        ends_at=START + timedelta(minutes=2),
        minutes=3,
        longer_reason="It felt long.",
    )
    assert {field: plain(text) for field, text in claim_faults(minute, LATER).items()} == {
        "minutes": "From 7:00 pm to 7:02 pm is 2 minutes. Enter 2 minutes or less."
    }
    assert claim_faults(replace(minute, minutes=2), LATER) == {}


def test_over_midnight_each_end_is_told_with_its_day() -> None:
    forum = replace(COMPLETE, kind=EventKind.FORUM, session_minutes=None, ends_at=START + timedelta(hours=6))
    told = plain(claim_faults(replace(forum, minutes=361), LATER)["minutes"])
    assert told == ("From October 14, 7:00 pm to October 15, 1:00 am is 6 hours. Enter 6 hours or less.")


ZONE = "America/New_York"
HELD = EventTime(START, END, ZONE, has_hours=True)


@pytest.mark.parametrize(
    ("first", "last", "field", "sentence"),
    [
        (
            -31,
            60,
            "starts",
            "The chat began on October 14, 2014 at 7:00 pm. Enter a start from 6:30 pm that day on.",
        ),
        (-525_600, -525_540, "starts", "The chat began on October 14, 2014 at 7:00 pm."),
        (-25, 0, "starts", "The chat began on October 14, 2014 at 7:00 pm."),
        (60, 120, "starts", "The chat ended on October 14, 2014 at 8:00 pm. Enter a start before that."),
        (
            0,
            241,
            "ends",
            "The chat ended on October 14, 2014 at 8:00 pm. Enter an end within 3 hours of that.",
        ),
    ],
)
def test_who_was_at_an_event_was_there_while_it_ran(first: int, last: int, field: str, sentence: str) -> None:
    apart = replace(
        COMPLETE,
        starts_at=START + timedelta(minutes=first),
        ends_at=START + timedelta(minutes=last),
        minutes=15,
        held=HELD,
    )
    faults = claim_faults(apart, LATER)
    assert list(faults) == [field]
    assert plain(faults[field]).startswith(sentence)


def test_a_little_earlier_and_a_little_longer_is_the_same_event() -> None:
    early, late = START - timedelta(minutes=30), END + timedelta(hours=3)
    assert claim_faults(replace(COMPLETE, starts_at=early, ends_at=late, held=HELD), LATER) == {}


def test_an_open_window_counts_on_its_days() -> None:
    # October 1 to 14 in New York: it ends with the midnight after the 14th.
    opened, closed = datetime(2014, 10, 1, 4, tzinfo=UTC), datetime(2014, 10, 15, 4, tzinfo=UTC)
    forum = replace(
        COMPLETE,
        kind=EventKind.FORUM,
        session_minutes=None,
        starts_at=opened,
        ends_at=closed,
        held=EventTime(opened, closed, ZONE, has_hours=False),
    )
    minute = timedelta(minutes=1)
    assert claim_faults(forum, LATER) == {}
    before = claim_faults(replace(forum, starts_at=opened - minute), LATER)
    assert plain(before["starts"]) == "The forum began on October 1, 2014. Enter a start from that day on."
    after = claim_faults(replace(forum, ends_at=closed + minute), LATER)
    assert plain(after["ends"]) == "The forum ended on October 14, 2014. Enter an end by that day."


def test_a_live_event_of_which_only_the_beginning_is_known_was_on_that_day() -> None:
    begun = replace(COMPLETE, held=EventTime(START - timedelta(days=1), None, ZONE, has_hours=False))
    faults = claim_faults(begun, LATER)
    assert plain(faults["starts"]) == "The chat was on October 13, 2014. Enter a start on that day."
    assert claim_faults(replace(begun, kind=EventKind.FORUM), LATER) == {}


def test_ones_own_live_session_lasts_from_its_start_to_its_end() -> None:
    own = replace(COMPLETE, session_minutes=None)
    assert counted_session_minutes(own) == 60
    assert list(claim_faults(replace(own, minutes=61), LATER)) == ["minutes"]


def test_an_open_window_has_no_length_to_compare_with() -> None:
    forum = replace(
        COMPLETE,
        kind=EventKind.FORUM,
        session_minutes=None,
        starts_at=START - timedelta(days=30),
        minutes=600,
    )
    assert counted_session_minutes(forum) is None
    assert claim_faults(forum, LATER) == {}


def test_a_live_session_lasts_at_most_a_day() -> None:
    day = replace(COMPLETE, starts_at=END - timedelta(days=1), session_minutes=None)
    assert claim_faults(day, LATER) == {}
    faults = claim_faults(replace(day, starts_at=END - timedelta(days=1, minutes=1)), LATER)
    assert faults == {"ends": "One session lasts at most a day. Log each day as a claim of its own."}


def test_a_window_lasts_at_most_a_year() -> None:
    forum = replace(COMPLETE, kind=EventKind.FORUM, session_minutes=None)
    assert claim_faults(replace(forum, starts_at=END - timedelta(days=366)), LATER) == {}
    assert list(claim_faults(replace(forum, starts_at=END - timedelta(days=367)), LATER)) == ["ends"]


@pytest.mark.parametrize("minutes", [-1, 0, 1441])
def test_minutes_outside_a_day_are_refused(minutes: int) -> None:
    faults = claim_faults(replace(COMPLETE, minutes=minutes, longer_reason="It was long."), LATER)
    assert faults == {"minutes": "Enter between 1 minute and 24 hours."}


def test_minutes_are_not_compared_with_a_span_that_is_itself_at_fault() -> None:
    backwards = replace(COMPLETE, session_minutes=None, ends_at=START - timedelta(hours=1))
    assert list(claim_faults(backwards, LATER)) == ["ends"]


def test_each_unanswered_prompt_is_named() -> None:
    unanswered = replace(COMPLETE, answers=(COMPLETE.answers[0], DraftAnswer("answer-2", "\n")))
    assert claim_faults(unanswered, LATER) == {
        "answer-2": 'Answer in two or three sentences. "Nothing yet" is an honest answer.'
    }


def test_evidence_can_be_ones_own_word_but_not_nothing() -> None:
    assert "give your word" in claim_faults(replace(COMPLETE, evidence_count=0), LATER)["evidence"]
