"""A roster of 50,000 teachers, read, compared and written, beside the same rows given to the driver as they are."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from pdtracker import migrating
from pdtracker.actions.districts import NewDistrict, create_district
from pdtracker.actions.rosters import Brought, import_roster
from pdtracker.bench.filling import SECRET
from pdtracker.bench.measuring import ROUNDS, Figure, Goal, beside, in_turn
from pdtracker.bench.rows import ZONE
from pdtracker.db import Database
from pdtracker.exchange.roster.reading import read_roster
from pdtracker.queries.accounts import district_by_slug
from pdtracker.scope import Scope

TEACHERS: Final = 50_000
_SCHOOLS: Final = 100
_LEAST: Final = 0.4
_SLUG: Final = "ashford"
_AT: Final = datetime(2026, 8, 17, 12, tzinfo=UTC)
_TABLES: Final = ("school", "person", "membership", "roster_school", "roster_person", "roster_line")


def roster(folder: Path, *, teachers: int = TEACHERS, rounds: int = ROUNDS) -> list[Figure]:
    """The driver beside the import: how much of its speed is left, and what the same file costs once more."""
    folder.mkdir(parents=True, exist_ok=True)
    empty, full, work = (folder / f"roster-{name}.db" for name in ("empty", "full", "work"))
    _make_empty(empty)
    files = roster_files(teachers)
    shutil.copyfile(empty, full)
    _import(full, files)
    rows = _rows(full)
    taken = in_turn(
        {
            "driver": partial(_anew, empty, work, partial(_pour, rows=rows)),
            "import": partial(_anew, empty, work, partial(_import, files=files)),
            "again": partial(_anew, full, work, partial(_import, files=files)),
        },
        rounds=rounds,
    )
    for file in (empty, full, work):
        _remove(file)
    return [
        beside(
            f"driver : import of {teachers:,} people",
            taken["driver"],
            taken["import"],
            Goal(_LEAST, at_least=True),
        ),
        beside("the same file once more : driver", taken["again"], taken["driver"]),
    ]


def roster_files(teachers: int) -> Mapping[str, bytes]:
    """A OneRoster 1.1 export of so many teachers."""
    orgs = "".join(f"org-{number},,,School {number},school,,\n" for number in range(_SCHOOLS))
    users = "".join(
        f'T{number},,,true,"org-{number % _SCHOOLS}",teacher,t{number},"{{SIS:{number}}},{{LDAP:t{number}}}",'
        f"Given{number % 997},Family{number},,{number:06},given.family{number}@ashford.example,,,,,\n"
        for number in range(teachers)
    )
    return {
        "manifest.csv": b"propertyName,value\noneroster.version,1.1\nfile.users,bulk\nfile.orgs,bulk\n",
        "orgs.csv": f"sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\n{orgs}".encode(),
        "users.csv": (
            "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,"
            f"middleName,identifier,email,sms,phone,agentSourcedIds,grades,password\n{users}"
        ).encode(),
    }


def _make_empty(file: Path) -> None:
    _remove(file)
    url = f"sqlite:///{file.as_posix()}"
    migrating.upgrade(url)
    database = Database(url)
    new = NewDistrict(slug=_SLUG, name="Ashford Schools", place="Ashford", zone=ZONE)
    create_district(database, new, secret=SECRET, at=_AT)
    database.dispose()


def _anew(before: Path, work: Path, way: Any) -> None:
    """Run it on a copy."""
    _remove(work)
    shutil.copyfile(before, work)
    way(work)


def _import(file: Path, files: Mapping[str, bytes]) -> None:
    database = Database(f"sqlite:///{file.as_posix()}")
    with database.session(None, installation=True) as doors:
        district = district_by_slug(doors, _SLUG)
    if district is None:
        raise RuntimeError("The district of the benchmark is gone.")
    with database.session(district.id) as session:
        told = read_roster(files, _AT.date())
        import_roster(Scope(session, district, _AT), database, Brought("r.zip", "", told), may_leave=0)
    database.dispose()


def _rows(file: Path) -> dict[str, list[tuple[Any, ...]]]:
    # The tables' names are ours.
    with closing(sqlite3.connect(file)) as connection:
        return {
            table: connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608
            for table in _TABLES
        }


def _pour(file: Path, rows: Mapping[str, list[tuple[Any, ...]]]) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        for table, told in rows.items():
            marks = ", ".join("?" * len(told[0]))
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", told)  # noqa: S608
        connection.execute("COMMIT")


def _remove(file: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)
