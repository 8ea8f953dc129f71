"""Codes with which people join a district by themselves: nobody else learns or sets the password.

Revision: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

HERE = "district_id = nullif(current_setting('pdtracker.district_id', true), '')::bigint"
DOORS = "current_setting('pdtracker.installation', true) = 'on'"


def upgrade() -> None:
    """Create the table; on PostgreSQL the doors find a code, and only its district writes it."""
    op.create_table(
        "joining_code",
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("district_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "person_id"],
            ["person.district_id", "person.id"],
            name=op.f("fk_joining_code_district_id_person_id"),
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_joining_code_district_id")),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_joining_code")),
        sa.UniqueConstraint("district_id", "person_id", name=op.f("uq_joining_code_district_id_person_id")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE joining_code ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE joining_code FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own ON joining_code USING ({HERE}) WITH CHECK ({HERE})")
        op.execute(f"CREATE POLICY doors ON joining_code FOR SELECT USING ({DOORS})")


def downgrade() -> None:
    """Drop the table; codes that were not used are void."""
    op.drop_table("joining_code")
