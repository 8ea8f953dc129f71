"""An index by which the audit trail of some days is found.

Revision: 0041
"""

from __future__ import annotations

from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let the entries of a day be found."""
    op.create_index("ix_audit_entry_at", "audit_entry", ["district_id", "at"])


def downgrade() -> None:
    """As it was."""
    op.drop_index("ix_audit_entry_at", table_name="audit_entry")
