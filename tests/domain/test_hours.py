"""Hours in and out: exact or refused, never rounded, never a crash."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdtracker.domain.hours import (
    MAX_DAY_MINUTES,
    hours_alike,
    hours_phrase,
    hours_short,
    hours_text,
    minutes_text,
    parse_minutes,
    why_words,
)
from pdtracker.domain.refusals import Mistyped

ODD_LITERALS = [
    "NaN", "nan", "inf", "-inf", "Infinity", "sNaN", "1e400", "1e-320", "1e5000000", "-0", "",
    "0x10", "1_0", " 3 ", "\u0663", "\uff11\uff12", "9" * 5000, "3.999999999999999999",
]  # fmt: skip
"""The literals that every hours field must survive (fullwidth and Arabic digits written as escapes)."""

MORE_ODD_LITERALS = [
    "-1", "+1", "1,5", ".5", "1.", "1.5.5", "1:3", "1:60", "1:300", ":30", "1:-5", "1h", "90 minuten", "1.5 min", "1\n",
    "1:30\n", "\t1", "1.5\x00", "1\u00bd", "\u00bd", "1 30", "True", "None", "1.\u0665", "\u0661:30",
    "100", "--", "1/2",
]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("30 min", 30),
        ("90 minutes", 90),
        ("1 minute", 1),
        ("1", 60),
        ("01", 60),
        ("1.5", 90),
        ("1.50", 90),
        ("0.25", 15),
        ("0.05", 3),
        ("0.95", 57),
        ("24", 1440),
        ("24.00", 1440),
        ("1:30", 90),
        ("0:01", 1),
        ("00:50", 50),
        ("24:00", 1440),
    ],
)
def test_hours_are_read_as_exact_minutes(typed: str, minutes: int) -> None:
    assert parse_minutes(typed) == minutes


@pytest.mark.parametrize("typed", ODD_LITERALS + MORE_ODD_LITERALS)
def test_odd_hours_are_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(Mistyped, match=r"^(Enter|\d).*\.$"):
        parse_minutes(typed)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("1.33", "1.33 hours isn't a whole number of minutes. Write 1:20."),
        ("0.99", "0.99 hours isn't a whole number of minutes. Write 0:59."),
        ("0", "Enter at least one minute, 0:01."),
        ("0:00", "Enter at least one minute, 0:01."),
        ("24.05", "Enter 24 hours or less. Log each day as a claim of its own."),
        ("99", "Enter 24 hours or less. Log each day as a claim of its own."),
        ("1,5", "Enter hours as a number such as 1.5, or as hours and minutes such as 1:30."),
    ],
)
def test_the_sentence_says_what_to_write_instead(typed: str, sentence: str) -> None:
    with pytest.raises(Mistyped) as refused:
        parse_minutes(typed)
    assert refused.value.sentence == sentence


@given(st.text(max_size=12))
def test_any_text_is_whole_minutes_of_a_day_or_refused(typed: str) -> None:
    try:
        minutes = parse_minutes(typed)
    except Mistyped:
        return
    assert re.fullmatch(r"[0-9]{1,2}([.][0-9]{1,2}|:[0-5][0-9])?|[0-9]{1,4} ?min(utes?)?", typed)
    assert 1 <= minutes <= MAX_DAY_MINUTES


@given(st.integers(0, 99), st.integers(0, 99))
def test_a_decimal_is_read_exactly_or_refused(hours: int, hundredths: int) -> None:
    exact = (hours + Fraction(hundredths, 100)) * 60
    try:
        minutes = parse_minutes(f"{hours}.{hundredths:02d}")
    except Mistyped:
        assert exact.denominator > 1 or not 1 <= exact <= MAX_DAY_MINUTES
    else:
        assert minutes == exact


def test_every_figure_reads_back_as_the_same_minutes() -> None:
    for minutes in range(1, MAX_DAY_MINUTES + 1):
        assert parse_minutes(hours_text(minutes)) == minutes


@pytest.mark.parametrize(
    ("minutes", "figure"),
    [
        (0, "0"),
        (45, "0.75"),
        (57, "0.95"),
        (60, "1"),
        (66, "1.1"),
        (90, "1.5"),
        (600, "10"),
        (2070, "34.5"),
        (50, "0:50"),
        (80, "1:20"),
        (65, "1:05"),
        (74_430, "1,240.5"),
        (-90, "\N{MINUS SIGN}1.5"),
        (-50, "\N{MINUS SIGN}0:50"),
    ],
)
def test_a_figure_is_decimal_where_two_places_say_it_exactly(minutes: int, figure: str) -> None:
    assert hours_text(minutes) == figure


@pytest.mark.parametrize(
    ("minutes", "phrase"),
    [
        (0, "0 hours"),
        (1, "1 minute"),
        (45, "0.75 hours"),
        (50, "50 minutes"),
        (60, "1 hour"),
        (61, "1 hour 1 minute"),
        (80, "1 hour 20 minutes"),
        (90, "1.5 hours"),
        (140, "2 hours 20 minutes"),
        (-60, "\N{MINUS SIGN}1 hour"),
        (-80, "\N{MINUS SIGN}1 hour 20 minutes"),
    ],
)
def test_a_phrase_says_quarters_in_hours_and_the_rest_in_minutes(minutes: int, phrase: str) -> None:
    assert hours_phrase(minutes).replace("\N{NO-BREAK SPACE}", " ") == phrase


@pytest.mark.parametrize(("minutes", "text"), [(1, "1 minute"), (86, "86 minutes"), (1440, "1,440 minutes")])
def test_minutes_agree_with_their_number(minutes: int, text: str) -> None:
    assert minutes_text(minutes).replace("\N{NO-BREAK SPACE}", " ") == text


def test_a_figure_never_parts_from_its_word() -> None:
    assert hours_phrase(80) == "1\N{NO-BREAK SPACE}hour 20\N{NO-BREAK SPACE}minutes"


@pytest.mark.parametrize(
    ("minutes", "short"),
    [
        (0, "0 h"),
        (45, "0.75 h"),
        (50, "50 min"),
        (57, "57 min"),
        (60, "1 h"),
        (70, "1 h 10 min"),
        (90, "1.5 h"),
    ],
)
def test_a_list_has_quarters_as_hours_and_what_is_finer_with_its_minutes(minutes: int, short: str) -> None:
    assert hours_short(minutes).replace("\N{NO-BREAK SPACE}", " ") == short
    assert hours_short(-minutes).lstrip("\N{MINUS SIGN}") == hours_short(minutes)


@pytest.mark.parametrize(
    ("minutes", "column"),
    [
        ((90, 120, 57), ("1.5", "2", "0.95")),
        ((2139, 118, 60), ("35:39", "1:58", "1:00")),
        ((-118, 0), ("\N{MINUS SIGN}1:58", "0:00")),
        ((), ()),
    ],
)
def test_a_column_writes_its_hours_in_one_way(minutes: tuple[int, ...], column: tuple[str, ...]) -> None:
    assert hours_alike(minutes) == column


@pytest.mark.parametrize(
    ("credited", "claimed", "question"),
    [
        (90, 120, "Why 1.5 and not 2?"),
        (60, 60, "Why 1?"),
        (60, 70, "Why 1 hour and not 1 hour 10 minutes?"),
        (0, 20, "Why 0 minutes and not 20 minutes?"),
        (45, 50, "Why 45 minutes and not 50 minutes?"),
        (90, 95, "Why 1 hour 30 minutes and not 1 hour 35 minutes?"),
        (50, 50, "Why 50 minutes?"),
    ],
)
def test_a_credit_is_asked_about_in_one_way_of_writing_hours(
    credited: int, claimed: int, question: str
) -> None:
    assert why_words(credited, claimed).replace("\N{NO-BREAK SPACE}", " ") == question
