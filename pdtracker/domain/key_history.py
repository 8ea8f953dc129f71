"""How a key vouches for the one that follows it, so that one known key leads to all of a district's."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from pdtracker.domain.canonical import canonical, instant_text

SCHEMA: Final = "pdtracker.succession/1"


def succession(slug: str, predecessor: str, kid: str, public_key: bytes, valid_from: datetime) -> bytes:
    """What the retiring key signs: that this key signs for the district from then on."""
    return canonical(
        {
            "schema": SCHEMA,
            "district": slug,
            "predecessor": predecessor,
            "kid": kid,
            "public_key": public_key.hex(),
            "valid_from": instant_text(valid_from),
        }
    )
