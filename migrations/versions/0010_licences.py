"""Licences with their cycles and the rules on top, splits over categories, facts for licences, four more categories.

Revision: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pdtracker.migrating import allow_words, freeze, unfreeze

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BEFORE = ("content", "pedagogy", "ell", "leadership", "technology")
AFTER = ("content", "pedagogy", "ell", "swd", "literacy", "stem", "equity", "leadership", "technology")
BY_CATEGORY = ("event", "claim", "award")
# In the order in which they can be dropped.
DISTRICT_BOUND = (
    "licence_attestation",
    "licence_adjustment",
    "follow_up",
    "claim_fact",
    "claim_category",
    "regime_layer",
    "licence",
    "provider_approval",
    "adopted_regime",
)
APPEND_ONLY = ("licence_adjustment", "licence_attestation", "regime_layer")
HERE = "district_id = nullif(current_setting('pdtracker.district_id', true), '')::bigint"


def Moment() -> sa.DateTime:
    """A moment in UTC."""
    return sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables, seen and written by their district only; nothing that is there changes its meaning."""
    for table in BY_CATEGORY:
        allow_words(table, "category", "creditcategory", BEFORE, AFTER)
    _create_tables()
    for table in APPEND_ONLY:
        freeze(table)
    if op.get_bind().dialect.name == "postgresql":
        for table in DISTRICT_BOUND:
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY own ON {table} USING ({HERE}) WITH CHECK ({HERE})")


def downgrade() -> None:
    """Drop them; refused while a row has one of the new categories, because an award can't be changed."""
    for table in APPEND_ONLY:
        unfreeze(table)
    op.drop_column("claim", "is_recording")
    op.drop_column("claim", "application_minutes")
    op.drop_column("award", "instructional_minutes")
    for table in DISTRICT_BOUND:
        op.drop_table(table)
    op.drop_table("event_category")
    for table in BY_CATEGORY:
        allow_words(table, "category", "creditcategory", AFTER, BEFORE)


def _word(name: str, *members: str) -> sa.Enum:
    return sa.Enum(*members, name=name, native_enum=False, create_constraint=True, length=32)


def _category() -> sa.Enum:
    return _word("creditcategory", *AFTER)


def _create_tables() -> None:
    op.create_table(
        "adopted_regime",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("regime", sa.Text(), nullable=False),
        sa.Column("sponsor_number", sa.Text(), nullable=False),
        sa.Column("adopted_at", Moment(), nullable=False),
        sa.Column("retired_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_adopted_regime_district_id")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_adopted_regime")),
        sa.UniqueConstraint("district_id", "regime", name=op.f("uq_adopted_regime_district_id_regime")),
    )
    op.create_table(
        "provider_approval",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("regime", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("approved_from", sa.Date(), nullable=False),
        sa.Column("approved_until", sa.Date(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "approved_until IS NULL OR approved_until >= approved_from",
            name=op.f("ck_provider_approval_span"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("fk_provider_approval_district_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_provider_approval_organization_id")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_provider_approval")),
        sa.UniqueConstraint(
            "district_id",
            "organization_id",
            "regime",
            "approved_from",
            name=op.f("uq_provider_approval_organization"),
        ),
    )
    op.create_table(
        "event_category",
        sa.Column("event_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("category", _category(), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("minutes BETWEEN 1 AND 1440", name=op.f("ck_event_category_minutes")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_category_event_id")),
        sa.PrimaryKeyConstraint("event_id", "category", name=op.f("pk_event_category")),
    )
    op.create_table(
        "licence",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("regime", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("fte", sa.Text(), nullable=False),
        sa.Column("years_practised", sa.Text(), nullable=True),
        sa.Column("target", sa.Text(), nullable=True),
        sa.Column("carry_in", sa.Text(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_licence_span")),
        sa.ForeignKeyConstraint(
            ["district_id", "person_id"],
            ["person.district_id", "person.id"],
            name=op.f("fk_licence_district_id_person_id"),
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_licence_district_id")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_licence")),
    )
    op.create_index("ix_licence_person", "licence", ["district_id", "person_id", "ends_on"], unique=False)
    op.create_index(
        "ix_licence_regime", "licence", ["district_id", "regime", "ends_on", "person_id"], unique=False
    )
    op.create_table(
        "regime_layer",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("regime", sa.Text(), nullable=False),
        sa.Column("edition", sa.BigInteger(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("by_person_id", sa.BigInteger(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("published_at", Moment(), nullable=False),
        sa.CheckConstraint("edition >= 1", name=op.f("ck_regime_layer_edition")),
        sa.ForeignKeyConstraint(
            ["district_id", "by_person_id"],
            ["person.district_id", "person.id"],
            name=op.f("fk_regime_layer_district_id_by_person_id"),
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_regime_layer_district_id")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_regime_layer")),
        sa.UniqueConstraint(
            "district_id", "regime", "edition", name=op.f("uq_regime_layer_district_id_regime_edition")
        ),
    )
    op.create_table(
        "claim_category",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("claim_id", sa.BigInteger(), nullable=False),
        sa.Column("category", _category(), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("minutes BETWEEN 1 AND 1440", name=op.f("ck_claim_category_minutes")),
        sa.ForeignKeyConstraint(
            ["district_id", "claim_id"],
            ["claim.district_id", "claim.id"],
            name=op.f("fk_claim_category_district_id_claim_id"),
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_claim_category_district_id")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_claim_category")),
        sa.UniqueConstraint(
            "district_id",
            "claim_id",
            "category",
            name=op.f("uq_claim_category_district_id_claim_id_category"),
        ),
    )
    op.create_table(
        "claim_fact",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("claim_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "aspect",
            _word("factaspect", "category", "evidence", "kind", "level", "quantity", "repeat_key", "topic"),
            nullable=False,
        ),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=True),
        sa.Column("amount", sa.Text(), nullable=True),
        sa.Column("dated_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "minutes IS NULL OR minutes BETWEEN 1 AND 1440", name=op.f("ck_claim_fact_minutes")
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "claim_id"],
            ["claim.district_id", "claim.id"],
            name=op.f("fk_claim_fact_district_id_claim_id"),
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_claim_fact_district_id")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_claim_fact")),
        sa.UniqueConstraint(
            "district_id",
            "claim_id",
            "aspect",
            "word",
            name=op.f("uq_claim_fact_district_id_claim_id_aspect_word"),
        ),
    )
    op.create_table(
        "follow_up",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("claim_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", _word("followupkind", "application", "impact"), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("asked_at", Moment(), nullable=True),
        sa.Column("follow_claim_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["district_id", "claim_id", "person_id"],
            ["claim.district_id", "claim.id", "claim.person_id"],
            name=op.f("fk_follow_up_district_id_claim_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "follow_claim_id"],
            ["claim.district_id", "claim.id"],
            name=op.f("fk_follow_up_district_id_follow_claim_id"),
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_follow_up_district_id")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_follow_up")),
        sa.UniqueConstraint(
            "district_id", "claim_id", "kind", name=op.f("uq_follow_up_district_id_claim_id_kind")
        ),
        sa.UniqueConstraint(
            "district_id", "follow_claim_id", name=op.f("uq_follow_up_district_id_follow_claim_id")
        ),
    )
    op.create_index("ix_follow_up_due", "follow_up", ["district_id", "asked_at", "due_on"], unique=False)
    op.create_index("ix_follow_up_person", "follow_up", ["district_id", "person_id", "due_on"], unique=False)
    op.create_table(
        "licence_adjustment",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("licence_id", sa.BigInteger(), nullable=False),
        sa.Column("units", sa.Text(), nullable=True),
        sa.Column("target", sa.Text(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("by_person_id", sa.BigInteger(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("by_title", sa.Text(), nullable=False),
        sa.Column("signed_at", Moment(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_licence_adjustment_reason")),
        sa.CheckConstraint(
            "units IS NOT NULL OR target IS NOT NULL OR ends_on IS NOT NULL",
            name=op.f("ck_licence_adjustment_changes_something"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "by_person_id"],
            ["person.district_id", "person.id"],
            name=op.f("fk_licence_adjustment_district_id_by_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "licence_id"],
            ["licence.district_id", "licence.id"],
            name=op.f("fk_licence_adjustment_district_id_licence_id"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("fk_licence_adjustment_district_id")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_licence_adjustment")),
    )
    op.create_index(
        "ix_licence_adjustment_licence",
        "licence_adjustment",
        ["district_id", "licence_id", "id"],
        unique=False,
    )
    op.create_table(
        "licence_attestation",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("licence_id", sa.BigInteger(), nullable=False),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("by_person_id", sa.BigInteger(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("by_title", sa.Text(), nullable=False),
        sa.Column("signed_at", Moment(), nullable=False),
        sa.CheckConstraint("fact <> ''", name=op.f("ck_licence_attestation_fact")),
        sa.ForeignKeyConstraint(
            ["district_id", "by_person_id"],
            ["person.district_id", "person.id"],
            name=op.f("fk_licence_attestation_district_id_by_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "licence_id"],
            ["licence.district_id", "licence.id"],
            name=op.f("fk_licence_attestation_district_id_licence_id"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("fk_licence_attestation_district_id")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_licence_attestation")),
    )
    op.create_index(
        "ix_licence_attestation_licence",
        "licence_attestation",
        ["district_id", "licence_id", "id"],
        unique=False,
    )
    op.add_column("award", sa.Column("instructional_minutes", sa.BigInteger(), nullable=True))
    op.add_column("claim", sa.Column("application_minutes", sa.BigInteger(), nullable=True))
    op.add_column("claim", sa.Column("is_recording", sa.Boolean(), server_default=sa.false(), nullable=False))
