"""Looks: that somebody opened another person's record. The person is told who it was and on which day."""

from __future__ import annotations

from enum import StrEnum


class Record(StrEnum):
    """What of a person can be looked at."""

    LICENCES = "licences"
    TRANSCRIPT = "transcript"

    @property
    def label(self) -> str:
        """Its name on pages."""
        return self.value.capitalize()

    @property
    def action(self) -> str:
        """What the audit trail calls a look at it."""
        return f"{self.value}.looked_at"
