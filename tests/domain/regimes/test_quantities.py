"""Amounts: exact as decimals where decimals can be, else told so that nobody looks better than they are."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdtracker.domain.hours import NBSP
from pdtracker.domain.regimes.quantities import (
    UNITS,
    amount_text,
    figure,
    hundredths,
    in_parts,
    is_decimal,
    total,
)
from pdtracker.domain.regimes.rounding import in_steps
from pdtracker.domain.regimes.rules import Mode

AMOUNTS = st.fractions(0, 100_000, max_denominator=10_000)


@pytest.mark.parametrize(
    ("amount", "text"),
    [(Fraction(100), "100"), (Fraction(3, 2), "1.5"), (Fraction(1, 8), "0.125"), (Fraction(0), "0")],
)
def test_an_amount_is_written_without_what_it_does_not_need(amount: Fraction, text: str) -> None:
    assert amount_text(amount) == text


def test_what_decimals_cannot_say_is_cut_when_earned_and_raised_when_missing() -> None:
    assert amount_text(Fraction(5, 6)) == "0.833333"
    assert amount_text(Fraction(1, 6), up=True) == "0.166667"


@given(AMOUNTS)
def test_a_written_amount_is_exact_or_a_hair_less(amount: Fraction) -> None:
    written = Fraction(Decimal(amount_text(amount)))
    if is_decimal(amount):
        assert written == amount == Fraction(Decimal(amount_text(amount, up=True)))
    else:
        assert 0 < amount - written < Fraction(1, 1_000_000)
        assert 0 < Fraction(Decimal(amount_text(amount, up=True))) - amount < Fraction(1, 1_000_000)


def test_people_read_fractions_exactly() -> None:
    assert [figure(Fraction(*told)) for told in ((5, 6), (595, 6), (1200, 1), (3, 4))] == [
        "5/6",
        "99\N{NO-BREAK SPACE}1/6",
        "1,200",
        "0.75",
    ]


@given(AMOUNTS, AMOUNTS)
def test_a_spreadsheets_number_is_the_nearest_and_never_meets_what_the_amount_does_not(
    amount: Fraction, asked: Fraction
) -> None:
    assert abs(Fraction(hundredths(amount)) - amount) <= Fraction(1, 200)
    told = Fraction(hundredths(amount, short_of=asked))
    assert abs(told - amount) <= Fraction(1, 100)
    assert amount >= asked or told < asked
    assert str(hundredths(Fraction(173, 3))) == "57.67"
    assert str(hundredths(Fraction(24999, 250), short_of=Fraction(100))) == "99.99"


@given(st.lists(AMOUNTS))
def test_a_total_is_the_sum(amounts: list[Fraction]) -> None:
    assert total(amounts) == sum(amounts)


@given(st.lists(AMOUNTS))
def test_parts_add_up_and_compare_as_the_amounts_do(amounts: list[Fraction]) -> None:
    common, parts = in_parts(amounts)
    assert [Fraction(part, common) for part in parts] == amounts


@given(AMOUNTS, st.sampled_from([Fraction(1, 10), Fraction(1, 4), Fraction(1), Fraction(3, 7)]))
def test_steps_lie_around_what_they_round(units: Fraction, quantum: Fraction) -> None:
    down, nearest, up = (in_steps(units, quantum, mode) for mode in (Mode.DOWN, Mode.NEAREST, Mode.UP))
    assert down <= units <= up
    assert up - down in (0, quantum)
    assert nearest in (down, up)
    assert abs(nearest - units) <= quantum / 2
    assert (down / quantum).denominator == 1


def test_halfway_goes_up() -> None:
    assert in_steps(Fraction(1, 20), Fraction(1, 10), Mode.NEAREST) == Fraction(1, 10)


@pytest.mark.parametrize(
    ("unit", "minutes", "words"),
    [
        ("clock_hour", 65, "1 clock hour 5 minutes"),
        ("hour", 1, "1 minute"),
        ("hour", 121, "2 hours 1 minute"),
        ("hour", 90, "1.5 hours"),
        ("pdp", 65, "1 1/12 PDPs"),
    ],
)
def test_hours_that_no_decimal_says_are_told_with_their_minutes(unit: str, minutes: int, words: str) -> None:
    assert UNITS[unit].words(Fraction(minutes, 60)).replace(NBSP, " ") == words


def test_less_than_a_minute_stays_a_fraction() -> None:
    assert UNITS["hour"].words(Fraction(1, 7)).replace(NBSP, " ") == "1/7 hours"
    assert UNITS["hour"].words(-Fraction(1, 6)).replace(NBSP, " ") == "-1/6 hours"


def test_of_two_figures_both_have_their_unit_where_one_needs_minutes() -> None:
    hour = UNITS["hour"]
    assert hour.of(Fraction(5, 2), Fraction(20)) == "2.5 of 20"
    assert hour.of(Fraction(7, 6), Fraction(20)).replace(NBSP, " ") == "1 hour 10 minutes of 20 hours"
