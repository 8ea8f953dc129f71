"""Automatic approval: policies, what they made of claims, and sealed seeds.

Revision: 0069
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pdtracker.migrating import freeze, unfreeze

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None

HERE = "district_id = nullif(current_setting('pdtracker.district_id', true), '')::bigint"
TABLES = ("automatic_policy", "automatic_look", "sample_seed")
OUTCOMES = "('approved', 'sampled', 'left')"
REASONS = (
    "('conflict', 'again', 'kind', 'long', 'special', 'reviews', 'evidence', 'unmatched', 'checks',"
    " 'seed', 'rules')"
)


def upgrade() -> None:
    """Create the tables, seen and written by their district only; no policy, so people decide every claim."""
    op.create_table(
        "automatic_policy",
        *_own(),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("published_by_id", sa.BigInteger(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_automatic_policy_version")),
        _pointing("automatic_policy", "published_by_id", "person"),
        *_keys("automatic_policy", "version"),
    )
    freeze("automatic_policy")
    op.create_table(
        "automatic_look",
        *_own(),
        sa.Column("claim_id", sa.BigInteger(), nullable=False),
        sa.Column("claim_version", sa.BigInteger(), nullable=False),
        sa.Column("policy_id", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(32), nullable=True),
        sa.Column("step_id", sa.BigInteger(), nullable=True),
        sa.Column("asked_step_id", sa.BigInteger(), nullable=True),
        sa.Column("asked_words", sa.Text(), nullable=False, server_default=""),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"outcome IN {OUTCOMES}", name=op.f("ck_automatic_look_outcome")),
        sa.CheckConstraint(f"reason IN {REASONS}", name=op.f("ck_automatic_look_reason")),
        sa.CheckConstraint(
            "(outcome = 'approved') = (step_id IS NOT NULL)", name=op.f("ck_automatic_look_step")
        ),
        sa.CheckConstraint("(outcome = 'left') = (reason IS NOT NULL)", name=op.f("ck_automatic_look_why")),
        sa.CheckConstraint(
            "asked_step_id IS NULL OR step_id IS NOT NULL", name=op.f("ck_automatic_look_asked")
        ),
        _pointing("automatic_look", "claim_id", "claim"),
        _pointing("automatic_look", "policy_id", "automatic_policy"),
        _pointing("automatic_look", "step_id", "claim_step"),
        _pointing("automatic_look", "asked_step_id", "claim_step"),
        *_keys("automatic_look", "claim_id", "step_id", "asked_step_id"),
    )
    op.create_index("ix_automatic_look_at", "automatic_look", ["district_id", "at", "outcome"])
    op.create_table(
        "sample_seed",
        *_own(),
        sa.Column("month_on", sa.Date(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("committed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(opened IS NULL) = (opened_at IS NULL)", name=op.f("ck_sample_seed_opened")),
        *_keys("sample_seed", "month_on"),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY own ON {table} USING ({HERE}) WITH CHECK ({HERE})")


def downgrade() -> None:
    """Forget the policies; what they approved stays approved."""
    op.drop_table("sample_seed")
    op.drop_table("automatic_look")
    unfreeze("automatic_policy")
    op.drop_table("automatic_policy")


def _own() -> tuple[sa.Column[int], ...]:
    return (
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
    )


def _pointing(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["district_id", column],
        [f"{to}.district_id", f"{to}.id"],
        name=op.f(f"fk_{table}_district_id_{column}"),
    )


def _keys(table: str, *unique: str) -> tuple[sa.schema.Constraint, ...]:
    return (
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f(f"fk_{table}_district_id")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f(f"pk_{table}")),
        *(
            sa.UniqueConstraint("district_id", column, name=op.f(f"uq_{table}_district_id_{column}"))
            for column in unique
        ),
    )
