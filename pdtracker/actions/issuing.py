"""How credit becomes certificates: frozen, signed, numbered rows for a batch of decisions.

No action by itself: `reviews` and `certificates` call it within theirs.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Final

import sqlalchemy as sa

from pdtracker import signing
from pdtracker.domain.appearance import Appearance
from pdtracker.domain.certificate import IssuingDistrict, Snapshot, Template
from pdtracker.domain.certificate_design import CertificateDesign
from pdtracker.domain.codes import new_code, new_serial
from pdtracker.domain.recipient import identity_hash
from pdtracker.domain.state_forms import FormChoice
from pdtracker.domain.status_list import place_of
from pdtracker.exchange.open_badges.attached import packed, token_of
from pdtracker.exchange.open_badges.credential import Certified
from pdtracker.models.certificates import BadgeRecipient, Certificate, CertificateCode, StatusEntry
from pdtracker.models.districts import SigningKey
from pdtracker.models.ids import new_id
from pdtracker.models.people import Person
from pdtracker.pdf.certificate import has_badge
from pdtracker.queries.certificate_designs import newest_design
from pdtracker.scope import Scope

_UNCHOSEN: Final = Template("modern", 4)
"""How certificates look while a district chose nothing."""
_SPARE: Final = 8
"""Serials drawn beyond what is wanted, so that a taken place seldom costs another statement."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """What an installation brings to every certificate.

    `verify_address` is the public address that codes are appended to; `secrets` unlock the districts' signing
    keys, newest first; `check_letters` raises a refusal that names a letter which the fonts can't print.
    """

    verify_address: str
    secrets: tuple[str, ...]
    check_letters: Callable[[Snapshot], None]
    claim_address: Callable[[str, int], str]


@dataclass(frozen=True, slots=True)
class Press:
    """The district's key, opened once for a batch, with what every certificate of the batch has in common."""

    district: IssuingDistrict
    kid: str
    public_key: bytes
    private_key: bytes
    serials: list[str] = field(repr=False)
    design: CertificateDesign | None = None

    @property
    def template(self) -> Template:
        """The template of what is issued."""
        return self.design.template if self.design else _UNCHOSEN

    @property
    def form(self) -> str:
        """Who gets a licensing body's form: see `CertificateDesign`."""
        return self.design.form if self.design else FormChoice.NONE.value

    @property
    def form_template(self) -> Template:
        """The template of a licensing body's form; a district that chose nothing issues none."""
        return self.design.form_template if self.design else Template()

    @property
    def appearance(self) -> Appearance | None:
        """What else the district chose, None while it chose nothing."""
        return self.design.appearance if self.design else None

    def numbers(self) -> tuple[str, str]:
        """A new serial, whose place in the status list is free, and a new printed code."""
        return self.serials.pop(), new_code(secrets.token_bytes(10))


@dataclass(frozen=True, slots=True)
class Issue:
    """One certificate to write: the frozen facts, and the decision that it stands on; a summary stands on several."""

    snapshot: Snapshot
    claim_id: int | None
    person_id: int
    step_id: int | None
    edition: int
    release_at: datetime


def open_press(scope: Scope, issuer: Issuer, wanted: int) -> Press:
    """Open the district's newest signing key, making the first one when there is none, for so many certificates.

    Three statements.
    """
    design = newest_design(scope.session)
    district = IssuingDistrict(
        name=scope.district.name,
        place=scope.district.place,
        slug=scope.district.slug,
        sponsor_number=scope.district.sponsor_number,
        mark=design.mark if design else None,
    )
    # Who waited while the key was replaced finds no row under the old one's lock, and asks once more.
    row = newest_key(scope) or newest_key(scope)
    if row is not None:
        private = signing.unlock(row.sealed_private_key, row.kid, issuer.secrets)
        return Press(district, row.kid, row.public_key, private, _free_serials(scope, wanted), design)
    key = signing.new_key()
    key_id = new_id()
    scope.session.add(
        SigningKey(
            id=key_id,
            kid=key.kid,
            public_key=key.public,
            sealed_private_key=signing.lock(key.private, key.kid, issuer.secrets[0]),
            valid_from=scope.at,
        )
    )
    scope.session.flush()  # the certificates of this batch point at the key
    scope.record("signing_key.made", "signing_key", key_id, kid=key.kid)
    return Press(district, key.kid, key.public, key.private, _free_serials(scope, wanted), design)


def newest_key(scope: Scope) -> sa.Row[int, str, bytes, bytes, datetime] | None:
    """The key that signs now; who asks next waits: one batch at a time looks for free places. One statement."""
    return scope.session.execute(
        sa.select(
            SigningKey.id,
            SigningKey.kid,
            SigningKey.public_key,
            SigningKey.sealed_private_key,
            SigningKey.valid_from,
        )
        .where(SigningKey.retired_at.is_(None))
        .order_by(SigningKey.valid_from.desc())
        .limit(1)
        .with_for_update(key_share=True)
    ).first()


def _free_serials(scope: Scope, wanted: int) -> list[str]:
    """So many new serials whose places in the status list are free and not each other's."""
    free: dict[int, str] = {}
    while len(free) < wanted:
        drawn = (new_serial(secrets.token_bytes(16)) for _ in range(wanted + _SPARE))
        found = {place_of(serial): serial for serial in drawn}
        taken = scope.session.scalars(sa.select(StatusEntry.place).where(StatusEntry.place.in_(found)))
        for place in taken.all():
            del found[place]
        free |= found
    return list(free.values())


def write_certificates(scope: Scope, press: Press, issues: Sequence[Issue]) -> Mapping[str, int]:
    """Sign and write the certificates; gives the certificate's id for each serial. Five statements."""
    rows: list[dict[str, Any]] = []
    codes: list[dict[str, Any]] = []
    for issue in issues:
        snapshot, frozen = issue.snapshot, issue.snapshot.to_bytes()
        row = {
            "id": new_id(),
            "claim_id": issue.claim_id,
            "person_id": issue.person_id,
            "step_id": issue.step_id,
            "edition": issue.edition,
            "serial": snapshot.serial,
            "code": snapshot.code,
            "holder_name": snapshot.holder.name,
            "title": snapshot.title,
            "minutes": snapshot.total_minutes,
            "snapshot": frozen,
            "sha256": hashlib.sha256(frozen).hexdigest(),
            "signature": signing.sign(press.private_key, frozen),
            "kid": press.kid,
            "issued_at": scope.at,
            "release_at": issue.release_at,
        }
        rows.append(row)
        codes.append({"code": row["code"], "serial": row["serial"], "certificate_id": row["id"]})
    scope.session.insert_rows(Certificate, rows)
    scope.session.insert_rows(CertificateCode, codes)
    scope.session.insert_rows(
        StatusEntry,
        [{"certificate_id": row["id"], "place": place_of(row["serial"]), "is_moved": False} for row in rows],
    )
    _name_recipients(scope, press, rows, [issue.snapshot for issue in issues])
    return {row["serial"]: row["id"] for row in rows}


def _name_recipients(
    scope: Scope, press: Press, rows: Sequence[Mapping[str, Any]], snapshots: Sequence[Snapshot]
) -> None:
    """Keep whom each certificate's badge is for, and the badge itself as its file has it.

    A later address, or other words of the program, don't change a badge that is in the world.
    """
    sign = partial(signing.sign, press.private_key)
    holders = sa.select(Person.id, Person.email).where(Person.id.in_({row["person_id"] for row in rows}))
    emails = {holder.id: holder.email for holder in scope.session.execute(holders)}
    scope.session.insert_rows(
        BadgeRecipient,
        [
            {
                "certificate_id": row["id"],
                "identity_hash": recipient,
                "sealed": packed(
                    token_of(Certified(snapshot, recipient, place_of(row["serial"]), press.public_key), sign)
                )
                if has_badge(snapshot)
                else None,
            }
            for row, snapshot in zip(rows, snapshots, strict=True)
            for recipient in (identity_hash(row["serial"], emails[row["person_id"]]),)
        ],
    )
