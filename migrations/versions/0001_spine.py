"""The spine: districts, people, calendar, claims, credit, certificates, records.

Revision: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Rows that are written once: table -> columns that may still move, and only towards an earlier time.
APPEND_ONLY: dict[str, tuple[str, ...]] = {
    "audit_entry": (),
    "award": (),
    "certificate": ("release_at",),
    "certificate_code": (),
    "certificate_status": (),
    "claim_step": ("release_at",),
    "credit_policy": (),
    "field_comment": (),
}

# Who may see and write a row on PostgreSQL, whatever statement asks: see `pdtracker.db`.
DISTRICT_BOUND = (
    "audit_entry",
    "audit_head",
    "award",
    "certificate",
    "certificate_status",
    "claim",
    "claim_step",
    "credit_policy",
    "event_host",
    "evidence",
    "field_comment",
    "idempotency_key",
    "membership",
    "outbox_mail",
    "person",
    "prompt",
    "reflection_answer",
    "school",
    "signing_key",
)
DIRECTORY = ("account_district", "certificate_code")
SHARED_OR_OWNED = ("event", "organization", "programme", "theme")
HERE = "district_id = nullif(current_setting('pdtracker.district_id', true), '')::bigint"
NOWHERE = "nullif(current_setting('pdtracker.district_id', true), '') IS NULL"
DOORS = "current_setting('pdtracker.installation', true) = 'on'"


def Moment() -> sa.DateTime:
    """A moment in UTC."""
    return sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create every table, and the guards that the database itself keeps."""
    _create_tables()
    if op.get_bind().dialect.name == "postgresql":
        _freeze_on_postgresql()
        _guard_rows()
    else:
        _freeze_on_sqlite()


def downgrade() -> None:
    """Drop every table."""
    _drop_tables()
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION pdtracker_refuse_change()")
        op.execute("DROP FUNCTION pdtracker_refuse_later()")


def _freeze_on_sqlite() -> None:
    for table, movable in APPEND_ONLY.items():
        refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refuse}")
        op.execute(
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE{_frozen(table, movable)} ON {table} {refuse}"
        )
        for column in movable:
            op.execute(
                f"CREATE TRIGGER {table}_{column} BEFORE UPDATE OF {column} ON {table}"
                f" WHEN NEW.{column} IS NULL OR NEW.{column} > OLD.{column} {refuse}"
            )


def _freeze_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION pdtracker_refuse_change() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    op.execute(
        "CREATE FUNCTION pdtracker_refuse_later() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF NEW.release_at IS NULL OR NEW.release_at > OLD.release_at THEN"
        " RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END IF; RETURN NEW; END $$"
    )
    for table, movable in APPEND_ONLY.items():
        op.execute(
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION pdtracker_refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION pdtracker_refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE{_frozen(table, movable)} ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION pdtracker_refuse_change()"
        )
        for column in movable:
            op.execute(
                f"CREATE TRIGGER {table}_{column} BEFORE UPDATE OF {column} ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION pdtracker_refuse_later()"
            )


def _frozen(table: str, movable: tuple[str, ...]) -> str:
    if not movable:
        return ""
    columns = sa.inspect(op.get_bind()).get_columns(table)
    return " OF " + ", ".join(column["name"] for column in columns if column["name"] not in movable)


def _guard_rows() -> None:
    for table in (*DISTRICT_BOUND, *DIRECTORY, *SHARED_OR_OWNED):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    for table in (*DISTRICT_BOUND, *DIRECTORY):
        op.execute(f"CREATE POLICY own ON {table} USING ({HERE}) WITH CHECK ({HERE})")
    for table in DIRECTORY:
        op.execute(f"CREATE POLICY doors ON {table} FOR SELECT USING ({DOORS})")
    for table in SHARED_OR_OWNED:
        shared = f"district_id IS NULL AND {NOWHERE} AND {DOORS}"
        op.execute(f"CREATE POLICY seen ON {table} FOR SELECT USING (district_id IS NULL OR {HERE})")
        op.execute(
            f"CREATE POLICY own ON {table} USING ({HERE} OR ({shared})) WITH CHECK ({HERE} OR ({shared}))"
        )


def _create_tables() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("email_key", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("disabled_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email_key", name=op.f("uq_account_email_key")),
    )
    op.create_table(
        "district",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("sponsor_number", sa.Text(), nullable=True),
        sa.Column("mark_png", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.CheckConstraint("length(slug) BETWEEN 2 AND 40", name=op.f("ck_district_slug_length")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_district")),
        sa.UniqueConstraint("slug", name=op.f("uq_district_slug")),
    )
    op.create_table(
        "rate",
        sa.Column("bucket", sa.Text(), nullable=False),
        sa.Column("window_starts_at", Moment(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", "window_starts_at", name=op.f("pk_rate")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by_person_id", sa.BigInteger(), nullable=True),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("previous_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_audit_entry_district_id")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("district_id", "seq", name=op.f("uq_audit_entry_district_id_seq")),
    )
    op.create_index(
        "ix_audit_entry_subject", "audit_entry", ["district_id", "subject", "subject_id", "seq"], unique=False
    )
    op.create_table(
        "audit_head",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_audit_head_district_id")),
        sa.PrimaryKeyConstraint("district_id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "credit_policy",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_credit_policy_district_id")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_credit_policy")),
        sa.UniqueConstraint(
            "district_id", "name", "edition", name=op.f("uq_credit_policy_district_id_name_edition")
        ),
    )
    op.create_table(
        "organization",
        sa.Column("district_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_organization_district_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization")),
        sa.UniqueConstraint("name", "district_id", name=op.f("uq_organization_name_district_id")),
    )
    op.create_index(op.f("ix_organization_district_id"), "organization", ["district_id"], unique=False)
    op.create_table(
        "programme",
        sa.Column("district_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("goals", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_programme_span")),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_programme_district_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme")),
        sa.UniqueConstraint("slug", name=op.f("uq_programme_slug")),
    )
    op.create_index(op.f("ix_programme_district_id"), "programme", ["district_id"], unique=False)
    op.create_table(
        "prompt",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("wished_words", sa.BigInteger(), nullable=False),
        sa.Column("retired_at", Moment(), nullable=True),
        sa.CheckConstraint("position >= 1", name=op.f("ck_prompt_position")),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_prompt_district_id")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_prompt")),
    )
    op.create_table(
        "school",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_school_district_id")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_school")),
        sa.UniqueConstraint("district_id", "name", name=op.f("uq_school_district_id_name")),
    )
    op.create_table(
        "sign_in",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_sign_in_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_sign_in_secret_hash")),
    )
    op.create_index(op.f("ix_sign_in_account_id"), "sign_in", ["account_id"], unique=False)
    op.create_table(
        "signing_key",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kid", sa.Text(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_private_key", sa.LargeBinary(), nullable=False),
        sa.Column("valid_from", Moment(), nullable=False),
        sa.Column("retired_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_signing_key_district_id")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_signing_key")),
        sa.UniqueConstraint("district_id", "kid", name=op.f("uq_signing_key_district_id_kid")),
    )
    op.create_table(
        "event",
        sa.Column("district_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("programme_id", sa.BigInteger(), nullable=True),
        sa.Column("organization_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "webinar",
                "panel",
                "hashtag_chat",
                "forum",
                "book_club",
                "unconference",
                "open_house",
                "tour",
                "contest",
                "radio_show",
                "conference",
                "self_paced",
                name="eventkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "category",
            sa.Enum(
                "content",
                "pedagogy",
                "ell",
                "leadership",
                "technology",
                name="creditcategory",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "published",
                "cancelled",
                name="eventstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("starts_at", Moment(), nullable=False),
        sa.Column("ends_at", Moment(), nullable=True),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("has_hours", sa.Boolean(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("hashtag", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("is_example", sa.Boolean(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.CheckConstraint("NOT has_hours OR ends_at IS NOT NULL", name=op.f("ck_event_hours_have_an_end")),
        sa.CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name=op.f("ck_event_span")),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_event_district_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_event_organization_id")
        ),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_event_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    op.create_index(op.f("ix_event_district_id"), "event", ["district_id"], unique=False)
    op.create_index(op.f("ix_event_organization_id"), "event", ["organization_id"], unique=False)
    op.create_index(
        "ix_event_programme_id_starts_at", "event", ["programme_id", "starts_at", "id"], unique=False
    )
    op.create_index("ix_event_starts_at", "event", ["starts_at", "id"], unique=False)
    op.create_table(
        "person",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("email_key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("licence_ending", sa.Text(), nullable=True),
        sa.Column("school_id", sa.BigInteger(), nullable=True),
        sa.Column("left_at", Moment(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "school_id"],
            ["school.district_id", "school.id"],
            name=op.f("fk_person_district_id_school_id"),
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_person_district_id")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_person")),
        sa.UniqueConstraint("district_id", "email_key", name=op.f("uq_person_district_id_email_key")),
    )
    op.create_index("ix_person_district_id_name", "person", ["district_id", "name", "id"], unique=False)
    op.create_table(
        "theme",
        sa.Column("district_id", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("programme_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_theme_district_id")),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_theme_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme")),
        sa.UniqueConstraint("programme_id", "name", name=op.f("uq_theme_programme_id_name")),
    )
    op.create_index(op.f("ix_theme_district_id"), "theme", ["district_id"], unique=False)
    op.create_index(op.f("ix_theme_programme_id"), "theme", ["programme_id"], unique=False)
    op.create_table(
        "account_district",
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("district_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_account_district_account_id")),
        sa.ForeignKeyConstraint(
            ["district_id", "person_id"],
            ["person.district_id", "person.id"],
            name=op.f("fk_account_district_district_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("fk_account_district_district_id")
        ),
        sa.PrimaryKeyConstraint("account_id", "district_id", name=op.f("pk_account_district")),
        sa.UniqueConstraint(
            "district_id", "person_id", name=op.f("uq_account_district_district_id_person_id")
        ),
    )
    op.create_table(
        "claim",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("school_id", sa.BigInteger(), nullable=True),
        sa.Column("event_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "returned",
                "withdrawn",
                "denied",
                "credited",
                "reversed",
                name="claimstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "webinar",
                "panel",
                "hashtag_chat",
                "forum",
                "book_club",
                "unconference",
                "open_house",
                "tour",
                "contest",
                "radio_show",
                "conference",
                "self_paced",
                name="eventkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "category",
            sa.Enum(
                "content",
                "pedagogy",
                "ell",
                "leadership",
                "technology",
                name="creditcategory",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("hashtag", sa.Text(), nullable=True),
        sa.Column("session_starts_at", Moment(), nullable=True),
        sa.Column("session_ends_at", Moment(), nullable=True),
        sa.Column("starts_at", Moment(), nullable=True),
        sa.Column("ends_at", Moment(), nullable=True),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("claimed_minutes", sa.BigInteger(), nullable=True),
        sa.Column("longer_reason", sa.Text(), nullable=False),
        sa.Column("reflection_words", sa.BigInteger(), nullable=False),
        sa.Column("reflection_digest", sa.Text(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
        sa.Column("submitted_at", Moment(), nullable=True),
        sa.Column("waiting_since", Moment(), nullable=False),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'withdrawn') OR (submitted_at IS NOT NULL AND starts_at IS NOT NULL"
            " AND ends_at IS NOT NULL AND claimed_minutes IS NOT NULL)",
            name=op.f("ck_claim_complete_when_submitted"),
        ),
        sa.CheckConstraint(
            "claimed_minutes IS NULL OR claimed_minutes BETWEEN 1 AND 1440",
            name=op.f("ck_claim_claimed_minutes"),
        ),
        sa.CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name=op.f("ck_claim_span")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_claim_version")),
        sa.ForeignKeyConstraint(
            ["district_id", "person_id"],
            ["person.district_id", "person.id"],
            name=op.f("fk_claim_district_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "school_id"],
            ["school.district_id", "school.id"],
            name=op.f("fk_claim_district_id_school_id"),
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_claim_district_id")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_claim_event_id")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_claim")),
        sa.UniqueConstraint("district_id", "id", "person_id", name=op.f("uq_claim_district_id_id_person_id")),
    )
    op.create_index("ix_claim_decided", "claim", ["district_id", "state", "decided_at", "id"], unique=False)
    op.create_index("ix_claim_digest", "claim", ["district_id", "reflection_digest"], unique=False)
    op.create_index(
        "ix_claim_person",
        "claim",
        ["district_id", "person_id", "state", "starts_at", "ends_at", "claimed_minutes"],
        unique=False,
    )
    op.create_index(
        "ix_claim_queue",
        "claim",
        ["district_id", "waiting_since", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'submitted'"),
        postgresql_where=sa.text("state = 'submitted'"),
    )
    op.create_index(
        "ix_claim_school_queue",
        "claim",
        ["district_id", "school_id", "waiting_since", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'submitted'"),
        postgresql_where=sa.text("state = 'submitted'"),
    )
    op.create_index(
        "uq_claim_event",
        "claim",
        ["district_id", "person_id", "event_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('draft', 'submitted', 'returned', 'credited')"),
        postgresql_where=sa.text("state IN ('draft', 'submitted', 'returned', 'credited')"),
    )
    op.create_table(
        "event_host",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "person_id"],
            ["person.district_id", "person.id"],
            name=op.f("fk_event_host_district_id_person_id"),
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_event_host_district_id")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_host_event_id")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_event_host")),
        sa.UniqueConstraint(
            "district_id", "event_id", "person_id", name=op.f("uq_event_host_district_id_event_id_person_id")
        ),
    )
    op.create_table(
        "event_theme",
        sa.Column("event_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("theme_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_theme_event_id")),
        sa.ForeignKeyConstraint(["theme_id"], ["theme.id"], name=op.f("fk_event_theme_theme_id")),
        sa.PrimaryKeyConstraint("event_id", "theme_id", name=op.f("pk_event_theme")),
    )
    op.create_index(op.f("ix_event_theme_theme_id"), "event_theme", ["theme_id"], unique=False)
    op.create_table(
        "idempotency_key",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.Text(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "person_id"],
            ["person.district_id", "person.id"],
            name=op.f("fk_idempotency_key_district_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("fk_idempotency_key_district_id")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_idempotency_key")),
        sa.UniqueConstraint(
            "district_id", "person_id", "key", name=op.f("uq_idempotency_key_district_id_person_id_key")
        ),
    )
    op.create_table(
        "membership",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "teacher",
                "reviewer",
                "administrator",
                "host",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("school_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "school_id IS NULL OR role = 'reviewer'", name=op.f("ck_membership_school_for_reviewers")
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "person_id"],
            ["person.district_id", "person.id"],
            name=op.f("fk_membership_district_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "school_id"],
            ["school.district_id", "school.id"],
            name=op.f("fk_membership_district_id_school_id"),
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_membership_district_id")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_membership")),
        sa.UniqueConstraint(
            "district_id",
            "person_id",
            "role",
            "school_id",
            name=op.f("uq_membership_district_id_person_id_role_school_id"),
        ),
    )
    op.create_table(
        "claim_step",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("claim_id", sa.BigInteger(), nullable=False),
        sa.Column("claimant_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "step",
            sa.Enum(
                "submit",
                "withdraw",
                "return",
                "deny",
                "approve",
                "reverse",
                "undo",
                name="step",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "from_state",
            sa.Enum(
                "draft",
                "submitted",
                "returned",
                "withdrawn",
                "denied",
                "credited",
                "reversed",
                name="from_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "to_state",
            sa.Enum(
                "draft",
                "submitted",
                "returned",
                "withdrawn",
                "denied",
                "credited",
                "reversed",
                name="to_state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("by_person_id", sa.BigInteger(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("by_title", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("seen_version", sa.BigInteger(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("granted_minutes", sa.BigInteger(), nullable=True),
        sa.Column("adjust_reason", sa.Text(), nullable=False),
        sa.Column("release_at", Moment(), nullable=True),
        sa.Column("undoes_step_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "step IN ('submit', 'withdraw') OR by_person_id <> claimant_id",
            name=op.f("ck_claim_step_never_ones_own"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "by_person_id"],
            ["person.district_id", "person.id"],
            name=op.f("fk_claim_step_district_id_by_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "claim_id", "claimant_id"],
            ["claim.district_id", "claim.id", "claim.person_id"],
            name=op.f("fk_claim_step_district_id_claim_id_claimant_id"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "undoes_step_id"],
            ["claim_step.district_id", "claim_step.id"],
            name=op.f("fk_claim_step_district_id_undoes_step_id"),
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_claim_step_district_id")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_claim_step")),
        sa.UniqueConstraint(
            "district_id",
            "claim_id",
            "seen_version",
            "step",
            name=op.f("uq_claim_step_district_id_claim_id_seen_version_step"),
        ),
        sa.UniqueConstraint(
            "district_id", "undoes_step_id", name=op.f("uq_claim_step_district_id_undoes_step_id")
        ),
    )
    op.create_index("ix_claim_step_by", "claim_step", ["district_id", "by_person_id", "at"], unique=False)
    op.create_index("ix_claim_step_claim", "claim_step", ["district_id", "claim_id", "id"], unique=False)
    op.create_table(
        "evidence",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("claim_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "link",
                "file",
                "attestation",
                name="evidencekind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=True),
        sa.Column("file_name", sa.Text(), nullable=True),
        sa.Column("media_type", sa.Text(), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("added_at", Moment(), nullable=False),
        sa.Column("removed_at", Moment(), nullable=True),
        sa.CheckConstraint(
            "kind <> 'file' OR (file_sha256 IS NOT NULL AND file_name IS NOT NULL AND media_type IS NOT NULL)",
            name=op.f("ck_evidence_file"),
        ),
        sa.CheckConstraint("kind <> 'link' OR link IS NOT NULL", name=op.f("ck_evidence_link")),
        sa.ForeignKeyConstraint(
            ["district_id", "claim_id"],
            ["claim.district_id", "claim.id"],
            name=op.f("fk_evidence_district_id_claim_id"),
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_evidence_district_id")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_evidence")),
    )
    op.create_index("ix_evidence_claim", "evidence", ["district_id", "claim_id"], unique=False)
    op.create_table(
        "reflection_answer",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("claim_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("saved_at", Moment(), nullable=False),
        sa.Column("other_answer", sa.Text(), nullable=True),
        sa.Column("other_saved_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["district_id", "claim_id"],
            ["claim.district_id", "claim.id"],
            name=op.f("fk_reflection_answer_district_id_claim_id"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("fk_reflection_answer_district_id")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_reflection_answer")),
        sa.UniqueConstraint(
            "district_id",
            "claim_id",
            "position",
            name=op.f("uq_reflection_answer_district_id_claim_id_position"),
        ),
    )
    op.create_table(
        "award",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("claim_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("step_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "entry",
            sa.Enum(
                "credit", "reversal", name="entrykind", native_enum=False, create_constraint=True, length=32
            ),
            nullable=False,
        ),
        sa.Column(
            "category",
            sa.Enum(
                "content",
                "pedagogy",
                "ell",
                "leadership",
                "technology",
                name="creditcategory",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "webinar",
                "panel",
                "hashtag_chat",
                "forum",
                "book_club",
                "unconference",
                "open_house",
                "tour",
                "contest",
                "radio_show",
                "conference",
                "self_paced",
                name="eventkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.Column("activity_on", sa.Date(), nullable=False),
        sa.Column("policy_id", sa.BigInteger(), nullable=False),
        sa.Column("policy_name", sa.Text(), nullable=False),
        sa.Column("trace", sa.JSON(), nullable=False),
        sa.Column("awarded_at", Moment(), nullable=False),
        sa.CheckConstraint(
            "(entry = 'credit' AND minutes BETWEEN 0 AND 1440) OR (entry = 'reversal' AND minutes BETWEEN -1440 AND 0)",
            name=op.f("ck_award_minutes"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "claim_id", "person_id"],
            ["claim.district_id", "claim.id", "claim.person_id"],
            name=op.f("fk_award_district_id_claim_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "policy_id"],
            ["credit_policy.district_id", "credit_policy.id"],
            name=op.f("fk_award_district_id_policy_id"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "step_id"],
            ["claim_step.district_id", "claim_step.id"],
            name=op.f("fk_award_district_id_step_id"),
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_award_district_id")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_award")),
        sa.UniqueConstraint(
            "district_id", "step_id", "category", name=op.f("uq_award_district_id_step_id_category")
        ),
    )
    op.create_index("ix_award_claim", "award", ["district_id", "claim_id"], unique=False)
    op.create_index(
        "ix_award_person",
        "award",
        ["district_id", "person_id", "activity_on", "kind", "category", "minutes"],
        unique=False,
    )
    op.create_table(
        "certificate",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("claim_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("step_id", sa.BigInteger(), nullable=False),
        sa.Column("edition", sa.BigInteger(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("holder_name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.Column("snapshot", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("kid", sa.Text(), nullable=False),
        sa.Column("issued_at", Moment(), nullable=False),
        sa.Column("release_at", Moment(), nullable=False),
        sa.CheckConstraint("edition >= 1", name=op.f("ck_certificate_edition")),
        sa.ForeignKeyConstraint(
            ["district_id", "claim_id", "person_id"],
            ["claim.district_id", "claim.id", "claim.person_id"],
            name=op.f("fk_certificate_district_id_claim_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "kid"],
            ["signing_key.district_id", "signing_key.kid"],
            name=op.f("fk_certificate_district_id_kid"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "step_id"],
            ["claim_step.district_id", "claim_step.id"],
            name=op.f("fk_certificate_district_id_step_id"),
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_certificate_district_id")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("district_id", "serial", name=op.f("uq_certificate_district_id_serial")),
        sa.UniqueConstraint(
            "district_id", "step_id", "edition", name=op.f("uq_certificate_district_id_step_id_edition")
        ),
    )
    op.create_index("ix_certificate_claim", "certificate", ["district_id", "claim_id"], unique=False)
    op.create_index(
        "ix_certificate_person", "certificate", ["district_id", "person_id", "issued_at"], unique=False
    )
    op.create_table(
        "field_comment",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("step_id", sa.BigInteger(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "step_id"],
            ["claim_step.district_id", "claim_step.id"],
            name=op.f("fk_field_comment_district_id_step_id"),
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_field_comment_district_id")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_field_comment")),
        sa.UniqueConstraint(
            "district_id", "step_id", "field", name=op.f("uq_field_comment_district_id_step_id_field")
        ),
    )
    op.create_table(
        "outbox_mail",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("dedupe_key", sa.Text(), nullable=False),
        sa.Column("to_person_id", sa.BigInteger(), nullable=False),
        sa.Column("to_email", sa.Text(), nullable=False),
        sa.Column("to_name", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("step_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "sent",
                "cancelled",
                "failed",
                name="mailstate",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("not_before", Moment(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("sent_at", Moment(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "step_id"],
            ["claim_step.district_id", "claim_step.id"],
            name=op.f("fk_outbox_mail_district_id_step_id"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "to_person_id"],
            ["person.district_id", "person.id"],
            name=op.f("fk_outbox_mail_district_id_to_person_id"),
        ),
        sa.ForeignKeyConstraint(["district_id"], ["district.id"], name=op.f("fk_outbox_mail_district_id")),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_outbox_mail")),
        sa.UniqueConstraint("district_id", "dedupe_key", name=op.f("uq_outbox_mail_district_id_dedupe_key")),
    )
    op.create_index(
        "ix_outbox_mail_due",
        "outbox_mail",
        ["district_id", "not_before", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_index("ix_outbox_mail_step", "outbox_mail", ["district_id", "step_id"], unique=False)
    op.create_table(
        "certificate_code",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("certificate_id", sa.BigInteger(), nullable=False),
        sa.Column("district_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["district_id", "certificate_id"],
            ["certificate.district_id", "certificate.id"],
            name=op.f("fk_certificate_code_district_id_certificate_id"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("fk_certificate_code_district_id")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_certificate_code")),
        sa.UniqueConstraint("serial", name=op.f("uq_certificate_code_serial")),
    )
    op.create_table(
        "certificate_status",
        sa.Column("district_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("certificate_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "news",
            sa.Enum(
                "recalled",
                "revoked",
                "superseded",
                name="certificatenews",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by_person_id", sa.BigInteger(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("successor_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(news = 'superseded') = (successor_id IS NOT NULL)", name=op.f("ck_certificate_status_successor")
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "by_person_id"],
            ["person.district_id", "person.id"],
            name=op.f("fk_certificate_status_district_id_by_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "certificate_id"],
            ["certificate.district_id", "certificate.id"],
            name=op.f("fk_certificate_status_district_id_certificate_id"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id", "successor_id"],
            ["certificate.district_id", "certificate.id"],
            name=op.f("fk_certificate_status_district_id_successor_id"),
        ),
        sa.ForeignKeyConstraint(
            ["district_id"], ["district.id"], name=op.f("fk_certificate_status_district_id")
        ),
        sa.PrimaryKeyConstraint("district_id", "id", name=op.f("pk_certificate_status")),
        sa.UniqueConstraint(
            "district_id",
            "certificate_id",
            "news",
            name=op.f("uq_certificate_status_district_id_certificate_id_news"),
        ),
    )


def _drop_tables() -> None:
    op.drop_table("certificate_status")
    op.drop_table("certificate_code")
    op.drop_index("ix_outbox_mail_step", table_name="outbox_mail")
    op.drop_index(
        "ix_outbox_mail_due",
        table_name="outbox_mail",
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.drop_table("outbox_mail")
    op.drop_table("field_comment")
    op.drop_index("ix_certificate_person", table_name="certificate")
    op.drop_index("ix_certificate_claim", table_name="certificate")
    op.drop_table("certificate")
    op.drop_index("ix_award_person", table_name="award")
    op.drop_index("ix_award_claim", table_name="award")
    op.drop_table("award")
    op.drop_table("reflection_answer")
    op.drop_index("ix_evidence_claim", table_name="evidence")
    op.drop_table("evidence")
    op.drop_index("ix_claim_step_claim", table_name="claim_step")
    op.drop_index("ix_claim_step_by", table_name="claim_step")
    op.drop_table("claim_step")
    op.drop_table("membership")
    op.drop_table("idempotency_key")
    op.drop_index(op.f("ix_event_theme_theme_id"), table_name="event_theme")
    op.drop_table("event_theme")
    op.drop_table("event_host")
    op.drop_index(
        "uq_claim_event",
        table_name="claim",
        sqlite_where=sa.text("state IN ('draft', 'submitted', 'returned', 'credited')"),
        postgresql_where=sa.text("state IN ('draft', 'submitted', 'returned', 'credited')"),
    )
    op.drop_index(
        "ix_claim_school_queue",
        table_name="claim",
        sqlite_where=sa.text("state = 'submitted'"),
        postgresql_where=sa.text("state = 'submitted'"),
    )
    op.drop_index(
        "ix_claim_queue",
        table_name="claim",
        sqlite_where=sa.text("state = 'submitted'"),
        postgresql_where=sa.text("state = 'submitted'"),
    )
    op.drop_index("ix_claim_person", table_name="claim")
    op.drop_index("ix_claim_digest", table_name="claim")
    op.drop_index("ix_claim_decided", table_name="claim")
    op.drop_table("claim")
    op.drop_table("account_district")
    op.drop_index(op.f("ix_theme_programme_id"), table_name="theme")
    op.drop_index(op.f("ix_theme_district_id"), table_name="theme")
    op.drop_table("theme")
    op.drop_index("ix_person_district_id_name", table_name="person")
    op.drop_table("person")
    op.drop_index("ix_event_starts_at", table_name="event")
    op.drop_index("ix_event_programme_id_starts_at", table_name="event")
    op.drop_index(op.f("ix_event_organization_id"), table_name="event")
    op.drop_index(op.f("ix_event_district_id"), table_name="event")
    op.drop_table("event")
    op.drop_table("signing_key")
    op.drop_index(op.f("ix_sign_in_account_id"), table_name="sign_in")
    op.drop_table("sign_in")
    op.drop_table("school")
    op.drop_table("prompt")
    op.drop_index(op.f("ix_programme_district_id"), table_name="programme")
    op.drop_table("programme")
    op.drop_index(op.f("ix_organization_district_id"), table_name="organization")
    op.drop_table("organization")
    op.drop_table("credit_policy")
    op.drop_table("audit_head")
    op.drop_index("ix_audit_entry_subject", table_name="audit_entry")
    op.drop_table("audit_entry")
    op.drop_table("rate")
    op.drop_table("district")
    op.drop_table("account")
