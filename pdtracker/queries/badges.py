"""A certificate's badge: made from its snapshot and signed with the key that signed it, the same bytes each time."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from pdtracker import signing
from pdtracker.db import DistrictSession
from pdtracker.exchange.open_badges import baking, sealing
from pdtracker.exchange.open_badges.credential import Certified, Document, credential
from pdtracker.exchange.open_badges.reading import Form
from pdtracker.models.certificates import BadgeRecipient, StatusEntry
from pdtracker.models.districts import SigningKey
from pdtracker.queries.certificates import Issued

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
        at = self.certified.snapshot.issued_at
        proved = sealing.proved(self.document, self.certified.public_key, self._sign, at)
        return json.dumps(proved, ensure_ascii=False, separators=(",", ":"))

    def token(self) -> str:
        """The badge as a token (VC-JWT)."""
        # The person is told by identifiers only, but a token needs a name for its subject.
        subject = uuid.uuid5(uuid.NAMESPACE_URL, f"{self.certified.snapshot.address}#holder").urn
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
