"""Which steps of setting a district up were kept as they are, and when it was done.

Revision: 0058
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

HERE = "district_id = nullif(current_setting('pdtracker.district_id', true), '')::bigint"
STEPS = ("district", "schools", "people", "rules", "certificate")


def upgrade() -> None:
    """Districts that are there have been set up."""
    op.add_column("district", sa.Column("set_up_ended_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE district SET set_up_ended_at = created_at")
    op.create_table(
        "set_up_choice",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "step",
            sa.Enum(*STEPS, name="setupstep", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("by_person_id", sa.BigInteger(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "by_person_id"],
            ["person.district_id", "person.id"],
            name=op.f("fk_set_up_choice_district_id_by_person_id"),
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_set_up_choice_district_id")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_set_up_choice")),
        sa.UniqueConstraint("district_id", "step", name=op.f("uq_set_up_choice_district_id_step")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE set_up_choice ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE set_up_choice FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own ON set_up_choice USING ({HERE}) WITH CHECK ({HERE})")


def downgrade() -> None:
    """Drop the table and the column."""
    op.drop_table("set_up_choice")
    op.drop_column("district", "set_up_ended_at")
