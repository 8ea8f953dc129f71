"""Logging a session: from an event or one's own, sent once, never twice for one hour."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from queue import SimpleQueue
from typing import TypeVar

import pytest
import sqlalchemy as sa

from pdtracker.actions.claims import (
    AttendedTime,
    SessionFacts,
    begin_from_event,
    begin_own,
    change_session,
    change_time,
    submit_claim,
    withdraw_claim,
)
from pdtracker.actions.evidence import add_link
from pdtracker.actions.reflections import Written, save_answers
from pdtracker.audit import first_break
from pdtracker.domain.claim import ClaimState, Step
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.refusals import NotHere, NotNow, NotPermitted, NotValid
from pdtracker.models.claims import Claim, ClaimStep
from pdtracker.models.events import Event, EventState
from pdtracker.queries import claims, histories, reflections
from pdtracker.scope import Scope
from tests.claiming import a_complete_draft, a_draft, a_sent_claim, at_hours, complete, send
from tests.factories import NOW, Cast, an_event

T = TypeVar("T")

OWN = SessionFacts(
    title="A week on reading",
    host="State library",
    kind=EventKind.WEBINAR,
    category=CreditCategory.CONTENT,
    link="",
)


@pytest.fixture
def ada(cast: Cast) -> Scope:
    return cast.scope("ada")


def test_a_draft_copies_the_event_s_facts(ada: Scope) -> None:
    event_id = an_event(ada)
    claim = claims.own_claim(ada, begin_from_event(ada, event_id))
    assert (claim.title, claim.kind, claim.category) == (
        "Closing the gap with open resources",
        EventKind.WEBINAR,
        CreditCategory.PEDAGOGY,
    )
    assert (claim.starts_at, claim.ends_at, claim.minutes) == (
        NOW - timedelta(hours=2),
        NOW - timedelta(hours=1),
        60,
    )
    assert claim.session_minutes == 60
    assert claim.hashtag == "#gap"
    assert claim.state is ClaimState.DRAFT


def test_what_a_host_changes_later_changes_no_claim(ada: Scope, cast: Cast) -> None:
    event_id = an_event(ada)
    claim_id = begin_from_event(ada, event_id)
    with ada.session.writing():
        ada.session.execute(
            sa.update(Event)
            .where(Event.id == event_id)
            .values(title="Twice as long", ends_at=NOW + timedelta(hours=3))
        )
    claim = claims.own_claim(cast.scope("ada"), claim_id)
    assert (claim.title, claim.session_minutes) == ("Closing the gap with open resources", 60)


def test_of_an_open_window_no_minutes_are_guessed(ada: Scope) -> None:
    claim_id = a_draft(
        ada,
        kind=EventKind.BOOK_CLUB,
        has_hours=False,
        starts_at=NOW - timedelta(days=9),
        ends_at=NOW + timedelta(days=9),
    )
    claim = claims.own_claim(ada, claim_id)
    assert (claim.minutes, claim.session_minutes, claim.ends_at) == (None, None, None)


def test_the_same_event_twice_is_one_claim(ada: Scope) -> None:
    event_id = an_event(ada)
    assert begin_from_event(ada, event_id) == begin_from_event(ada, event_id)


def test_an_event_can_be_logged_again_after_its_claim_was_withdrawn(ada: Scope) -> None:
    event_id = an_event(ada)
    first = begin_from_event(ada, event_id)
    withdraw_claim(ada, first)
    second = begin_from_event(ada, event_id)
    assert second != first
    complete(ada, first)
    with pytest.raises(NotValid, match="thing to put right") as refusal:
        send(ada, first)
    assert "event" in refusal.value.errors


def test_an_event_to_come_and_a_cancelled_one_can_not_be_logged(ada: Scope) -> None:
    later = an_event(ada, starts_at=NOW + timedelta(hours=1), ends_at=NOW + timedelta(hours=2))
    with pytest.raises(NotNow, match="You can log it from then on"):
        begin_from_event(ada, later)
    cancelled = an_event(ada, state=EventState.CANCELLED)
    with pytest.raises(NotNow, match="cancelled"):
        begin_from_event(ada, cancelled)


def test_another_district_s_event_and_claim_do_not_exist(cast: Cast, ada: Scope) -> None:
    dee = cast.scope("dee")
    with pytest.raises(NotHere):
        begin_from_event(ada, an_event(dee))
    theirs = a_complete_draft(dee)
    for act in (
        lambda: submit_claim(ada, theirs, seen_version=1),
        lambda: withdraw_claim(ada, theirs),
        lambda: change_session(ada, theirs, OWN),
        lambda: add_link(ada, theirs, "https://x.example", note=""),
        lambda: save_answers(ada, theirs, [Written(1, "mine", "1-00000000")]),
    ):
        with pytest.raises(NotHere):
            act()


def test_a_colleague_s_claim_is_not_one_s_own(cast: Cast, ada: Scope) -> None:
    claim_id = a_complete_draft(ada)
    for name in ("bo", "cam", "hal"):
        with pytest.raises(NotPermitted):
            submit_claim(cast.scope(name), claim_id, seen_version=1)


def test_one_s_own_session_is_begun_once_for_one_form(ada: Scope) -> None:
    first = begin_own(ada, OWN, key="a-key")
    assert begin_own(ada, OWN, key="a-key") == first
    assert begin_own(ada, OWN, key="another") != first
    claim = claims.own_claim(ada, first)
    assert (claim.title, claim.zone, claim.minutes) == ("A week on reading", "America/New_York", None)


def test_of_an_event_only_the_category_can_be_changed(ada: Scope) -> None:
    claim_id = a_draft(ada)
    change_session(ada, claim_id, OWN)
    claim = claims.own_claim(ada, claim_id)
    assert (claim.title, claim.category) == ("Closing the gap with open resources", CreditCategory.CONTENT)


def _time(**more: object) -> AttendedTime:
    values: dict[str, object] = {
        "starts_at": NOW - timedelta(hours=2),
        "ends_at": NOW - timedelta(hours=1),
        "zone": "America/New_York",
        "minutes": None,
        "longer_reason": "",
    }
    return AttendedTime(**{**values, **more})  # type: ignore[arg-type]


def test_without_hours_all_minutes_between_start_and_end_are_claimed(ada: Scope) -> None:
    claim_id = begin_own(ada, OWN, key="")
    change_time(ada, claim_id, _time(starts_at=NOW - timedelta(minutes=150)))
    assert claims.own_claim(ada, claim_id).minutes == 90


@pytest.mark.parametrize(
    ("more", "field", "sentence"),
    [
        ({"ends_at": NOW - timedelta(hours=3)}, "ends", "Enter an end after that"),
        ({"ends_at": NOW + timedelta(hours=3)}, "ends", "once it is over"),
        ({"starts_at": NOW - timedelta(hours=30)}, "ends", "at most a day"),
        ({"minutes": 90}, "minutes", "is 1\N{NO-BREAK SPACE}hour. Enter 1\N{NO-BREAK SPACE}hour or less."),
        (
            {"minutes": 90, "longer_reason": "It felt so."},
            "minutes",
            "Enter 1\N{NO-BREAK SPACE}hour or less.",
        ),
        ({"ends_at": NOW - timedelta(minutes=30)}, "ends", "tell us why it was longer"),
        (
            {"starts_at": NOW - timedelta(days=365), "ends_at": NOW - timedelta(days=365, hours=-1)},
            "starts",
            "began",
        ),
    ],
)
def test_impossible_times_are_refused_at_their_field(
    ada: Scope, more: dict[str, object], field: str, sentence: str
) -> None:
    claim_id = a_draft(ada)
    with pytest.raises(NotValid) as refusal:
        change_time(ada, claim_id, _time(**more))
    assert sentence in refusal.value.errors[field]
    assert claims.own_claim(ada, claim_id).version == 1


def test_longer_than_the_session_needs_a_reason(ada: Scope) -> None:
    claim_id = a_draft(ada)
    longer = _time(ends_at=NOW - timedelta(minutes=30))
    with pytest.raises(NotValid, match="thing to put right"):
        change_time(ada, claim_id, longer)
    change_time(ada, claim_id, _time(ends_at=NOW - timedelta(minutes=30), longer_reason="Questions went on."))
    assert claims.own_claim(ada, claim_id).minutes == 90


def test_sending_stores_what_the_queue_needs(ada: Scope, cast: Cast) -> None:
    claim_id = a_sent_claim(ada)
    claim = cast.scope("ada").session.scalar(sa.select(Claim).where(Claim.id == claim_id))
    assert claim is not None
    assert claim.state is ClaimState.SUBMITTED
    assert claim.reflection_words > 10
    assert claim.reflection_digest is not None
    assert claim.submitted_at == claim.waiting_since == NOW
    assert claim.school_id == cast.school_ids["Maplewood North"]
    (step,) = histories.steps(ada, claim_id)
    assert (step.step, step.from_state, step.to_state, step.by_name) == (
        Step.SUBMIT,
        ClaimState.DRAFT,
        ClaimState.SUBMITTED,
        "Ada Lindqvist",
    )
    assert first_break(cast.scope("ada").session) is None


def test_an_incomplete_claim_is_not_sent(ada: Scope) -> None:
    claim_id = a_draft(ada)
    with pytest.raises(NotValid) as refusal:
        send(ada, claim_id)
    assert list(refusal.value.errors) == ["evidence", "answer_1", "answer_2"]


def test_a_claim_that_changed_since_the_page_was_opened_is_not_sent(ada: Scope) -> None:
    claim_id = a_complete_draft(ada)
    seen = claims.own_claim(ada, claim_id).version
    change_session(ada, claim_id, OWN)
    with pytest.raises(NotNow, match="changed since"):
        submit_claim(ada, claim_id, seen_version=seen)


def test_sent_twice_it_is_sent_once(ada: Scope) -> None:
    claim_id = a_complete_draft(ada)
    seen = claims.own_claim(ada, claim_id).version
    assert submit_claim(ada, claim_id, seen_version=seen)
    assert not submit_claim(ada, claim_id, seen_version=seen)
    assert len(histories.steps(ada, claim_id)) == 1


def test_what_waits_can_not_be_changed(ada: Scope) -> None:
    claim_id = a_sent_claim(ada)
    for act in (
        lambda: change_time(ada, claim_id, _time()),
        lambda: change_session(ada, claim_id, OWN),
        lambda: add_link(ada, claim_id, "https://x.example", note=""),
        lambda: save_answers(ada, claim_id, [Written(1, "later", "2-00000000")]),
    ):
        with pytest.raises(NotNow, match="can't be changed"):
            act()


def test_a_withdrawn_claim_can_be_put_right_and_sent_again(ada: Scope) -> None:
    claim_id = a_sent_claim(ada)
    withdraw_claim(ada, claim_id)
    withdraw_claim(ada, claim_id)
    change_session(ada, claim_id, OWN)
    send(ada, claim_id)
    assert [step.step for step in histories.steps(ada, claim_id)] == [Step.SUBMIT, Step.WITHDRAW, Step.SUBMIT]


def test_an_hour_that_another_claim_holds_is_refused_by_its_name(ada: Scope) -> None:
    a_sent_claim(ada)
    second = a_complete_draft(ada, title="At the same time", **at_hours(ada, 1.5, 0.5))
    with pytest.raises(NotValid) as refusal:
        send(ada, second)
    sentence = refusal.value.errors["starts"]
    assert "“Closing the gap with open resources”" in sentence
    assert "October\N{NO-BREAK SPACE}20, 2014" in sentence


def a_day_of_study(scope: Scope, title: str, minutes: int, day: timedelta = timedelta(days=2)) -> int:
    """One's own session without fixed hours, complete, for the whole of a day."""
    facts = replace(OWN, title=title, kind=EventKind.COURSE)
    claim_id = begin_own(scope, facts, key="")
    midnight = datetime(2014, 10, 18, 4, tzinfo=UTC) - day
    change_time(
        scope,
        claim_id,
        AttendedTime(
            starts_at=midnight,
            ends_at=midnight + timedelta(days=1),
            zone="America/New_York",
            minutes=minutes,
            longer_reason="",
        ),
    )
    complete(scope, claim_id)
    return claim_id


def test_a_day_never_has_more_than_24_hours_whatever_kinds_are_claimed(ada: Scope) -> None:
    send(ada, a_day_of_study(ada, "Course A", 1200))
    second = a_day_of_study(ada, "Course B", 300)
    with pytest.raises(NotValid) as refusal:
        send(ada, second)
    assert (
        "25\N{NO-BREAK SPACE}hours together with “Course A” on October\N{NO-BREAK SPACE}16, 2014"
        in (refusal.value.errors["starts"])
    )
    assert claims.own_claim(ada, second).state is ClaimState.DRAFT
    send(ada, a_day_of_study(ada, "Course C", 240))
    send(ada, a_day_of_study(ada, "Course D", 300, timedelta(days=3)))


def test_a_session_that_begins_as_another_ends_does_not_overlap(ada: Scope) -> None:
    a_sent_claim(ada)
    send(ada, a_complete_draft(ada, **at_hours(ada, 1, 0.5)))


def test_neither_a_withdrawn_claim_nor_a_draft_nor_a_colleague_holds_time(cast: Cast, ada: Scope) -> None:
    a_complete_draft(ada)
    withdraw_claim(ada, a_sent_claim(ada))
    send(ada, a_complete_draft(ada))


def test_an_open_window_holds_no_time(ada: Scope) -> None:
    forum = a_draft(
        ada,
        kind=EventKind.FORUM,
        has_hours=False,
        starts_at=NOW - timedelta(days=9),
        ends_at=NOW - timedelta(minutes=1),
    )
    change_time(
        ada, forum, _time(starts_at=NOW - timedelta(days=9), ends_at=NOW - timedelta(minutes=2), minutes=120)
    )
    complete(ada, forum)
    send(ada, forum)
    a_sent_claim(ada)


def test_a_prompt_is_kept_as_it_was_asked(ada: Scope) -> None:
    claim_id = a_draft(ada)
    asked = [row.question for row in reflections.answers(ada, claim_id)]
    assert asked == [prompt.question for prompt in reflections.prompts(ada)]


def test_two_hundred_at_once_make_one_claim_and_one_submission(cast: Cast) -> None:
    """Without `claims.lock_me` two requests would both find the event free (PostgreSQL) and one would fail."""
    event_id = an_event(cast.scope("ada"))
    begun = _at_once(cast, 200, lambda scope: begin_from_event(scope, event_id))
    assert len(set(begun)) == 1
    claim_id = begun[0]
    ada = cast.scope("ada")
    complete(ada, claim_id)
    seen = claims.own_claim(ada, claim_id).version
    ada.session.rollback()
    sent = _at_once(cast, 200, lambda scope: submit_claim(scope, claim_id, seen_version=seen))
    assert Counter(sent) == {True: 1, False: 199}
    with cast.database.session(cast.maplewood.id) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Claim)) == 1
        assert session.scalar(sa.select(sa.func.count()).select_from(ClaimStep)) == 1
        assert first_break(session) is None


@pytest.mark.parametrize("_round", range(5))
def test_of_two_claims_for_one_hour_sent_at_once_only_one_is_sent(cast: Cast, _round: int) -> None:
    """Without `claims.lock_me` both would find the hour free on PostgreSQL."""
    ada = cast.scope("ada")
    pair = [a_complete_draft(ada, title=f"Session {number}") for number in (1, 2)]
    versions = {claim_id: claims.own_claim(ada, claim_id).version for claim_id in pair}
    ada.session.rollback()
    waiting = SimpleQueue[int]()
    for claim_id in pair:
        waiting.put(claim_id)

    def outcome(scope: Scope) -> str:
        claim_id = waiting.get()
        try:
            submit_claim(scope, claim_id, seen_version=versions[claim_id])
        except NotValid as refusal:
            return next(iter(refusal.errors))
        return "sent"

    assert sorted(_at_once(cast, 2, outcome)) == ["sent", "starts"]


def _at_once(cast: Cast, count: int, act: Callable[[Scope], T]) -> list[T]:
    """What `count` requests of Ada give, sixteen at a time, each with a session of its own."""
    template = cast.scope("ada")
    gate = threading.Barrier(min(count, 16))

    def one(number: int) -> T:
        with cast.database.session(cast.maplewood.id) as session:
            scope = replace(template, session=session, happened=[])
            if number < gate.parties:
                gate.wait()
            return act(scope)

    with ThreadPoolExecutor(gate.parties) as pool:
        return list(pool.map(one, range(count)))
