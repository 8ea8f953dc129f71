"""A guard against REPLACE on SQLite: it deletes what is written once, and fires no DELETE trigger on the way.

Our own connections let triggers fire there (`recursive_triggers`); a plain `sqlite3` shell doesn't.

Revision: 0007
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

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
            for words, same in _taken(table)
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


def _taken(table: str) -> Iterator[tuple[str, str]]:
    """For each key of a table: what SQLite itself says when it is taken, and when it is."""
    connection = op.get_bind()
    indexes = connection.execute(sa.text(f"PRAGMA index_list({table})")).mappings().all()
    for index in sorted(indexes, key=lambda each: str(each["name"])):
        if not index["unique"]:
            continue
        if index["partial"]:
            raise RuntimeError(
                f"{index['name']} holds for some rows only: its guard needs the same condition."
            )
        parts = connection.execute(sa.text(f"PRAGMA index_info('{index['name']}')")).mappings()
        columns = [str(part["name"]) for part in parts]
        yield (
            f"UNIQUE constraint failed: {', '.join(f'{table}.{column}' for column in columns)}",
            " AND ".join(f"{column} = NEW.{column}" for column in columns),
        )
    # Every table has this key too, and it can be named. Where it isn't, NEW has -1 here.
    yield f"{table} is append-only", "rowid = NEW.rowid"
