"""The name of an account that a report has beside the e-mail.

Revision: 0050
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the name; of earlier reports none was kept."""
    op.add_column("attendance_line", sa.Column("account", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("attendance_line", "account")
