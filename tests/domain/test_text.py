"""Text: every language kept, hidden characters named or refused, one form for each text."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pdtracker.domain.refusals import Mistyped
from pdtracker.domain.text import (
    LINK_CHARACTERS,
    REFLECTION_CHARACTERS,
    clean_line,
    clean_link,
    clean_name,
    clean_paragraphs,
    likeness,
    words,
)

BIDI_CONTROLS = [chr(number) for number in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))]

NAMES = [
    "José Martí",
    "O'Brien",
    "O\N{RIGHT SINGLE QUOTATION MARK}Brien",
    "O<Brien",
    "<img src=/etc/passwd>",
    "Nguyễn Thị Ánh",
    "李雷",
    "محمد",
    "می\u200cخواهم",
    "ශ්\u200dරී",
    "हिन्दी शर्मा",
    "Ελένη",
    "Дмитрий",
    "Jean-Luc d'Ormesson",
    "Ada Lindqvist, M.Ed.",
    "Björk Guðmundsdóttir",
    "'; DROP TABLE claim; --a",
    "${7*7}{{7*7}}a",
    "Robert (Bob) Smith 3rd",
    "דָּוִד",
]


@pytest.mark.parametrize("name", NAMES)
def test_names_of_every_language_are_kept_letter_for_letter(name: str) -> None:
    assert clean_name(name) == unicodedata.normalize("NFC", name)


def test_a_name_is_composed() -> None:
    assert clean_name("Jose\u0301") == "José"


def test_a_name_loses_what_nobody_typed() -> None:
    assert clean_name("\ufeff  Ada\u00a0\u200b Lind\u00adqvist \u200e\n") == "Ada Lindqvist"


@pytest.mark.parametrize("control", BIDI_CONTROLS)
def test_what_turns_text_around_is_refused_everywhere(control: str) -> None:
    for clean in (
        clean_name,
        lambda text: clean_line(text, 200),
        lambda text: clean_paragraphs(text, 200),
        lambda text: clean_link(f"https://example.org/{text}"),
    ):
        with pytest.raises(Mistyped):
            clean(f"Ada{control}qvist")


@pytest.mark.parametrize(
    "sign",
    [
        "\x00",
        "\x07",
        "\x1b",
        "\x1f",
        "\x7f",
        "\x9f",
        "\ud800",
        "\ue000",
        "\U000f0000",
        "\ufffe",
        "\ufdd0",
    ],
)
def test_what_is_no_text_is_refused_everywhere(sign: str) -> None:
    for clean in (clean_name, lambda text: clean_line(text, 200), lambda text: clean_paragraphs(text, 200)):
        with pytest.raises(Mistyped, match="hidden character"):
            clean(f"Ada{sign}qvist")


def test_the_refusal_says_where_the_hidden_character_is() -> None:
    with pytest.raises(Mistyped) as refused:
        clean_line("Chat with\u202eAda", 200)
    assert refused.value.sentence == (
        "There is a hidden character (U+202E) after \N{LEFT DOUBLE QUOTATION MARK}Chat with"
        "\N{RIGHT DOUBLE QUOTATION MARK}. Delete the words around it and type them again."
    )
    with pytest.raises(Mistyped, match="at the beginning"):
        clean_line("\ud800Ada", 200)


@given(st.text(st.characters(codec=None), max_size=60))
def test_a_refusal_can_always_be_written_down(typed: str) -> None:
    for clean in (
        clean_name,
        clean_link,
        lambda text: clean_line(text, 40),
        lambda text: clean_paragraphs(text, 40),
    ):
        try:
            clean(typed)
        except Mistyped as refused:
            refused.sentence.encode()


def test_a_character_not_yet_assigned_is_kept_in_paragraphs_only() -> None:
    newest = "\U0001fadd"
    assert clean_paragraphs(f"Nothing yet {newest}", 200).endswith(newest)
    if unicodedata.category(newest) != "Cn":
        pytest.skip("this Python knows the character")
    with pytest.raises(Mistyped, match="hidden character"):
        clean_name(f"Ada {newest}")


@pytest.mark.parametrize("name", ["", "   ", "123", "!!!", "\u0301", "\u200d", "🎓"])
def test_a_name_has_a_letter(name: str) -> None:
    with pytest.raises(Mistyped):
        clean_name(name)


@pytest.mark.parametrize(
    "name", ["\u200dAda", "Ada\u200c", "Ada \u200dLindqvist", "A\u200d\u200dda", "1\u200d2a"]
)
def test_a_joiner_stands_inside_a_word_or_is_refused(name: str) -> None:
    with pytest.raises(Mistyped, match="hidden character"):
        clean_name(name)


def test_three_marks_on_a_letter_are_kept_and_four_refused() -> None:
    assert clean_name("q\u0323\u0307\u0331") == "q\u0323\u0331\u0307"
    with pytest.raises(Mistyped, match="more than three marks"):
        clean_name("q\u0323\u0307\u0331\u0334")
    with pytest.raises(Mistyped, match="more than three marks"):
        clean_paragraphs("fine\n\nx" + "\u0334" * 300, 1000)


def test_a_name_has_at_most_120_characters() -> None:
    assert len(clean_name("é" * 120)) == 120
    assert len(clean_name("e\u0301" * 120)) == 120
    with pytest.raises(Mistyped, match=r"at most 120 characters\. There are 121 now"):
        clean_name("é" * 121)


def test_a_line_is_one_line() -> None:
    assert clean_line("  Chat \r\n with\tSecretary\u2028Duncan\u3000", 200) == "Chat with Secretary Duncan"


def test_an_emoji_of_several_parts_stays_whole() -> None:
    assert clean_line("Chat 👩\u200d🏫", 200) == "Chat 👩\u200d🏫"
    assert clean_paragraphs(
        "Scotland 🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f", 200
    ).startswith("S")


def test_paragraphs_keep_their_breaks_and_lose_their_trailing_blanks() -> None:
    assert clean_paragraphs("\r\n\r\n One \r\ntwo\r\r\r\r\nthree\v\n ", 200) == "One\ntwo\n\nthree"


def test_empty_text_stays_empty_because_the_form_asks_for_it() -> None:
    assert clean_line("", 10) == clean_paragraphs(" \n ", 10) == clean_link("  ") == ""


def test_a_reflection_of_the_full_length_is_kept_and_one_letter_more_refused() -> None:
    assert len(clean_paragraphs("a" * REFLECTION_CHARACTERS, REFLECTION_CHARACTERS)) == REFLECTION_CHARACTERS
    with pytest.raises(Mistyped, match=r"at most 20,000 characters\. There are 20,001 now"):
        clean_paragraphs("a" * (REFLECTION_CHARACTERS + 1), REFLECTION_CHARACTERS)


@pytest.mark.parametrize(
    "flood",
    [
        "a" * 200_000,
        "a" * 79_000,
        " " * 10_000_000,
        "\u0301" * 200_000,
        # Sorting these marks to compose them would take seconds.
        "a" + "\u0315\u0300" * 39_000,
        "\ufdfa" * 79_000,
    ],
)
def test_a_flood_is_refused_at_once(flood: str) -> None:
    started = time.perf_counter()
    with pytest.raises(Mistyped, match=r"at most 20,000|three marks"):
        clean_paragraphs(flood, REFLECTION_CHARACTERS)
    assert time.perf_counter() - started < 20


@given(st.text(max_size=200))
@example("e\u200b\u0301")
@example("\u0958\u200d")
@example(" \u0301\n\n\n\u0301 ")
def test_cleaning_twice_is_cleaning_once(typed: str) -> None:
    for clean in (clean_name, lambda text: clean_line(text, 300), lambda text: clean_paragraphs(text, 300)):
        try:
            once = clean(typed)
        except Mistyped:
            continue
        assert clean(once) == once
        assert unicodedata.is_normalized("NFC", once)
        assert once == once.strip()


@given(st.text(max_size=100))
def test_an_accepted_line_holds_nothing_hidden(typed: str) -> None:
    try:
        line = clean_line(typed, 300)
    except Mistyped:
        return
    hidden = [
        sign for sign in line if unicodedata.category(sign) in {"Cc", "Cs", "Co", "Cn", "Cf", "Zl", "Zp"}
    ]
    assert set(hidden) <= {"\u200c", "\u200d"}


@pytest.mark.parametrize(
    "link",
    [
        "https://twitter.com/ada/status/1?s=20#here",
        "http://localhost:8080/x",
        "HTTPS://EXAMPLE.ORG/a%20b",
        "https://müller.example/straße",
        "https://[2001:db8::1]:8443/",
        "https://школа.example/",
        "https://example.org./",
        "https://example.org/a|b/{c}/^d@e",
    ],
)
def test_addresses_of_the_web_are_kept_as_pasted(link: str) -> None:
    assert clean_link(f" {link}\n") == link


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "ftp://example.org/",
        "file:///etc/passwd",
        "//example.org/x",
        "example.org/x",
        "https:",
        "https://",
        "https:///path",
        "https://ada:secret@example.org/",
        "https://ada@example.org/",
        "https://example.org\\@evil.example/",
        "https://example.org:99999/",
        "https://example.org:port/",
        "https://[::1/",
        "https://.",
        "https://a..b/",
        "https://xn--a/",
        "https://-a.example/",
        "https://p\u0430ypal.example/",
        "https://exa mple.org/",
        "https://example.org/\x00",
        "https://example.org/\u202egpj",
        "https://example.org/\ud800",
        'https://example.org/"onmouseover="x',
        "https://example.org/<script>",
        "https://example.org/" + "a" * LINK_CHARACTERS,
        "https://example.org/" + "a" * 100_000,
    ],
)
def test_other_addresses_are_refused_with_a_sentence(link: str) -> None:
    with pytest.raises(Mistyped, match=r"\.( It begins with https://| There are [\d,]+ now\.)?$"):
        clean_link(link)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("  \n ", 0),
        ("Nothing yet.", 2),
        ("I don't re-read well-known things", 5),
        ("one\N{EM DASH}two... three/four", 4),
        ("- * !", 0),
        ("grade 7 science", 3),
        ("हिन्दी में", 2),
        ("李雷 and 韩", 4),
        ("محمد", 1),
    ],
)
def test_words_are_counted_as_a_reader_would(text: str, count: int) -> None:
    assert words(text) == count


def test_counting_words_takes_no_longer_for_odd_text() -> None:
    started = time.perf_counter()
    words("a-" * 10_000 + "_" * 20_000 + "李" * 10_000)
    assert time.perf_counter() - started < 20


LONG = "Three people in the chat had already made that list and shared it"


def test_texts_that_differ_in_dress_only_are_alike() -> None:
    assert likeness(LONG) == likeness(
        "  THREE people, in the chat; had already made\nthat list (and shared it)!"
    )


def test_texts_that_differ_in_a_word_are_not_alike() -> None:
    assert likeness(LONG) != likeness(LONG.replace("list", "plan"))


def test_a_short_honest_answer_is_like_nobodys() -> None:
    assert likeness("Nothing yet. I will know in November.") is None


@given(st.lists(st.text(max_size=8), max_size=12))
def test_any_text_can_be_compared_whatever_its_spacing(parts: list[str]) -> None:
    found = likeness(" ".join(parts))
    assert found == likeness("\n".join(["", *parts, "..."]))
    assert found is None or len(found) == 64


@pytest.mark.parametrize("pasted", ["https://notes.example/my week", "see https://notes.example/1"])
def test_what_is_more_than_an_address_is_told_so(pasted: str) -> None:
    with pytest.raises(Mistyped, match="an address has no spaces"):
        clean_link(pasted)
