"""Engines for SQLite and PostgreSQL: how each connection is set up, and how a transaction begins."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

SQLITE_BUSY_MILLISECONDS = 5000
# The same patience on PostgreSQL: whoever waits longer for a row or a table is told to come back.
LOCK_MILLISECONDS = 5000
# What can be left undone waits this long only.
HASTY_MILLISECONDS = 250
# After so long a connection of the pool is asked whether it is still there; no server starts again within that.
RESTED_SECONDS = 1.0
# Execution options: the transaction will write; it gives up soon on a lock.
WRITING = "pdtracker_writing"
HASTY = "pdtracker_hasty"
_OLDEST_SQLITE = (3, 37, 0)
_RESTS_SINCE = "pdtracker_rests_since"


def make_engine(url: str, *, pool_size: int = 8) -> sa.Engine:
    """An engine for either database, set up so that what was acknowledged is kept and nobody waits for ever."""
    if sa.make_url(url).get_backend_name() == "sqlite":
        engine = sa.create_engine(url, pool_size=pool_size, max_overflow=32)
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    engine = sa.create_engine(
        url,
        pool_size=pool_size,
        max_overflow=8,
        connect_args={"options": f"-c timezone=utc -c lock_timeout={LOCK_MILLISECONDS}"},
    )
    event.listen(engine, "checkin", _note_rest)
    event.listen(engine, "checkout", partial(_ask_after_rest, engine))
    return engine


def _note_rest(_connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
    entry.info[_RESTS_SINCE] = time.monotonic()


def _ask_after_rest(
    engine: sa.Engine, connection: DBAPIConnection, entry: ConnectionPoolEntry, _given: PoolProxiedConnection
) -> None:
    """Ask a connection whether it is still there, once it has rested: the server may have been started again since.

    A request takes three connections one after the other, and under load none of them rests. To ask each time (the
    pool's own `pre_ping`) made every request a seventh longer.
    """
    rests_since = entry.info.get(_RESTS_SINCE)
    if rests_since is None or time.monotonic() - rests_since < RESTED_SECONDS:
        return
    try:
        is_there = engine.dialect.do_ping(connection)
    except engine.dialect.loaded_dbapi.Error:
        is_there = False
    if not is_there:
        raise sa.exc.InvalidatePoolError


def _set_up_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    """WAL and `synchronous=FULL`: what was acknowledged is on disk, also after a power cut."""
    driver: Any = connection
    version = tuple(int(part) for part in driver.execute("SELECT sqlite_version()").fetchone()[0].split("."))
    if version < _OLDEST_SQLITE:
        raise RuntimeError(f"SQLite {'.'.join(map(str, version))} is too old; 3.37 or newer is needed.")
    # The driver must not open transactions by itself; `_begin_sqlite` does.
    driver.isolation_level = None
    for pragma in (
        f"busy_timeout={SQLITE_BUSY_MILLISECONDS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        # Without it INSERT OR REPLACE would delete rows behind the append-only triggers.
        "recursive_triggers=ON",
        "trusted_schema=OFF",
        "cell_size_check=ON",
    ):
        driver.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    options = connection.get_execution_options()
    if options.get(WRITING, False):
        # Every writer says its own patience: the connection comes from one pool.
        patience = HASTY_MILLISECONDS if options.get(HASTY, False) else SQLITE_BUSY_MILLISECONDS
        connection.exec_driver_sql(f"PRAGMA busy_timeout={patience}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql("BEGIN")
