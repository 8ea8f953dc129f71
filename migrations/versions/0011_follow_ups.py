"""Claims that follow a credited one: what they say of it, and the share of its minutes that counts for that.

Revision: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BEFORE = "state IN ('draft', 'submitted', 'returned', 'credited')"
AFTER = f"{BEFORE} AND follow_up IS NULL"


def upgrade() -> None:
    """Add both columns with their rules; a follow-up doesn't hold the event a second time."""
    # Written out: SQLite takes a rule with a new column, but none for a table that is there.
    op.execute(
        "ALTER TABLE claim ADD COLUMN follow_up VARCHAR(32)"
        " CONSTRAINT ck_claim_followupkind CHECK (follow_up IN ('application', 'impact'))"
    )
    op.execute(
        "ALTER TABLE claim ADD COLUMN follow_up_percent BIGINT CONSTRAINT ck_claim_follow_up_percent CHECK ("
        "(follow_up IS NULL AND follow_up_percent IS NULL)"
        " OR (follow_up IS NOT NULL AND follow_up_percent BETWEEN 0 AND 300))"
    )
    _hold_events(AFTER)


def downgrade() -> None:
    """Drop both; refused by the index where a follow-up and its original are of one event."""
    _hold_events(BEFORE)
    op.drop_column("claim", "follow_up_percent")
    op.drop_column("claim", "follow_up")


def _hold_events(rule: str) -> None:
    op.drop_index("uq_claim_event", table_name="claim")
    op.create_index(
        "uq_claim_event",
        "claim",
        ["district_id", "person_id", "event_id"],
        unique=True,
        sqlite_where=sa.text(rule),
        postgresql_where=sa.text(rule),
    )
