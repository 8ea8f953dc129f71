"""What belongs on one certificate, and what becomes of it when its parts change."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from pdtracker.domain.summary import (
    MOST_PARTS,
    Change,
    Earlier,
    Part,
    Span,
    SummaryKind,
    change_of,
    summed_up,
)

MONTH = Span(SummaryKind.PROGRAMME, 7, date(2014, 10, 1), date(2014, 10, 31), "Connected Educator Month 2014")
CYCLE = Span(SummaryKind.CYCLE, 9, date(2012, 7, 1), date(2017, 6, 30), "Professional certificate")
YEAR = (date(2014, 7, 1), date(2015, 6, 30))


def a_part(
    number: int, on: date = date(2014, 10, 14), programme: Span | None = MONTH, **more: object
) -> Part:
    kinds = more.get("kinds", tuple(SummaryKind))
    assert isinstance(kinds, tuple)
    return Part(number, 100 + number, on, 60, kinds, YEAR, programme)


def an_edition(*parts: Part, stands: bool = True) -> Earlier:
    return Earlier(
        50,
        1,
        stands,
        frozenset(part.certificate_id for part in parts),
        frozenset(part.step_id for part in parts),
    )


def test_a_certificate_belongs_to_its_programme_its_year_and_its_cycle() -> None:
    found = summed_up([a_part(1), a_part(2, programme=None)], [CYCLE])
    assert {span: len(parts) for span, parts in found.items()} == {
        MONTH: 1,
        Span.of_year(*YEAR): 2,
        CYCLE: 2,
    }


def test_only_what_the_policy_of_its_day_sums_up_is_summed_up() -> None:
    found = summed_up([a_part(1, kinds=()), a_part(2, kinds=(SummaryKind.YEAR,))], [CYCLE])
    assert found == {Span.of_year(*YEAR): (a_part(2, kinds=(SummaryKind.YEAR,)),)}


def test_parts_stand_by_their_days_whatever_their_order() -> None:
    first, second = a_part(2, date(2014, 10, 3)), a_part(1, date(2014, 10, 9))
    assert summed_up([second, first], [])[MONTH] == summed_up([first, second], [])[MONTH] == (first, second)


def test_a_day_after_the_cycle_is_not_of_it() -> None:
    late = a_part(1, CYCLE.last_on + timedelta(days=1))
    assert CYCLE not in summed_up([late], [CYCLE])


def test_one_certificate_alone_is_never_summed_up() -> None:
    assert change_of([a_part(1)], None, is_wanted=True) is None
    assert change_of([a_part(1), a_part(2)], None, is_wanted=True) is Change.ISSUE


def test_nothing_comes_before_its_time_unasked() -> None:
    assert change_of([a_part(1), a_part(2)], None, is_wanted=False) is None


def test_more_hours_replace_one_that_stands_before_its_time_too() -> None:
    parts = [a_part(1), a_part(2)]
    assert change_of([*parts, a_part(3)], an_edition(*parts), is_wanted=False) is Change.SUPERSEDE
    assert change_of(parts, an_edition(*parts), is_wanted=True) is None


def test_a_part_that_is_taken_back_replaces_it_and_the_last_one_revokes_it() -> None:
    parts = [a_part(1), a_part(2)]
    assert change_of(parts[:1], an_edition(*parts), is_wanted=False) is Change.SUPERSEDE
    assert change_of([], an_edition(*parts), is_wanted=False) is Change.REVOKE


def test_a_part_that_was_issued_again_changes_nothing() -> None:
    parts = [a_part(1), a_part(2)]
    again = Part(99, parts[1].step_id, parts[1].on, 60, parts[1].kinds, YEAR, MONTH)
    assert change_of([parts[0], again], an_edition(*parts), is_wanted=True) is None


def test_what_was_revoked_as_it_is_comes_again_only_of_other_certificates() -> None:
    parts = [a_part(1), a_part(2)]
    revoked = an_edition(*parts, stands=False)
    assert change_of(parts, revoked, is_wanted=True) is None
    assert change_of([*parts, a_part(3)], revoked, is_wanted=True) is Change.ISSUE


def test_more_than_a_certificate_holds_is_left_as_it_is() -> None:
    parts = [a_part(number) for number in range(MOST_PARTS + 1)]
    assert change_of(parts, None, is_wanted=True) is None
    assert change_of(parts[1:], None, is_wanted=True) is Change.ISSUE
    assert change_of(parts, an_edition(*parts[:2]), is_wanted=True) is None


def test_hours_that_were_taken_back_are_certified_no_more_beside_however_many_others() -> None:
    parts = [a_part(number) for number in range(MOST_PARTS + 2)]
    assert change_of(parts[1:], an_edition(*parts[:2]), is_wanted=False) is Change.REVOKE
    assert change_of(parts[1:], an_edition(*parts[:2], stands=False), is_wanted=True) is None


@pytest.mark.parametrize(
    ("span", "title"),
    [
        (MONTH, "Connected Educator Month 2014"),
        (Span.of_year(*YEAR), "School year 2014–15"),
        (CYCLE, "Professional certificate, July\N{NO-BREAK SPACE}1, 2012 – June\N{NO-BREAK SPACE}30, 2017"),
    ],
)
def test_each_says_what_it_is_of(span: Span, title: str) -> None:
    assert span.title == title
