"""A district's published status lists: made from what was said of certificates, signed, and read back without us."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from pdtracker import signing
from pdtracker.db import DistrictSession
from pdtracker.domain import proofs
from pdtracker.domain.canonical import Json, instant_of, instant_text
from pdtracker.domain.status_list import Purpose, decoded, encoded, is_set, mark_of, place_of
from pdtracker.models.certificates import Certificate, CertificateNews, CertificateStatus, StatusEntry
from pdtracker.models.districts import District, SigningKey
from pdtracker.queries.kept_keys import KeptKeys

SCHEMA: Final = "pdtracker.status/1"
KEPT_SECONDS: Final = 300
GOOD_FOR: Final = timedelta(days=7)
"""For how long a published list can be relied on; a newer one says more."""
LIMIT_BYTES: Final = 67_108_864
_CONTEXT: Final = ("https://www.w3.org/ns/credentials/v2",)
_NO_LIST: Final = "This is no status list, or its signature doesn't fit a key that you trust."


@dataclass(frozen=True, slots=True)
class Publisher:
    """Under which address lists are published, and the secrets that open the district's key, newest first."""

    site: str
    secrets: tuple[str, ...]

    @classmethod
    def of(cls, base_url: str, secrets: tuple[str, ...]) -> Publisher:
        """The publisher of an installation."""
        return cls(base_url.rstrip("/"), secrets)

    def address(self, slug: str, purpose: Purpose) -> str:
        """Where a district's list always is."""
        return f"{self.site}/.well-known/pdtracker-status/{slug}/{purpose.value}.json"


def published(
    session: DistrictSession, publisher: Publisher, purpose: Purpose, at: datetime
) -> dict[str, Json] | None:
    """The list as everybody may fetch it. None for a district without a key.

    It is the same bytes for some minutes, unless something is said meanwhile.

    Four statements. It tells all that was said by the moment that it names.
    """
    whole = int(at.timestamp())
    named = datetime.fromtimestamp(whole - whole % KEPT_SECONDS, UTC)
    lists = signed_lists(session, publisher, named, named + GOOD_FOR)
    return lists[purpose] if lists else None


def signed_lists(
    session: DistrictSession, publisher: Publisher, at: datetime, until: datetime | None
) -> dict[Purpose, dict[str, Json]]:
    """Both lists, signed by the district's newest key; none for a district without one. Four statements."""
    place = session.execute(sa.select(District.slug, District.name)).first()
    key = opened_key(session, publisher.secrets)
    if place is None or key is None:
        return {}
    told, elsewhere = _told(session), _elsewhere(session)
    lists = {}
    for purpose, places in (
        (Purpose.REVOCATION, list(told)),
        (Purpose.REFRESH, [one for one, news in told.items() if news is CertificateNews.SUPERSEDED]),
    ):
        unsigned = _credential(publisher.address(place.slug, purpose), purpose, places, elsewhere, at, until)
        unsigned["issuer"] = {"id": proofs.did_of(key.public), "name": place.name}
        lists[purpose] = _signed(unsigned, key.public, key.private, at)
    return lists


def opened_key(session: DistrictSession, secrets: tuple[str, ...]) -> signing.SigningKey | None:
    """The district's newest key, opened to sign with. One statement."""
    key = session.execute(
        sa.select(SigningKey.kid, SigningKey.public_key, SigningKey.sealed_private_key)
        .where(SigningKey.retired_at.is_(None))
        .order_by(SigningKey.valid_from.desc())
        .limit(1)
    ).first()
    if key is None:
        return None
    private = signing.unlock(key.sealed_private_key, key.kid, secrets)
    return signing.SigningKey(key.kid, key.public_key, private)


def _told(session: DistrictSession) -> dict[int, CertificateNews]:
    """The last word on each certificate of which something was said, by its place. One statement."""
    rows = session.execute(
        sa.select(StatusEntry.place, CertificateStatus.news)
        .join(
            CertificateStatus,
            sa.and_(
                CertificateStatus.district_id == StatusEntry.district_id,
                CertificateStatus.certificate_id == StatusEntry.certificate_id,
            ),
        )
        .order_by(CertificateStatus.at, CertificateStatus.id)
    )
    return {row.place: row.news for row in rows}


def _elsewhere(session: DistrictSession) -> dict[str, Json]:
    """Certificates that don't stand where their serial says, and where they do. One statement."""
    rows = session.execute(
        sa.select(Certificate.serial, StatusEntry.place)
        .join(
            StatusEntry,
            sa.and_(
                StatusEntry.district_id == Certificate.district_id,
                StatusEntry.certificate_id == Certificate.id,
            ),
        )
        .where(StatusEntry.is_moved)
    )
    return {mark_of(row.serial): row.place for row in rows}


def _credential(
    address: str,
    purpose: Purpose,
    places: Sequence[int],
    elsewhere: Mapping[str, Json],
    at: datetime,
    until: datetime | None,
) -> dict[str, Json]:
    subject: dict[str, Json] = {
        "id": f"{address}#list",
        "type": "BitstringStatusList",
        "statusPurpose": purpose.value,
        "encodedList": encoded(places),
    }
    if elsewhere:
        subject["elsewhere"] = elsewhere
    told: dict[str, Json] = {
        "@context": list(_CONTEXT),
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "validFrom": instant_text(at),
        "credentialSubject": subject,
    }
    return told if until is None else told | {"validUntil": instant_text(until)}


def _signed(unsigned: dict[str, Json], public: bytes, private: bytes, at: datetime) -> dict[str, Json]:
    options = proofs.proof_options(unsigned["@context"], public, at)
    signature = signing.sign(private, proofs.signed_bytes(unsigned, options))
    return unsigned | {"proof": options | {"proofValue": proofs.base58(signature)}}


# Read back


@dataclass(frozen=True, slots=True)
class KeptList:
    """One list whose signature fits: whose it is, what its bits mean, and as of when."""

    district_slug: str
    purpose: Purpose
    as_of: datetime
    until: datetime | None
    bits: bytes
    elsewhere: Mapping[str, int]

    def tells(self, serial: str) -> bool:
        """Whether the certificate's bit is set."""
        return self.tells_place(self.elsewhere.get(mark_of(serial), place_of(serial)))

    def tells_place(self, place: int) -> bool:
        """Whether the bit at this place is set, as a badge names it."""
        return is_set(self.bits, place)


def of_status_document(data: bytes, kept: KeptKeys, at: datetime) -> tuple[KeptList, ...]:
    """The lists of a kept file: one list as published, or all as a shutdown kit has them.

    Raises ValueError with a sentence for a list that nobody should rely on: not signed by a key that was in use
    then, out of date by `at`, or older than the list of keys that it came with.
    """
    try:
        document = json.loads(data)
        lists = [
            _kept_list(one, kept)
            for one in (document["lists"] if document.get("schema") == SCHEMA else [document])
        ]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as problem:
        raise ValueError(_NO_LIST) from problem
    for one in lists:
        if one.until is not None and one.until < at:
            raise ValueError(f"This status list was good until {one.until:%Y-%m-%d}. Fetch a newer one.")
        if kept.as_of is not None and one.as_of < kept.as_of:
            raise ValueError(
                "This status list is older than the list of keys. Use the one that came with it."
            )
    return tuple(lists)


def _kept_list(document: dict[str, Any], kept: KeptKeys) -> KeptList:
    proof = dict(document.pop("proof"))
    signature = proofs.of_base58(proof.pop("proofValue"))
    as_of = instant_of(document["validFrom"])
    key = {proofs.method_of(key.public_key): key for key in kept.keys.values()}[proof["verificationMethod"]]
    options = proofs.proof_options(document["@context"], key.public_key, as_of)
    if proof != options or not signing.verify(
        key.public_key, proofs.signed_bytes(document, options), signature
    ):
        raise ValueError(_NO_LIST)
    if key.retired_at is not None and as_of > key.retired_at:
        raise ValueError("signed with a key that had retired")
    subject = document["credentialSubject"]
    return KeptList(
        key.district_slug,
        Purpose(subject["statusPurpose"]),
        as_of,
        instant_of(document["validUntil"]) if "validUntil" in document else None,
        decoded(subject["encodedList"]),
        {str(mark): int(place) for mark, place in subject.get("elsewhere", {}).items()},
    )
