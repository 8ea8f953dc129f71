"""Brings a database to the newest schema, and says whether it is there.

The steps are Alembic's, in `migrations/`; there is no `alembic.ini`: the connection is handed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache

import sqlalchemy as sa
from alembic import command, op
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.revision import ResolutionError
from alembic.util import CommandError

from pdtracker import row_figures
from pdtracker.domain.refusals import Refusal
from pdtracker.engines import make_engine
from pdtracker.models import Base
from pdtracker.resources import resource

# What is written once; triggers keep it so, and a granted role has no right to change it.
APPEND_ONLY = (
    "audit_entry",
    "automatic_policy",
    "award",
    "badge_recipient",
    "certificate",
    "certificate_code",
    "certificate_status",
    "check_in",
    "checkpoint_officers",
    "claim_step",
    "certificate_design",
    "certificate_picture",
    "certificate_summary",
    "certificate_summary_part",
    "commitment",
    "credit_policy",
    "field_comment",
    "letter_template",
    "licence_adjustment",
    "licence_attestation",
    "licence_attestation_taken_back",
    "licence_renewal",
    "regime_layer",
    "review_path",
    "status_entry",
    "trail_checkpoint",
)

# Of these `release_at` may move, and only towards an earlier time.
_RELEASED = ("certificate", "claim_step")

# What the guards of PostgreSQL do, and when they fire: `pg_trigger.tgtype`, before each row or before a statement.
_REFUSE_CHANGE = "BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END"
_REFUSE_LATER = (
    "BEGIN IF NEW.release_at IS NULL OR NEW.release_at > OLD.release_at THEN"
    " RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END IF; RETURN NEW; END"
)
_DELETE, _UPDATE, _TRUNCATE = 1 + 2 + 8, 1 + 2 + 16, 2 + 32

# What stands beside the models: the index of words, which the databases make in ways of their own. Its trigger fires
# after each row that is written.
_SEARCH = "event_search"
_INDEXED = ("event", 1 + 4 + 16, ("district_id", "search_text"))
_INDEX_EVENT = (
    "BEGIN INSERT INTO event_search (event_id, district_id, search_text)"
    " VALUES (NEW.id, NEW.district_id, NEW.search_text)"
    " ON CONFLICT (event_id) DO UPDATE"
    " SET district_id = excluded.district_id, search_text = excluded.search_text; RETURN NULL; END"
)

# Two processes that start together must not migrate together (PostgreSQL; SQLite locks by itself).
_ADVISORY_LOCK = 7_262_617


def upgrade(url: str) -> None:
    """Run every migration that is still missing, in one transaction; harmless when none is.

    Refuses a database whose schema this version of the program doesn't know.
    """
    _run(url, _to_the_newest)


def _to_the_newest(config: Config) -> None:
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        if not isinstance(error.__cause__, ResolutionError):
            raise
        raise Refusal(
            "schema",
            "The database is of a later version of the program than this one. Use that version again, or restore a "
            "backup from before.",
        ) from error
    connection: sa.Connection = config.attributes["connection"]
    if connection.dialect.name == "sqlite":
        row_figures.tell(connection)


def downgrade(url: str, revision: str) -> None:
    """Go back to a revision ("base" for the empty database)."""
    _run(url, lambda config: command.downgrade(config, revision))


def grant(url: str, role: str) -> None:
    """Let a PostgreSQL role that owns nothing run the application: every table, but no change of the frozen ones.

    Row-level security binds it then, and the triggers on the frozen tables are doubled by missing rights.
    """
    engine = make_engine(url)
    try:
        with engine.begin() as connection:
            name = connection.dialect.identifier_preparer.quote(role)
            tables = set(Base.metadata.tables)
            connection.execute(sa.text(f"GRANT USAGE ON SCHEMA public TO {name}"))
            for table in sorted(tables):
                rights = "SELECT, INSERT" if table in APPEND_ONLY else "SELECT, INSERT, UPDATE, DELETE"
                connection.execute(sa.text(f"GRANT {rights} ON {table} TO {name}"))
            for table in _RELEASED:
                connection.execute(sa.text(f"GRANT UPDATE (release_at) ON {table} TO {name}"))
            connection.execute(sa.text(f"GRANT SELECT ON alembic_version TO {name}"))
    finally:
        engine.dispose()


def current(url: str) -> str | None:
    """The revision that the database is at; `None` when it is empty."""
    engine = make_engine(url)
    try:
        return revision_of(engine)
    finally:
        engine.dispose()


def revision_of(engine: sa.Engine) -> str | None:
    """The same, through an engine that is open already."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """The newest revision that this program knows."""
    return str(ScriptDirectory(str(resource("migrations"))).get_current_head())


def guard_faults(url: str) -> list[str]:
    """Where the triggers that keep what is written once are gone, hollow or off, and triggers that nobody here made."""
    engine = make_engine(url)
    try:
        with engine.connect() as connection:
            is_sqlite = connection.dialect.name == "sqlite"
            there = _sqlite_triggers(connection) if is_sqlite else _postgresql_triggers(connection)
    finally:
        engine.dispose()
    wanted = _sqlite_guards() if is_sqlite else _postgresql_guards()
    faults = []
    for name, guard in sorted(wanted.items()):
        if name not in there:
            faults.append(f"the guard {name} is missing: what is written once could be changed.")
        elif there[name] != guard:
            faults.append(f"the guard {name} was altered: what is written once could be changed.")
    strange = sorted(there.keys() - wanted.keys())
    return faults + [
        f"the trigger {name} is none of ours: it could change what is written." for name in strange
    ]


def _sqlite_triggers(connection: sa.Connection) -> dict[str, object]:
    rows = connection.execute(sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    return {row.name: row.sql for row in rows}


@cache
def _sqlite_guards() -> dict[str, object]:
    """What the migrations make, of a database that is made for this and thrown away."""
    engine = sa.create_engine("sqlite://")
    try:
        with engine.begin() as connection:
            command.upgrade(_config(connection), "head")
            return _sqlite_triggers(connection)
    finally:
        engine.dispose()


def _postgresql_triggers(connection: sa.Connection) -> dict[str, object]:
    """When each trigger of our tables fires (`tgtype`), for which columns, and what it does."""
    rows = connection.execute(
        sa.text(
            "SELECT t.tgname, c.relname, t.tgtype, t.tgenabled::text AS enabled, t.tgqual IS NULL AS always,"
            " p.prosrc, ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = t.tgrelid"
            " AND a.attnum = ANY (t.tgattr) ORDER BY 1) AS columns"
            " FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid"
            " WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace"
        )
    )
    return {
        row.tgname: (row.relname, row.tgtype, tuple(row.columns), row.prosrc.strip())
        if row.always and row.enabled in ("O", "A")
        else None
        for row in rows
    }


def _postgresql_guards() -> dict[str, object]:
    guards: dict[str, object] = {f"{_SEARCH}_index": (*_INDEXED, _INDEX_EVENT)}
    for table in APPEND_ONLY:
        frozen: list[str] = []
        if table in _RELEASED:
            columns = {column.name for column in Base.metadata.tables[table].columns}
            frozen = sorted(columns - {"release_at"})
            guards[f"{table}_release_at"] = (table, _UPDATE, ("release_at",), _REFUSE_LATER)
        guards[f"{table}_no_update"] = (table, _UPDATE, tuple(frozen), _REFUSE_CHANGE)
        guards[f"{table}_no_delete"] = (table, _DELETE, (), _REFUSE_CHANGE)
        guards[f"{table}_no_truncate"] = (table, _TRUNCATE, (), _REFUSE_CHANGE)
    return guards


def differences(url: str) -> list[object]:
    """Where the database and the models differ: empty when the migrations say the same as the models."""
    engine = make_engine(url)
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(
                connection, opts={"compare_type": True, "include_name": _is_ours}
            )
            return list(compare_metadata(context, Base.metadata))
    finally:
        engine.dispose()


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    return not (kind == "table" and (name or "").startswith(_SEARCH))


def allow_words(table: str, column: str, check: str, old: Sequence[str], new: Sequence[str]) -> None:
    """A step of a migration: let a column that holds words of a closed set hold those of another.

    Refuses with RuntimeError while a row has a word that the new set lacks.
    """
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        # PostgreSQL looks through the rows by itself when a rule is added.
        name = op.f(f"ck_{table}_{check}")
        op.drop_constraint(name, table, type_="check")
        op.create_check_constraint(name, table, _words_rule(column, new))
        return
    rows = sa.table(table, sa.column(column))
    counted = sa.select(sa.func.count()).select_from(rows).where(rows.c[column].not_in(new))
    if connection.scalar(counted):
        raise RuntimeError(f"{table} has rows whose {column} this schema doesn't know.")
    _rewrite_on_sqlite(connection, table, _words_rule(column, old), _words_rule(column, new))


def allow_none(table: str, column: str, *, allowed: bool) -> None:
    """A step of a migration: let a column of numbers have no value, or let it have none no more.

    Refuses with RuntimeError while a row has none.
    """
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        # PostgreSQL looks through the rows by itself when a value is asked for.
        op.alter_column(table, column, existing_type=sa.BigInteger(), nullable=allowed)
        return
    rows = sa.table(table, sa.column(column))
    if not allowed and connection.scalar(
        sa.select(sa.func.count()).select_from(rows).where(rows.c[column].is_(None))
    ):
        raise RuntimeError(f"{table} has rows without {column}.")
    is_asked, is_open = f"{column} BIGINT NOT NULL", f"{column} BIGINT"
    if allowed:
        _rewrite_on_sqlite(connection, table, is_asked, is_open)
    else:
        _rewrite_on_sqlite(connection, table, is_open, is_asked)


def add_rule(table: str, check: str, rule: str, beside: str) -> None:
    """A step of a migration: a CHECK that every stored row keeps; `beside` is one that the table has, with its rule."""
    connection = op.get_bind()
    name = op.f(f"ck_{table}_{check}")
    if connection.dialect.name == "postgresql":
        op.create_check_constraint(name, table, rule)
        return
    _rewrite_on_sqlite(connection, table, beside, f"{beside}, CONSTRAINT {name} CHECK ({rule})")


def drop_rule(table: str, check: str, rule: str) -> None:
    """A step back: without that CHECK."""
    connection = op.get_bind()
    name = op.f(f"ck_{table}_{check}")
    if connection.dialect.name == "postgresql":
        op.drop_constraint(name, table, type_="check")
        return
    _rewrite_on_sqlite(connection, table, f", CONSTRAINT {name} CHECK ({rule})", "")


def freeze(table: str) -> None:
    """A step of a migration: the triggers that keep rows of a new table as they were written."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        for event, each in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER {table}_no_{event.lower()} BEFORE {event} ON {table}"
                f" FOR EACH {each} EXECUTE FUNCTION pdtracker_refuse_change()"
            )
        return
    refuse = f"SELECT RAISE(ABORT, '{table} is append-only')"
    op.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN {refuse}; END")
    op.execute(f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} BEGIN {refuse}; END")
    refusals = "".join(
        f" SELECT RAISE(ABORT, '{words}') FROM {table} WHERE {same} LIMIT 1;"  # noqa: S608 - our own names
        for words, same in taken_on_sqlite(connection, table)
    )
    op.execute(f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} BEGIN{refusals} END")


def unfreeze(table: str) -> None:
    """A step back: rows of the table can be dropped with it."""
    if op.get_bind().dialect.name == "postgresql":
        for event in ("update", "delete", "truncate"):
            op.execute(f"DROP TRIGGER {table}_no_{event} ON {table}")
        return
    for event in ("update", "delete", "replace"):
        op.execute(f"DROP TRIGGER {table}_no_{event}")


def _words_rule(column: str, words: Sequence[str]) -> str:
    return f"{column} IN ({', '.join(repr(word) for word in words)})"


def _rewrite_on_sqlite(connection: sa.Connection, table: str, old: str, new: str) -> None:
    """Change a CHECK where SQLite keeps it: in the text of the table.

    A copy of the table, as batch mode makes it, would lose the guards of what is written once, and with foreign keys on
    a table that others point at can't be dropped. https://www.sqlite.org/lang_altertable.html#otheralter has these
    steps for changes that leave every stored row valid.
    """
    version = connection.scalar(sa.text("PRAGMA schema_version"))
    connection.execute(sa.text("PRAGMA writable_schema = ON"))
    changed = connection.execute(
        sa.text(
            "UPDATE sqlite_master SET sql = replace(sql, :old, :new)"
            " WHERE type = 'table' AND name = :name AND instr(sql, :old) > 0"
        ),
        {"old": old, "new": new, "name": table},
    )
    # From here on every connection reads the schema again.
    connection.execute(sa.text(f"PRAGMA schema_version = {int(version or 0) + 1}"))
    connection.execute(sa.text("PRAGMA writable_schema = OFF"))
    if changed.rowcount != 1:
        raise RuntimeError(f"{table} doesn't have the rule that this step changes.")


def taken_on_sqlite(connection: sa.Connection, table: str) -> Iterator[tuple[str, str]]:
    """For each key of a table: what SQLite itself says when it is taken, and when it is.

    REPLACE deletes what stands in its way and fires no DELETE trigger, unless a connection asks for it.
    """
    indexes = connection.execute(sa.text(f"PRAGMA index_list({table})")).mappings().all()
    for index in sorted(indexes, key=lambda each: str(each["name"])):
        if not index["unique"]:
            continue
        if index["partial"]:
            raise RuntimeError(
                f"{index['name']} holds for some rows only: its guard needs the same condition."
            )
        parts = connection.execute(sa.text(f"PRAGMA index_info('{index['name']}')")).mappings()
        columns = [str(part["name"]) for part in parts]
        yield (
            f"UNIQUE constraint failed: {', '.join(f'{table}.{column}' for column in columns)}",
            " AND ".join(f"{column} = NEW.{column}" for column in columns),
        )
    # Every table has this key too, and it can be named. Where it isn't, NEW has -1 here.
    yield f"{table} is append-only", "rowid = NEW.rowid"


def _run(url: str, step: Callable[[Config], None]) -> None:
    engine = make_engine(url)
    try:
        # An exclusive transaction on SQLite too: a second process waits instead of failing half way.
        with engine.execution_options(pdtracker_writing=True).begin() as connection:
            if connection.dialect.name == "postgresql":
                # Another process may migrate for long: wait for it, however impatient requests are.
                connection.execute(sa.text("SET LOCAL lock_timeout = 0"))
                connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"))
            step(_config(connection))
    finally:
        engine.dispose()


def _config(connection: sa.Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(resource("migrations")))
    config.attributes["connection"] = connection
    return config
