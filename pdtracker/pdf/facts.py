"""Facts beside each other, label over value, as they stand in the middle of the classic certificate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pdtracker.domain.certificate import Snapshot
from pdtracker.pdf.palette import Dress
from pdtracker.pdf.panel import attendance_words
from pdtracker.pdf.sheet import Sheet
from pdtracker.pdf.typeset import balance, text_width
from pdtracker.pdf.words import date_words, tie, time_words

_LABEL: Final = 6.8
_SIZE: Final = 8.0
_LEADING: Final = 9.6
_SPACE: Final = 22.0

Facts = Sequence[tuple[str, Sequence[str]]]
"""Labels with what is said, part by part."""


def session_facts(s: Snapshot) -> Facts:
    """What is said of the only session."""
    x = s.sessions[0]
    place = [x.place] if x.place else []
    facts: list[tuple[str, Sequence[str]]] = [("Session", [x.title])] if x.title != s.title else []
    return [
        *facts,
        ("Date and time", [date_words(x), time_words(x)]),
        ("Kind", [x.kind]),
        ("Delivery and place", [x.delivery, *place]),
        ("Host", [x.host]),
    ]


def provider_facts(s: Snapshot) -> Facts:
    """Who provides, how attendance was verified, and the reflection."""
    provider = [s.district.name]
    if s.district.sponsor_number:
        period = f", {s.district.sponsor_period}" if s.district.sponsor_period else ""
        provider.append(f"Sponsor no. {s.district.sponsor_number}{period}")
    facts: list[tuple[str, Sequence[str]]] = [
        ("Provider", provider),
        ("Attendance verified by", [attendance_words(s.sessions)]),
    ]
    return [*facts, ("Reflection", [s.reflection])] if s.reflection else facts


class FactRow:
    """Labelled facts side by side, as wide as they need; the widest gives way first until all have room."""

    def __init__(self, facts: Facts, room: float, dress: Dress) -> None:
        self.facts, self.dress = facts, dress
        needs = [self._need(label, parts) for label, parts in facts]
        floors = [min(need, room * 0.09) for need in needs]
        spare = room - _SPACE * (len(facts) - 1)
        while sum(needs) > spare and any(a > b for a, b in zip(needs, floors, strict=True)):
            widest = max(
                range(len(needs)), key=lambda at: (needs[at] > floors[at], needs[at])
            )  # what stands at its floor gives nothing more
            needs[widest] = max(floors[widest], needs[widest] - 4)
        self.lines = [
            [line for part in parts for line in balance(tie(part), dress.text, _SIZE, wide)]
            for (_, parts), wide in zip(facts, needs, strict=True)
        ]
        self.wide = [
            max(text_width(label, dress.semi, _LABEL), *(text_width(x, dress.text, _SIZE) for x in lines))
            for (label, _), lines in zip(facts, self.lines, strict=True)
        ]
        self.total = sum(self.wide) + _SPACE * (len(facts) - 1)
        self.height = 10 + max(map(len, self.lines)) * _LEADING

    def _need(self, label: str, parts: Sequence[str]) -> float:
        widths = (text_width(tie(part), self.dress.text, _SIZE) for part in parts)
        return max(text_width(label, self.dress.semi, _LABEL), *widths) + 0.5

    def draw(self, sheet: Sheet, middle: float, top: float) -> None:
        """Draws the facts around the middle, a fine rule between two."""
        x, dress = middle - self.total / 2, self.dress
        with sheet.group("L"):
            for place, ((label, _), lines, wide) in enumerate(
                zip(self.facts, self.lines, self.wide, strict=True)
            ):
                if place:
                    with sheet.decoration():
                        at = x - _SPACE / 2
                        sheet.upright(at, top + 1, top + self.height - 1, 0.35, dress.line)
                with sheet.group("LI"):
                    with sheet.tag("Lbl"):
                        sheet.text(x, top + 7, label, dress.semi, _LABEL, dress.accent)
                    with sheet.tag("LBody"):
                        sheet.lines(x, top + 10, lines, dress.text, _SIZE, _LEADING, dress.ink)
                x += wide + _SPACE
