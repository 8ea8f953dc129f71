"""Jobs: work that outlasts the request which asked for it; its states and steps, and its waits after a fault."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from pdtracker.domain.refusals import NotNow

LEASE = timedelta(minutes=1)
"""So long a worker is waited for that says nothing: then another one goes on with its job."""

MOST_ATTEMPTS = 5
"""So often a job is begun again without getting any further, before it is given up."""

KEPT = timedelta(days=90)
"""So long a job and what became of each of its parts can be looked up after its end."""

_FIRST_WAIT = timedelta(seconds=10)
_LONGEST_WAIT = timedelta(hours=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class JobKind(StrEnum):
    """What is to be done."""

    DECIDE_CLAIMS = "decide_claims"
    UNDO_DECISIONS = "undo_decisions"
    COLLECT_CERTIFICATES = "collect_certificates"
    AUDIT_PACK = "audit_pack"

    @property
    def label(self) -> str:
        """The kind in a list."""
        return _LABELS[self]

    @property
    def priority(self) -> int:
        """What comes first where several jobs are due; 0 is the most urgent."""
        return _PRIORITIES[self]


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    # Ended for a reason that no repetition changes by itself: who asked for it has left, or has lost the role.
    FAILED = "failed"
    CANCELLED = "cancelled"
    # Given up after `MOST_ATTEMPTS`, for an administrator to look at.
    DEAD = "dead"

    @property
    def label(self) -> str:
        """The state's word beside its sign."""
        return _STATE_LABELS[self]


class JobStep(StrEnum):
    """What can happen to a job."""

    TAKE = "take"
    # Laid down with more to do: other jobs and letters get their turn.
    REST = "rest"
    FINISH = "finish"
    FAIL = "fail"
    GIVE_UP = "give up"
    CANCEL = "cancel"
    RETRY = "retry"


NEXT: Mapping[tuple[JobState, JobStep], JobState] = MappingProxyType(
    {
        (JobState.QUEUED, JobStep.TAKE): JobState.RUNNING,
        # After its lease: the worker that had it is dead, or silent for too long.
        (JobState.RUNNING, JobStep.TAKE): JobState.RUNNING,
        (JobState.RUNNING, JobStep.REST): JobState.QUEUED,
        (JobState.RUNNING, JobStep.FINISH): JobState.DONE,
        (JobState.RUNNING, JobStep.FAIL): JobState.FAILED,
        (JobState.RUNNING, JobStep.GIVE_UP): JobState.DEAD,
        (JobState.QUEUED, JobStep.CANCEL): JobState.CANCELLED,
        (JobState.RUNNING, JobStep.CANCEL): JobState.CANCELLED,
        (JobState.FAILED, JobStep.RETRY): JobState.QUEUED,
        (JobState.DEAD, JobStep.RETRY): JobState.QUEUED,
    }
)

OPEN_STATES = frozenset({JobState.QUEUED, JobState.RUNNING})
"""Where a job still has something before it."""


class ItemState(StrEnum):
    """Where one part of a job stands."""

    WAITING = "waiting"
    DONE = "done"
    # Left out for a reason that the person can act on; the others go on.
    REFUSED = "refused"


def may(state: JobState, step: JobStep) -> bool:
    """Whether the step is open to a job in this state."""
    return (state, step) in NEXT


def advance(state: JobState, step: JobStep) -> JobState:
    """Where the step leads. Raises NotNow for what is not open."""
    if not may(state, step):
        raise NotNow(f"job_{state.value}", f"This job {_STANDS[state]}. Load the page again to see it.")
    return NEXT[state, step]


def wait_after(attempts: int) -> timedelta:
    """How long a job waits after its nth fault in a row: 10 s, 40 s, 160 s, at most an hour."""
    factor: int = 4 ** min(attempts - 1, MOST_ATTEMPTS)
    return min(_LONGEST_WAIT, _FIRST_WAIT * factor)


def slot_of(at: datetime, every: timedelta) -> int:
    """The number of the stretch of time in which a moment lies: what happens once in each is the same for all."""
    return (at - _EPOCH) // every


_LABELS: Mapping[JobKind, str] = MappingProxyType(
    {
        JobKind.DECIDE_CLAIMS: "Decide claims",
        JobKind.UNDO_DECISIONS: "Undo decisions",
        JobKind.COLLECT_CERTIFICATES: "Collect certificates",
        JobKind.AUDIT_PACK: "Make an audit pack",
    }
)
_PRIORITIES: Mapping[JobKind, int] = MappingProxyType(
    # An undo has mail to stop.
    {
        JobKind.UNDO_DECISIONS: 0,
        JobKind.DECIDE_CLAIMS: 10,
        JobKind.COLLECT_CERTIFICATES: 20,
        JobKind.AUDIT_PACK: 30,
    }
)
_STATE_LABELS: Mapping[JobState, str] = MappingProxyType(
    {
        JobState.QUEUED: "Waiting",
        JobState.RUNNING: "Running",
        JobState.DONE: "Done",
        JobState.FAILED: "Failed",
        JobState.CANCELLED: "Cancelled",
        JobState.DEAD: "Given up",
    }
)
_STANDS: Mapping[JobState, str] = MappingProxyType(
    {
        JobState.QUEUED: "waits already",
        JobState.RUNNING: "is running",
        JobState.DONE: "is done",
        JobState.FAILED: "has failed",
        JobState.CANCELLED: "was cancelled",
        JobState.DEAD: "was given up",
    }
)
