"""Adding and removing attendance evidence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO

import sqlalchemy as sa

from pdtracker.blobs import BlobStore, TooLarge, receive
from pdtracker.domain.access import Permission
from pdtracker.domain.evidence import FILE_LIMIT_BYTES, MOST_PIECES, EvidenceKind
from pdtracker.domain.refusals import Mistyped, NotHere, NotPermitted, NotValid
from pdtracker.domain.text import clean_line
from pdtracker.exchange.attachments import MediaType, accept
from pdtracker.models.claims import Claim, Evidence
from pdtracker.models.ids import new_id
from pdtracker.queries import claims
from pdtracker.scope import Scope, action

_NAME_CHARACTERS = 100


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that was looked at and is on the disk, ready to be named by a row."""

    sha256: str
    size_bytes: int
    name: str
    media_type: MediaType


def keep_file(scope: Scope, store: BlobStore, claim_id: int, stream: BinaryIO, name: str) -> KeptFile:
    """Take a file in: to the disk within its limit, looked at, pictures drawn anew. Changes no row.

    This takes as long as a picture takes, so it is done before the action `add_file` holds the database.
    Refuses with NotValid at `file`.
    """
    claims.editable_session(scope, claim_id)
    scope.session.rollback()
    try:
        with store.workroom() as room:
            file = receive(stream, room, FILE_LIMIT_BYTES)
            media_type = accept(file)
            blob = store.keep(scope.district.id, file)
    except TooLarge:
        limit = f"{FILE_LIMIT_BYTES // (1024 * 1024)} MB"
        raise _not_taken(name, f"It is larger than {limit}. Save it smaller, or paste a link.") from None
    except Mistyped as error:
        raise _not_taken(name, error.sentence) from None
    return KeptFile(blob.sha256, blob.size_bytes, file_name(name, media_type), media_type)


@action(Permission.LOG_CLAIM)
def add_file(scope: Scope, claim_id: int, file: KeptFile, *, note: str) -> int:
    """Add a file as evidence; gives its id. The same file again is the one that is there."""
    claim = claims.session_to_edit(scope, claim_id)
    same = sa.select(Evidence.id).where(
        Evidence.claim_id == claim_id, Evidence.file_sha256 == file.sha256, Evidence.removed_at.is_(None)
    )
    if (there := scope.session.scalar(same)) is not None:
        return there
    return _add(
        scope,
        claim,
        Evidence(
            kind=EvidenceKind.FILE,
            note=note,
            file_sha256=file.sha256,
            file_name=file.name,
            media_type=file.media_type.value,
            size_bytes=file.size_bytes,
        ),
    )


@action(Permission.LOG_CLAIM)
def add_link(scope: Scope, claim_id: int, link: str, *, note: str) -> int:
    """Add the address of something that shows attendance; gives its id. The same address again is the one there."""
    claim = claims.session_to_edit(scope, claim_id)
    same = sa.select(Evidence.id).where(
        Evidence.claim_id == claim_id, Evidence.link == link, Evidence.removed_at.is_(None)
    )
    if (there := scope.session.scalar(same)) is not None:
        return there
    return _add(scope, claim, Evidence(kind=EvidenceKind.LINK, link=link, note=note))


@action(Permission.LOG_CLAIM)
def add_word(scope: Scope, claim_id: int, *, note: str) -> int:
    """Give one's own word that one was there, with a note; gives its id. The same note again is the one there."""
    claim = claims.session_to_edit(scope, claim_id)
    same = sa.select(Evidence.id).where(
        Evidence.claim_id == claim_id,
        Evidence.kind == EvidenceKind.ATTESTATION,
        Evidence.note == note,
        Evidence.removed_at.is_(None),
    )
    if (there := scope.session.scalar(same)) is not None:
        return there
    return _add(scope, claim, Evidence(kind=EvidenceKind.ATTESTATION, note=note))


@action(Permission.LOG_CLAIM)
def remove_evidence(scope: Scope, claim_id: int, evidence_id: int) -> None:
    """Take a piece of evidence off a claim. Its row stays, with the time; twice is once."""
    claim = claims.session_to_edit(scope, claim_id)
    found = scope.session.scalar(
        sa.select(Evidence).where(Evidence.claim_id == claim_id, Evidence.id == evidence_id)
    )
    if found is None:
        raise NotHere
    if found.kind.is_recorded:
        raise NotPermitted(
            "recorded_evidence",
            "This was recorded at the event. Ask whoever recorded it if it is not right.",
        )
    if found.removed_at is not None:
        return
    found.removed_at = scope.at
    _changed(scope, claim, "evidence.removed", found)


def file_name(name: str, media_type: MediaType) -> str:
    """The name under which a file is given out again: no folders, no control characters, the ending that is true."""
    return (_plain(PurePath(_last(name)).stem) or "evidence") + media_type.ending


def _last(path: str) -> str:
    last = re.split(r"[\\/]", path)[-1]
    return "".join(sign for sign in last if sign.isprintable() and sign not in '<>:"|?*')


def _plain(name: str) -> str:
    try:
        return clean_line(name[:_NAME_CHARACTERS], _NAME_CHARACTERS).strip(". ")
    except Mistyped:
        return ""


def _not_taken(name: str, sentence: str) -> NotValid:
    """Why a file was refused, and which one: its field is empty when the form is shown again."""
    shown = _plain(_last(name))
    return NotValid({"file": f"“{shown}” was not taken. {sentence}" if shown else sentence})


def _add(scope: Scope, claim: Claim, piece: Evidence) -> int:
    pieces = scope.session.scalar(
        sa.select(sa.func.count())
        .select_from(Evidence)
        .where(Evidence.claim_id == claim.id, Evidence.removed_at.is_(None))
    )
    if (pieces or 0) >= MOST_PIECES:
        raise NotValid(
            {"evidence": f"A claim has at most {MOST_PIECES} pieces of evidence. Remove one to add another."}
        )
    piece.id, piece.claim_id, piece.added_at = new_id(), claim.id, scope.at
    scope.session.add(piece)
    _changed(scope, claim, "evidence.added", piece)
    return piece.id


def _changed(scope: Scope, claim: Claim, what: str, piece: Evidence) -> None:
    claim.version += 1
    claim.updated_at = scope.at
    scope.record(what, "claim", claim.id, evidence=piece.id, kind=piece.kind.value, sha256=piece.file_sha256)
