"""How many answers of a reflection repeat another one.

Revision: 0031
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column: of what was sent before nobody counted."""
    op.add_column("claim", sa.Column("repeated_answers", sa.BigInteger(), nullable=False, server_default="0"))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("claim", "repeated_answers")
