"""The workflow: every path through `NEXT`, who may take a step, and the 15 minutes."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdtracker.domain.access import Permission
from pdtracker.domain.claim import (
    CLAIMANT_STEPS,
    EDITABLE_STATES,
    LIVE_STATES,
    NEXT,
    STEP_PERMISSION,
    UNDOABLE,
    ClaimState,
    Step,
    advance,
    may_review,
    may_undo,
    review_refusal,
    steps_from,
    undo_refusal,
    undo_until,
)
from pdtracker.domain.refusals import NotNow, NotPermitted, Refusal

ADA, BO, CAM = 1, 2, 3
DECIDED = datetime(2014, 10, 15, 20, 20, tzinfo=UTC)


def test_a_returned_claim_can_be_submitted_again() -> None:
    assert advance(ClaimState.RETURNED, Step.SUBMIT) is ClaimState.SUBMITTED


def test_a_withdrawn_claim_can_be_put_right_and_sent_again() -> None:
    assert ClaimState.WITHDRAWN in EDITABLE_STATES
    assert advance(ClaimState.WITHDRAWN, Step.SUBMIT) is ClaimState.SUBMITTED


@pytest.mark.parametrize("decision", sorted(UNDOABLE))
def test_an_undone_decision_leaves_the_claim_waiting_as_before(decision: Step) -> None:
    assert advance(advance(ClaimState.SUBMITTED, decision), Step.UNDO) is ClaimState.SUBMITTED


def test_only_decisions_can_be_undone() -> None:
    undoable = {state for state, step in NEXT if step is Step.UNDO}
    assert undoable == {NEXT[ClaimState.SUBMITTED, decision] for decision in UNDOABLE}


def test_every_state_can_be_reached_from_a_draft() -> None:
    reached, before = {ClaimState.DRAFT}, set[ClaimState]()
    while reached != before:
        before = set(reached)
        reached |= {there for (here, _), there in NEXT.items() if here in before}
    assert reached == set(ClaimState)


def test_a_reversed_claim_is_at_its_end() -> None:
    assert steps_from(ClaimState.REVERSED) == ()


def test_credit_is_only_given_by_approval() -> None:
    assert {step for (_, step), there in NEXT.items() if there is ClaimState.CREDITED} == {Step.APPROVE}


def test_what_a_reviewer_reads_or_decided_is_not_edited() -> None:
    assert not EDITABLE_STATES & {there for (_, step), there in NEXT.items() if step is Step.APPROVE}
    assert ClaimState.SUBMITTED not in EDITABLE_STATES


def test_where_a_claim_can_be_edited_it_can_be_sent() -> None:
    assert {state for state in ClaimState if Step.SUBMIT in steps_from(state)} == EDITABLE_STATES


def test_what_is_neither_given_up_nor_refused_holds_its_time() -> None:
    over = {ClaimState.WITHDRAWN, ClaimState.DENIED, ClaimState.REVERSED}
    assert set(ClaimState) - over - {ClaimState.DRAFT} == LIVE_STATES


@pytest.mark.parametrize(("state", "step"), list(itertools.product(ClaimState, Step)))
def test_a_step_is_offered_exactly_when_it_is_possible(state: ClaimState, step: Step) -> None:
    if step in steps_from(state):
        assert advance(state, step) is NEXT[state, step]
        return
    with pytest.raises(NotNow, match=r"^This claim .*\.$") as refused:
        advance(state, step)
    assert refused.value.code == f"{step.value}_from_{state.value}"


@pytest.mark.parametrize(
    ("state", "step", "sentence"),
    [
        (ClaimState.WITHDRAWN, Step.APPROVE, "This claim was withdrawn, so it can't be approved."),
        (ClaimState.CREDITED, Step.APPROVE, "This claim is credited already. There is nothing to do."),
        (
            ClaimState.SUBMITTED,
            Step.SUBMIT,
            "This claim waits for a decision already. There is nothing to do.",
        ),
        (
            ClaimState.DRAFT,
            Step.UNDO,
            "This claim is a draft that hasn't been sent, so there is no decision to undo.",
        ),
    ],
)
def test_a_refused_step_says_where_the_claim_stands(state: ClaimState, step: Step, sentence: str) -> None:
    with pytest.raises(NotNow) as refused:
        advance(state, step)
    assert refused.value.sentence == sentence


@given(st.lists(st.sampled_from(Step)))
def test_no_order_of_steps_leaves_the_table(steps: list[Step]) -> None:
    state = ClaimState.DRAFT
    for step in steps:
        try:
            state = advance(state, step)
        except NotNow:
            assert (state, step) not in NEXT
    assert state in ClaimState


def test_claimants_take_their_steps_and_reviewers_theirs() -> None:
    assert {Step.SUBMIT, Step.WITHDRAW} == CLAIMANT_STEPS
    assert all(STEP_PERMISSION[step] is Permission.REVIEW_CLAIMS for step in (*UNDOABLE, Step.UNDO))


def test_nobody_reviews_their_own_claim() -> None:
    with pytest.raises(NotPermitted, match="your own claim") as refused:
        may_review(ADA, ADA, ())
    assert refused.value.code == "own_claim"


def test_nobody_reviews_a_claim_for_an_event_that_they_host() -> None:
    with pytest.raises(NotPermitted, match="You host this event") as refused:
        may_review(BO, ADA, {BO, CAM})
    assert refused.value.code == "own_event"


def test_a_colleague_may_review() -> None:
    may_review(BO, ADA, {CAM})
    assert review_refusal(BO, ADA, {CAM}) is None


def _undo(*, by: int = BO, after: timedelta = timedelta(0), released: bool = False) -> Refusal | None:
    return undo_refusal(
        decided_at=DECIDED,
        decided_by=BO,
        by=by,
        at=DECIDED + after,
        released_at=DECIDED if released else None,
    )


def test_a_decision_can_be_undone_until_the_fifteenth_minute_begins_to_be_over() -> None:
    assert undo_until(DECIDED) == DECIDED + timedelta(minutes=15)
    assert _undo(after=timedelta(minutes=14, seconds=59, microseconds=999_999)) is None
    late = _undo(after=timedelta(minutes=15))
    assert isinstance(late, NotNow)
    assert late.code == "undo_late"


def test_a_released_decision_stands() -> None:
    refused = _undo(released=True)
    assert isinstance(refused, NotNow)
    assert refused.code == "undo_released"


def test_a_decision_is_undone_by_who_made_it() -> None:
    refused = _undo(by=CAM)
    assert isinstance(refused, NotPermitted)
    assert refused.code == "not_your_decision"


def test_may_undo_raises_what_undo_refusal_says() -> None:
    may_undo(decided_at=DECIDED, decided_by=BO, by=BO, at=DECIDED, released_at=None)
    with pytest.raises(NotNow, match="15 minutes to undo are over"):
        may_undo(decided_at=DECIDED, decided_by=BO, by=BO, at=DECIDED + timedelta(hours=1), released_at=None)


def test_the_zone_in_which_a_decision_was_written_down_changes_nothing() -> None:
    elsewhere = DECIDED.astimezone(timezone(timedelta(hours=-4)))
    assert undo_until(elsewhere) == undo_until(DECIDED)
    assert undo_until(elsewhere).tzinfo is UTC
