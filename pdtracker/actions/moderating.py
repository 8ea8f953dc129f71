"""What moderators do with a proposal besides yes and no: return it with a comment, or find that it is there already."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from pdtracker.actions import event_changes
from pdtracker.actions.proposal_letters import tell_proposer
from pdtracker.domain.access import Permission
from pdtracker.domain.claim import HOLDING_STATES
from pdtracker.domain.proposal_letters import merged_letter, returned_letter
from pdtracker.domain.refusals import NotHere, NotNow, NotValid
from pdtracker.domain.registration import RegistrationState
from pdtracker.models.bundles import ClaimPart
from pdtracker.models.claims import Claim, Evidence
from pdtracker.models.events import Event, EventHost, EventSession, EventState
from pdtracker.models.going import Going
from pdtracker.models.ids import new_id
from pdtracker.models.registrations import Registration, RegistrationTerms
from pdtracker.queries import changing_events
from pdtracker.queries.bundles import of_event
from pdtracker.queries.event_filters import visible
from pdtracker.scope import Scope, action


@action(Permission.MANAGE_EVENTS)
def return_proposal(scope: Scope, event_id: int, comment: str, *, address: str | None = None) -> None:
    """Give a proposal back to its proposer, who changes it and sends it again; nothing of it is lost.

    They get a letter that leads to `address`, the event's page; without one nobody is written to.
    Refuses with NotNow what is decided or returned already, with NotValid a return without a comment.
    """
    proposal = changing_events.proposal_of(scope, event_id)
    if proposal is None:
        raise NotHere
    if proposal.decided_at is not None:
        raise NotNow("proposal_decided", "This proposal was already decided.")
    if proposal.returned_at is not None:
        raise NotNow("proposal_returned", "It was already returned. It comes back when it is sent again.")
    if not comment:
        raise NotValid({"reason": "Say what to change. Whoever proposed it reads this."})
    title = scope.session.scalar(sa.select(Event.title).where(Event.id == event_id)) or ""
    proposal.returned_at, proposal.comment = scope.at, comment
    tell_proposer(scope, proposal, title, address, lambda news: returned_letter(news, comment))
    scope.record("event.returned", "event", event_id, comment=comment)


@action(Permission.MANAGE_EVENTS)
def merge_event(scope: Scope, event_id: int, into_id: int, *, address: str | None = None) -> int:
    """Say that an event is another one too; gives how many claims went over to the one that remains.

    Its address leads there from now on, no list shows it. Claims keep every fact that they copied; only what they are
    of is another event, and the session of it at the same hours. Who holds a claim for both keeps both: two claims are
    not made one. Refuses with NotHere what isn't seen or isn't the district's own, with NotNow to merge into what isn't
    in the calendar, or has no session at the hours of one that somebody claimed.
    Who proposed what wasn't decided yet gets a letter that leads to `address`, the page of what remains; without one
    nobody is written to.
    """
    event = changing_events.to_change(scope, event_id)
    into = scope.session.scalar(
        sa.select(Event).where(Event.id == into_id, Event.id != event_id, visible(scope))
    )
    if into is None:
        raise NotHere
    if into.state is not EventState.PUBLISHED:
        raise NotNow(
            "not_published", "Only what is in the calendar can remain. Accept or bring back that one first."
        )
    was_published = event.state is not EventState.PROPOSED
    moved = _move_claims(scope, event_id, into_id)
    _move_parts(scope, event_id, into_id)
    registered = _move_registrations(scope, event_id, into_id)
    going = _move_going(scope, event_id, into_id)
    if was_published:
        _move_hosts(scope, event_id, into_id)
        event.state = EventState.CANCELLED
    _lead_on(scope, event_id, into_id)
    event.merged_into_id = into_id
    event_changes.grow(scope, event)
    proposal = changing_events.proposal_of(scope, event_id)
    if proposal is not None and proposal.decided_at is None:
        proposal.decided_by_id, proposal.decided_at = scope.me.id, scope.at
        tell_proposer(scope, proposal, event.title, address, lambda news: merged_letter(news, into.title))
    scope.record(
        "event.merged",
        "event",
        event_id,
        into=into_id,
        claims=moved,
        registrations=registered,
        going=going,
    )
    return len(moved)


def _move_claims(scope: Scope, event_id: int, into_id: int) -> list[int]:
    """The claims that went over; the trail keeps them, so that each can be found at what it was made for."""
    free = sa.or_(
        Claim.state.not_in(HOLDING_STATES),
        Claim.follow_up.is_not(None),
        Claim.person_id.not_in(_holders(into_id)),
    )
    moved = list(
        scope.session.scalars(
            sa.select(Claim.id).where(Claim.event_id == event_id, free).order_by(Claim.id).with_for_update()
        )
    )
    for session_id, remains in _sessions_that_remain(scope, moved, into_id).items():
        _put_sessions(scope, moved, session_id, remains)
    scope.session.execute(
        sa.update(Claim)
        .where(Claim.id.in_(moved))
        .values(event_id=into_id)
        .execution_options(synchronize_session=False)
    )
    return moved


def _sessions_that_remain(scope: Scope, claim_ids: Sequence[int], into_id: int) -> dict[int, int]:
    """For each session that these claims are of, the other event's at the same hours; of several its namesake."""
    claimed = sa.select(Claim.session_id).where(Claim.id.in_(claim_ids), Claim.session_id.is_not(None))
    rows = scope.session.execute(
        sa.select(
            EventSession.id,
            EventSession.event_id,
            EventSession.title,
            EventSession.starts_at,
            EventSession.ends_at,
        )
        .where(sa.or_(EventSession.id.in_(claimed), EventSession.event_id == into_id))
        .order_by(EventSession.position)
    ).all()
    there = [row for row in rows if row.event_id == into_id]
    found = {}
    for row in rows:
        if row.event_id == into_id:
            continue
        same = [one for one in there if (one.starts_at, one.ends_at) == (row.starts_at, row.ends_at)]
        same.sort(key=lambda one: one.title.casefold() != row.title.casefold())
        if not same:
            raise NotNow(
                "no_such_session",
                f"Somebody claimed “{row.title}” of it, and the other event has no session at its hours. "
                "Add that session there first.",
            )
        found[row.id] = same[0].id
    return found


def _put_sessions(scope: Scope, claim_ids: Sequence[int], session_id: int, remains: int) -> None:
    scope.session.execute(
        sa.update(Claim)
        .where(Claim.id.in_(claim_ids), Claim.session_id == session_id)
        .values(session_id=remains)
        .execution_options(synchronize_session=False)
    )


def _move_parts(scope: Scope, event_id: int, into_id: int) -> None:
    """The parts of bundles go along with what shows them, but for people who have the other event already."""
    in_both = sa.select(ClaimPart.claim_id).where(ClaimPart.event_id == into_id)
    parts = scope.session.scalars(
        sa.select(ClaimPart).where(
            ClaimPart.event_id == event_id,
            ClaimPart.claim_id.not_in(in_both),
            ClaimPart.person_id.not_in(_holders(into_id)),
        )
    ).all()
    scope.session.execute(
        sa.update(Evidence)
        .where(Evidence.event_id == event_id, Evidence.claim_id.in_([part.claim_id for part in parts]))
        .values(event_id=into_id)
        .execution_options(synchronize_session=False)
    )
    for part in parts:
        part.event_id = into_id


def _holders(event_id: int) -> sa.Select[int]:
    """Who holds an event, by a claim or by a part of a bundle."""
    return sa.select(Claim.person_id).where(of_event(event_id), Claim.state.in_(HOLDING_STATES))


def _move_registrations(scope: Scope, event_id: int, into_id: int) -> list[int]:
    """Who registered keeps their place, where the event that remains asks for registration; the people, once each.

    More than it has places for can come in by that: nobody loses one. Where it asks for none they go all the same.
    """
    asks = scope.session.scalar(sa.select(RegistrationTerms.id).where(RegistrationTerms.event_id == into_id))
    rows = scope.session.scalars(
        sa.select(Registration).where(
            Registration.event_id == event_id, Registration.state != RegistrationState.WITHDRAWN
        )
    ).all()
    if asks is None:
        _keep_as_going(scope, rows, into_id)
        return []
    both = set(
        scope.session.scalars(sa.select(Registration.person_id).where(Registration.event_id == into_id))
    )
    moved = [row for row in rows if row.person_id not in both]
    for row in moved:
        # What they were told was of the other event: it is compared with this one before anybody writes.
        row.event_id, row.told_version = into_id, 0
    people = [row.person_id for row in moved]
    scope.session.execute(sa.delete(Going).where(Going.event_id == into_id, Going.person_id.in_(people)))
    return people


def _keep_as_going(scope: Scope, rows: Sequence[Registration], into_id: int) -> None:
    """Registrations that the remaining event has no places for become marks: their people mean to come to it."""
    marked = set(scope.session.scalars(sa.select(Going.person_id).where(Going.event_id == into_id)))
    for row in rows:
        row.state, row.settled_at = RegistrationState.WITHDRAWN, scope.at
        if row.person_id in marked:
            continue
        scope.session.add(
            Going(
                event_id=into_id,
                person_id=row.person_id,
                marked_at=row.asked_at,
                wants_reminder=True,
                told=row.told,
                told_version=0,
                reminded_at=row.reminded_at,
                asked_to_log_at=row.asked_to_log_at,
            )
        )


def _move_going(scope: Scope, event_id: int, into_id: int) -> list[int]:
    """Who meant to come means to come to what remains, once: a place there, or a mark, is the same wish. The people."""
    # The registrations that went over before have to be seen.
    scope.session.flush()
    known = {
        *scope.session.scalars(sa.select(Going.person_id).where(Going.event_id == into_id)),
        *scope.session.scalars(
            sa.select(Registration.person_id).where(
                Registration.event_id == into_id, Registration.state != RegistrationState.WITHDRAWN
            )
        ),
    }
    moved = []
    for mark in scope.session.scalars(sa.select(Going).where(Going.event_id == event_id)).all():
        if mark.person_id in known:
            scope.session.delete(mark)
        else:
            mark.event_id, mark.told_version = into_id, 0
            moved.append(mark.person_id)
    return moved


def _move_hosts(scope: Scope, event_id: int, into_id: int) -> None:
    """Who spoke for the event decides no claim for it under its other name either."""
    known = set(scope.session.scalars(sa.select(EventHost.person_id).where(EventHost.event_id == into_id)))
    hosts = scope.session.scalars(sa.select(EventHost.person_id).where(EventHost.event_id == event_id))
    rows = [
        {"id": new_id(), "event_id": into_id, "person_id": person_id}
        for person_id in hosts
        if person_id not in known
    ]
    scope.session.insert_rows(EventHost, rows)


def _lead_on(scope: Scope, event_id: int, into_id: int) -> None:
    """What was merged into this one before leads to what remains, too: an address never leads twice."""
    scope.session.execute(
        sa.update(Event)
        .where(Event.merged_into_id == event_id)
        .values(merged_into_id=into_id)
        .execution_options(synchronize_session=False)
    )
