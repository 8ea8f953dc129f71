"""Passkeys of accounts, and the challenges that they answer."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pdtracker.models.base import Base, Installation
from pdtracker.models.ids import new_id


class Passkey(Installation, Base):
    """A passkey: its public half only. Whoever reads the table can't sign in with it."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id, autoincrement=False)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"), index=True)
    credential_id: Mapped[bytes] = mapped_column(sa.LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(sa.LargeBinary)
    sign_count: Mapped[int]
    name: Mapped[str]
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class PasskeyChallenge(Installation, Base):
    """A challenge that one passkey may answer once. Only its hash is kept."""

    __tablename__ = "passkey_challenge"

    challenge_hash: Mapped[str] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime]
