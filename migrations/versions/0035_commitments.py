"""What a district commits to, version by version.

Revision: 0035
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pdtracker.migrating import freeze, unfreeze

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

HERE = "district_id = nullif(current_setting('pdtracker.district_id', true), '')::bigint"


def upgrade() -> None:
    """Create the table, seen and written by its district only; what was published stays as it was."""
    op.create_table(
        "commitment",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("promises", sa.JSON(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("published_by_id", sa.BigInteger(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_commitment_version")),
        sa.CheckConstraint("from_on <= until_on", name=op.f("ck_commitment_span")),
        sa.ForeignKeyConstraint(
            ["district_id", "published_by_id"],
            ["person.district_id", "person.id"],
            name=op.f("fk_commitment_district_id_published_by_id"),
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_commitment_district_id")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_commitment")),
        sa.UniqueConstraint("district_id", "version", name=op.f("uq_commitment_district_id_version")),
    )
    freeze("commitment")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE commitment ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE commitment FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own ON commitment USING ({HERE}) WITH CHECK ({HERE})")


def downgrade() -> None:
    """Drop it; what was published is forgotten."""
    unfreeze("commitment")
    op.drop_table("commitment")
