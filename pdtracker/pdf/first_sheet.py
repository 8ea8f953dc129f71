"""Pages as they were tagged under version 1 of the templates, before they conformed.

Certificates were issued with these tags and must be drawn with them for ever, so nothing here changes.
"""

from __future__ import annotations

from typing import ClassVar

from pdtracker.pdf.sheet import Marked, Sheet


class FirstSheet(Sheet):
    """The pages of a certificate of version 1."""

    conforms: ClassVar[bool] = False

    def row_head(self, columns: int = 1) -> Marked:  # noqa: ARG002 - it said nothing of them
        """The head of a row, which did not say over how many columns it stands."""
        return super().row_head()

    def emblem(self, attributes: str) -> Marked:  # noqa: ARG002 - decoration has none
        """A sign that stands for somebody, which was decoration."""
        return self.decoration()

    def furniture(self) -> Marked:
        """What each page repeats, which was read out on each."""
        return self.tag("P")
