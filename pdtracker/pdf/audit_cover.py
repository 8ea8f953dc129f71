"""The cover of an audit pack as PDF: what it is about, what is in it, and by which hashes that is known again."""

from __future__ import annotations

from typing import Final

from pdtracker.domain.audit_pack import INDEX, MANIFEST, Cover, PackOf
from pdtracker.pdf.document import write
from pdtracker.pdf.faces import Face
from pdtracker.pdf.flow import Flow
from pdtracker.pdf.letters import missing_letters
from pdtracker.pdf.metadata import Facts
from pdtracker.pdf.palette import INK, SOFT
from pdtracker.pdf.stationery import MARGIN, masthead
from pdtracker.pdf.typeset import wrap
from pdtracker.pdf.words import fours

SIZE: Final = (612.0, 792.0)
_HEADINGS: Final = {PackOf.EVENT: "Audit pack of an event", PackOf.PERSON: "Audit pack of a person"}
_MOST_MISSING: Final = 40


def render(cover: Cover) -> bytes:
    """The PDF of the cover; the same values give the same bytes. A letter that can't be drawn becomes a mark."""
    pages = len(_drawn(cover, 1).sheet.pages)
    sheet = _drawn(cover, pages).sheet
    facts = Facts(
        title=f"{_HEADINGS[cover.subject.of]}: {cover.subject.name}",
        author=cover.district,
        subject=f"Made on {cover.made_on} by {cover.made_by}",
        at=cover.made_at,
        identity=repr(cover).encode(),
    )
    return write(facts, SIZE, sheet.pages, sheet.root, sheet.rare, [], [])


def _drawn(c: Cover, pages: int) -> Flow:
    heading = _HEADINGS[c.subject.of]
    foot = _shown(f"Made on {c.made_on} by {c.made_by}, {c.district}.")
    flow = Flow(SIZE, _shown(f"{c.subject.name} · {heading}"), foot, pages)
    y = masthead(
        flow.sheet,
        district=_shown(c.district),
        place=_shown(c.place),
        heading=heading,
        person=_shown(c.subject.name),
    )
    with flow.sheet.tag("P"):
        told = wrap(_shown(c.subject.about or " "), Face.SEMI, 9, flow.room)
        y = flow.sheet.lines(MARGIN, y, told, Face.SEMI, 9, 12, INK)
    flow.y = y + 8
    flow.paragraph(
        _shown(f"Made on {c.made_on} by {c.made_by}. It holds what the district’s records say on that day.")
    )
    flow.heading("What is in it")
    flow.points([_shown(f"{words}: {count}") for words, count in c.counts])
    flow.heading("Its lists")
    for one in c.files:
        flow.paragraph(f"{one.name}: {one.says}", face=Face.SEMI)
        flow.paragraph(f"SHA-256 {fours(one.sha256)}", SOFT, size=7)
    if c.evidence_files:
        flow.paragraph(f"Files of evidence stand with their hashes in {INDEX}.")
    if c.missing:
        flow.heading("Not in it")
        more = len(c.missing) - _MOST_MISSING
        shown = [_shown(one) for one in c.missing[:_MOST_MISSING]]
        flow.points([*shown, f"and {more:,} more"] if more > 0 else shown)
    flow.heading("How to check it")
    flow.paragraph(
        f"{MANIFEST} has the SHA-256 of every file, this one too. A file that was changed has another one."
        " The lists open in a spreadsheet; moments are in UTC where a column doesn’t say otherwise."
    )
    flow.paragraph(_shown(c.trail))
    flow.end()
    return flow


def _shown(text: str) -> str:
    """The text with a mark for each letter that our faces lack: a cover for auditors is never refused for a name."""
    for letter in missing_letters(text):
        text = text.replace(letter, "?")
    return text
