"""A certificate as an Open Badge 3.0, before it is signed: every fact comes from its snapshot.

1EdTech Open Badges 3.0 on W3C's Verifiable Credentials 2.0. Whoever the badge is for is told by name, and by their
address only as a salted hash, so that a badge can be shown to everybody. The same snapshot gives the same badge.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any, Final, TypeAlias

from pdtracker.domain import proofs
from pdtracker.domain.canonical import instant_text, nfc
from pdtracker.domain.certificate import Snapshot
from pdtracker.domain.recipient import salt_of
from pdtracker.domain.statement import Statement, statement
from pdtracker.domain.status_list import Purpose
from pdtracker.exchange.linked_data.contexts import CREDENTIALS, OPEN_BADGES

# Any: a document as JSON has it, with the one float that the standard asks for.
Document: TypeAlias = dict[str, Any]

_VERIFY: Final = "verify/"
_HUNDREDTHS: Final = 100


@dataclass(frozen=True, slots=True)
class Certified:
    """A certificate with what its badge says beside the snapshot: recipient, place in the status list, public key."""

    snapshot: Snapshot
    identity_hash: str
    place: int
    public_key: bytes

    @property
    def site(self) -> str:
        """The address of the installation, as it was at the issue; ends with a slash."""
        return self.snapshot.verify_address.removesuffix(_VERIFY)


def credential(certified: Certified) -> Document:
    """The badge without its proof."""
    s = certified.snapshot
    return {
        "@context": [CREDENTIALS, OPEN_BADGES],
        "id": s.address,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": nfc(s.title),
        "issuer": issuer(certified),
        "validFrom": instant_text(s.issued_at),
        "awardedDate": _midnight(s.approval.on),
        "credentialSubject": _subject(certified, statement(s)),
        "evidence": [
            {
                "id": s.address,
                "type": ["Evidence"],
                "name": "The certificate",
                "description": "Whether it still stands, the sessions, and the signed PDF.",
                "genre": "Certificate",
            }
        ],
        "credentialStatus": _status(certified),
    }


def issuer(certified: Certified) -> Document:
    """The district, named by the key that signs: the name itself proves the signature, without asking anybody."""
    district = certified.snapshot.district
    told: Document = {
        "id": proofs.did_of(certified.public_key),
        "type": ["Profile"],
        "name": nfc(district.name),
        "url": issuer_address(certified),
        "address": {"type": ["Address"], "addressLocality": nfc(district.place)},
    }
    if district.sponsor_number:
        told["otherIdentifier"] = [
            {
                "type": "IdentifierEntry",
                "identifier": nfc(district.sponsor_number),
                "identifierType": "ext:SponsorNumber",
            }
        ]
    return told


def issuer_address(certified: Certified) -> str:
    """Where the district says who it is, for whoever reads Open Badges 2.0."""
    return f"{certified.snapshot.verify_address}issuers/{certified.snapshot.district.slug}.json"


def picture_address(certified: Certified) -> str:
    """Where the badge's picture is, with the badge in it."""
    return f"{certified.snapshot.address}/badge.png"


def description(snapshot: Snapshot, told: Statement) -> str:
    """What was attended, in one sentence for each session."""
    parts = [_sentence(f"{one.title}: {one.when}; {one.how}; {one.host}") for one in told.sessions]
    unit = snapshot.unit.one if told.amount == "1" else snapshot.unit.many
    return nfc(" ".join([f"{told.amount} {unit} of professional learning.", *parts]))


def narrative(told: Statement) -> str:
    """What had to be done for it."""
    parts = [f"Attended, as shown by: {'; '.join(dict.fromkeys(one.attendance for one in told.sessions))}"]
    if told.reflection:
        parts.append(f"Reflection: {told.reflection}")
    parts += [f"Approved by {told.approval}", f"Counted by {told.policy}; {told.conversion}"]
    return nfc(" ".join(_sentence(part) for part in parts))


def _subject(certified: Certified, told: Statement) -> Document:
    s = certified.snapshot
    subject: Document = {
        "type": ["AchievementSubject"],
        "identifier": list(_identifiers(certified)),
        "activityStartDate": _utc(min(one.starts_at for one in s.sessions)),
        "activityEndDate": _utc(max(one.ends_at for one in s.sessions)),
        "licenseNumber": s.serial,
        "role": "Attendee",
    }
    if s.programme:
        subject["term"] = nfc(s.programme)
    credits_earned = _credits(s)
    if credits_earned is not None:
        subject["creditsEarned"] = credits_earned
    subject["result"] = [
        {"type": ["Result"], "resultDescription": _minutes_id(s, number), "value": str(category.minutes)}
        for number, category in enumerate(s.categories, 1)
    ]
    subject["achievement"] = _achievement(certified, told)
    return subject


def _identifiers(certified: Certified) -> Iterator[Document]:
    yield {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": f"sha256${certified.identity_hash}",
        "identityType": "emailAddress",
        "salt": salt_of(certified.snapshot.serial),
    }
    yield {
        "type": "IdentityObject",
        "hashed": False,
        "identityHash": nfc(certified.snapshot.holder.name),
        "identityType": "name",
    }


def _achievement(certified: Certified, told: Statement) -> Document:
    s = certified.snapshot
    return {
        "id": f"{s.address}#achievement",
        "type": ["Achievement"],
        "achievementType": "CertificateOfCompletion",
        "name": nfc(s.title),
        "description": description(s, told),
        "criteria": {"narrative": narrative(told)},
        "image": {
            "id": picture_address(certified),
            "type": "Image",
            "caption": "A ring of sixty minutes with a tick",
        },
        "resultDescription": [
            {
                "id": _minutes_id(s, number),
                "type": ["ResultDescription"],
                "name": nfc(f"Minutes of {category.name}"),
                "resultType": "ext:Minutes",
            }
            for number, category in enumerate(s.categories, 1)
        ],
        "tag": [nfc(word) for word in tags(s)],
    }


def tags(snapshot: Snapshot) -> list[str]:
    """Words to find the badge by: kinds of sessions, programme and theme."""
    kinds = (one.kind for one in snapshot.sessions)
    return list(
        dict.fromkeys(
            word for word in ("professional learning", *kinds, snapshot.programme, snapshot.theme) if word
        )
    )


def _status(certified: Certified) -> Document:
    slug = certified.snapshot.district.slug
    address = f"{certified.site}.well-known/pdtracker-status/{slug}/{Purpose.REVOCATION.value}.json"
    return {
        "id": f"{address}#{certified.place}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": Purpose.REVOCATION.value,
        "statusListIndex": str(certified.place),
        "statusListCredential": address,
    }


def _credits(snapshot: Snapshot) -> float | None:
    """The credit in its unit, where two decimals say it exactly; the minutes say it always.

    A whole number stays one: as 2.0 it would be other bytes to sign in other programs.
    """
    hundredths = Fraction(snapshot.total_minutes, snapshot.unit.minutes) * _HUNDREDTHS
    if hundredths.denominator != 1:
        return None
    whole, rest = divmod(int(hundredths), _HUNDREDTHS)
    return float(f"{whole}.{rest:02d}") if rest else whole


def _minutes_id(snapshot: Snapshot, number: int) -> str:
    return f"{snapshot.address}#minutes-{number}"


def _midnight(on: date) -> str:
    return f"{on.isoformat()}T00:00:00Z"


def _utc(at: datetime) -> str:
    return instant_text(at.astimezone(UTC))


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def with_subject(document: Mapping[str, Any], name: str) -> Document:
    """The badge with a name for its subject, which a badge as a token has to have."""
    subject = {"id": name} | document["credentialSubject"]
    return {**document, "credentialSubject": subject}
