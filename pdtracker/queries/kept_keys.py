"""The list of public keys: written for whoever wants to check certificates without us, and read back years later."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from pdtracker import signing
from pdtracker.domain.canonical import instant_of, instant_text
from pdtracker.domain.codes import kid_of
from pdtracker.domain.key_history import succession
from pdtracker.domain.proofs import method_of
from pdtracker.queries.certificates import PublicKey

SCHEMA: Final = "pdtracker.keys/1"
LIMIT_BYTES: Final = 4_194_304
_NO_LIST: Final = "This is not a list of keys as /.well-known/pdtracker-keys.json gives it."


@dataclass(frozen=True, slots=True)
class KeptKeys:
    """The keys that somebody trusts, by their ids. `as_of` is told by the list of a shutdown kit."""

    keys: Mapping[str, PublicKey]
    as_of: datetime | None = None

    @property
    def public_keys(self) -> dict[str, bytes]:
        """The public halves by the keys' ids."""
        return {kid: key.public_key for kid, key in self.keys.items()}


def keys_document(keys: Iterable[PublicKey], issuer: str, as_of: datetime | None = None) -> dict[str, Any]:
    """The public keys for programs, newest last in each district; `of_keys_document` reads them back."""
    told: dict[str, Any] = {"schema": SCHEMA, "issuer": issuer, "keys": [_member(key) for key in keys]}
    return told if as_of is None else told | {"as_of": _moment(as_of)}


def of_keys_document(data: bytes) -> KeptKeys:
    """The keys of a kept list. Raises ValueError with a sentence, also for a key that none before it vouches for."""
    try:
        document = json.loads(data)
        kept = {str(member["kid"]): _key(member) for member in document["keys"]}
        as_of = instant_of(document["as_of"]) if "as_of" in document else None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as problem:
        raise ValueError(_NO_LIST) from problem
    if any(kid_of(key.public_key) != kid for kid, key in kept.items()):
        raise ValueError("A key in this list doesn't fit its id.")
    if not _is_history(kept):
        raise ValueError("A key in this list isn't vouched for by the one before it.")
    return KeptKeys(kept, as_of)


def _is_history(kept: Mapping[str, PublicKey]) -> bool:
    """Whether each district has one first key, and every other one was endorsed by the key before it."""
    firsts = [key.district_slug for key in kept.values() if key.predecessor is None]
    if len(firsts) != len(set(firsts)):
        return False
    for key in kept.values():
        if key.predecessor is None:
            continue
        before = kept.get(key.predecessor)
        if before is None or before.district_slug != key.district_slug or before.valid_from > key.valid_from:
            return False
        vouched = succession(key.district_slug, before.kid, key.kid, key.public_key, key.valid_from)
        if not signing.verify(before.public_key, vouched, key.endorsement or b""):
            return False
    return True


def _member(key: PublicKey) -> dict[str, Any]:
    return {
        "kid": key.kid,
        "algorithm": "Ed25519",
        "public_key": key.public_key.hex(),
        # As proofs name it; the name holds the whole key.
        "verification_method": method_of(key.public_key),
        "district": key.district_slug,
        "name": key.district_name,
        "valid_from": _moment(key.valid_from),
        "valid_until": _moment(key.retired_at) if key.retired_at else None,
        "predecessor": key.predecessor,
        "endorsement": key.endorsement.hex() if key.endorsement else None,
    }


def _key(member: Mapping[str, Any]) -> PublicKey:
    # Lists that were kept before keys were endorsed have neither member.
    endorsement = member.get("endorsement")
    return PublicKey(
        str(member["district"]),
        str(member["name"]),
        str(member["kid"]),
        bytes.fromhex(member["public_key"]),
        instant_of(member["valid_from"]),
        instant_of(member["valid_until"]) if member["valid_until"] else None,
        member.get("predecessor"),
        bytes.fromhex(endorsement) if endorsement else None,
    )


def _moment(at: datetime) -> str:
    return instant_text(at.astimezone(UTC))
