"""A statement of progress to a licence as PDF: what is asked, what is there, and each activity behind it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time
from typing import Final

from pdtracker.domain.glyphs import MissingGlyph
from pdtracker.domain.licence_statement import LicenceStatement
from pdtracker.domain.regimes.quantities import figure
from pdtracker.pdf.document import write
from pdtracker.pdf.faces import Face
from pdtracker.pdf.flow import Flow
from pdtracker.pdf.letters import missing_letters
from pdtracker.pdf.metadata import Facts
from pdtracker.pdf.palette import INK, LINE, PALE, PANEL, SOFT, TEAL
from pdtracker.pdf.sheet import Sheet
from pdtracker.pdf.statement_tables import activities, requirements
from pdtracker.pdf.stationery import MARGIN, masthead
from pdtracker.pdf.typeset import Step, fit, wrap
from pdtracker.pdf.words import day_text, dotted, tie

SIZE: Final = (612.0, 792.0)
HEADING: Final = "Statement of progress to a licence"
_BAND: Final = 62.0
_METER: Final = 5.0


def render(statement: LicenceStatement) -> bytes:
    """The PDF of the statement; the same values give the same bytes. Raises MissingGlyph as a certificate does."""
    _check_letters(statement)
    pages = len(_drawn(statement, 1).pages)
    sheet = _drawn(statement, pages)
    facts = Facts(
        title=f"{HEADING}: {statement.person}, {statement.licence}",
        author=statement.district,
        subject=f"{statement.rules.name}, as of {day_text(statement.as_of)}",
        at=datetime.combine(statement.as_of, time(), UTC),
        identity=repr(statement).encode(),
    )
    return write(facts, SIZE, sheet.pages, sheet.root, sheet.rare, [], [])


def _check_letters(s: LicenceStatement) -> None:
    for where, text in _texts(s):
        if letters := missing_letters(text):
            raise MissingGlyph(s.person, where, text, letters, document="statement")


def _texts(s: LicenceStatement) -> Iterator[tuple[str, str]]:
    yield "the name", s.person
    yield "the district’s name", s.district
    yield "the district’s place", s.place
    yield "the school’s name", s.school or ""
    yield "the licence’s name", s.licence
    for text in (*s.signed, *s.notes, *s.missing):
        yield "what was signed", text
    for one in s.activities:
        yield "a title", one.title
        yield "a host", one.about
        yield "a reason", one.reason
    for asked in s.requirements:
        yield "a requirement", asked.name
    yield "the sponsor number", s.sponsor
    for told in s.rules.on_top:
        yield "what is asked on top", told


def _drawn(s: LicenceStatement, pages: int) -> Sheet:
    flow = Flow(SIZE, f"{s.person} · {s.licence} · {HEADING}", _foot(s), pages)
    _head(flow, s)
    _band(flow, s)
    _rules(flow, s)
    flow.heading("What is asked for", keep=60)
    requirements(flow, s)
    flow.heading("What is missing")
    if s.missing:
        flow.points(s.missing)
    else:
        flow.paragraph("Nothing is missing by what is decided.")
    if s.carry_over:
        flow.paragraph(f"{s.rules.unit.words(s.carry_over)} would go into the next cycle.")
    if s.signed:
        flow.heading("Signed changes and statements")
        flow.points(s.signed)
    flow.heading("Activities", keep=70)
    activities(flow, s)
    if s.notes:
        flow.heading("How it was counted")
        flow.points(s.notes, SOFT)
    if s.rules.duties:
        flow.heading("What to keep and do beside the hours")
        flow.points(s.rules.duties, SOFT)
    flow.y += 8
    flow.paragraph(
        "This is not a licence, and not a decision about one: the licensing body decides. It states what the"
        " district’s records came to on the day named, by the rules named above.",
        face=Face.SEMI,
    )
    flow.end()
    return flow.sheet


def _head(flow: Flow, s: LicenceStatement) -> None:
    """District, person, licence and cycle, as a transcript begins."""
    sheet, room = flow.sheet, flow.room
    y = masthead(sheet, district=s.district, place=s.place, heading=HEADING, person=s.person)
    about = [*([s.school] if s.school else []), s.licence]
    with sheet.tag("P"):
        told = wrap(dotted(about), Face.SEMI, 9, room)
        y = sheet.lines(MARGIN, y, told, Face.SEMI, 9, 12, INK)
    cycle = f"Cycle {day_text(s.cycle.start)} to {day_text(s.cycle.end)} · as of {day_text(s.as_of)}"
    with sheet.tag("P"):
        y = sheet.lines(MARGIN, y, wrap(tie(cycle), Face.REGULAR, 9, room), Face.REGULAR, 9, 12, SOFT)
    flow.y = y + 10


def _band(flow: Flow, s: LicenceStatement) -> None:
    """The four figures, the same as a bar, and the sentence that says it all."""
    sheet, unit = flow.sheet, s.rules.unit
    top, wide = flow.y, (flow.room - 28) / 4
    with sheet.decoration():
        sheet.box(flow.left, top, flow.right, top + _BAND, PANEL)
    entries = [("Earned", s.earned), ("Waiting", s.pending), ("Required", s.required), ("To go", s.to_go)]
    with sheet.group("L"):
        for place, (name, amount) in enumerate(entries):
            x = flow.left + 14 + place * wide
            with sheet.group("LI"):
                with sheet.tag("Lbl"):
                    sheet.lines(x, top + 9, [name], Face.SEMI, 7.5, 9, TEAL)
                shown = figure(amount) if name != "Required" or amount else "no number"
                with sheet.tag("LBody"):
                    size, lines = fit(shown, Face.BOLD, wide - 12, (Step(1, 16, 8),))
                    sheet.lines(x, top + 19, lines, Face.BOLD, size, 19, INK)
    _meter(sheet, s, flow.left + 14, flow.right - 14, top + _BAND - 17)
    flow.y = top + _BAND + 9
    flow.paragraph(f"{s.sentence}.", face=Face.SEMI, size=9)
    if s.pending and s.required:
        flow.paragraph("To go is what stays missing when everything that waits is approved.", SOFT)
    if unit.hours != 1:
        flow.paragraph(f"One {unit.one} stands for {unit.hours} clock hours.", SOFT)


def _meter(sheet: Sheet, s: LicenceStatement, left: float, right: float, y: float) -> None:
    whole = max(s.required, s.earned + s.pending)
    if not whole:
        return
    earned = left + (right - left) * float(s.earned / whole)
    waiting = left + (right - left) * float((s.earned + s.pending) / whole)
    with sheet.decoration():
        sheet.box(left, y, right, y + _METER, LINE)
        if waiting > earned:
            sheet.box(earned, y, waiting, y + _METER, PALE)
        if earned > left:
            sheet.box(left, y, earned, y + _METER, TEAL)


def _rules(flow: Flow, s: LicenceStatement) -> None:
    """By which rules it was counted, and how sure they are."""
    rules = s.rules
    since = f", in force since {day_text(rules.effective)}" if rules.effective else ""
    flow.heading("The rules")
    flow.paragraph(f"{rules.name}, version {rules.version}{since}. Counted in {rules.unit.many}.")
    flow.paragraph(
        f"Source: {rules.source}. Checked on {day_text(rules.checked_on)}. Confidence: {rules.confidence}.",
        SOFT,
    )
    for told in rules.on_top:
        flow.paragraph(told)
    if s.sponsor:
        flow.paragraph(f"{s.district} is a sponsor under the number {s.sponsor}.")


def _foot(s: LicenceStatement) -> str:
    address = s.verify_address.split("://", 1)[1].rstrip("/")
    return (
        f"Drawn up on {day_text(s.as_of)} by {s.district}. Not a licence; the licensing body decides."
        f" Each certificate can be checked by its code at {address}."
    )
