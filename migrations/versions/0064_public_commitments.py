"""Since when a district's commitment is public, where the public lists of districts can read it.

Revision: 0064
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None

LATEST = """
UPDATE district SET committed_at = (
    SELECT commitment.published_at FROM commitment
    WHERE commitment.district_id = district.id AND CAST(commitment.promises AS TEXT) <> '[]'
        AND commitment.version = (
            SELECT max(newest.version) FROM commitment AS newest WHERE newest.district_id = district.id
        )
) WHERE id = :district
"""


def upgrade() -> None:
    """Add it; what is published now is public since then."""
    op.add_column("district", sa.Column("committed_at", sa.DateTime(timezone=True), nullable=True))
    bind = op.get_bind()
    for (district,) in bind.execute(sa.text("SELECT id FROM district")).all():
        if bind.dialect.name == "postgresql":
            # Commitments are seen by their own district only, by the tables' owner as well.
            bind.execute(
                sa.text("SELECT set_config('pdtracker.district_id', :district, true)"),
                {"district": str(district)},
            )
        bind.execute(sa.text(LATEST), {"district": district})


def downgrade() -> None:
    """Forget it: the commitments themselves stay."""
    op.drop_column("district", "committed_at")
