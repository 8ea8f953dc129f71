"""Writing about proposals, in the transaction that the letter tells of: to who decides, and to who proposed.

No action by itself: what becomes of proposals calls it.
"""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from pdtracker.actions import posting
from pdtracker.actions.posting import Reader
from pdtracker.domain.event_letters import called_off_letter
from pdtracker.domain.letters import Letter
from pdtracker.domain.proposal_letters import ProposalNews, waiting_letter
from pdtracker.domain.registration import Expecting
from pdtracker.models.events import Event, EventProposal
from pdtracker.models.people import Person
from pdtracker.models.records import OutboxMail
from pdtracker.queries.hosting import administrators
from pdtracker.scope import Scope


def tell_proposer(
    scope: Scope,
    proposal: EventProposal,
    title: str,
    address: str | None,
    letter: Callable[[ProposalNews], Letter],
) -> None:
    """Queue the letter; nobody is told what they decided themselves, nor who has left, nor without an `address`."""
    if address is None or proposal.proposed_by_id == scope.me.id:
        return
    proposer = scope.session.execute(
        sa.select(Person.id, Person.email, Person.name).where(
            Person.id == proposal.proposed_by_id, Person.left_at.is_(None)
        )
    ).one_or_none()
    if proposer is None:
        return
    reader = Reader(proposer.id, proposer.email, proposer.name)
    written = letter(ProposalNews(reader.name, title, scope.me.name, scope.district.name, address))
    # A proposal is returned as often as it is sent again: the moment tells the letters apart.
    key = f"proposal:{proposal.event_id}:{scope.at.isoformat()}"
    row = posting.queued(scope, reader, written, key=key, not_before=scope.at)
    scope.session.insert_rows(OutboxMail, [row])


def tell_administrators(scope: Scope, title: str, address: str | None, *, is_again: bool) -> None:
    """Queue a letter to each administrator that something waits: one a day at most; none without an `address`."""
    if address is None:
        return
    day = scope.today.isoformat()
    letters = [
        posting.queued(
            scope,
            Reader(one.id, one.email, one.name),
            waiting_letter(one.name, title, scope.me.name, address, is_again=is_again),
            key=f"proposals:{day}:{one.id}",
            not_before=scope.at,
        )
        for one in administrators(scope)
        if one.id != scope.me.id
    ]
    posting.queue_new(scope, letters)


def tell_called_off(
    scope: Scope, event: Event, reason: str, expected: Expecting, address: str | None
) -> None:
    """Queue a letter to each administrator that a host called off what people expect; none without an `address`."""
    if address is None:
        return
    letters = [
        posting.queued(
            scope,
            Reader(one.id, one.email, one.name),
            called_off_letter(
                one.name, event.title, scope.me.name, reason=reason, expecting=expected.words, address=address
            ),
            key=f"called_off:{event.id}:{event.version}:{one.id}",
            not_before=scope.at,
        )
        for one in administrators(scope)
        if one.id != scope.me.id
    ]
    posting.queue_new(scope, letters)
