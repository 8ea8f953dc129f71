"""A statement says everything that its value holds, on as many pages as it needs, and the same bytes every time."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pikepdf
import pypdfium2
import pytest

from pdtracker.domain.glyphs import MissingGlyph
from pdtracker.domain.licence_statement import (
    LicenceStatement,
    StatedActivity,
    StatedRequirement,
    StatedRules,
)
from pdtracker.domain.regimes.cycles import Cycle
from pdtracker.domain.regimes.shelf import shelf
from pdtracker.pdf.licence_statement import render
from tests.pdf.looks import collisions, squashed, text_of
from tests.pdf.sheets import EIGHT, LONG_DISTRICT, LONG_NAME, LONG_TITLE, TWENTY_FIVE

RULES = shelf()["new-york-ctle"][-1]
NOT_SHOWN = "It doesn’t count: nothing shows approved provider."


def activity(place: int) -> StatedActivity:
    held = (EIGHT + TWENTY_FIVE)[place % 33]
    on, counts = date(2025, 10, 1) + timedelta(days=3 * place), place % 5 != 0
    return StatedActivity(
        on=on,
        ends_on=on + timedelta(days=5 if place % 7 == 3 else 0),
        title=held.title,
        about=held.kind,
        category="Pedagogy" if place % 3 else "English language learners 30, Pedagogy 60",
        minutes=held.total_minutes,
        units=Fraction(held.total_minutes, 60) if counts else Fraction(0),
        is_waiting=place % 9 == 1,
        reason="" if counts else NOT_SHOWN,
    )


def statement(count: int = 14, **changes: Any) -> LicenceStatement:
    made = LicenceStatement(
        district="Maplewood Central School District",
        place="Maplewood, New York",
        person="Ada Lindqvist",
        school="Birch Hill Middle School",
        licence="Professional certificate, English 7-12",
        rules=StatedRules(
            RULES.name,
            RULES.version,
            RULES.effective,
            RULES.source,
            RULES.checked_on,
            RULES.confidence,
            RULES.unit,
            RULES.duties,
        ),
        cycle=Cycle(date(2024, 9, 1), date(2029, 8, 31)),
        as_of=date(2026, 11, 22),
        earned=Fraction(125, 2),
        pending=Fraction(3),
        required=Fraction(100),
        to_go=Fraction(69, 2),
        carry_over=Fraction(0),
        sentence="62.5 of 100 clock hours earned, 3 waiting, 34.5 to go by August 31, 2029",
        requirements=(
            StatedRequirement(
                "In total",
                "clock hours, at least",
                Fraction(125, 2),
                Fraction(3),
                Fraction(100),
                Fraction(75, 2),
            ),
            StatedRequirement(
                "Language acquisition",
                "clock hours, at least",
                Fraction(9),
                Fraction(1),
                Fraction(15),
                Fraction(6),
            ),
        ),
        missing=("37.5 clock hours are missing: 62.5 of 100.",),
        signed=("Cam Whitfield changed the target from 120 to 100 clock hours on March 3, 2026: leave.",),
        notes=("Counted by New York CTLE, version current.",),
        activities=tuple(activity(place) for place in range(count)),
        verify_address="https://pd.maplewood.example/verify/",
    )
    return replace(made, **changes)


@pytest.mark.parametrize("count", [1, 5, 6, 7, 14, 40, 120])
def test_everything_that_it_holds_is_in_the_text(count: int) -> None:
    made = statement(count)
    data = render(made)
    text = text_of(data)
    told = (
        *(word for one in made.activities for word in (one.title, one.about, one.category, one.reason)),
        *(one.name for one in made.requirements),
        *made.missing,
        *made.signed,
        *made.notes,
        *made.rules.duties,
        made.rules.source,
        made.licence,
        made.sentence,
        "Confidence: fair",
        "This is not a licence",
        "pd.maplewood.example/verify",
    )
    for words in told:
        assert squashed(words) in text
    assert text.count("waiting") >= sum(one.is_waiting for one in made.activities)
    assert collisions(data) == []


def test_the_same_values_give_the_same_bytes() -> None:
    assert render(statement()) == render(statement())
    assert render(statement()) != render(statement(earned=Fraction(63)))


def test_each_page_has_its_number_and_each_part_of_the_table_its_head() -> None:
    document = pypdfium2.PdfDocument(render(statement(60)))
    assert len(document) > 3
    for number, page in enumerate(document, 1):
        text = page.get_textpage().get_text_range()
        assert f"Page {number} of {len(document)}" in text
        assert "Ada Lindqvist" in text
        assert "Not a licence" in text
        if 1 < number < len(document):
            assert "Minutes" in text


def test_an_empty_record_says_so() -> None:
    nothing = statement(0, earned=Fraction(0), pending=Fraction(0), missing=(), signed=(), notes=())
    data = render(nothing)
    text = text_of(data)
    assert squashed("No activity is on record for this cycle.") in text
    assert squashed("Nothing is missing by what is decided.") in text
    assert squashed("Signed changes") not in text
    assert collisions(data) == []


def test_a_regime_without_a_number_says_so() -> None:
    data = render(statement(required=Fraction(0), to_go=Fraction(0), earned=Fraction(0), pending=Fraction(0)))
    assert squashed("no number") in text_of(data)


def test_long_names_find_room() -> None:
    made = statement(
        6,
        person=f"{LONG_NAME} Wolfeschlegelsteinhausenbergerdorff",
        district=LONG_DISTRICT,
        school=LONG_DISTRICT,
        licence=LONG_TITLE,
        signed=(LONG_TITLE * 3,),
        earned=Fraction(595, 6),
    )
    data = render(made)
    assert squashed(made.district) in text_of(data)
    assert squashed("99 1/6") in text_of(data)
    assert collisions(data) == []


def test_it_is_tagged_and_says_its_language() -> None:
    with pikepdf.open(io.BytesIO(render(statement()))) as document:
        assert bool(document.Root.MarkInfo.Marked)
        assert str(document.Root.Lang) == "en-US"
        assert "Ada Lindqvist" in str(document.docinfo.Title)


def test_a_letter_that_no_face_has_is_refused_with_its_place() -> None:
    with pytest.raises(MissingGlyph):
        render(statement(person="Ada \U0001f600"))
