"""Checkpoints of the audit trail: who keeps them, and one for each night, signed and sent out of the house."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from pdtracker.actions import posting
from pdtracker.actions.posting import Attachment, Reader
from pdtracker.domain.access import Permission
from pdtracker.domain.checkpoint import (
    FILE_NAME,
    Officer,
    checkpoint_letter,
    officers_changed_letter,
    officers_of,
)
from pdtracker.models.checkpoints import CheckpointOfficers, TrailCheckpoint
from pdtracker.models.ids import new_id
from pdtracker.queries.checkpoints import (
    Checkpoint,
    checkpoint,
    checkpoints_document,
    has_checkpoint,
    keepers,
)
from pdtracker.scope import Scope, action


@action(Permission.MANAGE_DISTRICT)
def name_officers(scope: Scope, first: Officer, second: Officer, *, address: str) -> None:
    """Let these two get the checkpoints from now on, or nobody; `address` is where that is set.

    Whoever kept them until now is told as well: who wants to bend the trail would begin here. Refuses with NotValid
    one alone, half of one, and one twice.
    """
    officers, before = officers_of(first, second), keepers(scope.session).officers
    if officers == before:
        return
    row_id = new_id()
    one, other = officers or (Officer("", ""), Officer("", ""))
    scope.session.add(
        CheckpointOfficers(
            id=row_id,
            named_at=scope.at,
            by_person_id=scope.me.id,
            first_name=one.name,
            first_email=one.email,
            second_name=other.name,
            second_email=other.email,
        )
    )
    told = {officer.email.casefold(): officer for officer in (*before, *officers)}
    posting.queue_new(
        scope,
        [
            posting.queued(
                scope,
                Reader(scope.me.id, officer.email, officer.name),
                officers_changed_letter(officer, scope.district.name, scope.me.name, officers, address),
                key=f"checkpoint officers:{row_id}:{place}",
                not_before=scope.at,
            )
            for place, officer in enumerate(told.values())
        ],
    )
    scope.record(
        "checkpoint.officers_named",
        "district",
        scope.district.id,
        officers=_names(officers),
        before=_names(before),
    )


@action(Permission.MANAGE_DISTRICT)
def write_checkpoint(scope: Scope, secrets: tuple[str, ...]) -> bool:
    """Sign how far the chain has grown, once a day, and send it to the officers; whether there was one to write.

    Raises KeyLocked when none of the secrets opens the district's key.
    """
    on = scope.today
    if has_checkpoint(scope, on):
        return False
    made = checkpoint(scope.session, scope.district.slug, secrets, scope.at)
    if made is None:
        return False
    row_id = new_id()
    scope.session.add(
        TrailCheckpoint(
            id=row_id,
            written_on=on,
            at=made.at,
            seq=made.seq,
            hash=made.hash,
            kid=made.key,
            signature=made.signature,
        )
    )
    posting.queue_new(scope, list(_letters(scope, made)))
    scope.record("checkpoint.written", "checkpoint", row_id, entry=made.seq, hash=made.hash)
    return True


def _letters(scope: Scope, made: Checkpoint) -> Iterable[dict[str, Any]]:
    kept = keepers(scope.session)
    file = Attachment(FILE_NAME, json.dumps(checkpoints_document([made]), ensure_ascii=False, indent=2))
    for place, officer in enumerate(kept.officers):
        letter = checkpoint_letter(officer, scope.district.name, scope.today, made.seq, made.hash)
        yield posting.queued(
            scope,
            # Whose letter it is: an officer need be nobody of the district.
            Reader(kept.by_person_id or 0, officer.email, officer.name),
            letter,
            key=f"checkpoint:{scope.today.isoformat()}:{place}",
            not_before=scope.at,
            attachment=file,
        )


def _names(officers: tuple[Officer, ...]) -> list[str]:
    return [f"{one.name} <{one.email}>" for one in officers]
