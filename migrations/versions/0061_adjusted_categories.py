"""What category a signed change to somebody's credit is of.

Revision: 0061
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it; what was signed before is of none."""
    op.add_column("licence_adjustment", sa.Column("category", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    """Forget it."""
    op.drop_column("licence_adjustment", "category")
