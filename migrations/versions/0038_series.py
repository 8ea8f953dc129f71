"""Series of events: the first one's id on each of them.

Revision: 0038
"""

from __future__ import annotations

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No event that there is belongs to a series."""
    op.execute(
        "ALTER TABLE event ADD COLUMN series_id BIGINT CONSTRAINT fk_event_series_id REFERENCES event (id)"
    )
    op.create_index("ix_event_series_id", "event", ["series_id", "starts_at"])


def downgrade() -> None:
    """Its events stay, each by itself."""
    op.drop_index("ix_event_series_id", "event")
    op.drop_column("event", "series_id")
