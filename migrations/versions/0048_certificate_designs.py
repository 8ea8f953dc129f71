"""How certificates look, version by version, and the pictures that they are drawn from.

Revision: 0048
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pdtracker.migrating import freeze, unfreeze

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

HERE = "district_id = nullif(current_setting('pdtracker.district_id', true), '')::bigint"
TABLES = ("certificate_picture", "certificate_design")


def upgrade() -> None:
    """Create the tables, seen and written by their district only; what was chosen stays as it was."""
    op.create_table(
        "certificate_picture",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("png", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(digest) = 64", name=op.f("ck_certificate_picture_digest")),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("fk_certificate_picture_district_id")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_certificate_picture")),
        sa.UniqueConstraint("district_id", "digest", name=op.f("uq_certificate_picture_district_id_digest")),
    )
    op.create_table(
        "certificate_design",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("chosen_by_id", sa.BigInteger(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_certificate_design_version")),
        sa.ForeignKeyConstraint(
            ["district_id", "chosen_by_id"],
            ["person.district_id", "person.id"],
            name=op.f("fk_certificate_design_district_id_chosen_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("fk_certificate_design_district_id")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_certificate_design")),
        sa.UniqueConstraint("district_id", "version", name=op.f("uq_certificate_design_district_id_version")),
    )
    for table in TABLES:
        freeze(table)
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY own ON {table} USING ({HERE}) WITH CHECK ({HERE})")
    # Nothing ever wrote it: a district's mark is a kept picture now.
    op.drop_column("district", "mark_png")


def downgrade() -> None:
    """Drop them; certificates that name a picture can't be drawn any more."""
    op.add_column("district", sa.Column("mark_png", sa.LargeBinary(), nullable=True))
    for table in reversed(TABLES):
        unfreeze(table)
        op.drop_table(table)
