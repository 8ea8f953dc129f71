"""Bringing a colleague: one letter with the event and its calendar entry, to an address, once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from pdtracker.actions import posting
from pdtracker.actions.calendar_entries import calendar_entry
from pdtracker.actions.posting import Reader
from pdtracker.actions.rates import Limit, count_try
from pdtracker.db import Database
from pdtracker.domain.access import Permission
from pdtracker.domain.invitation import (
    INVITATIONS_BY_ONE,
    INVITATIONS_TO_ONE,
    EventNews,
    invitation_letter,
    note_fault,
)
from pdtracker.domain.refusals import NotNow, NotValid
from pdtracker.models.events import EventState
from pdtracker.models.ids import new_id
from pdtracker.models.invitations import Invitation
from pdtracker.models.people import Person
from pdtracker.models.records import OutboxMail
from pdtracker.queries.one_event import EventFacts, event
from pdtracker.scope import Scope, action


@dataclass(frozen=True, slots=True)
class Colleague:
    """To whom a letter goes, and the sender's own word with it. `address` is where the event's page is."""

    email: str
    note: str
    address: str


def count_invitation(database: Database, person_id: int, email: str, *, key: str, at: datetime) -> None:
    """Count one letter before it is written; raises TooManyTries of one sender, and to one address."""
    limits = [
        Limit("invitation by", str(person_id), window, tries) for window, tries in INVITATIONS_BY_ONE
    ] + [Limit("invitation to", email.casefold(), window, tries) for window, tries in INVITATIONS_TO_ONE]
    count_try(database, limits, key=key, at=at)


@action(Permission.SEE_EVENTS)
def invite_colleague(scope: Scope, event_id: int, colleague: Colleague, *, key: str) -> None:
    """Send somebody an event with its calendar entry; `key` is the installation's secret.

    Refuses with `NotHere`, with `NotNow` what is over, cancelled or only proposed, and with `NotValid` an address that
    had the event already, a note that leads elsewhere, and of the district's own events whoever can't open them.
    """
    facts = event(scope, event_id)
    _require_open(facts, scope.at)
    if fault := note_fault(colleague.note):
        raise NotValid({"note": fault})
    _require_reader(scope, facts, colleague.email)
    # Not by the constraint alone: its refusal would come after the letter was made.
    to_hash = _hash(colleague.email, key)
    there = sa.select(Invitation.id).where(Invitation.event_id == event_id, Invitation.to_hash == to_hash)
    if scope.session.scalar(there) is not None:
        raise NotValid({"email": "This address was sent this event already. It is never sent twice."})
    scope.session.add(
        Invitation(
            id=new_id(), event_id=event_id, by_person_id=scope.me.id, to_hash=to_hash, sent_at=scope.at
        )
    )
    scope.session.insert_rows(OutboxMail, [_letter(scope, facts, colleague, to_hash)])
    scope.record("event.colleague_invited", "event", event_id)


def _require_open(facts: EventFacts, at: datetime) -> None:
    if facts.state is not EventState.PUBLISHED:
        raise NotNow(
            "event_not_published",
            f"This {facts.kind.noun} isn’t in the calendar, so there is nothing to send.",
        )
    if facts.time.is_over(at):
        raise NotNow("event_over", f"This {facts.kind.noun} is over. There is nothing to come to any more.")


def _require_reader(scope: Scope, facts: EventFacts, email: str) -> None:
    """Nobody is told of what they can't open, and nobody writes to themselves."""
    email_key = email.casefold()
    if email_key == scope.me.email.casefold():
        raise NotValid({"email": "This is your own address. Enter a colleague’s."})
    if not facts.is_own:
        return
    here = sa.select(Person.id).where(Person.email_key == email_key, Person.left_at.is_(None))
    if scope.session.scalar(here) is None:
        raise NotValid(
            {
                "email": f"This event is {scope.district.name}’s own, and only its people can open it."
                " Enter the address of one of them."
            }
        )


def _letter(scope: Scope, facts: EventFacts, colleague: Colleague, to_hash: str) -> dict[str, Any]:
    when = facts.time.when_words(scope.zone)
    news = EventNews(facts.title, facts.kind.label, facts.host.name, when, facts.platform, colleague.address)
    return posting.queued(
        scope,
        # Whose letter it is: the colleague need be no person of the district.
        Reader(scope.me.id, colleague.email, ""),
        invitation_letter(scope.me.name, scope.district.name, news, colleague.note),
        key=f"invitation:{facts.id}:{to_hash}",
        not_before=scope.at,
        attachment=calendar_entry(scope, facts.id, facts.title, facts.time.zone, colleague.address),
    )


def _hash(email: str, key: str) -> str:
    return hashlib.blake2b(
        email.casefold().encode(), key=key.encode()[:64], person=b"invitation", digest_size=20
    ).hexdigest()
