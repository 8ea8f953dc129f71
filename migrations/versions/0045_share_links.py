"""Addresses under which people show their certificates for some days.

Revision: 0045
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

HERE = "district_id = nullif(current_setting('pdtracker.district_id', true), '')::bigint"
DOORS = "current_setting('pdtracker.installation', true) = 'on'"


def upgrade() -> None:
    """Create the table; on PostgreSQL the doors find an address, and only its district writes it."""
    op.create_table(
        "share_link",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("district_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("certificate_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("expires_at > made_at", name=op.f("ck_share_link_expires")),
        sa.ForeignKeyConstraint(
            ["district_id", "person_id"],
            ["person.district_id", "person.id"],
            name=op.f("fk_share_link_district_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "certificate_id"],
            ["certificate.district_id", "certificate.id"],
            name=op.f("fk_share_link_district_id_certificate_id"),
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_share_link_district_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_share_link")),
        sa.UniqueConstraint("id", name=op.f("uq_share_link_id")),
    )
    op.create_index("ix_share_link_person", "share_link", ["district_id", "person_id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE share_link ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE share_link FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own ON share_link USING ({HERE}) WITH CHECK ({HERE})")
        op.execute(f"CREATE POLICY doors ON share_link FOR SELECT USING ({DOORS})")


def downgrade() -> None:
    """Drop the table; every address is void."""
    op.drop_table("share_link")
