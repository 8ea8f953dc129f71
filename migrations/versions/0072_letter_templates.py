"""How a district words its letters, kind by kind.

Revision: 0072
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pdtracker.migrating import freeze, unfreeze

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None

HERE = "district_id = nullif(current_setting('pdtracker.district_id', true), '')::bigint"
TABLE = "letter_template"


def upgrade() -> None:
    """Create the table, seen and written by its district only, and never changed."""
    op.create_table(
        TABLE,
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_person_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "by_person_id"],
            ["person.district_id", "person.id"],
            name=op.f(f"fk_{TABLE}_district_id_by_person_id"),
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f(f"fk_{TABLE}_district_id")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f(f"pk_{TABLE}")),
    )
    op.create_index("ix_letter_template_kind", TABLE, ["district_id", "kind", "id"])
    freeze(TABLE)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own ON {TABLE} USING ({HERE}) WITH CHECK ({HERE})")


def downgrade() -> None:
    """Drop it: letters leave as the house writes them."""
    unfreeze(TABLE)
    op.drop_table(TABLE)
