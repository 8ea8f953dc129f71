"""How much each requirement of a licence lacks, as it was last counted.

Revision: 0057
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them; what was counted before has none until it is counted again, on the next day at the latest."""
    op.add_column("licence_standing", sa.Column("gap_amounts", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    """Forget them; they can be counted again."""
    op.drop_column("licence_standing", "gap_amounts")
