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
    found: Contents = {}
    try:
        known = sa.MetaData()
        known.reflect(engine)
        with engine.connect() as connection:
            for name, table in known.tables.items():
                if name in without:
                    continue
                columns = [column for column in table.columns if f"{name}.{column.name}" not in without]
                rows = connection.execute(sa.select(*columns))
                found[name] = frozenset(tuple(map(str, row)) for row in rows)
    finally:
        engine.dispose()
    return found
