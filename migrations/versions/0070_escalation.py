"""Escalation: after how many days the administrators hear of a claim that nobody decided.

Revision: 0070
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pdtracker.migrating import allow_words

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None

KINDS = ("log", "reflection", "review", "cycle")
KINDS_NOW = (*KINDS, "escalation")


def upgrade() -> None:
    """Districts that chose their reminders chose none of this kind: it stays off for them until they do."""
    op.add_column("reminder_policy", sa.Column("escalation_days", sa.BigInteger(), nullable=True))
    allow_words("reminder", "kind", "reminderkind", KINDS, KINDS_NOW)


def downgrade() -> None:
    """Forget which claims the administrators heard of."""
    op.execute("DELETE FROM reminder WHERE kind = 'escalation'")
    allow_words("reminder", "kind", "reminderkind", KINDS_NOW, KINDS)
    op.drop_column("reminder_policy", "escalation_days")
