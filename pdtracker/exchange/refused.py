"""What of a file was not read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refused:
    """A line, from 1 and with headings, that was not read, and why, in a sentence."""

    line: int
    why: str
