"""Taking part in a programme: a district joins, its people propose organizations and states that they speak for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from pdtracker.domain.access import Permission
from pdtracker.domain.participation import (
    MOST_WAITING,
    STATES,
    Counts,
    ParticipantKind,
    ParticipantState,
    publishable,
)
from pdtracker.domain.refusals import NotHere, NotNow, NotValid
from pdtracker.models.events import Programme
from pdtracker.models.ids import new_id
from pdtracker.models.participation import Participant
from pdtracker.queries.participants import programme_counts
from pdtracker.scope import Scope, action

_STANDING = (ParticipantState.PROPOSED, ParticipantState.LISTED)


@dataclass(frozen=True, slots=True)
class Joining:
    """An organization or state that somebody speaks for; `link` is its page, or empty."""

    kind: ParticipantKind
    name: str
    link: str


@action(Permission.MANAGE_DISTRICT)
def join_programme(scope: Scope, programme_id: int, *, publishes_counts: bool) -> int:
    """Let the district take part, with or without its counts; gives the participation's id.

    Again says only whether counts are published. Refuses with `NotHere`.
    """
    _require_programme(scope, programme_id)
    there = _standing(scope, programme_id, ParticipantKind.DISTRICT, scope.district.name)
    if there is None:
        there = _listed(scope, programme_id, Joining(ParticipantKind.DISTRICT, scope.district.name, ""))
        scope.record("programme.joined", "participant", there.id, programme=programme_id)
    elif there.state is not ParticipantState.LISTED:
        _decide(scope, there, ParticipantState.LISTED, "")
        scope.record("programme.joined", "participant", there.id, programme=programme_id)
    if publishes_counts != (there.counts_chosen_at is not None):
        there.counts_chosen_at = scope.at if publishes_counts else None
        there.people = there.credited_minutes = there.counted_at = None
        scope.record("programme.counts_chosen", "participant", there.id, published=publishes_counts)
    if publishes_counts:
        _count(scope, [there])
    return there.id


@action(Permission.PROPOSE_EVENT)
def propose_participant(scope: Scope, programme_id: int, joining: Joining) -> int:
    """Say that an organization or state takes part, for which the person speaks; gives the participation's id.

    An administrator lists it at once; of others it waits for one. The same again is the one that is there. Refuses
    with `NotHere`, with `NotValid`, and with `NotNow` somebody of whom many wait already.
    """
    _require_programme(scope, programme_id)
    if joining.kind is ParticipantKind.DISTRICT:
        raise NotValid({"kind": "A district joins by its administrator. Choose an organization or a state."})
    if joining.kind is ParticipantKind.STATE and joining.name not in STATES:
        raise NotValid({"state": "Choose a state from the list."})
    there = _standing(scope, programme_id, joining.kind, joining.name)
    if there is not None and there.state in _STANDING:
        return there.id
    may_decide = scope.may(Permission.MANAGE_DISTRICT)
    if not may_decide:
        _require_few_waiting(scope, programme_id)
    if there is None:
        there = _listed(scope, programme_id, joining)
    there.link = joining.link or None
    there.proposed_by_id, there.proposed_at, there.reason = scope.me.id, scope.at, ""
    if may_decide:
        _decide(scope, there, ParticipantState.LISTED, "")
    else:
        there.state, there.decided_by_id, there.decided_at = ParticipantState.PROPOSED, None, None
    scope.record(
        "programme.participant_proposed", "participant", there.id, name=joining.name, listed=may_decide
    )
    return there.id


@action(Permission.MANAGE_DISTRICT)
def decide_participant(scope: Scope, participant_id: int, *, accept: bool, reason: str) -> None:
    """List what one of the district's people speaks for, or refuse it with a reason that they read.

    Refuses with `NotHere`, with `NotNow` what was decided before, with `NotValid` a refusal without a reason.
    """
    there = _found(scope, participant_id)
    if there.state is not ParticipantState.PROPOSED:
        raise NotNow("participant_decided", "This was already decided.")
    if not accept and not reason:
        raise NotValid({"reason": "Say why. Whoever proposed it reads this."})
    _decide(
        scope,
        there,
        ParticipantState.LISTED if accept else ParticipantState.REFUSED,
        "" if accept else reason,
    )
    scope.record(
        "programme.participant_listed" if accept else "programme.participant_refused",
        "participant",
        there.id,
        reason=reason if not accept else "",
    )


@action(Permission.MANAGE_DISTRICT)
def end_participation(scope: Scope, participant_id: int) -> None:
    """Take a participant out of the public list, with its counts; the record stays. Again changes nothing."""
    there = _found(scope, participant_id)
    if there.state is ParticipantState.ENDED:
        return
    if there.state is not ParticipantState.LISTED:
        raise NotNow("participant_not_listed", "It is not in the list, so there is nothing to take out.")
    _decide(scope, there, ParticipantState.ENDED, "")
    there.counts_chosen_at = there.counted_at = there.people = there.credited_minutes = None
    scope.record("programme.left", "participant", there.id)


@action(Permission.SEE_REPORTS)
def count_programmes(scope: Scope) -> int:
    """Count anew what the district publishes; gives how many programmes it was. For the worker."""
    published = scope.session.scalars(
        sa.select(Participant)
        .where(
            Participant.state == ParticipantState.LISTED,
            Participant.counts_chosen_at.is_not(None),
        )
        .order_by(Participant.id)
        .with_for_update()
    ).all()
    if published:
        _count(scope, published)
        scope.record("programme.counted", "district", scope.district.id, programmes=len(published))
    return len(published)


def _count(scope: Scope, published: Sequence[Participant]) -> None:
    found = programme_counts(scope, [one.programme_id for one in published])
    for one in published:
        counts = publishable(found.get(one.programme_id, Counts(0, 0)))
        one.people = counts.people if counts else None
        one.credited_minutes = counts.credited_minutes if counts else None
        one.counted_at = scope.at


def _require_programme(scope: Scope, programme_id: int) -> None:
    if scope.session.scalar(sa.select(Programme.id).where(Programme.id == programme_id)) is None:
        raise NotHere


def _require_few_waiting(scope: Scope, programme_id: int) -> None:
    waiting = scope.session.scalar(
        sa.select(sa.func.count(Participant.id)).where(
            Participant.programme_id == programme_id,
            Participant.proposed_by_id == scope.me.id,
            Participant.state == ParticipantState.PROPOSED,
        )
    )
    if (waiting or 0) >= MOST_WAITING:
        raise NotNow(
            "participants_waiting",
            f"{MOST_WAITING} of your proposals wait already. An administrator decides them first.",
        )


def _standing(scope: Scope, programme_id: int, kind: ParticipantKind, name: str) -> Participant | None:
    query = sa.select(Participant).where(Participant.programme_id == programme_id, Participant.kind == kind)
    if kind is not ParticipantKind.DISTRICT:
        query = query.where(Participant.name == name)
    return scope.session.scalar(query.order_by(Participant.id).limit(1).with_for_update())


def _listed(scope: Scope, programme_id: int, joining: Joining) -> Participant:
    there = Participant(
        id=new_id(),
        programme_id=programme_id,
        kind=joining.kind,
        name=joining.name,
        link=joining.link or None,
        state=ParticipantState.LISTED,
        proposed_by_id=scope.me.id if scope.person else None,
        proposed_at=scope.at,
        decided_by_id=scope.me.id if scope.person else None,
        decided_at=scope.at,
        reason="",
        counts_chosen_at=None,
        counted_at=None,
        people=None,
        credited_minutes=None,
    )
    scope.session.add(there)
    return there


def _found(scope: Scope, participant_id: int) -> Participant:
    there = scope.session.scalar(
        sa.select(Participant).where(Participant.id == participant_id).with_for_update()
    )
    if there is None:
        raise NotHere
    return there


def _decide(scope: Scope, there: Participant, state: ParticipantState, reason: str) -> None:
    there.state, there.reason = state, reason
    there.decided_by_id, there.decided_at = (scope.me.id if scope.person else None), scope.at
