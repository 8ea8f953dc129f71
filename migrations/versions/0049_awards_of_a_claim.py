"""The index that finds the awards of a claim also holds what they add up to.

Revision: 0049
"""

from __future__ import annotations

from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a claim's minutes be added up from its own index.

    SQLite held the index by person for the better one, though it told that one the district alone: it holds the
    minutes. So every claim walked through all awards of its district.
    """
    op.drop_index("ix_award_claim", table_name="award")
    op.create_index("ix_award_claim", "award", ["district_id", "claim_id", "minutes"])


def downgrade() -> None:
    """As it was."""
    op.drop_index("ix_award_claim", table_name="award")
    op.create_index("ix_award_claim", "award", ["district_id", "claim_id"])
