"""Figures say what was measured, how often, and whether it reaches what it should."""

from __future__ import annotations

import pytest

from pdtracker.bench.measuring import Goal, Unit, beside, counted, in_turn


def test_a_ratio_is_of_the_best_and_its_spread_of_the_rounds() -> None:
    figure = beside("page : template", [4.0, 3.0, 6.0], [2.0, 1.0, 1.0], Goal(3.5))
    assert figure.value == 3.0
    assert (figure.low, figure.middle, figure.high, figure.runs) == (2.0, 3.0, 6.0, 3)
    assert figure.is_met


def test_a_count_stands_for_itself() -> None:
    figure = counted("statements", Unit.STATEMENTS, [6], Goal(6))
    assert (figure.value, figure.runs, figure.is_met) == (6, 1, True)


@pytest.mark.parametrize(
    ("goal", "value", "met"),
    [
        (Goal(5), 5.0, True),
        (Goal(5), 5.1, False),
        (Goal(12, at_least=True), 12.0, True),
        (Goal(12, at_least=True), 11.9, False),
        (None, 1.0, None),
    ],
)
def test_a_goal_is_a_limit_from_above_or_below(goal: Goal | None, value: float, met: bool | None) -> None:
    assert counted("anything", Unit.TIMES, [value], goal).is_met is met


def test_every_way_has_its_turn_in_every_round_after_a_first_call_that_is_not_measured() -> None:
    called: list[str] = []
    taken = in_turn({"a": lambda: called.append("a"), "b": lambda: called.append("b")}, rounds=2, times=2)
    assert "".join(called) == "ab" + "aabb" * 2
    assert [len(seconds) for seconds in taken.values()] == [2, 2]
