"""What was recorded at the event of a bundle's part.

Revision: 0033
"""

from __future__ import annotations

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let evidence name the event that it shows; none does so far."""
    # Written out: SQLite takes a rule with a new column, but none for a table that is there.
    op.execute(
        "ALTER TABLE evidence ADD COLUMN event_id BIGINT CONSTRAINT fk_evidence_event_id REFERENCES event (id)"
    )


def downgrade() -> None:
    """Drop it. What showed a part is then evidence of the whole bundle."""
    op.drop_column("evidence", "event_id")
