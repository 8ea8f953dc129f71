"""What a field said when a reviewer asked for something there, kept with the comment to be compared later.

Revision: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of the comments that there are it stays empty, for nobody knows it any more."""
    op.add_column("field_comment", sa.Column("stood", sa.Text(), nullable=True))


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("field_comment", "stood")
