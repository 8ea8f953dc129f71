"""Letters and links that let people into a district, open registration, and when an address was confirmed.

Revision: 0053
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

HERE = "district_id = nullif(current_setting('pdtracker.district_id', true), '')::bigint"
DOORS = "current_setting('pdtracker.installation', true) = 'on'"


def upgrade() -> None:
    """Create the tables; on PostgreSQL the doors find a letter and a link, and only its district writes it."""
    op.add_column("account", sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
    _create_link()
    _create_letter()
    op.create_table(
        "open_registration",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("domains", sa.JSON(), nullable=False),
        sa.Column("by_person_id", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        _to_person("open_registration", "by_person_id"),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("fk_open_registration_district_id")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_open_registration")),
        sa.UniqueConstraint("district_id", name=op.f("uq_open_registration_district_id")),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table in ("joining_link", "joining_letter", "open_registration"):
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY own ON {table} USING ({HERE}) WITH CHECK ({HERE})")
        for table in ("joining_link", "joining_letter"):
            op.execute(f"CREATE POLICY doors ON {table} FOR SELECT USING ({DOORS})")


def downgrade() -> None:
    """Drop the tables; every letter and link is void."""
    op.drop_table("open_registration")
    op.drop_table("joining_letter")
    op.drop_table("joining_link")
    op.drop_column("account", "confirmed_at")


def _create_link() -> None:
    op.create_table(
        "joining_link",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("domains", sa.JSON(), nullable=False),
        sa.Column("most", sa.BigInteger(), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.Column("by_person_id", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("district_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("used BETWEEN 0 AND most", name=op.f("ck_joining_link_used")),
        sa.CheckConstraint("ends_at > made_at", name=op.f("ck_joining_link_ends")),
        _to_person("joining_link", "by_person_id"),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_joining_link_district_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joining_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_joining_link_token_hash")),
        sa.UniqueConstraint("district_id", "id", name=op.f("uq_joining_link_district_id_id")),
    )


def _create_letter() -> None:
    op.create_table(
        "joining_letter",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("link_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("email_key", sa.Text(), nullable=False),
        sa.Column("mail_id", sa.BigInteger(), nullable=False),
        sa.Column("letters", sa.BigInteger(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=True),
        sa.Column("link_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("district_id", sa.BigInteger(), nullable=False),
        _to_person("joining_letter", "person_id"),
        sa.ForeignKeyConstraint(
            ["district_id", "link_id"],
            ["joining_link.district_id", "joining_link.id"],
            name=op.f("fk_joining_letter_district_id_link_id"),
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_joining_letter_district_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joining_letter")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_joining_letter_token_hash")),
        sa.UniqueConstraint("district_id", "email_key", name=op.f("uq_joining_letter_district_id_email_key")),
    )
    op.create_index("ix_joining_letter_mail", "joining_letter", ["district_id", "mail_id"])


def _to_person(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["district_id", column],
        ["person.district_id", "person.id"],
        name=op.f(f"fk_{table}_district_id_{column}"),
    )
