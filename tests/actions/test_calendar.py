"""Loading the shared calendar, and what a district adds to its own."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from pdtracker import audit
from pdtracker.actions.calendar import (
    CalendarEntries,
    ThemeEntry,
    decide_proposal,
    load_calendar,
    name_hosts,
    propose_event,
)
from pdtracker.actions.reviews import Wish, approve_claims
from pdtracker.domain.access import Role
from pdtracker.domain.refusals import Mistyped, NotHere, NotNow, NotPermitted, NotValid
from pdtracker.models.events import Event, EventHost, EventState, Organization
from pdtracker.models.records import AuditEntry
from pdtracker.queries.events import waiting_proposals
from pdtracker.queries.one_event import event
from pdtracker.scope import Scope
from tests.calendars import (
    BEFORE,
    CEM,
    crowded_month,
    entry,
    hours,
    load,
    proposal,
    statements,
    window,
)
from tests.factories import AN_ISSUER, NOW, Cast
from tests.waiting import a_waiting_claim, give_roles


def state_of(scope: Scope, event_id: int) -> EventState | None:
    scope.session.expire_all()
    return scope.session.scalar(sa.select(Event.state).where(Event.id == event_id))


def test_a_calendar_is_loaded_once_however_often_it_is_loaded(cast: Cast) -> None:
    entries = CalendarEntries((CEM, BEFORE), crowded_month(30))
    with cast.database.session(None, installation=True) as session:
        first = load_calendar(session, entries, NOW)
        again = load_calendar(session, entries, NOW)
        assert (first.new_events, again.new_events) == (30, 0)
        assert first.event_ids == again.event_ids
        assert session.scalar(sa.select(sa.func.count()).select_from(Event)) == 30


def test_a_calendar_grows_by_what_is_new(cast: Cast) -> None:
    load(cast.database, entry("first", hours("2014-10-14T19:00")))
    longer = CEM.themes[0], ThemeEntry("A theme that came later", "", convenors=("CUE",))
    ids = load(
        cast.database,
        entry("second", hours("2014-10-15T19:00"), themes=("A theme that came later",), co_hosts=("NWP",)),
        programmes=(replace(CEM, themes=longer),),
    )
    facts = event(cast.scope("ada"), ids["second"])
    assert [theme.name for theme in facts.themes] == ["A theme that came later"]
    assert [host.name for host in facts.co_hosts] == ["NWP"]


def test_loading_takes_as_many_statements_for_600_events_as_for_6(cast: Cast) -> None:
    with statements(cast.database) as few:
        load(cast.database, *crowded_month(6))
    with statements(cast.database) as many:
        load(cast.database, *crowded_month(600))
    assert sum(one.startswith("SELECT") for one in few) == sum(one.startswith("SELECT") for one in many)


def test_a_half_loaded_calendar_is_not_kept(cast: Cast) -> None:
    wrong = entry("wrong", hours("2014-10-15T19:00"), link="javascript:alert(1)")
    with pytest.raises(Mistyped):
        load(cast.database, entry("right", hours("2014-10-14T19:00")), wrong)
    with cast.database.session(None) as session:
        assert session.scalars(sa.select(Event.id)).all() == []


def test_a_district_cannot_load_the_shared_calendar(cast: Cast) -> None:
    with cast.database.session(cast.maplewood.id) as session, pytest.raises(ValueError, match="nobody"):
        load_calendar(session, CalendarEntries((), ()), NOW)


def test_a_teachers_event_waits_for_an_administrator(cast: Cast) -> None:
    ada = cast.scope("ada")
    event_id = propose_event(ada, proposal())
    assert state_of(ada, event_id) is EventState.PROPOSED
    cam = cast.scope("cam")
    assert [(row.event.id, row.by_name) for row in waiting_proposals(cam)] == [(event_id, "Ada Lindqvist")]
    decide_proposal(cam, event_id, accept=True, reason="")
    assert state_of(cast.scope("ada"), event_id) is EventState.PUBLISHED
    assert waiting_proposals(cam) == ()
    assert event(cast.scope("bo"), event_id).title == "Our own book talk"


def test_who_proposes_an_event_never_decides_who_was_there(cast: Cast) -> None:
    give_roles(cast, "bo", Role.TEACHER, Role.REVIEWER)
    event_id = propose_event(cast.scope("bo"), proposal())
    decide_proposal(cast.scope("cam"), event_id, accept=True, reason="")
    claim_id = a_waiting_claim(cast.scope("ada"), event_id=event_id)
    (outcome,) = approve_claims(cast.scope("bo"), [Wish(claim_id, 1)], AN_ISSUER)
    assert outcome.refusal is not None
    assert outcome.refusal.code == "own_event"


def test_an_administrators_event_is_there_at_once(cast: Cast) -> None:
    cam = cast.scope("cam")
    assert state_of(cam, propose_event(cam, proposal())) is EventState.PUBLISHED


def test_a_refused_proposal_is_seen_by_its_proposer_alone_with_the_reason(cast: Cast) -> None:
    ada, cam = cast.scope("ada"), cast.scope("cam")
    event_id = propose_event(ada, proposal())
    decide_proposal(cam, event_id, accept=False, reason="It is in the calendar already.")
    told = event(cast.scope("ada"), event_id).proposal
    assert told is not None
    assert told.reason == "It is in the calendar already."
    with pytest.raises(NotHere):
        event(cast.scope("bo"), event_id)


def test_a_refusal_needs_a_reason(cast: Cast) -> None:
    event_id = propose_event(cast.scope("ada"), proposal())
    with pytest.raises(NotValid) as refused:
        decide_proposal(cast.scope("cam"), event_id, accept=False, reason="")
    assert list(refused.value.errors) == ["reason"]


def test_a_proposal_is_decided_once(cast: Cast) -> None:
    event_id = propose_event(cast.scope("ada"), proposal())
    decide_proposal(cast.scope("cam"), event_id, accept=True, reason="")
    with pytest.raises(NotNow):
        decide_proposal(cast.scope("cam"), event_id, accept=False, reason="Too late.")


def test_only_administrators_decide(cast: Cast) -> None:
    event_id = propose_event(cast.scope("ada"), proposal())
    for name in ("ada", "bo", "hal", "dee"):
        with pytest.raises(NotPermitted):
            decide_proposal(cast.scope(name), event_id, accept=True, reason="")


def test_another_districts_proposal_and_the_shared_calendar_are_not_for_deciding(cast: Cast) -> None:
    theirs = propose_event(cast.scope("dee"), proposal())
    shared = load(cast.database, entry("shared", hours("2014-10-14T19:00")))["shared"]
    for event_id in (theirs, shared):
        with pytest.raises(NotHere):
            decide_proposal(cast.scope("cam"), event_id, accept=True, reason="")


def test_a_form_sent_twice_is_one_event(cast: Cast) -> None:
    ada = cast.scope("ada")
    first = propose_event(ada, proposal(), key="k" * 22)
    assert propose_event(ada, proposal(), key="k" * 22) == first
    assert len(ada.session.scalars(sa.select(Event.id)).all()) == 1


def test_a_host_of_the_calendar_is_not_made_again(cast: Cast) -> None:
    load(cast.database, entry("shared", hours("2014-10-14T19:00"), host="Académie Ouverte"))
    ada = cast.scope("ada")
    for name in ("Académie Ouverte", "OAK street school", "Oak Street School", "Élan", "Élan"):
        propose_event(ada, proposal(host=name))
    names = sorted(ada.session.scalars(sa.select(Organization.name)))
    assert names == ["Académie Ouverte", "OAK street school", "Élan"]


def test_another_districts_host_is_not_borrowed(cast: Cast) -> None:
    propose_event(cast.scope("dee"), proposal(host="Riverside Readers"))
    ada = cast.scope("ada")
    event_id = propose_event(ada, proposal(host="Riverside Readers"))
    assert event(ada, event_id).host.name == "Riverside Readers"
    owners = ada.session.scalars(sa.select(Organization.district_id)).all()
    assert owners == [cast.maplewood.id]


def test_a_proposal_names_what_it_lacks(cast: Cast) -> None:
    ada = cast.scope("ada")
    with pytest.raises(NotValid) as refused:
        propose_event(ada, proposal(title="", host="", time=hours("2014-10-20T16:00", 0)))
    assert list(refused.value.errors) == ["title", "host", "ends"]
    with pytest.raises(NotValid) as refused:
        propose_event(ada, proposal(programme_id=12345))
    assert list(refused.value.errors) == ["programme"]
    assert ada.session.scalars(sa.select(Event.id)).all() == []


def test_what_happens_to_a_proposal_is_in_the_audit_trail(cast: Cast) -> None:
    ada, cam = cast.scope("ada"), cast.scope("cam")
    event_id = propose_event(ada, proposal(time=window("2014-10-01", "2014-10-31")))
    decide_proposal(cam, event_id, accept=False, reason="Twice.")
    found = cam.session.execute(
        sa.select(AuditEntry.action, AuditEntry.by_name, AuditEntry.facts)
        .where(AuditEntry.subject_id == event_id)
        .order_by(AuditEntry.seq)
    ).all()
    assert [(row.action, row.by_name) for row in found] == [
        ("event.proposed", "Ada Lindqvist"),
        ("event.refused", "Cam Okafor"),
    ]
    assert found[1].facts == {"reason": "Twice."}
    assert audit.first_break(cam.session) is None


def test_hosts_are_named_once(cast: Cast) -> None:
    cam = cast.scope("cam")
    event_id = load(cast.database, entry("shared", hours("2014-10-14T19:00")))["shared"]
    for _ in range(2):
        name_hosts(cam, {event_id: [cast.person_ids["bo"], cast.person_ids["bo"]]})
    assert cam.session.scalars(sa.select(EventHost.person_id)).all() == [cast.person_ids["bo"]]
    theirs = propose_event(cast.scope("dee"), proposal())
    with pytest.raises(NotHere):
        name_hosts(cam, {theirs: [cast.person_ids["bo"]]})
