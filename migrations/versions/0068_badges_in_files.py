"""The badge inside a certificate's file, kept as it was signed.

Revision: 0068
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add it; the files of earlier certificates have none, and stay as they are."""
    op.add_column("badge_recipient", sa.Column("sealed", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Forget them: the files of certificates that carry one can't be drawn any more."""
    op.drop_column("badge_recipient", "sealed")
