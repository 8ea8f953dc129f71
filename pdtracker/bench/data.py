"""Databases with many claims, made once and kept: what a list costs must not depend on how much lies behind it.

The small one is written row by row (`bench.filling`). The large one is the small one told many times over within each
district, by other teachers at the same moments: it differs in nothing but how much there is.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from pdtracker import migrating
from pdtracker.bench.filling import EDITION, MOST_COPIES, TEACHER, fill, without_safety
from pdtracker.models.base import Base
from pdtracker.models.claims import Claim, ClaimStep, Evidence, ReflectionAnswer
from pdtracker.models.credit import Award
from pdtracker.models.people import Membership, Person
from pdtracker.terminal import Progress

SMALL: Final = 10_000
LARGE: Final = 1_000_000

_SCHEME = "sqlite:///"
_ROWS_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class _Copied:
    """A table whose rows are told again: what a copy changes in them, and which rows have copies."""

    model: type[Base]
    changes: Mapping[str, str]
    where: str = "1"


# The ids of a copy lie just behind those of its first. Who decided, and for which school, stays as it is.
_TABLES = (
    _Copied(
        Person,
        {"id": "id + copy", "email": "copy || '.' || email", "email_key": "copy || '.' || email_key"},
        f"title = '{TEACHER}'",
    ),
    _Copied(Membership, {"id": "id + copy", "person_id": "person_id + copy"}, "role = 'teacher'"),
    _Copied(
        Claim,
        {
            "id": "id + copy",
            "person_id": "person_id + copy",
            "reflection_digest": "copy || reflection_digest",
        },
    ),
    _Copied(
        ClaimStep,
        {
            "id": "id + copy",
            "claim_id": "claim_id + copy",
            "claimant_id": "claimant_id + copy",
            "by_person_id": "by_person_id + CASE WHEN by_person_id = claimant_id THEN copy ELSE 0 END",
        },
    ),
    _Copied(ReflectionAnswer, {"id": "id + copy", "claim_id": "claim_id + copy"}),
    _Copied(Evidence, {"id": "id + copy", "claim_id": "claim_id + copy"}),
    _Copied(
        Award,
        {
            "id": "id + copy",
            "claim_id": "claim_id + copy",
            "person_id": "person_id + copy",
            "step_id": "step_id + copy",
        },
    ),
)


def many_claims(folder: Path, count: int, *, small: int = SMALL) -> str:
    """The address of a database with `count` claims in `folder`, made when it isn't there.

    `count` is a multiple of `small`, the number that is written row by row.
    """
    times, rest = divmod(count, small)
    if rest or not 1 <= times <= MOST_COPIES:
        raise ValueError(f"{count:,} claims are not {small:,} told up to {MOST_COPIES} times")
    file = folder / f"claims-{count}-{migrating.head()}-{EDITION}.db"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        source = None if times == 1 else Path(many_claims(folder, small, small=small).removeprefix(_SCHEME))
        for older in folder.glob(f"claims-{count}-*"):
            older.unlink()
        part = file.with_suffix(".part")
        with Progress(f"Making {count:,} claims", count) as progress:
            if source is None:
                fill(part, count, at=datetime.now(UTC), step=progress.step)
            else:
                shutil.copyfile(source, part)
                _multiply(part, times, progress, count // len(_TABLES))
            progress.done()
        part.rename(file)
    return f"{_SCHEME}{file.as_posix()}"


def _multiply(file: Path, times: int, progress: Progress, share: int) -> None:
    """Let SQLite itself copy the rows, in the order of their ids: many times faster than one by one.

    Each table moves the bar by its `share`.
    """
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        without_safety(connection, None)
        connection.execute("BEGIN")
        connection.execute("CREATE TEMP TABLE copies (copy INTEGER)")
        connection.executemany("INSERT INTO copies VALUES (?)", [(copy,) for copy in range(1, times)])
        for copied in _TABLES:
            _copy(connection, copied, progress, share)
        connection.execute("COMMIT")


def _copy(connection: sqlite3.Connection, copied: _Copied, progress: Progress, share: int) -> None:
    table = copied.model.__table__
    columns = [column.name for column in table.columns]
    told = ", ".join(copied.changes.get(name, name) for name in columns)
    # Every word of these statements is one of ours: names of the schema and the changes above.
    connection.execute(
        f"CREATE TEMP TABLE first AS SELECT * FROM main.{table} WHERE {copied.where} ORDER BY district_id, id"  # noqa: S608
    )
    (total,) = connection.execute("SELECT count(*) FROM first").fetchone()
    for begin in range(1, total + 1, _ROWS_AT_ONCE):
        end = min(begin + _ROWS_AT_ONCE, total + 1)
        connection.execute(
            f"INSERT INTO main.{table} ({', '.join(columns)}) SELECT {told} FROM first, copies"  # noqa: S608
            " WHERE first.rowid >= ? AND first.rowid < ? ORDER BY district_id, id, copy",
            (begin, end),
        )
        progress.step(share * (end - begin) // total)
    connection.execute("DROP TABLE first")
