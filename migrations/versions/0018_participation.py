"""Who takes part in a programme, who convenes its themes, and what is not known of them.

Revision: 0018
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

HERE = "district_id = nullif(current_setting('pdtracker.district_id', true), '')::bigint"
DOORS = "current_setting('pdtracker.installation', true) = 'on'"


def upgrade() -> None:
    """Add notes and sources, and create both tables; a participant is written by its district, read by the doors."""
    op.add_column("programme", sa.Column("source", sa.Text(), nullable=True))
    op.add_column("programme", sa.Column("note", sa.Text(), server_default="", nullable=False))
    op.add_column("theme", sa.Column("note", sa.Text(), server_default="", nullable=False))
    op.create_table(
        "theme_convenor",
        sa.Column("theme_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("organization_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_theme_convenor_theme_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_theme_convenor_organization_id")
        ),
        sa.PrimaryKeyConstraint("theme_id", "organization_id", name=op.f("pk_theme_convenor")),
    )
    op.create_index(op.f("ix_theme_convenor_organization_id"), "theme_convenor", ["organization_id"])
    _create_participants()
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE participant ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE participant FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own ON participant USING ({HERE}) WITH CHECK ({HERE})")
        op.execute(f"CREATE POLICY doors ON participant FOR SELECT USING ({DOORS})")


def _create_participants() -> None:
    op.create_table(
        "participant",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("district_id", sa.BigInteger(), nullable=False),
        sa.Column("programme_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", _words("participantkind", "district", "organization", "state"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column(
            "state", _words("participantstate", "proposed", "listed", "refused", "ended"), nullable=False
        ),
        sa.Column("proposed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("counts_chosen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("people", sa.BigInteger(), nullable=True),
        sa.Column("credited_minutes", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "kind = 'district' OR counts_chosen_at IS NULL", name=op.f("ck_participant_counts_of_districts")
        ),
        sa.CheckConstraint(
            "people IS NULL OR (people >= 5 AND counts_chosen_at IS NOT NULL)",
            name=op.f("ck_participant_people"),
        ),
        sa.CheckConstraint(
            "(people IS NULL) = (credited_minutes IS NULL)", name=op.f("ck_participant_counts")
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_participant_district_id")),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_participant_programme_id")),
        sa.ForeignKeyConstraint(
            ["district_id", "proposed_by_id"],
            ["person.district_id", "person.id"],
            name=op.f("fk_participant_district_id_proposed_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "decided_by_id"],
            ["person.district_id", "person.id"],
            name=op.f("fk_participant_district_id_decided_by_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participant")),
        sa.UniqueConstraint(
            "district_id",
            "programme_id",
            "kind",
            "name",
            name=op.f("uq_participant_district_id_programme_id_kind_name"),
        ),
    )
    op.create_index("ix_participant_programme_id", "participant", ["programme_id", "state", "id"])


def _words(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def downgrade() -> None:
    """Drop them; who takes part is forgotten."""
    op.drop_table("participant")
    op.drop_table("theme_convenor")
    op.drop_column("theme", "note")
    op.drop_column("programme", "note")
    op.drop_column("programme", "source")
