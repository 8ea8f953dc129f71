"""What SQLite is told of its tables, so that it never walks through a district for one claim."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from pdtracker import migrating
from tests.harness.databases import DatabaseUrls


def figures(urls: DatabaseUrls) -> dict[str, str]:
    with closing(sqlite3.connect(urls.owner.removeprefix("sqlite:///"))) as connection:
        return dict(connection.execute("SELECT idx, stat FROM sqlite_stat1").fetchall())


def test_every_index_that_begins_with_the_district_has_its_figures(sqlite_urls: DatabaseUrls) -> None:
    told = figures(sqlite_urls)
    with closing(sqlite3.connect(sqlite_urls.owner.removeprefix("sqlite:///"))) as connection:
        of_districts = {
            row[0]
            for row in connection.execute(
                "SELECT i.name FROM sqlite_master t JOIN pragma_index_list(t.name) i"
                " JOIN pragma_index_info(i.name) c ON c.seqno = 0"
                " WHERE t.type = 'table' AND c.name = 'district_id'"
            )
        }
    assert len(of_districts) > 100
    assert of_districts <= told.keys()
    assert told["ix_award_claim"] == "1000000 1000000 100 25"
    assert told["ix_claim_person"].startswith("1000000 1000000 100 ")


def test_a_key_leaves_one_row(sqlite_urls: DatabaseUrls) -> None:
    with closing(sqlite3.connect(sqlite_urls.owner.removeprefix("sqlite:///"))) as connection:
        key = connection.execute(
            "SELECT name FROM pragma_index_list('evidence') WHERE origin = 'pk'"
        ).fetchone()[0]
    assert figures(sqlite_urls)[key] == "1000000 1000000 1"


def test_what_was_counted_stays(sqlite_urls: DatabaseUrls) -> None:
    file = sqlite_urls.owner.removeprefix("sqlite:///")
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE sqlite_stat1 SET stat = '7 7 1 1' WHERE idx = 'ix_award_claim'")
        connection.execute("DELETE FROM sqlite_stat1 WHERE idx = 'ix_award_person'")
    migrating.upgrade(sqlite_urls.owner)
    told = figures(sqlite_urls)
    assert told["ix_award_claim"] == "7 7 1 1"
    assert told["ix_award_person"].startswith("1000000 1000000 100 25 ")


@pytest.mark.parametrize(
    ("question", "index"),
    [
        ("SELECT note FROM evidence WHERE district_id = 1 AND claim_id = 2 ORDER BY id", "ix_evidence_claim"),
        ("SELECT sum(minutes) FROM award WHERE district_id = 1 AND claim_id = 2", "ix_award_claim"),
        (
            "SELECT claim_id, sum(minutes) FROM award WHERE district_id = 1 AND person_id = 2 GROUP BY claim_id",
            "ix_award_person",
        ),
    ],
)
def test_a_claim_and_a_person_are_found_by_their_own_index(
    sqlite_urls: DatabaseUrls, question: str, index: str
) -> None:
    with closing(sqlite3.connect(sqlite_urls.owner.removeprefix("sqlite:///"))) as connection:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {question}")]
    assert any(f" {index} (district_id=? AND " in step for step in plan), plan
