"""Filling by parts is as good as the linear programme, whatever the rooms look like."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from pdtracker.domain.regimes.filling import Row, filled
from pdtracker.domain.regimes.simplex import Worth, fullest

DAYS = 12
AMOUNTS = st.lists(st.integers(0, 9), min_size=DAYS, max_size=DAYS)
WORTHS = st.lists(st.sampled_from([(1, 0), (1, 1)]), min_size=DAYS, max_size=DAYS)
PARTS = st.lists(st.booleans(), min_size=DAYS, max_size=DAYS)


def nested(mosts: list[int]) -> list[Row]:
    """Pairs in weeks of four in a whole, each with its most; a negative one asks nothing."""
    groups = [range(start, start + size) for size in (2, 4, DAYS) for start in range(0, DAYS, size)]
    return [
        Row(dict.fromkeys(group, 1), most) for group, most in zip(groups, mosts, strict=True) if most >= 0
    ]


MOSTS = st.lists(st.integers(-4, 20), min_size=10, max_size=10)


def worth_of(amounts: list[object], worths: list[Worth]) -> tuple[object, ...]:
    return tuple(sum(a * w[at] for a, w in zip(amounts, worths, strict=True)) for at in (0, 1))  # type: ignore[operator]


@given(AMOUNTS, MOSTS, WORTHS, st.lists(st.tuples(PARTS, st.integers(0, 30)), max_size=2))
@example([5] * DAYS, [6] * 10, [(1, 0), (1, 1)] * 6, [([True, False] * 6, 7)])
def test_it_fits_and_is_worth_as_much_as_the_programme_finds(
    bounds: list[int], mosts: list[int], worths: list[Worth], caps: list[tuple[list[bool], int]]
) -> None:
    rows = nested(mosts)
    for is_in, most in caps:
        rows.append(Row({place: 1 for place in range(DAYS) if is_in[place]}, most))
    rows = [row for row in rows if row.needs]
    found = filled(bounds, rows, worths)
    assert all(0 <= amount <= bound for amount, bound in zip(found, bounds, strict=True))
    for needs, most in rows:
        assert sum(found[place] * need for place, need in needs.items()) <= most
    assert worth_of(found, worths) == worth_of(fullest(bounds, rows, worths), worths)


def test_what_is_worth_nothing_leaves_its_room_to_the_others() -> None:
    rows = [Row({0: 1, 1: 1}, 4)]
    assert filled([3, 3], rows, [(0, 0), (1, 0)]) == [0, 3]


def test_a_cap_over_several_weeks_takes_from_what_serves_no_minimum() -> None:
    """Two a week of four; a cap leaves three of the first of each pair, of which the second week's serves."""
    weeks = [Row({0: 1, 1: 1}, 4), Row({2: 1, 3: 1}, 4)]
    cap = Row({0: 1, 2: 1}, 3)
    assert filled([4, 2, 4, 0], [*weeks, cap], [(1, 0), (1, 0), (1, 1), (1, 0)]) == [0, 2, 3, 0]
