"""Certificates that sum up others: of a programme, a school year or a licence cycle.

Revision: 0067
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pdtracker.migrating import add_rule, allow_none, drop_rule, freeze, unfreeze

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None

HERE = "district_id = nullif(current_setting('pdtracker.district_id', true), '')::bigint"
TABLES = ("certificate_summary", "certificate_summary_part")
DECISION = "(claim_id IS NULL) = (step_id IS NULL)"
EDITION = "CONSTRAINT ck_certificate_edition CHECK (edition >= 1)"


def upgrade() -> None:
    """Create the tables, seen and written by their district only; a summary has no claim and no step of its own."""
    op.create_table(
        "certificate_summary",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("certificate_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("edition", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("first_on <= last_on", name=op.f("ck_certificate_summary_span")),
        sa.CheckConstraint("edition >= 1", name=op.f("ck_certificate_summary_edition")),
        sa.CheckConstraint(
            "kind IN ('programme', 'year', 'cycle')", name=op.f("ck_certificate_summary_summarykind")
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "certificate_id"],
            ["certificate.district_id", "certificate.id"],
            name=op.f("fk_certificate_summary_district_id_certificate_id"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "person_id"],
            ["person.district_id", "person.id"],
            name=op.f("fk_certificate_summary_district_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("fk_certificate_summary_district_id")
        ),
        sa.PrimaryKeyConstraint("district_id", "certificate_id", name=op.f("pk_certificate_summary")),
        sa.UniqueConstraint(
            "district_id",
            "person_id",
            "kind",
            "subject_id",
            "edition",
            name=op.f("uq_certificate_summary_of"),
        ),
    )
    op.create_table(
        "certificate_summary_part",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("summary_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("certificate_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "summary_id"],
            ["certificate_summary.district_id", "certificate_summary.certificate_id"],
            name=op.f("fk_certificate_summary_part_district_id_summary_id"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "certificate_id"],
            ["certificate.district_id", "certificate.id"],
            name=op.f("fk_certificate_summary_part_district_id_certificate_id"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("fk_certificate_summary_part_district_id")
        ),
        sa.PrimaryKeyConstraint(
            "district_id", "summary_id", "certificate_id", name=op.f("pk_certificate_summary_part")
        ),
    )
    op.create_index(
        "ix_certificate_summary_part_certificate",
        "certificate_summary_part",
        ["district_id", "certificate_id"],
        unique=False,
    )
    for table in TABLES:
        freeze(table)
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY own ON {table} USING ({HERE}) WITH CHECK ({HERE})")
    allow_none("certificate", "claim_id", allowed=True)
    allow_none("certificate", "step_id", allowed=True)
    add_rule("certificate", "decision", DECISION, beside=EDITION)


def downgrade() -> None:
    """Drop them. Refuses while a summary is in the world: what was promised to a verifier is never removed."""
    drop_rule("certificate", "decision", DECISION)
    allow_none("certificate", "step_id", allowed=False)
    allow_none("certificate", "claim_id", allowed=False)
    for table in reversed(TABLES):
        unfreeze(table)
        op.drop_table(table)
