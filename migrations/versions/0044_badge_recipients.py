"""Whom each certificate's badge is for, as a salted hash of the holder's address.

Revision: 0044
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pdtracker.domain.recipient import identity_hash
from pdtracker.migrating import freeze, unfreeze

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

HERE = "district_id = nullif(current_setting('pdtracker.district_id', true), '')::bigint"


def upgrade() -> None:
    """Create the table, name the recipient of every certificate by the address of today, and freeze it."""
    op.create_table(
        "badge_recipient",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("certificate_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("identity_hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "certificate_id"],
            ["certificate.district_id", "certificate.id"],
            name=op.f("fk_badge_recipient_district_id_certificate_id"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("fk_badge_recipient_district_id")
        ),
        sa.PrimaryKeyConstraint("district_id", "certificate_id", name=op.f("pk_badge_recipient")),
    )
    _name_recipients()
    freeze("badge_recipient")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE badge_recipient ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE badge_recipient FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own ON badge_recipient USING ({HERE}) WITH CHECK ({HERE})")


def downgrade() -> None:
    """Drop the table."""
    unfreeze("badge_recipient")
    op.drop_table("badge_recipient")


def _name_recipients() -> None:
    bind = op.get_bind()
    is_guarded = bind.dialect.name == "postgresql"
    if is_guarded:
        # Row-level security binds the tables' owner, too, while it is forced.
        op.execute("ALTER TABLE certificate NO FORCE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE person NO FORCE ROW LEVEL SECURITY")
    holders = bind.execute(
        sa.text(
            "SELECT c.district_id, c.id, c.serial, p.email FROM certificate c"
            " JOIN person p ON p.district_id = c.district_id AND p.id = c.person_id"
        )
    ).all()
    if is_guarded:
        op.execute("ALTER TABLE certificate FORCE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE person FORCE ROW LEVEL SECURITY")
    rows = [
        {
            "district_id": district_id,
            "certificate_id": certificate_id,
            "identity_hash": identity_hash(serial, email),
        }
        for district_id, certificate_id, serial, email in holders
    ]
    if rows:
        bind.execute(
            sa.text(
                "INSERT INTO badge_recipient (district_id, certificate_id, identity_hash)"
                " VALUES (:district_id, :certificate_id, :identity_hash)"
            ),
            rows,
        )
