"""The database, and the session on it that belongs to one district.

`Database` is made once in a process. Its sessions are strict: whatever a query or an action does with them, it
sees and touches rows of its own district only, or gets an exception. Three belts hold, each alone:

1. a listener adds `district_id = ...` to every ORM statement and refuses everything that it can't add it to
   (Core, raw SQL, inserts past the unit of work), and `before_flush` looks at every changed object;
2. composite foreign keys, so that no row can point into another district (see `models.base.in_district`);
3. on PostgreSQL row-level security with `SET LOCAL pdtracker.district_id` at the start of each transaction.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NoReturn
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, UOWTransaction
from sqlalchemy.orm.util import identity_key
from sqlalchemy.sql.dml import Insert

from pdtracker import bulk
from pdtracker.engines import HASTY, HASTY_MILLISECONDS, WRITING, make_engine
from pdtracker.models.base import Base, Directory, DistrictBound, Installation, SharedOrOwned
from pdtracker.models.events import Event, EventCoHost, EventTheme
from pdtracker.models.search import INDEX_DUE
from pdtracker.reach import DISTRICT, ForeignRow, changing_criteria, reading_criteria, require_scoped

_STAMPED = "pdtracker_stamped"
# Statements that read, for as long as somebody holds them, with their criteria by the kind of session. A statement
# never changes, and the district is a value beside it.
_readings: WeakKeyDictionary[Any, dict[tuple[bool, bool], Any]] = WeakKeyDictionary()


class Database:
    """The engine of one database and the sessions on it."""

    def __init__(self, url: str, *, pool_size: int = 8) -> None:
        self.url = sa.make_url(url)
        self.engine = make_engine(url, pool_size=pool_size)
        self._writing_engine = self.engine.execution_options(**{WRITING: True})
        self._hasty_engine = self.engine.execution_options(**{WRITING: True, HASTY: True})
        self._gate: threading.Lock | None = threading.Lock() if self.is_sqlite else None

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded database."""
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def session(self, district_id: int | None, *, installation: bool = False) -> Iterator[DistrictSession]:
        """A session of one district, or of nobody (`None`: the shared calendar only).

        `installation` opens the tables of the whole installation (accounts, sign-ins) as well; only doors,
        workers and commands ask for it.
        """
        session = DistrictSession(self, district_id, installation=installation)
        try:
            yield session
        finally:
            session.close()

    @contextmanager
    def _one_writer(self, *, is_hasty: bool) -> Iterator[None]:
        """SQLite's busy handler is unfair: a gate within the process keeps one writer from starving."""
        if self._gate is None:
            yield
            return
        if not self._gate.acquire(timeout=HASTY_MILLISECONDS / 1000 if is_hasty else -1):
            raise sa.exc.OperationalError("BEGIN IMMEDIATE", None, TimeoutError("another thread writes"))
        try:
            yield
        finally:
            self._gate.release()

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()


class DistrictSession(Session):
    """A session that can't leave its district. Reads by default; writes only within `writing()`."""

    def __init__(self, database: Database, district_id: int | None, *, installation: bool = False) -> None:
        super().__init__(bind=database.engine, autoflush=False)
        self.database = database
        self._district_id = district_id
        self.installation = installation
        self.is_writing = False
        self.has_written = False

    @property
    def district_id(self) -> int | None:
        """Whose session it is, for as long as it lives."""
        return self._district_id

    @contextmanager
    def writing(self, *, installation: bool = False, is_hasty: bool = False) -> Iterator[None]:
        """One transaction that writes: committed at the end, rolled back whole on any exception.

        On SQLite it begins with `BEGIN IMMEDIATE`: a transaction that read first and then wants to write would
        be refused at once ("database is locked") when somebody else wrote in between.
        `installation` opens the installation's tables for its duration; `is_hasty` gives up soon on a lock.
        """
        if self.is_writing:
            raise RuntimeError("Transactions never nest: an action does not call another one.")
        self.rollback()
        database, was_installation = self.database, self.installation
        with database._one_writer(is_hasty=is_hasty):
            self.bind = database._hasty_engine if is_hasty else database._writing_engine
            self.is_writing, self.has_written = True, False
            self.installation = installation or was_installation
            try:
                yield
                self.flush()
                if database.is_sqlite and self.has_written:
                    self._index_events()
                super().commit()
            except BaseException:
                self.rollback()
                raise
            finally:
                self.bind = database.engine
                self.is_writing, self.installation = False, was_installation

    def _index_events(self) -> None:
        """Bring the index of words up to date with the events that this transaction changed, on SQLite only."""
        driver: Any = super().connection().connection.driver_connection
        if driver.execute("SELECT 1 FROM event_search_due LIMIT 1").fetchone():
            for statement in INDEX_DUE:
                driver.execute(statement)

    def insert_rows(self, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert many rows with one statement; the session stamps its district on each.

        The only way around the unit of work, for batches whose ids are made beforehand.
        """
        if not rows:
            return
        if not self.is_writing:
            raise RuntimeError("Rows are inserted within a writing transaction.")
        if issubclass(model, Installation) and not self.installation:
            raise ForeignRow(f"{model.__name__} belongs to the installation.")
        stamped: list[dict[str, Any]] = []
        for row in rows:
            values = dict(row)
            if not issubclass(model, Installation) and hasattr(model, "district_id"):
                if values.setdefault("district_id", self.district_id) != self.district_id:
                    raise ForeignRow(f"A row of {model.__name__} names another district.")
                if self.district_id is None and not issubclass(model, SharedOrOwned):
                    raise ForeignRow(f"{model.__name__} needs a district.")
            stamped.append(values)
        self.flush()
        self.has_written = True
        # Without `render_nulls` each change in which columns are empty would begin another statement.
        self.execute(sa.insert(model), stamped, execution_options={_STAMPED: True, "render_nulls": True})

    def pour_rows(self, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert thousands of rows of a district's table, all with the same columns, at the driver's speed."""
        if rows:
            table, own = self._own_table(model, rows)
            bulk.insert_rows(super().connection(), table, rows, own)

    def change_rows(self, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
        """Change thousands of the district's rows: each has its `id`, and all the same columns beside it."""
        if rows:
            table, own = self._own_table(model, rows)
            bulk.update_rows(super().connection(), table, rows, own)

    def _own_table(
        self, model: type[Base], rows: Sequence[Mapping[str, Any]]
    ) -> tuple[sa.Table, dict[str, Any]]:
        if not self.is_writing:
            raise RuntimeError("Rows are written within a writing transaction.")
        if not issubclass(model, DistrictBound) or self.district_id is None or "district_id" in rows[0]:
            raise ForeignRow(
                f"{model.__name__} takes rows of this session\N{RIGHT SINGLE QUOTATION MARK}s district only."
            )
        self.flush()
        self.has_written = True
        table: Any = model.__table__
        return table, {"district_id": self.district_id}

    def count_up(self, model: type[Base], keys: Sequence[tuple[str, datetime]]) -> dict[str, int]:
        """Add one to the counter of each (bucket, window), beginning it where it isn't; the counts by bucket.

        One upsert: tries that come in at the same moment are all counted.
        """
        if not self.is_writing or not self.installation or not issubclass(model, Installation):
            raise ForeignRow("Only the installation's counters are counted up, within a writing transaction.")
        make = sqlite_insert if self.database.is_sqlite else postgresql_insert
        # In one order for everybody: two processes that lock the same counters must not wait for each other.
        rows = [{"bucket": bucket, "window_starts_at": start, "count": 1} for bucket, start in sorted(keys)]
        upsert = make(model).values(rows)
        table = model.__table__
        counted = upsert.on_conflict_do_update(
            index_elements=[table.c.bucket, table.c.window_starts_at], set_={"count": table.c.count + 1}
        ).returning(table.c.bucket, table.c.count)
        self.has_written = True
        return dict(self.execute(counted, execution_options={_STAMPED: True}).all())

    def commit(self) -> NoReturn:
        """Refused: `writing()` commits, and nothing else does."""
        raise RuntimeError("Only writing() commits.")

    def connection(self, *_args: Any, **_options: Any) -> NoReturn:
        """Refused: a bare connection knows no district."""
        raise ForeignRow("A district's session gives away no connection.")

    def _refused_bulk(self, *_args: Any, **_options: Any) -> NoReturn:
        raise ForeignRow("Use insert_rows(): the bulk calls pass the unit of work by.")

    bulk_save_objects = _refused_bulk
    bulk_insert_mappings = _refused_bulk
    bulk_update_mappings = _refused_bulk
    merge = _refused_bulk
    merge_all = _refused_bulk


@event.listens_for(DistrictSession, "after_begin")
def _name_the_district(
    session: DistrictSession, _transaction: SessionTransaction, connection: sa.Connection
) -> None:
    """Tell PostgreSQL's row-level security whose transaction this is, for this transaction only."""
    if connection.dialect.name == "postgresql":
        district = "" if session.district_id is None else str(int(session.district_id))
        doors = "on" if session.installation else "off"
        if connection.get_execution_options().get(HASTY, False):
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {HASTY_MILLISECONDS}")
        connection.exec_driver_sql(
            f"SET LOCAL pdtracker.district_id = '{district}'; SET LOCAL pdtracker.installation = '{doors}'"
        )


@event.listens_for(DistrictSession, "do_orm_execute")
def _stay_in_the_district(state: ORMExecuteState) -> None:
    """Add the district to a statement, or refuse the statement."""
    session: Any = state.session
    if isinstance(state.statement, Insert) and state.execution_options.get(_STAMPED):
        return
    if not (state.is_update or state.is_delete):
        state.statement = _bound_reading(state, session)
        values = state.parameters or {}
        if not isinstance(values, Mapping):
            raise ForeignRow("What reads takes one set of values.")
        # Only with a district: without one no criterion asks for the value.
        state.parameters = (
            values if session.district_id is None else {**values, DISTRICT: session.district_id}
        )
        return
    if isinstance(state.parameters, list):
        raise ForeignRow("An UPDATE by a list of keys is not scoped.")
    if not session.is_writing:
        raise RuntimeError("Rows are changed within a writing transaction.")
    _require_scoped(state, session, changes=True)
    session.has_written = True
    state.statement = state.statement.options(
        *changing_criteria(session.district_id, installation=session.installation)
    )


def _bound_reading(state: ORMExecuteState, session: DistrictSession) -> Any:
    """The statement with its criteria. To look through one takes longer than to run it: each is looked through once."""
    kind = (session.district_id is None, session.installation)
    known = _readings.setdefault(state.statement, {})
    if kind not in known:
        _require_scoped(state, session, changes=False)
        known[kind] = state.statement.options(*reading_criteria(is_nobodys=kind[0], installation=kind[1]))
    return known[kind]


def _require_scoped(state: ORMExecuteState, session: DistrictSession, *, changes: bool) -> None:
    require_scoped(
        state.statement if state.is_orm_statement else None,
        [mapper.class_ for mapper in state.all_mappers],
        session.district_id,
        installation=session.installation,
        changes=changes,
    )


@event.listens_for(DistrictSession, "before_flush")
def _flush_only_ones_own(session: DistrictSession, _context: UOWTransaction, _objects: Any) -> None:
    """Look at every object that is about to be written."""
    changed = [item for item in session.dirty if session.is_modified(item)]
    if (session.new or changed or session.deleted) and not session.is_writing:
        raise RuntimeError("Rows are written within a writing transaction.")
    session.has_written = session.has_written or bool(session.new or changed or session.deleted)
    for item in (*session.new, *changed, *session.deleted):
        if isinstance(item, Installation):
            if not session.installation:
                raise ForeignRow(f"{type(item).__name__} belongs to the installation.")
            continue
        if not isinstance(item, DistrictBound | Directory | SharedOrOwned):
            _require_reach(session, item)
            continue
        if item in session.new and item.district_id is None:
            item.district_id = session.district_id
        if item.district_id != session.district_id or sa.inspect(item).attrs.district_id.history.deleted:
            raise ForeignRow(
                f"{type(item).__name__} {getattr(item, 'id', '')} is not of this session's district."
            )
        if session.district_id is None and not isinstance(item, SharedOrOwned):
            raise ForeignRow(f"{type(item).__name__} needs a district.")


def _require_reach(session: DistrictSession, item: Any) -> None:
    """What has no district by itself is the installation's, or part of an event that the session holds as its own."""
    if session.installation:
        return
    if isinstance(item, EventTheme | EventCoHost):
        held = session.identity_map.get(identity_key(Event, item.event_id))
        if held is None or held.district_id != session.district_id:
            raise ForeignRow(f"{type(item).__name__} is of an event that is not this session's own.")
    elif item not in session.new:
        raise ForeignRow(f"{type(item).__name__} belongs to the installation.")
