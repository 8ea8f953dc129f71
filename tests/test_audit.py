"""The audit trail: every write leaves an entry, and no entry can be bent or taken out unseen."""

from __future__ import annotations

import random

import pytest
import sqlalchemy as sa

from pdtracker import audit
from pdtracker.db import Database
from pdtracker.domain.access import Permission
from pdtracker.domain.refusals import NotPermitted
from pdtracker.models.districts import School
from pdtracker.models.records import AuditEntry, AuditHead
from pdtracker.scope import Scope, action
from tests.factories import Cast, a_certificate
from tests.harness.databases import DatabaseUrls


@action(Permission.MANAGE_DISTRICT)
def found_school(scope: Scope, name: str) -> None:
    """Found a school, as a whole action would."""
    scope.session.add(School(name=name, created_at=scope.at))
    scope.record("school.founded", "school", 1, name=name)


@action(Permission.MANAGE_DISTRICT)
def found_school_silently(scope: Scope, name: str) -> None:
    """An action that forgot its audit entry."""
    scope.session.add(School(name=name, created_at=scope.at))


@action(Permission.MANAGE_DISTRICT)
def stumble(scope: Scope) -> None:
    """An action that fails after it wrote and recorded."""
    scope.session.add(School(name="Half", created_at=scope.at))
    scope.record("school.founded", "school", 1)
    raise ArithmeticError


@action(Permission.MANAGE_DISTRICT)
def nest(scope: Scope) -> None:
    """An action that calls another one."""
    found_school(scope, "Nested")


def entries(scope: Scope) -> list[str]:
    """The actions that the trail tells of."""
    return list(scope.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.seq)))


def schools(scope: Scope) -> set[str]:
    """The schools that are there."""
    return set(scope.session.scalars(sa.select(School.name)))


def test_an_action_leaves_its_entry_in_the_same_transaction(cast: Cast) -> None:
    scope = cast.operator()
    before = len(entries(scope))
    found_school(scope, "East")
    assert entries(scope)[before:] == ["school.founded"]
    assert audit.first_break(scope.session) is None


def test_an_action_that_writes_without_an_entry_does_not_happen(cast: Cast) -> None:
    scope = cast.operator()
    with pytest.raises(RuntimeError, match="without an audit entry"):
        found_school_silently(scope, "East")
    assert "East" not in schools(scope)


def test_an_action_that_fails_leaves_nothing(cast: Cast) -> None:
    scope = cast.operator()
    before = entries(scope)
    with pytest.raises(ArithmeticError):
        stumble(scope)
    assert (entries(scope), "Half" in schools(scope)) == (before, False)


def test_actions_never_nest(cast: Cast) -> None:
    with pytest.raises(RuntimeError, match="never nest"):
        nest(cast.operator())
    assert "Nested" not in schools(cast.operator())


def test_an_action_asks_for_its_permission_first(cast: Cast) -> None:
    with pytest.raises(NotPermitted):
        found_school(cast.scope("ada"), "East")
    assert "East" not in schools(cast.operator())


def test_every_tampering_is_found_at_its_place(cast: Cast, database_urls: DatabaseUrls) -> None:
    a_certificate(cast.scope("ada"), cast.scope("bo"))
    for number in range(20):
        found_school(cast.operator(), f"School {number}")
    count = len(entries(cast.operator()))
    dice = random.Random(7)
    for _ in range(20):
        seq = dice.randint(1, count)
        column, value = dice.choice(
            [
                ("by_name", "'Somebody'"),
                ("action", "'x'"),
                ("subject_id", "7"),
                ("facts", "'{}'"),
                ("hash", "'0'"),
            ]
        )
        with Tampered(
            database_urls, f"UPDATE audit_entry SET {column} = {value} WHERE seq = {seq}"
        ) as database:
            assert _first_break(database, cast) == seq, column


def test_a_missing_entry_is_found(cast: Cast, database_urls: DatabaseUrls) -> None:
    for number in range(5):
        found_school(cast.operator(), f"School {number}")
    count = len(entries(cast.operator()))
    with Tampered(database_urls, "DELETE FROM audit_entry WHERE seq = 2") as database:
        assert _first_break(database, cast) == 2
    # The end was cut off, but the head still knows of it.
    with Tampered(database_urls, f"DELETE FROM audit_entry WHERE seq = {count}") as database:
        assert _first_break(database, cast) == count


class Tampered:
    """The database after somebody with full rights changed Maplewood's trail; put back at the end."""

    def __init__(self, urls: DatabaseUrls, *statements: str) -> None:
        self._engine = sa.create_engine(urls.admin)
        self._database = Database(urls.app)
        self._statements = statements

    def __enter__(self) -> Database:
        with self._engine.begin() as connection:
            self._rows = [dict(row._mapping) for row in connection.execute(sa.select(AuditEntry.__table__))]
            self._heads = connection.execute(sa.select(AuditHead.__table__)).all()
            self._guarded(connection, on=False)
            for statement in self._statements:
                connection.exec_driver_sql(statement)
        return self._database

    def __exit__(self, *_: object) -> None:
        with self._engine.begin() as connection:
            connection.execute(sa.delete(AuditEntry.__table__))
            connection.execute(sa.insert(AuditEntry.__table__), self._rows)
            for head in self._heads:
                connection.execute(
                    sa.update(AuditHead.__table__)
                    .where(AuditHead.district_id == head.district_id)
                    .values(seq=head.seq, hash=head.hash)
                )
            self._guarded(connection, on=True)
        self._engine.dispose()
        self._database.dispose()

    def _guarded(self, connection: sa.Connection, *, on: bool) -> None:
        """The guards against ordinary changes are taken off, as an operator could."""
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(
                f"ALTER TABLE audit_entry {'ENABLE' if on else 'DISABLE'} TRIGGER USER"
            )
        elif on:
            for name, statement in self._triggers:
                del name
                connection.exec_driver_sql(statement)
        else:
            found = connection.exec_driver_sql(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entry'"
            )
            self._triggers = [tuple(row) for row in found]
            for name, _statement in self._triggers:
                connection.exec_driver_sql(f"DROP TRIGGER {name}")


def _first_break(database: Database, cast: Cast) -> int | None:
    with database.session(cast.maplewood.id) as session:
        return audit.first_break(session)
