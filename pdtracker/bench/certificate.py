"""The certificate's cost beside two anchors, all measured in turn in the same run.

The tutorial's page shows the same facts the way reportlab's guide teaches: fonts registered for the document, the logo
read from its file, the toolkit's own QR widget, a `Paragraph` for each text and a `Table` of sessions. The bound is
what remains when everything but the text is ready beforehand: one finished file with another name put into it and
compressed again. What tags and declarations cost is shown beside the same sheet without them.
"""

from __future__ import annotations

import base64
import hashlib
import io
import tempfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

import ttf_opensans
from PIL import Image, ImageDraw
from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.pagesizes import landscape, letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, Table  # noqa: TID251 - the way of the tutorials is what is measured

from pdtracker.bench.measuring import ROUNDS, Figure, Goal, Unit, beside, counted, in_turn
from pdtracker.domain.appearance import Design
from pdtracker.domain.certificate import (
    AppliedPolicy,
    Approval,
    CertifiedCategory,
    CreditUnit,
    Holder,
    IssuingDistrict,
    Snapshot,
    Template,
)
from pdtracker.domain.certificate_design import NEWEST
from pdtracker.domain.certified_sessions import CertifiedSession
from pdtracker.domain.codes import code_text, new_code, new_serial
from pdtracker.pdf.certificate import SIZES, drawn_on, render
from pdtracker.pdf.logos import Logo, prepare_logo, read_logo
from pdtracker.pdf.sheet import Marked, Sheet
from pdtracker.pdf.words import date_words, day_text, time_words, units_text

SAMPLES: Final = 40


BADGE: Final = base64.urlsafe_b64encode(hashlib.shake_256(b"badge").digest(4_500))
"""As long as a badge of eight sessions, and no easier to compress."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is drawn: a snapshot with its logo, as pixels and as the file that the tutorial reads."""

    snapshot: Snapshot
    logo: Logo
    logo_file: Path


def measure(rounds: int = ROUNDS, samples: int = SAMPLES) -> list[Figure]:
    """The anchors beside the certificate; each round draws the same people with each way once."""
    with tempfile.TemporaryDirectory() as folder:
        cast = subjects(Path(folder), samples)
        bound = _Bound(cast[0])
        others = {design: _in_design(cast, design) for design in (Design.CLASSIC, Design.PLAIN)}
        # The tutorial takes so long that a few of its pages tell as much.
        few = cast[: max(1, samples // 10)]
        drawn = in_turn(
            {
                "own": _drawing(certificate, cast),
                "tutorial": _drawing(tutorial_page, few),
                "bound": _drawing(bound.fill, cast),
                "untagged": _drawing(untagged, cast),
                **{design: _drawing(certificate, other) for design, other in others.items()},
            },
            rounds=rounds,
        )
        sizes_bytes = {design: len(certificate(other[0])) for design, other in others.items()}
        size_bytes = len(certificate(cast[0]))
    own = [seconds / len(cast) for seconds in drawn["own"]]
    return [
        beside(
            "tutorial page : certificate",
            [seconds / len(few) for seconds in drawn["tutorial"]],
            own,
            Goal(12, at_least=True),
        ),
        beside(
            "finished file, text exchanged : certificate",
            [seconds / len(cast) for seconds in drawn["bound"]],
            own,
        ),
        beside(
            "certificate : the same without tags",
            own,
            [seconds / len(cast) for seconds in drawn["untagged"]],
            Goal(1.3),
        ),
        counted("certificate, size", Unit.BYTES, [size_bytes], Goal(64_000)),
        *(
            beside(f"{design} certificate : modern", [seconds / len(cast) for seconds in drawn[design]], own)
            for design in others
        ),
        *(
            counted(f"{design} certificate, size", Unit.BYTES, [sizes_bytes[design]], Goal(limit))
            for design, limit in ((Design.CLASSIC, 96_000), (Design.PLAIN, 64_000))
        ),
    ]


def _in_design(cast: Sequence[Subject], design: Design) -> list[Subject]:
    """The same people's certificates in another design."""
    template = Template(design.value, NEWEST[design])
    return [replace(one, snapshot=replace(one.snapshot, template=template)) for one in cast]


def _drawing(way: Callable[[Subject], object], cast: Sequence[Subject]) -> Callable[[], None]:
    def draw() -> None:
        for subject in cast:
            way(subject)

    return draw


def certificate(subject: Subject) -> bytes:
    """Our own way."""
    return render(subject.snapshot, bytes(64), bytes(32), subject.logo, badge=BADGE)


class _Untagged(Sheet):
    """Pages as most programs draw them: nothing says what anything is."""

    conforms = False

    def __init__(self, size: tuple[float, float]) -> None:
        super().__init__(size)
        self._unmarked = Marked(self, None, False)

    def group(self, *_: str) -> Marked:
        """No element is made."""
        return self._unmarked

    def tag(self, *_: str) -> Marked:
        """No element is made, and nothing is marked."""
        return self._unmarked

    def column_head(self) -> Marked:
        """No element is made."""
        return self._unmarked

    def row_head(self, *_: int) -> Marked:
        """No element is made."""
        return self._unmarked

    def decoration(self) -> Marked:
        """Nothing is marked."""
        return self._unmarked


def untagged(subject: Subject) -> bytes:
    """The same sheet without structure and without what the standards ask for beyond it."""
    return drawn_on(
        _Untagged(SIZES["letter"]), subject.snapshot, bytes(64), bytes(32), subject.logo, badge=BADGE
    )


def subjects(folder: Path, count: int) -> list[Subject]:
    """So many people with the same sessions, and the logo's file in the folder."""
    picture = Image.new("RGBA", (420, 420), (255, 255, 255, 0))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((6, 6, 414, 414), fill=(24, 66, 62, 255))
    pen.ellipse((40, 40, 380, 380), outline=(255, 255, 255, 255), width=8)
    out = io.BytesIO()
    picture.save(out, "PNG")
    prepared = prepare_logo(out.getvalue())
    file = folder / "logo.png"
    file.write_bytes(prepared)
    logo = read_logo(prepared)
    return [Subject(_snapshot(number, logo), logo, file) for number in range(count)]


def _snapshot(number: int, logo: Logo) -> Snapshot:
    starts_at = datetime(2014, 10, 14, 23, tzinfo=UTC)
    sessions = tuple(
        CertifiedSession.held(
            title=title,
            host=host,
            kind="Webinar",
            delivery="Online, live",
            place="#ce14",
            starts_at=starts_at + timedelta(days=place),
            ends_at=starts_at + timedelta(days=place, minutes=60),
            zone="America/New_York",
            attendance="Check-in and check-out",
            minutes={"Pedagogy": 60},
        )
        for place, (title, host) in enumerate(
            (
                (
                    "Join Secretary Duncan for a Connected Educator Month Twitter Chat",
                    "U.S. Department of Education",
                ),
                ("National Day on Writing: teaching writing to newcomers", "National Writing Project"),
                ("Leadership for change: closing panel", "Powerful Learning Practice"),
            )
        )
    )
    random = number.to_bytes(16)
    given = ("Ada", "Maria", "Jo", "Konstantina", "Lee")[number % 5]
    return Snapshot(
        Template("modern", NEWEST[Design.MODERN] - 1),
        new_serial(random),
        new_code(random[6:]),
        datetime(2014, 11, 7, 15, tzinfo=UTC),
        date(2014, 11, 7),
        IssuingDistrict(
            "Maplewood Central School District",
            "Maplewood, New York",
            "maplewood",
            "23417",
            None,
            logo.digest,
        ),
        Holder(f"{given} Lindqvist {'ABCDEFGH'[number % 8]}.", "New York State teacher ID ending 4417"),
        "Connected Educator Month 2014",
        None,
        None,
        sessions,
        (CertifiedCategory("Content", "Content", 0), CertifiedCategory("Pedagogy", "Pedagogy", 180)),
        CreditUnit("CTLE hour", "CTLE hours"),
        AppliedPolicy("Maplewood credit policy", "2014-2"),
        "Written reflection, reviewed",
        Approval("Bo Tran", "Director of Professional Learning", date(2014, 11, 6)),
        "https://pd.maplewood.example/verify/",
        "0123456789abcdef",
    )


# Anchors


def tutorial_page(subject: Subject) -> bytes:
    """The same facts the way the toolkit's guide teaches."""
    s, out = subject.snapshot, io.BytesIO()
    folder = Path(ttf_opensans.TTF_BIN_FOLDER)
    for name, weight in (("Body", "Regular"), ("Bold", "Bold"), ("Black", "ExtraBold")):
        pdfmetrics.registerFont(TTFont(name, str(folder / f"OpenSans-{weight}.ttf")))
    canvas = Canvas(out, pagesize=landscape(letter))
    canvas.setTitle(f"Certificate of Professional Learning: {s.holder.name}")
    canvas.setFillColorRGB(0.92, 0.95, 0.93)
    canvas.rect(556, 30, 206, 552, stroke=0, fill=1)
    canvas.drawImage(str(subject.logo_file), 40, 530, 44, 44, mask="auto")
    body = ParagraphStyle("body", fontName="Body", fontSize=8, leading=10)
    for text, font, size, y in (
        (s.district.name, "Bold", 11, 550),
        ("Certificate of Professional Learning", "Bold", 15, 480),
        (s.holder.name, "Black", 46, 420),
        (s.holder.licence or "", "Body", 8, 400),
        (f"completed {units_text(s.total_minutes, 60)} {s.unit.many} in", "Body", 14, 370),
        (s.title, "Bold", 21, 340),
        (f"{s.approval.name}, {s.approval.role}, {day_text(s.approval.on)}", "Body", 8, 120),
        (f"Serial {s.serial}, key {s.key}, fingerprint {s.fingerprint()}", "Body", 6, 60),
    ):
        canvas.setFillColorRGB(0.08, 0.13, 0.12)
        paragraph = Paragraph(
            escape(text), ParagraphStyle("line", body, fontName=font, fontSize=size, leading=size * 1.2)
        )
        paragraph.wrap(490, 100)
        paragraph.drawOn(canvas, 40, y)
    rows: list[list[str | Paragraph]] = [["Date and time", "Session", "Pedagogy", "Minutes"]]
    for x in s.sessions:
        when = Paragraph(escape(f"{date_words(x)}, {time_words(x)}"), body)
        what = Paragraph(f"{escape(x.title)}<br/>{escape(x.host)}", body)
        rows.append([when, what, str(x.minutes_in("Pedagogy")), str(x.total_minutes)])
    table = Table(rows, colWidths=[110, 280, 50, 50])
    table.setStyle([("FONT", (0, 0), (-1, -1), "Body", 7)])
    table.wrapOn(canvas, 490, 300)
    table.drawOn(canvas, 40, 180)
    _tutorial_panel(canvas, s)
    widget = QrCodeWidget(s.address)
    x0, y0, x1, y1 = widget.getBounds()
    drawing = Drawing(71, 71, transform=[71 / (x1 - x0), 0, 0, 71 / (y1 - y0), 0, 0])
    drawing.add(widget)
    renderPDF.draw(drawing, canvas, 674, 47)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _tutorial_panel(canvas: Canvas, s: Snapshot) -> None:
    canvas.setFont("Black", 40)
    canvas.drawCentredString(659, 480, units_text(s.total_minutes, 60))
    canvas.setFont("Body", 8)
    y = 380.0
    for category in s.categories:
        canvas.drawString(573, y, category.name)
        canvas.drawRightString(745, y, f"{category.minutes} min")
        y -= 16
    for text in (
        s.district.name,
        s.sessions[0].attendance,
        s.reflection or "",
        code_text(s.code),
        s.verify_address,
    ):
        canvas.drawString(573, y, text)
        y -= 20


class _Bound:
    """One finished file; each document puts its own page text, compressed anew, and its own code in the old place."""

    def __init__(self, subject: Subject) -> None:
        blank = replace(subject.snapshot, holder=Holder("N" * 20))
        self.whole = render(blank, bytes(64), bytes(32), subject.logo, badge=BADGE)
        self.text = b"BT /R0 8 Tf 40 500 Td (%b) Tj ET\n" * 80

    def fill(self, subject: Subject) -> bytes:
        """The least that a new document can cost: its signed bytes, its page compressed, and the copy."""
        canonical = subject.snapshot.to_bytes()
        page = zlib.compress(self.text.replace(b"%b", subject.snapshot.holder.name.encode()), 1)
        attached = zlib.compress(canonical, 1)
        return b"".join((self.whole[:30_000], page, attached, self.whole[30_000:]))
