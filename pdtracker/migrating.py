"""Brings a database to the newest schema, and says whether it is there.

The steps are Alembic's, in `migrations/`; there is no `alembic.ini`: the connection is handed over.
"""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from pdtracker.engines import make_engine
from pdtracker.models import Base
from pdtracker.resources import resource

# What is written once; triggers keep it so, and a granted role has no right to change it.
APPEND_ONLY = (
    "audit_entry",
    "award",
    "certificate",
    "certificate_code",
    "certificate_status",
    "claim_step",
    "credit_policy",
    "field_comment",
)

# Two processes that start together must not migrate together (PostgreSQL; SQLite locks by itself).
_ADVISORY_LOCK = 7_262_617


def upgrade(url: str) -> None:
    """Run every migration that is still missing, in one transaction; harmless when none is."""
    _run(url, lambda config: command.upgrade(config, "head"))


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
            for table in ("claim_step", "certificate"):
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


def missing_guards(url: str) -> list[str]:
    """The triggers that keep what is written once, as far as somebody took them away."""
    engine = make_engine(url)
    try:
        with engine.connect() as connection:
            guards, names = ["no_delete", "no_update"], "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D'"
            if connection.dialect.name == "sqlite":
                guards.append("no_replace")
                names = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            there = set(connection.scalars(sa.text(names)))
    finally:
        engine.dispose()
    wanted = [f"{table}_{guard}" for table in APPEND_ONLY for guard in guards]
    return [name for name in wanted if name not in there]


def differences(url: str) -> list[object]:
    """Where the database and the models differ: empty when the migrations say the same as the models."""
    engine = make_engine(url)
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            return list(compare_metadata(context, Base.metadata))
    finally:
        engine.dispose()


def _run(url: str, step: Callable[[Config], None]) -> None:
    engine = make_engine(url)
    try:
        # An exclusive transaction on SQLite too: a second process waits instead of failing half way.
        with engine.execution_options(pdtracker_writing=True).begin() as connection:
            if connection.dialect.name == "postgresql":
                # Another process may migrate for long: wait for it, however impatient requests are.
                connection.execute(sa.text("SET LOCAL lock_timeout = 0"))
                connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"))
            config = Config()
            config.set_main_option("script_location", str(resource("migrations")))
            config.attributes["connection"] = connection
            step(config)
    finally:
        engine.dispose()
