"""Many rows at once, in the driver's own way: what SQLAlchemy makes of each row costs more than the database does.

Only the session calls this (`db.DistrictSession.pour_rows`, `change_rows`): it says whose rows they are. Values go
through the types of their columns, as everywhere. PostgreSQL takes them as one array for each column: COPY knows no
row-level security.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

Rows = Sequence[Mapping[str, Any]]


def insert_rows(connection: sa.Connection, table: sa.Table, rows: Rows, fixed: Mapping[str, Any]) -> None:
    """Insert rows that all have the same columns; `fixed` are values of all of them."""
    names = [*fixed, *rows[0]]
    told = ", ".join(names)
    columns = [table.columns[name] for name in names]
    values = _values(connection, columns, rows, fixed)
    driver: Any = connection.connection.driver_connection
    # Every word of these statements is a name of the schema.
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(names))
        statement = f"INSERT INTO {table.name} ({told}) VALUES ({marks})"  # noqa: S608
        _run(connection, statement, lambda: driver.executemany(statement, list(zip(*values, strict=True))))
        return
    arrays, shown = _arrays(connection, columns)
    statement = f"INSERT INTO {table.name} ({told}) SELECT {shown} FROM unnest({arrays}) AS v ({told})"  # noqa: S608
    _run(connection, statement, lambda: driver.execute(statement, values))


def update_rows(connection: sa.Connection, table: sa.Table, rows: Rows, fixed: Mapping[str, Any]) -> None:
    """Change the row of each `id` to the other values, where the columns in `fixed` have those values."""
    names = [name for name in rows[0] if name != "id"]
    columns = [table.columns[name] for name in (*names, *fixed, "id")]
    values = _values(connection, columns, rows, fixed)
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        changes = ", ".join(f"{name} = ?" for name in names)
        which = " AND ".join(f"{name} = ?" for name in (*fixed, "id"))
        statement = f"UPDATE {table.name} SET {changes} WHERE {which}"  # noqa: S608
        _run(connection, statement, lambda: driver.executemany(statement, list(zip(*values, strict=True))))
        return
    arrays, _ = _arrays(connection, columns)
    types = {column.name: _type(connection, column) for column in columns}
    changes = ", ".join(f"{name} = v.{name}::{types[name]}" for name in names)
    which = " AND ".join(f"{table.name}.{name} = v.{name}" for name in (*fixed, "id"))
    told = ", ".join(column.name for column in columns)
    statement = f"UPDATE {table.name} SET {changes} FROM unnest({arrays}) AS v ({told}) WHERE {which}"  # noqa: S608
    _run(connection, statement, lambda: driver.execute(statement, values))


def _run(connection: sa.Connection, statement: str, run: Callable[[], object]) -> None:
    """What the driver raises comes out as SQLAlchemy's own, which the rules of the schema are told by."""
    driver_error: Any = connection.dialect.loaded_dbapi
    try:
        run()
    except driver_error.Error as error:
        told: Any = sa.exc.DBAPIError.instance(
            statement, None, error, driver_error.Error, hide_parameters=True, dialect=connection.dialect
        )
        raise told from error


def _values(
    connection: sa.Connection, columns: Sequence[sa.Column[Any]], rows: Rows, fixed: Mapping[str, Any]
) -> list[list[Any]]:
    """The values by column, as the driver takes them."""
    return [
        _bound(
            _binding(connection, column),
            [fixed[column.name]] * len(rows) if column.name in fixed else [row[column.name] for row in rows],
        )
        for column in columns
    ]


def _binding(connection: sa.Connection, column: sa.Column[Any]) -> Callable[[Any], Any] | None:
    binding: Callable[[Any], Any] | None = column.type.dialect_impl(connection.dialect).bind_processor(
        connection.dialect
    )
    return binding


def _bound(binding: Callable[[Any], Any] | None, values: list[Any]) -> list[Any]:
    if binding is None:
        return values
    # Of one import all moments are the same one, and most words and lists; `values` keeps each of them alive.
    known = {id(value): value for value in values}
    bound = {number: binding(value) for number, value in known.items()}
    return [bound[id(value)] for value in values]


def _arrays(connection: sa.Connection, columns: Sequence[sa.Column[Any]]) -> tuple[str, str]:
    arrays = ", ".join(f"%s::{_carried(column)}[]" for column in columns)
    shown = ", ".join(f"v.{column.name}::{_type(connection, column)}" for column in columns)
    return arrays, shown


def _type(connection: sa.Connection, column: sa.Column[Any]) -> str:
    return str(column.type.compile(connection.dialect))


def _carried(column: sa.Column[Any]) -> str:
    """Whole numbers and moments as they are, what is left as text, which its column's type reads."""
    if isinstance(column.type, sa.BigInteger):
        return "bigint"
    return "timestamptz" if column.type.python_type.__name__ == "datetime" else "text"
