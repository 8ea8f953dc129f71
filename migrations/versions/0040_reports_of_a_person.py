"""An index by which it is found whether a person is in the reports of an event.

Revision: 0040
"""

from __future__ import annotations

from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let the lines of reports be found by their person."""
    op.create_index(
        "ix_attendance_line_person", "attendance_line", ["district_id", "person_id", "import_id", "standing"]
    )


def downgrade() -> None:
    """As it was."""
    op.drop_index("ix_attendance_line_person", table_name="attendance_line")
