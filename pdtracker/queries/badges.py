"""Certificates as badges: made from their snapshots, signed with the keys that signed them, always the same."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeVarTuple

import sqlalchemy as sa

from pdtracker import signing
from pdtracker.db import DistrictSession
from pdtracker.domain.certificate import Snapshot
from pdtracker.domain.refusals import NotNow
from pdtracker.exchange.open_badges import baking, hosted, sealing
from pdtracker.exchange.open_badges.attached import subject_of
from pdtracker.exchange.open_badges.credential import Certified, Document, credential
from pdtracker.exchange.open_badges.learner_record import learner_record
from pdtracker.exchange.open_badges.reading import Form
from pdtracker.models.certificates import BadgeRecipient, Certificate, CertificateStatus, StatusEntry
from pdtracker.models.districts import District, SigningKey
from pdtracker.queries.certificates import Issued
from pdtracker.scope import Scope

Ts = TypeVarTuple("Ts")

MEDIA_TYPES: Final = {
    Form.JSON: "application/vc+ld+json",
    Form.TOKEN: "application/vc+jwt",
    Form.PNG: "image/png",
    Form.SVG: "image/svg+xml",
}


@dataclass(frozen=True, slots=True)
class Badge:
    """A certificate's badge in all its forms."""

    certified: Certified
    document: Document
    _sign: Callable[[bytes], bytes]

    def text(self) -> str:
        """The badge as JSON with its proof."""
        return _signed(self.certified, self.document, self._sign)

    def token(self) -> str:
        """The badge as a token (VC-JWT)."""
        subject = subject_of(self.certified.snapshot)
        return sealing.token(self.document, self.certified.public_key, self._sign, subject)

    def file(self, form: Form) -> bytes:
        """The badge as a file."""
        match form:
            case Form.JSON:
                return self.text().encode()
            case Form.TOKEN:
                return self.token().encode()
            case Form.PNG:
                return baking.baked_png(self.text())
            case Form.SVG:
                return baking.baked_svg(self.text())


def signed_badge(certified: Certified, private_key: bytes) -> str:
    """A certificate's badge as JSON with its proof, by the key that signed the certificate."""
    return _signed(certified, credential(certified), partial(signing.sign, private_key))


def _signed(certified: Certified, document: Document, sign: sealing.Sign) -> str:
    proved = sealing.proved(document, certified.public_key, sign, certified.snapshot.issued_at)
    return sealing.written(proved)


def joined_for_badges(asked: sa.Select[*Ts]) -> sa.Select[*Ts]:
    """What is asked of certificates, with the key, the place and the recipient that their badges name."""
    return (
        asked.join(
            SigningKey,
            sa.and_(SigningKey.district_id == Certificate.district_id, SigningKey.kid == Certificate.kid),
        )
        .join(
            StatusEntry,
            sa.and_(
                StatusEntry.district_id == Certificate.district_id,
                StatusEntry.certificate_id == Certificate.id,
            ),
        )
        .join(
            BadgeRecipient,
            sa.and_(
                BadgeRecipient.district_id == Certificate.district_id,
                BadgeRecipient.certificate_id == Certificate.id,
            ),
        )
    )


def certified_of(session: DistrictSession, issued: Issued) -> Certified:
    """What a badge says beside the snapshot. The session is the issuing district's. One statement."""
    row = session.execute(
        sa.select(StatusEntry.place, BadgeRecipient.identity_hash)
        .join(
            BadgeRecipient,
            sa.and_(
                BadgeRecipient.district_id == StatusEntry.district_id,
                BadgeRecipient.certificate_id == StatusEntry.certificate_id,
            ),
        )
        .where(StatusEntry.certificate_id == issued.id)
    ).one()
    return Certified(issued.snapshot, row.identity_hash, row.place, issued.public_key)


def hosted_issuer(session: DistrictSession, site: str) -> Document | None:
    """Who the session's district is, for readers of Open Badges 2.0. One statement."""
    row = session.execute(sa.select(District.slug, District.name)).first()
    if row is None:
        return None
    return hosted.issuer_profile(f"{site}verify/issuers/{row.slug}.json", row.name, site)


def learner_record_of(
    scope: Scope, person_id: int, name: str, serials: Collection[str], secrets: tuple[str, ...]
) -> str:
    """Those of a person's certificates that stand, as one Comprehensive Learner Record. Two statements.

    Raises NotNow when none of them has left the house and stands.
    """
    found = _standing(scope, person_id, serials)
    if not found:
        raise NotNow("no_certificate", "No certificate of these days stands yet. It needs one at least.")
    keys = {
        row.kid: signing.unlock(row.sealed_private_key, row.kid, secrets)
        for row in scope.session.execute(
            sa.select(SigningKey.kid, SigningKey.sealed_private_key).where(
                SigningKey.kid.in_({one.snapshot.key for one in found})
            )
        )
    }
    badges = [
        sealing.proved(credential(one), one.public_key, partial(signing.sign, keys[one.snapshot.key]), at)
        for one in found
        for at in (one.snapshot.issued_at,)
    ]
    newest, at = found[-1], scope.at.replace(microsecond=0)
    record = learner_record(newest, badges, name, at)
    sign = partial(signing.sign, keys[newest.snapshot.key])
    return sealing.written(sealing.proved(record, newest.public_key, sign, at))


def _standing(scope: Scope, person_id: int, serials: Collection[str]) -> list[Certified]:
    """Those that left the house and of which nothing was said since, oldest first. One statement."""
    rows = scope.session.execute(
        joined_for_badges(
            sa.select(
                Certificate.snapshot, SigningKey.public_key, StatusEntry.place, BadgeRecipient.identity_hash
            )
        )
        .where(
            Certificate.person_id == person_id,
            Certificate.serial.in_(serials),
            Certificate.release_at <= scope.at,
            ~sa.exists(
                sa.select(CertificateStatus.id).where(CertificateStatus.certificate_id == Certificate.id)
            ),
        )
        .order_by(Certificate.issued_at, Certificate.id)
    )
    return [
        Certified(Snapshot.from_bytes(row.snapshot), row.identity_hash, row.place, row.public_key)
        for row in rows
    ]


def badge_of(session: DistrictSession, issued: Issued, secrets: tuple[str, ...]) -> Badge:
    """The badge of a certificate, also of one that no longer stands: its status says so. Two statements.

    Raises signing.KeyLocked when none of the secrets opens the key.
    """
    certified = certified_of(session, issued)
    sealed = session.scalars(
        sa.select(SigningKey.sealed_private_key).where(SigningKey.kid == issued.kid)
    ).one()
    private = signing.unlock(sealed, issued.kid, secrets)
    return Badge(certified, credential(certified), lambda data: signing.sign(private, data))
