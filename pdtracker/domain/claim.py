"""The claim's workflow: where a claim can stand, which step leads where, and who may take it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from pdtracker.domain.access import Permission
from pdtracker.domain.refusals import NotNow, NotPermitted, Refusal

UNDO_MINUTES = 15
"""How long a decision can be undone. Mail and certificates leave when this time is over."""


class ClaimState(StrEnum):
    """Where a claim stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    DENIED = "denied"
    CREDITED = "credited"
    REVERSED = "reversed"

    @property
    def label(self) -> str:
        """The state's word beside its sign."""
        return _STATE_LABELS[self]


class Step(StrEnum):
    """What can happen to a claim. `undo` takes back a decision: return, deny, endorse or approve.

    To endorse is to approve at a review after which another one follows; only the last review gives credit.
    """

    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    RETURN = "return"
    DENY = "deny"
    ENDORSE = "endorse"
    APPROVE = "approve"
    REVERSE = "reverse"
    UNDO = "undo"

    @property
    def label(self) -> str:
        """The step's word on a button."""
        return self.value.capitalize()


NEXT: Mapping[tuple[ClaimState, Step], ClaimState] = MappingProxyType(
    {
        (ClaimState.DRAFT, Step.SUBMIT): ClaimState.SUBMITTED,
        (ClaimState.DRAFT, Step.WITHDRAW): ClaimState.WITHDRAWN,
        (ClaimState.SUBMITTED, Step.WITHDRAW): ClaimState.WITHDRAWN,
        (ClaimState.SUBMITTED, Step.RETURN): ClaimState.RETURNED,
        (ClaimState.SUBMITTED, Step.DENY): ClaimState.DENIED,
        (ClaimState.SUBMITTED, Step.ENDORSE): ClaimState.SUBMITTED,
        (ClaimState.SUBMITTED, Step.APPROVE): ClaimState.CREDITED,
        # What is undone here is an endorsement; who may undo which decision is said elsewhere.
        (ClaimState.SUBMITTED, Step.UNDO): ClaimState.SUBMITTED,
        (ClaimState.RETURNED, Step.SUBMIT): ClaimState.SUBMITTED,
        (ClaimState.RETURNED, Step.WITHDRAW): ClaimState.WITHDRAWN,
        (ClaimState.RETURNED, Step.UNDO): ClaimState.SUBMITTED,
        # A withdrawn claim keeps what was typed: take it back, put it right, send it again. This is how a
        # claimant changes what was sent, so a reviewer never reads a claim while it is being edited.
        (ClaimState.WITHDRAWN, Step.SUBMIT): ClaimState.SUBMITTED,
        (ClaimState.DENIED, Step.UNDO): ClaimState.SUBMITTED,
        (ClaimState.CREDITED, Step.UNDO): ClaimState.SUBMITTED,
        (ClaimState.CREDITED, Step.REVERSE): ClaimState.REVERSED,
    }
)

STEP_PERMISSION: Mapping[Step, Permission] = MappingProxyType(
    {
        Step.SUBMIT: Permission.LOG_CLAIM,
        Step.WITHDRAW: Permission.LOG_CLAIM,
        Step.RETURN: Permission.REVIEW_CLAIMS,
        Step.DENY: Permission.REVIEW_CLAIMS,
        Step.ENDORSE: Permission.REVIEW_CLAIMS,
        Step.APPROVE: Permission.REVIEW_CLAIMS,
        Step.UNDO: Permission.REVIEW_CLAIMS,
        Step.REVERSE: Permission.REVERSE_CREDIT,
    }
)

DECISIONS = frozenset({Step.RETURN, Step.DENY, Step.APPROVE})
"""What a reviewer chooses among. Whether an approval gives credit or endorses, the claim's path says."""

UNDOABLE = DECISIONS | {Step.ENDORSE}
"""The steps that a review can be, and that `undo` takes back."""

CLAIMANT_STEPS = frozenset(
    step for step, permission in STEP_PERMISSION.items() if permission is Permission.LOG_CLAIM
)
"""The steps that only the claimant takes; all others are for someone else."""

EDITABLE_STATES = frozenset({ClaimState.DRAFT, ClaimState.RETURNED, ClaimState.WITHDRAWN})
"""Where the claimant can change the claim. What lies with a reviewer or is decided stands still."""

RECORDABLE_STATES = frozenset({ClaimState.DRAFT, ClaimState.RETURNED, ClaimState.SUBMITTED})
"""Where evidence that was recorded at the event can still join a claim: its reviewer is to see it."""

LIVE_STATES = frozenset({ClaimState.SUBMITTED, ClaimState.RETURNED, ClaimState.CREDITED})
"""Where a claim holds its time against the person's others. Drafts don't: one may write two and send one."""

AGAINST_STATES = frozenset({ClaimState.DENIED, ClaimState.REVERSED})
"""Where it was decided that a claim counts for nothing."""

HOLDING_STATES = LIVE_STATES | {ClaimState.DRAFT}
"""Where a claim holds its event: a second claim of the same person for it is refused."""

_STATE_LABELS: Mapping[ClaimState, str] = MappingProxyType(
    {
        ClaimState.DRAFT: "Draft",
        ClaimState.SUBMITTED: "Waiting",
        ClaimState.RETURNED: "Returned",
        ClaimState.WITHDRAWN: "Withdrawn",
        ClaimState.DENIED: "Denied",
        ClaimState.CREDITED: "Approved",
        ClaimState.REVERSED: "Reversed",
    }
)

_STANDS: Mapping[ClaimState, str] = MappingProxyType(
    {
        ClaimState.DRAFT: "is a draft that hasn't been sent",
        ClaimState.SUBMITTED: "waits for a decision",
        ClaimState.RETURNED: "was returned to the teacher",
        ClaimState.WITHDRAWN: "was withdrawn",
        ClaimState.DENIED: "was denied",
        ClaimState.CREDITED: "is credited",
        ClaimState.REVERSED: "was credited and then reversed",
    }
)

_DONE: Mapping[Step, str] = MappingProxyType(
    {
        Step.SUBMIT: "sent",
        Step.WITHDRAW: "withdrawn",
        Step.RETURN: "returned",
        Step.DENY: "denied",
        Step.ENDORSE: "approved",
        Step.APPROVE: "approved",
        Step.REVERSE: "reversed",
        Step.UNDO: "undone",
    }
)


def advance(state: ClaimState, step: Step) -> ClaimState:
    """Where the step leads from this state. Refuses with `NotNow` what `NEXT` doesn't list."""
    following = NEXT.get((state, step))
    if following is None:
        raise NotNow(f"{step.value}_from_{state.value}", _no_step(state, step))
    return following


def _no_step(state: ClaimState, step: Step) -> str:
    if any(there is state for (_, taken), there in NEXT.items() if taken is step):
        return f"This claim {_STANDS[state]} already. There is nothing to do."
    if step is Step.UNDO:
        return f"This claim {_STANDS[state]}, so there is no decision to undo."
    return f"This claim {_STANDS[state]}, so it can't be {_DONE[step]}."


def steps_from(state: ClaimState) -> tuple[Step, ...]:
    """The steps that are possible from this state, in the order of `Step`."""
    return tuple(step for step in Step if (state, step) in NEXT)


def review_refusal(reviewer_id: int, claimant_id: int, host_ids: Collection[int]) -> NotPermitted | None:
    """Why this person can't decide this claim: it is their own, or of an event that they host."""
    if reviewer_id == claimant_id:
        return NotPermitted("own_claim", "This is your own claim. A colleague decides it.")
    if reviewer_id in host_ids:
        return NotPermitted("own_event", "You host this event. A colleague decides its claims.")
    return None


def may_review(reviewer_id: int, claimant_id: int, host_ids: Collection[int]) -> None:
    """Refuse with `NotPermitted` a review of one's own claim or of an event that one hosts."""
    if refusal := review_refusal(reviewer_id, claimant_id, host_ids):
        raise refusal


def undo_until(decided_at: datetime) -> datetime:
    """The moment from which a decision can't be undone, and from which its mail and certificate may leave."""
    return decided_at.astimezone(UTC) + timedelta(minutes=UNDO_MINUTES)


def undo_refusal(
    *, decided_at: datetime, decided_by: int | None, by: int, at: datetime, released_at: datetime | None
) -> Refusal | None:
    """Why this person can't undo this decision: someone else's, already released, or the time is over.

    What a policy decided (`decided_by` is `None`) whoever may review the claim undoes.

    The limit itself is too late, so that undo and release never both happen at one moment.
    """
    if decided_by is not None and by != decided_by:
        return NotPermitted("not_your_decision", "A decision can be undone by the person who made it.")
    if released_at is not None:
        return NotNow(
            "undo_released",
            "Its mail has already left. What was credited can still be reversed, with a reason.",
        )
    if at >= undo_until(decided_at):
        return NotNow(
            "undo_late",
            f"The {UNDO_MINUTES} minutes to undo are over. "
            "What was credited can still be reversed, with a reason.",
        )
    return None


def may_undo(
    *, decided_at: datetime, decided_by: int | None, by: int, at: datetime, released_at: datetime | None
) -> None:
    """Refuse an undo by someone else (`NotPermitted`), after release or after 15 minutes (`NotNow`)."""
    refusal = undo_refusal(
        decided_at=decided_at, decided_by=decided_by, by=by, at=at, released_at=released_at
    )
    if refusal:
        raise refusal
