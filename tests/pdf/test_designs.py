"""The three designs: each says all that was signed, keeps its words apart, and shows what a district chose."""

from __future__ import annotations

import io
from dataclasses import replace

import pikepdf
import pypdf
import pytest

from pdtracker.domain.appearance import Signatory
from pdtracker.domain.certificate import Snapshot
from pdtracker.domain.codes import kid_of
from pdtracker.domain.glyphs import MissingGlyph
from pdtracker.pdf.certificate import render
from pdtracker.pdf.verdict import FileMatch, Finding, examine
from pdtracker.signing import verify
from tests.pdf.looks import codes_on, collisions, squashed, text_of
from tests.pdf.papers import chosen, chosen_parts
from tests.pdf.sheets import CASES, DESIGNS, EIGHT, HARD, LONG_NAME, designed, signed, snapshot
from tests.pdf.test_certificate import every_word, hard_sheet

LIMIT_BYTES = {"modern": 65_536, "classic": 98_304, "plain": 65_536}
NEW = ("classic", "plain")
every_design = pytest.mark.parametrize("design", list(DESIGNS))
every_paper = pytest.mark.parametrize("paper", ["letter", "a4"])


def drawn(case: str, design: str, paper: str = "letter") -> bytes:
    return render(*signed(designed(CASES[case], design, paper)))


def pages_of(data: bytes) -> int:
    return len(pypdf.PdfReader(io.BytesIO(data)).pages)


@pytest.mark.parametrize("design", NEW)
@pytest.mark.parametrize("case", list(CASES))
def test_the_text_layer_carries_every_stored_word(case: str, design: str) -> None:
    made = designed(CASES[case], design)
    lowered = text_of(render(*signed(made))).replace("·", "").lower()
    for word in every_word(made):
        told = squashed(word).replace("·", "").lower()
        # A line of its own may say the minutes in words, and a sentence may begin with a capital.
        assert told in lowered or told.removesuffix("min") in lowered, word


@pytest.mark.parametrize("design", NEW)
@pytest.mark.parametrize("case", list(CASES))
@every_paper
def test_nothing_meets_and_nothing_leaves_the_margin(case: str, design: str, paper: str) -> None:
    data = drawn(case, design, paper)
    assert collisions(data) == []
    assert len(data) <= LIMIT_BYTES[design]


@pytest.mark.parametrize("design", NEW)
@pytest.mark.parametrize("case", ["one", "hard25"])
def test_the_code_on_each_page_opens_the_verification_page(case: str, design: str) -> None:
    data = drawn(case, design)
    assert codes_on(data) == [[CASES[case].address]] * pages_of(data)


@pytest.mark.parametrize("seed", range(16))
@pytest.mark.parametrize("design", NEW)
def test_random_hard_sheets_hold_their_words_apart(seed: int, design: str) -> None:
    hard = hard_sheet(seed)
    made = designed(hard, design, hard.template.paper)
    data = render(*signed(made))
    assert collisions(data) == []
    text = text_of(data).replace("·", "").lower()
    for word in (made.holder.name, made.title, made.district.name, made.approval.name, made.approval.role):
        assert squashed(word).lower() in text
    for session in made.sessions:
        assert squashed(session.title).lower() in text


@every_design
@every_paper
@pytest.mark.parametrize("case", ["one", "eight", "shortname", "longname", "hard", "vietnamese", "azeri"])
def test_what_a_district_chose_stands_apart_and_within_the_limit(case: str, design: str, paper: str) -> None:
    data = chosen(design, paper, case)
    assert collisions(data) == []
    assert len(data) <= LIMIT_BYTES[design]
    text = text_of(data)
    for word in (
        "Bo Tran",
        "Director of Professional Learning",
        "Camille Beauregard",
        "approved by our board",
    ):
        assert squashed(word) in text


@every_design
@every_paper
def test_the_longest_on_two_pages_stay_within_the_limit(design: str, paper: str) -> None:
    data = chosen(design, paper, "hard25")
    assert pages_of(data) == 2
    assert len(data) <= LIMIT_BYTES[design]


@every_design
def test_the_longest_signatories_stand_apart(design: str) -> None:
    who = Signatory(str(HARD["approver"]), str(HARD["role"]))
    data = render(*signed(designed(CASES["hard"], design, "letter", signatories=(who, who))))
    assert collisions(data) == []
    assert text_of(data).count(squashed("Papadimitropoulou")) >= 3  # both, and the approval


@every_design
@every_paper
def test_eight_sessions_stand_on_one_page(design: str, paper: str) -> None:
    assert pages_of(drawn("eight", design, paper)) == 1


@every_design
def test_many_sessions_go_to_the_schedule(design: str) -> None:
    assert pages_of(drawn("twentyfive", design)) == 2


@every_design
def test_who_signs_and_the_logo_are_figures_that_say_so(design: str) -> None:
    with pikepdf.open(io.BytesIO(chosen(design))) as document:
        said = [
            str(each.Alt)
            for each in document.objects
            if isinstance(each, pikepdf.Dictionary) and "/Alt" in each
        ]
        images = document.pages[0].Resources.XObject
        assert {"/Im0", "/Im1", "/Im2"} <= set(images.keys())
    assert {"Logo of Maplewood Central School District", "Signature of Bo Tran"} <= set(said)


@every_design
def test_a_certificate_as_chosen_is_genuine_and_can_t_be_drawn_with_other_pictures(design: str) -> None:
    made, signature, public, logo, inked = chosen_parts(design)
    keys = {kid_of(public): public}
    verdict = examine(render(made, signature, public, logo, inked), keys, verify)
    assert (verdict.finding, verdict.file) == (Finding.GENUINE, FileMatch.IDENTICAL)
    assert verdict.snapshot == made
    with pytest.raises(ValueError, match="signatures are not those"):
        render(made, signature, public, logo, inked[::-1])
    with pytest.raises(ValueError, match="the logo is not the one"):
        render(made, signature, public, None, inked)


@every_design
def test_the_accent_is_the_districts(design: str) -> None:
    made = designed(CASES["one"], design, "letter", accent="#5b1f3d")
    with pikepdf.open(io.BytesIO(render(*signed(made)))) as document:
        content = document.pages[0].Contents.read_bytes()
    assert (b"0.357 0.122 0.239 rg" in content) is (design != "plain")  # a form has no colour


@every_design
@pytest.mark.parametrize(
    ("name", "letters"),
    [("ليلى حداد", ("ل", "ي", "ى", "ح", "د", "ا")), ("山田 太郎", ("山", "田", "太", "郎"))],
)
def test_a_letter_that_no_face_has_is_named_with_the_person(
    design: str, name: str, letters: tuple[str, ...]
) -> None:
    with pytest.raises(MissingGlyph, match=name) as refused:
        render(*signed(designed(snapshot(holder=name), design)))
    assert refused.value.letters == letters


@every_design
def test_a_letter_that_is_missing_in_what_a_district_wrote_is_found(design: str) -> None:
    signing = (Signatory("山田 太郎", "Principal"),)
    with pytest.raises(MissingGlyph, match="the name of who signs"):
        render(*signed(designed(CASES["one"], design, "letter", signatories=signing)))
    with pytest.raises(MissingGlyph, match="the sentence of the certificate"):
        render(*signed(designed(CASES["one"], design, "letter", statement="学 {amount}")))


def test_a_name_never_changes_face_in_the_middle() -> None:
    """Garamond lacks no letter of the first name and one of the second, which Open Sans then draws as a whole."""
    for holder, face in (("Ada Lindqvist", "EBGaramond"), ("Adébáyọ̀ Ẹ́gbẹ́", "OpenSans")):
        data = render(*signed(designed(snapshot(holder=holder, licence=None), "classic")))
        reader = pypdf.PdfReader(io.BytesIO(data))
        used: set[str] = set()

        def note(text: str, cm: object, tm: object, font: dict[str, str], size: float, used=used) -> None:
            if size > 20 and font and any(part in text for part in ("Ada", "Adé")):
                used.add(str(font["/BaseFont"]).partition("+")[2].partition("-")[0])

        reader.pages[0].extract_text(visitor_text=note)
        assert used == {face}


@every_design
def test_the_title_of_the_only_session_is_told_when_it_is_another(design: str) -> None:
    made: Snapshot = designed(replace(CASES["one"], title="A year of chats"), design)
    assert squashed(EIGHT[3].title) in text_of(render(*signed(made)))


@every_design
def test_the_longest_name_is_whole(design: str) -> None:
    assert squashed(LONG_NAME) in text_of(drawn("longname", design))
