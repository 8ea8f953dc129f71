"""Claims of one session of an event, and how much of its hours is breaks.

Revision: 0037
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

HELD = "state IN ('draft', 'submitted', 'returned', 'credited') AND follow_up IS NULL"


def upgrade() -> None:
    """Every claim that there is is of a whole event: one of each, as before, and one of each session."""
    op.execute(
        "ALTER TABLE claim ADD COLUMN session_id BIGINT"
        " CONSTRAINT fk_claim_session_id REFERENCES event_session (id)"
    )
    op.add_column("claim", sa.Column("break_minutes", sa.BigInteger(), server_default="0", nullable=False))
    op.drop_index("uq_claim_event", "claim")
    _hold("uq_claim_event", "event_id", f"{HELD} AND session_id IS NULL")
    _hold("uq_claim_session", "session_id", HELD)


def downgrade() -> None:
    """Claims of sessions become claims of their event; of several of one person the first stays with it."""
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    if is_postgresql:
        # The owner is bound by the policies too; for this moment they are not asked.
        op.execute("ALTER TABLE claim NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "UPDATE claim SET event_id = NULL WHERE session_id IS NOT NULL AND EXISTS ("
        "SELECT 1 FROM claim AS first WHERE first.district_id = claim.district_id"
        " AND first.person_id = claim.person_id AND first.event_id = claim.event_id"
        " AND first.state IN ('draft', 'submitted', 'returned', 'credited') AND first.follow_up IS NULL"
        " AND first.id < claim.id)"
    )
    if is_postgresql:
        op.execute("ALTER TABLE claim FORCE ROW LEVEL SECURITY")
    op.drop_index("uq_claim_session", "claim")
    op.drop_index("uq_claim_event", "claim")
    op.drop_column("claim", "break_minutes")
    op.drop_column("claim", "session_id")
    _hold("uq_claim_event", "event_id", HELD)


def _hold(name: str, column: str, where: str) -> None:
    op.create_index(
        name,
        "claim",
        ["district_id", "person_id", column],
        unique=True,
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )
