"""Who means to come to an event.

Revision: 0029
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

HERE = "district_id = nullif(current_setting('pdtracker.district_id', true), '')::bigint"


def upgrade() -> None:
    """Create the table, seen and written by its district only."""
    op.create_table(
        "going",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wants_reminder", sa.Boolean(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("told_version", sa.BigInteger(), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_to_log_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_going_district_id")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_going_event_id")),
        sa.ForeignKeyConstraint(
            ["district_id", "person_id"],
            ["person.district_id", "person.id"],
            name=op.f("fk_going_district_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_going")),
        sa.UniqueConstraint(
            "district_id", "event_id", "person_id", name=op.f("uq_going_district_id_event_id_person_id")
        ),
    )
    op.create_index("ix_going_person", "going", ["district_id", "person_id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE going ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE going FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own ON going USING ({HERE}) WITH CHECK ({HERE})")


def downgrade() -> None:
    """Drop it."""
    op.drop_table("going")
