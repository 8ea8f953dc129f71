"""Bundles: claims of several short sessions, each part with its own time and evidence.

Revision: 0020
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

HERE = "district_id = nullif(current_setting('pdtracker.district_id', true), '')::bigint"


def upgrade() -> None:
    """Create the table, seen and written by its district only; no claim that there is is a bundle."""
    op.add_column("claim", sa.Column("is_bundle", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "claim_part",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("claim_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("hashtag", sa.Text(), nullable=True),
        sa.Column("session_starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("session_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.Column("longer_reason", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("minutes BETWEEN 1 AND 1440", name=op.f("ck_claim_part_minutes")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_claim_part_span")),
        sa.CheckConstraint("link IS NOT NULL OR note <> ''", name=op.f("ck_claim_part_evidence")),
        sa.ForeignKeyConstraint(
            ["district_id", "claim_id", "person_id"],
            ["claim.district_id", "claim.id", "claim.person_id"],
            name=op.f("fk_claim_part_district_id_claim_id_person_id"),
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_claim_part_district_id")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_claim_part_event_id")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_claim_part")),
        sa.UniqueConstraint(
            "district_id", "claim_id", "event_id", name=op.f("uq_claim_part_district_id_claim_id_event_id")
        ),
    )
    op.create_index("ix_claim_part_event", "claim_part", ["district_id", "person_id", "event_id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE claim_part ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE claim_part FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own ON claim_part USING ({HERE}) WITH CHECK ({HERE})")


def downgrade() -> None:
    """Drop it. A bundle stays as a claim of the time from its first session to its last."""
    op.drop_table("claim_part")
    op.drop_column("claim", "is_bundle")
