"""Rosters: keys of people and schools in other systems, imports with what they did, and columns that were chosen.

Revision: 0046
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

HERE = "district_id = nullif(current_setting('pdtracker.district_id', true), '')::bigint"
TABLES = ("roster_import", "roster_line", "roster_person", "roster_school", "roster_profile")
_FORMATS = "'oneroster', 'clever', 'sds', 'hr'"
_ROLES = "'teacher', 'reviewer', 'administrator', 'host'"


def upgrade() -> None:
    """Create the tables and let PostgreSQL guard them."""
    _create_imports()
    _create_lines()
    _create_keys()
    op.create_table(
        "roster_profile",
        _district(),
        _id(),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _of_district("roster_profile"),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_roster_profile")),
        sa.UniqueConstraint("district_id", "name", name=op.f("uq_roster_profile_district_id_name")),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY own ON {table} USING ({HERE}) WITH CHECK ({HERE})")


def downgrade() -> None:
    """Drop them. The people stay; their keys in other systems are gone."""
    for table in ("roster_profile", "roster_school", "roster_person", "roster_line", "roster_import"):
        op.drop_table(table)


def _create_imports() -> None:
    op.create_table(
        "roster_import",
        _district(),
        _id(),
        _words("source"),
        sa.Column("version", sa.Text(), nullable=True),
        _words("mode"),
        _words("state"),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=False),
        sa.Column("by_person_id", sa.BigInteger(), nullable=True),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("committed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Text(), nullable=False),
        sa.Column("listed", sa.LargeBinary(), nullable=True),
        sa.Column("columns", sa.JSON(), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("refused", sa.JSON(), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("needs_second_yes", sa.Boolean(), nullable=False),
        sa.CheckConstraint(f"source IN ({_FORMATS})", name=op.f("ck_roster_import_rosterformat")),
        sa.CheckConstraint("mode IN ('bulk', 'delta')", name=op.f("ck_roster_import_rostermode")),
        sa.CheckConstraint(
            "state IN ('waiting', 'committed', 'undone')", name=op.f("ck_roster_import_rosterstate")
        ),
        _of_district("roster_import"),
        _in_district("roster_import", "by_person_id", "person"),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_roster_import")),
    )
    op.create_index("ix_roster_import_state", "roster_import", ["district_id", "state", "created_at"])


def _create_lines() -> None:
    op.create_table(
        "roster_line",
        _district(),
        _id(),
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        _words("action"),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("schools", sa.JSON(), nullable=False),
        _words("role", nullable=True),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("stayed", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "action IN ('create', 'update', 'deactivate', 'unchanged')",
            name=op.f("ck_roster_line_rosteraction"),
        ),
        sa.CheckConstraint(f"role IN ({_ROLES})", name=op.f("ck_roster_line_role")),
        _of_district("roster_line"),
        _in_district("roster_line", "import_id", "roster_import"),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_roster_line")),
    )
    op.create_index(
        "ix_roster_line_import", "roster_line", ["district_id", "import_id", "action", "position"]
    )


def _create_keys() -> None:
    op.create_table(
        "roster_person",
        _district(),
        _words("source"),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        _words("role", nullable=True),
        sa.Column("school_keys", sa.JSON(), nullable=False),
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(f"source IN ({_FORMATS})", name=op.f("ck_roster_person_rosterformat")),
        sa.CheckConstraint(f"role IN ({_ROLES})", name=op.f("ck_roster_person_role")),
        _of_district("roster_person"),
        _in_district("roster_person", "person_id", "person"),
        sa.PrimaryKeyConstraint("district_id", "source", "key", name=op.f("pk_roster_person")),
        sa.UniqueConstraint(
            "district_id", "person_id", "source", name=op.f("uq_roster_person_district_id_person_id_source")
        ),
    )
    op.create_table(
        "roster_school",
        _district(),
        _words("source"),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("school_id", sa.BigInteger(), nullable=False),
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(f"source IN ({_FORMATS})", name=op.f("ck_roster_school_rosterformat")),
        _of_district("roster_school"),
        _in_district("roster_school", "school_id", "school"),
        sa.PrimaryKeyConstraint("district_id", "source", "key", name=op.f("pk_roster_school")),
    )


def _district() -> sa.Column[int]:
    return sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False)


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False)


def _words(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=32), nullable=nullable)


def _of_district(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f(f"fk_{table}_district_id"))


def _in_district(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["district_id", column],
        [f"{to}.district_id", f"{to}.id"],
        name=op.f(f"fk_{table}_district_id_{column}"),
    )
