"""Which IANA zone a calendar means by its TZID: Windows names, paths of other programs, and zones it defines itself.

The definition in the file is trusted least: publishers write single changes, or changes in UTC, where rules belong.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from pdtracker.domain.when import known_zone
from pdtracker.exchange.ics.lines import Component

_LONGEST: Final = 200
_SHOWN_BY_OUTLOOK: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Eastern Time (US & Canada)": "America/New_York",
        "Central Time (US & Canada)": "America/Chicago",
        "Mountain Time (US & Canada)": "America/Denver",
        "Pacific Time (US & Canada)": "America/Los_Angeles",
        "Arizona": "America/Phoenix",
        "Alaska": "America/Anchorage",
        "Hawaii": "Pacific/Honolulu",
    }
)
_WHOLE_HOURS: Final = re.compile(r"([+-])([01][0-9])00(?:00)?")


def zone_of(name: str, defined: Sequence[Component] = ()) -> str | None:
    """The IANA name of a zone; `None` when nobody can say which one is meant."""
    told = name.strip().strip('"').strip()
    if not told or len(told) > _LONGEST:
        return None
    return _by_name(told) or next(
        (zone for block in defined if block.value("TZID").strip('"') == told and (zone := _by_block(block))),
        None,
    )


def _by_name(told: str) -> str | None:
    if known_zone(told):
        return told
    if told in WINDOWS_TO_OLSON:
        return WINDOWS_TO_OLSON[told]
    # `(UTC-05:00) Eastern Time (US & Canada)`
    shown = re.sub(r"^\((?:UTC|GMT)[^)]{0,10}\) ?", "", told)
    if shown in _SHOWN_BY_OUTLOOK:
        return _SHOWN_BY_OUTLOOK[shown]
    # `/freeassociation.sourceforge.net/America/New_York`
    parts = told.split("/")
    return next((zone for count in (3, 2) if known_zone(zone := "/".join(parts[-count:]))), None)


def _by_block(block: Component) -> str | None:
    """What the file's own definition says: a place, or one offset the whole year round."""
    place = block.value("X-LIC-LOCATION")
    if place and known_zone(place):
        return place
    offsets = {line.partition(":")[2].strip() for line in block.told.get("TZOFFSETTO", ())}
    found = _WHOLE_HOURS.fullmatch(offsets.pop()) if len(offsets) == 1 else None
    if found is None:
        return None
    hours = int(found[2])
    # The signs of these names are the other way round: Etc/GMT+5 is five hours behind.
    zone = f"Etc/GMT{'-' if found[1] == '+' else '+'}{hours}" if hours else "UTC"
    return zone if known_zone(zone) else None
