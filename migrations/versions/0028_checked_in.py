"""What became of people's check-ins at an event: the drafts that they began.

Revision: 0028
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

TABLE = "checked_in"
HERE = "district_id = nullif(current_setting('pdtracker.district_id', true), '')::bigint"


def upgrade() -> None:
    """Create it, seen and written by its district only."""
    op.create_table(
        TABLE,
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("last_entry_id", sa.BigInteger(), nullable=False),
        sa.Column("claim_id", sa.BigInteger(), nullable=True),
        sa.Column("claim_version", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f(f"fk_{TABLE}_district_id")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f(f"fk_{TABLE}_event_id")),
        _to("person_id", "person"),
        _to("claim_id", "claim"),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint(
            "district_id", "event_id", "person_id", name=op.f(f"uq_{TABLE}_district_id_event_id_person_id")
        ),
    )
    op.create_index("ix_checked_in_claim", TABLE, ["district_id", "claim_id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own ON {TABLE} USING ({HERE}) WITH CHECK ({HERE})")


def downgrade() -> None:
    """Drop it."""
    op.drop_table(TABLE)


def _to(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["district_id", column],
        [f"{table}.district_id", f"{table}.id"],
        name=op.f(f"fk_{TABLE}_district_id_{column}"),
    )
