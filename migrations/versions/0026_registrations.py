"""Places at events, and who has one or waits for one.

Revision: 0026
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

TABLES = ("registration", "registration_terms")
HERE = "district_id = nullif(current_setting('pdtracker.district_id', true), '')::bigint"


def upgrade() -> None:
    """Create both tables, seen and written by their district only."""
    op.create_table(
        "registration_terms",
        *_owned("registration_terms"),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("places", sa.BigInteger(), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("places IS NULL OR places >= 1", name=op.f("ck_registration_terms_places")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_registration_terms_event_id")),
        sa.UniqueConstraint(
            "district_id", "event_id", name=op.f("uq_registration_terms_district_id_event_id")
        ),
    )
    op.create_table(
        "registration",
        *_owned("registration"),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("state", _state("registrationstate"), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("told_version", sa.BigInteger(), nullable=False),
        sa.Column("told_state", _state("told_state"), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_to_log_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_registration_event_id")),
        sa.ForeignKeyConstraint(
            ["district_id", "person_id"],
            ["person.district_id", "person.id"],
            name=op.f("fk_registration_district_id_person_id"),
        ),
        sa.UniqueConstraint(
            "district_id",
            "event_id",
            "person_id",
            name=op.f("uq_registration_district_id_event_id_person_id"),
        ),
    )
    op.create_index(
        "ix_registration_line", "registration", ["district_id", "event_id", "state", "asked_at", "id"]
    )
    op.create_index("ix_registration_person", "registration", ["district_id", "person_id", "state"])
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY own ON {table} USING ({HERE}) WITH CHECK ({HERE})")


def downgrade() -> None:
    """Drop both."""
    for table in TABLES:
        op.drop_table(table)


def _owned(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f(f"fk_{table}_district_id")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f(f"pk_{table}")),
    )


def _state(name: str) -> sa.Enum:
    return sa.Enum(
        "registered",
        "waiting",
        "withdrawn",
        name=name,
        native_enum=False,
        create_constraint=True,
        length=32,
    )
