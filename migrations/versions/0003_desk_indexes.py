"""Let the review desk find and count by its indexes alone, however many claims lie behind it.

Another claim with the same reflection is asked for by its id: an index without ids made SQLite walk through all claims
of the district instead. The tabs count what concerns a reviewer, so their index holds what that is told by.

Revision: 0003
"""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

DIGEST = ["district_id", "reflection_digest"]
DECIDED = ["district_id", "state", "decided_at", "id"]


def upgrade() -> None:
    """Widen both indexes."""
    _replace("ix_claim_digest", [*DIGEST, "id"])
    _replace("ix_claim_decided", [*DECIDED, "person_id", "event_id", "school_id", "kind"])


def downgrade() -> None:
    """Bring back the narrow ones."""
    _replace("ix_claim_digest", DIGEST)
    _replace("ix_claim_decided", DECIDED)


def _replace(name: str, columns: list[str]) -> None:
    op.drop_index(name, table_name="claim")
    op.create_index(name, "claim", columns)
