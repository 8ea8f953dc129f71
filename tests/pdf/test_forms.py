"""The forms of licensing bodies: each states the fields that its body asks for, and keeps them apart."""

from __future__ import annotations

import re
from dataclasses import replace

import pypdfium2
import pytest

from pdtracker.domain.appearance import Appearance
from pdtracker.domain.certificate import Template
from pdtracker.domain.glyphs import MissingGlyph
from pdtracker.domain.state_forms import ActivityWords, StateForm
from pdtracker.pdf.certificate import UnknownTemplate, render
from pdtracker.pdf.form_layouts import LAYOUTS
from tests.pdf.forms import CASE_NAMES, WORDS, formed
from tests.pdf.looks import codes_on, collisions, squashed, text_of
from tests.pdf.sheets import CASES, EIGHT, signed, snapshot

every_form = pytest.mark.parametrize("form", list(StateForm))
LIMIT_BYTES = 65_536


def test_every_form_has_its_layout() -> None:
    assert set(LAYOUTS) == {form.value for form in StateForm}


@every_form
@pytest.mark.parametrize("case", CASE_NAMES)
def test_nothing_meets_and_everything_stated_is_there(form: StateForm, case: str) -> None:
    made = formed(case, form, "a4" if case == "hard" else "letter")
    data = render(*signed(made))
    assert collisions(data) == []
    assert len(data) <= LIMIT_BYTES
    text = text_of(data)
    layout = LAYOUTS[form.value]
    for word in (
        layout.heading,
        layout.body,
        made.holder.name,
        made.title,
        made.district.name,
        "RCDT 34-049-1120-17",
        made.approval.name,
        made.approval.role,
        made.form.notice,
        *(area.name for area in made.form.areas),
        *(session.title for session in made.sessions),
        *(label for row in layout.rows for label, *_ in row),
    ):
        assert squashed(word) in text, word


@every_form
def test_eight_sessions_stand_on_one_page_with_a_code(form: StateForm) -> None:
    made = formed("eight", form)
    assert codes_on(render(*signed(made))) == [[made.address]]


@every_form
def test_the_fields_are_numbered_in_reading_order_and_pointed_to_by_their_number(form: StateForm) -> None:
    page = pypdfium2.PdfDocument(render(*signed(formed("eight", form))))[0]
    text = page.get_textpage().get_text_range()
    pointed = {int(number) for number in re.findall(r"field\s+(\d+)", text)}
    (sessions,) = (int(n) for n in re.findall(r"(\d+)\s+Sessions, with minutes", text))
    assert pointed == {sessions}
    assert int(re.findall(r"(\d+)\s+Fingerprint", text)[0]) == sessions + 9


def test_massachusetts_states_topic_goals_assessment_and_points() -> None:
    text = text_of(render(*signed(formed("eight", StateForm.MASSACHUSETTS))))
    for word in (
        "Topic Connected learning",
        "An assessment of learning was passed",
        "Number of PDPs 11.5",
        WORDS.description,
    ):
        assert squashed(word) in text
    bare = text_of(render(*signed(formed("eight", StateForm.MASSACHUSETTS, words=ActivityWords()))))
    assert bare.count("Notrecorded") == text.count("Notrecorded") + 3


def test_new_york_states_its_three_areas_also_where_nothing_was_learned_of_them() -> None:
    text = text_of(render(*signed(formed("one", StateForm.NEW_YORK))))
    for word in ("Content 0 h = 0 min", "Pedagogy 1 h = 60 min", "Language acquisition (ELL) 0 h = 0 min"):
        assert squashed(word) in text


def test_illinois_counts_whole_quarter_hours_and_says_from_what() -> None:
    longer = replace(EIGHT[3], minutes=(("Pedagogy", 80),))
    made = formed(snapshot((longer,)), StateForm.ILLINOIS)
    text = text_of(render(*signed(made)))
    assert squashed("Clock hours, to the nearest quarter 1.25") in text
    assert squashed("80 minutes count as 75") in text
    assert squashed("Clock hours 1 1/3") not in text  # the list adds up minutes only


def test_a_letter_that_no_face_has_is_found_in_what_the_form_states() -> None:
    words = replace(WORDS, topic="学び")
    with pytest.raises(MissingGlyph, match="what the form states"):
        render(*signed(formed("one", StateForm.TEXAS, words=words)))


def test_a_form_is_drawn_by_its_own_template_only() -> None:
    made = formed("one", StateForm.TEXAS)
    for wrong in (
        replace(made, template=Template("plain", 1)),
        replace(made, form=replace(made.form, regime="atlantis")),
        replace(CASES["one"], template=Template("plain", 2), appearance=Appearance()),
    ):
        with pytest.raises(UnknownTemplate):
            render(*signed(wrong))


def test_the_districts_own_sentence_stands_before_the_sums() -> None:
    said = "has taken part in {amount} of learning in"
    made = formed("one", StateForm.NEW_JERSEY, statement=said)
    text = text_of(render(*signed(made)))
    assert squashed(f"{made.holder.name} has taken part in 1 hour of learning in {snapshot().title}.") in text
