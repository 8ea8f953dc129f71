"""Three more kinds of event: course, workshop and other.

Revision: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = ("event", "claim", "award")
BEFORE = (
    "webinar", "panel", "hashtag_chat", "forum", "book_club", "unconference",
    "open_house", "tour", "contest", "radio_show", "conference", "self_paced",
)  # fmt: skip
AFTER = (*BEFORE, "course", "workshop", "other")


def upgrade() -> None:
    """Let the three tables hold the new kinds."""
    _allow(BEFORE, AFTER)


def downgrade() -> None:
    """Allow only the old kinds; refused while a row has a new one, because an award can't be changed."""
    _allow(AFTER, BEFORE)


def _allow(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    for table in TABLES:
        if op.get_bind().dialect.name == "postgresql":
            name = op.f(f"ck_{table}_eventkind")
            op.drop_constraint(name, table, type_="check")
            op.create_check_constraint(name, table, _rule(new))
        else:
            _rewrite_on_sqlite(table, old, new)


def _rewrite_on_sqlite(table: str, old: tuple[str, ...], new: tuple[str, ...]) -> None:
    """Change the CHECK where SQLite keeps it: in the text of the table.

    A copy of the table, as batch mode makes it, would lose the guards of what is written once, and with foreign keys on
    a table that others point at can't be dropped. https://www.sqlite.org/lang_altertable.html#otheralter has these
    steps for changes that leave every stored row valid.
    """
    connection = op.get_bind()
    _require_valid(table, new)
    version = connection.scalar(sa.text("PRAGMA schema_version"))
    connection.execute(sa.text("PRAGMA writable_schema = ON"))
    changed = connection.execute(
        sa.text(
            "UPDATE sqlite_master SET sql = replace(sql, :old, :new)"
            " WHERE type = 'table' AND name = :name AND instr(sql, :old) > 0"
        ),
        {"old": _rule(old), "new": _rule(new), "name": table},
    )
    # From here on every connection reads the schema again.
    connection.execute(sa.text(f"PRAGMA schema_version = {int(version) + 1}"))
    connection.execute(sa.text("PRAGMA writable_schema = OFF"))
    if changed.rowcount != 1:
        raise RuntimeError(f"{table} doesn't have the rule for its kinds that this step changes.")


def _require_valid(table: str, kinds: tuple[str, ...]) -> None:
    """PostgreSQL looks through the rows by itself when a rule is added."""
    rows = sa.table(table, sa.column("kind"))
    counted = sa.select(sa.func.count()).select_from(rows).where(rows.c.kind.not_in(kinds))
    if op.get_bind().scalar(counted):
        raise RuntimeError(f"{table} has rows of a kind that this schema doesn't know.")


def _rule(kinds: tuple[str, ...]) -> str:
    return f"kind IN ({', '.join(repr(kind) for kind in kinds)})"
