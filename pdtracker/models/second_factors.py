"""What an account proves beside its password: an authenticator app, recovery codes, and the step in between."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pdtracker.models.base import Base, Installation


class AuthenticatorApp(Installation, Base):
    """The secret that an account shares with an app. It counts from `confirmed_at` on, when the first code fitted."""

    __tablename__ = "authenticator_app"

    account_id: Mapped[int] = mapped_column(
        sa.ForeignKey("account.id"), primary_key=True, autoincrement=False
    )
    locked_secret: Mapped[bytes] = mapped_column(sa.LargeBinary)
    begun_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    # The half minute of the newest code that was taken: neither it nor an older one is taken again.
    last_step: Mapped[int]


class RecoveryCode(Installation, Base):
    """A code that stands in for the app once. Only its hash is kept."""

    __tablename__ = "recovery_code"

    code_hash: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"), index=True)
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class HalfSignIn(Installation, Base):
    """A browser whose password was right and whose second factor is due: it leads nowhere by itself."""

    __tablename__ = "half_sign_in"

    secret_hash: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("account.id"), index=True)
    expires_at: Mapped[datetime]
