"""The review desk of a large district, asked through the whole application by somebody who has signed in."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jinja2
import sqlalchemy as sa
from sqlalchemy import event

from pdtracker.actions.accounts import secret_hash
from pdtracker.app import create_app
from pdtracker.bench.filling import REVIEWER, SECRET, SLUG
from pdtracker.db import Database
from pdtracker.models.ids import new_id
from pdtracker.models.people import Account, SignIn
from pdtracker.settings import Settings, read_settings

PATH = f"/{SLUG}/reviews"


class _Timed(jinja2.Template):
    """Tells what rendering the last page took, once its view had gathered everything."""

    seconds = 0.0

    def render(self, *arguments: Any, **named: Any) -> str:
        began = time.process_time()
        text = super().render(*arguments, **named)
        _Timed.seconds = time.process_time() - began
        return text


@dataclass(frozen=True, slots=True)
class Desk:
    """An open desk. `statements` are those that the last page sent to the database."""

    # Any: only the web knows Flask's types.
    app: Any
    client: Any
    statements: list[str]

    def page(self, path: str = PATH) -> str:
        """A page of the desk, as a browser gets it."""
        self.statements.clear()
        answer = self.client.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}")
        text: str = answer.get_data(as_text=True)
        return text

    def last_path(self, pages: int) -> str:
        """The address of a page further down, as far as `pages` or the list goes."""
        path = PATH
        for _ in range(pages):
            found = re.search(rf'href="({PATH}\?after=[^"]+)"', self.page(path))
            if found is None:
                break
            path = found[1].replace("&amp;", "&")
        return path

    @property
    def template_seconds(self) -> float:
        """Processor seconds that the last page's template took: all its rows were in memory by then."""
        return _Timed.seconds


def settings_of(url: str, folder: Path) -> Settings:
    """The settings of an installation that only a benchmark knows."""
    return read_settings({"DATABASE_URL": url, "SECRET_KEY": SECRET, "LOG_LEVEL": "ERROR"}, folder)


@contextmanager
def open_desk(url: str, folder: Path) -> Iterator[Desk]:
    """The desk of the large district in a database of `bench.data`."""
    database = Database(url)
    app: Any = create_app(settings_of(url, folder), database=database)
    app.jinja_env.template_class = _Timed
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = _sign_in(database)
    statements: list[str] = []
    event.listen(database.engine, "before_cursor_execute", _teller(statements))
    try:
        yield Desk(app, client, statements)
    finally:
        database.dispose()


def _sign_in(database: Database) -> str:
    secret, now = secrets.token_urlsafe(32), datetime.now(UTC)
    with database.session(None, installation=True) as session, session.writing():
        account_id = session.scalars(sa.select(Account.id).where(Account.email == REVIEWER)).one()
        session.add(
            SignIn(
                id=new_id(),
                secret_hash=secret_hash(secret),
                account_id=account_id,
                created_at=now,
                seen_at=now,
                expires_at=now + timedelta(hours=12),
                ended_at=None,
                browser="bench",
            )
        )
    return secret


def _teller(statements: list[str]) -> Any:
    def tell(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        # The transaction's own words are no questions.
        if not statement.startswith(("BEGIN", "SET LOCAL")):
            statements.append(statement)

    return tell
