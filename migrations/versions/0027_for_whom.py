"""Whom an event is for: grades, audience, cost, language; and where it is archived.

Revision: 0027
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

GRADES = ("early", "elementary", "middle", "high", "adult")
AUDIENCES = (
    "unsaid", "everyone", "teachers", "leaders", "coaches", "librarians", "counselors", "special_educators",
    "paraprofessionals", "families",
)  # fmt: skip
HERE = "district_id = nullif(current_setting('pdtracker.district_id', true), '')::bigint"
NOWHERE = "nullif(current_setting('pdtracker.district_id', true), '') IS NULL"
DOORS = "current_setting('pdtracker.installation', true) = 'on'"
COSTS = ("unsaid", "free", "fee")


def upgrade() -> None:
    """Add them, unsaid for what is there: nobody guesses.

    Columns are added one by one, not in batch mode: a copy of the table would lose its triggers on SQLite.
    """
    _add_words("audience", AUDIENCES)
    _add_words("cost", COSTS)
    op.execute("ALTER TABLE event ADD COLUMN language TEXT DEFAULT '' NOT NULL")
    op.execute("ALTER TABLE event ADD COLUMN archive_link TEXT")
    op.create_table(
        "event_grade",
        sa.Column("district_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "grade",
            sa.Enum(*GRADES, name="gradeband", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_event_grade_district_id")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_grade_event_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_grade")),
        sa.UniqueConstraint("event_id", "grade", name=op.f("uq_event_grade_event_id_grade")),
    )
    op.create_index(op.f("ix_event_grade_district_id"), "event_grade", ["district_id"])
    if op.get_bind().dialect.name == "sqlite":
        # Without figures SQLite takes "of no district" for a few rows, though it is almost the whole calendar, and
        # walks through it all where the index of words has the answer.
        op.execute("ANALYZE sqlite_master")
        op.execute(
            "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('event', 'ix_event_district_id', '100000 100000')"
        )
        return
    # Step 0022 asked for a setting that no session makes, so nobody could load a shared event with a split.
    op.execute("DROP POLICY own ON event_category")
    shared = f"district_id IS NULL AND {NOWHERE} AND {DOORS}"
    op.execute("ALTER TABLE event_grade ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE event_grade FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY seen ON event_grade FOR SELECT USING (district_id IS NULL OR {HERE})")
    for table in ("event_category", "event_grade"):
        op.execute(
            f"CREATE POLICY own ON {table} USING ({HERE} OR ({shared})) WITH CHECK ({HERE} OR ({shared}))"
        )


def downgrade() -> None:
    """Drop what was said."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DELETE FROM sqlite_stat1 WHERE idx = 'ix_event_district_id' AND tbl = 'event'")
    op.drop_table("event_grade")
    for column in ("archive_link", "language", "cost", "audience"):
        if column in ("cost", "audience") and op.get_bind().dialect.name == "postgresql":
            op.drop_constraint(op.f(f"ck_event_{column}"), "event", type_="check")
        op.execute(f"ALTER TABLE event DROP COLUMN {column}")


def _add_words(column: str, words: tuple[str, ...]) -> None:
    allowed = ", ".join(repr(word) for word in words)
    op.execute(
        f"ALTER TABLE event ADD COLUMN {column} VARCHAR(32) DEFAULT 'unsaid' NOT NULL"
        f" CONSTRAINT ck_event_{column} CHECK ({column} IN ({allowed}))"
    )
