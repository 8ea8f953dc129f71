"""What stays of an event: links to its archive, and what people of a district say about it.

Revision: 0034
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

TABLES = ("discussion_closure", "contribution_report", "contribution", "archive_link")
HERE = "district_id = nullif(current_setting('pdtracker.district_id', true), '')::bigint"


def upgrade() -> None:
    """Create the tables, seen and written by their district only."""
    _create_archive_link()
    _create_contribution()
    _create_report()
    op.create_table(
        "discussion_closure",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by_id", sa.BigInteger(), nullable=False),
        _of_person("discussion_closure", "closed_by_id"),
        _of_district("discussion_closure"),
        sa.PrimaryKeyConstraint("district_id", name=op.f("pk_discussion_closure")),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY own ON {table} USING ({HERE}) WITH CHECK ({HERE})")


def _create_archive_link() -> None:
    op.create_table(
        "archive_link",
        *_keys(),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", _words("archivekind", "recording", "chat", "resource"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column(
            "state", _words("archivestate", "proposed", "listed", "refused", "removed"), nullable=False
        ),
        sa.Column("given_by_id", sa.BigInteger(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        _of_person("archive_link", "given_by_id"),
        _of_person("archive_link", "decided_by_id"),
        _of_district("archive_link"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_archive_link_event_id")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_archive_link")),
        sa.UniqueConstraint(
            "district_id", "event_id", "link", name=op.f("uq_archive_link_district_id_event_id_link")
        ),
    )


def _create_contribution() -> None:
    op.create_table(
        "contribution",
        *_keys(),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hidden_by_id", sa.BigInteger(), nullable=True),
        sa.Column("hidden_reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(hidden_at IS NULL) = (hidden_by_id IS NULL)", name=op.f("ck_contribution_hidden")
        ),
        sa.CheckConstraint("hidden_at IS NULL OR hidden_reason <> ''", name=op.f("ck_contribution_reason")),
        sa.CheckConstraint("withdrawn_at IS NULL OR words = ''", name=op.f("ck_contribution_withdrawn")),
        _of_person("contribution", "person_id"),
        _of_person("contribution", "hidden_by_id"),
        _of_district("contribution"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_contribution_event_id")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_contribution")),
    )
    op.create_index("ix_contribution_event", "contribution", ["district_id", "event_id", "id"])


def _create_report() -> None:
    op.create_table(
        "contribution_report",
        *_keys(),
        sa.Column("contribution_id", sa.BigInteger(), nullable=False),
        sa.Column("by_person_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        _of_person("contribution_report", "by_person_id"),
        _of_district("contribution_report"),
        sa.ForeignKeyConstraint(
            ["district_id", "contribution_id"],
            ["contribution.district_id", "contribution.id"],
            name=op.f("fk_contribution_report_district_id_contribution_id"),
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_contribution_report")),
        sa.UniqueConstraint(
            "district_id",
            "contribution_id",
            "by_person_id",
            name=op.f("uq_contribution_report_district_id_contribution_id_by_person_id"),
        ),
    )


def _keys() -> tuple[sa.Column[int], sa.Column[int]]:
    return (
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
    )


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def _of_person(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["district_id", column],
        ["person.district_id", "person.id"],
        name=op.f(f"fk_{table}_district_id_{column}"),
    )


def _of_district(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f(f"fk_{table}_district_id"))


def downgrade() -> None:
    """Drop them; what people wrote is lost."""
    for table in TABLES:
        op.drop_table(table)
