"""Addresses that take no letters: noted when one comes back for good; what follows waits until that is lifted."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller

from pdtracker.actions.bounces import confirm_address, lift_bounce, record_bounce
from pdtracker.actions.resending import Helped, send_again
from pdtracker.domain.mailing import LetterKind
from pdtracker.domain.refusals import NotHere, NotNow, NotPermitted, NotValid
from pdtracker.jobs import deliver_due_mail
from pdtracker.mail import SmtpPost
from pdtracker.models.records import MailState, OutboxMail
from pdtracker.queries.bounces import bounce_of, standing_bounces
from tests.actions.test_mailing import write
from tests.factories import NOW, Cast


class Server:
    """A real mail server that answers for a reader what it is told to."""

    def __init__(self) -> None:
        self.said = "250 OK"
        self.subjects: list[str] = []

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self.said.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.said

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        lines = envelope.content.decode().splitlines()
        self.subjects += [line[9:] for line in lines if line.startswith("Subject: ")]
        return "250 Kept"


@pytest.fixture
def served() -> Iterator[tuple[Server, SmtpPost]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Server()
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    yield server, SmtpPost.from_url(f"smtp://127.0.0.1:{port}")
    controller.stop()


def deliver(cast: Cast, post: SmtpPost, minutes: int = 0) -> None:
    at = NOW + timedelta(minutes=minutes)
    deliver_due_mail(cast.database, post, base_url="https://pd.example", clock=lambda: at)


def states(cast: Cast) -> list[MailState]:
    scope = cast.operator()
    return list(scope.session.scalars(sa.select(OutboxMail.state).order_by(OutboxMail.id)))


def test_what_comes_back_for_good_withholds_what_follows_until_it_is_lifted(
    cast: Cast, served: tuple[Server, SmtpPost]
) -> None:
    server, post = served
    server.said = "550 5.1.1 No such user here"
    write(cast, "one", LetterKind.DECISION)
    deliver(cast, post)
    write(cast, "two", LetterKind.DECISION)
    deliver(cast, post, 1)
    assert states(cast) == [MailState.BOUNCED, MailState.WITHHELD]
    bounce = bounce_of(cast.scope("cam"), cast.email_of("ada"))
    assert bounce is not None
    assert (bounce.why, bounce.by_name, bounce.withheld) == ("550 5.1.1 No such user here", "", 2)
    server.said = "250 OK"
    deliver(cast, post, 300)
    assert server.subjects == []
    assert lift_bounce(cast.scope("cam"), bounce.id) == 2
    deliver(cast, post, 300)
    deliver(cast, post, 301)
    assert sorted(server.subjects) == ["one", "two"]
    assert standing_bounces(cast.scope("cam")) == ()
    assert lift_bounce(cast.scope("cam"), bounce.id) == 0


@pytest.mark.parametrize(
    "said",
    ["450 Greylisted", "552 Too much", "550 5.2.2 Mailbox full", "554 5.7.1 Your network is blocked"],
)
def test_what_passes_or_is_our_own_fault_is_no_bounce(
    cast: Cast, served: tuple[Server, SmtpPost], said: str
) -> None:
    server, post = served
    server.said = said
    write(cast, "one")
    deliver(cast, post)
    assert states(cast) == [MailState.QUEUED]
    server.said = "250 OK"
    deliver(cast, post, 5)
    assert server.subjects == ["one"]


def test_whose_address_it_is_confirms_it(cast: Cast, served: tuple[Server, SmtpPost]) -> None:
    server, post = served
    record_bounce(cast.scope("cam"), cast.email_of("ada").upper(), "A letter came back.")
    record_bounce(cast.scope("cam"), cast.email_of("ada"), "Another.")
    (bounce,) = standing_bounces(cast.scope("cam"))
    assert (bounce.person_name, bounce.by_name) == ("Ada Lindqvist", "Cam Okafor")
    write(cast, "one")
    deliver(cast, post)
    assert server.subjects == []
    with pytest.raises(NotNow):
        confirm_address(cast.scope("bo"))
    assert confirm_address(cast.scope("ada")) == 1
    deliver(cast, post)
    assert server.subjects == ["one"]


def test_a_letter_that_came_back_can_be_tried_again_but_waits_while_its_address_does(
    cast: Cast, served: tuple[Server, SmtpPost]
) -> None:
    server, post = served
    server.said = "550 5.1.1 No such user here"
    write(cast, "one")
    deliver(cast, post)
    letter_id = cast.operator().session.scalars(sa.select(OutboxMail.id)).one()
    assert send_again(cast.scope("cam"), letter_id) is Helped.TRIED_AGAIN
    deliver(cast, post)
    assert states(cast) == [MailState.WITHHELD]
    with pytest.raises(NotNow):
        send_again(cast.scope("cam"), letter_id)


def test_only_an_administrator_notes_and_lifts_in_their_own_district(cast: Cast) -> None:
    with pytest.raises(NotPermitted):
        record_bounce(cast.scope("bo"), cast.email_of("ada"), "No.")
    with pytest.raises(NotValid):
        record_bounce(cast.scope("cam"), cast.email_of("dee"), "No.")
    record_bounce(cast.scope("cam"), cast.email_of("ada"), "It came back.")
    (bounce,) = standing_bounces(cast.scope("cam"))
    assert standing_bounces(cast.operator(cast.riverton)) == ()
    with pytest.raises(NotHere):
        lift_bounce(cast.operator(cast.riverton), bounce.id)
