"""Jobs of the districts with their parts, and the stretches of time in which something happens once.

Revision: 0047
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

HERE = "district_id = nullif(current_setting('pdtracker.district_id', true), '')::bigint"
DOORS = "current_setting('pdtracker.installation', true) = 'on'"


def upgrade() -> None:
    """Create the tables; on PostgreSQL workers find a job of any district, and only its district writes it."""
    _create_job()
    _create_item()
    op.create_table(
        "periodic_slot",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("slot", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "slot", name=op.f("pk_periodic_slot")),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table in ("job", "job_item"):
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY own ON {table} USING ({HERE}) WITH CHECK ({HERE})")
        op.execute(f"CREATE POLICY doors ON job FOR SELECT USING ({DOORS})")


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("periodic_slot")
    op.drop_table("job_item")
    op.drop_table("job")


def _create_job() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("district_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column(
            "state",
            _words("jobstate", "queued", "running", "done", "failed", "cancelled", "dead"),
            nullable=False,
        ),
        sa.Column("priority", sa.BigInteger(), nullable=False),
        sa.Column("dedupe_key", sa.Text(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("by_person_id", sa.BigInteger(), nullable=True),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("cancel_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("done BETWEEN 0 AND total", name=op.f("ck_job_done")),
        sa.ForeignKeyConstraint(
            ["district_id", "by_person_id"],
            ["person.district_id", "person.id"],
            name=op.f("fk_job_district_id_by_person_id"),
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_job_district_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("district_id", "id", name=op.f("uq_job_district_id_id")),
        sa.UniqueConstraint(
            "district_id", "kind", "dedupe_key", name=op.f("uq_job_district_id_kind_dedupe_key")
        ),
    )
    for name, columns, state in (
        ("ix_job_due", ["run_at", "id"], "queued"),
        ("ix_job_leased", ["lease_until"], "running"),
    ):
        where = sa.text(f"state = '{state}'")
        op.create_index(name, "job", columns, sqlite_where=where, postgresql_where=where)
    op.create_index("ix_job_person", "job", ["district_id", "by_person_id", "id"])


def _create_item() -> None:
    op.create_table(
        "job_item",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("job_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("seen_version", sa.BigInteger(), nullable=False),
        sa.Column("state", _words("itemstate", "waiting", "done", "refused"), nullable=False),
        sa.Column("result_id", sa.BigInteger(), nullable=True),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.Column("person_name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "job_id"],
            ["job.district_id", "job.id"],
            name=op.f("fk_job_item_district_id_job_id"),
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_job_item_district_id")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_job_item")),
        sa.UniqueConstraint(
            "district_id", "job_id", "place", name=op.f("uq_job_item_district_id_job_id_place")
        ),
    )
    op.create_index("ix_job_item_state", "job_item", ["district_id", "job_id", "state", "place"])


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)
