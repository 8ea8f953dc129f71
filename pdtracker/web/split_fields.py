"""The hours of each category, as fields of whatever form asks for a split."""

from __future__ import annotations

from typing import Any

from pdtracker.domain.kinds import CreditCategory
from pdtracker.domain.split import Split
from pdtracker.web.forms import HoursField

SPLIT = "split_"
"""What the name of the field for a category's hours begins with."""


class SplitFields:
    """Of a form that has such a field for each category."""

    # Of each form its own fields, by name.
    _fields: Any

    @property
    def parts(self) -> list[HoursField]:
        """The fields of the categories."""
        return [field for name, field in self._fields.items() if name.startswith(SPLIT)]

    @property
    def at_fault(self) -> str:
        """The name of the field at which stands that the hours don't add up: the first that was filled in."""
        filled = (part.name for part in self.parts if part.data)
        return next(filled, next((part.name for part in self.parts), "split"))

    @property
    def entered(self) -> Split:
        """The minutes by category; empty where nothing was entered."""
        minutes = {CreditCategory(part.name.removeprefix(SPLIT)): part.data for part in self.parts}
        return tuple((category, told) for category in CreditCategory if (told := minutes.get(category)))

    @property
    def split(self) -> Split | None:
        """The same, one alone as well; `None` when the page didn't ask."""
        return self.entered if any(part.raw_data for part in self.parts) else None
