"""A roster as bytes and back, for the time between its reading and somebody's yes: only what was read of the staff."""

from __future__ import annotations

import json
import zlib
from dataclasses import asdict
from typing import Any

from pdtracker.domain.access import Role
from pdtracker.domain.roster import Listed, ListedSchool, Roster, RosterFormat, RosterMode, RosterRefused


def roster_bytes(roster: Roster) -> bytes:
    """The roster, compressed."""
    told = asdict(roster) | {"elsewhere": sorted(roster.elsewhere)}
    return zlib.compress(json.dumps(told, separators=(",", ":")).encode(), level=3)


def roster_of(data: bytes) -> Roster:
    """The roster that `roster_bytes` made these of."""
    told: dict[str, Any] = json.loads(zlib.decompress(data))
    return Roster(
        format=RosterFormat(told["format"]),
        version=told["version"],
        mode=RosterMode(told["mode"]),
        schools=tuple(ListedSchool(**one) for one in told["schools"]),
        people=tuple(_listed(one) for one in told["people"]),
        refused=tuple(RosterRefused(**one) for one in told["refused"]),
        warnings=tuple(told["warnings"]),
        unread=told["unread"],
        elsewhere=frozenset(told["elsewhere"]),
    )


def _listed(told: dict[str, Any]) -> Listed:
    return Listed(
        **told
        | {
            "role": Role(told["role"]) if told["role"] else None,
            "schools": None if told["schools"] is None else tuple(told["schools"]),
            "gone_schools": tuple(told["gone_schools"]),
        }
    )
