"""The number by which a district knows somebody, for the reports that have it.

Revision: 0032
"""

from __future__ import annotations

from alembic import op

from pdtracker.migrating import allow_words

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

BEFORE = ("email", "alias", "decision")
AFTER = ("email", "number", "alias", "decision")


def upgrade() -> None:
    """Let a person have one that nobody else of the district has, and a line be matched by it."""
    op.execute("ALTER TABLE person ADD COLUMN employee_number TEXT")
    op.execute("ALTER TABLE person ADD COLUMN employee_key TEXT")
    op.create_index("uq_person_employee_number", "person", ["district_id", "employee_key"], unique=True)
    allow_words("attendance_line", "matched_by", "matchby", BEFORE, AFTER)


def downgrade() -> None:
    """Forget the numbers; refused while a line is matched by one."""
    allow_words("attendance_line", "matched_by", "matchby", AFTER, BEFORE)
    op.drop_index("uq_person_employee_number", "person")
    op.execute("ALTER TABLE person DROP COLUMN employee_key")
    op.execute("ALTER TABLE person DROP COLUMN employee_number")
