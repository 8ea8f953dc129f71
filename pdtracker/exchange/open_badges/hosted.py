"""A certificate as an Open Badge 2.0, hosted at its own addresses: assertion, badge class and issuer.

For the many programs that don't read 3.0. The assertion is true because it is found at its address, so what no longer
stands is answered there as revoked.
"""

from __future__ import annotations

from typing import Final

from pdtracker.domain.canonical import instant_text, nfc
from pdtracker.domain.recipient import salt_of
from pdtracker.domain.statement import statement
from pdtracker.exchange.open_badges.credential import (
    Certified,
    Document,
    description,
    issuer_address,
    narrative,
    picture_address,
    tags,
)

CONTEXT: Final = "https://w3id.org/openbadges/v2"


def assertion_address(certified: Certified) -> str:
    """Where the badge is."""
    return f"{certified.snapshot.address}/assertion.json"


def assertion(certified: Certified) -> Document:
    """The badge of somebody."""
    s = certified.snapshot
    return {
        "@context": CONTEXT,
        "type": "Assertion",
        "id": assertion_address(certified),
        "recipient": {
            "type": "email",
            "hashed": True,
            "salt": salt_of(s.serial),
            "identity": f"sha256${certified.identity_hash}",
        },
        "badge": f"{s.address}/badge-class.json",
        "image": picture_address(certified),
        "issuedOn": instant_text(s.issued_at),
        "narrative": narrative(statement(s)),
        "evidence": [
            {"type": "Evidence", "id": s.address, "name": "The certificate", "genre": "Certificate"}
        ],
        "verification": {"type": "hosted"},
    }


def revoked_assertion(certified: Certified, reason: str) -> Document:
    """What stands at the badge's address once it no longer counts."""
    return {
        "@context": CONTEXT,
        "type": "Assertion",
        "id": assertion_address(certified),
        "revoked": True,
        "revocationReason": nfc(reason),
    }


def badge_class(certified: Certified) -> Document:
    """What the badge is for."""
    s = certified.snapshot
    told = statement(s)
    return {
        "@context": CONTEXT,
        "type": "BadgeClass",
        "id": f"{s.address}/badge-class.json",
        "name": nfc(s.title),
        "description": description(s, told),
        "image": picture_address(certified),
        "criteria": {"narrative": narrative(told)},
        "issuer": issuer_address(certified),
        "tags": [nfc(word) for word in tags(s)],
    }


def issuer_profile(address: str, name: str, site: str) -> Document:
    """The district."""
    return {"@context": CONTEXT, "type": "Issuer", "id": address, "name": nfc(name), "url": site}
