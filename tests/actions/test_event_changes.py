"""Changing, cancelling and bringing back an event: who may, what is kept, what claims keep."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from pdtracker.actions.calendar import decide_proposal, name_hosts, propose_event
from pdtracker.actions.claims import begin_from_event
from pdtracker.actions.event_changes import cancel_event, change_event, reinstate_event
from pdtracker.domain.event_change import Aspect
from pdtracker.domain.kinds import CreditCategory
from pdtracker.domain.refusals import NotHere, NotNow, NotPermitted, NotValid
from pdtracker.domain.search import search_words
from pdtracker.models.claims import Claim
from pdtracker.models.events import Event, EventCoHost, EventState, EventTheme
from pdtracker.queries.changing_events import editable, history
from pdtracker.queries.details import split_of_event
from pdtracker.queries.event_filters import EventFilter
from pdtracker.queries.events import events_page
from pdtracker.queries.one_event import event
from pdtracker.queries.programmes import themes_to_choose
from pdtracker.reach import ForeignRow
from pdtracker.scope import Scope
from tests.calendars import entry, hours, load, proposal
from tests.factories import Cast

TALK = proposal(time=hours("2014-10-20T08:00"))
SPLIT = ((CreditCategory.CONTENT, 40), (CreditCategory.PEDAGOGY, 20))


def published(cast: Cast, who: str = "ada") -> int:
    """An event that somebody proposed and hosts, in the calendar."""
    event_id = propose_event(cast.scope(who), TALK)
    if who != "cam":
        decide_proposal(cast.scope("cam"), event_id, accept=True, reason="")
    return event_id


def version_of(scope: Scope, event_id: int) -> int:
    return editable(scope, event_id).version


def test_its_host_changes_an_event(cast: Cast) -> None:
    event_id = published(cast)
    later = replace(TALK, title="Another talk", host="Maple Street School", split=SPLIT)
    found = change_event(cast.scope("ada"), event_id, later, seen_version=1)
    assert [change.aspect.value for change in found] == ["title", "host", "category"]
    now = editable(cast.scope("cam"), event_id)
    assert (now.version, now.event.title, now.event.host) == (2, "Another talk", "Maple Street School")
    assert split_of_event(cast.scope("bo"), event_id) == SPLIT
    found_by = EventFilter(words=search_words("another maple"))
    assert [row.id for row in events_page(cast.scope("bo"), found_by, 5).rows] == [event_id]


def test_a_split_changes_and_goes_again(cast: Cast) -> None:
    event_id = published(cast)
    other = ((CreditCategory.CONTENT, 30), (CreditCategory.ELL, 30))
    for version, split in enumerate((SPLIT, other, ()), start=1):
        change_event(cast.scope("ada"), event_id, replace(TALK, split=split), seen_version=version)
        assert split_of_event(cast.scope("ada"), event_id) == split


def test_what_changes_nothing_is_no_change(cast: Cast) -> None:
    event_id = published(cast)
    told = len(history(cast.scope("ada"), event_id))
    assert change_event(cast.scope("ada"), event_id, TALK, seen_version=1) == ()
    assert version_of(cast.scope("ada"), event_id) == 1
    assert len(history(cast.scope("ada"), event_id)) == told


def test_the_second_of_two_editors_is_told(cast: Cast) -> None:
    event_id = published(cast)
    change_event(cast.scope("cam"), event_id, replace(TALK, title="Cam's words"), seen_version=1)
    with pytest.raises(NotNow) as refused:
        change_event(cast.scope("ada"), event_id, replace(TALK, title="Ada's words"), seen_version=1)
    assert refused.value.code == "event_changed"
    assert editable(cast.scope("ada"), event_id).event.title == "Cam's words"


def test_others_than_hosts_and_administrators_change_nothing(cast: Cast) -> None:
    event_id = published(cast)
    for name, refusal in (("bo", NotPermitted), ("hal", NotPermitted), ("dee", NotHere)):
        with pytest.raises(refusal):
            change_event(cast.scope(name), event_id, replace(TALK, title="Mine"), seen_version=1)
        with pytest.raises(refusal):
            cancel_event(cast.scope(name), event_id, "No.")
        with pytest.raises(refusal):
            reinstate_event(cast.scope(name), event_id)
        with pytest.raises(refusal):
            editable(cast.scope(name), event_id)


def test_a_named_host_keeps_the_event_too(cast: Cast) -> None:
    event_id = published(cast)
    name_hosts(cast.scope("cam"), {event_id: [cast.person_ids["hal"]]})
    change_event(cast.scope("hal"), event_id, replace(TALK, title="Hal's words"), seen_version=1)


def test_the_shared_calendar_is_changed_by_no_district(cast: Cast) -> None:
    shared = load(cast.database, entry("shared", hours("2014-10-14T19:00")))["shared"]
    with pytest.raises(NotHere):
        change_event(cast.scope("cam"), shared, TALK, seen_version=1)
    with pytest.raises(NotHere):
        cancel_event(cast.scope("cam"), shared, "No.")


def test_a_change_is_refused_as_a_proposal_is(cast: Cast) -> None:
    event_id = published(cast)
    for wrong in (replace(TALK, title=""), replace(TALK, programme_id=77)):
        with pytest.raises(NotValid):
            change_event(cast.scope("ada"), event_id, wrong, seen_version=1)


def test_claims_that_were_made_keep_what_they_copied(cast: Cast) -> None:
    event_id = published(cast)
    bo_changes = replace(TALK, title="Shorter", time=hours("2014-10-20T09:00", 30), host="Elsewhere")
    claim_id = begin_from_event(cast.scope("ada"), event_id)
    before = cast.scope("ada").session.get_one(Claim, (cast.maplewood.id, claim_id))
    change_event(cast.scope("cam"), event_id, bo_changes, seen_version=1)
    cancel_event(cast.scope("cam"), event_id, "Nobody came.")
    after = cast.scope("ada").session.get_one(Claim, (cast.maplewood.id, claim_id))
    for name in ("title", "host", "session_starts_at", "session_ends_at", "claimed_minutes", "version"):
        assert getattr(after, name) == getattr(before, name)


def test_a_cancelled_event_stays_with_its_reason_and_comes_back(cast: Cast) -> None:
    event_id = published(cast)
    cancel_event(cast.scope("ada"), event_id, "The library is flooded.")
    facts = event(cast.scope("bo"), event_id)
    assert (facts.state, facts.cancel_reason) == (EventState.CANCELLED, "The library is flooded.")
    with pytest.raises(NotNow):
        begin_from_event(cast.scope("ada"), event_id)
    with pytest.raises(NotNow):
        change_event(cast.scope("ada"), event_id, replace(TALK, title="Moved"), seen_version=2)
    with pytest.raises(NotNow):
        cancel_event(cast.scope("ada"), event_id, "Again.")
    reinstate_event(cast.scope("ada"), event_id)
    facts = event(cast.scope("bo"), event_id)
    assert (facts.state, facts.cancel_reason) == (EventState.PUBLISHED, "")
    with pytest.raises(NotNow):
        reinstate_event(cast.scope("ada"), event_id)


def test_cancelling_needs_a_reason_and_an_event_of_the_calendar(cast: Cast) -> None:
    with pytest.raises(NotValid):
        cancel_event(cast.scope("ada"), published(cast), "")
    waiting = propose_event(cast.scope("ada"), TALK)
    with pytest.raises(NotNow):
        cancel_event(cast.scope("ada"), waiting, "No.")


def test_a_refused_proposal_is_not_changed_and_in_no_list(cast: Cast) -> None:
    event_id = propose_event(cast.scope("ada"), TALK)
    assert [row.id for row in events_page(cast.scope("ada"), EventFilter(), 5).rows] == [event_id]
    decide_proposal(cast.scope("cam"), event_id, accept=False, reason="Twice.")
    with pytest.raises(NotNow):
        change_event(cast.scope("ada"), event_id, replace(TALK, title="Once"), seen_version=1)
    for name in ("ada", "cam"):
        assert events_page(cast.scope(name), EventFilter(), 5).rows == ()


def test_each_change_counts_and_is_in_the_history(cast: Cast) -> None:
    event_id = published(cast)
    ada = cast.scope("ada")
    change_event(ada, event_id, replace(TALK, platform="Gym"), seen_version=1)
    cancel_event(cast.scope("cam"), event_id, "Flooded.")
    reinstate_event(cast.scope("cam"), event_id)
    kept = ada.session.execute(sa.select(Event.version, Event.changed_at).where(Event.id == event_id)).one()
    assert tuple(kept) == (4, ada.at)
    rows = history(cast.scope("ada"), event_id)
    assert [row.what for row in rows] == [
        "event.reinstated",
        "event.cancelled",
        "event.changed",
        "event.accepted",
        "event.proposed",
    ]
    assert rows[2].by_name == "Ada Lindqvist"
    assert rows[2].facts["changes"] == [["platform", "Library", "Gym"]]


def test_co_hosts_and_themes_come_and_go_with_an_event(cast: Cast) -> None:
    load(cast.database)
    ada = cast.scope("ada")
    every = themes_to_choose(ada)
    season = every[0].programme_id
    first, second = (one.id for one in every[:2])
    told = proposal(programme_id=season, theme_ids=(first, second), co_hosts=("Edcamp", "Oak Street PTA"))
    event_id = propose_event(ada, told)
    shown = event(ada, event_id)
    assert [one.name for one in shown.co_hosts] == ["Edcamp", "Oak Street PTA"]
    assert {one.id for one in shown.themes} == {first, second}
    found = editable(ada, event_id)
    assert (found.event.co_hosts, found.event.theme_ids) == (told.co_hosts, told.theme_ids)

    after = replace(found.event, co_hosts=("Edcamp", "A library"), theme_ids=(second,))
    changed = change_event(ada, event_id, after, seen_version=found.version)
    assert [change.aspect for change in changed] == [Aspect.CO_HOSTS, Aspect.THEMES]
    assert changed[0].after == "Edcamp, A library"
    assert changed[1].after == every[1].name
    shown = event(ada, event_id)
    assert [one.name for one in shown.co_hosts] == ["A library", "Edcamp"]
    assert [one.id for one in shown.themes] == [second]


def test_a_theme_is_of_the_programme_that_the_event_is_part_of(cast: Cast) -> None:
    load(cast.database)
    theme = themes_to_choose(cast.scope("ada"))[0]
    with pytest.raises(NotValid) as refused:
        propose_event(cast.scope("ada"), proposal(theme_ids=(theme.id,)))
    assert list(refused.value.errors) == ["themes"]


@pytest.mark.parametrize("part", ["theme", "co_host"])
def test_what_a_shared_event_names_is_changed_by_no_district(cast: Cast, part: str) -> None:
    ids = load(cast.database, entry("chat", hours("2014-10-14T19:00"), co_hosts=("Edcamp",)))
    cam = cast.scope("cam")
    named = event(cam, ids["chat"]).co_hosts[0].id
    row = (
        EventTheme(event_id=ids["chat"], theme_id=themes_to_choose(cam)[0].id)
        if part == "theme"
        else EventCoHost(event_id=ids["chat"], organization_id=named)
    )
    with cam.session.writing():
        held = cam.session.get(Event, ids["chat"])
        assert held is not None
        cam.session.add(row)
        with pytest.raises(ForeignRow, match="not this session's own"):
            cam.session.flush()
        cam.session.expunge(row)
