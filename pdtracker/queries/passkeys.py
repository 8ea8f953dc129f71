"""The passkeys of an account, for its owner and for the browser that makes another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from pdtracker.db import DistrictSession
from pdtracker.models.passkeys import Passkey


@dataclass(frozen=True, slots=True)
class PasskeyRow:
    """A passkey, by the name that its owner gave it."""

    id: int
    name: str
    credential_id: bytes
    made_at: datetime
    used_at: datetime | None


def passkeys_of(session: DistrictSession, account_id: int) -> Sequence[PasskeyRow]:
    """The account's passkeys, the oldest first."""
    rows = session.execute(
        sa.select(Passkey.id, Passkey.name, Passkey.credential_id, Passkey.made_at, Passkey.used_at)
        .where(Passkey.account_id == account_id)
        .order_by(Passkey.made_at, Passkey.id)
    )
    return [PasskeyRow(row.id, row.name, row.credential_id, row.made_at, row.used_at) for row in rows]
