"""Districts join a programme, their people propose what they speak for, and counts are published by choice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa

from pdtracker.actions.participation import (
    Joining,
    decide_participant,
    end_participation,
    join_programme,
    propose_participant,
)
from pdtracker.actions.people import NewPerson, Roles, add_person
from pdtracker.actions.reviews import Wish, approve_claims, reverse_credit
from pdtracker.domain.access import Role
from pdtracker.domain.claim import ClaimState
from pdtracker.domain.participation import MOST_WAITING, Counts, ParticipantKind, ParticipantState
from pdtracker.domain.refusals import NotHere, NotNow, NotPermitted, NotValid
from pdtracker.jobs import publish_counts
from pdtracker.models.events import Event, Programme
from pdtracker.models.participation import Participant
from pdtracker.models.records import AuditEntry
from pdtracker.queries.participants import Participants, participants, programme_counts
from pdtracker.queries.people import member
from pdtracker.scope import Scope
from tests.calendars import CEM, entry, hours, load
from tests.factories import AN_ISSUER, NOW, Cast, a_claim

CLUB = Joining(ParticipantKind.ORGANIZATION, "Oak Street Readers", "https://oak.example/")


def cem(cast: Cast) -> int:
    """The programme's id, with one event in it."""
    load(cast.database, entry("one", hours("2014-10-14T19:00")))
    with cast.database.session(None) as session:
        return session.scalars(sa.select(Programme.id).where(Programme.slug == CEM.slug)).one()


def public(cast: Cast, programme_id: int) -> Participants:
    """What everybody sees."""
    with cast.database.session(None, installation=True) as doors:
        return participants(doors, programme_id)


def colleagues(cast: Cast, count: int) -> Iterator[Scope]:
    """So many teachers of Maplewood, Ada first."""
    yield cast.scope("ada")
    for number in range(1, count):
        new = NewPerson(
            name=f"Teacher {number}",
            email=f"teacher{number}@maplewood.example",
            title="",
            school_id=None,
            roles=Roles(roles=frozenset({Role.TEACHER})),
        )
        person_id = add_person(cast.operator(), new, password_hash="none").person_id
        session = cast.open.enter_context(cast.database.session(cast.maplewood.id))
        found = member(session, person_id)
        assert found is not None
        yield Scope(session, cast.maplewood, NOW, found.person, found.roles)


def credit(cast: Cast, scope: Scope, minutes: int = 60) -> int:
    """A claim for the programme's event, approved by Bo; gives the claim's id."""
    event_id = scope.session.scalars(sa.select(Event.id).where(Event.title == "one")).one()
    claim_id = a_claim(scope, ClaimState.SUBMITTED, event_id=event_id, claimed_minutes=minutes)
    assert approve_claims(cast.scope("bo"), [Wish(claim_id, 1)], AN_ISSUER)[0].step_id is not None
    return claim_id


def test_a_district_joins_by_its_administrator_and_everybody_sees_it(cast: Cast) -> None:
    programme_id = cem(cast)
    with pytest.raises(NotPermitted):
        join_programme(cast.scope("ada"), programme_id, publishes_counts=False)
    first = join_programme(cast.scope("cam"), programme_id, publishes_counts=False)
    assert join_programme(cast.scope("cam"), programme_id, publishes_counts=False) == first
    [row] = public(cast, programme_id).rows
    assert (row.name, row.where, row.counts) == (
        "Maplewood School District",
        "Maplewood, Massachusetts",
        None,
    )


def test_counts_are_published_by_choice_only(cast: Cast) -> None:
    programme_id = cem(cast)
    for scope in colleagues(cast, 5):
        credit(cast, scope, 45)
    join_programme(cast.scope("cam"), programme_id, publishes_counts=False)
    assert public(cast, programme_id).counts is None
    join_programme(cast.scope("cam"), programme_id, publishes_counts=True)
    assert public(cast, programme_id).counts == Counts(5, 225)
    join_programme(cast.scope("cam"), programme_id, publishes_counts=False)
    assert public(cast, programme_id).counts is None


def test_counts_of_fewer_than_five_are_never_stored(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    programme_id = cem(cast)
    for scope in colleagues(cast, 4):
        credit(cast, scope, 45)
    assert programme_counts(cast.scope("cam"), [programme_id]) == {programme_id: Counts(4, 180)}
    join_programme(cast.scope("cam"), programme_id, publishes_counts=True)
    assert public(cast, programme_id).counts is None
    # Should the rule ever be lost, the schema still refuses.
    monkeypatch.setattr("pdtracker.domain.participation.FEWEST_PEOPLE", 2)
    with pytest.raises(sa.exc.IntegrityError):
        join_programme(cast.scope("cam"), programme_id, publishes_counts=True)


def test_what_is_taken_back_counts_no_more(cast: Cast) -> None:
    programme_id = cem(cast)
    claim_id = credit(cast, cast.scope("ada"))
    reverse_credit(
        cast.scope("bo", NOW + timedelta(hours=1)),
        claim_id,
        seen_version=2,
        reason="Not there.",
        issuer=AN_ISSUER,
    )
    assert programme_counts(cast.scope("cam"), [programme_id]) == {}


def test_another_districts_credit_is_not_in_ours(cast: Cast) -> None:
    programme_id = cem(cast)
    credit(cast, cast.scope("ada"))
    assert programme_counts(cast.scope("rex"), [programme_id]) == {}


def test_the_worker_counts_what_is_published_and_nothing_else(cast: Cast) -> None:
    programme_id = cem(cast)
    assert publish_counts(cast.database, NOW) == 0
    join_programme(cast.scope("cam"), programme_id, publishes_counts=True)
    propose_participant(cast.scope("cam"), programme_id, CLUB)
    later = NOW + timedelta(hours=2)
    assert publish_counts(cast.database, later) == 1
    counted = cast.scope("cam").session.scalars(sa.select(Participant.counted_at)).all()
    assert set(counted) == {later, None}


def test_who_speaks_for_an_organization_proposes_it_and_an_administrator_lists_it(cast: Cast) -> None:
    programme_id = cem(cast)
    proposed = propose_participant(cast.scope("ada"), programme_id, CLUB)
    assert propose_participant(cast.scope("hal"), programme_id, CLUB) == proposed
    assert public(cast, programme_id).rows == ()
    with pytest.raises(NotPermitted):
        decide_participant(cast.scope("ada"), proposed, accept=True, reason="")
    decide_participant(cast.scope("cam"), proposed, accept=True, reason="")
    with pytest.raises(NotNow):
        decide_participant(cast.scope("cam"), proposed, accept=False, reason="Late.")
    [row] = public(cast, programme_id).rows
    assert (row.name, row.link, row.where) == (CLUB.name, CLUB.link, "Maplewood School District")


def test_a_refusal_needs_a_reason_and_the_same_can_be_proposed_again(cast: Cast) -> None:
    programme_id = cem(cast)
    proposed = propose_participant(cast.scope("ada"), programme_id, CLUB)
    with pytest.raises(NotValid):
        decide_participant(cast.scope("cam"), proposed, accept=False, reason="")
    decide_participant(cast.scope("cam"), proposed, accept=False, reason="Ask them first.")
    assert public(cast, programme_id).rows == ()
    assert propose_participant(cast.scope("ada"), programme_id, CLUB) == proposed
    state = cast.scope("cam").session.scalar(sa.select(Participant.state))
    assert state is ParticipantState.PROPOSED


def test_a_state_is_one_of_the_list_and_a_district_is_no_proposal(cast: Cast) -> None:
    programme_id = cem(cast)
    for joining in (
        Joining(ParticipantKind.STATE, "Atlantis", ""),
        Joining(ParticipantKind.DISTRICT, "Riverton", ""),
    ):
        with pytest.raises(NotValid):
            propose_participant(cast.scope("cam"), programme_id, joining)
    propose_participant(cast.scope("cam"), programme_id, Joining(ParticipantKind.STATE, "Kentucky", ""))
    assert [row.name for row in public(cast, programme_id).of(ParticipantKind.STATE)] == ["Kentucky"]


def test_nobody_fills_the_list_with_proposals(cast: Cast) -> None:
    programme_id = cem(cast)
    for number in range(MOST_WAITING):
        propose_participant(
            cast.scope("ada"), programme_id, Joining(ParticipantKind.ORGANIZATION, f"Club {number}", "")
        )
    with pytest.raises(NotNow, match="wait already"):
        propose_participant(cast.scope("ada"), programme_id, CLUB)
    propose_participant(cast.scope("hal"), programme_id, CLUB)


def test_what_left_is_no_longer_public_and_takes_its_counts_along(cast: Cast) -> None:
    programme_id = cem(cast)
    joined = join_programme(cast.scope("cam"), programme_id, publishes_counts=True)
    end_participation(cast.scope("cam"), joined)
    end_participation(cast.scope("cam"), joined)
    assert public(cast, programme_id).rows == ()
    assert publish_counts(cast.database, NOW) == 0
    with pytest.raises(NotPermitted):
        end_participation(cast.scope("ada"), joined)
    actions = cast.scope("cam").session.scalars(sa.select(AuditEntry.action)).all()
    assert actions.count("programme.left") == 1


def test_another_districts_participation_is_not_there(cast: Cast) -> None:
    programme_id = cem(cast)
    joined = join_programme(cast.scope("cam"), programme_id, publishes_counts=False)
    rex = cast.operator(cast.riverton)
    with pytest.raises(NotHere):
        end_participation(rex, joined)
    with pytest.raises(NotHere):
        join_programme(cast.scope("cam"), 1, publishes_counts=False)
