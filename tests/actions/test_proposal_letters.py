"""The letters to who proposed an event: with every decision one, in its own transaction."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from pdtracker.actions.calendar import decide_proposal, propose_event
from pdtracker.actions.event_changes import change_event
from pdtracker.actions.moderating import merge_event, return_proposal
from pdtracker.domain.refusals import NotNow, NotValid
from pdtracker.models.people import Person
from pdtracker.models.records import OutboxMail
from pdtracker.queries.changing_events import editable
from tests.calendars import hours, proposal
from tests.factories import Cast

TALK = proposal("Book talk", hours("2014-10-20T08:00"))
PAGE = "https://pd.example/events/1"


def letters(cast: Cast) -> list[OutboxMail]:
    return list(cast.operator().session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id)))


def test_an_accepted_proposal_is_told_to_its_proposer_once(cast: Cast) -> None:
    event_id = propose_event(cast.scope("ada"), TALK)
    assert letters(cast) == []
    decide_proposal(cast.scope("cam"), event_id, accept=True, reason="", address=PAGE)
    with pytest.raises(NotNow):
        decide_proposal(cast.scope("cam"), event_id, accept=True, reason="", address=PAGE)
    (letter,) = letters(cast)
    assert letter.to_person_id == cast.person_ids["ada"]
    assert letter.subject == "In the calendar: Book talk"
    assert f"Your event: {PAGE}" in letter.body
    assert cast.scope("cam").me.name in letter.body


def test_a_refusal_says_why_and_a_refused_refusal_writes_nothing(cast: Cast) -> None:
    event_id = propose_event(cast.scope("ada"), TALK)
    with pytest.raises(NotValid):
        decide_proposal(cast.scope("cam"), event_id, accept=False, reason="", address=PAGE)
    assert letters(cast) == []
    decide_proposal(cast.scope("cam"), event_id, accept=False, reason="It is for parents.", address=PAGE)
    (letter,) = letters(cast)
    assert letter.subject == "Not in the calendar: Book talk"
    assert "The reason: It is for parents." in letter.body


def test_each_return_is_a_letter_of_its_own(cast: Cast) -> None:
    event_id = propose_event(cast.scope("ada"), TALK)
    return_proposal(cast.scope("cam"), event_id, "Say in which room.", address=PAGE)
    seen = editable(cast.scope("ada"), event_id)
    change_event(cast.scope("ada"), event_id, TALK, seen_version=seen.version)
    later = cast.scope("cam").at + timedelta(hours=1)
    return_proposal(cast.scope("cam", later), event_id, "And when.", address=PAGE)
    first, second = letters(cast)
    assert "What to change: Say in which room." in first.body
    assert "What to change: And when." in second.body


def test_what_is_there_already_is_told_with_where_it_is(cast: Cast) -> None:
    remains = propose_event(cast.scope("cam"), proposal("Talk of the book", hours("2014-10-20T08:00")))
    event_id = propose_event(cast.scope("ada"), TALK)
    merge_event(cast.scope("cam"), event_id, remains, address=PAGE)
    (letter,) = letters(cast)
    assert letter.to_person_id == cast.person_ids["ada"]
    assert "in the calendar already, as \N{LEFT DOUBLE QUOTATION MARK}Talk of the book" in letter.body
    assert PAGE in letter.body


def test_an_event_that_was_accepted_before_is_merged_without_a_letter(cast: Cast) -> None:
    remains = propose_event(cast.scope("cam"), proposal("Talk of the book", hours("2014-10-20T08:00")))
    event_id = propose_event(cast.scope("ada"), TALK)
    decide_proposal(cast.scope("cam"), event_id, accept=True, reason="")
    merge_event(cast.scope("cam"), event_id, remains, address=PAGE)
    assert letters(cast) == []


def test_whoever_has_left_is_not_written_to(cast: Cast) -> None:
    event_id = propose_event(cast.scope("ada"), TALK)
    scope = cast.operator()
    with scope.session.writing():
        scope.session.execute(
            sa.update(Person).where(Person.id == cast.person_ids["ada"]).values(left_at=scope.at)
        )
    decide_proposal(cast.scope("cam"), event_id, accept=True, reason="", address=PAGE)
    assert letters(cast) == []


def test_administrators_hear_of_proposals_once_a_day(cast: Cast) -> None:
    queue = "https://pd.example/events/proposals"
    event_id = propose_event(cast.scope("ada"), TALK, waiting_at=queue)
    propose_event(cast.scope("bo"), proposal("Another talk", hours("2014-10-21T08:00")), waiting_at=queue)
    (letter,) = letters(cast)
    assert letter.to_person_id == cast.person_ids["cam"]
    assert letter.subject == "Waiting for you: Book talk"
    assert "Ada Lindqvist proposed “Book talk” for the calendar." in letter.body
    assert f"Proposals: {queue}" in letter.body

    return_proposal(cast.scope("cam"), event_id, "Say in which room.")
    tomorrow = cast.scope("ada").at + timedelta(days=1)
    seen = editable(cast.scope("ada"), event_id)
    change_event(cast.scope("ada", tomorrow), event_id, TALK, seen_version=seen.version, waiting_at=queue)
    assert "Ada Lindqvist sent “Book talk” again, with what you asked for." in letters(cast)[1].body


def test_who_decides_hears_nothing_of_their_own_event(cast: Cast) -> None:
    propose_event(cast.scope("cam"), TALK, waiting_at="https://pd.example/events/proposals")
    assert letters(cast) == []
