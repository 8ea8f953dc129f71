"""Registering, the line, and the letters about it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from pdtracker.actions.calendar import decide_proposal, propose_event
from pdtracker.actions.claims import begin_from_event
from pdtracker.actions.event_changes import cancel_event, change_event, reinstate_event
from pdtracker.actions.moderating import merge_event
from pdtracker.actions.registering import give_up, register, set_terms
from pdtracker.domain.going import Tie
from pdtracker.domain.refusals import NotHere, NotNow, NotPermitted, NotValid
from pdtracker.domain.registration import RegistrationState
from pdtracker.jobs import write_event_letters
from pdtracker.models.people import Account
from pdtracker.models.records import OutboxMail
from pdtracker.models.registrations import Registration
from pdtracker.queries.changing_events import editable
from pdtracker.queries.going import my_coming
from pdtracker.queries.registrations import attendees, places
from pdtracker.scope import Scope
from tests.calendars import entry, hours, load, proposal, statements
from tests.factories import NOW, Cast

REGISTERED, WAITING = RegistrationState.REGISTERED, RegistrationState.WAITING
TALK = proposal(time=hours("2014-10-27T16:00"))


def an_event(cast: Cast, seats: int | None = 1, host: str = "cam") -> int:
    """An event in a week, which asks people to register."""
    event_id = propose_event(cast.scope(host), TALK)
    if host != "cam":
        decide_proposal(cast.scope("cam"), event_id, accept=True, reason="")
    set_terms(cast.scope(host), event_id, places=seats, closes_at=None)
    return event_id


def letters(cast: Cast, at: object = None) -> list[tuple[str, str]]:
    """What the worker writes now: to whom, and with which subject."""
    known = set(_mail(cast))
    write_event_letters(cast.database, base_url="https://pd.example", at=at or NOW)  # type: ignore[arg-type]
    return [
        (row.to_name.partition(" ")[0], row.subject) for key, row in _mail(cast).items() if key not in known
    ]


def _mail(cast: Cast) -> Mapping[str, OutboxMail]:
    rows = cast.operator().session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id))
    return {row.dedupe_key: row for row in rows}


def states(cast: Cast, event_id: int) -> list[tuple[str, RegistrationState]]:
    return [(one.name.partition(" ")[0], one.state) for one in attendees(cast.operator(), event_id)]


def test_the_last_place_is_taken_and_the_next_one_waits(cast: Cast) -> None:
    event_id = an_event(cast)
    assert register(cast.scope("ada"), event_id) is REGISTERED
    assert register(cast.scope("ada"), event_id) is REGISTERED
    assert register(cast.scope("bo"), event_id) is WAITING
    assert states(cast, event_id) == [("Ada", REGISTERED), ("Bo", WAITING)]
    mine = places(cast.scope("bo"), event_id)
    assert mine is not None
    assert (mine.mine, mine.ahead, mine.left, mine.waiting) == (WAITING, 0, 0, 1)


def test_who_waited_longest_gets_what_becomes_free(cast: Cast) -> None:
    event_id = an_event(cast)
    for minute, name in enumerate(("ada", "bo", "hal")):
        register(cast.scope(name, NOW + timedelta(minutes=minute)), event_id)
    give_up(cast.scope("ada"), event_id)
    give_up(cast.scope("ada"), event_id)
    assert states(cast, event_id) == [("Bo", REGISTERED), ("Hal", WAITING)]
    # Who comes back stands at the end.
    assert register(cast.scope("ada", NOW + timedelta(hours=1)), event_id) is WAITING
    give_up(cast.scope("bo"), event_id)
    assert states(cast, event_id) == [("Hal", REGISTERED), ("Ada", WAITING)]


def test_more_places_take_from_the_line_and_fewer_take_from_nobody(cast: Cast) -> None:
    event_id = an_event(cast)
    for name in ("ada", "bo", "hal"):
        register(cast.scope(name), event_id)
    assert set_terms(cast.scope("cam"), event_id, places=2, closes_at=None) == 1
    assert set_terms(cast.scope("cam"), event_id, places=1, closes_at=None) == 0
    assert [state for _, state in states(cast, event_id)] == [REGISTERED, REGISTERED, WAITING]
    assert set_terms(cast.scope("cam"), event_id, places=None, closes_at=None) == 1


def test_registration_is_refused_with_its_reason(cast: Cast) -> None:
    bare = propose_event(cast.scope("cam"), TALK)
    with pytest.raises(NotNow, match="come as you are"):
        register(cast.scope("ada"), bare)
    event_id = an_event(cast)
    set_terms(cast.scope("cam"), event_id, places=1, closes_at=NOW)
    with pytest.raises(NotNow, match="Registration was possible until"):
        register(cast.scope("ada"), event_id)
    set_terms(cast.scope("cam"), event_id, places=1, closes_at=None)
    with pytest.raises(NotNow, match="It has begun"):
        register(cast.scope("ada", TALK.time.starts_at), event_id)
    cancel_event(cast.scope("cam"), event_id, "Flooded.")
    with pytest.raises(NotNow):
        register(cast.scope("ada"), event_id)
    with pytest.raises(NotHere):
        register(cast.scope("dee"), event_id)
    with pytest.raises(NotHere):
        give_up(cast.scope("bo"), event_id)


def test_only_keepers_set_terms(cast: Cast) -> None:
    event_id = an_event(cast, host="ada")
    with pytest.raises(NotPermitted):
        set_terms(cast.scope("bo"), event_id, places=5, closes_at=None)
    shared = load(cast.database, entry("shared", TALK.time))["shared"]
    with pytest.raises(NotHere):
        set_terms(cast.scope("cam"), shared, places=5, closes_at=None)
    for wrong in (0, -1, 100_001):
        with pytest.raises(NotValid):
            set_terms(cast.scope("cam"), event_id, places=wrong, closes_at=None)
    with pytest.raises(NotValid):
        set_terms(cast.scope("cam"), event_id, places=1, closes_at=NOW + timedelta(days=90))


def test_the_last_place_is_given_once_to_many_who_ask_at_once(cast: Cast) -> None:
    # Without `with_for_update` in `_locked_terms` this fails on PostgreSQL; on SQLite BEGIN IMMEDIATE is the lock.
    event_id = an_event(cast, seats=2)
    names = ("ada", "bo", "cam", "hal")
    barrier = threading.Barrier(len(names))

    def ask(scope: Scope) -> RegistrationState:
        barrier.wait(timeout=30)
        return register(scope, event_id)

    scopes = [cast.scope(name) for name in names]
    with ThreadPoolExecutor(len(names)) as pool:
        got = list(pool.map(ask, scopes))
    assert sorted(got) == [REGISTERED, REGISTERED, WAITING, WAITING]


def test_who_comes_is_told_once_of_another_time_and_of_none_in_between(cast: Cast) -> None:
    event_id = an_event(cast)
    register(cast.scope("ada"), event_id)
    assert letters(cast) == []
    cam = cast.scope("cam")
    change_event(cam, event_id, replace(TALK, title="Another title"), seen_version=1)
    assert letters(cast) == []
    for platform in ("Gym", "Room 12"):
        version = editable(cam, event_id).version
        change_event(cam, event_id, replace(TALK, platform=platform), seen_version=version)
    assert letters(cast) == [("Ada", f"Changed: {TALK.title}")]
    assert letters(cast) == []
    (mail,) = _mail(cast).values()
    assert "- Where: Room 12 (before: Library)" in mail.body
    assert "https://pd.example/events/" in mail.body
    cancel_event(cam, event_id, "Flooded.")
    reinstate_event(cam, event_id)
    assert letters(cast) == []


def test_who_comes_is_told_of_a_cancellation_and_its_end(cast: Cast) -> None:
    event_id = an_event(cast)
    register(cast.scope("ada"), event_id)
    cancel_event(cast.scope("cam"), event_id, "The library is flooded.")
    assert letters(cast) == [("Ada", f"Cancelled: {TALK.title}")]
    (mail,) = _mail(cast).values()
    assert "The reason: The library is flooded." in mail.body
    reinstate_event(cast.scope("cam"), event_id)
    assert letters(cast) == [("Ada", f"It takes place: {TALK.title}")]


def test_who_registers_has_a_letter_with_the_entry_and_who_waits_has_none(cast: Cast) -> None:
    event_id = an_event(cast)
    there = "https://pd.example/events/0apr10qymwbk6"
    assert register(cast.scope("ada"), event_id, address=there) is REGISTERED
    assert register(cast.scope("ada"), event_id, address=there) is REGISTERED
    assert register(cast.scope("bo"), event_id, address=there) is WAITING
    (mail,) = _mail(cast).values()
    assert (mail.to_name, mail.subject) == ("Ada Lindqvist", f"You are registered: {TALK.title}")
    assert there in mail.body
    assert "BEGIN:VEVENT" in (mail.attachment or "")
    give_up(cast.scope("ada"), event_id)
    assert ("Bo", f"You have a place: {TALK.title}") in letters(cast)
    place = next(one for one in _mail(cast).values() if one.subject.startswith("You have a place"))
    assert "BEGIN:VEVENT" in (place.attachment or "")


def test_administrators_hear_what_a_host_calls_off_that_people_expect(cast: Cast) -> None:
    event_id, lonely = an_event(cast, host="ada"), an_event(cast, host="ada")
    register(cast.scope("hal"), event_id)
    register(cast.scope("bo"), event_id)
    there = "https://pd.example/events/0apr10qymwbk6"
    cancel_event(cast.scope("ada"), lonely, "No room.", address=there)
    assert dict(_mail(cast)) == {}
    cancel_event(cast.scope("ada"), event_id, "No room.", address=there)
    (mail,) = _mail(cast).values()
    assert (mail.to_name, mail.subject) == ("Cam Okafor", f"Called off: {TALK.title}")
    assert "two people: one with a place, one who waits for one." in mail.body


def test_who_gets_a_place_from_the_line_is_told(cast: Cast) -> None:
    event_id = an_event(cast)
    register(cast.scope("ada"), event_id)
    register(cast.scope("bo"), event_id)
    give_up(cast.scope("ada"), event_id)
    assert letters(cast) == [("Bo", f"You have a place: {TALK.title}")]
    assert letters(cast) == []


def test_a_reminder_comes_the_day_before_in_the_persons_own_zone(cast: Cast) -> None:
    event_id = an_event(cast)
    register(cast.scope("ada"), event_id)
    with cast.database.session(None, installation=True) as doors, doors.writing():
        account = doors.get_one(Account, cast.account_ids["ada"])
        account.zone = "America/Los_Angeles"
    before = TALK.time.starts_at - timedelta(hours=24)
    assert letters(cast, before - timedelta(minutes=1)) == []
    assert letters(cast, before) == [("Ada", f"Soon: {TALK.title}")]
    assert letters(cast, before + timedelta(hours=1)) == []
    (mail,) = _mail(cast).values()
    assert "1:00\u20132:00\u00a0pm Pacific Time" in mail.body


def test_after_the_end_who_has_not_logged_it_is_asked_once(cast: Cast) -> None:
    event_id = an_event(cast, seats=None)
    register(cast.scope("ada"), event_id)
    register(cast.scope("bo"), event_id)
    over = TALK.time.starts_at + timedelta(hours=2)
    begin_from_event(cast.scope("ada", over), event_id)
    told = letters(cast, over)
    assert ("Bo", f"Log it while it is fresh: {TALK.title}") in told
    assert all(name != "Ada" for name, _ in told)
    assert letters(cast, over + timedelta(hours=1)) == []


def test_nobody_is_asked_to_log_what_is_long_over(cast: Cast) -> None:
    event_id = an_event(cast)
    register(cast.scope("ada"), event_id)
    assert letters(cast, TALK.time.starts_at + timedelta(days=5)) == []


def test_a_registration_is_among_what_comes(cast: Cast) -> None:
    event_id = an_event(cast)
    register(cast.scope("ada"), event_id)
    over = TALK.time.starts_at + timedelta(hours=3)
    mine = my_coming(cast.scope("ada"), 9, with_cancelled=True)
    assert [(one.event.id, one.tie) for one in mine] == [(event_id, Tie.REGISTERED)]
    assert my_coming(cast.scope("bo"), 9, with_cancelled=True) == ()
    assert my_coming(cast.scope("ada", over), 9, with_cancelled=True) == ()


def test_registrations_go_along_with_a_merged_event(cast: Cast) -> None:
    first, second = an_event(cast, seats=5), an_event(cast, seats=5)
    register(cast.scope("ada"), first)
    register(cast.scope("ada"), second)
    register(cast.scope("bo"), second)
    merge_event(cast.scope("cam"), second, first)
    assert states(cast, first) == [("Ada", REGISTERED), ("Bo", REGISTERED)]


def test_letters_take_as_many_statements_for_many_as_for_one(cast: Cast) -> None:
    event_id = an_event(cast, seats=None)
    counts = []
    for names in (("ada",), ("bo", "hal", "cam")):
        for name in names:
            register(cast.scope(name), event_id)
        with statements(cast.database) as asked:
            letters(cast, TALK.time.starts_at - timedelta(hours=5))
        counts.append(sum(one.startswith("SELECT") for one in asked))
    assert counts[0] == counts[1]
    rows = cast.operator().session.scalars(sa.select(Registration.reminded_at)).all()
    assert None not in rows
