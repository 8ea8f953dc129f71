"""Letters on their way: outbox rows written with the decision that they tell of, and called back with it.

No action by itself: other actions call it within theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from pdtracker.actions.issuing import Issuer
from pdtracker.domain.letters import Decided, Letter
from pdtracker.models.claims import ClaimStep
from pdtracker.models.ids import new_id
from pdtracker.models.records import MailState, OutboxMail
from pdtracker.queries.reviewing import Deciding
from pdtracker.scope import Scope

_IN_THE_HOUSE = (MailState.QUEUED, MailState.GATHERED, MailState.WITHHELD)


def decided(scope: Scope, claim: Deciding, issuer: Issuer) -> Decided:
    """What every letter about a decision on this claim names."""
    return Decided(
        claim.person_name, claim.title, scope.me.name, issuer.claim_address(scope.district.slug, claim.id)
    )


@dataclass(frozen=True, slots=True)
class Reader:
    """To whom a letter goes. `person_id` is theirs, or whose letter it is where they are nobody of the district."""

    person_id: int
    email: str
    name: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of text that goes with a letter."""

    name: str
    text: str


def queued(
    scope: Scope,
    reader: Reader,
    letter: Letter,
    *,
    key: str,
    not_before: datetime,
    step_id: int | None = None,
    attachment: Attachment | None = None,
) -> dict[str, Any]:
    """The outbox row of a letter; `key` makes sure that it is never written twice."""
    return {
        "id": new_id(),
        "dedupe_key": key,
        "to_person_id": reader.person_id,
        "to_email": reader.email,
        "to_name": reader.name,
        "subject": letter.subject,
        "body": letter.body,
        "kind": letter.kind,
        "address": letter.address,
        "attachment_name": attachment.name if attachment else None,
        "attachment": attachment.text if attachment else None,
        "step_id": step_id,
        "state": MailState.QUEUED,
        "not_before": not_before,
        "attempts": 0,
        "last_error": "",
        "sent_at": None,
        "created_at": scope.at,
        "digest_id": None,
        "read_at": None,
    }


def letter_row(
    scope: Scope, claim: Deciding, letter: Letter, *, key: str, step_id: int, not_before: datetime
) -> dict[str, Any]:
    """The outbox row of a letter to the claimant about a decision."""
    reader = Reader(claim.person_id, claim.person_email, claim.person_name)
    return queued(scope, reader, letter, key=key, step_id=step_id, not_before=not_before)


def queue_new(scope: Scope, letters: Sequence[dict[str, Any]]) -> int:
    """Queue letters, but for those whose key had one before; gives how many. Two statements at most."""
    if not letters:
        return 0
    keys = [letter["dedupe_key"] for letter in letters]
    known = set(
        scope.session.scalars(sa.select(OutboxMail.dedupe_key).where(OutboxMail.dedupe_key.in_(keys)))
    )
    new = [letter for letter in letters if letter["dedupe_key"] not in known]
    scope.session.insert_rows(OutboxMail, new)
    return len(new)


def post(
    scope: Scope, claim: Deciding, letter: Letter, *, key: str, step_id: int, not_before: datetime | None
) -> None:
    """Queue one letter to the claimant, to leave at `not_before`."""
    row = letter_row(scope, claim, letter, key=key, step_id=step_id, not_before=not_before or scope.at)
    scope.session.insert_rows(OutboxMail, [row])


def call_back(scope: Scope, step_ids: Sequence[int]) -> None:
    """Cancel the letters of these decisions that have not left, alone or in a digest."""
    scope.session.execute(
        sa.update(OutboxMail)
        .where(OutboxMail.step_id.in_(step_ids), OutboxMail.state.in_(_IN_THE_HOUSE))
        .values(state=MailState.CANCELLED)
    )


def call_back_news_of(scope: Scope, claim_ids: Sequence[int]) -> None:
    """Cancel the letters about any decision on these claims that have not left."""
    steps = sa.select(ClaimStep.id).where(ClaimStep.claim_id.in_(claim_ids))
    scope.session.execute(
        sa.update(OutboxMail)
        .where(OutboxMail.step_id.in_(steps), OutboxMail.state.in_(_IN_THE_HOUSE))
        .values(state=MailState.CANCELLED)
        .execution_options(synchronize_session=False)
    )


def hurry(scope: Scope, step_ids: Sequence[int]) -> None:
    """Let the letters of these decisions leave now."""
    scope.session.execute(
        sa.update(OutboxMail)
        .where(OutboxMail.step_id.in_(step_ids), OutboxMail.state == MailState.QUEUED)
        .values(not_before=scope.at)
    )


def hold_back(scope: Scope, step_ids: Sequence[int], until: datetime) -> None:
    """Keep the letters of these decisions in the house until then."""
    scope.session.execute(
        sa.update(OutboxMail)
        .where(OutboxMail.step_id.in_(step_ids), OutboxMail.state == MailState.QUEUED)
        .values(not_before=until)
    )
