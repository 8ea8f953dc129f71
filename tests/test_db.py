"""Engines and sessions: settings of the databases, writing, waiting, and the names of broken rules."""

from __future__ import annotations

import os
import re
import socket
import threading
from datetime import datetime

import pytest
import sqlalchemy as sa

from pdtracker import engines
from pdtracker.constraints import REFUSALS, refusal_of
from pdtracker.db import Database
from pdtracker.models import Base
from pdtracker.models.districts import District, School
from pdtracker.models.events import Event
from pdtracker.models.ids import new_id
from pdtracker.models.people import Person
from tests.factories import NOW, Cast
from tests.harness.databases import DatabaseUrls


def test_sqlite_keeps_what_it_acknowledged(sqlite_urls: DatabaseUrls) -> None:
    database = Database(sqlite_urls.app)
    pragmas = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "trusted_schema": 0,
        "cell_size_check": 1,
        "busy_timeout": engines.SQLITE_BUSY_MILLISECONDS,
    }
    with database.engine.connect() as connection:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in pragmas}
    database.dispose()
    assert found == pragmas


def test_ids_grow_also_when_threads_draw_them_together() -> None:
    drawn: list[list[int]] = [[] for _ in range(4)]

    def draw(mine: list[int]) -> None:
        mine.extend(new_id() for _ in range(5_000))

    threads = [threading.Thread(target=draw, args=(mine,)) for mine in drawn]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    everything = [number for mine in drawn for number in mine]
    assert len(set(everything)) == len(everything)
    assert all(mine == sorted(mine) for mine in drawn)
    assert max(everything) < 2**63


def test_two_writers_take_turns(cast: Cast) -> None:
    """Without BEGIN IMMEDIATE, who read first and writes then is told "database is locked" at once."""
    failures: list[Exception] = []

    def write_often(name: str) -> None:
        own = Database(cast.settings.database_url)
        try:
            for number in range(25):
                with own.session(cast.maplewood.id) as session, session.writing():
                    session.scalars(sa.select(School.name)).all()
                    session.add(School(name=f"{name} {number}", created_at=NOW))
        except sa.exc.DBAPIError as error:
            failures.append(error)
        finally:
            own.dispose()

    threads = [threading.Thread(target=write_often, args=(name,)) for name in ("North", "South", "East")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with cast.database.session(cast.maplewood.id) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(School)) == 2 + 75


def test_a_read_outside_writing_can_not_write(cast: Cast) -> None:
    with cast.database.session(cast.maplewood.id) as session:
        session.add(School(name="East", created_at=NOW))
        with pytest.raises(RuntimeError, match="within a writing transaction"):
            session.flush()
        session.rollback()
        with pytest.raises(RuntimeError, match="within a writing transaction"):
            session.execute(sa.update(School).values(name="East"))


def test_a_locked_table_is_not_waited_for_for_ever(
    postgres_urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "LOCK_MILLISECONDS", 200)
    database = Database(postgres_urls.app)
    holder = sa.create_engine(postgres_urls.owner)
    with holder.connect() as connection:
        connection.exec_driver_sql("LOCK TABLE district IN ACCESS EXCLUSIVE MODE")
        with database.session(None) as session, pytest.raises(sa.exc.OperationalError):
            session.scalars(sa.select(District.slug)).all()
    holder.dispose()
    database.dispose()


def test_a_line_that_was_cut_while_it_rested_is_made_anew(
    postgres_urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the server was started again: what waits in the pool is dead, and nobody was told."""
    # Every connection has rested, however the clocks of two processors differ.
    monkeypatch.setattr(engines, "RESTED_SECONDS", -1.0)
    asks = sa.select(sa.func.pg_backend_pid())
    database = Database(postgres_urls.app)
    try:
        with database.engine.connect() as one, database.engine.connect() as another:
            before = {one.scalar(asks), another.scalar(asks)}
            lines = [each.connection.driver_connection for each in (one, another)]
        for line in lines:
            assert line is not None
            with socket.socket(fileno=os.dup(line.fileno())) as ours:
                ours.shutdown(socket.SHUT_RDWR)
        with database.engine.connect() as one, database.engine.connect() as another:
            assert before.isdisjoint({one.scalar(asks), another.scalar(asks)})
    finally:
        database.dispose()


def test_a_connection_that_does_not_rest_is_not_asked_each_time(
    postgres_urls: DatabaseUrls, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, asked = Database(postgres_urls.app), []
    # For this test alone: all engines of a worker share their dialect, and what it compiled.
    monkeypatch.setattr(
        database.engine.dialect, "do_ping", lambda connection: asked.append(connection) or True
    )
    for _ in range(4):
        with database.session(None) as session:
            session.scalars(sa.select(District.slug)).all()
    assert asked == []
    database.dispose()


def test_a_moment_without_a_zone_is_refused(cast: Cast) -> None:
    with (
        cast.database.session(cast.maplewood.id) as session,
        pytest.raises(sa.exc.StatementError, match="needs a zone"),
        session.writing(),
    ):
        session.add(School(name="East", created_at=datetime(2014, 10, 1)))  # noqa: DTZ001 - what is refused


def test_a_broken_rule_comes_out_as_its_refusal(cast: Cast) -> None:
    with (
        pytest.raises(sa.exc.IntegrityError) as broken,
        cast.database.session(cast.maplewood.id) as session,
        session.writing(),
    ):
        session.add(School(name="Maplewood North", created_at=NOW))
    refusal = refusal_of(broken.value)
    assert refusal is REFUSALS["uq_school_district_id_name"]


def test_a_rule_that_no_person_can_break_raises(cast: Cast) -> None:
    with (
        pytest.raises(sa.exc.IntegrityError) as broken,
        cast.database.session(cast.maplewood.id) as session,
        session.writing(),
    ):
        session.execute(sa.update(Person).values(school_id=7))
    assert refusal_of(broken.value) is broken.value


def test_every_refusal_names_a_rule_of_the_schema() -> None:
    rules = {str(index.name) for table in Base.metadata.tables.values() for index in table.indexes}
    for table in Base.metadata.tables.values():
        rules |= set(re.findall(r"\b(?:uq|ck)_\w+", str(sa.schema.CreateTable(table))))
    assert set(REFUSALS) <= rules


def test_a_small_district_id_asked_first_does_not_narrow_later_ones(database: Database) -> None:
    """The first value that a cached criterion saw must not decide its type on PostgreSQL."""
    for district_id in (7, new_id()):
        with database.session(district_id) as session:
            assert session.scalars(sa.select(Person.id)).all() == []
            assert session.scalars(sa.select(Event.id)).all() == []
