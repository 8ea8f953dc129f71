"""Which statements write, while something is looked at that may not; and what a database holds, to compare it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from pdtracker.db import Database

Contents = dict[str, frozenset[tuple[object, ...]]]

_WRITES = re.compile(
    r"\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM|REPLACE\s+INTO|CREATE|DROP|ALTER|TRUNCATE)\s+(\w+)", re.I
)


@contextmanager
def writes(database: Database) -> Iterator[list[str]]:
    """The names of the tables that are written to meanwhile, once for each statement."""
    written: list[str] = []

    def look(_connection: Any, _cursor: Any, statement: str, *_others: Any) -> None:
        if found := _WRITES.match(statement):
            written.append(found[1])

    event.listen(database.engine, "before_cursor_execute", look)
    try:
        yield written
    finally:
        event.remove(database.engine, "before_cursor_execute", look)


def contents(url: str, *, without: frozenset[str] = frozenset()) -> Contents:
    """Every row of every table; `without` names tables and columns (`table.column`) to leave aside.

    `url` is one that sees all districts: the owner of the file, the server's superuser.
    """
    engine = sa.create_engine(url)
    try:
        with engine.connect() as connection:
            return {
                name: frozenset(tuple(map(str, row)) for row in connection.exec_driver_sql(question))
                for name, question in _questions(connection, without)
            }
    finally:
        engine.dispose()


def _questions(connection: sa.Connection, without: frozenset[str]) -> Iterator[tuple[str, str]]:
    """How to ask each table for its rows. Its columns are all we look up: its keys would take longer than the rows."""
    quoted = connection.dialect.identifier_preparer.quote
    for (_, name), columns in sa.inspect(connection).get_multi_columns().items():
        if name not in without:
            kept = [quoted(column["name"]) for column in columns if f"{name}.{column['name']}" not in without]
            yield name, f"SELECT {', '.join(kept)} FROM {quoted(name)}"
