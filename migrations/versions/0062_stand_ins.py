"""Who stands in for a reviewer while they are away.

Revision: 0062
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

HERE = "district_id = nullif(current_setting('pdtracker.district_id', true), '')::bigint"
PEOPLE = ("for_person_id", "by_person_id", "created_by_id")


def upgrade() -> None:
    """Create the table, seen and written by its district only."""
    op.create_table(
        "stand_in",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("for_person_id", sa.BigInteger(), nullable=False),
        sa.Column("by_person_id", sa.BigInteger(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("created_by_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("for_person_id <> by_person_id", name=op.f("ck_stand_in_somebody_else")),
        sa.CheckConstraint("until_on >= from_on", name=op.f("ck_stand_in_span")),
        *(
            sa.ForeignKeyConstraint(
                ["district_id", column],
                ["person.district_id", "person.id"],
                name=op.f(f"fk_stand_in_district_id_{column}"),
            )
            for column in PEOPLE
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_stand_in_district_id")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_stand_in")),
    )
    op.create_index("ix_stand_in_by", "stand_in", ["district_id", "by_person_id", "until_on"])
    op.create_index("ix_stand_in_for", "stand_in", ["district_id", "for_person_id", "until_on"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE stand_in ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE stand_in FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own ON stand_in USING ({HERE}) WITH CHECK ({HERE})")


def downgrade() -> None:
    """Drop it: whoever is away decides again by themselves."""
    op.drop_table("stand_in")
