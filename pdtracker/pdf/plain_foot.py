"""The foot of the plain certificate: approval, signatures, policy and retention, verification, fingerprint."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pdtracker.domain.appearance import Signatory
from pdtracker.domain.certificate import Snapshot
from pdtracker.domain.codes import code_text
from pdtracker.pdf.faces import Face
from pdtracker.pdf.fields import BLACK, DARK, LINE, PAD, Field, FieldRow, Text, draw_label
from pdtracker.pdf.palette import BLACK as QR_INK
from pdtracker.pdf.palette import MM, WHITE, figure
from pdtracker.pdf.pictures import Pictures
from pdtracker.pdf.qr import code_of
from pdtracker.pdf.sheet import Sheet
from pdtracker.pdf.typeset import Step, balance, fit, wrap
from pdtracker.pdf.words import day_text, fours

QR_SIDE: Final = 25 * MM
_BESIDE: Final = QR_SIDE + 158
"""The box of verification: the QR code and what stands beside it."""
_SIGN: Final = 44.0
_NOT_RECORDED: Final = "Not recorded"


class Foot:
    """Measured before it is drawn, because the sessions take what it leaves."""

    def __init__(
        self,
        s: Snapshot,
        pictures: Pictures,
        fingerprint: str,
        room: float,
        numbers: Iterator[int],
        is_tight: bool,
    ) -> None:
        self.s, self.pictures, self.room = s, pictures, room
        self.left_room = room - _BESIDE
        small, name = (6.8, 8.4) if is_tight else (7.2, 9)
        self.approval = FieldRow(
            [
                Field(next(numbers), "Approved by", [Text(s.approval.name, name, Face.BOLD)], 3),
                Field(next(numbers), "Role", [Text(s.approval.role, 7.8)], 3),
                Field(next(numbers), "Date of approval", [Text(day_text(s.approval.on), 7.8)], 1.7),
            ],
            self.left_room,
        )
        self.signing = s.appearance.signatories if s.appearance else ()
        self.sign_number = next(numbers)
        self.signed = [self._set(each) for each in self.signing]
        policy = f"{s.policy.name}, edition {s.policy.edition}"
        if s.supersedes:
            policy += f". Replaces certificate {s.supersedes}"
        kept = " ".join(text for text in (s.form.notice if s.form else None, s.retention) if text)
        self.policy = FieldRow(
            [
                Field(next(numbers), "Issued under policy version", [Text(policy, small)], 1),
                Field(next(numbers), "Retention", [Text(kept or _NOT_RECORDED, small)], 1.55),
            ],
            self.left_room,
        )
        self.verify_numbers = (next(numbers), next(numbers))
        told = f"{fours(fingerprint)}\u00a0 /  {fours(s.key)}"
        label = "Fingerprint (SHA-256) and signing key"
        self.fingerprint = FieldRow([Field(next(numbers), label, [Text(told, 6.3)], 1)], room)
        self.verification = self._verification()
        tall = 8 + sum(height for *_, height in self.verification)
        under = max((12 + len(name) * 10 + len(title) * 8.4 for *_, name, title in self.signed), default=0)
        least = max(QR_SIDE + 10, tall) - self.approval.height - self.policy.height
        self.sign_height = max(_SIGN + under - 4 * bool(under), least)
        self.under = under
        self.band = self.approval.height + self.sign_height + self.policy.height
        self.height = self.band + self.fingerprint.height

    def _set(self, who: Signatory) -> tuple[Signatory, float, tuple[str, ...], tuple[str, ...]]:
        wide = self._column()
        size, name = fit(who.name, Face.BOLD, wide, (Step(1, 8.4, 7), Step(4, 7.4, 6)))
        return who, size, name, wrap(who.title, Face.REGULAR, 6.8, wide)

    def _column(self) -> float:
        return (self.left_room - 64 - 14 - 10) / 2 if len(self.signing) > 1 else self.left_room - 64 - 40

    def _verification(self) -> list[tuple[int, tuple[str, ...], Face, float, float]]:
        """Number of a labelled field (0 for what follows it), lines, face, size, height."""
        s, room = self.s, _BESIDE - QR_SIDE - 12
        address = s.verify_address.split("://", 1)[1].rstrip("/")
        issue, verify = self.verify_numbers
        texts = [
            (issue, ("Date of issue",), Face.REGULAR, 0.0),
            (0, (day_text(s.issued_on),), Face.SEMI, 8.2),
            (verify, ("Verify at",), Face.REGULAR, 0.0),
            (0, wrap(address, Face.REGULAR, 7.2, room), Face.REGULAR, 7.2),
            (0, balance(f"code {code_text(s.code)}", Face.SEMI, 7.2, room), Face.SEMI, 7.2),
            (
                0,
                wrap("The address says whether it is still valid.", Face.REGULAR, 6.6, room),
                Face.REGULAR,
                6.6,
            ),
        ]
        return [
            (number, lines, face, size, 9.6 if number else len(lines) * size * 1.24 + 2.4)
            for number, lines, face, size in texts
        ]

    def draw(self, sheet: Sheet, left: float, top: float) -> None:
        """Draws it under `top`."""
        y = self.approval.draw(sheet, left, top)
        self._draw_signatures(sheet, left, y)
        self.policy.draw(sheet, left, y + self.sign_height)
        self._draw_verification(sheet, left + self.left_room, left + self.room, top)
        self.fingerprint.draw(sheet, left, top + self.band)

    def _draw_signatures(self, sheet: Sheet, left: float, top: float) -> None:
        with sheet.decoration():
            sheet.frame(left, top, left + self.left_room, top + self.sign_height, LINE, BLACK)
        with sheet.tag("P"):
            label = "Signature" if len(self.signing) < 2 else "Signatures"
            draw_label(sheet, left + PAD, top + 4, self.sign_number, [label])
        line, wide = top + self.sign_height - 8 - self.under, self._column()
        x = left + 64
        for who, size, name, title in self.signed:
            if who.signature:
                room = self.pictures.size(who.signature, wide - 12, line - top - 5)
                said = f"Signature of {who.name}"
                self.pictures.draw(sheet, who.signature, said, x + 6, line - room[1] - 1, room)
            with sheet.tag("P"):
                below = sheet.lines(x, line + 3, name, Face.BOLD, size, 10, BLACK)
                sheet.lines(x, below, title, Face.REGULAR, 6.8, 8.4, DARK)
            with sheet.decoration():
                sheet.rule(x, line, x + wide, 0.5, BLACK)
            x += wide + 14
        if not self.signing:
            with sheet.decoration():
                sheet.rule(x, line, x + wide, 0.5, BLACK)

    def _draw_verification(self, sheet: Sheet, left: float, right: float, top: float) -> None:
        s = self.s
        with sheet.decoration():
            sheet.frame(left, top, right, top + self.band, LINE, BLACK)
        y = top + 4
        for number, lines, face, size, tall in self.verification:
            with sheet.tag("P"):
                if number:
                    draw_label(sheet, left + PAD, y, number, lines)
                else:
                    sheet.lines(left + PAD, y, lines, face, size, size * 1.24, BLACK)
            y += tall
        x, at = right - QR_SIDE - 1, top + (self.band - QR_SIDE) / 2
        said = "QR code that opens the verification page of this certificate"
        with sheet.tag("Figure", figure(said, x, at, QR_SIDE, QR_SIDE, sheet)):
            sheet.qr(code_of(s.verify_address, s.code), x, at, QR_SIDE, QR_INK, WHITE)
