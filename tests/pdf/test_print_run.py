"""Many certificates in one PDF: every page as its holder has it, typefaces once, and read aloud one by one."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime

import pikepdf
import pypdfium2
import pytest

from pdtracker.domain.certificate import Holder, Snapshot, Template
from pdtracker.domain.glyphs import MissingGlyph
from pdtracker.pdf.certificate import draw, render
from pdtracker.pdf.print_run import PrintRun, RunFacts
from tests.pdf.sheets import CASES, designed, signed

FACTS = RunFacts(
    "Certificates to print", "Maplewood", "Those that stood", datetime(2014, 11, 7, 15, tzinfo=UTC)
)
CYRILLIC = replace(CASES["eight"], holder=Holder("Зоя Ёлкина"))
GREEK = replace(CASES["eight"], holder=Holder("Ζωή Παππά"))
MANY = (
    CASES["three"],
    CASES["eight"],
    designed(CASES["eight"], "classic"),
    designed(CASES["three"], "plain", "a4"),
    CYRILLIC,
    GREEK,
    CYRILLIC,
)


def run_of(*snapshots: Snapshot) -> bytes:
    out = io.BytesIO()
    run = PrintRun(out, FACTS)
    for one in snapshots:
        run.add(*draw(one))
    run.close()
    return out.getvalue()


def pictures(data: bytes) -> list[bytes]:
    document = pypdfium2.PdfDocument(data)
    try:
        return [page.render(scale=1).to_pil().tobytes() for page in document]
    finally:
        document.close()


def test_each_page_looks_as_the_certificate_of_its_holder() -> None:
    alone = [page for one in MANY for page in pictures(render(*signed(one)))]
    assert pictures(run_of(*MANY)) == alone


def test_the_file_is_sound_and_has_each_typeface_once() -> None:
    with pikepdf.open(io.BytesIO(run_of(*MANY))) as document:
        assert document.check_pdf_syntax() == [] if hasattr(document, "check_pdf_syntax") else True
        fonts = {
            (font.objgen, str(font.BaseFont))
            for page in document.pages
            for font in page.Resources.Font.values()
        }
        assert len({name for _, name in fonts}) == len(fonts)
        with pikepdf.open(io.BytesIO(render(*signed(CASES["three"])))) as single:
            faces = len(single.pages[0].Resources.Font)
        assert len(fonts) < faces * len(MANY) / 2
    twice = run_of(CYRILLIC, CYRILLIC)
    assert len(run_of(CYRILLIC, GREEK)) > len(twice)


def test_its_structure_has_one_part_for_each_and_every_page_leads_back() -> None:
    with pikepdf.open(io.BytesIO(run_of(*MANY))) as document:
        tree = document.Root.StructTreeRoot
        parts = list(tree.K.K)
        assert [str(part.S) for part in parts] == ["/Part"] * len(MANY)
        nums = list(tree.ParentTree.Nums)
        assert [int(place) for place in nums[::2]] == [page.StructParents for page in document.pages]
        assert [int(page.StructParents) for page in document.pages] == list(range(len(document.pages)))
        for page, owners in zip(document.pages, nums[1::2], strict=True):
            assert {owner.Pg.objgen for owner in owners if "/Pg" in owner} == {page.objgen}


def test_it_declares_the_standards_unless_one_of_its_pages_is_from_before_them() -> None:
    old = replace(CASES["three"], template=Template("modern", 1))
    for snapshots, conforms in ((MANY, True), ((*MANY, old), False)):
        with pikepdf.open(io.BytesIO(run_of(*snapshots))) as document:
            assert ("/OutputIntents" in document.Root) is conforms
            assert (b"pdfaid:part" in document.Root.Metadata.read_bytes()) is conforms


def test_what_can_t_be_drawn_leaves_the_file_as_it_was() -> None:
    out = io.BytesIO()
    run = PrintRun(out, FACTS)
    run.add(*draw(CASES["three"]))
    with pytest.raises(MissingGlyph):
        run.add(*draw(replace(CASES["three"], holder=Holder("龍"))))
    run.close()
    assert out.getvalue() == run_of(CASES["three"])
