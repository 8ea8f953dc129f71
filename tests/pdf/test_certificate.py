"""Each sheet says all that was signed, reads well, and is the same bytes every time."""

from __future__ import annotations

import hashlib
import io
import os
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pikepdf
import pypdf
import pytest
from PIL import Image, ImageDraw

from pdtracker.domain.certificate import Snapshot, Template
from pdtracker.domain.codes import code_text
from pdtracker.domain.glyphs import MissingGlyph
from pdtracker.domain.refusals import NotValid
from pdtracker.pdf.certificate import UnknownTemplate, check_letters, render
from pdtracker.pdf.logos import prepare_logo, read_logo
from pdtracker.pdf.words import date_words, day_text, fours, time_words
from tests.pdf.looks import codes_on, collisions, squashed, text_of
from tests.pdf.sheets import CASES, EIGHT, HARD, LONG_TITLE, TWENTY_FIVE, signed, snapshot

ROOT = Path(__file__).resolve().parents[2]
PDFS = {name: render(*signed(made)) for name, made in CASES.items()}


def every_word(s: Snapshot) -> list[str]:
    """Each stored text as it must be found on the sheet."""
    words = [
        s.holder.name, s.holder.licence or "", s.title, s.programme or "", s.theme or "", s.district.name,
        s.district.place, s.district.sponsor_number or "", s.district.sponsor_period or "", s.policy.name,
        s.policy.edition, s.reflection or "", s.approval.name, s.approval.role, day_text(s.approval.on),
        day_text(s.issued_on), s.retention or "", s.serial, code_text(s.code), fours(s.key), fours(s.fingerprint()),
        s.verify_address.removeprefix("https://").rstrip("/"), f"{s.total_minutes:,} min",
    ]  # fmt: skip
    words += [c.name for c in s.categories if c.minutes]
    for x in s.sessions:
        words += [x.title, x.host, x.kind, x.delivery, x.place or "", date_words(x), time_words(x)]
        words.append(str(x.stated_minutes))
    words += [change.words for change in s.changes]
    return words


@pytest.mark.parametrize("name", list(CASES))
def test_the_text_layer_carries_every_stored_word(name: str) -> None:
    text = text_of(PDFS[name]).replace("·", "")
    lowered = text.lower()
    for word in every_word(CASES[name]):
        wanted = squashed(word).replace("·", "").replace("\u02bb", "\u02bb")
        assert wanted in text or wanted.lower() in lowered, word


@pytest.mark.parametrize("name", list(CASES))
def test_nothing_meets_and_nothing_leaves_the_safe_area(name: str) -> None:
    assert collisions(PDFS[name]) == []


@pytest.mark.parametrize("name", list(CASES))
def test_the_code_on_each_page_opens_the_verification_page(name: str) -> None:
    pages = codes_on(PDFS[name])
    assert pages == [[CASES[name].address]] * len(pages)


def test_the_code_is_read_at_screen_resolution() -> None:
    assert codes_on(PDFS["one"], scale=1.0) == [[CASES["one"].address]]


@pytest.mark.parametrize("name", list(CASES))
def test_a_certificate_is_at_most_64_kilobytes(name: str) -> None:
    assert len(PDFS[name]) <= 65_536


@pytest.mark.parametrize("name", list(CASES))
def test_other_readers_open_the_file_without_a_complaint(name: str) -> None:
    with pikepdf.open(io.BytesIO(PDFS[name])) as document:
        assert document.check_pdf_syntax() == []
    reader = pypdf.PdfReader(io.BytesIO(PDFS[name]), strict=True)
    assert reader.metadata is not None
    assert reader.metadata.title == f"Certificate of Professional Learning: {CASES[name].holder.name}"


def test_the_same_bytes_come_from_every_process_whatever_its_hash_seed() -> None:
    program = (
        "import hashlib; from pdtracker.pdf.certificate import render; from tests.pdf.sheets import CASES, signed;"
        "print(*(hashlib.sha256(render(*signed(CASES[n]))).hexdigest()"
        " for n in ('cyrillic', 'hard25', 'vietnamese', 'one')))"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed, zone in (("0", "UTC"), ("4242", "Asia/Tokyo"))
    }
    here = [hashlib.sha256(PDFS[name]).hexdigest() for name in ("cyrillic", "hard25", "vietnamese", "one")]
    assert printed == {" ".join(here) + "\n"}


def test_threads_draw_the_same_bytes_at_once() -> None:
    names = [name for name in CASES for _ in range(6)]
    with ThreadPoolExecutor(8) as pool:
        drawn = list(pool.map(lambda name: render(*signed(CASES[name])), names))
    assert drawn == [PDFS[name] for name in names]


def test_markup_in_a_name_is_only_text() -> None:
    reader = pypdf.PdfReader(io.BytesIO(PDFS["markup"]))
    page = reader.pages[0]
    assert "/Annots" not in page
    assert "/XObject" not in page["/Resources"]
    assert "O<Brien<imgsrc=/etc/passwd></para>(a\\b)" in text_of(PDFS["markup"])
    assert b"/JavaScript" not in PDFS["markup"]


@pytest.mark.parametrize("name", ["three", "cyrillic", "hard25"])
def test_every_font_is_embedded_and_leads_back_to_text(name: str) -> None:
    with pikepdf.open(io.BytesIO(PDFS[name])) as document:
        for page in document.pages:
            for font in page.Resources.Font.values():
                assert "+OpenSans-" in str(font.BaseFont)
                assert len(font.FontDescriptor.FontFile2.read_bytes()) > 100
                assert b"beginbfchar" in font.ToUnicode.read_bytes()


@pytest.mark.parametrize("name", ["one", "eight", "hard25"])
def test_the_structure_holds_all_content_in_reading_order(name: str) -> None:
    with pikepdf.open(io.BytesIO(PDFS[name])) as document:
        root = document.Root
        assert str(root.Lang) == "en-US"
        assert root.MarkInfo.Marked is True
        assert root.ViewerPreferences.DisplayDocTitle is True
        roles: list[str] = []
        marked: list[tuple[int, int]] = []
        pages = {page.objgen: number for number, page in enumerate(document.pages)}

        def walk(element: pikepdf.Object, page: int) -> None:
            roles.append(str(element.S)[1:])
            page = pages[element.Pg.objgen] if "/Pg" in element else page
            kids = element.K if isinstance(element.K, pikepdf.Array) else [element.K]
            for kid in kids:
                if isinstance(kid, int):
                    marked.append((page, kid))
                else:
                    walk(kid, page)

        walk(root.StructTreeRoot.K, 0)
        for number, page in enumerate(document.pages):
            own = [mcid for at, mcid in marked if at == number]
            assert own == list(range(len(own)))  # each piece once, in the order in which it is drawn
            parents = root.StructTreeRoot.ParentTree.Nums[2 * page.StructParents + 1]
            assert len(parents) == len(own)
            content = page.Contents.read_bytes().decode("latin-1")
            assert content.count("BDC") + content.count("BMC") == content.count("EMC")
    assert roles.count("H1") == 1
    assert roles.index("Figure") < roles.index("H1") < roles.index("H2")  # the seal stands first
    assert {"Table", "TR", "TH", "TD", "L", "LI", "Lbl", "LBody", "P"} <= set(roles)


def test_the_file_says_when_it_was_issued_and_not_when_it_was_drawn() -> None:
    reader = pypdf.PdfReader(io.BytesIO(PDFS["one"]))
    assert reader.metadata is not None
    assert reader.metadata.creation_date == CASES["one"].issued_at
    assert "2014-11-07T15:30:00Z" in reader.root_object["/Metadata"].get_object().get_data().decode()


# Letters


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ɓala Ƙofa", ("Ɓ", "Ƙ")),
        ("山田 太郎", ("山", "田", "太", "郎")),
        ("Ada \u202eLindqvist", ("\u202e",)),
        ("Ada 🎓", ("🎓",)),
        ("Ada\x00", ("\x00",)),
        ("Ada \ue000\U000f0001", ("\ue000", "\U000f0001")),
        ("Ada \u0323\u0301", ("\u0323", "\u0301")),
    ],
)
def test_a_letter_that_the_faces_lack_stops_the_issue(name: str, letters: tuple[str, ...]) -> None:
    made = snapshot(holder=name)
    with pytest.raises(MissingGlyph, match="the holder’s name") as refused:
        check_letters(made)
    assert refused.value.letters == letters
    assert isinstance(refused.value, NotValid)
    with pytest.raises(MissingGlyph):
        render(*signed(made))


def test_the_place_of_a_missing_letter_is_named() -> None:
    made = snapshot((replace(EIGHT[0], host="東京"), EIGHT[1]))
    with pytest.raises(MissingGlyph, match="in a host, “東京”"):
        check_letters(made)


def test_an_okina_is_drawn_and_stays_an_okina_in_the_text() -> None:
    assert "Kaʻiulani" in text_of(PDFS["maori"])


# Logo, template


def logo_png(size: tuple[int, int] = (900, 260)) -> bytes:
    picture = Image.new("RGBA", size, (255, 255, 255, 0))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((10, 10, 240, 240), fill=(156, 62, 22, 255))
    pen.rectangle((280, 80, 880, 180), fill=(24, 66, 62, 200))
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def test_a_logo_stands_on_the_sheet_that_names_it() -> None:
    logo = read_logo(prepare_logo(logo_png()))
    plain = CASES["three"]
    made = replace(plain, district=replace(plain.district, mark=logo.digest))
    data = render(*signed(made), logo)
    assert len(data) <= 65_536
    assert collisions(data) == []
    assert b"Logo of" not in data  # it is in the compressed structure
    with pikepdf.open(io.BytesIO(data)) as document:
        assert document.pages[0].Resources.XObject.Im0.Width == logo.width
    with pytest.raises(ValueError, match="the logo is not the one"):
        render(*signed(made))
    with pytest.raises(ValueError, match="the logo is not the one"):
        render(*signed(plain), logo)


def test_a_template_that_is_not_ours_is_not_guessed() -> None:
    with pytest.raises(UnknownTemplate):
        render(*signed(snapshot(template=Template("modern", 99))))


# Random hard sheets

WORDS = (
    "connected educator learning Wolfeschlegelsteinhausen and the of Nguyễn Ānaru Ελευθερία Щербаківська "
    "inquiry-based maker/studio month with library open Diversity, Inclusiveness, Global "
    "Brzęczyszczykiewicz-Źdźbło #ce14 https://pd.maplewood.example/chat/2014/10/14 fifty affiliate"
).split()


def phrase(dice: random.Random, low: int, high: int) -> str:
    size, out = dice.randint(low, high), ""
    while len(out) < size:
        out += (" " if out else "") + dice.choice(WORDS)
    return out[:size].strip(" ,-/") or "Ada"


def hard_sheet(seed: int) -> Snapshot:
    dice = random.Random(seed)
    sessions = [
        replace(
            dice.choice(TWENTY_FIVE + EIGHT),
            title=phrase(dice, 10, 140),
            host=phrase(dice, 3, 60),
            place=dice.choice((None, phrase(dice, 4, 50))),
        )
        for _ in range(dice.choice((1, 1, 2, 3, 5, 8, 9, 12, 25, 40)))
    ]
    return snapshot(
        sessions,
        holder=phrase(dice, 3, 58),
        licence=dice.choice((None, "New York State teacher ID ending 4417")),
        district=phrase(dice, 12, 125),
        title=phrase(dice, 8, 140),
        approver=phrase(dice, 3, 58),
        role=phrase(dice, 6, 90),
        retention=phrase(dice, 40, 200),
        template=Template("modern", 2, dice.choice(("letter", "a4"))),
    )


@pytest.mark.parametrize("seed", range(16))
def test_random_hard_sheets_hold_their_words_apart(seed: int) -> None:
    made = hard_sheet(seed)
    data = render(*signed(made))
    assert collisions(data) == []
    text = text_of(data).replace("·", "").lower()
    for word in (made.holder.name, made.title, made.district.name, made.approval.name, made.approval.role):
        assert squashed(word).lower() in text
    for session in made.sessions:
        assert squashed(session.title).lower() in text
        assert squashed(session.host).lower() in text


def test_sessions_stand_together_on_the_face_or_in_the_schedule() -> None:
    assert len(pypdf.PdfReader(io.BytesIO(PDFS["eight"])).pages) == 1
    pages = pypdf.PdfReader(io.BytesIO(PDFS["twentyfive"])).pages
    assert len(pages) == 2
    forty = render(*signed(snapshot(TWENTY_FIVE + TWENTY_FIVE, **{**HARD, "title": LONG_TITLE})))
    assert len(pypdf.PdfReader(io.BytesIO(forty)).pages) >= 3
    assert codes_on(forty) == [[snapshot(**HARD).address]] * len(pypdf.PdfReader(io.BytesIO(forty)).pages)
