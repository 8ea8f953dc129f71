"""From which network a sign-in began, as a keyed hash: strangers' guesses don't lock out who comes from there again.

Revision: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of sign-ins that there are it stays empty, for nobody knows it any more."""
    op.add_column("sign_in", sa.Column("network", sa.Text(), nullable=True))


def downgrade() -> None:
    """Drop the column."""
    op.drop_column("sign_in", "network")
