"""Words to find by: what folds alike, and that nothing anybody types is an error beyond a sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdtracker.domain.refusals import Mistyped
from pdtracker.domain.search import Sought, search_line, search_words


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Straße", "strasse"),
        ("CAFE\u0301 café CAFÉ", "cafe cafe cafe"),
        ("Un-conference: 50% of #ce14!", "un conference 50 of ce14"),
        ("my_tag", "my tag"),
        ("Łódź Ærø Smørrebrød", "lodz aero smorrebrod"),
        ("ＷＩＤＥ ﬁne", "wide fine"),
        ("Ελλάδα Ещё", "ελλαδα еще"),
        ("반성", "반성"),
        ("反省会 2014", "反 省 会 2014"),
        ("हिन्दी", "हिन्दी"),
        ("שָׁלוֹם", "שלום"),
        ("…—%", ""),
    ],
)
def test_a_text_folds_into_its_words(text: str, line: str) -> None:
    assert search_line(text) == line


def test_the_parts_of_a_line_are_told_apart() -> None:
    assert search_line("Closing", None, "", "the gap") == "closing the gap"


def test_each_word_may_go_on_and_a_quoted_phrase_may_not() -> None:
    assert search_words('Assess "Open  Education" assess #CE14') == (
        Sought(("assess",)),
        Sought(("open", "education"), is_whole=True),
        Sought(("ce14",)),
    )
    assert search_words("“open education”") == (Sought(("open", "education"), is_whole=True),)


def test_parts_of_one_word_stand_one_after_the_other() -> None:
    assert search_words("un-conference 反省") == (Sought(("un", "conference")), Sought(("反", "省")))


def test_a_quote_that_never_ends_is_no_error() -> None:
    assert search_words('"open education') == (Sought(("open",)), Sought(("education",)))


def test_no_question_and_a_question_of_signs_are_two_things() -> None:
    assert search_words("  ") == ()
    assert search_words("%% &") == (Sought(()),)
    assert search_words("50 % &") == (Sought(("50",)),)


def test_at_most_twelve_words_are_asked_for() -> None:
    assert len(search_words(" ".join("abcdefghijklmnop"))) == 12


@pytest.mark.parametrize("text", ["x" * 101, "a\u202eb", "a\x00b"])
def test_a_search_that_is_no_clear_line_is_refused(text: str) -> None:
    with pytest.raises(Mistyped):
        search_words(text)


@given(st.text())
def test_folding_again_changes_nothing(text: str) -> None:
    once = search_line(text)
    assert search_line(once) == once
    assert not set("'\"\\:*&|!()<>") & set(once)


@given(st.text(max_size=40))
def test_a_text_holds_the_words_that_it_is_asked_for(text: str) -> None:
    try:
        sought = search_words(text)
    except Mistyped:
        return
    line = f" {search_line(text)} "
    for one in sought:
        assert " ".join(one.words) in line
