"""Minutes are the union of stays within the session, less its breaks, in whatever order and however often they come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdtracker.domain.attendance import SessionHours, Stay, minutes_of, time_within, united

FOUR = datetime(2026, 10, 14, 20, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def stay(start: int, end: int) -> Stay:
    """From and to so many minutes after the session's begin."""
    return Stay(FOUR + start * MINUTE, FOUR + end * MINUTE)


def session(*breaks: Stay) -> SessionHours:
    return SessionHours(FOUR, FOUR + 90 * MINUTE, "America/New_York", breaks)


def minutes(*stays: Stay, breaks: tuple[Stay, ...] = ()) -> Decimal:
    return minutes_of(time_within(stays, session(*breaks)))


@pytest.mark.parametrize(
    ("stays", "expected"),
    [
        ([], "0.0"),
        ([stay(-10, 100)], "90.0"),
        ([stay(-20, -5)], "0.0"),
        ([stay(90, 95)], "0.0"),
        ([stay(0, 40), stay(30, 50)], "50.0"),
        ([stay(0, 40), stay(10, 20)], "40.0"),
        ([stay(0, 40), stay(40, 50)], "50.0"),
        ([stay(50, 60), stay(0, 10), stay(0, 10)], "20.0"),
    ],
)
def test_minutes_are_the_union_within_the_session(stays: list[Stay], expected: str) -> None:
    assert minutes(*stays) == Decimal(expected)


def test_breaks_earn_nothing_and_overlapping_ones_are_taken_once() -> None:
    breaks = (stay(30, 45), stay(40, 50), stay(-10, 5))
    assert minutes(stay(0, 90), breaks=breaks) == Decimal("65.0")
    assert minutes(stay(32, 44), breaks=breaks) == Decimal("0.0")
    assert minutes(stay(20, 48), breaks=breaks) == Decimal("10.0")


def test_minutes_are_rounded_to_tenths_half_a_tenth_up() -> None:
    assert minutes_of(timedelta(minutes=84, seconds=50)) == Decimal("84.8")
    assert minutes_of(timedelta(seconds=3)) == Decimal("0.1")
    assert minutes_of(timedelta(seconds=2)) == Decimal("0.0")


def test_nonsense_is_no_stay_and_no_session() -> None:
    with pytest.raises(ValueError, match="ends after it begins"):
        stay(10, 10)
    with pytest.raises(ValueError, match="between instants"):
        Stay(FOUR.replace(tzinfo=None), FOUR)
    with pytest.raises(ValueError, match="ends after it starts"):
        SessionHours(FOUR, FOUR, "UTC")


stays_of_somebody = st.lists(
    st.tuples(st.integers(-60, 150), st.integers(1, 120)).map(lambda told: stay(told[0], sum(told))),
    max_size=8,
)


@given(stays_of_somebody, stays_of_somebody)
def test_the_count_is_that_of_single_minutes(stays: list[Stay], breaks: list[Stay]) -> None:
    def covers(told: list[Stay], at: int) -> bool:
        return any(one.joined_at <= FOUR + at * MINUTE < one.left_at for one in told)

    counted = sum(covers(stays, at) and not covers(breaks, at) for at in range(90))
    assert time_within(stays, session(*breaks)) == counted * MINUTE


@given(stays_of_somebody, st.randoms())
def test_order_and_repetition_change_nothing(stays: list[Stay], chance: object) -> None:
    again = [*stays, *stays]
    chance.shuffle(again)  # type: ignore[attr-defined]
    assert united(again) == united(stays)
    apart = united(stays)
    assert all(one.left_at < other.joined_at for one, other in pairwise(apart))
