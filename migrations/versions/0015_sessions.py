"""Events of several sessions, and breaks that nobody gets credit for.

Revision: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLES = ("event_break", "event_session")
HERE = "district_id = nullif(current_setting('pdtracker.district_id', true), '')::bigint"
NOWHERE = "nullif(current_setting('pdtracker.district_id', true), '') IS NULL"
DOORS = "current_setting('pdtracker.installation', true) = 'on'"


def upgrade() -> None:
    """Create both tables, seen by all where they are of the shared calendar, else by their district only."""
    op.create_table(
        "event_session",
        sa.Column("district_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("position >= 1", name=op.f("ck_event_session_position")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_event_session_span")),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_event_session_district_id")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_session_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_session")),
        sa.UniqueConstraint("event_id", "position", name=op.f("uq_event_session_event_id_position")),
    )
    op.create_table(
        "event_break",
        sa.Column("district_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_event_break_span")),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_event_break_district_id")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_break_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_break")),
        sa.UniqueConstraint("event_id", "starts_at", name=op.f("uq_event_break_event_id_starts_at")),
    )
    for table in TABLES:
        op.create_index(op.f(f"ix_{table}_district_id"), table, ["district_id"])
    if op.get_bind().dialect.name == "postgresql":
        shared = f"district_id IS NULL AND {NOWHERE} AND {DOORS}"
        for table in TABLES:
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY seen ON {table} FOR SELECT USING (district_id IS NULL OR {HERE})")
            op.execute(
                f"CREATE POLICY own ON {table} USING ({HERE} OR ({shared})) WITH CHECK ({HERE} OR ({shared}))"
            )


def downgrade() -> None:
    """Drop them."""
    for table in TABLES:
        op.drop_table(table)
