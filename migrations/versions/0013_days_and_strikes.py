"""A log of days for what has no fixed hours, and facts that an approval left out.

Revision: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TABLES = ("struck_fact", "claim_day")
HERE = "district_id = nullif(current_setting('pdtracker.district_id', true), '')::bigint"


def upgrade() -> None:
    """Create both tables, seen and written by their district only."""
    op.create_table(
        "claim_day",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("claim_id", sa.BigInteger(), nullable=False),
        sa.Column("spent_on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("minutes BETWEEN 1 AND 1440", name=op.f("ck_claim_day_minutes")),
        sa.ForeignKeyConstraint(
            ["district_id", "claim_id"],
            ["claim.district_id", "claim.id"],
            name=op.f("fk_claim_day_district_id_claim_id"),
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_claim_day_district_id")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_claim_day")),
        sa.UniqueConstraint(
            "district_id", "claim_id", "spent_on", name=op.f("uq_claim_day_district_id_claim_id_spent_on")
        ),
    )
    op.create_table(
        "struck_fact",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("fact_id", sa.BigInteger(), nullable=False),
        sa.Column("step_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "fact_id"],
            ["claim_fact.district_id", "claim_fact.id"],
            name=op.f("fk_struck_fact_district_id_fact_id"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "step_id"],
            ["claim_step.district_id", "claim_step.id"],
            name=op.f("fk_struck_fact_district_id_step_id"),
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_struck_fact_district_id")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_struck_fact")),
        sa.UniqueConstraint("district_id", "fact_id", name=op.f("uq_struck_fact_district_id_fact_id")),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY own ON {table} USING ({HERE}) WITH CHECK ({HERE})")


def downgrade() -> None:
    """Drop them."""
    for table in TABLES:
        op.drop_table(table)
