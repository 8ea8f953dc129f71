"""Marking an event as one's own, and the letters about it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from pdtracker.actions.calendar import propose_event
from pdtracker.actions.claims import begin_from_event
from pdtracker.actions.event_changes import cancel_event, change_event, reinstate_event
from pdtracker.actions.going import mark_going, set_reminder, unmark_going
from pdtracker.actions.moderating import merge_event
from pdtracker.actions.registering import give_up, register, set_terms
from pdtracker.domain.going import Tie
from pdtracker.domain.refusals import NotHere, NotNow, NotPermitted
from pdtracker.jobs import write_event_letters
from pdtracker.models.going import Going
from pdtracker.models.records import AuditEntry, OutboxMail
from pdtracker.queries.changing_events import editable
from pdtracker.queries.going import mine_among, my_coming, my_mark, my_past
from pdtracker.scope import Scope
from tests.calendars import entry, hours, load, proposal, statements
from tests.factories import NOW, Cast

TALK = proposal(time=hours("2014-10-27T16:00"))
OVER = TALK.time.starts_at + timedelta(hours=2)


@pytest.fixture
def event_id(cast: Cast) -> int:
    """An event of the district in a week."""
    return propose_event(cast.scope("cam"), TALK)


def letters(cast: Cast, at: datetime = NOW) -> list[tuple[str, str]]:
    """What the worker writes now: to whom, and with which subject."""
    known = {row.id for row in mail(cast)}
    write_event_letters(cast.database, base_url="https://pd.example", at=at)
    return [(row.to_name.partition(" ")[0], row.subject) for row in mail(cast) if row.id not in known]


def mail(cast: Cast) -> list[OutboxMail]:
    """The outbox, in order."""
    return list(cast.operator().session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id)))


def marks(cast: Cast) -> int:
    """How many marks there are."""
    return cast.operator().session.scalars(sa.select(sa.func.count()).select_from(Going)).one()


def another(cast: Cast, **more: object) -> int:
    """Another event of the district."""
    return propose_event(cast.scope("cam"), replace(TALK, title="Another", **more))  # type: ignore[arg-type]


def test_a_mark_is_made_once_and_taken_back_once(cast: Cast, event_id: int) -> None:
    for _ in range(2):
        mark_going(cast.scope("ada"), event_id)
    assert marks(cast) == 1
    assert mine_among(cast.scope("ada"), [event_id]).ties == {event_id: Tie.GOING}
    assert mine_among(cast.scope("bo"), [event_id]).ties == {}
    for _ in range(2):
        unmark_going(cast.scope("ada"), event_id)
    assert mine_among(cast.scope("ada"), [event_id]).ties == {}
    told = cast.operator().session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert [one for one in told if "going" in one] == ["event.going", "event.not_going"]


def test_two_forms_at_once_make_one_mark(cast: Cast, event_id: int) -> None:
    # Without the lock on the person in `mark_going` the second one breaks the table's rule on PostgreSQL.
    barrier = threading.Barrier(4)

    def ask(scope: Scope) -> None:
        barrier.wait(timeout=30)
        mark_going(scope, event_id)

    scopes = [cast.scope("ada") for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(ask, scopes))
    assert marks(cast) == 1


def test_an_event_of_the_shared_calendar_is_marked_for_oneself_only(cast: Cast) -> None:
    shared = load(cast.database, entry("shared", TALK.time))["shared"]
    mark_going(cast.scope("ada"), shared)
    mark_going(cast.scope("dee"), shared)
    unmark_going(cast.scope("dee"), shared)
    assert my_mark(cast.scope("ada"), shared) is not None


def test_what_is_not_seen_over_or_cancelled_is_not_marked(cast: Cast, event_id: int) -> None:
    with pytest.raises(NotHere):
        mark_going(cast.scope("dee"), event_id)
    with pytest.raises(NotHere):
        set_reminder(cast.scope("ada"), event_id, wanted=False)
    with pytest.raises(NotPermitted):
        mark_going(cast.scope("hal"), event_id)
    with pytest.raises(NotNow):
        mark_going(cast.scope("ada", OVER), event_id)
    cancel_event(cast.scope("cam"), event_id, "Flooded.")
    with pytest.raises(NotNow):
        mark_going(cast.scope("ada"), event_id)


def test_a_registration_takes_the_place_of_a_mark(cast: Cast, event_id: int) -> None:
    mark_going(cast.scope("ada"), event_id)
    set_terms(cast.scope("cam"), event_id, places=5, closes_at=None)
    register(cast.scope("ada"), event_id)
    assert marks(cast) == 0
    mark_going(cast.scope("ada"), event_id)
    assert marks(cast) == 0
    assert mine_among(cast.scope("ada"), [event_id]).ties == {event_id: Tie.REGISTERED}
    give_up(cast.scope("ada"), event_id)
    with pytest.raises(NotNow, match="register"):
        mark_going(cast.scope("ada"), event_id)


def test_who_goes_is_told_of_a_move_a_cancellation_and_its_end(cast: Cast, event_id: int) -> None:
    mark_going(cast.scope("ada"), event_id)
    assert letters(cast) == []
    cam = cast.scope("cam")
    later = replace(TALK, time=hours("2014-10-28T16:00"))
    change_event(cam, event_id, later, seen_version=editable(cam, event_id).version)
    assert letters(cast) == [("Ada", f"Changed: {TALK.title}")]
    assert "to which you are going" in mail(cast)[-1].body
    assert "take it out of your calendar" in mail(cast)[-1].body
    cancel_event(cam, event_id, "Flooded.")
    assert letters(cast) == [("Ada", f"Cancelled: {TALK.title}")]
    assert letters(cast) == []
    reinstate_event(cam, event_id)
    assert letters(cast) == [("Ada", f"It takes place: {TALK.title}")]
    assert "still in your calendar" in mail(cast)[-1].body


def test_a_reminder_comes_to_who_wants_it(cast: Cast, event_id: int) -> None:
    mark_going(cast.scope("ada"), event_id)
    soon = TALK.time.starts_at - timedelta(hours=24)
    set_reminder(cast.scope("ada"), event_id, wanted=False)
    assert letters(cast, soon) == []
    set_reminder(cast.scope("ada"), event_id, wanted=True)
    assert letters(cast, soon) == [("Ada", f"Soon: {TALK.title}")]
    assert "You are going to" in mail(cast)[-1].body
    assert letters(cast, soon + timedelta(minutes=5)) == []


def test_who_marks_it_on_the_last_day_is_not_reminded(cast: Cast, event_id: int) -> None:
    mark_going(cast.scope("ada", TALK.time.starts_at - timedelta(hours=2)), event_id)
    assert letters(cast, TALK.time.starts_at - timedelta(hours=1)) == []


def test_an_event_that_is_moved_back_writes_no_letter_twice(cast: Cast, event_id: int) -> None:
    mark_going(cast.scope("ada"), event_id)
    cam, soon = cast.scope("cam"), TALK.time.starts_at - timedelta(hours=20)
    assert letters(cast, soon) == [("Ada", f"Soon: {TALK.title}")]
    for time in (hours("2014-11-27T16:00"), TALK.time):
        change_event(cam, event_id, replace(TALK, time=time), seen_version=editable(cam, event_id).version)
        assert letters(cast, soon) == [("Ada", f"Changed: {TALK.title}")]


def test_after_the_end_who_has_not_logged_it_is_asked_exactly_once(cast: Cast, event_id: int) -> None:
    mark_going(cast.scope("ada"), event_id)
    assert letters(cast, OVER) == [("Ada", f"Log it while it is fresh: {TALK.title}")]
    # The host adds a link to the recording: the event has another version, and nothing more is written.
    cam = cast.scope("cam", OVER)
    change_event(cam, event_id, replace(TALK, title="Renamed"), seen_version=editable(cam, event_id).version)
    assert letters(cast, OVER + timedelta(hours=1)) == []


def test_who_has_logged_it_is_not_asked_even_when_the_event_changes(cast: Cast, event_id: int) -> None:
    mark_going(cast.scope("ada"), event_id)
    begin_from_event(cast.scope("ada", OVER), event_id)
    cam = cast.scope("cam", OVER)
    change_event(cam, event_id, replace(TALK, title="Renamed"), seen_version=editable(cam, event_id).version)
    assert letters(cast, OVER) == []


def test_marks_go_along_with_a_merged_event(cast: Cast, event_id: int) -> None:
    double = another(cast)
    mark_going(cast.scope("ada"), double)
    merge_event(cast.scope("cam"), double, event_id)
    assert mine_among(cast.scope("ada"), [double, event_id]).ties == {event_id: Tie.GOING}
    # It is at the same time and place: there is nothing to tell.
    assert letters(cast) == []


def test_who_marked_both_goes_once_and_is_told_of_another_time(cast: Cast, event_id: int) -> None:
    double = another(cast)
    for one in (double, event_id):
        mark_going(cast.scope("ada"), one)
    elsewhere = another(cast, time=hours("2014-10-30T09:00"))
    merge_event(cast.scope("cam"), double, event_id)
    assert marks(cast) == 1
    merge_event(cast.scope("cam"), event_id, elsewhere)
    assert letters(cast) == [("Ada", "Changed: Another")]


def test_a_registration_becomes_a_mark_where_the_remaining_event_gives_out_no_places(
    cast: Cast, event_id: int
) -> None:
    double = another(cast)
    set_terms(cast.scope("cam"), double, places=1, closes_at=None)
    register(cast.scope("ada"), double)
    merge_event(cast.scope("cam"), double, event_id)
    assert mine_among(cast.scope("ada"), [double, event_id]).ties == {event_id: Tie.GOING}
    assert letters(cast) == []


def test_a_mark_and_a_place_are_one_after_a_merger(cast: Cast, event_id: int) -> None:
    mark_going(cast.scope("ada"), event_id)
    double = another(cast)
    for one in (event_id, double):
        set_terms(cast.scope("cam"), one, places=9, closes_at=None)
    register(cast.scope("ada"), double)
    merge_event(cast.scope("cam"), double, event_id)
    assert mine_among(cast.scope("ada"), [double, event_id]).ties == {event_id: Tie.REGISTERED}
    assert marks(cast) == 0


def test_what_comes_and_what_is_over_lie_apart(cast: Cast, event_id: int) -> None:
    later = another(cast, time=hours("2014-10-29T16:00"))
    for one in (later, event_id):
        mark_going(cast.scope("ada"), one)
    ada = cast.scope("ada", OVER)
    assert [one.event.id for one in my_coming(cast.scope("ada"), 9, with_cancelled=True)] == [event_id, later]
    assert [one.event.id for one in my_coming(ada, 9, with_cancelled=True)] == [later]
    assert [one.event.id for one in my_past(ada, 9, None).rows] == [event_id]
    cancel_event(cast.scope("cam"), later, "Flooded.")
    ada = cast.scope("ada", OVER)
    assert my_coming(ada, 9, with_cancelled=False) == ()
    assert [one.event.id for one in my_coming(ada, 9, with_cancelled=True)] == [later]


def test_letters_take_as_many_statements_for_many_as_for_one(cast: Cast) -> None:
    counts = []
    for number in (1, 4):
        for index in range(number):
            at = TALK.time.starts_at + timedelta(days=number, minutes=index)
            time = replace(TALK.time, starts_at=at, ends_at=at + timedelta(hours=1))
            mark_going(cast.scope("ada"), another(cast, time=time))
        with statements(cast.database) as asked:
            letters(cast, TALK.time.starts_at + timedelta(days=number, hours=-5))
        counts.append(sum(one.startswith("SELECT") for one in asked))
    assert counts[0] == counts[1]
