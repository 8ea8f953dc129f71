"""A transcript lists each award, repeats its head on each page, and adds up."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pikepdf
import pypdfium2
import pytest

from pdtracker.domain.glyphs import MissingGlyph
from pdtracker.domain.hours import hours_text
from pdtracker.domain.transcript import TranscriptRow, TranscriptSheet
from pdtracker.pdf.transcript import render
from tests.pdf.looks import collisions, squashed, text_of
from tests.pdf.sheets import EIGHT, LONG_DISTRICT, LONG_NAME, LONG_TITLE, TWENTY_FIVE

CATEGORIES = ("Pedagogy", "Content", "English language learners", "Leadership", "Technology")


def transcript(
    count: int, categories: int = 3, person: str = "Ada Lindqvist", **changes: object
) -> TranscriptSheet:
    rows = tuple(
        TranscriptRow(
            date(2014, 7, 3) + timedelta(days=3 * n),
            held.title,
            held.host,
            held.kind,
            CATEGORIES[n % categories],
            held.total_minutes,
            None if n % 5 == 4 else f"7H4K9QXM2PTC{n:04d}",
        )
        for n, held in enumerate((EIGHT + TWENTY_FIVE)[k % 33] for k in range(count))
    )
    values: dict[str, object] = {
        "district": "Maplewood Central School District",
        "place": "Maplewood, New York",
        "person": person,
        "school": "Birch Hill Middle School",
        "first_day": date(2014, 7, 1),
        "last_day": date(2015, 6, 30),
        "rows": rows,
        "issued_on": date(2015, 7, 2),
        "verify_address": "https://pd.maplewood.example/verify/",
    }
    return TranscriptSheet(**(values | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("count", [1, 2, 9, 10, 11, 12, 13, 40, 120])
def test_each_award_and_the_sums_are_in_the_text(count: int) -> None:
    made = transcript(count)
    data = render(made)
    text = text_of(data).replace("·", "")
    for row in made.rows:
        for word in (row.title, row.host, row.kind, row.category, row.code or ""):
            assert squashed(word) in text
    for name, minutes in made.categories:
        assert squashed(name) in text
        assert f"{minutes:,}{hours_text(minutes)}" in text
    assert f"Inall{made.total_minutes:,}{hours_text(made.total_minutes)}" in text
    assert collisions(data) == []


def test_an_empty_period_says_so() -> None:
    data = render(transcript(0))
    assert "Nocreditinthisperiod." in text_of(data)
    assert collisions(data) == []


def test_each_page_has_its_number_and_the_heading_row() -> None:
    document = pypdfium2.PdfDocument(render(transcript(60)))
    assert len(document) > 2
    for number, page in enumerate(document, 1):
        text = page.get_textpage().get_text_range()
        assert f"Page {number} of {len(document)}" in text
        assert "Certificate" in text
        assert "Minutes" in text
        assert "Ada Lindqvist" in text


def test_credit_taken_back_has_a_minus_sign() -> None:
    row = TranscriptRow(date(2014, 10, 1), "Closing panel", "CUE", "Panel", "Content", -90)
    text = text_of(render(transcript(2, rows=(*transcript(2).rows, row))))
    assert "−90−1.5" in text


def test_the_longest_texts_stay_apart() -> None:
    row = TranscriptRow(
        date(2014, 10, 1), LONG_TITLE, LONG_DISTRICT, "Self-paced course", CATEGORIES[2], 1440
    )
    made = transcript(2, person=LONG_NAME, district=LONG_DISTRICT, school=LONG_DISTRICT, rows=(row,) * 9)
    assert collisions(render(made)) == []


def test_the_same_values_give_the_same_bytes_and_a_sound_file() -> None:
    data = render(transcript(25, 5))
    assert render(transcript(25, 5)) == data
    assert len(data) <= 65_536
    with pikepdf.open(io.BytesIO(data)) as document:
        assert document.check_pdf_syntax() == []
        assert str(document.Root.Lang) == "en-US"


def test_a_missing_letter_is_named() -> None:
    with pytest.raises(MissingGlyph, match=r"The transcript of Ɓala can’t be set: .*lacks “Ɓ”"):
        render(transcript(1, person="Ɓala"))


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="period"):
        transcript(1, last_day=date(2014, 1, 1))


def test_categories_stand_with_the_largest_first() -> None:
    made = transcript(3, rows=tuple(
        TranscriptRow(date(2014, 10, 1), "t", "h", "k", name, minutes)
        for name, minutes in (("B", 30), ("A", 30), ("C", 90), ("C", -15))
    ))  # fmt: skip
    assert made.categories == (("C", 75), ("A", 30), ("B", 30))
    assert made.total_minutes == 135
