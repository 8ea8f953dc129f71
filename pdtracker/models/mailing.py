"""How people choose to have their letters, when they want none, and which addresses letters came back from."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pdtracker.domain.mailing import LetterKind, Pace
from pdtracker.models.base import Base, DistrictOwned, in_district, words

# No CHECK names the kinds: the program knows which letters it writes, and a further kind is no change of the schema.
LETTER_KINDS = sa.Enum(
    LetterKind,
    native_enum=False,
    create_constraint=False,
    validate_strings=True,
    length=32,
    values_callable=lambda kinds: [kind.value for kind in kinds],
)


class MailChoice(DistrictOwned, Base):
    """How a person has letters of a kind; without a row at once."""

    __tablename__ = "mail_choice"

    person_id: Mapped[int]
    kind: Mapped[LetterKind] = mapped_column(LETTER_KINDS)
    pace: Mapped[Pace] = mapped_column(words(Pace))
    chosen_at: Mapped[datetime]

    __table_args__ = (
        in_district("person_id", to="person"),
        sa.UniqueConstraint("district_id", "person_id", "kind"),
    )


class QuietHoursRow(DistrictOwned, Base):
    """When a person wants no letters, in minutes of the day on their own clock."""

    __tablename__ = "quiet_hours"

    person_id: Mapped[int]
    from_minute: Mapped[int]
    until_minute: Mapped[int]

    __table_args__ = (
        in_district("person_id", to="person"),
        sa.UniqueConstraint("district_id", "person_id"),
        sa.CheckConstraint(
            "from_minute BETWEEN 0 AND 1439 AND until_minute BETWEEN 0 AND 1439", name="minutes"
        ),
    )


class BouncedAddress(DistrictOwned, Base):
    """An address that takes no letters, until somebody lifts that; `by_name` is empty where the mail server said so."""

    __tablename__ = "bounced_address"

    email_key: Mapped[str]
    why: Mapped[str]
    at: Mapped[datetime]
    by_name: Mapped[str]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str]

    __table_args__ = (
        sa.Index(
            "uq_bounced_address_standing",
            "district_id",
            "email_key",
            unique=True,
            sqlite_where=sa.text("lifted_at IS NULL"),
            postgresql_where=sa.text("lifted_at IS NULL"),
        ),
    )
