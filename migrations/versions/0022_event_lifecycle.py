"""Events that change, are cancelled and merged; splits that can change with them; proposals that go back.

Revision: 0022
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

CATEGORIES = (
    "content",
    "pedagogy",
    "ell",
    "swd",
    "literacy",
    "stem",
    "equity",
    "leadership",
    "technology",
)
HERE = "district_id = nullif(current_setting('pdtracker.district_id', true), '')::bigint"
NOWHERE = "nullif(current_setting('pdtracker.district_id', true), '') IS NULL"
DOORS = "coalesce(current_setting('pdtracker.doors', true), '') = 'open'"


def upgrade() -> None:
    """Add the columns: nothing has changed yet, nothing is merged, nothing went back. Give splits an owner."""
    op.add_column("event", sa.Column("version", sa.BigInteger(), nullable=False, server_default="1"))
    op.add_column("event", sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("event", sa.Column("cancel_reason", sa.Text(), nullable=False, server_default=""))
    # Written out: SQLite takes a rule with a new column, but none for a table that is there.
    op.execute(
        "ALTER TABLE event ADD COLUMN merged_into_id BIGINT CONSTRAINT fk_event_merged_into_id REFERENCES event (id)"
        " CONSTRAINT ck_event_merged_into_another CHECK (merged_into_id IS NULL OR merged_into_id <> id)"
    )
    op.add_column("event_proposal", sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("event_proposal", sa.Column("comment", sa.Text(), nullable=False, server_default=""))
    _own_the_splits()


def downgrade() -> None:
    """Drop them; what was merged stays in its state."""
    _disown_the_splits()
    for name in ("comment", "returned_at"):
        op.drop_column("event_proposal", name)
    for name in ("merged_into_id", "cancel_reason", "changed_at", "version"):
        op.drop_column("event", name)


def _own_the_splits() -> None:
    """A row of an event's split belongs to the event's owner, so that a district can change its own."""
    rows = _rows(
        "SELECT c.event_id, c.category, c.minutes, e.district_id"
        " FROM event_category c JOIN event e ON e.id = c.event_id"
    )
    op.drop_table("event_category")
    table = op.create_table(
        "event_category",
        sa.Column("district_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        *_minutes(),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_event_category_district_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_category")),
        sa.UniqueConstraint("event_id", "category", name=op.f("uq_event_category_event_id_category")),
    )
    op.create_index(op.f("ix_event_category_district_id"), "event_category", ["district_id"])
    # New ids are far above these.
    op.bulk_insert(table, [{"id": number, **row} for number, row in enumerate(rows, start=1)])
    if op.get_bind().dialect.name == "postgresql":
        shared = f"district_id IS NULL AND {NOWHERE} AND {DOORS}"
        op.execute("ALTER TABLE event_category ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE event_category FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY seen ON event_category FOR SELECT USING (district_id IS NULL OR {HERE})")
        op.execute(
            f"CREATE POLICY own ON event_category USING ({HERE} OR ({shared})) WITH CHECK ({HERE} OR ({shared}))"
        )


def _disown_the_splits() -> None:
    rows = _rows("SELECT event_id, category, minutes FROM event_category ORDER BY id")
    op.drop_table("event_category")
    table = op.create_table(
        "event_category",
        sa.Column("event_id", sa.BigInteger(), autoincrement=False, nullable=False),
        *_minutes(),
        sa.PrimaryKeyConstraint("event_id", "category", name=op.f("pk_event_category")),
    )
    op.bulk_insert(table, rows)


def _minutes() -> tuple[sa.SchemaItem, ...]:
    category = sa.Enum(
        *CATEGORIES, name="creditcategory", native_enum=False, create_constraint=True, length=32
    )
    return (
        sa.Column("category", category, nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("minutes BETWEEN 1 AND 1440", name=op.f("ck_event_category_minutes")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_category_event_id")),
    )


def _rows(statement: str) -> list[dict[str, object]]:
    """All rows, whosever they are: row-level security binds the tables' owner, too, while it is forced."""
    bind = op.get_bind()
    tables = ("event", "event_category") if bind.dialect.name == "postgresql" else ()
    for table in tables:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    found = [dict(row) for row in bind.execute(sa.text(statement)).mappings()]
    if tables:
        # The other table is made anew.
        op.execute("ALTER TABLE event FORCE ROW LEVEL SECURITY")
    return found
