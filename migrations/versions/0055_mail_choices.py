"""How people choose to have their letters, what each letter is about, and which were read in the house.

Revision: 0055
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pdtracker.migrating import allow_words

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

HERE = "district_id = nullif(current_setting('pdtracker.district_id', true), '')::bigint"
BEFORE = ("queued", "sent", "cancelled", "failed")
AFTER = (*BEFORE, "gathered", "digested", "withheld", "bounced")
PACES = ("at_once", "daily", "weekly", "never")
TABLES = ("mail_choice", "quiet_hours", "bounced_address")


def upgrade() -> None:
    """Add them. What was written before counts as read: nobody finds a year's letters behind a bell."""
    allow_words("outbox_mail", "state", "mailstate", BEFORE, AFTER)
    op.execute("ALTER TABLE outbox_mail ADD COLUMN kind VARCHAR(32) DEFAULT 'other' NOT NULL")
    op.execute("ALTER TABLE outbox_mail ADD COLUMN address TEXT DEFAULT '' NOT NULL")
    op.add_column("outbox_mail", sa.Column("digest_id", sa.BigInteger(), nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        # A default fills the rows that are there, where an update would meet row-level security.
        op.execute("ALTER TABLE outbox_mail ADD COLUMN read_at TIMESTAMP WITH TIME ZONE DEFAULT now()")
        op.execute("ALTER TABLE outbox_mail ALTER COLUMN read_at DROP DEFAULT")
    else:
        op.add_column("outbox_mail", sa.Column("read_at", sa.DateTime(timezone=True), nullable=True))
        op.execute("UPDATE outbox_mail SET read_at = created_at")
    unread = sa.text("read_at IS NULL")
    op.create_index(
        "ix_outbox_mail_unread",
        "outbox_mail",
        ["district_id", "to_person_id"],
        sqlite_where=unread,
        postgresql_where=unread,
    )
    _create_tables()
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY own ON {table} USING ({HERE}) WITH CHECK ({HERE})")


def downgrade() -> None:
    """Drop them; refused while a letter stands in a way that the schema before doesn't know."""
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_index("ix_outbox_mail_unread", table_name="outbox_mail")
    for column in ("read_at", "digest_id", "address", "kind"):
        op.drop_column("outbox_mail", column)
    allow_words("outbox_mail", "state", "mailstate", AFTER, BEFORE)


def _create_tables() -> None:
    op.create_table(
        "mail_choice",
        *_own(),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column(
            "pace",
            sa.Enum(*PACES, name="pace", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        *_keys("mail_choice"),
        sa.UniqueConstraint(
            "district_id", "person_id", "kind", name=op.f("uq_mail_choice_district_id_person_id_kind")
        ),
    )
    op.create_table(
        "quiet_hours",
        *_own(),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("from_minute", sa.BigInteger(), nullable=False),
        sa.Column("until_minute", sa.BigInteger(), nullable=False),
        *_keys("quiet_hours"),
        sa.UniqueConstraint("district_id", "person_id", name=op.f("uq_quiet_hours_district_id_person_id")),
        sa.CheckConstraint(
            "from_minute BETWEEN 0 AND 1439 AND until_minute BETWEEN 0 AND 1439",
            name=op.f("ck_quiet_hours_minutes"),
        ),
    )
    op.create_table(
        "bounced_address",
        *_own(),
        sa.Column("email_key", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("fk_bounced_address_district_id")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_bounced_address")),
    )
    standing = sa.text("lifted_at IS NULL")
    op.create_index(
        "uq_bounced_address_standing",
        "bounced_address",
        ["district_id", "email_key"],
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )


def _own() -> tuple[sa.Column[int], sa.Column[int]]:
    return (
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
    )


def _keys(table: str) -> tuple[sa.Constraint, ...]:
    return (
        sa.ForeignKeyConstraint(
            ["district_id", "person_id"],
            ["person.district_id", "person.id"],
            name=op.f(f"fk_{table}_district_id_person_id"),
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f(f"fk_{table}_district_id")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f(f"pk_{table}")),
    )
