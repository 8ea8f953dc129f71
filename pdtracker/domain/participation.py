"""Who takes part in a programme: districts, organizations and whole states, and which counts a district publishes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

FEWEST_PEOPLE = 5
"""Counts of fewer people would tell what one of them did: they are not published."""
MOST_WAITING = 5
"""So many proposals of one person may wait at once in a programme."""

STATES = (
    "Alabama", "Alaska", "American Samoa", "Arizona", "Arkansas", "California", "Colorado", "Connecticut", "Delaware",
    "District of Columbia", "Florida", "Georgia", "Guam", "Hawaii", "Idaho", "Illinois", "Indiana", "Iowa", "Kansas",
    "Kentucky", "Louisiana", "Maine", "Maryland", "Massachusetts", "Michigan", "Minnesota", "Mississippi", "Missouri",
    "Montana", "Nebraska", "Nevada", "New Hampshire", "New Jersey", "New Mexico", "New York", "North Carolina",
    "North Dakota", "Northern Mariana Islands", "Ohio", "Oklahoma", "Oregon", "Pennsylvania", "Puerto Rico",
    "Rhode Island", "South Carolina", "South Dakota", "Tennessee", "Texas", "US Virgin Islands", "Utah", "Vermont",
    "Virginia", "Washington", "West Virginia", "Wisconsin", "Wyoming",
)  # fmt: skip


class ParticipantKind(StrEnum):
    """What takes part."""

    DISTRICT = "district"
    ORGANIZATION = "organization"
    STATE = "state"

    @property
    def plural(self) -> str:
        """The heading above a list of them."""
        return {"district": "Districts", "organization": "Organizations", "state": "Whole states"}[self.value]


class ParticipantState(StrEnum):
    """Where a participation stands. Only a listed one is public."""

    PROPOSED = "proposed"
    LISTED = "listed"
    REFUSED = "refused"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Counts:
    """What a district's people did in a programme: how many have credit for its events, and for how many minutes."""

    people: int
    credited_minutes: int


def publishable(counts: Counts) -> Counts | None:
    """The counts as they may stand on a public page: none of either where they are of fewer than five people.

    4 people, 360 min -> nothing: the hours of so few tell who they are.
    """
    return counts if counts.people >= FEWEST_PEOPLE else None


def added_up(published: list[Counts]) -> Counts | None:
    """The sum over districts; nothing where none published any. A person is counted once in each district."""
    if not published:
        return None
    return Counts(sum(one.people for one in published), sum(one.credited_minutes for one in published))
