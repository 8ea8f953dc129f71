"""The same request twice is one request: what was done under a key is done once, and answered alike.

For actions that must not run twice (submit, approve, add a person). Within the action's own transaction:

    asked = Asked(key, "submit_claim", {"claim": claim_id, "version": version})
    if (before := answered(scope, asked)) is not None:
        return before["step"]
    ...
    keep_answer(scope, asked, {"step": step.id})

Two that arrive at the same moment: on SQLite the second waits and gets the first one's answer; on PostgreSQL the
unique key, or an earlier constraint of the work itself, refuses the second: it was done a moment ago. A request that
came to nothing keeps no answer, and can be made again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from pdtracker.domain.refusals import NotNow
from pdtracker.models.records import IdempotencyKey
from pdtracker.scope import Scope


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: the key of its form (empty: none, then nothing is kept), the action, and what was asked of it."""

    key: str
    action: str
    body: Mapping[str, Any]

    @property
    def request_hash(self) -> str:
        """Tells another request under the same key apart."""
        told = json.dumps([self.action, self.body], sort_keys=True, separators=(",", ":"), default=str)
        return hashlib.sha256(told.encode()).hexdigest()


def answered(scope: Scope, asked: Asked) -> Mapping[str, Any] | None:
    """The answer that this request got before, `None` for a new one.

    Raises NotNow when the key was used for something else: two buttons of one page, of which one was pressed.
    """
    if not asked.key:
        return None
    row = scope.session.execute(
        sa.select(IdempotencyKey.request_hash, IdempotencyKey.answer).where(
            IdempotencyKey.person_id == scope.me.id, IdempotencyKey.key == asked.key
        )
    ).one_or_none()
    if row is None:
        return None
    if row.request_hash != asked.request_hash:
        raise NotNow("key_used", "This page was already used for something else. Load it again to go on.")
    answer: Mapping[str, Any] = row.answer
    return answer


def keep_answer(scope: Scope, asked: Asked, answer: Mapping[str, Any]) -> None:
    """Keep the answer in the running transaction: it is remembered exactly when the work is."""
    if not asked.key:
        return
    scope.session.add(
        IdempotencyKey(
            person_id=scope.me.id,
            key=asked.key,
            action=asked.action,
            request_hash=asked.request_hash,
            answer=dict(answer),
            created_at=scope.at,
        )
    )
