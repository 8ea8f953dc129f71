"""Returning a proposal, and finding that an event is there already."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from pdtracker.actions.calendar import MAYBE_THERE, decide_proposal, propose_event
from pdtracker.actions.claims import begin_from_event
from pdtracker.actions.event_changes import change_event
from pdtracker.actions.moderating import merge_event, return_proposal
from pdtracker.domain.refusals import NotHere, NotNow, NotPermitted, NotValid
from pdtracker.models.claims import Claim
from pdtracker.models.events import EventHost
from pdtracker.queries.changing_events import editable, history
from pdtracker.queries.duplicates import likely_duplicates
from pdtracker.queries.event_filters import EventFilter
from pdtracker.queries.events import events_page, returned_proposals, waiting_proposals
from pdtracker.queries.one_event import event, merged_into
from tests.calendars import crowded_month, entry, hours, load, proposal, statements
from tests.factories import Cast

TALK = proposal(time=hours("2014-10-20T08:00"))


def published(cast: Cast, told: object = TALK) -> int:
    event_id = propose_event(cast.scope("ada"), told)  # type: ignore[arg-type]
    decide_proposal(cast.scope("cam"), event_id, accept=True, reason="")
    return event_id


def test_a_returned_proposal_is_changed_and_sent_again(cast: Cast) -> None:
    event_id = propose_event(cast.scope("ada"), TALK)
    return_proposal(cast.scope("cam"), event_id, "Say in which room.")
    assert [row.is_returned for row in waiting_proposals(cast.scope("cam"))] == [True]
    assert [row.id for row in returned_proposals(cast.scope("ada"))] == [event_id]
    assert returned_proposals(cast.scope("bo")) == ()
    seen = editable(cast.scope("ada"), event_id)
    assert (seen.comment, seen.event.title) == ("Say in which room.", TALK.title)
    change_event(cast.scope("ada"), event_id, replace(TALK, platform="Room 12"), seen_version=seen.version)
    assert [row.is_returned for row in waiting_proposals(cast.scope("cam"))] == [False]
    assert returned_proposals(cast.scope("ada")) == ()
    decide_proposal(cast.scope("cam"), event_id, accept=True, reason="")
    assert [row.what for row in history(cast.scope("ada"), event_id)][:4] == [
        "event.accepted",
        "event.sent_again",
        "event.changed",
        "event.returned",
    ]


def test_what_is_with_its_proposer_is_not_decided(cast: Cast) -> None:
    event_id = propose_event(cast.scope("ada"), TALK)
    with pytest.raises(NotValid):
        return_proposal(cast.scope("cam"), event_id, "")
    return_proposal(cast.scope("cam"), event_id, "Say in which room.")
    with pytest.raises(NotNow):
        decide_proposal(cast.scope("cam"), event_id, accept=True, reason="")
    with pytest.raises(NotNow):
        return_proposal(cast.scope("cam"), event_id, "And when.")
    for name in ("ada", "bo", "hal"):
        with pytest.raises(NotPermitted):
            return_proposal(cast.scope(name), event_id, "No.")


def test_another_districts_proposal_is_not_here_to_return_or_merge(cast: Cast) -> None:
    theirs = propose_event(cast.scope("dee"), TALK)
    ours = published(cast)
    with pytest.raises(NotHere):
        return_proposal(cast.scope("cam"), theirs, "No.")
    with pytest.raises(NotHere):
        merge_event(cast.scope("cam"), theirs, ours)
    with pytest.raises(NotHere):
        merge_event(cast.scope("cam"), ours, theirs)


def test_the_proposer_is_asked_whether_it_is_there_already(cast: Cast) -> None:
    shared = load(cast.database, entry("Our own book talk", TALK.time))["Our own book talk"]
    ada = cast.scope("ada")
    with pytest.raises(NotNow) as refused:
        propose_event(ada, TALK, shown=())
    assert refused.value.code == MAYBE_THERE
    assert [(one.event.id, one.why) for one in likely_duplicates(ada, TALK)] == [
        (shared, ("nearly the same title", "the same time"))
    ]
    propose_event(ada, TALK, shown=[shared])


def test_the_same_form_twice_is_not_asked_about_itself(cast: Cast) -> None:
    ada = cast.scope("ada")
    first = propose_event(ada, TALK, key="k" * 22, shown=())
    assert propose_event(ada, TALK, key="k" * 22, shown=()) == first


def test_what_another_proposed_is_no_duplicate_for_a_teacher(cast: Cast) -> None:
    event_id = propose_event(cast.scope("bo"), TALK)
    assert likely_duplicates(cast.scope("ada"), TALK) == ()
    assert [one.event.id for one in likely_duplicates(cast.scope("cam"), TALK)] == [event_id]
    assert likely_duplicates(cast.scope("cam"), TALK, but=event_id) == ()


def test_duplicates_are_one_statement_in_a_crowded_month(cast: Cast) -> None:
    load(cast.database, *crowded_month(600))
    with statements(cast.database) as asked:
        likely_duplicates(cast.scope("cam"), TALK)
    assert sum("FROM event " in one for one in asked) == 1


def test_a_proposal_that_is_there_already_is_merged(cast: Cast) -> None:
    shared = load(cast.database, entry("shared", TALK.time))["shared"]
    event_id = propose_event(cast.scope("ada"), TALK)
    assert merge_event(cast.scope("cam"), event_id, shared) == 0
    assert merged_into(cast.scope("ada"), event_id) == shared
    assert waiting_proposals(cast.scope("cam")) == ()
    for name in ("ada", "cam", "bo"):
        assert [row.id for row in events_page(cast.scope(name), EventFilter(), 5).rows] == [shared]
        with pytest.raises(NotHere):
            event(cast.scope(name), event_id)
    with pytest.raises(NotHere):
        merge_event(cast.scope("cam"), event_id, shared)


def test_claims_go_along_and_keep_their_facts(cast: Cast) -> None:
    first, second = published(cast), published(cast, replace(TALK, title="Book talk", host="Elsewhere"))
    claim_id = begin_from_event(cast.scope("ada"), second)
    before = cast.scope("ada").session.get_one(Claim, (cast.maplewood.id, claim_id))
    assert merge_event(cast.scope("cam"), second, first) == 1
    after = cast.scope("ada").session.get_one(Claim, (cast.maplewood.id, claim_id))
    assert after.event_id == first
    assert (after.title, after.host, after.version) == (before.title, before.host, before.version)
    assert begin_from_event(cast.scope("ada"), first) == claim_id
    (told,) = [row for row in history(cast.scope("cam"), second) if row.what == "event.merged"]
    assert told.facts == {"into": first, "claims": [claim_id], "registrations": [], "going": []}


def test_who_claimed_both_keeps_both(cast: Cast) -> None:
    first, second = published(cast), published(cast, replace(TALK, title="Book talk"))
    held = [begin_from_event(cast.scope("ada"), event_id) for event_id in (first, second)]
    assert merge_event(cast.scope("cam"), second, first) == 0
    ada = cast.scope("ada")
    found = ada.session.execute(sa.select(Claim.id, Claim.event_id).order_by(Claim.id)).all()
    assert [tuple(row) for row in found] == list(zip(held, (first, second), strict=True))


def test_who_spoke_for_it_decides_no_claim_under_its_other_name(cast: Cast) -> None:
    shared = load(cast.database, entry("shared", TALK.time))["shared"]
    merge_event(cast.scope("cam"), published(cast), shared)
    hosts = cast.scope("cam").session.scalars(
        sa.select(EventHost.person_id).where(EventHost.event_id == shared)
    )
    assert hosts.all() == [cast.person_ids["ada"]]


def test_an_address_never_leads_twice(cast: Cast) -> None:
    first, second, third = (published(cast, replace(TALK, title=title)) for title in ("a", "b", "c"))
    merge_event(cast.scope("cam"), first, second)
    merge_event(cast.scope("cam"), second, third)
    assert {merged_into(cast.scope("ada"), event_id) for event_id in (first, second)} == {third}


def test_only_what_is_in_the_calendar_can_remain(cast: Cast) -> None:
    waiting, other = (propose_event(cast.scope("ada"), TALK) for _ in range(2))
    with pytest.raises(NotNow):
        merge_event(cast.scope("cam"), waiting, other)
    with pytest.raises(NotHere):
        merge_event(cast.scope("cam"), waiting, waiting)
    with pytest.raises(NotPermitted):
        merge_event(cast.scope("ada"), waiting, other)
