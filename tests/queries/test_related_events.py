"""Events that go with one."""

from __future__ import annotations

from pdtracker.actions.calendar import propose_event
from pdtracker.actions.series import repeat_event
from pdtracker.domain.series import Repetition
from pdtracker.queries.one_event import event
from pdtracker.queries.related_events import related_events
from tests.calendars import entry, hours, load, proposal, statements, window
from tests.factories import Cast


def test_what_comes_stands_before_what_was_and_the_nearest_kin_first(cast: Cast) -> None:
    theme = ("Blended Learning",)
    ids = load(
        cast.database,
        entry("this", hours("2014-10-24T19:00"), themes=theme, hashtag="#ce14", host="CUE"),
        entry("same theme soon", hours("2014-10-25T19:00"), themes=theme),
        entry("same tag later", hours("2014-10-28T19:00"), hashtag="#CE14"),
        entry("same host", hours("2014-10-22T19:00"), host="CUE"),
        entry("same tag over", hours("2014-10-02T19:00"), hashtag="#ce14"),
        entry("same theme over", hours("2014-10-03T19:00"), themes=theme),
        entry("open all month", window("2014-10-01", "2014-10-31"), themes=theme),
        entry("no kin", hours("2014-10-25T19:00"), host="AASA"),
    )
    scope = cast.scope("ada")
    found = related_events(scope, event(scope, ids["this"]), 10)
    assert [one.title for one in found] == [
        "same tag later",
        "open all month",
        "same theme soon",
        "same host",
        "same tag over",
        "same theme over",
    ]
    assert [one.is_over for one in found] == [False] * 4 + [True] * 2
    assert found[0].why == "the same hashtag"


def test_a_proposal_of_somebody_else_and_another_district_are_not_among_them(cast: Cast) -> None:
    ids = load(cast.database, entry("this", hours("2014-10-24T19:00"), hashtag="#oak"))
    propose_event(cast.scope("ada"), proposal(hashtag="#oak", time=hours("2014-10-25T19:00")))
    propose_event(cast.scope("cam"), proposal("Ours", hashtag="#oak", time=hours("2014-10-26T19:00")))

    def titles(name: str) -> list[str]:
        scope = cast.scope(name)
        facts = event(scope, ids["this"])
        with statements(cast.database) as asked:
            found = [one.title for one in related_events(scope, facts, 4)]
        assert len(asked) == 1
        return found

    assert titles("bo") == ["Ours"]
    assert titles("dee") == []


def test_the_other_dates_of_its_series_are_not_among_them(cast: Cast) -> None:
    cam = cast.scope("cam")
    talk = propose_event(cam, proposal("Book talk", hashtag="#oak", time=hours("2014-10-25T19:00")))
    propose_event(cam, proposal("Another evening", hashtag="#oak", time=hours("2014-11-04T19:00")))
    assert repeat_event(cam, talk, Repetition(1, None, 4), key="weekly") == 4
    found = related_events(cam, event(cam, talk), 10)
    assert [one.title for one in found] == ["Another evening"]
