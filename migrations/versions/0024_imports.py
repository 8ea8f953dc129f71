"""Attendance imports with their lines, remembered decisions and saved columns.

Revision: 0024
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

TABLES = ("attendance_profile", "attendance_alias", "attendance_line", "attendance_import")
HERE = "district_id = nullif(current_setting('pdtracker.district_id', true), '')::bigint"


def upgrade() -> None:
    """Create the tables, seen and written by their district only."""
    _create_imports()
    _create_lines()
    _create_aliases()
    op.create_table(
        "attendance_profile",
        *_key(),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        *_owned("attendance_profile"),
        sa.UniqueConstraint("district_id", "name", name=op.f("uq_attendance_profile_district_id_name")),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY own ON {table} USING ({HERE}) WITH CHECK ({HERE})")


def downgrade() -> None:
    """Drop them; the evidence that imports brought stays with its claims."""
    for table in TABLES:
        op.drop_table(table)


def _create_imports() -> None:
    table = "attendance_import"
    op.create_table(
        table,
        *_key(),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=True),
        sa.Column("by_person_id", sa.BigInteger(), nullable=True),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("strength", _words("strength", "intervals", "total", "presence"), nullable=False),
        sa.Column("encoding", sa.Text(), nullable=False),
        sa.Column("chosen_encoding", sa.Text(), nullable=True),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=True),
        sa.Column("refused", sa.JSON(), nullable=False),
        sa.Column("refused_count", sa.BigInteger(), nullable=False),
        sa.Column("absent_count", sa.BigInteger(), nullable=False),
        sa.Column(
            "state", _words("importstate", "pending", "committed", "undone", "replaced"), nullable=False
        ),
        sa.Column("replaces_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("committed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Text(), nullable=False),
        *_owned(table),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f(f"fk_{table}_event_id")),
        sa.ForeignKeyConstraint(["session_id"], ["event_session.id"], name=op.f(f"fk_{table}_session_id")),
        _to(table, "by_person_id", "person"),
        _to(table, "replaces_id", table),
    )
    op.create_index("ix_attendance_import_event", table, ["district_id", "event_id", "id"])
    op.create_index("ix_attendance_import_state", table, ["district_id", "state", "created_at"])


def _create_lines() -> None:
    table = "attendance_line"
    op.create_table(
        table,
        *_key(),
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("tenths", sa.BigInteger(), nullable=True),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("stays", sa.JSON(), nullable=False),
        sa.Column("file_lines", sa.JSON(), nullable=False),
        sa.Column("standing", _words("standing", "matched", "unsure", "unknown", "nobody"), nullable=False),
        sa.Column("matched_by", _words("matchby", "email", "alias", "decision"), nullable=True),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("suggested", sa.JSON(), nullable=False),
        sa.Column("remembers", sa.Boolean(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "outcome", _words("lineoutcome", "drafted", "attached", "decided", "nothing"), nullable=True
        ),
        sa.Column("evidence_id", sa.BigInteger(), nullable=True),
        sa.Column("claim_id", sa.BigInteger(), nullable=True),
        sa.Column("claim_version", sa.BigInteger(), nullable=True),
        *_owned(table),
        _to(table, "import_id", "attendance_import"),
        _to(table, "person_id", "person"),
        _to(table, "evidence_id", "evidence"),
        _to(table, "claim_id", "claim"),
        sa.UniqueConstraint(
            "district_id", "import_id", "position", name=op.f(f"uq_{table}_district_id_import_id_position")
        ),
    )
    op.create_index(
        "ix_attendance_line_standing", table, ["district_id", "import_id", "standing", "position"]
    )
    op.create_index("ix_attendance_line_claim", table, ["district_id", "claim_id"])
    op.create_index("ix_attendance_line_evidence", table, ["district_id", "evidence_id"])


def _create_aliases() -> None:
    table = "attendance_alias"
    op.create_table(
        table,
        *_key(),
        sa.Column("kind", _words("aliaskind", "email", "number", "name"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        *_owned(table),
        _to(table, "person_id", "person"),
        sa.UniqueConstraint("district_id", "kind", "key", name=op.f(f"uq_{table}_district_id_kind_key")),
    )


def _key() -> tuple[sa.Column[int], sa.Column[int]]:
    return (
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
    )


def _owned(table: str) -> tuple[sa.Constraint, sa.Constraint]:
    return (
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f(f"fk_{table}_district_id")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f(f"pk_{table}")),
    )


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["district_id", column],
        [f"{other}.district_id", f"{other}.id"],
        name=op.f(f"fk_{table}_district_id_{column}"),
    )


def _words(name: str, *members: str) -> sa.Enum:
    return sa.Enum(*members, name=name, native_enum=False, create_constraint=True, length=32)
