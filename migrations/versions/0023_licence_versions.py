"""The version of a licence, so that of two people who change it at once the second learns of the first.

Revision: 0023
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; every licence begins at 1."""
    op.add_column("licence", sa.Column("version", sa.BigInteger(), server_default="1", nullable=False))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("licence", "version")
