"""Certificates collected by a worker into one file: a ZIP of PDFs with their index, or one PDF for the printer.

They are drawn one by one and written at once, so that ten thousand take no more memory than a hundred. One that can't
be drawn is told in the report, and the others go on. A worker that stops in between leaves nothing behind.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from pathlib import Path
from typing import IO, Final, Protocol

from pdtracker.actions.collecting import begin_again, keep_collection, note_parts
from pdtracker.actions.leases import Taken
from pdtracker.blobs import BlobStore
from pdtracker.domain.access import Permission
from pdtracker.domain.certificate import Snapshot
from pdtracker.domain.collecting import Form, name_within
from pdtracker.domain.refusals import NotHere, Refusal
from pdtracker.domain.when import date_text, local
from pdtracker.exchange.certificate_zip import CertificateZip, Entry
from pdtracker.exchange.open_badges.attached import unpacked
from pdtracker.pdf.certificate import draw, render
from pdtracker.pdf.logos import Logo
from pdtracker.pdf.print_run import PrintRun, RunFacts
from pdtracker.queries.certificate_designs import kept_pictures, named_pictures, pictures_of
from pdtracker.queries.certificates import Issued
from pdtracker.queries.collecting import printable
from pdtracker.queries.jobs import ItemRow, is_cancel_asked, next_items
from pdtracker.queries.verification import sound_snapshot
from pdtracker.scope import Scope

AT_ONCE: Final = 100
"""So many are drawn between two looks at whether somebody wants it to stop."""

_GONE: Final = "It was revoked or superseded since this was asked for."
_UNSOUND: Final = "Our record of it doesn’t fit its signature. Ask whoever runs the server to look at it."
_NOT_DRAWN: Final = "It couldn’t be drawn. Ask whoever runs the server to look at it."

logger = logging.getLogger("pdtracker.collecting")


class Ended(Enum):
    """How it ended: with a file, because somebody wanted so, or because the worker stops and another begins anew."""

    WHOLE = auto()
    CANCELLED = auto()
    STOPPED = auto()


@dataclass(frozen=True, slots=True)
class Hand:
    """What a worker has in hand: the job, who asked for it as of now, the files, the clock, and when to stop."""

    taken: Taken
    scope: Callable[[], Scope]
    store: BlobStore
    clock: Callable[[], datetime]
    is_stopping: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Drawable:
    """A sound certificate with its pictures."""

    snapshot: Snapshot
    signature: bytes
    public_key: bytes
    logo: Logo | None
    inked: tuple[Logo, ...]
    badge: bytes | None = None


class File(Protocol):
    """A file of many certificates while it is written."""

    def add(self, one: Drawable) -> None:
        """One more; what can't be drawn raises before anything of it is written."""

    def close(self) -> None:
        """No more: the file is whole."""


@dataclass(slots=True)
class _Tally:
    drawn: int = 0
    refused: int = 0
    pictures: dict[str, bytes] = field(default_factory=dict)


def collect(hand: Hand) -> Ended:
    """Make the file of a job and keep it. Raises NotPermitted for who has left or lost the role, and LeaseLost."""
    taken, scope = hand.taken, hand.scope()
    scope.require(Permission.COLLECT_CERTIFICATES)
    begin_again(scope.session, taken, hand.clock())
    with hand.store.workroom() as room:
        path = room / "collected"
        tally = _Tally()
        with (
            path.open("wb") as out,
            closing(_file(out, scope, Form(taken.payload["form"]), taken)) as file,
        ):
            for batch in _batches(scope, taken):
                if is_cancel_asked(scope.session, taken.id):
                    return Ended.CANCELLED
                if hand.is_stopping():
                    return Ended.STOPPED
                _add(hand, file, batch, tally)
        if tally.drawn:
            _keep(hand, path, tally)
    return Ended.WHOLE


class ZipOfFiles:
    """Each certificate as the file that its holder has, to the last byte."""

    def __init__(self, out: IO[bytes], at: datetime) -> None:
        self._zip = CertificateZip(out, at.date())

    def add(self, one: Drawable) -> None:
        """One more file."""
        s = one.snapshot
        data = render(s, one.signature, one.public_key, one.logo, one.inked, one.badge)
        entry = Entry(
            name_within(s.holder.name, s.code),
            s.holder.name,
            s.title,
            s.total_minutes,
            s.issued_on,
            s.code,
            s.serial,
        )
        self._zip.add(entry, data)

    def close(self) -> None:
        """The index, and the end."""
        self._zip.close()


class PagesToPrint:
    """The pages of all certificates in one PDF."""

    def __init__(self, out: IO[bytes], facts: RunFacts) -> None:
        self._run = PrintRun(out, facts)

    def add(self, one: Drawable) -> None:
        """Its pages."""
        self._run.add(*draw(one.snapshot, one.logo, one.inked))

    def close(self) -> None:
        """The end."""
        self._run.close()


def _file(out: IO[bytes], scope: Scope, form: Form, taken: Taken) -> File:
    if form is Form.ZIP:
        return ZipOfFiles(out, local(scope.at, scope.district.zone))
    made_on = date_text(local(scope.at, scope.district.zone))
    facts = RunFacts(
        f"Certificates to print: {taken.payload['words']}",
        scope.district.name,
        f"Those that stood on {made_on}",
        scope.at,
    )
    return PagesToPrint(out, facts)


def _batches(scope: Scope, taken: Taken) -> Iterator[list[ItemRow]]:
    while batch := next_items(scope.session, taken.id, AT_ONCE):
        yield batch


def _add(hand: Hand, file: File, batch: list[ItemRow], tally: _Tally) -> None:
    scope = hand.scope()
    scope.require(Permission.COLLECT_CERTIFICATES)
    found = printable(scope, [item.subject_id for item in batch])
    drawn: list[int] = []
    refused: dict[int, Refusal] = {}
    for item in batch:
        try:
            file.add(_drawable(scope, found.get(item.subject_id), tally))
        except Refusal as refusal:
            refused[item.id] = refusal
        except OSError:
            # The disk is full, or away: that is of no single one.
            raise
        except Exception:
            logger.exception("a certificate wasn't drawn", extra={"certificate": item.subject_id})
            refused[item.id] = Refusal("not_drawn", _NOT_DRAWN)
        else:
            drawn.append(item.id)
    note_parts(scope.session, hand.taken, hand.clock(), drawn, refused)
    tally.drawn += len(drawn)
    tally.refused += len(refused)


def _drawable(scope: Scope, issued: Issued | None, tally: _Tally) -> Drawable:
    if issued is None:
        raise NotHere("gone", _GONE)
    snapshot = sound_snapshot(issued)
    if snapshot is None:
        raise Refusal("not_sound", _UNSOUND)
    missing = [digest for digest in named_pictures(snapshot) if digest not in tally.pictures]
    if missing:
        tally.pictures.update(kept_pictures(scope.session, missing))
    signatures = snapshot.appearance.signatures if snapshot.appearance else ()
    logo, inked = pictures_of(snapshot.district.mark, signatures, tally.pictures)
    badge = None if issued.badge is None else unpacked(issued.badge)
    return Drawable(snapshot, issued.signature, issued.public_key, logo, inked, badge)


def _keep(hand: Hand, path: Path, tally: _Tally) -> None:
    scope = hand.scope()
    blob = hand.store.keep(scope.district.id, path)
    keep_collection(scope, hand.taken, blob, tally.drawn, tally.refused)
