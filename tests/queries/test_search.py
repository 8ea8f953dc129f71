"""The search box on both databases: what it finds, whose events, and that the index follows every change."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pdtracker.actions.calendar import decide_proposal, propose_event
from pdtracker.domain.refusals import Mistyped
from pdtracker.domain.search import search_line, search_words
from pdtracker.models.events import Event, EventState
from pdtracker.queries.event_facets import tally
from pdtracker.queries.event_filters import EventFilter
from pdtracker.queries.events import events_page
from pdtracker.scope import Scope, Visitor
from tests.calendars import entry, hours, load, proposal
from tests.factories import NOW, Cast, an_event
from tests.harness.databases import DatabaseUrls

AT = hours("2014-10-14T19:00")


def found(who: Scope | Visitor, text: str) -> set[str]:
    """The titles of what a search finds."""
    return {row.title for row in events_page(who, EventFilter(words=search_words(text)), 100).rows}


def anybody(cast: Cast) -> Visitor:
    """Somebody who has not signed in."""
    return Visitor(cast.open.enter_context(cast.database.session(None)), NOW)


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("assess", {"assess", "quote"}),
        ("assessment", {"assess"}),
        ("assessments", set()),
        ("ssess", set()),
        ("ce14", {"assess", "sprachen"}),
        ("#ce14", {"assess", "sprachen"}),
        ("#CE", {"assess", "sprachen"}),
        ('"formative assessment"', {"assess"}),
        ('"assessment formative"', set()),
        ('"formative assess"', set()),
        ("formative-assess", {"assess"}),
        ("uber", {"sprachen"}),
        ("ÜBER", {"sprachen"}),
        ("cafe", {"sprachen"}),
        ("CAFÉ", {"sprachen"}),
        ("省", {"sprachen"}),
        ("反省", {"sprachen"}),
        ("省反", set()),
        ("иван", {"sprachen"}),
        ("o'neill", {"quote"}),
        ("oneill", set()),
        ("nwp", {"sprachen"}),
        ("edcamp uber", {"sprachen"}),
    ],
)
def test_what_a_search_finds(cast: Cast, text: str, titles: set[str]) -> None:
    load(
        cast.database,
        entry("assess", AT, summary="Formative assessment: why?", hashtag="#ce14"),
        entry("sprachen", AT, summary="Über ein Café, 反省会 и Иванова", hashtag="#CE14", co_hosts=("NWP",)),
        entry("quote", AT, summary="Peter O'Neill will assess it.", host="BAM Radio"),
    )
    assert found(anybody(cast), text) == titles


def test_a_district_finds_its_own_and_shared_events_only(cast: Cast) -> None:
    load(cast.database, entry("shared gap", AT))
    an_event(cast.scope("ada"), title="our gap", search_text="our gap")
    an_event(cast.scope("dee"), title="their gap", search_text="their gap")
    assert found(cast.scope("ada"), "gap") == {"shared gap", "our gap"}
    assert found(cast.scope("dee"), "gap") == {"shared gap", "their gap"}
    assert found(anybody(cast), "gap") == {"shared gap"}


def test_a_proposal_is_found_by_whoever_sees_it(cast: Cast) -> None:
    event_id = propose_event(cast.scope("ada"), proposal("gardens"))
    assert found(cast.scope("ada"), "garden") == {"gardens"}
    assert found(cast.scope("bo"), "garden") == set()
    decide_proposal(cast.scope("cam"), event_id, accept=True, reason="")
    assert found(cast.scope("bo"), "garden") == {"gardens"}


def test_the_index_follows_an_edit_a_cancellation_and_the_end_of_an_event(cast: Cast) -> None:
    event_id = an_event(cast.scope("cam"), title="it", search_text="before")
    cam = cast.scope("cam")

    def change(**values: object) -> None:
        with cam.session.writing():
            cam.session.execute(sa.update(Event).where(Event.id == event_id).values(values))

    change(search_text=search_line("after"))
    assert found(cast.scope("ada"), "before") == set()
    assert found(cast.scope("ada"), "after") == {"it"}
    change(state=EventState.CANCELLED)
    assert found(cast.scope("ada"), "after") == {"it"}
    with cam.session.writing():
        cam.session.execute(sa.delete(Event).where(Event.id == event_id))
    assert found(cast.scope("ada"), "after") == set()


def test_nothing_anybody_types_breaks_the_search(cast: Cast) -> None:
    load(cast.database, entry("it", AT))
    who = anybody(cast)

    @given(st.text(max_size=100))
    @settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
    def ask(text: str) -> None:
        try:
            search_words(text)
        except Mistyped:
            return
        found(who, text)

    ask()
    for text in (
        '"',
        '""',
        "*",
        "a*",
        "NEAR(a b)",
        "a OR b",
        "NOT",
        "-a",
        "col:a",
        "^a",
        "'",
        "\\",
        "&|!",
        "<->",
    ):
        found(who, text)


def test_postgresql_keeps_the_index_of_words_from_everybody(cast: Cast, database_urls: DatabaseUrls) -> None:
    """It holds words of every district: the application's role reads it through its function only."""
    if cast.database.is_sqlite:
        return
    an_event(cast.scope("dee"), title="their gap", search_text="their gap")
    with cast.database.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT * FROM event_search")).all() == []
        asked = sa.text("SELECT pdtracker_events_found(CAST('''gap''' AS text))")
        assert connection.execute(asked).all() == []
    owner = sa.create_engine(database_urls.admin)
    with owner.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM event_search")) == 1
    owner.dispose()


# PostgreSQL asks its index through a function.
@pytest.mark.parametrize("database_urls", ["sqlite"], indirect=True)
def test_sqlite_looks_only_at_the_events_that_the_index_of_words_names(cast: Cast) -> None:
    plans: list[str] = []
    who = anybody(cast)

    def explain(
        connection: sa.Connection, _cursor: object, statement: str, values: object, *_: object
    ) -> None:
        if "event_search" in statement and not statement.startswith("EXPLAIN"):
            cursor = connection.connection.cursor()
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}", values)  # type: ignore[arg-type]
            plans.extend(row[3] for row in cursor.fetchall())

    sa.event.listen(cast.database.engine, "before_cursor_execute", explain)
    wanted = EventFilter(words=search_words("assess"))
    tally(who, wanted, None)
    events_page(who, wanted, 10)
    of_events = [plan for plan in plans if plan.split()[1:2] == ["event"]]
    assert len(of_events) == 2
    assert all("(id=?)" in plan for plan in of_events), of_events
