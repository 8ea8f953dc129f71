"""Sessions and breaks of an event: kept by id, moved along, told to calendars, and held by what belongs to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from pdtracker.actions.calendar import decide_proposal, propose_event
from pdtracker.actions.check_in_desks import set_up_desks
from pdtracker.actions.event_changes import change_event
from pdtracker.domain.agenda import Agenda, PlannedBreak, PlannedSession
from pdtracker.domain.calendar import EventTime
from pdtracker.domain.refusals import NotValid
from pdtracker.queries.agendas import agenda_of
from pdtracker.queries.changing_events import editable, history
from pdtracker.queries.feeds import entries, feed_event
from tests.calendars import hours, proposal
from tests.factories import Cast

DAY = hours("2014-10-20T09:00", 420)
_HOUR = timedelta(hours=1)
FIRST = PlannedSession("Opening", DAY.starts_at, DAY.starts_at + _HOUR)
SECOND = PlannedSession("Workshops", DAY.starts_at + 2 * _HOUR, DAY.starts_at + 3 * _HOUR)
LUNCH = PlannedBreak(DAY.starts_at + 3 * _HOUR, DAY.starts_at + 4 * _HOUR)
SUMMIT = proposal("Summit", time=DAY, agenda=Agenda((SECOND, FIRST), (LUNCH,)))


def published(cast: Cast) -> int:
    event_id = propose_event(cast.scope("hal"), SUMMIT)
    decide_proposal(cast.scope("cam"), event_id, accept=True, reason="")
    return event_id


def now(cast: Cast, event_id: int) -> Agenda:
    return agenda_of(cast.scope("ada"), event_id)


def test_a_proposal_brings_its_sessions_by_start(cast: Cast) -> None:
    agenda = now(cast, published(cast))
    assert [one.title for one in agenda.sessions] == ["Opening", "Workshops"]
    assert agenda.breaks == (LUNCH,)


def test_a_moved_event_takes_its_sessions_along_and_feeds_hear_of_it(cast: Cast) -> None:
    event_id = published(cast)
    found = editable(cast.scope("hal"), event_id)
    before = feed_event(cast.scope("ada"), event_id)
    later = EventTime(DAY.starts_at + _HOUR, DAY.starts_at + 8 * _HOUR, DAY.zone, True)
    changes = change_event(
        cast.scope("hal"), event_id, replace(found.event, time=later), seen_version=found.version
    )
    assert [change.aspect.value for change in changes] == ["time", "agenda"]
    told = list(entries(feed_event(cast.scope("ada"), event_id), "https://pd.example/events/x"))
    earlier = list(entries(before, "https://pd.example/events/x"))
    assert [one.uid for one in told] == [one.uid for one in earlier]
    assert [one.time.starts_at for one in told] == [one.time.starts_at + _HOUR for one in earlier]
    assert {one.sequence for one in told} == {earlier[0].sequence + 1}
    listed = history(cast.scope("hal"), event_id)[0].facts["changes"]
    assert [name for name, _, _ in listed] == ["time", "agenda"]


def test_sessions_change_places_and_keep_their_ids(cast: Cast) -> None:
    event_id = published(cast)
    found = editable(cast.scope("hal"), event_id)
    first, second = found.event.agenda.sessions
    swapped = Agenda(
        (
            replace(first, starts_at=DAY.starts_at + 5 * _HOUR, ends_at=DAY.starts_at + 6 * _HOUR),
            replace(second, title="Hands on"),
            PlannedSession("Before all", DAY.starts_at, DAY.starts_at + _HOUR),
        )
    )
    change_event(
        cast.scope("hal"), event_id, replace(found.event, agenda=swapped), seen_version=found.version
    )
    agenda = now(cast, event_id)
    assert [one.title for one in agenda.sessions] == ["Before all", "Hands on", "Opening"]
    assert [one.id for one in agenda.sessions[1:]] == [second.id, first.id]
    assert agenda.breaks == ()


def test_a_session_is_taken_out_unless_a_desk_belongs_to_it(cast: Cast) -> None:
    event_id = published(cast)
    found = editable(cast.scope("hal"), event_id)
    second = found.event.agenda.sessions[1]
    change_event(
        cast.scope("hal"),
        event_id,
        replace(found.event, agenda=Agenda((second,), (LUNCH,))),
        seen_version=found.version,
    )
    assert [one.id for one in now(cast, event_id).sessions] == [second.id]
    set_up_desks(cast.scope("hal"), event_id)
    with pytest.raises(NotValid) as refused:
        change_event(
            cast.scope("hal"), event_id, replace(found.event, agenda=Agenda()), seen_version=found.version + 1
        )
    assert refused.value.errors["agenda"].startswith("Workshops stays")
    assert [one.id for one in now(cast, event_id).sessions] == [second.id]


def test_another_events_session_is_no_session_of_this_one(cast: Cast) -> None:
    one, other = published(cast), propose_event(cast.scope("hal"), replace(SUMMIT, title="Another"))
    theirs = now(cast, one).sessions[0]
    found = editable(cast.scope("hal"), other)
    change_event(
        cast.scope("hal"),
        other,
        replace(found.event, agenda=Agenda((replace(theirs, title="Taken over"),))),
        seen_version=found.version,
    )
    assert now(cast, one).sessions[0] == theirs
    assert agenda_of(cast.scope("hal"), other).sessions[0].id != theirs.id
