"""Addresses under which people's calendars can be read.

Revision: 0036
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

HERE = "district_id = nullif(current_setting('pdtracker.district_id', true), '')::bigint"
DOORS = "current_setting('pdtracker.installation', true) = 'on'"


def upgrade() -> None:
    """Create the table; on PostgreSQL the doors find an address, and only its district writes it."""
    op.create_table(
        "calendar_address",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("district_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["district_id", "person_id"],
            ["person.district_id", "person.id"],
            name=op.f("fk_calendar_address_district_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("fk_calendar_address_district_id")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_calendar_address")),
        sa.UniqueConstraint("id", name=op.f("uq_calendar_address_id")),
    )
    op.create_index("ix_calendar_address_person", "calendar_address", ["district_id", "person_id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE calendar_address ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE calendar_address FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own ON calendar_address USING ({HERE}) WITH CHECK ({HERE})")
        op.execute(f"CREATE POLICY doors ON calendar_address FOR SELECT USING ({DOORS})")


def downgrade() -> None:
    """Drop the table; every address is void."""
    op.drop_table("calendar_address")
