"""Who proposed an event, and which organizations host it beside the first.

Revision: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

HERE = "district_id = nullif(current_setting('pdtracker.district_id', true), '')::bigint"


def upgrade() -> None:
    """Create both tables; on PostgreSQL a proposal is seen and written by its district only."""
    op.create_table(
        "event_co_host",
        sa.Column("event_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("organization_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_co_host_event_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_event_co_host_organization_id")
        ),
        sa.PrimaryKeyConstraint("event_id", "organization_id", name=op.f("pk_event_co_host")),
    )
    op.create_index(op.f("ix_event_co_host_organization_id"), "event_co_host", ["organization_id"])
    op.create_table(
        "event_proposal",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("proposed_by_id", sa.BigInteger(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(decided_by_id IS NULL) = (decided_at IS NULL)", name=op.f("ck_event_proposal_decided")
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_event_proposal_district_id")),
        sa.ForeignKeyConstraint(
            ["district_id", "decided_by_id"],
            ["person.district_id", "person.id"],
            name=op.f("fk_event_proposal_district_id_decided_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "proposed_by_id"],
            ["person.district_id", "person.id"],
            name=op.f("fk_event_proposal_district_id_proposed_by_id"),
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_proposal_event_id")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_event_proposal")),
        sa.UniqueConstraint("district_id", "event_id", name=op.f("uq_event_proposal_district_id_event_id")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE event_proposal ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE event_proposal FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own ON event_proposal USING ({HERE}) WITH CHECK ({HERE})")


def downgrade() -> None:
    """Drop both tables."""
    op.drop_table("event_proposal")
    op.drop_index(op.f("ix_event_co_host_organization_id"), table_name="event_co_host")
    op.drop_table("event_co_host")
