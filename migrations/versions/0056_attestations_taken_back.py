"""That somebody took back what was attested of a licence's holder.

Revision: 0056
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pdtracker.migrating import freeze, unfreeze

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

HERE = "district_id = nullif(current_setting('pdtracker.district_id', true), '')::bigint"
TABLE = "licence_attestation_taken_back"


def upgrade() -> None:
    """Create the table, seen and written by its district only, and never changed."""
    op.create_table(
        TABLE,
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("licence_id", sa.BigInteger(), nullable=False),
        sa.Column("attestation_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("by_person_id", sa.BigInteger(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("by_title", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f(f"ck_{TABLE}_reason")),
        sa.ForeignKeyConstraint(
            ["district_id", "licence_id"],
            ["licence.district_id", "licence.id"],
            name=op.f(f"fk_{TABLE}_district_id_licence_id"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "attestation_id"],
            ["licence_attestation.district_id", "licence_attestation.id"],
            name=op.f(f"fk_{TABLE}_district_id_attestation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "by_person_id"],
            ["person.district_id", "person.id"],
            name=op.f(f"fk_{TABLE}_district_id_by_person_id"),
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f(f"fk_{TABLE}_district_id")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint(
            "district_id", "attestation_id", name=op.f(f"uq_{TABLE}_district_id_attestation_id")
        ),
    )
    op.create_index(f"ix_{TABLE}_licence", TABLE, ["district_id", "licence_id", "id"])
    freeze(TABLE)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own ON {TABLE} USING ({HERE}) WITH CHECK ({HERE})")


def downgrade() -> None:
    """Drop it; what was taken back holds again."""
    unfreeze(TABLE)
    op.drop_table(TABLE)
