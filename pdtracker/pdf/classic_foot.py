"""The foot of the classic certificate: who signs, the seal, verification, and the small print."""

from __future__ import annotations

from typing import Final

from pdtracker.domain.certificate import Snapshot
from pdtracker.domain.codes import code_text
from pdtracker.pdf.engraving import draw_seal
from pdtracker.pdf.faces import Face
from pdtracker.pdf.palette import BLACK, MM, WHITE, Dress, figure
from pdtracker.pdf.pictures import Pictures
from pdtracker.pdf.proof import small_print
from pdtracker.pdf.qr import code_of
from pdtracker.pdf.sheet import Colour, Sheet
from pdtracker.pdf.signers import Signers
from pdtracker.pdf.typeset import wrap
from pdtracker.pdf.words import day_text, unit_words, units_text

QR_SIDE: Final = 25 * MM
_SMALL: Final = 6.8
_SMALL_LEADING: Final = 8.4
_ABOVE_PRINT: Final = 9.0


class Foot:
    """Measured before it is drawn, because everything above takes what it leaves."""

    def __init__(
        self,
        sheet: Sheet,
        s: Snapshot,
        fingerprint: str,
        pictures: Pictures,
        dress: Dress,
        left: float,
        right: float,
        seal: float,
    ) -> None:
        self.sheet, self.s, self.fingerprint, self.dress = sheet, s, fingerprint, dress
        self.left, self.right, self.radius = left, right, seal / 2
        room = right - left
        self.side = room * 0.36
        self.signers = Signers(s, pictures, self.side, 215, dress)
        self.print = small_print(s, fingerprint, room, dress.text, (_SMALL, 6.2), is_wide=True)
        self.proof = self._proof()
        proof_height = sum(gap + len(lines) * distance for gap, lines, *_, distance in self.proof)
        self.band = max(self.signers.height, QR_SIDE + 2, seal, proof_height)
        self.height = self.band + _ABOVE_PRINT + len(self.print) * _SMALL_LEADING

    def _proof(self) -> list[tuple[float, tuple[str, ...], Face, float, Colour, float]]:
        """Gap, lines, face, size, colour and line distance of what stands beside the QR code."""
        s, dress = self.s, self.dress
        middle = (self.left + self.right) / 2
        room = self.right - QR_SIDE + 5 - (middle + self.radius + 14)
        address = s.verify_address.split("://", 1)[1].rstrip("/")
        code = code_text(s.code)
        return [
            (0, ("Certificate code",), dress.semi, 6.8, dress.accent, 8.8),
            (0, wrap(code, dress.semi, 8.6, room), dress.semi, 8.6, dress.ink, 11),
            (4, ("Verify at",), dress.semi, 6.8, dress.accent, 8.8),
            (0, wrap(address, dress.text, 7.4, room), dress.text, 7.4, dress.ink, 9),
            (4, (f"Issued {day_text(s.issued_on)}",), dress.text, 8, dress.soft, 9.6),
        ]

    def draw(self, bottom: float) -> None:
        """Draws it upon its bottom."""
        sheet, s, dress = self.sheet, self.s, self.dress
        middle = (self.left + self.right) / 2
        end = bottom - len(self.print) * _SMALL_LEADING - _ABOVE_PRINT
        self.signers.draw(sheet, self.left, end - self.signers.height)
        figures = units_text(s.total_minutes, s.unit.minutes)
        draw_seal(
            sheet, middle, end - self.radius, self.radius,
            name=s.district.name, figures=figures, unit=unit_words(s.total_minutes, s.unit),
            fingerprint=self.fingerprint, faces=(Face.SERIF_SEMI, Face.DISPLAY),
            colours=(dress.accent, dress.line, WHITE),
        )  # fmt: skip
        self._draw_proof(end)
        y = bottom - len(self.print) * _SMALL_LEADING
        with sheet.tag("P"):
            for size, line in self.print:
                y = sheet.lines(middle, y, [line], dress.text, size, _SMALL_LEADING, dress.ink, "centre")

    def _draw_proof(self, end: float) -> None:
        sheet, s = self.sheet, self.s
        x, top = self.right - QR_SIDE + 8, end - QR_SIDE + 5
        y = end - sum(gap + len(lines) * distance for gap, lines, *_, distance in self.proof)
        for gap, lines, face, size, colour, distance in self.proof:
            with sheet.tag("P"):
                y = sheet.lines(x - 3, y + gap, lines, face, size, distance, colour, "right")
        said = "QR code that opens the verification page of this certificate"
        with sheet.tag("Figure", figure(said, x, top, QR_SIDE, QR_SIDE, sheet)):
            sheet.qr(code_of(s.verify_address, s.code), x, top, QR_SIDE, BLACK, WHITE)
