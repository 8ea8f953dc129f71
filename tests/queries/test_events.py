"""The calendar as people ask it: who sees what, pages both ways, counts, one event, what claims need."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from pdtracker.actions.calendar import decide_proposal, propose_event
from pdtracker.domain.calendar import DayPart, EventTime
from pdtracker.domain.claim import ClaimState
from pdtracker.domain.going import Log
from pdtracker.domain.kinds import EventKind
from pdtracker.domain.refusals import NotHere, NotNow, NotPermitted
from pdtracker.domain.search import search_words
from pdtracker.models.events import EventState
from pdtracker.queries.event_facets import tally
from pdtracker.queries.event_filters import EventFilter
from pdtracker.queries.events import (
    Place,
    attended_candidates,
    events_page,
    month_events,
    next_events,
    waiting_proposals,
)
from pdtracker.queries.going import mine_among
from pdtracker.queries.one_event import event, event_for_claim, event_outlook, my_claim
from pdtracker.queries.programmes import begins, programme, programmes
from pdtracker.scope import Scope, Visitor
from tests.calendars import CEM, EASTERN, crowded_month, entry, hours, load, proposal, statements, window
from tests.factories import NOW, Cast, a_claim, an_event

EVERYTHING = EventFilter()


@pytest.fixture
def anybody(cast: Cast) -> Visitor:
    """Somebody who has not signed in."""
    return Visitor(cast.open.enter_context(cast.database.session(None)), NOW)


def titles(who: Scope | Visitor, wanted: EventFilter = EVERYTHING) -> list[str]:
    """What a search finds, in order; the counts have to say the same."""
    page = events_page(who, wanted, 100)
    assert tally(who, wanted, None).total == len(page.rows)
    return [row.title for row in page.rows]


def in_programme(who: Scope | Visitor) -> EventFilter:
    return EventFilter(programme_id=programme(who, CEM.slug).id)


def test_anybody_sees_the_shared_calendar_and_nothing_of_a_district(cast: Cast, anybody: Visitor) -> None:
    load(cast.database, entry("shared", hours("2014-10-14T19:00")))
    cam = cast.scope("cam")
    own = propose_event(cam, proposal("of Maplewood"))
    assert titles(anybody) == ["shared"]
    assert [host.name for host in tally(anybody, EVERYTHING, None).hosts] == ["Edcamp"]
    with pytest.raises(NotHere):
        event(anybody, own)


def test_a_district_sees_its_own_events_and_never_anothers(cast: Cast) -> None:
    load(cast.database, entry("shared", hours("2014-10-14T19:00")))
    ours, theirs = an_event(cast.scope("ada"), title="ours"), an_event(cast.scope("dee"), title="theirs")
    ada, dee = cast.scope("ada"), cast.scope("dee")
    assert set(titles(ada)) == {"shared", "ours"}
    assert set(titles(dee)) == {"shared", "theirs"}
    assert event(ada, ours).is_own
    for scope, foreign in ((ada, theirs), (dee, ours)):
        for ask in (event, event_for_claim):
            with pytest.raises(NotHere):
                ask(scope, foreign)
        assert foreign not in {row.id for row in attended_candidates(scope, (), 10)}
        assert not any(option.name == "theirs" for option in tally(scope, EVERYTHING, None).hosts)
    wide = month_events(ada, EVERYTHING, datetime(2014, 1, 1, tzinfo=UTC), datetime(2015, 1, 1, tzinfo=UTC))
    assert {row.title for row in wide} == {"shared", "ours"}


def test_a_proposal_is_for_its_proposer_and_administrators(cast: Cast) -> None:
    event_id = propose_event(cast.scope("ada"), proposal("mine"))
    assert titles(cast.scope("ada")) == ["mine"]
    assert titles(cast.scope("cam")) == ["mine"]
    assert titles(cast.scope("bo")) == []
    with pytest.raises(NotHere):
        event(cast.scope("bo"), event_id)
    with pytest.raises(NotPermitted):
        waiting_proposals(cast.scope("ada"))
    decide_proposal(cast.scope("cam"), event_id, accept=True, reason="")
    assert titles(cast.scope("bo")) == ["mine"]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("duncan", {"a"}),
        ("DUNCAN chat", {"a"}),
        ("chat duncan", {"a"}),
        ("duncan nothing", set()),
        ("#ce14", {"a", "b"}),
        ("50%", {"b"}),
        ("5_%", {"b"}),
        ("%", set()),
        ("_", set()),
        ("\\", set()),
        ("/", set()),
        ("café", {"b"}),
        ("nwp", {"a"}),
        ("' OR 1=1 --", set()),
    ],
)
def test_every_word_of_a_search_has_to_occur(
    cast: Cast, anybody: Visitor, search: str, found: set[str]
) -> None:
    load(
        cast.database,
        entry(
            "a",
            hours("2014-10-14T19:00"),
            summary="Secretary Duncan, a chat",
            hashtag="#ce14",
            co_hosts=("NWP",),
        ),
        entry("b", hours("2014-10-15T19:00"), summary="The other 50% of CAFÉ talk", hashtag="#ce14"),
    )
    assert set(titles(anybody, EventFilter(words=search_words(search)))) == found


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({"kinds": (EventKind.FORUM,)}, {"forum"}),
        ({"kinds": (EventKind.FORUM, EventKind.WEBINAR)}, {"forum", "early", "late"}),
        ({"hashtag": "#CE14"}, {"chat"}),
        ({"has_hours": True}, {"chat", "early", "late"}),
        ({"has_hours": False}, {"forum"}),
        ({"day_parts": (DayPart.BEFORE_SCHOOL,), "zone": EASTERN}, {"early"}),
        ({"day_parts": (DayPart.AFTER_SCHOOL,), "zone": EASTERN}, {"chat", "late"}),
        ({"day_parts": tuple(DayPart), "zone": EASTERN}, {"chat", "early", "late"}),
        ({"day_parts": (DayPart.SCHOOL_HOURS,), "zone": "Asia/Kolkata"}, {"late", "chat"}),
        ({"starts_from": hours("2014-10-14T19:00").starts_at}, {"chat", "late"}),
        ({"starts_until": hours("2014-10-14T19:00").starts_at}, {"forum", "early"}),
    ],
)
def test_filters_narrow(cast: Cast, anybody: Visitor, more: dict[str, Any], found: set[str]) -> None:
    load(
        cast.database,
        entry("forum", window("2014-10-01", "2014-10-31"), kind=EventKind.FORUM),
        entry("early", hours("2014-10-14T07:15")),
        entry("chat", hours("2014-10-14T23:00"), kind=EventKind.HASHTAG_CHAT, hashtag="#ce14"),
        # The clocks have gone back by then: 22:30 in winter time.
        entry("late", hours("2014-11-03T22:45")),
    )
    assert set(titles(anybody, EventFilter(**more))) == found


def test_themes_widen_each_other_and_hosts_include_further_ones(cast: Cast, anybody: Visitor) -> None:
    load(
        cast.database,
        entry("one", hours("2014-10-14T19:00"), themes=("Blended Learning",), host="NWP"),
        entry("two", hours("2014-10-15T19:00"), themes=("Leadership for Change",), co_hosts=("NWP",)),
        entry("none", hours("2014-10-16T19:00")),
    )
    counts = tally(anybody, in_programme(anybody), None)
    theme = {option.name: option for option in counts.themes}
    assert {name: option.count for name, option in theme.items()} == {
        "Blended Learning": 1,
        "Leadership for Change": 1,
    }
    both = EventFilter(theme_ids=tuple(option.id for option in theme.values()))
    assert titles(anybody, both) == ["one", "two"]
    nwp = next(option for option in counts.hosts if option.name == "NWP")
    assert nwp.count == 2
    assert titles(anybody, EventFilter(host_id=nwp.id)) == ["one", "two"]


def test_an_options_count_is_what_choosing_it_gives(cast: Cast, anybody: Visitor) -> None:
    load(cast.database, *crowded_month(60))
    base = in_programme(anybody)
    chosen = EventFilter(
        programme_id=base.programme_id, kinds=(EventKind.WEBINAR,), words=search_words("session")
    )
    counts = tally(anybody, chosen, None)
    for kind, count in counts.kinds.items():
        wanted = EventFilter(programme_id=base.programme_id, kinds=(kind,), words=search_words("session"))
        assert len(titles(anybody, wanted)) == count
    for theme in counts.themes:
        wanted = EventFilter(programme_id=base.programme_id, kinds=chosen.kinds, theme_ids=(theme.id,))
        assert len(titles(anybody, wanted)) == theme.count


def test_pages_go_both_ways_and_lose_nothing(cast: Cast, anybody: Visitor) -> None:
    # Many begin at the same moment, so the id has to decide.
    load(
        cast.database,
        *(entry(f"{index:02d}", hours(f"2014-10-{14 + index % 3}T19:00")) for index in range(30)),
    )
    whole = [row.id for row in events_page(anybody, EVERYTHING, 100).rows]
    seen, place, pages = [], None, []
    while True:
        page = events_page(anybody, EVERYTHING, 7, after=place)
        seen += [row.id for row in page.rows]
        pages.append(page)
        if not page.has_later:
            break
        place = page.last
    assert seen == whole
    assert [page.has_earlier for page in pages] == [False, True, True, True, True]
    back = events_page(anybody, EVERYTHING, 7, before=pages[2].first)
    assert back.rows == pages[1].rows
    first = events_page(anybody, EVERYTHING, 7, before=pages[1].first)
    assert (first.rows, first.has_earlier, first.has_later) == (pages[0].rows, False, True)
    assert events_page(anybody, EVERYTHING, 7, before=Place(datetime(2000, 1, 1, tzinfo=UTC), 0)).rows == ()


def test_counts_tell_what_is_earlier_and_what_is_open(cast: Cast, anybody: Visitor) -> None:
    load(
        cast.database,
        entry("over", hours("2014-10-19T19:00")),
        entry("forum", window("2014-10-01", "2014-10-31"), kind=EventKind.FORUM),
        entry("closed", window("2014-10-01", "2014-10-19"), kind=EventKind.FORUM),
        entry("next", hours("2014-10-20T19:00")),
    )
    counts = tally(anybody, EVERYTHING, hours("2014-10-20T00:00").starts_at)
    assert (counts.total, counts.earlier, counts.open_now) == (4, 3, 1)


def test_a_month_holds_what_begins_in_it_and_what_is_open_during_it(cast: Cast, anybody: Visitor) -> None:
    load(
        cast.database,
        entry("before", hours("2014-09-30T19:00")),
        entry("carried over", window("2014-09-15", "2014-10-01")),
        entry("within", hours("2014-10-14T19:00")),
        entry("long ended", window("2014-09-01", "2014-09-30")),
        entry("after", hours("2014-11-01T00:00")),
    )
    first, until = hours("2014-10-01T00:00").starts_at, hours("2014-11-01T00:00").starts_at
    assert [row.title for row in month_events(anybody, EVERYTHING, first, until)] == [
        "carried over",
        "within",
    ]


def test_what_comes_next_is_not_over_yet(cast: Cast, anybody: Visitor) -> None:
    load(
        cast.database,
        entry("over", hours("2014-10-20T10:00")),
        entry("now", hours("2014-10-20T11:30")),
        entry("forum", window("2014-10-01", "2014-10-31")),
        entry("soon", hours("2014-10-20T19:00")),
    )
    assert [row.title for row in next_events(anybody, 5)] == ["now", "soon"]
    assert [row.title for row in next_events(anybody, 5, programme_id=1)] == []
    assert [row.title for row in next_events(anybody, 1)] == ["now"]


def test_an_event_tells_everything_about_itself(cast: Cast, anybody: Visitor) -> None:
    ids = load(
        cast.database,
        entry(
            "chat",
            hours("2014-10-14T19:00"),
            co_hosts=("NWP",),
            themes=("Blended Learning",),
            link="https://example.org/chat",
            source="https://example.org/source",
            hashtag="#ce14",
            is_example=True,
        ),
    )
    with statements(cast.database) as asked:
        found = event(anybody, ids["chat"])
    assert len(asked) == 3
    assert found.programme_slug == CEM.slug
    assert [theme.name for theme in found.themes] == ["Blended Learning"]
    assert [host.name for host in found.co_hosts] == ["NWP"]
    assert (found.link, found.source) == ("https://example.org/chat", "https://example.org/source")
    assert found.is_example
    assert not found.is_own


def test_an_event_can_be_claimed_from_its_first_moment(cast: Cast) -> None:
    ids = load(
        cast.database, entry("chat", hours("2014-10-20T12:00")), entry("next", hours("2014-10-20T12:01"))
    )
    ada = cast.scope("ada", NOW)
    found = event_for_claim(ada, ids["chat"])
    assert (found.title, found.host, found.time.minutes) == ("chat", "Edcamp", 60)
    with pytest.raises(NotNow) as refused:
        event_for_claim(ada, ids["next"])
    assert "Monday, October\u00a020, 2014 at 12:01\u00a0pm Eastern Time" in refused.value.sentence


def test_what_was_cancelled_or_only_proposed_cannot_be_claimed(cast: Cast) -> None:
    cancelled = an_event(cast.scope("cam"), state=EventState.CANCELLED)
    proposed = propose_event(cast.scope("ada"), proposal(time=hours("2014-10-19T16:00")))
    for event_id in (cancelled, proposed):
        with pytest.raises(NotNow):
            event_for_claim(cast.scope("ada"), event_id)
    with pytest.raises(NotHere):
        event_for_claim(cast.scope("bo"), proposed)


@pytest.mark.parametrize("state", [ClaimState.DRAFT, ClaimState.SUBMITTED])
def test_ones_own_claim_holds_the_event(cast: Cast, state: ClaimState) -> None:
    event_id = an_event(cast.scope("cam"))
    claim_id = a_claim(cast.scope("ada"), state, event_id=event_id)
    ada, bo = cast.scope("ada"), cast.scope("bo")
    mine = my_claim(ada, event_id)
    assert mine is not None
    assert (mine.id, mine.state) == (claim_id, state)
    assert my_claim(bo, event_id) is None
    found = mine_among(ada, [event_id, 1])
    assert found.logs(event_id) is (Log.DRAFT if state is ClaimState.DRAFT else Log.SENT)
    assert found.all == {event_id}
    assert mine_among(bo, [event_id]).logs(event_id) is None
    assert attended_candidates(ada, (), 5) == ()
    assert [row.id for row in attended_candidates(bo, (), 5)] == [event_id]


def test_candidates_are_recent_unless_one_searches(cast: Cast) -> None:
    old = NOW - timedelta(days=90)
    load(
        cast.database,
        entry("old", EventTime(old, old + timedelta(hours=1), EASTERN, has_hours=True)),
        entry("first", hours("2014-10-14T19:00")),
        entry("second", hours("2014-10-15T19:00")),
        entry("future", hours("2014-10-25T19:00")),
    )
    ada = cast.scope("ada")
    assert [row.title for row in attended_candidates(ada, (), 5)] == ["second", "first"]
    assert [row.title for row in attended_candidates(ada, search_words("old"), 5)] == ["old"]
    assert [row.title for row in attended_candidates(ada, (), 1)] == ["second"]


def test_the_outlook_is_by_the_policy_of_the_day(cast: Cast) -> None:
    ids = load(cast.database, entry("chat", hours("2014-10-14T19:00", 50)))
    ada = cast.scope("ada")
    facts = event(ada, ids["chat"])
    with statements(cast.database) as asked:
        found = event_outlook(ada, facts)
    # The rules, what is credited, and what waits before it.
    assert len(asked) == 3
    assert found.minutes == 45


def test_before_the_first_policy_there_is_no_outlook(cast: Cast) -> None:
    ids = load(cast.database, entry("chat", hours("2001-10-14T19:00")))
    ada = cast.scope("ada")
    with pytest.raises(NotNow):
        event_outlook(ada, event(ada, ids["chat"]))


def test_a_list_takes_two_statements_whatever_its_rows(cast: Cast, anybody: Visitor) -> None:
    load(cast.database, *crowded_month(600))
    with statements(cast.database) as asked:
        events_page(anybody, EVERYTHING, 40)
        tally(anybody, EVERYTHING, NOW)
    assert len(asked) == 2


def test_programmes_come_latest_first_with_their_events(cast: Cast, anybody: Visitor) -> None:
    load(
        cast.database,
        entry("chat", hours("2014-10-14T19:00")),
        entry("forum", window("2014-10-01", "2014-10-31")),
    )
    every = programmes(anybody)
    assert [row.slug for row in every] == ["cem-2014", "cem-2013"]
    assert [time.is_window for time in begins(anybody, every[0].id)] == [True, False]
    assert begins(anybody, every[1].id) == ()
    assert programme(anybody, "cem-2014").ends_on == date(2014, 10, 31)
    with pytest.raises(NotHere):
        programme(anybody, "cem-2099")
