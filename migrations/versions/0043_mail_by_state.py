"""Indexes by which letters of a state, and those to a person, are found.

Revision: 0043
"""

from __future__ import annotations

from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let an administrator find letters by where they stand and by whom they go to."""
    op.create_index("ix_outbox_mail_state", "outbox_mail", ["district_id", "state", "id"])
    op.create_index("ix_outbox_mail_reader", "outbox_mail", ["district_id", "to_person_id", "id"])


def downgrade() -> None:
    """As it was."""
    op.drop_index("ix_outbox_mail_reader", table_name="outbox_mail")
    op.drop_index("ix_outbox_mail_state", table_name="outbox_mail")
