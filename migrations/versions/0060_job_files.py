"""The files that jobs made, until they expire.

Revision: 0060
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

HERE = "district_id = nullif(current_setting('pdtracker.district_id', true), '')::bigint"


def upgrade() -> None:
    """Create the table, seen and written by its district only."""
    op.create_table(
        "job_file",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("job_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_job_file_sha256")),
        sa.CheckConstraint("size_bytes > 0", name=op.f("ck_job_file_size")),
        sa.CheckConstraint("expires_at > made_at", name=op.f("ck_job_file_expires")),
        sa.ForeignKeyConstraint(
            ["district_id", "job_id"],
            ["job.district_id", "job.id"],
            name=op.f("fk_job_file_district_id_job_id"),
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_job_file_district_id")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_job_file")),
        sa.UniqueConstraint("district_id", "job_id", name=op.f("uq_job_file_district_id_job_id")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE job_file ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE job_file FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own ON job_file USING ({HERE}) WITH CHECK ({HERE})")


def downgrade() -> None:
    """Drop the table; the bytes go with the next clearing of files that nobody names."""
    op.drop_table("job_file")
