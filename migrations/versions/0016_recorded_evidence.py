"""Evidence that was recorded at the event: reports, check-ins, codes and hosts' lists, with the minutes they show.

Revision: 0016
"""

from __future__ import annotations

from alembic import op

from pdtracker.migrating import allow_words

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

BEFORE = ("link", "file", "attestation")
AFTER = ("report", "check_in", "code", "host_list", *BEFORE)


def upgrade() -> None:
    """Let evidence be of the new kinds, and say for how long it shows somebody there."""
    allow_words("evidence", "kind", "evidencekind", BEFORE, AFTER)
    # Written out: SQLite takes a rule with a new column, but none for a table that is there.
    op.execute(
        "ALTER TABLE evidence ADD COLUMN minutes BIGINT"
        " CONSTRAINT ck_evidence_minutes CHECK (minutes IS NULL OR minutes BETWEEN 0 AND 1440)"
    )


def downgrade() -> None:
    """Allow only the old kinds; refused while a row has a new one."""
    op.drop_column("evidence", "minutes")
    allow_words("evidence", "kind", "evidencekind", AFTER, BEFORE)
