"""Bringing a colleague: one letter, to one address, once; never of what they can't open."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from pdtracker.actions.invitations import Colleague, count_invitation, invite_colleague
from pdtracker.actions.rates import TooManyTries
from pdtracker.domain.refusals import NotHere, NotNow, NotValid
from pdtracker.jobs import deliver_due_mail
from pdtracker.mail import FolderPost
from pdtracker.models.events import EventState
from pdtracker.models.invitations import Invitation
from pdtracker.models.records import AuditEntry, OutboxMail
from tests.calendars import entry, hours, load
from tests.factories import NOW, SECRET, Cast, an_event

GUS = Colleague("Gus@Elsewhere.example", "See you there?", "https://pd.example/events/1")
SOON: dict[str, Any] = {"starts_at": NOW + timedelta(days=1), "ends_at": NOW + timedelta(days=1, hours=1)}


def shared(cast: Cast) -> int:
    """An event of the shared calendar that comes."""
    return load(cast.database, entry("one", hours("2014-10-24T19:00")))["one"]


def invite(cast: Cast, event_id: int, colleague: Colleague = GUS, by: str = "ada") -> None:
    invite_colleague(cast.scope(by), event_id, colleague, key=SECRET)


def saying(words: str) -> Callable[[NotValid], bool]:
    """Whether one of the sentences at the fields holds these words."""
    return lambda refusal: any(words in sentence for sentence in refusal.errors.values())


def letters(cast: Cast) -> list[OutboxMail]:
    return list(cast.operator().session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id)))


def test_a_colleague_gets_the_event_and_its_calendar_entry(cast: Cast, tmp_path: Any) -> None:
    invite(cast, shared(cast))
    [mail] = letters(cast)
    assert (mail.to_email, mail.subject) == (GUS.email, "Ada Lindqvist invites you: one")
    assert "Friday, October\N{NO-BREAK SPACE}24, 2014, 7:00\u20138:00" in mail.body
    folder = tmp_path / "mail"
    at = NOW + timedelta(minutes=1)
    assert (
        deliver_due_mail(cast.database, FolderPost(folder), base_url="https://pd.example", clock=lambda: at)
        == 1
    )
    [file] = folder.iterdir()
    told = file.read_text()
    assert 'Content-Disposition: attachment; filename="event.ics"' in told
    assert "text/calendar" in told


def test_nobody_is_sent_the_same_event_twice_whoever_sends_it(cast: Cast) -> None:
    event_id = shared(cast)
    invite(cast, event_id)
    for by, address in (("ada", GUS.email), ("hal", "gus@elsewhere.EXAMPLE")):
        with pytest.raises(NotValid, check=saying("never sent twice")):
            invite(cast, event_id, Colleague(address, "", GUS.address), by)
    assert len(letters(cast)) == 1


def test_the_table_names_no_address(cast: Cast) -> None:
    invite(cast, shared(cast))
    row = cast.operator().session.scalars(sa.select(Invitation)).one()
    assert re.fullmatch("[0-9a-f]{40}", row.to_hash)
    [facts] = cast.operator().session.scalars(
        sa.select(AuditEntry.facts).where(AuditEntry.action == "event.colleague_invited")
    )
    assert facts == {}


def test_what_is_over_cancelled_or_only_proposed_is_not_sent(cast: Cast) -> None:
    scope = cast.scope("ada")
    for more in ({}, SOON | {"state": EventState.CANCELLED}):
        with pytest.raises(NotNow):
            invite(cast, an_event(scope, **more))
    with pytest.raises(NotHere):
        invite(cast, an_event(scope, **SOON, state=EventState.PROPOSED))


def test_a_districts_own_event_goes_to_its_own_people_only(cast: Cast) -> None:
    event_id = an_event(cast.scope("ada"), **SOON)
    with pytest.raises(NotValid, check=saying("only its people")):
        invite(cast, event_id)
    with pytest.raises(NotValid, check=saying("only its people")):
        invite(cast, event_id, Colleague("dee@riverton.example", "", GUS.address))
    with pytest.raises(NotValid, check=saying("your own address")):
        invite(cast, event_id, Colleague("ada@maplewood.example", "", GUS.address))
    invite(cast, event_id, Colleague("BO@maplewood.example", "", GUS.address))
    assert len(letters(cast)) == 1
    with pytest.raises(NotHere):
        invite(cast, event_id, GUS, "dee")


def test_a_note_that_leads_elsewhere_is_refused(cast: Cast) -> None:
    with pytest.raises(NotValid, check=saying("Leave links")):
        invite(cast, shared(cast), Colleague(GUS.email, "Look at pills.example", GUS.address))
    assert letters(cast) == []


def test_so_many_letters_and_no_more(cast: Cast) -> None:
    def count(person: int, email: str) -> None:
        count_invitation(cast.database, person, email, key=SECRET, at=NOW)

    for number in range(5):
        count(1, f"somebody{number}@elsewhere.example")
    with pytest.raises(TooManyTries):
        count(1, "another@elsewhere.example")
    for person in (2, 3, 4):
        count(person, "gus@elsewhere.example")
    with pytest.raises(TooManyTries):
        count(5, "GUS@elsewhere.example")
