"""What an account proves beside its password, the step in between, and which districts insist on it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pdtracker.models.base import Base, Directory, Installation


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


class SecondFactorRule(Directory, Base):
    """That a district lets nobody review or administer without a second factor."""

    __tablename__ = "second_factor_rule"

    since: Mapped[datetime] = mapped_column(sort_order=6)

    __table_args__ = (sa.PrimaryKeyConstraint("district_id"),)
