"""The loaded demo, for whoever wants to look at pages that are full.

It is loaded once in a run, through the real actions as `pdtracker demo` does it, and copied for each test.

- `demo_urls`: the addresses of a database with the demo; the test runs on SQLite and on PostgreSQL
- `demo`: the same with the web application, in reach of a test client: `demo.client_of("bo@maplewood.example")`
- `demo_site`: served on loopback from SQLite, for a browser:

      demo_site.sign_in(page, "ada@maplewood.example")
      page.goto(f"{demo_site.address}/maplewood")
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copytree

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Page

from pdtracker.actions.accounts import secret_hash
from pdtracker.app import create_app
from pdtracker.blobs import BlobStore
from pdtracker.db import Database
from pdtracker.demo.loading import load_demo
from pdtracker.demo.people import people
from pdtracker.domain.refs import ref_of
from pdtracker.installation import issuer_of
from pdtracker.mail import FolderPost
from pdtracker.models.districts import District
from pdtracker.models.people import Account, AccountDistrict, SignIn
from pdtracker.queries.outbox import districts
from pdtracker.queries.people import member
from pdtracker.scope import DistrictFacts, Scope
from pdtracker.settings import Settings
from tests.factories import settings_for
from tests.harness.databases import DatabaseUrls, PostgresServer, SqliteTemplate, copied
from tests.harness.server import serving
from tests.harness.sharing import made_once
from tests.reviewing_client import ReviewingClient


@dataclass
class Demo:
    """The demo in a database of one's own, and the web application before it; `at` is a moment after the loading."""

    database: Database
    settings: Settings
    app: Flask
    at: datetime
    address: str = ""
    open: ExitStack = field(default_factory=ExitStack)

    def district(self, slug: str) -> DistrictFacts:
        """A district of the demo."""
        with self.database.session(None, installation=True) as session:
            return next(district for district in districts(session) if district.slug == slug)

    def scope(self, email: str) -> Scope:
        """Somebody's scope in a session of its own, as a request would have it."""
        district, person_id, _ = self._who(email)
        session = self.open.enter_context(self.database.session(district.id))
        found = member(session, person_id)
        # Give the connection back: a test may look through the eyes of everybody.
        session.rollback()
        assert found is not None
        return Scope(session, district, self.at, found.person, found.roles, found.review_school_ids)

    def visitor(self) -> ReviewingClient:
        """A test client in which nobody has signed in."""
        client = self.app.test_client()
        assert isinstance(client, ReviewingClient)
        return client

    def client_of(self, email: str) -> ReviewingClient:
        """A test client in which somebody has signed in; ids and people of the other district must not reach it."""
        client = self.visitor()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = self._begin_sign_in(email)
        client.foreign = self.foreign_to(email)
        return client

    def sign_in(self, page: Page, email: str) -> None:
        """Let a browser's page be somebody's from here on, without the form."""
        client = self.visitor()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = self._begin_sign_in(email)
        name = self.app.config["SESSION_COOKIE_NAME"]
        kept = client.get_cookie(name)
        assert kept is not None
        page.context.add_cookies([{"name": name, "value": kept.value, "url": self.address}])

    def foreign_to(self, email: str) -> frozenset[str]:
        """What must never reach this person: names, addresses and ids of the other district and its people."""
        own, _, _ = self._who(email)
        names = {
            word
            for person in people()
            if person.district != own.slug
            for word in (person.email, person.name, person.earlier_name)
            if word
        }
        with self.database.session(None, installation=True) as session:
            elsewhere = sa.select(AccountDistrict.person_id).where(AccountDistrict.district_id != own.id)
            ids = set(session.scalars(elsewhere)) | set(
                session.scalars(sa.select(District.id).where(District.id != own.id))
            )
        return frozenset(names | {ref_of(number) for number in ids} | {str(number) for number in ids})

    def _who(self, email: str) -> tuple[DistrictFacts, int, int]:
        with self.database.session(None, installation=True) as session:
            row = session.execute(
                sa.select(AccountDistrict.district_id, AccountDistrict.person_id, AccountDistrict.account_id)
                .join(Account, Account.id == AccountDistrict.account_id)
                .where(Account.email == email)
            ).one()
            district = next(known for known in districts(session) if known.id == row.district_id)
        return district, row.person_id, row.account_id

    def _begin_sign_in(self, email: str) -> str:
        _, _, account_id = self._who(email)
        secret, now = secrets.token_urlsafe(32), datetime.now(UTC)
        with self.database.session(None, installation=True) as session, session.writing():
            session.add(
                SignIn(
                    secret_hash=secret_hash(secret),
                    account_id=account_id,
                    created_at=now,
                    seen_at=now,
                    expires_at=now + timedelta(hours=12),
                    ended_at=None,
                    browser="the suite",
                )
            )
        return secret


def fill(urls: DatabaseUrls, folder: Path) -> None:
    """Load the demo, dated around now, into a migrated database."""
    settings, database = settings_for(urls.app, folder), Database(urls.app)
    try:
        load_demo(
            database,
            issuer_of(settings),
            FolderPost(folder / "mail"),
            BlobStore(settings.evidence),
            base_url=settings.base_url,
            now=datetime.now(UTC),
        )
    finally:
        database.dispose()


@contextmanager
def demo_of(urls: DatabaseUrls, folder: Path) -> Iterator[Demo]:
    """The web application on a database with the demo."""
    settings, database = settings_for(urls.app, folder), Database(urls.app)
    made = Demo(database, settings, create_app(settings, database=database), datetime.now(UTC))
    made.app.test_client_class = ReviewingClient
    with made.open:
        yield made
    database.dispose()


@pytest.fixture(scope="session")
def demo_file(sqlite_template: SqliteTemplate, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the demo, which all workers of this run share."""
    # Everything is in the one file: the last connection that closes brings the log into it.
    folder = made_once(tmp_path_factory, "demo", lambda folder: fill(sqlite_template.fresh(folder), folder))
    return folder / "pdtracker.db"


@pytest.fixture
def demo_sqlite_urls(demo_file: Path, tmp_path: Path) -> DatabaseUrls:
    """A SQLite database with the demo."""
    return copied_demo(demo_file, tmp_path)


def copied_demo(demo_file: Path, folder: Path) -> DatabaseUrls:
    """A SQLite database of one's own with the demo, and the files that it points at."""
    _bring_files(demo_file.parent, folder)
    return copied(demo_file, folder)


def _bring_files(made_in: Path, folder: Path) -> None:
    copytree(made_in / "evidence", folder / "evidence", dirs_exist_ok=True)


@pytest.fixture
def demo_postgres_urls(
    postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> Iterator[DatabaseUrls]:
    """A PostgreSQL database with the demo."""
    made_in = made_once(tmp_path_factory, "demo-postgres", lambda folder: None)
    template = postgres_server.filled("demo", lambda urls: fill(urls, made_in))
    _bring_files(made_in, tmp_path)
    with postgres_server.fresh(template) as urls:
        yield urls


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def demo_urls(request: pytest.FixtureRequest) -> DatabaseUrls:
    """A database with the demo: the test runs once on each of the two."""
    name = "demo_sqlite_urls" if request.param == "sqlite" else "demo_postgres_urls"
    urls: DatabaseUrls = request.getfixturevalue(name)
    return urls


@pytest.fixture
def demo(demo_urls: DatabaseUrls, tmp_path: Path) -> Iterator[Demo]:
    """The demo with its web application, on both databases."""
    with demo_of(demo_urls, tmp_path) as made:
        yield made


@pytest.fixture
def demo_site(demo_sqlite_urls: DatabaseUrls, tmp_path: Path) -> Iterator[Demo]:
    """The demo on SQLite, served on loopback."""
    with demo_of(demo_sqlite_urls, tmp_path) as made, serving(made.app) as address:
        made.address = address
        yield made
