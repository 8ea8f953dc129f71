"""Desks of check-in, and the log of who came and went, which only grows.

Revision: 0019
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pdtracker.migrating import freeze, unfreeze

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

TABLES = ("check_in", "check_in_desk")
HERE = "district_id = nullif(current_setting('pdtracker.district_id', true), '')::bigint"


def upgrade() -> None:
    """Create both tables, seen and written by their district only; the log is frozen."""
    op.create_table(
        "check_in_desk",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=True),
        sa.Column("place_id", sa.BigInteger(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("opens_before", sa.BigInteger(), nullable=False),
        sa.Column("closes_after", sa.BigInteger(), nullable=False),
        sa.Column("set_up_by_id", sa.BigInteger(), nullable=False),
        sa.Column("set_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "session_id IS NULL OR place_id = session_id", name=op.f("ck_check_in_desk_place")
        ),
        sa.CheckConstraint("opens_before BETWEEN 0 AND 120", name=op.f("ck_check_in_desk_opens_before")),
        sa.CheckConstraint("closes_after BETWEEN 0 AND 120", name=op.f("ck_check_in_desk_closes_after")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_check_in_desk_event_id")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["event_session.id"], name=op.f("fk_check_in_desk_session_id")
        ),
        _pointing("check_in_desk", "set_up_by_id", "person"),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_check_in_desk_district_id")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_check_in_desk")),
        sa.UniqueConstraint("district_id", "place_id", name=op.f("uq_check_in_desk_district_id_place_id")),
    )
    op.create_index("ix_check_in_desk_event", "check_in_desk", ["district_id", "event_id"])
    _create_log()
    freeze("check_in")
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY own ON {table} USING ({HERE}) WITH CHECK ({HERE})")


def downgrade() -> None:
    """Drop them, with everything that was noted."""
    unfreeze("check_in")
    for table in TABLES:
        op.drop_table(table)


def _create_log() -> None:
    op.create_table(
        "check_in",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("desk_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("mark", _words("mark", "in", "out", "moved", "struck"), nullable=False),
        sa.Column(
            "means",
            _words("means", "screen", "short_code", "own", "scan", "paper", "walk_in", "desk"),
            nullable=False,
        ),
        sa.Column("clock", _words("clock", "server", "device", "doubted"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("device_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("step", sa.BigInteger(), nullable=True),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("by_person_id", sa.BigInteger(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("corrects_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(mark IN ('moved', 'struck')) = (corrects_id IS NOT NULL)", name=op.f("ck_check_in_correction")
        ),
        sa.CheckConstraint("person_id IS NOT NULL OR name <> ''", name=op.f("ck_check_in_who")),
        sa.CheckConstraint(
            "(means IN ('screen', 'short_code', 'own') AND mark IN ('in', 'out'))"
            " OR person_id IS NULL OR by_person_id <> person_id",
            name=op.f("ck_check_in_never_ones_own"),
        ),
        _pointing("check_in", "desk_id", "check_in_desk"),
        _pointing("check_in", "person_id", "person"),
        _pointing("check_in", "by_person_id", "person"),
        _pointing("check_in", "corrects_id", "check_in"),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_check_in_district_id")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_check_in")),
        sa.UniqueConstraint(
            "district_id", "by_person_id", "nonce", name=op.f("uq_check_in_district_id_by_person_id_nonce")
        ),
    )
    op.create_index("ix_check_in_desk_person", "check_in", ["district_id", "desk_id", "person_id", "id"])
    op.create_index("ix_check_in_person", "check_in", ["district_id", "person_id", "desk_id"])


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def _pointing(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["district_id", column],
        [f"{to}.district_id", f"{to}.id"],
        name=op.f(f"fk_{table}_district_id_{column}"),
    )
