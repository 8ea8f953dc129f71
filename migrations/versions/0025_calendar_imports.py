"""Calendars that a district imports events from, known again by UID or link, with what each import did.

Revision: 0025
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

TABLES = ("calendar_import_row", "imported_event", "calendar_import")
HERE = "district_id = nullif(current_setting('pdtracker.district_id', true), '')::bigint"


def upgrade() -> None:
    """Create the three tables, seen and written by their district only."""
    op.create_table(
        "calendar_import",
        *_owned("calendar_import"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_person_id", sa.BigInteger(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["district_id", "by_person_id"],
            ["person.district_id", "person.id"],
            name=op.f("fk_calendar_import_district_id_by_person_id"),
        ),
    )
    op.create_table(
        "imported_event",
        *_owned("imported_event"),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("recurrence", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_imported_event_event_id")),
        sa.UniqueConstraint("district_id", "event_id", name=op.f("uq_imported_event_district_id_event_id")),
        sa.UniqueConstraint(
            "district_id", "uid", "recurrence", name=op.f("uq_imported_event_district_id_uid_recurrence")
        ),
    )
    op.create_index("ix_imported_event_link", "imported_event", ["district_id", "link"])
    op.create_table(
        "calendar_import_row",
        *_owned("calendar_import_row"),
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column(
            "deed",
            sa.Enum(
                "added",
                "changed",
                "cancelled",
                name="importdeed",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("stayed", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "import_id"],
            ["calendar_import.district_id", "calendar_import.id"],
            name=op.f("fk_calendar_import_row_district_id_import_id"),
        ),
        sa.UniqueConstraint(
            "district_id",
            "import_id",
            "event_id",
            name=op.f("uq_calendar_import_row_district_id_import_id_event_id"),
        ),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY own ON {table} USING ({HERE}) WITH CHECK ({HERE})")


def downgrade() -> None:
    """Drop them; the events stay, and are not known again."""
    for table in TABLES:
        op.drop_table(table)


def _owned(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f(f"fk_{table}_district_id")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f(f"pk_{table}")),
    )
