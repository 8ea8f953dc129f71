"""What the district would take as attended of claims that wait: no licence is promised more than approval gives it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pdtracker.domain.kinds import CreditCategory
from pdtracker.domain.split import divided
from pdtracker.queries.bundles import PartRow, bundle_of
from pdtracker.queries.reviewing import lasted_of


def attended_by_category(
    row: Any, split: Mapping[CreditCategory, int], parts: Sequence[PartRow], zone: str
) -> dict[CreditCategory, int]:
    """The minutes entered as far as the session lasted, of a bundle as far as each did: 75 of an hour -> 60.

    Split in the proportion that was proposed; steps, limits and minimums of the district are no part of it, as each
    licence has its own.
    """
    minutes = _attended(row, parts, zone)
    if not minutes:
        return {}
    if not split:
        return {row.category: minutes}
    shares = zip(split, divided(minutes, list(split.values())), strict=True)
    return {category: part for category, part in shares if part}


def _attended(row: Any, parts: Sequence[PartRow], zone: str) -> int:
    bundle = bundle_of(row.title, parts, zone)
    if bundle is not None:
        return bundle.counted_minutes
    entered, lasted = row.claimed_minutes or 0, lasted_of(row, None)
    return entered if lasted is None else min(entered, lasted)
