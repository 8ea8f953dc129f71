"""Collection: which certificates go into one file, in what form, what it is called, and how long it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from pdtracker.domain.text import clean_line
from pdtracker.domain.when import date_text

KEPT: Final = timedelta(days=7)
"""So long the file can be fetched; it is made again in a minute."""

MOST_AT_ONCE: Final = 20_000
"""So many certificates go into one file."""

_NAME_CHARACTERS: Final = 60


class Form(StrEnum):
    """In what form they are collected."""

    ZIP = "zip"
    PRINT = "print"

    @property
    def media_type(self) -> str:
        """What the file is for a browser."""
        return "application/zip" if self is Form.ZIP else "application/pdf"

    @property
    def ending(self) -> str:
        """How its name ends."""
        return "zip" if self is Form.ZIP else "pdf"

    @property
    def label(self) -> str:
        """The form in a sentence."""
        return "ZIP" if self is Form.ZIP else "print PDF"


@dataclass(frozen=True, slots=True)
class Collection:
    """What was asked for: of which school and programme, issued between which days; None is all.

    `school` and `programme` are their names on the day of asking, kept for whoever reads of it later.
    """

    school_id: int | None = None
    programme_id: int | None = None
    first: date | None = None
    last: date | None = None
    school: str = ""
    programme: str = ""

    def words(self) -> str:
        """`Maple Street School, Connected Educator Month 2014`, with the days, or what all of them are."""
        days = ""
        if self.first is not None and self.last is not None:
            days = f"issued {date_text(self.first)} to {date_text(self.last)}"
        return ", ".join(filter(None, (self.school, self.programme, days))) or "The whole district"

    def facts(self) -> dict[str, Any]:
        """As JSON values, for the job and the audit trail."""
        return {
            "school": self.school,
            "programme": self.programme,
            "from": self.first.isoformat() if self.first else "",
            "to": self.last.isoformat() if self.last else "",
        }


def name_within(holder: str, code: str) -> str:
    """What a certificate's file is called among others: `Ada-Lindqvist-7MQ4XG1T0WZ5H2KD.pdf`."""
    letters = "".join(each if each.isalnum() else " " for each in clean_line(holder, _NAME_CHARACTERS))
    return "-".join((*letters.split(), code)) + ".pdf"
