"""Many claims for benchmarks: whole, of every state, and in the large database nothing but more of the same."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from pdtracker.bench.data import many_claims
from pdtracker.bench.filling import SLUG
from pdtracker.db import Database
from pdtracker.domain.claim import ClaimState
from pdtracker.models.claims import Claim, ClaimStep
from pdtracker.models.people import Person
from pdtracker.queries.accounts import district_by_slug

SMALL = 1_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the databases of these tests are kept."""
    return tmp_path_factory.mktemp("bench")


def rows(url: str, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        return connection.execute(statement).fetchall()


@pytest.mark.parametrize("times", [1, 3])
def test_there_are_as_many_claims_as_were_asked_for_and_no_row_points_nowhere(
    folder: Path, times: int
) -> None:
    url = many_claims(folder, SMALL * times, small=SMALL)
    assert rows(url, "SELECT count(*) FROM claim") == [(SMALL * times,)]
    assert rows(url, "PRAGMA foreign_key_check") == []
    assert rows(url, "PRAGMA integrity_check") == [("ok",)]


def test_the_large_one_has_the_same_shape_by_other_teachers(folder: Path) -> None:
    shape = "SELECT district_id, state, count(*) FROM claim GROUP BY 1, 2 ORDER BY 1, 2"
    small = rows(many_claims(folder, SMALL, small=SMALL), shape)
    large = rows(many_claims(folder, SMALL * 3, small=SMALL), shape)
    assert large == [(district, state, count * 3) for district, state, count in small]
    teachers = "SELECT count(DISTINCT person_id) FROM claim"
    (few,), (many,) = (rows(many_claims(folder, SMALL * times, small=SMALL), teachers)[0] for times in (1, 3))
    assert many == few * 3


def test_half_of_the_claims_are_the_large_districts_and_some_wait(folder: Path) -> None:
    database = Database(many_claims(folder, SMALL, small=SMALL))
    with database.session(None, installation=True) as doors:
        district = district_by_slug(doors, SLUG)
    assert district is not None
    with database.session(district.id) as session:
        states = Counter(session.scalars(sa.select(Claim.state)))
        assert session.scalar(sa.select(sa.func.count(Person.id))) == SMALL // 40 + 1
        decided = session.scalar(sa.select(sa.func.count(ClaimStep.id)).where(ClaimStep.step == "approve"))
    database.dispose()
    assert states.total() == SMALL // 2
    assert set(states) == set(ClaimState) - {ClaimState.REVERSED}
    assert states[ClaimState.CREDITED] == decided > states.total() * 0.8


def test_a_kept_database_is_not_made_again(folder: Path) -> None:
    url = many_claims(folder, SMALL, small=SMALL)
    file = Path(url.removeprefix("sqlite:///"))
    before = file.stat().st_mtime_ns
    assert many_claims(folder, SMALL, small=SMALL) == url
    assert file.stat().st_mtime_ns == before


@pytest.mark.parametrize("count", [SMALL + 1, SMALL * 129, 0])
def test_only_multiples_can_be_made(folder: Path, count: int) -> None:
    with pytest.raises(ValueError, match="told up to"):
        many_claims(folder, count, small=SMALL)
