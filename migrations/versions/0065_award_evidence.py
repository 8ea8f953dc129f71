"""What credit was given on, kept on the entry of the ledger.

Revision: 0065
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it; of what was credited before it is not known."""
    op.add_column("award", sa.Column("evidence", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Forget it."""
    op.drop_column("award", "evidence")
