"""Deeds: what people of the demo do to a claim, one after the other, as values that can be played."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

from pdtracker.domain.claim import ClaimState, Step, advance
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.log import LogDay
from pdtracker.domain.split import Split


class Plan(StrEnum):
    """How a claim goes."""

    DRAFT = "draft"
    WAITING = "waiting"
    RETURNED = "returned"
    RESUBMITTED = "resubmitted"
    WITHDRAWN = "withdrawn"
    DENIED = "denied"
    JUST_CREDITED = "just_credited"
    CREDITED = "credited"
    REVERSED = "reversed"
    REVOKED = "revoked"
    REISSUED = "reissued"


@dataclass(frozen=True, slots=True)
class OwnSession:
    """A session that isn't in the calendar, as the claimant describes it."""

    title: str
    host: str
    kind: EventKind
    category: CreditCategory
    zone: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Begin:
    """A draft is begun: from an event of the calendar, by its key, or from a session of one's own."""

    event: str | None
    own: OwnSession | None


@dataclass(frozen=True, slots=True)
class SetTime:
    """The time that was attended. In an open window: from the first to the last time, and the minutes in all."""

    starts_at: datetime
    ends_at: datetime
    minutes: int
    longer_reason: str
    split: Split = ()
    log: tuple[LogDay, ...] = ()
    application_minutes: int | None = None
    is_recording: bool = False


@dataclass(frozen=True, slots=True)
class AddLink:
    """Evidence: an address, with a note."""

    link: str
    note: str


@dataclass(frozen=True, slots=True)
class AddWord:
    """Evidence: the claimant's own word."""

    note: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to the prompt of this position is saved."""

    position: int
    text: str


@dataclass(frozen=True, slots=True)
class Submit:
    """The claim is sent."""


@dataclass(frozen=True, slots=True)
class Withdraw:
    """The claimant takes the claim back."""


@dataclass(frozen=True, slots=True)
class Return:
    """The reviewer asks for something, at fields by their names in the form: minutes, evidence, answer_3."""

    fields: Mapping[str, str]
    note: str


@dataclass(frozen=True, slots=True)
class Deny:
    """The reviewer says no, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Approve:
    """The reviewer says yes; with other minutes only for a reason."""

    minutes: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Endorse:
    """The reviewer says yes, and the claim goes to its next review with a note."""

    note: str


@dataclass(frozen=True, slots=True)
class Reverse:
    """Credit is taken back after its release."""

    reason: str


@dataclass(frozen=True, slots=True)
class Revoke:
    """The claim's certificate is revoked; the credit stays."""

    reason: str


@dataclass(frozen=True, slots=True)
class Rename:
    """The claimant has a new name from now on."""

    name: str


@dataclass(frozen=True, slots=True)
class Reissue:
    """The claim's certificate is issued again, under the holder's name of now."""

    reason: str


Deed: TypeAlias = (
    Begin
    | SetTime
    | AddLink
    | AddWord
    | Answer
    | Submit
    | Withdraw
    | Return
    | Deny
    | Approve
    | Endorse
    | Reverse
    | Revoke
    | Rename
    | Reissue
)

WORKFLOW: Mapping[type[Deed], Step] = MappingProxyType(
    {
        Submit: Step.SUBMIT,
        Withdraw: Step.WITHDRAW,
        Return: Step.RETURN,
        Deny: Step.DENY,
        Approve: Step.APPROVE,
        Endorse: Step.ENDORSE,
        Reverse: Step.REVERSE,
    }
)
"""The deeds that are steps of the workflow; the others change a draft or a certificate."""


@dataclass(frozen=True, slots=True)
class DemoStep:
    """Who does what, and when (UTC)."""

    by: str
    at: datetime
    deed: Deed


@dataclass(frozen=True, slots=True)
class DemoClaim:
    """One person's claim with its whole history, in order of time; people are named by e-mail address."""

    key: str
    district: str
    person: str
    plan: Plan
    steps: tuple[DemoStep, ...]

    @property
    def state(self) -> ClaimState:
        """Where the claim stands when every step was played."""
        state = ClaimState.DRAFT
        for step in self.steps:
            if (taken := WORKFLOW.get(type(step.deed))) is not None:
                state = advance(state, taken)
        return state

    @property
    def attended(self) -> SetTime | None:
        """The time that is claimed; none in a draft that hasn't got so far."""
        return next((step.deed for step in reversed(self.steps) if isinstance(step.deed, SetTime)), None)
