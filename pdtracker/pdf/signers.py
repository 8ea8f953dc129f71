"""Who signs a certificate: up to two people side by side over their lines, or the approver alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pdtracker.domain.appearance import Signatory
from pdtracker.domain.certificate import Snapshot
from pdtracker.pdf.faces import Face
from pdtracker.pdf.palette import Dress
from pdtracker.pdf.pictures import Pictures
from pdtracker.pdf.sheet import Sheet
from pdtracker.pdf.typeset import Step, fit, wrap
from pdtracker.pdf.words import day_text, tie

GUTTER: Final = 16.0
SIGNATURE_HEIGHT: Final = 30.0
_NAME: Final = (Step(1, 10, 8.5), Step(2, 8.5, 8), Step(5, 8, 6))


@dataclass(frozen=True, slots=True)
class _Set:
    """One who signs, set for a column."""

    who: Signatory
    face: Face
    size: float
    name: tuple[str, ...]
    title: tuple[str, ...]

    @property
    def leading(self) -> float:
        """Line distance of the name."""
        return self.size * 1.24


class Signers:
    """The block of those who sign, set for some room; it stands upon its bottom."""

    def __init__(self, s: Snapshot, pictures: Pictures, room: float, widest: float, dress: Dress) -> None:
        self.pictures, self.dress = pictures, dress
        chosen = s.appearance.signatories if s.appearance else ()
        signing = chosen or (Signatory(s.approval.name, s.approval.role),)
        self.label = "" if chosen else "Approved and signed electronically by"
        day = day_text(s.approval.on)
        told = f"Approved by {s.approval.name}, {s.approval.role}, on {day}" if chosen else f"Approved {day}"
        self.wide = min(widest, (room - GUTTER * (len(signing) - 1)) / len(signing))
        self.told = wrap(tie(told), dress.text, 7.4, room)
        self.columns = [self._set(each) for each in signing]
        self.above = SIGNATURE_HEIGHT if any(each.signature for each in signing) or chosen else 11.0
        self.below = max(len(each.name) * each.leading + len(each.title) * 9.4 for each in self.columns)
        self.height = self.above + 4 + self.below + len(self.told) * 9.2 + 2

    def _set(self, who: Signatory) -> _Set:
        face = self.dress.bold.for_text(who.name)
        size, name = fit(who.name, face, self.wide, _NAME)
        return _Set(who, face, size, name, wrap(who.title, self.dress.text, 7.6, self.wide))

    def draw(self, sheet: Sheet, left: float, top: float) -> None:
        """Signatures, lines, names and offices; then who approved, and when."""
        dress, x = self.dress, left
        if self.label:
            with sheet.tag("P"):
                sheet.text(left, top + 6.5, self.label, dress.semi, 6.8, dress.accent)
        for each in self.columns:
            y = top + self.above
            if each.who.signature:
                size = self.pictures.size(each.who.signature, self.wide - 10, SIGNATURE_HEIGHT - 3)
                said = f"Signature of {each.who.name}"
                self.pictures.draw(sheet, each.who.signature, said, x + 5, y - size[1] - 1, size)
            with sheet.decoration():
                sheet.rule(x, y + 1, x + self.wide, 0.6, dress.ink)
            with sheet.tag("P"):
                below = sheet.lines(x, y + 4, each.name, each.face, each.size, each.leading, dress.ink)
                sheet.lines(x, below, each.title, dress.text, 7.6, 9.4, dress.soft)
            x += self.wide + GUTTER
        with sheet.tag("P"):
            at = top + self.above + 4 + self.below + 1
            sheet.lines(left, at, self.told, dress.text, 7.4, 9.2, dress.soft)
