"""What every test can ask for.

Databases. Each test gets a fresh, migrated one; a test that asks for any of the first four runs twice, on SQLite
and on PostgreSQL.

- `database_url`: as the application connects; `owner_url`: as migrations connect (the same on SQLite)
- `database`: an open `pdtracker.db.Database` on `database_url`
- `database_urls`: both addresses, `.app` and `.owner`
- `sqlite_urls`, `postgres_urls`: the same on one of the two only

People. See `tests.factories`.

- `cast`: a database with Ada, Bo, Cam, Hal, Dee and Rex in two districts, filled once and copied for each test
- `house`: the same with the web application; `house.client_of("ada")` is her browser

The demo, loaded. See `tests.loaded_demo`.

- `demo`: a database with everything that `pdtracker demo` shows, and its pages; the test runs on both databases
- `demo_site`: the same on SQLite, served for a browser; `demo_site.sign_in(page, "bo@maplewood.example")`
- `furnished`: what the demo has none of by itself is there too, and every page of it has been walked through

Browser. Chromium itself, once for each worker.

- `page`: a page of its own; at the end of the test no script may have failed, the page's security policy may not have
  refused anything, and no other page may have come while no step waited for it
- `new_page(**options)`: more of them, with playwright's options: `new_page(color_scheme="dark", locale="de")`
- `tests.harness.browser`: `follow(link)` clicks and waits for the page that this leads to, `staying(page)` shows that
  nothing is sent; `axe(page)` and `sideways(page)` are empty for a good page
- `tests.harness.server.serving(app)`: real HTTP on loopback

A test that asks for a browser or for PostgreSQL is marked so (`-m "not browser"` leaves it out). Where the machine has
none, those tests are left out and the last lines say so; PDTRACKER_TEST_REQUIRE=all makes that a failure.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from playwright.sync_api import Browser, Page

from pdtracker.db import Database
from tests.factories import (  # noqa: F401 - fixtures
    built,
    cast,
    fill_with_cast,
    house,
    is_filled,
    rosters,
)
from tests.harness import browser, compiled, databases, parts
from tests.harness.databases import DatabaseUrls, PostgresServer, SqliteTemplate
from tests.harness.parts import everything_is_required, missing_extras, missing_parts
from tests.loaded_demo import (  # noqa: F401 - fixtures
    demo,
    demo_file,
    demo_postgres_urls,
    demo_site,
    demo_sqlite_urls,
    demo_urls,
)
from tests.web.furnished import furnished  # noqa: F401 - a fixture

MARKS_BY_FIXTURE = {
    "postgres_urls": "postgres",
    "demo_postgres_urls": "postgres",
    "chromium": "browser",
    "verapdf": "verapdf",
}

# Two workers on two cores: how long one example takes says nothing.
hypothesis.settings.register_profile("suite", deadline=None, print_blob=True)
hypothesis.settings.load_profile("suite")


def pytest_configure(config: pytest.Config) -> None:
    """Refuses to begin when everything is required and something is missing; has files in memory where it can."""
    if everything_is_required() and missing_parts():
        raise pytest.UsageError("; ".join(missing_parts().values()))
    if memory := parts.memory_folder():
        os.environ["PYTEST_DEBUG_TEMPROOT"] = str(memory)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Marks tests by what they ask for, leaves out what this machine can't run, and lets the long ones begin."""
    for item in items:
        for fixture, mark in MARKS_BY_FIXTURE.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(mark)
    missing = missing_parts() | missing_extras()
    left_out = [item for item in items if any(item.get_closest_marker(mark) for mark in missing)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        unable = set(left_out)
        items[:] = [item for item in items if item not in unable]
    # The order is a random one but for this: what takes long comes first, or one worker would end with it alone.
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says in one line what was left out."""
    if missing := missing_parts() | missing_extras():
        terminalreporter.line(
            "Left out: " + "; ".join(f"{mark} tests: {why}" for mark, why in missing.items())
        )


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> Iterator[None]:
    """Templates and statements are compiled once for each worker."""
    with compiled.compiled_once():
        yield


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> SqliteTemplate:
    """A migrated file, made once for each worker."""
    return databases.SqliteTemplate(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """The server that all workers of this run share."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))[:12]
    with closing(databases.PostgresServer(run)) as server:
        yield server


@pytest.fixture(scope="session")
def cast_file(sqlite_template: SqliteTemplate, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the cast, made once for each worker."""
    folder = tmp_path_factory.mktemp("cast")
    fill_with_cast(sqlite_template.fresh(folder))
    return folder / "pdtracker.db"


@pytest.fixture
def sqlite_urls(
    request: pytest.FixtureRequest, sqlite_template: SqliteTemplate, tmp_path: Path
) -> DatabaseUrls:
    """A fresh SQLite database."""
    if is_filled(request):
        return databases.copied(request.getfixturevalue("cast_file"), tmp_path)
    return sqlite_template.fresh(tmp_path)


@pytest.fixture
def postgres_urls(request: pytest.FixtureRequest, postgres_server: PostgresServer) -> Iterator[DatabaseUrls]:
    """A fresh PostgreSQL database."""
    template = postgres_server.filled("cast", fill_with_cast) if is_filled(request) else ""
    with postgres_server.fresh(template) as urls:
        yield urls


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_urls(request: pytest.FixtureRequest) -> DatabaseUrls:
    """A fresh database: the test runs once on each of the two."""
    urls: DatabaseUrls = request.getfixturevalue(
        "sqlite_urls" if request.param == "sqlite" else "postgres_urls"
    )
    return urls


@pytest.fixture
def database_url(database_urls: DatabaseUrls) -> str:
    """The address of a fresh database, as the application connects."""
    return database_urls.app


@pytest.fixture
def owner_url(database_urls: DatabaseUrls) -> str:
    """The address of the same database, as migrations connect."""
    return database_urls.owner


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh database, open."""
    opened = Database(database_url)
    yield opened
    opened.dispose()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The installed Chromium, started once for each worker."""
    with browser.running_chromium() as running:
        yield running


@pytest.fixture
def new_page(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Makes pages, each in a context of its own (no shared cookies); all are watched for errors.

    Nothing moves on them: a test would measure the middle of a movement, or break it off with its next step.
    """
    with ExitStack() as contexts:
        complaints: list[list[str]] = []

        def make(**options: Any) -> Page:
            context = chromium.new_context(**{"reduced_motion": "reduce", **options})
            contexts.callback(context.close)
            page = context.new_page()
            complaints.append(browser.watched(page))
            return page

        yield make
        assert [line for lines in complaints for line in lines] == []


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A page on a desk's window."""
    return new_page(viewport={"width": 1280, "height": 900})
