"""A person's certificates in one signed document: 1EdTech's Comprehensive Learner Record 2.0.

It holds whole badges, each with its own proof, so that any of them can be taken out and checked by itself.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from pdtracker.domain.canonical import instant_text, nfc
from pdtracker.exchange.linked_data.contexts import CREDENTIALS, LEARNER_RECORD, OPEN_BADGES
from pdtracker.exchange.open_badges.credential import Certified, Document, credential, issuer


def learner_record(newest: Certified, badges: Sequence[Document], name: str, at: datetime) -> Document:
    """The record without its proof, issued by the key of `newest`; `badges` have theirs. They are of one person."""
    recipient = credential(newest)["credentialSubject"]["identifier"][0]
    told = " ".join([instant_text(at), *(badge["id"] for badge in badges)])
    return {
        "@context": [CREDENTIALS, LEARNER_RECORD, OPEN_BADGES],
        "id": uuid.uuid5(uuid.NAMESPACE_URL, told).urn,
        "type": ["VerifiableCredential", "ClrCredential"],
        "name": nfc(f"Transcript of {name}"),
        "issuer": issuer(newest),
        "validFrom": instant_text(at),
        "credentialSubject": {
            "type": ["ClrSubject"],
            "identifier": [
                recipient,
                {
                    "type": "IdentityObject",
                    "hashed": False,
                    "identityHash": nfc(name),
                    "identityType": "name",
                },
            ],
            "verifiableCredential": list(badges),
        },
    }
