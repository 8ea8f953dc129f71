"""Hands letters over: to an SMTP server, or to a folder of `.eml` files."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import Policy
from email.policy import default as default_policy
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from pdtracker.actions.outbox import Mail
from pdtracker.domain.letter_markup import letter_html
from pdtracker.domain.refs import ref_of
from pdtracker.settings import Settings

SMTP_SECONDS = 30
_TOO_MUCH = 552


class _WholeHeader(UnstructuredHeader, BaseHeader):
    """A header that is never folded: a long address would be encoded, and no mail program would find it."""

    def fold(self, *, policy: Policy[Any]) -> str:
        """One line."""
        return f"{self.name}: {self}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _WholeHeader)
_POLICY = default_policy.clone(header_factory=_HEADERS)


class NotDelivered(Exception):
    """The letter could not be handed over now; the message says what the other side said."""


class Bounced(NotDelivered):
    """The other side said for good that it has no such reader."""


class Post(Protocol):
    """Where letters are handed over."""

    def deliver(self, message: EmailMessage) -> None:
        """Hand one letter over, or raise NotDelivered; Bounced where trying again is of no use."""


@dataclass(frozen=True, slots=True)
class FolderPost:
    """Writes each letter as a file, under the name that its Message-ID begins with."""

    folder: Path

    def deliver(self, message: EmailMessage) -> None:
        """Write the whole letter under a temporary name first, so that a reader never finds half of one."""
        name = str(message["Message-ID"]).strip("<>").partition("@")[0]
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            part = self.folder / f".{name}.part"
            part.write_bytes(message.as_bytes())
            part.replace(self.folder / f"{name}.eml")
        except OSError as error:
            raise NotDelivered(f"{self.folder}: {error.strerror}") from error


@dataclass(frozen=True, slots=True)
class SmtpPost:
    """Speaks to the server of an `smtp://` (STARTTLS where it is offered) or `smtps://` address."""

    host: str
    port: int
    encrypted: bool
    user: str
    password: str

    @classmethod
    def from_url(cls, url: str) -> SmtpPost:
        """From `smtp://user:password@host:port`."""
        parts = urlsplit(url)
        encrypted = parts.scheme == "smtps"
        return cls(
            host=parts.hostname or "localhost",
            port=parts.port or (465 if encrypted else 587 if parts.username else 25),
            encrypted=encrypted,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
        )

    def deliver(self, message: EmailMessage) -> None:
        """One connection for each letter: a server that stumbles over one doesn't hold up the next."""
        try:
            with self._connected() as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as refused:
            code, said = next(iter(refused.recipients.values()))
            words = f"{code} {said.decode(errors='replace')}"
            raise (Bounced if _is_for_good(code, words) else NotDelivered)(words) from refused
        except (OSError, smtplib.SMTPException) as error:
            raise NotDelivered(f"{type(error).__name__}: {error}") from error

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        context = ssl.create_default_context()
        if self.encrypted:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=SMTP_SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=SMTP_SECONDS)
        with server:
            if not self.encrypted:
                server.ehlo()
                if server.has_extn("starttls"):
                    server.starttls(context=context)
            if self.user:
                server.login(self.user, self.password)
            yield server


def _is_for_good(code: int, words: str) -> bool:
    """Whether the reader was refused for what they are: not for a full box (5.2.2, 552), nor for who we are (5.7)."""
    detail = words.partition(" ")[2]
    return 500 <= code < 600 and code != _TOO_MUCH and not detail.startswith(("5.7.", "5.2.2"))


def post_of(settings: Settings) -> Post:
    """The post that the settings name: SMTP_URL, or the instance's folder."""
    if settings.smtp_url:
        return SmtpPost.from_url(settings.smtp_url)
    return FolderPost(settings.mail_folder)


def message_of(
    mail: Mail, *, sender_name: str, base_url: str, at: datetime, stop_address: str | None = None
) -> EmailMessage:
    """The letter as a message, in plain text and in HTML.

    Its Message-ID comes from its row, so that a repeated delivery is seen as one. `stop_address` is where its reader,
    or a mail program for them (RFC 8058), stops letters of its kind.

    Raises NotDelivered for an address or a subject that no header can hold.
    """
    host = urlsplit(base_url).hostname or "localhost"
    message = EmailMessage(policy=_POLICY)
    try:
        message["From"] = Address(sender_name, "no-reply", host if "." in host else f"{host}.invalid")
        message["To"] = Address(mail.to_name, addr_spec=mail.to_email)
        message["Subject"] = mail.subject
    except (ValueError, IndexError) as error:
        raise NotDelivered(f"no header can hold this: {error}") from error
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{ref_of(mail.id)}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    if stop_address is not None:
        message["List-Unsubscribe"] = f"<{stop_address}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.body)
    message.add_alternative(letter_html(mail.body), subtype="html")
    if mail.attachment is not None:
        name = mail.attachment_name or ""
        if name.endswith(".json"):
            content = mail.attachment.encode()
            message.add_attachment(content, maintype="application", subtype="json", filename=name)
        else:
            message.add_attachment(mail.attachment, subtype="calendar", filename=name)
    return message
