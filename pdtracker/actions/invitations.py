"""Bringing a colleague: one letter with the event and its calendar entry, to an address, once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

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
from pdtracker.domain.refs import ref_of
from pdtracker.domain.refusals import NotNow, NotValid
from pdtracker.domain.when import day_text, zone_words
from pdtracker.exchange.ics.single import SingleEvent, event_file
from pdtracker.models.events import EventState
from pdtracker.models.ids import new_id
from pdtracker.models.invitations import Invitation
from pdtracker.models.people import Person
from pdtracker.models.records import MailState, OutboxMail
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
    scope.session.add(_letter(scope, facts, colleague, to_hash))
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


def _letter(scope: Scope, facts: EventFacts, colleague: Colleague, to_hash: str) -> OutboxMail:
    news = EventNews(
        facts.title, facts.kind.label, facts.host.name, _when(scope, facts), facts.platform, colleague.address
    )
    letter = invitation_letter(scope.me.name, scope.district.name, news, colleague.note)
    return OutboxMail(
        id=new_id(),
        dedupe_key=f"invitation:{facts.id}:{to_hash}",
        # Whose letter it is: the colleague need be no person of the district.
        to_person_id=scope.me.id,
        to_email=colleague.email,
        to_name="",
        subject=letter.subject,
        body=letter.body,
        attachment_name="event.ics",
        attachment=_calendar_entry(scope, facts, colleague.address),
        step_id=None,
        state=MailState.QUEUED,
        not_before=scope.at,
        attempts=0,
        last_error="",
        sent_at=None,
        created_at=scope.at,
    )


def _when(scope: Scope, facts: EventFacts) -> str:
    if facts.time.is_window:
        return facts.time.days_words()
    day = day_text(facts.time.day_in(scope.zone))
    return f"{day}, {facts.time.hours_words(scope.zone)} {zone_words(scope.zone)}"


def _calendar_entry(scope: Scope, facts: EventFacts, address: str) -> str:
    host = address.split("://", 1)[-1].split("/", 1)[0].split(":", 1)[0]
    time = facts.time
    return event_file(
        SingleEvent(
            uid=f"{ref_of(facts.id)}@{host}",
            title=facts.title,
            description=f"{facts.kind.label} by {facts.host.name}\n{address}",
            where=facts.platform,
            address=address,
            starts_at=time.starts_at,
            ends_at=time.ends_at,
            days=(time.first_on, time.last_on) if time.is_window else None,
            written_at=scope.at,
        )
    ).decode()


def _hash(email: str, key: str) -> str:
    return hashlib.blake2b(
        email.casefold().encode(), key=key.encode()[:64], person=b"invitation", digest_size=20
    ).hexdigest()
