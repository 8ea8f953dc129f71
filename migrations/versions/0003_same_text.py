"""Find another claim with the same reflection without walking through all claims of the district.

The search asks for the first one by id; an index without the id made SQLite prefer the order of the primary key.

Revision: 0003
"""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let the index lead to the first claim of a text."""
    op.drop_index("ix_claim_digest", table_name="claim")
    op.create_index("ix_claim_digest", "claim", ["district_id", "reflection_digest", "id"])


def downgrade() -> None:
    """Bring back the index without ids."""
    op.drop_index("ix_claim_digest", table_name="claim")
    op.create_index("ix_claim_digest", "claim", ["district_id", "reflection_digest"])
