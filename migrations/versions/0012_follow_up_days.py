"""Until when a follow-up can be answered, and the share of the minutes that it was planned with.

Nothing wrote follow-ups before, so there are none that would lack them.

Revision: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add both columns."""
    op.add_column("follow_up", sa.Column("closes_on", sa.Date(), nullable=False))
    # Written out: SQLite takes a rule with a new column, but none for a table that is there.
    op.execute(
        "ALTER TABLE follow_up ADD COLUMN percent BIGINT NOT NULL"
        " CONSTRAINT ck_follow_up_percent CHECK (percent BETWEEN 0 AND 300)"
    )


def downgrade() -> None:
    """Drop both."""
    op.drop_column("follow_up", "percent")
    op.drop_column("follow_up", "closes_on")
