"""Where licences stood when they were last counted.

Revision: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

HERE = "district_id = nullif(current_setting('pdtracker.district_id', true), '')::bigint"


def upgrade() -> None:
    """Create the table, seen and written by its district only; it is filled by counting."""
    op.create_table(
        "licence_standing",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("licence_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_id", sa.BigInteger(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "short",
                "behind",
                "on_track",
                "met",
                name="standingstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("earned", sa.Text(), nullable=False),
        sa.Column("pending", sa.Text(), nullable=False),
        sa.Column("required", sa.Text(), nullable=False),
        sa.Column("behind_minutes", sa.BigInteger(), nullable=False),
        sa.Column("pace", sa.Text(), nullable=False),
        sa.Column("gaps", sa.Text(), nullable=False),
        sa.Column("gap_names", sa.Text(), nullable=False),
        sa.Column("missing", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "licence_id"],
            ["licence.district_id", "licence.id"],
            name=op.f("fk_licence_standing_district_id_licence_id"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "person_id"],
            ["person.district_id", "person.id"],
            name=op.f("fk_licence_standing_district_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("fk_licence_standing_district_id")
        ),
        sa.PrimaryKeyConstraint("district_id", "licence_id", name=op.f("pk_licence_standing")),
    )
    op.create_index(
        "ix_licence_standing_behind", "licence_standing", ["district_id", "behind_minutes", "licence_id"]
    )
    op.create_index("ix_licence_standing_person", "licence_standing", ["district_id", "person_id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE licence_standing ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE licence_standing FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own ON licence_standing USING ({HERE}) WITH CHECK ({HERE})")


def downgrade() -> None:
    """Drop it; nothing is lost that can't be counted again."""
    op.drop_table("licence_standing")
