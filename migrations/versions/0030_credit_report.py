"""Indexes that a district's report on credit is added up from.

Revision: 0030
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

BEFORE = ["district_id", "person_id", "activity_on", "kind", "category", "minutes"]
DECIDED = "decided_at IS NOT NULL"


def upgrade() -> None:
    """Let the index of a person's credit lead on to its claims, and one tell how long what was decided had waited."""
    op.drop_index("ix_award_person", table_name="award")
    op.create_index("ix_award_person", "award", [*BEFORE, "claim_id"])
    op.create_index(
        "ix_claim_answered",
        "claim",
        ["district_id", "decided_at", "state", "submitted_at", "person_id"],
        sqlite_where=sa.text(DECIDED),
        postgresql_where=sa.text(DECIDED),
    )


def downgrade() -> None:
    """As it was."""
    op.drop_index("ix_claim_answered", table_name="claim")
    op.drop_index("ix_award_person", table_name="award")
    op.create_index("ix_award_person", "award", BEFORE)
