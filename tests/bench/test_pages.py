"""The queue's benchmark asks the real page, and what makes it stay fast can be seen without a clock."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import event

from pdtracker.bench.data import many_claims
from pdtracker.bench.desk import PATH, Desk, open_desk
from pdtracker.bench.pages import queue, scale

SMALL = 4_000
# What there is more of with every claim.
_GROWS = (
    " (award|claim|claim_[a-z]+|certificate|evidence|reflection_answer|audit_entry|attendance_line)(_[0-9])? "
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the databases of these tests are kept."""
    return tmp_path_factory.mktemp("bench")


@pytest.fixture
def desk(folder: Path) -> Iterator[Desk]:
    """The desk of a district with 2,000 claims."""
    with open_desk(many_claims(folder, SMALL, small=SMALL), folder) as opened:
        yield opened


def test_the_page_is_the_queue_of_somebody_who_reviews(desk: Desk) -> None:
    page = desk.page()
    assert "Bo Tran" in page
    assert page.count('name="claim"') > 20
    assert desk.template_seconds > 0


def test_a_page_of_the_queue_takes_at_most_eight_statements(desk: Desk) -> None:
    desk.page()
    # Who asks (2), counts, the page, its categories and the calendar's, rules, what counts already, one's jobs.
    assert len(desk.statements) <= 8


@pytest.mark.parametrize(
    "path",
    [
        PATH,
        f"{PATH}?kind=webinar",
        f"{PATH}?tab=returned",
        f"{PATH}?tab=decided",
        f"{PATH}/all?decision=approve",
    ],
)
def test_no_list_of_the_desk_walks_through_the_claims_of_its_district(folder: Path, path: str) -> None:
    """Each search for claims and awards is told more than the district, or is the index of those that wait."""
    of_claims = [plan for plan in plans_of(folder, path) if re.search(" (claim|award)", plan)]
    assert of_claims
    for plan in of_claims:
        assert "SCAN" not in plan, plan
        assert "(district_id=? AND" in plan or "ix_claim_queue" in plan, plan


@pytest.mark.parametrize("path", [PATH, f"{PATH}?tab=decided"])
def test_a_claim_is_shown_without_those_of_its_district(folder: Path, path: str) -> None:
    """Each search in what grows with the claims is told more than the district, or is the index of those that wait."""
    grows = [plan for plan in plans_of(folder, path, follow=True) if re.search(_GROWS, plan)]
    assert grows
    for plan in grows:
        assert "SCAN" not in plan, plan
        assert "(district_id=?)" not in plan or "ix_claim_queue" in plan, plan


def plans_of(folder: Path, path: str, *, follow: bool = False) -> list[str]:
    """How SQLite finds what a page of the desk shows; to `follow` is to open the first claim of its list."""
    url, plans = many_claims(folder, SMALL, small=SMALL), []
    with (
        open_desk(url, folder) as desk,
        closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as looking,
    ):
        database = desk.app.extensions["pdtracker"].database
        if follow:
            claim = re.search(rf'href="({PATH}/0[0-9a-z]+)', desk.page(path))
            assert claim is not None
            path = claim[1]

        def explain(_connection: object, _cursor: object, statement: str, values: object, *_: object) -> None:
            if statement.startswith("SELECT"):
                plans.extend(row[3] for row in looking.execute(f"EXPLAIN QUERY PLAN {statement}", values))

        event.listen(database.engine, "before_cursor_execute", explain)
        desk.page(path)
    return plans


def test_the_far_end_of_the_queue_is_found_by_following_its_links(desk: Desk) -> None:
    assert desk.last_path(0) == PATH
    far = desk.last_path(5)
    assert desk.page(far)


def test_figures_of_the_queue_have_their_goals(folder: Path) -> None:
    figures = queue(folder, small=SMALL, rounds=2, times=1)
    assert [figure.runs for figure in figures] == [2, 1]
    assert figures[1].is_met


def test_many_claims_take_as_many_statements_as_few(folder: Path) -> None:
    first, deep, statements = scale(folder, small=SMALL, large=SMALL * 2, rounds=1, times=1)
    assert first.goal == deep.goal
    assert statements.value == 1.0
