"""Writing to who proposed an event what was decided about it, in the decision's own transaction.

No action by itself: the decisions about proposals call it within theirs.
"""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from pdtracker.actions import posting
from pdtracker.actions.posting import Reader
from pdtracker.domain.letters import Letter
from pdtracker.domain.proposal_letters import ProposalNews
from pdtracker.models.events import EventProposal
from pdtracker.models.people import Person
from pdtracker.models.records import OutboxMail
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
