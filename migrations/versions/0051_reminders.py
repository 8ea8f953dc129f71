"""A district's policy of reminders, and what somebody was reminded of already.

Revision: 0051
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

HERE = "district_id = nullif(current_setting('pdtracker.district_id', true), '')::bigint"
KINDS = ("log", "reflection", "review", "cycle")


def upgrade() -> None:
    """Create the tables, seen and written by their district only."""
    op.create_table(
        "reminder_policy",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        *(sa.Column(f"{kind}_days", sa.BigInteger(), nullable=True) for kind in KINDS),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("fk_reminder_policy_district_id")
        ),
        sa.PrimaryKeyConstraint("district_id", name=op.f("pk_reminder_policy")),
    )
    op.create_table(
        "reminder",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*KINDS, name="reminderkind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "person_id"],
            ["person.district_id", "person.id"],
            name=op.f("fk_reminder_district_id_person_id"),
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_reminder_district_id")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_reminder")),
        sa.UniqueConstraint(
            "district_id",
            "kind",
            "subject_id",
            "person_id",
            "about",
            name=op.f("uq_reminder_district_id_kind_subject_id_person_id_about"),
        ),
    )
    op.create_index("ix_reminder_person", "reminder", ["district_id", "person_id", "kind", "at"])
    if op.get_bind().dialect.name == "postgresql":
        for table in ("reminder_policy", "reminder"):
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY own ON {table} USING ({HERE}) WITH CHECK ({HERE})")


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("reminder")
    op.drop_table("reminder_policy")
