"""What a shutdown kit keeps of a district: every certificate that left the house, with what proves its page."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import sqlalchemy as sa

from pdtracker import signing
from pdtracker.db import DistrictSession
from pdtracker.domain.canonical import Json, canonical, instant_text
from pdtracker.domain.certificate import NotASnapshot, Snapshot
from pdtracker.domain.glyphs import MissingGlyph
from pdtracker.domain.status_list import mark_of
from pdtracker.exchange.open_badges.attached import unpacked
from pdtracker.exchange.open_badges.credential import Certified
from pdtracker.models.certificates import (
    BadgeRecipient,
    Certificate,
    CertificateNews,
    CertificateStatus,
    StatusEntry,
)
from pdtracker.models.districts import SigningKey
from pdtracker.pdf.certificate import render
from pdtracker.pdf.comparison import layout_digest
from pdtracker.pdf.record import SignedRecord
from pdtracker.queries.badges import joined_for_badges, signed_badge
from pdtracker.queries.certificate_designs import kept_pictures, pictures_of
from pdtracker.queries.status_lists import opened_key

PAGES_SCHEMA: Final = "pdtracker.pages/1"
_BATCH: Final = 200


@dataclass(frozen=True, slots=True)
class Archived:
    """A certificate for the kit: its signed record, the row by which its file is known again, and its badge."""

    serial: str
    record: bytes
    row: str
    badge: bytes


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A certificate whose record doesn't prove itself, and why."""

    serial: str
    reason: str


def archived(
    session: DistrictSession, secrets: tuple[str, ...], at: datetime
) -> Iterator[Archived | LeftOut]:
    """Every certificate that left the house by `at`, in the order of serials, which tells nothing. Three statements."""
    keys = {
        row.kid: signing.unlock(row.sealed_private_key, row.kid, secrets)
        for row in session.execute(sa.select(SigningKey.kid, SigningKey.sealed_private_key))
    }
    pictures = kept_pictures(session)
    recalled = sa.exists(
        sa.select(CertificateStatus.id).where(
            CertificateStatus.certificate_id == Certificate.id,
            CertificateStatus.news == CertificateNews.RECALLED,
        )
    )
    rows = session.execute(
        joined_for_badges(
            sa.select(
                Certificate.serial,
                Certificate.code,
                Certificate.snapshot,
                Certificate.signature,
                Certificate.kid,
                SigningKey.public_key,
                StatusEntry.place,
                BadgeRecipient.identity_hash,
                BadgeRecipient.sealed,
            )
        )
        .where(Certificate.release_at <= at, ~recalled)
        .order_by(Certificate.serial)
    ).yield_per(_BATCH)
    for row in rows:
        one = _archived(
            row.serial,
            row.code,
            row.snapshot,
            row.signature,
            row.kid,
            row.public_key,
            pictures,
            row.sealed,
        )
        if isinstance(one, Archived):
            certified = Certified(
                Snapshot.from_bytes(row.snapshot), row.identity_hash, row.place, row.public_key
            )
            one = replace(one, badge=signed_badge(certified, keys[row.kid]).encode())
        yield one


def sign_pages(
    session: DistrictSession, secrets: tuple[str, ...], slug: str, rows: int, sha256: str, at: datetime
) -> dict[str, object]:
    """The statement that these rows are the district's pages, signed by its newest key. One statement.

    Raises LookupError in a district without a key.
    """
    key = opened_key(session, secrets)
    if key is None:
        raise LookupError(f"{slug} has no key")
    statement: dict[str, Json] = {
        "schema": PAGES_SCHEMA,
        "district": slug,
        "as_of": instant_text(at),
        "kid": key.kid,
        "rows": rows,
        "sha256": sha256,
    }
    return {"statement": statement, "signature": signing.sign(key.private, canonical(statement)).hex()}


def _archived(
    serial: str,
    code: str,
    frozen: bytes,
    signature: bytes,
    kid: str,
    public: bytes,
    pictures: Mapping[str, bytes],
    sealed: bytes | None,
) -> Archived | LeftOut:
    try:
        snapshot = Snapshot.from_bytes(frozen)
    except NotASnapshot:
        return LeftOut(serial, "its record can't be read")
    if (snapshot.serial, snapshot.code, snapshot.key) != (serial, code, kid) or not signing.verify(
        public, frozen, signature
    ):
        return LeftOut(serial, "its record doesn't fit its signature")
    try:
        inked = snapshot.appearance.signatures if snapshot.appearance else ()
        logo, signed = pictures_of(snapshot.district.mark, inked, pictures)
        badge = None if sealed is None else unpacked(sealed)
        data = render(snapshot, signature, public, logo, signed, badge)
    except (ValueError, MissingGlyph) as problem:
        return LeftOut(serial, f"its page can't be drawn again: {problem}")
    layout = layout_digest(data)
    if layout is None:
        return LeftOut(serial, "its page has another layout than certificates have")
    whole = hashlib.sha256(data).hexdigest()
    return Archived(
        serial,
        SignedRecord(snapshot, frozen, signature, public).to_bytes(),
        f"{mark_of(serial)[:16]} {whole[:32]} {layout[:32]}\n",
        b"",
    )
