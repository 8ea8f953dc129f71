"""Each paper keeps PDF/A-3b and PDF/UA-1 as far as we know their rules: read by pikepdf and littlecms, not by us.

`test_verapdf` asks the engine that the standards' authors use, where there is one. These tests are there everywhere,
and say which rule is broken.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from dataclasses import replace as changed
from functools import cache
from xml.etree import ElementTree

import pikepdf
import pytest
from PIL import Image, ImageCms

from pdtracker.domain.certificate import Template
from pdtracker.pdf.certificate import render
from pdtracker.pdf.record import SignedRecord
from tests.pdf.papers import CERTIFICATES, PAPERS
from tests.pdf.sheets import CASES, signed

PAINTS = set("Tj TJ ' \" S s f F f* B B* b b* sh Do INLINE IMAGE EI".split())
STANDARD_ROLES = set("Document H1 H2 P L LI Lbl LBody Table TR TH TD Figure".split())
MAY_HOLD = {
    "Document": {"H1", "H2", "P", "L", "Table", "Figure"},
    "Table": {"TR"},
    "TR": {"TH", "TD"},
    "TD": {"P", "Figure"},
    "L": {"LI"},
    "LI": {"Lbl", "LBody"},
}
PDFA = "{http://www.aiim.org/pdfa/ns/id/}"
PDFUA = "{http://www.aiim.org/pdfua/ns/id/}"
every_paper = pytest.mark.parametrize("name", list(PAPERS))


@cache
def data_of(name: str) -> bytes:
    return PAPERS[name]()


def opened(name: str) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(data_of(name)))


# What is drawn, and what it is said to be


@dataclass
class Drawn:
    """The marked pieces of a page (number -> role), and what was painted outside of any."""

    roles: dict[int, str] = field(default_factory=dict)
    passed: list[str] = field(default_factory=list)
    loose: list[str] = field(default_factory=list)
    colours: set[str] = field(default_factory=set)


def drawn_on(page: pikepdf.Page) -> Drawn:
    drawn, open_now = Drawn(), ""
    for operands, operator in pikepdf.parse_content_stream(page):
        word = str(operator)
        if word in ("BDC", "BMC"):
            assert not open_now, "marked content inside marked content"
            open_now = str(operands[0])[1:]
            if open_now == "Artifact":
                drawn.passed.append(str(operands[1].Type) if word == "BDC" else "")
            else:
                number = int(operands[1].MCID)
                assert number not in drawn.roles, "one number twice"
                drawn.roles[number] = open_now
        elif word == "EMC":
            assert open_now, "the end of marked content that never began"
            open_now = ""
        elif word in PAINTS and not open_now:
            drawn.loose.append(word)
        elif word in ("g", "G", "k", "K", "cs", "CS", "sc", "SC", "scn", "SCN"):
            drawn.colours.add(word)
    assert not open_now
    return drawn


@every_paper
def test_everything_painted_is_content_of_an_element_or_passed_over(name: str) -> None:
    with opened(name) as document:
        for page in document.pages:
            drawn = drawn_on(page)
            assert drawn.loose == []
            assert drawn.roles
            assert set(drawn.passed) <= {"", "/Pagination"}


@every_paper
def test_colours_are_those_of_the_profile(name: str) -> None:
    """Operators of other colour spaces would not be covered by the intent."""
    with opened(name) as document:
        assert {word for page in document.pages for word in drawn_on(page).colours} == set()


@every_paper
def test_each_marked_piece_leads_to_its_element_and_back(name: str) -> None:
    with opened(name) as document:
        root = document.Root.StructTreeRoot
        ways = list(root.ParentTree.Nums)
        assert [int(ways[at]) for at in range(0, len(ways), 2)] == list(range(len(document.pages)))
        assert int(root.ParentTreeNextKey) == len(document.pages)
        held = {(page, number): element for element, page, number in pieces(document)}
        for place, page in enumerate(document.pages):
            drawn, owners = drawn_on(page), ways[2 * int(page.StructParents) + 1]
            assert sorted(drawn.roles) == list(range(len(owners)))
            assert page.Tabs == "/S"
            for number, role in drawn.roles.items():
                element = held.pop((place, number))
                assert owners[number].objgen == element.objgen
                assert str(element.S)[1:] == role
        assert held == {}, "elements hold pieces that no page has"


def kids_of(element: pikepdf.Object) -> list[pikepdf.Object | int]:
    return list(element.K) if isinstance(element.K, pikepdf.Array) else [element.K]


def pieces(document: pikepdf.Pdf) -> Iterator[tuple[pikepdf.Object, int, int]]:
    """Each element with the page and number of each piece of its content, in reading order."""
    pages = {page.objgen: place for place, page in enumerate(document.pages)}
    for element in elements(document):
        for kid in kids_of(element):
            if isinstance(kid, int):
                yield element, pages[element.Pg.objgen], kid
            elif "/MCID" in kid:
                yield element, pages[kid.Pg.objgen], int(kid.MCID)


def elements(document: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """All elements in reading order; each knows its parent."""

    def below(element: pikepdf.Object) -> Iterator[pikepdf.Object]:
        yield element
        for kid in kids_of(element):
            if not isinstance(kid, int) and "/S" in kid:
                assert kid.P.objgen == element.objgen
                yield from below(kid)

    top = document.Root.StructTreeRoot.K
    assert top.P.objgen == document.Root.StructTreeRoot.objgen
    yield from below(top)


def role_of(element: pikepdf.Object) -> str:
    return str(element.S)[1:]


def inner(element: pikepdf.Object) -> list[pikepdf.Object]:
    return [kid for kid in kids_of(element) if not isinstance(kid, int) and "/S" in kid]


# Structure


@every_paper
def test_elements_have_standard_roles_and_stand_where_they_may(name: str) -> None:
    with opened(name) as document:
        found = list(elements(document))
        assert {role_of(each) for each in found} <= STANDARD_ROLES
        for element in found:
            assert {role_of(kid) for kid in inner(element)} <= MAY_HOLD.get(role_of(element), set())


@every_paper
def test_there_is_one_first_heading_and_no_level_is_left_out(name: str) -> None:
    with opened(name) as document:
        headings = [role_of(each) for each in elements(document) if role_of(each) in ("H1", "H2")]
    assert headings[0] == "H1"
    assert headings.count("H1") == 1


def columns_of(row: pikepdf.Object) -> int:
    return sum(int(cell.A.get("/ColSpan", 1)) if "/A" in cell else 1 for cell in inner(row))


@every_paper
def test_rows_of_a_table_have_the_same_columns_and_heads_say_what_they_head(name: str) -> None:
    with opened(name) as document:
        tables = [each for each in elements(document) if role_of(each) == "Table"]
        for table in tables:
            assert len({columns_of(row) for row in inner(table)}) == 1
            for row in inner(table):
                heads = [cell for cell in inner(row) if role_of(cell) == "TH"]
                assert heads, "a row without a head of its own or of its columns"
                assert {str(head.A.Scope) for head in heads} <= {"/Row", "/Column"}


@every_paper
def test_figures_say_what_they_show_and_where(name: str) -> None:
    with opened(name) as document:
        pages = {page.objgen: page for page in document.pages}
        figures = [each for each in elements(document) if role_of(each) == "Figure"]
        assert figures
        for figure in figures:
            assert len(str(figure.Alt)) > 8
            left, bottom, right, top = map(float, figure.A.BBox)
            _, _, wide, tall = map(float, pages[figure.Pg.objgen].MediaBox)
            assert 0 <= left < right <= wide
            assert 0 <= bottom < top <= tall


@pytest.mark.parametrize("name", list(CERTIFICATES))
def test_seal_or_logo_ring_and_code_are_figures(name: str) -> None:
    with opened(name) as document:
        said = [str(each.Alt) for each in elements(document) if role_of(each) == "Figure"]
    is_modern = not name.startswith(("classic", "plain"))
    if name == "with a logo" or name.endswith("as chosen"):
        assert said[0].startswith("Logo of ")
    elif is_modern:
        assert said[0].startswith("Seal of ")
    assert any(words.startswith("Ring of dots") for words in said) is is_modern
    assert any(words.startswith("QR code") for words in said)


def test_a_certificate_is_read_in_the_order_of_its_sentence() -> None:
    """What a screen reader says, element by element; the codes of the everyday fonts are those of ASCII."""
    with opened("three") as document:
        content = document.pages[0].Contents.read_bytes().decode("latin-1")
        texts = {
            int(number): "".join(re.findall(r"\((.*?)\) Tj", piece)).strip()
            for number, piece in re.findall(r"/MCID (\d+)>> BDC(.*?)EMC", content, re.DOTALL)
        }
        told = [texts[number] for _, _, number in pieces(document)]
    s = CASES["three"]
    order = [
        s.district.name, "Certificate of Professional Learning", s.holder.name, "completed", s.title,
        "Date and time", s.sessions[0].title, s.sessions[2].title, "Minutes in all", "Approved and signed",
        s.approval.name, "Provider", "Certificate code", "Verify at", "Issued", "Issued under",
    ]  # fmt: skip
    places = []
    for words in order:
        start = places[-1] if places else 0
        places.append(next(at for at in range(start, len(told)) if told[at].startswith(words)))
    assert places == sorted(places)


# Typefaces


def unicode_of(font: pikepdf.Object) -> dict[int, str]:
    rows = re.findall(rb"<([0-9A-F]{2})> <((?:[0-9A-F]{4})+)>", font.ToUnicode.read_bytes())
    return {int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in rows}


@every_paper
def test_every_typeface_is_inside_and_every_code_leads_to_text(name: str) -> None:
    with opened(name) as document:
        for page in document.pages:
            fonts = page.Resources.Font
            known = {tag: unicode_of(font) for tag, font in fonts.items()}
            for font in fonts.values():
                assert re.fullmatch(
                    r"/[A-Z]{6}\+(?:OpenSans|EBGaramond|SourceSerifPro)-\w+", str(font.BaseFont)
                )
                assert font.FontDescriptor.FontName == font.BaseFont
                assert font.FontDescriptor.FontFile2.read_bytes()[:4] == b"\0\1\0\0"
                assert int(font.LastChar) - int(font.FirstChar) + 1 == len(font.Widths)
            chosen = ""
            for operands, operator in pikepdf.parse_content_stream(page):
                if str(operator) == "Tf":
                    chosen = str(operands[0])
                elif str(operator) in ("Tj", "TJ"):
                    shown = operands[0] if isinstance(operands[0], pikepdf.Array) else [operands[0]]
                    codes = b"".join(bytes(part) for part in shown if isinstance(part, pikepdf.String))
                    said = "".join(known[chosen][code] for code in codes)
                    assert not re.search(r"[\0\ue000-\uf8ff\ufeff\ufffe\uffff]", said)


# What the file says about itself


@every_paper
def test_the_packet_says_what_the_information_says_and_declares_the_standards(name: str) -> None:
    with opened(name) as document:
        packet = document.Root.Metadata
        assert "/Filter" not in packet
        info, tree = document.docinfo, ElementTree.fromstring(packet.read_bytes())
    dc, xmp = "{http://purl.org/dc/elements/1.1/}", "{http://ns.adobe.com/xap/1.0/}"
    words = {
        f"{dc}title": "/Title",
        f"{dc}creator": "/Author",
        f"{dc}description": "/Subject",
        f"{xmp}CreatorTool": "/Creator",
        "{http://ns.adobe.com/pdf/1.3/}Producer": "/Producer",
    }
    for tag, entry in words.items():
        (found,) = tree.findall(f".//{tag}")
        assert "".join(found.itertext()).strip() == str(info[entry])
    for tag, entry in ((f"{xmp}CreateDate", "/CreationDate"), (f"{xmp}ModifyDate", "/ModDate")):
        (found,) = tree.findall(f".//{tag}")
        assert re.sub(r"[-:T]", "", str(found.text)) == str(info[entry]).removeprefix("D:")
    assert (tree.findtext(f".//{PDFA}part"), tree.findtext(f".//{PDFA}conformance")) == ("3", "B")
    assert tree.findtext(f".//{PDFUA}part") == "1"


@every_paper
def test_words_that_the_archive_does_not_know_are_described(name: str) -> None:
    """Otherwise they are not allowed in it: each property outside of the known spaces has a schema in the packet."""
    known = {
        "adobe:ns:meta/", "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "http://purl.org/dc/elements/1.1/",
        "http://ns.adobe.com/xap/1.0/", "http://ns.adobe.com/pdf/1.3/", "http://www.aiim.org/pdfa/ns/id/",
        "http://www.aiim.org/pdfa/ns/extension/", "http://www.aiim.org/pdfa/ns/schema#",
        "http://www.aiim.org/pdfa/ns/property#",
    }  # fmt: skip
    with opened(name) as document:
        tree = ElementTree.fromstring(document.Root.Metadata.read_bytes())
    described = {
        (schema.findtext("{*}namespaceURI"), prop.findtext("{*}name"))
        for schema in tree.iterfind(".//{http://www.aiim.org/pdfa/ns/extension/}schemas//{*}li[{*}prefix]")
        for prop in schema.iterfind(".//{*}li[{*}category]")
    }
    used = {tuple(each.tag[1:].split("}")) for each in tree.iter()}
    others = {(space, word) for space, word in used if space not in known}
    assert others == described == {("http://www.aiim.org/pdfua/ns/id/", "part")}


@every_paper
def test_the_catalog_says_what_a_reader_needs(name: str) -> None:
    with opened(name) as document:
        root = document.Root
        assert document.pdf_version == "1.7"
        assert str(root.Lang) == "en-US"
        assert root.MarkInfo.Marked is True
        assert root.ViewerPreferences.DisplayDocTitle is True
        assert str(document.docinfo["/Title"])
        assert len(document.trailer.ID) == 2
        assert set(root.keys()) <= {
            "/Type", "/Pages", "/Lang", "/MarkInfo", "/StructTreeRoot", "/Metadata", "/ViewerPreferences",
            "/Names", "/AF", "/OutputIntents",
        }  # fmt: skip
        for page in document.pages:
            assert not {"/Annots", "/AA"} & set(page.keys())
        for each in document.objects:
            if isinstance(each, pikepdf.Stream):
                assert each.get("/Filter", "/FlateDecode") == "/FlateDecode"
                assert "/F" not in each


@every_paper
def test_colours_have_one_meaning(name: str) -> None:
    with opened(name) as document:
        (intent,) = document.Root.OutputIntents
        assert intent.S == "/GTS_PDFA1"
        assert str(intent.OutputConditionIdentifier) == "sRGB"
        assert intent.DestOutputProfile.N == 3
        profile = intent.DestOutputProfile.read_bytes()
    assert (profile[12:20], profile[36:40], len(profile)) == (
        b"mntrRGB ",
        b"acsp",
        int.from_bytes(profile[:4]),
    )


def test_the_profile_is_srgb_for_another_reader_of_profiles() -> None:
    with opened("one") as document:
        profile = document.Root.OutputIntents[0].DestOutputProfile.read_bytes()
    ours = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    theirs = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    steps = (0, 3, 10, 11, 40, 85, 128, 190, 254, 255)
    pixels = bytes(part for red in steps for green in steps for blue in steps for part in (red, green, blue))
    picture = Image.frombytes("RGB", (len(steps) ** 2, len(steps)), pixels)
    converted = ImageCms.profileToProfile(picture, ours, theirs)
    assert isinstance(converted, Image.Image)
    assert max(abs(a - b) for a, b in zip(pixels, converted.tobytes(), strict=True)) <= 1


@pytest.mark.parametrize("name", list(CERTIFICATES))
def test_the_signed_record_is_attached_as_the_source_of_the_page(name: str) -> None:
    with opened(name) as document:
        (spec,) = document.Root.AF
        label, named = document.Root.Names.EmbeddedFiles.Names
        assert (str(label), named.objgen) == ("certificate.json", spec.objgen)
        assert (str(spec.F), str(spec.UF)) == ("certificate.json", "certificate.json")
        assert spec.AFRelationship == "/Source"
        assert str(spec.Desc) == "The signed record of this certificate"
        file = spec.EF.F
        assert file.objgen == spec.EF.UF.objgen
        assert file.Subtype == "/application/json"
        data = file.read_bytes()
        assert len(data) == int(file.Params.Size)
    assert SignedRecord.from_bytes(data).to_bytes() == data


# The rules find what they are for


def test_the_first_version_did_not_conform() -> None:
    """It is still drawn as it was; the rules above tell it from what is issued now."""
    old = changed(CASES["eight"], template=Template("modern", 1))
    with pikepdf.open(io.BytesIO(render(*signed(old)))) as document:
        assert "/OutputIntents" not in document.Root
        assert b"pdfaid" not in document.Root.Metadata.read_bytes()
        table = next(each for each in elements(document) if role_of(each) == "Table")
        assert len({columns_of(row) for row in inner(table)}) == 2
