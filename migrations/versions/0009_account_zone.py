"""In which zone somebody reads times; nothing stands for that of the district.

Revision: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; everybody goes on with their district's zone."""
    op.add_column("account", sa.Column("zone", sa.Text(), nullable=True))


def downgrade() -> None:
    """Drop it: times are those of the district again."""
    op.drop_column("account", "zone")
