"""Lines break where people would break them, and text is never lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pdtracker.pdf.faces import Face, ink, rare_cut, width
from pdtracker.pdf.letters import missing_letters
from pdtracker.pdf.typeset import Step, balance, fit, leading, text_width, wrap

NAME = (Step(1, 56, 36), Step(2, 46, 28), Step(3, 34, 24))


def test_a_name_is_as_large_as_it_fits() -> None:
    assert fit("Bao", Face.BLACK, 490, NAME, -18, True) == (56, ("Bao",))
    size, lines = fit("Nguyễn Thị Phương Quỳnh", Face.BLACK, 490, NAME, -18, True)
    assert lines == ("Nguyễn Thị Phương Quỳnh",)
    assert 36 <= size < 56
    assert (
        text_width(lines[0], Face.BLACK, size, -18) <= 490 < text_width(lines[0], Face.BLACK, size + 0.5, -18)
    )


def test_a_name_breaks_at_spaces_before_hyphens() -> None:
    _, lines = fit(
        "Maria-Alexandrina Featherstonehaugh-Cholmondeley Wolfeschl", Face.BLACK, 490, NAME, -18, True
    )
    assert lines == ("Maria-Alexandrina", "Featherstonehaugh-Cholmondeley", "Wolfeschl")


def test_lines_are_balanced() -> None:
    text = "Join Secretary Duncan for a Connected Educator Month Twitter Chat"
    assert balance(text, Face.BOLD, 20, 490) == (
        "Join Secretary Duncan for a Connected",
        "Educator Month Twitter Chat",
    )


def test_short_hyphened_words_stay_whole() -> None:
    assert wrap("the new sign-in sheet", Face.REGULAR, 10, 60) == ("the new", "sign-in sheet")


def test_a_word_wider_than_the_column_is_cut_and_kept() -> None:
    lines = wrap("https://pd.maplewood.example/verify", Face.REGULAR, 10, 50)
    assert "".join(lines) == "https://pd.maplewood.example/verify"
    assert all(text_width(line, Face.REGULAR, 10) <= 50 for line in lines)


@given(st.text(st.sampled_from("abcdef MW -–/éЩ,.“”"), min_size=1, max_size=80), st.floats(20, 300))
def test_no_letter_is_lost_and_no_line_too_wide(text: str, room: float) -> None:
    words = " ".join(text.split())
    for lines in (wrap(words, Face.REGULAR, 10, room), balance(words, Face.REGULAR, 10, room)):
        assert "".join(lines).replace(" ", "") == words.replace(" ", "")
        assert all(text_width(line, Face.REGULAR, 10) <= room + 0.02 or len(line) == 1 for line in lines)


def test_stacked_marks_push_lines_apart() -> None:
    assert leading(("Ada", "Bo"), Face.BLACK, 10, 1.25) == 12.5
    assert leading(("Brzęgągę", "Ẫ"), Face.BLACK, 10, 1.25) > 12.5
    low, high = ink(Face.BLACK, "Ẫ")
    assert low == 0
    assert high > 900


def test_the_four_weights_have_the_same_letters() -> None:
    letters = [set(face.file.charToGlyph) for face in Face]
    assert letters[0] == letters[1] == letters[2] == letters[3]
    latin = "".join(map(chr, [*range(0xA1, 0xAD), *range(0xAE, 0x149), *range(0x14A, 0x180)]))
    vietnamese = "".join(map(chr, range(0x1EA0, 0x1EFA))) + "ĂăĐđĨĩŨũƠơƯư"
    greek = "".join(chr(c) for c in range(0x391, 0x3CF) if c != 0x3A2) + "ΆΈΉΊΌΎΏΐ"
    cyrillic = "".join(map(chr, range(0x400, 0x460))) + "ҐґҒғҚқҢңӘәӨөҮүҰұҺһ"
    assert missing_letters(latin + vietnamese + greek + cyrillic + "ȘșȚțʻʼ") == []
    pinyin, indic, yoruba = "ǎěǐǒǔǖǘǚǜ", "ḌḍḤḥḶḷṂṃṄṅṆṇṚṛṢṣṬṭẓẒṁ", "ẸẹỌọṢṣẸ́ẹ̀Ọ́ọ̀ńǹḿm̀"
    assert missing_letters(pinyin + indic + yoruba + "ƏəƐɛƆɔ") == []
    assert missing_letters("Ada\u0301\u0301 ɓ 山山 \ue000") == ["\ue000", "\u0301", "ɓ", "山"]


def test_marks_rise_over_capitals_and_stay_out_of_each_other() -> None:
    assert ink(Face.BLACK, "Ẹ́")[1] > ink(Face.BLACK, "ẹ́")[1] > ink(Face.BLACK, "ẹ")[1]
    assert ink(Face.BLACK, "Ṣ")[0] < ink(Face.BLACK, "S")[0]
    assert width(Face.BLACK, "Ẹ́") == width(Face.BLACK, "E")


def test_a_further_font_is_small_and_made_once() -> None:
    letters = tuple(dict.fromkeys("Щербаківська"))
    cut = rare_cut(Face.BLACK, letters, 0)
    assert cut is rare_cut(Face.BLACK, letters, 0)
    assert cut.letters == (" ", *letters)
    assert len(cut.program) < 2_500
