"""Who told which address of an event, and letters with a calendar file.

Revision: 0021
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

HERE = "district_id = nullif(current_setting('pdtracker.district_id', true), '')::bigint"


def upgrade() -> None:
    """Add what a letter carries with it, and create the table, seen and written by its district only."""
    op.add_column("outbox_mail", sa.Column("attachment_name", sa.Text(), nullable=True))
    op.add_column("outbox_mail", sa.Column("attachment", sa.Text(), nullable=True))
    op.create_table(
        "invitation",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("by_person_id", sa.BigInteger(), nullable=False),
        sa.Column("to_hash", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "by_person_id"],
            ["person.district_id", "person.id"],
            name=op.f("fk_invitation_district_id_by_person_id"),
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_invitation_district_id")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_invitation_event_id")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_invitation")),
        sa.UniqueConstraint(
            "district_id", "event_id", "to_hash", name=op.f("uq_invitation_district_id_event_id_to_hash")
        ),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE invitation ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE invitation FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own ON invitation USING ({HERE}) WITH CHECK ({HERE})")


def downgrade() -> None:
    """Drop them; letters that wait leave without their file."""
    op.drop_table("invitation")
    op.drop_column("outbox_mail", "attachment")
    op.drop_column("outbox_mail", "attachment_name")
