"""Signed checkpoints of each district's audit chain, and who keeps them outside of the house.

Revision: 0071
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pdtracker.migrating import freeze, unfreeze

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None

HERE = "district_id = nullif(current_setting('pdtracker.district_id', true), '')::bigint"
OFFICERS, CHECKPOINT = "checkpoint_officers", "trail_checkpoint"


def upgrade() -> None:
    """Create the tables, seen and written by their district only, and never changed."""
    op.create_table(
        OFFICERS,
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_person_id", sa.BigInteger(), nullable=False),
        sa.Column("first_name", sa.Text(), nullable=False),
        sa.Column("first_email", sa.Text(), nullable=False),
        sa.Column("second_name", sa.Text(), nullable=False),
        sa.Column("second_email", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "by_person_id"],
            ["person.district_id", "person.id"],
            name=op.f(f"fk_{OFFICERS}_district_id_by_person_id"),
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f(f"fk_{OFFICERS}_district_id")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f(f"pk_{OFFICERS}")),
    )
    op.create_table(
        CHECKPOINT,
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("kid", sa.Text(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f(f"fk_{CHECKPOINT}_district_id")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f(f"pk_{CHECKPOINT}")),
        sa.UniqueConstraint(
            "district_id", "written_on", name=op.f(f"uq_{CHECKPOINT}_district_id_written_on")
        ),
    )
    for table in (OFFICERS, CHECKPOINT):
        freeze(table)
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY own ON {table} USING ({HERE}) WITH CHECK ({HERE})")


def downgrade() -> None:
    """Drop them: what officers got by mail they keep."""
    for table in (CHECKPOINT, OFFICERS):
        unfreeze(table)
        op.drop_table(table)
