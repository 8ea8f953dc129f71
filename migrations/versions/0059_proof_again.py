"""Districts that insist on a second factor, and when a signed-in browser's owner last proved to be there.

Revision: 0054
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

HERE = "district_id = nullif(current_setting('pdtracker.district_id', true), '')::bigint"
DOORS = "current_setting('pdtracker.installation', true) = 'on'"


def upgrade() -> None:
    """Create table and column; on PostgreSQL the doors read the rule, and only its district writes it."""
    op.add_column("sign_in", sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "second_factor_rule",
        sa.Column("district_id", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("fk_second_factor_rule_district_id")
        ),
        sa.PrimaryKeyConstraint("district_id", name=op.f("pk_second_factor_rule")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE second_factor_rule ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE second_factor_rule FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own ON second_factor_rule USING ({HERE}) WITH CHECK ({HERE})")
        op.execute(f"CREATE POLICY doors ON second_factor_rule FOR SELECT USING ({DOORS})")


def downgrade() -> None:
    """Drop both; every district is content with passwords again."""
    op.drop_table("second_factor_rule")
    op.drop_column("sign_in", "confirmed_at")
