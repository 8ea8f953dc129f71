"""Series of events: made at once, changed and cancelled from one of them on, each claimed by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from pdtracker.actions.calendar import decide_proposal, propose_event
from pdtracker.actions.claims import begin_from_event
from pdtracker.actions.event_changes import change_event
from pdtracker.actions.series import cancel_following, change_following, repeat_event
from pdtracker.domain.agenda import Agenda, PlannedBreak, PlannedSession
from pdtracker.domain.calendar import EventTime
from pdtracker.domain.kinds import CreditCategory
from pdtracker.domain.refusals import NotHere, NotNow, NotPermitted, NotValid
from pdtracker.domain.series import Repetition
from pdtracker.domain.when import local
from pdtracker.models.events import Event, EventState
from pdtracker.queries.agendas import agenda_of
from pdtracker.queries.changing_events import editable, history
from pdtracker.queries.claims import own_claim
from pdtracker.queries.details import split_of_event
from pdtracker.queries.hosting import speaks_for
from pdtracker.queries.series import in_series
from tests.calendars import EASTERN, hours, proposal
from tests.factories import Cast

FIRST = hours("2014-10-07T19:00")
WEEKLY = Repetition(1, None, 4)
SPLIT = ((CreditCategory.CONTENT, 40), (CreditCategory.PEDAGOGY, 20))
TALK = proposal(
    "Book talk",
    time=FIRST,
    split=SPLIT,
    agenda=Agenda((PlannedSession("First half", FIRST.starts_at, FIRST.starts_at + timedelta(hours=1)),)),
)


def a_series(cast: Cast) -> list[int]:
    """Four book talks, one a week, hosted by Hal."""
    event_id = propose_event(cast.scope("hal"), TALK)
    decide_proposal(cast.scope("cam"), event_id, accept=True, reason="")
    assert repeat_event(cast.scope("hal"), event_id, WEEKLY, key="once") == 4
    cam = cast.scope("cam")
    found = cam.session.scalars(
        sa.select(Event.id).where(Event.series_id == event_id).order_by(Event.starts_at)
    ).all()
    cam.session.rollback()
    return list(found)


def begins(cast: Cast, event_ids: list[int]) -> list[str]:
    cam = cast.scope("cam")
    times = {
        row.id: row
        for row in cam.session.execute(
            sa.select(Event.id, Event.starts_at, Event.zone, Event.title, Event.state).where(
                Event.id.in_(event_ids)
            )
        )
    }
    cam.session.rollback()
    return [
        f"{local(times[one].starts_at, times[one].zone):%m-%d %H:%M} {times[one].title}" for one in event_ids
    ]


def test_a_series_is_made_at_once_with_all_that_belongs_to_its_first(cast: Cast) -> None:
    ids = a_series(cast)
    assert begins(cast, ids) == [f"10-{day} 19:00 Book talk" for day in ("07", "14", "21", "28")]
    last = cast.scope("hal")
    assert speaks_for(last, ids[3])
    assert split_of_event(last, ids[3]) == SPLIT
    (session,) = agenda_of(last, ids[3]).sessions
    assert (session.title, f"{local(session.starts_at, EASTERN):%m-%d %H:%M}") == (
        "First half",
        "10-28 19:00",
    )
    assert session.id != agenda_of(last, ids[0]).sessions[0].id


def test_the_same_form_sent_twice_is_one_series(cast: Cast) -> None:
    ids = a_series(cast)
    assert repeat_event(cast.scope("hal"), ids[0], WEEKLY, key="once") == 4
    with pytest.raises(NotNow) as refused:
        repeat_event(cast.scope("hal"), ids[1], WEEKLY, key="another")
    assert refused.value.code == "in_series"
    assert len(a_series_of(cast, ids[0])) == 4


def a_series_of(cast: Cast, event_id: int) -> list[int]:
    cam = cast.scope("cam")
    found = list(cam.session.scalars(sa.select(Event.id).where(Event.series_id == event_id)))
    cam.session.rollback()
    return found


def test_only_keepers_make_one_and_only_of_what_is_in_the_calendar(cast: Cast) -> None:
    proposed = propose_event(cast.scope("ada"), TALK)
    with pytest.raises(NotNow):
        repeat_event(cast.scope("ada"), proposed, WEEKLY, key="a")
    decide_proposal(cast.scope("cam"), proposed, accept=True, reason="")
    for name, refusal in (("hal", NotPermitted), ("dee", NotHere)):
        with pytest.raises(refusal):
            repeat_event(cast.scope(name), proposed, WEEKLY, key="b")
        with pytest.raises(refusal):
            cancel_following(cast.scope(name), proposed, "No.")
    with pytest.raises(NotValid):
        repeat_event(cast.scope("ada"), proposed, Repetition(1, None, 1), key="c")


def test_an_event_says_where_it_stands(cast: Cast) -> None:
    ids = a_series(cast)
    found = in_series(cast.scope("ada", FIRST.starts_at + timedelta(days=8)), ids[1])
    assert found is not None
    assert (found.words, found.next_id, found.following) == ("2nd of 4", ids[2], 2)
    assert in_series(cast.scope("dee"), ids[1]) is None
    assert (
        in_series(cast.scope("ada"), propose_event(cast.scope("cam"), replace(TALK, title="Alone"))) is None
    )


def test_this_one_changes_alone(cast: Cast) -> None:
    ids = a_series(cast)
    found = editable(cast.scope("hal"), ids[1])
    change_event(cast.scope("hal"), ids[1], replace(found.event, title="Guest"), seen_version=found.version)
    assert [one.split(" ", 2)[2] for one in begins(cast, ids)] == [
        "Book talk",
        "Guest",
        "Book talk",
        "Book talk",
    ]


def test_this_and_those_after_it_change_alike(cast: Cast) -> None:
    ids = a_series(cast)
    found = editable(cast.scope("hal"), ids[2])
    change_event(
        cast.scope("cam"),
        ids[3],
        replace(editable(cast.scope("cam"), ids[3]).event, platform="Gym"),
        seen_version=1,
    )
    later = EventTime(
        found.event.time.starts_at + timedelta(hours=25),
        found.event.time.starts_at + timedelta(hours=26),
        EASTERN,
        True,
    )
    told = replace(found.event, title="Wednesday talk", time=later)
    assert change_following(cast.scope("hal"), ids[2], told, seen_version=found.version) == 2
    assert begins(cast, ids) == [
        "10-07 19:00 Book talk",
        "10-14 19:00 Book talk",
        "10-22 20:00 Wednesday talk",
        "10-29 20:00 Wednesday talk",
    ]
    # What one of them has of its own stays, and its sessions came along.
    last = editable(cast.scope("hal"), ids[3]).event
    assert last.platform == "Gym"
    assert last.agenda.sessions[0].starts_at == last.time.starts_at
    assert [row.what for row in history(cast.scope("hal"), ids[3])][:1] == ["event.changed"]


def test_another_agenda_becomes_that_of_those_after_it(cast: Cast) -> None:
    ids = a_series(cast)
    hal = cast.scope("hal")
    sessions = [agenda_of(hal, one).sessions[0] for one in ids]
    own = editable(hal, ids[3])
    renamed = Agenda((replace(sessions[3], title="With a guest"),))
    change_event(hal, ids[3], replace(own.event, agenda=renamed), seen_version=own.version)

    found = editable(hal, ids[1])
    quarter = timedelta(minutes=15)
    first = replace(sessions[1], title="Reading", ends_at=sessions[1].starts_at + 2 * quarter)
    second = PlannedSession("Talking", first.ends_at + quarter, first.ends_at + 2 * quarter)
    told = replace(
        found.event, agenda=Agenda((first, second), (PlannedBreak(first.ends_at, second.starts_at),))
    )
    told = replace(told, split=())
    assert change_following(hal, ids[1], told, seen_version=found.version) == 3
    assert agenda_of(hal, ids[0]).sessions == (sessions[0],)
    after = agenda_of(hal, ids[2])
    assert [f"{one.title} {local(one.starts_at, EASTERN):%m-%d %H:%M}" for one in after.sessions] == [
        "Reading 10-21 19:00",
        "Talking 10-21 19:45",
    ]
    # It is the session that calendars, desks and claims know.
    assert after.sessions[0].id == sessions[2].id
    assert len(after.breaks) == 1
    assert [one.title for one in agenda_of(hal, ids[3]).sessions] == ["With a guest"]


def test_a_change_that_fits_one_of_them_not_changes_none(cast: Cast) -> None:
    ids = a_series(cast)
    found = editable(cast.scope("hal"), ids[1])
    with pytest.raises(NotValid):
        change_following(
            cast.scope("hal"), ids[1], replace(found.event, title=""), seen_version=found.version
        )
    with pytest.raises(NotNow):
        change_following(cast.scope("hal"), ids[1], found.event, seen_version=found.version + 1)
    assert len({one.split(" ", 2)[2] for one in begins(cast, ids)}) == 1


def test_this_and_those_after_it_are_cancelled_and_claims_stay(cast: Cast) -> None:
    ids = a_series(cast)
    at = FIRST.starts_at + timedelta(days=15)
    claim_id = begin_from_event(cast.scope("ada", at), ids[1])
    assert cancel_following(cast.scope("hal"), ids[1], "The library closes.") == 3
    cam = cast.scope("cam")
    states = {
        row.id: row.state
        for row in cam.session.execute(sa.select(Event.id, Event.state).where(Event.id.in_(ids)))
    }
    cam.session.rollback()
    assert [states[one] for one in ids] == [EventState.PUBLISHED, *[EventState.CANCELLED] * 3]
    assert own_claim(cast.scope("ada"), claim_id).title == "Book talk"
    with pytest.raises(NotNow):
        cancel_following(cast.scope("hal"), ids[1], "Again.")
