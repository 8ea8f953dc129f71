"""Paths of reviews, and where on its path each claim is.

Revision: 0054
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pdtracker.migrating import allow_words, freeze, unfreeze

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

HERE = "district_id = nullif(current_setting('pdtracker.district_id', true), '')::bigint"
STEPS = ("submit", "withdraw", "return", "deny", "approve", "reverse", "undo")
STEPS_NOW = ("submit", "withdraw", "return", "deny", "endorse", "approve", "reverse", "undo")
ACTORS = "('anybody', 'school', 'district', 'person')"
TABLES = ("review_path", "claim_route")


def upgrade() -> None:
    """Claims under way keep the one review that they began with."""
    op.create_table(
        "review_path",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("published_by_id", sa.BigInteger(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_review_path_version")),
        sa.ForeignKeyConstraint(
            ["district_id", "published_by_id"],
            ["person.district_id", "person.id"],
            name=op.f("fk_review_path_district_id_published_by_id"),
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_review_path_district_id")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_review_path")),
        sa.UniqueConstraint("district_id", "version", name=op.f("uq_review_path_district_id_version")),
    )
    freeze("review_path")
    op.create_table(
        "claim_route",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("claim_id", sa.BigInteger(), nullable=False),
        sa.Column("path_id", sa.BigInteger(), nullable=False),
        sa.Column("stops", sa.JSON(), nullable=False),
        sa.Column("turn", sa.BigInteger(), nullable=False),
        sa.Column("turn_actor", sa.String(32), nullable=False),
        sa.Column("turn_person_id", sa.BigInteger(), nullable=True),
        sa.Column("sent_version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("turn >= 1", name=op.f("ck_claim_route_turn")),
        sa.CheckConstraint(
            "(turn_actor = 'person') = (turn_person_id IS NOT NULL)", name=op.f("ck_claim_route_turn_person")
        ),
        sa.CheckConstraint(f"turn_actor IN {ACTORS}", name=op.f("ck_claim_route_turn_actor")),
        *(
            sa.ForeignKeyConstraint(
                ["district_id", column],
                [f"{table}.district_id", f"{table}.id"],
                name=op.f(f"fk_claim_route_district_id_{column}"),
            )
            for column, table in (
                ("claim_id", "claim"),
                ("path_id", "review_path"),
                ("turn_person_id", "person"),
            )
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_claim_route_district_id")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_claim_route")),
        sa.UniqueConstraint("district_id", "claim_id", name=op.f("uq_claim_route_district_id_claim_id")),
    )
    op.create_index("ix_claim_route_turn_person", "claim_route", ["district_id", "turn_person_id"])
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY own ON {table} USING ({HERE}) WITH CHECK ({HERE})")
    allow_words("claim_step", "step", "step", STEPS, STEPS_NOW)


def downgrade() -> None:
    """Forget the paths. Refuses with RuntimeError while a claim was endorsed: the record would say what isn't so."""
    allow_words("claim_step", "step", "step", STEPS_NOW, STEPS)
    op.drop_table("claim_route")
    unfreeze("review_path")
    op.drop_table("review_path")
