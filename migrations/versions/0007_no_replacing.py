"""A guard against REPLACE on SQLite: it deletes what is written once, and fires no DELETE trigger on the way.

Our own connections let triggers fire there (`recursive_triggers`); a plain `sqlite3` shell doesn't.

Revision: 0007
"""

from __future__ import annotations

from alembic import op

from pdtracker.migrating import taken_on_sqlite

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "audit_entry",
    "award",
    "certificate",
    "certificate_code",
    "certificate_status",
    "claim_step",
    "credit_policy",
    "field_comment",
)


def upgrade() -> None:
    """Refuse a row whose key is taken before REPLACE makes room for it. PostgreSQL has no REPLACE."""
    if op.get_bind().dialect.name == "postgresql":
        return
    for table in APPEND_ONLY:
        refusals = (
            f"SELECT RAISE(ABORT, '{words}') FROM {table} WHERE {same} LIMIT 1;"  # noqa: S608 - our own names
            for words, same in taken_on_sqlite(op.get_bind(), table)
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} BEGIN {' '.join(refusals)} END"
        )


def downgrade() -> None:
    """Take the guards away."""
    if op.get_bind().dialect.name == "postgresql":
        return
    for table in APPEND_ONLY:
        op.execute(f"DROP TRIGGER {table}_no_replace")
