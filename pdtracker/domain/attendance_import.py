"""Where an attendance import stands, and what became of those whom it lists."""

from __future__ import annotations

from enum import StrEnum


class ImportState(StrEnum):
    """Where an import stands."""

    # Read and looked at; nothing of it counts, and it goes by itself after some days.
    PENDING = "pending"
    COMMITTED = "committed"
    UNDONE = "undone"
    # A newer export of the same meeting took its place.
    REPLACED = "replaced"


class LineOutcome(StrEnum):
    """What became of a matched line when its import was committed."""

    DRAFTED = "drafted"
    ATTACHED = "attached"
    # The claim for the event is decided, or was taken back: it stands still.
    DECIDED = "decided"
    # They log no claims here, or their minutes come to none.
    NOTHING = "nothing"
