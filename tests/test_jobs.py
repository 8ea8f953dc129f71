"""Letters: they leave once, after their time, through a real server or into a folder; nothing is lost on the way."""

from __future__ import annotations

import email
import email.policy
import socket
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller

from pdtracker.actions.outbox import LEASE, MOST_ATTEMPTS, take_due_mail
from pdtracker.actions.reviews import Wish, approve_claims
from pdtracker.actions.undoing import release_decisions, undo_decisions
from pdtracker.domain.claim import ClaimState
from pdtracker.jobs import deliver_due_mail
from pdtracker.mail import FolderPost, Post, SmtpPost
from pdtracker.models.records import MailState, OutboxMail
from tests.factories import AN_ISSUER, NOW, Cast, a_claim

LATER = NOW + timedelta(minutes=16)


class Inbox:
    """A real SMTP server that keeps what it gets, and can be told to refuse."""

    def __init__(self) -> None:
        self.messages: list[email.message.EmailMessage] = []
        self.refuses = False

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Take or refuse one message."""
        if self.refuses:
            return "451 Come back later"
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, email.message.EmailMessage)
        self.messages.append(message)
        return "250 Kept"


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, SmtpPost]]:
    """A mail server on loopback and the post that leads to it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kept = Inbox()
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    yield kept, SmtpPost.from_url(f"smtp://127.0.0.1:{port}")
    controller.stop()


def approve_one(cast: Cast, **more: Any) -> int:
    """Bo approves a claim of Ada; gives the decision's id."""
    claim_id = a_claim(cast.scope("ada"), ClaimState.SUBMITTED, **more)
    outcome = approve_claims(cast.scope("bo"), [Wish(claim_id, 1)], AN_ISSUER)[0]
    assert outcome.step_id is not None
    return outcome.step_id


def deliver(cast: Cast, post: Post, at: datetime) -> int:
    """One round of the worker at this moment."""
    return deliver_due_mail(cast.database, post, base_url="https://pd.maplewood.example", clock=lambda: at)


def states(cast: Cast) -> list[MailState]:
    """How Maplewood's letters stand."""
    scope = cast.operator()
    return list(scope.session.scalars(sa.select(OutboxMail.state).order_by(OutboxMail.id)))


def test_a_letter_leaves_once_after_the_time_to_undo(cast: Cast, inbox: tuple[Inbox, SmtpPost]) -> None:
    kept, post = inbox
    approve_one(cast)
    assert deliver(cast, post, NOW + timedelta(minutes=14)) == 0
    assert deliver(cast, post, LATER) == 1
    assert deliver(cast, post, LATER + timedelta(days=1)) == 0
    [message] = kept.messages
    assert message["To"] == "Ada Lindqvist <ada@maplewood.example>"
    assert message["Subject"] == "1\N{NO-BREAK SPACE}hour approved: Reading circle"
    assert message["Message-ID"].endswith("@pd.maplewood.example>")
    assert "Added to your transcript" in message.get_body(("plain",)).get_content()
    assert states(cast) == [MailState.SENT]


def test_an_undone_decision_sends_nothing(cast: Cast, inbox: tuple[Inbox, SmtpPost]) -> None:
    kept, post = inbox
    step_id = approve_one(cast)
    undo_decisions(cast.scope("bo", NOW + timedelta(minutes=5)), [step_id])
    assert deliver(cast, post, LATER) == 0
    assert (kept.messages, states(cast)) == ([], [MailState.CANCELLED])


def test_release_now_lets_the_letter_leave_at_once(cast: Cast, inbox: tuple[Inbox, SmtpPost]) -> None:
    kept, post = inbox
    step_id = approve_one(cast)
    release_decisions(cast.scope("bo", NOW + timedelta(minutes=1)), [step_id])
    assert deliver(cast, post, NOW + timedelta(minutes=1)) == 1
    assert len(kept.messages) == 1


def test_a_server_that_refuses_loses_nothing(cast: Cast, inbox: tuple[Inbox, SmtpPost]) -> None:
    kept, post = inbox
    approve_one(cast)
    kept.refuses = True
    at = LATER
    for _ in range(3):
        assert deliver(cast, post, at) == 0
        at += timedelta(hours=2)
    kept.refuses = False
    assert deliver(cast, post, at) == 1
    assert len(kept.messages) == 1


def test_a_server_that_is_away_loses_nothing_and_is_given_up_at_last(cast: Cast) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = SmtpPost.from_url(f"smtp://127.0.0.1:{free.getsockname()[1]}")
    approve_one(cast)
    at = LATER
    for _ in range(MOST_ATTEMPTS):
        assert states(cast) == [MailState.QUEUED]
        deliver(cast, nobody, at)
        at += timedelta(days=2)
    assert states(cast) == [MailState.FAILED]


def test_a_letter_in_the_hands_of_a_dead_worker_goes_to_the_next(
    cast: Cast, inbox: tuple[Inbox, SmtpPost]
) -> None:
    kept, post = inbox
    approve_one(cast)
    assert len(take_due_mail(cast.operator(at=LATER))) == 1
    assert deliver(cast, post, LATER) == 0
    assert deliver(cast, post, LATER + LEASE) == 1
    assert len(kept.messages) == 1


def test_two_workers_take_different_letters(cast: Cast) -> None:
    for hours in range(4, 24, 2):
        approve_one(cast, starts_at=NOW - timedelta(hours=hours), ends_at=NOW - timedelta(hours=hours - 1))
    first = take_due_mail(cast.operator(at=LATER), limit=5)
    second = take_due_mail(cast.operator(at=LATER), limit=50)
    assert len(first) == 5
    assert len({mail.id for mail in (*first, *second)}) == 10


def test_without_a_server_letters_are_files(cast: Cast, tmp_path: Path) -> None:
    approve_one(cast)
    folder = tmp_path / "mail"
    assert deliver(cast, FolderPost(folder), LATER) == 1
    [file] = folder.iterdir()
    message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert message["To"] == "Ada Lindqvist <ada@maplewood.example>"


@pytest.mark.parametrize("title", ["Line\r\nBcc: all@maplewood.example", "A\x00B", "Grüße, 雷"])
def test_no_title_writes_headers(cast: Cast, inbox: tuple[Inbox, SmtpPost], title: str) -> None:
    """Such a title is cleaned where it is typed; should one slip through, no header comes of it."""
    kept, post = inbox
    if "\x00" in title and not cast.database.is_sqlite:
        title = title.replace("\x00", "\x01")
    approve_one(cast, title=title)
    deliver(cast, post, LATER)
    for message in kept.messages:
        assert message["Bcc"] is None
        assert set(message.keys()) <= {
            "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Type",
            "Content-Transfer-Encoding", "MIME-Version", "X-Peer", "X-MailFrom", "X-RcptTo",
        }  # fmt: skip
