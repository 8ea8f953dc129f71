"""The terms of a licence: what they lack, what stands in their way, and how the next cycle follows."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from pdtracker.domain.licence_terms import (
    LicenceTerms,
    may_renew,
    next_cycle,
    overlapping,
    read_amount,
    terms_faults,
)
from pdtracker.domain.refusals import Mistyped
from pdtracker.domain.regimes.cycles import Anchor, Cycle, CycleRule
from pdtracker.domain.regimes.shelf import shelf


def terms(**more: Any) -> LicenceTerms:
    return LicenceTerms(
        **{
            "regime": "new-york-ctle",
            "name": "Professional certificate",
            "starts_on": date(2012, 9, 1),
            "ends_on": date(2017, 8, 31),
            **more,
        }
    )


def test_good_terms_lack_nothing() -> None:
    assert terms_faults(terms()) == {}
    assert (
        terms_faults(terms(facts=frozenset({"esol_certificate"}), fte=Fraction(2), carry_in=Fraction(3)))
        == {}
    )


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("regime", {"regime": "atlantis"}),
        ("name", {"name": ""}),
        ("name", {"name": "x" * 121}),
        ("starts", {"starts_on": date(1989, 12, 31)}),
        ("ends", {"ends_on": date(2012, 8, 31)}),
        ("ends", {"ends_on": date(2028, 1, 1)}),
        ("facts", {"facts": frozenset({"nbct"})}),
        ("fte", {"fte": Fraction(201, 100)}),
        ("fte", {"fte": Fraction(-1, 100)}),
        ("years_practised", {"years_practised": Fraction(101)}),
        ("target", {"target": Fraction(-1)}),
        ("carry_in", {"carry_in": Fraction(-1)}),
    ],
)
def test_each_fault_stands_at_its_field(field: str, more: dict[str, Any]) -> None:
    assert list(terms_faults(terms(**more))) == [field]


@pytest.mark.parametrize(
    ("text", "amount"),
    [("12", Fraction(12)), ("12.5", Fraction(25, 2)), ("1,200", Fraction(1200)), ("-3", Fraction(-3))],
)
def test_amounts_are_read_as_people_write_them(text: str, amount: Fraction) -> None:
    assert read_amount(text) == amount


@pytest.mark.parametrize(
    "text", ["", "a", "1.2345", "1,2", "1e3", "1_000", "٣", "9999999", "--1", "1.", ".5", "1/2"]
)
def test_no_other_text_is_an_amount(text: str) -> None:
    with pytest.raises(Mistyped):
        read_amount(text)


def test_cycles_that_share_a_day_overlap() -> None:
    held = [Cycle(date(2012, 9, 1), date(2017, 8, 31))]
    assert overlapping(Cycle(date(2017, 9, 1), date(2022, 8, 31)), held) is None
    why = overlapping(Cycle(date(2017, 8, 31), date(2022, 8, 30)), held)
    assert why is not None
    assert "2012" in why


@pytest.mark.parametrize(
    ("regime", "cycle", "following"),
    [
        ("new-york-ctle", ("2012-09-01", "2017-08-31"), ("2017-09-01", "2022-08-31")),
        # The end was put off by three months: the next cycle ends in the month of birth all the same.
        ("new-york-ctle", ("2012-09-01", "2017-11-30"), ("2017-12-01", "2022-11-30")),
        ("new-york-ctle", ("2012-09-01", "2017-11-15"), ("2017-11-16", "2023-08-31")),
        ("illinois", ("2012-07-01", "2017-06-30"), ("2017-07-01", "2022-06-30")),
        ("texas-cpe", ("2012-03-15", "2017-03-14"), ("2017-03-15", "2022-03-14")),
        ("new-jersey", ("2014-07-01", "2015-06-30"), ("2015-07-01", "2016-06-30")),
        ("iacet-ceu", ("2014-01-01", "2014-12-31"), ("2015-01-01", "2015-12-31")),
    ],
)
def test_the_next_cycle_follows_by_the_regimes_rule(
    regime: str, cycle: tuple[str, str], following: tuple[str, str]
) -> None:
    rule = shelf()[regime][-1].cycle
    held = Cycle(date.fromisoformat(cycle[0]), date.fromisoformat(cycle[1]))
    found = next_cycle(rule, held, frozenset())
    assert (found.start.isoformat(), found.end.isoformat()) == following


def test_after_the_last_listed_period_a_cycle_gets_as_many_years_again() -> None:
    listed = Cycle(date(2012, 1, 1), date(2016, 12, 31))
    rule = CycleRule(anchor=Anchor.FIXED_DATE, years=5, periods=(listed,))
    assert next_cycle(rule, listed, frozenset()).end == date(2021, 12, 31)


def test_it_is_time_to_renew_in_the_last_year() -> None:
    cycle = Cycle(date(2012, 9, 1), date(2017, 8, 31))
    assert not may_renew(cycle, date(2016, 8, 30))
    assert may_renew(cycle, date(2016, 8, 31))
    assert may_renew(cycle, date(2018, 1, 1))


def test_a_cycle_of_a_year_is_renewed_in_its_last_quarter() -> None:
    cycle = Cycle(date(2014, 7, 1), date(2015, 6, 30))
    assert not may_renew(cycle, date(2015, 3, 31))
    assert may_renew(cycle, date(2015, 4, 1))
