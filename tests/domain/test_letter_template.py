"""Templates of letters: what the letter says stays in it, and what is put in stays text."""

from __future__ import annotations

import pytest

from pdtracker.domain.letter_markup import letter_html
from pdtracker.domain.letter_template import (
    ORIGINAL,
    TEMPLATED,
    LetterTemplate,
    example,
    filled,
    require_sound,
)
from pdtracker.domain.mailing import LetterKind
from pdtracker.domain.refusals import NotValid

SAID = ("Returned to you: Reading circle", "Dear Ada,\n\nBo returned it.\n")


def put(template: LetterTemplate, name: str = "Ada", district: str = "Maplewood") -> tuple[str, str]:
    return filled(template, *SAID, name=name, district=district)


def test_the_original_changes_nothing() -> None:
    assert put(ORIGINAL) == SAID


def test_words_stand_around_what_the_letter_says() -> None:
    subject, body = put(LetterTemplate("[{district}] {subject}", "{letter}\n\nQuestions, {name}? Ask Pat."))
    assert subject == "[Maplewood] Returned to you: Reading circle"
    assert body == "Dear Ada,\n\nBo returned it.\n\nQuestions, Ada? Ask Pat.\n"


@pytest.mark.parametrize("name", ["Ada\r\nBcc: all@maplewood.example", "Ada\u2028Bcc: x", "A\x00da"])
def test_a_name_begins_no_further_header(name: str) -> None:
    subject, _ = put(LetterTemplate("{name}: {subject}", "{letter}"), name=name)
    assert len(subject.splitlines()) == 1
    assert subject.isprintable()


def test_a_place_in_a_value_is_put_in_nowhere() -> None:
    _, body = put(LetterTemplate("{subject}", "{name} of {district}\n\n{letter}"), name="{letter}{district}")
    assert body.startswith("{letter}{district} of Maplewood\n\n")


def test_markup_in_a_value_is_text_for_programs_that_show_html() -> None:
    _, body = put(LetterTemplate("{subject}", "<b>{name}</b>\n\n{letter}"), name='<img src="x">')
    assert "<img" not in letter_html(body)
    assert "<b>" not in letter_html(body)


@pytest.mark.parametrize(
    ("subject", "body", "field"),
    [
        ("News", "{letter}", "subject"),
        ("{subject} {letter}", "{letter}", "subject"),
        ("{subject}", "Ask Pat.", "body"),
        ("{subject}", "{letter} {letter}", "body"),
        ("{subject}", "{letter} {password}", "body"),
        ("{subject}", "{letter} {name.__class__}", "body"),
        ("{subject}", "{letter} {", "body"),
    ],
)
def test_what_would_leave_something_out_or_in_is_refused(subject: str, body: str, field: str) -> None:
    with pytest.raises(NotValid) as refused:
        require_sound(LetterTemplate(subject, body))
    assert list(refused.value.errors) == [field]


def test_letters_about_accounts_have_no_template() -> None:
    assert not {LetterKind.ACCOUNT, LetterKind.OTHER} & set(TEMPLATED)
    assert all(example(kind, "Ada", "Maplewood").kind is kind for kind in TEMPLATED)
