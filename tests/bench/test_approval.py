"""The benchmark of approving many claims approves them all, by as many statements as a few."""

from __future__ import annotations

from pdtracker.bench.approval import approval


def test_the_number_of_statements_is_that_of_a_few() -> None:
    seconds, beside_bound, statements = approval(many=40, few=10, runs=1)
    assert seconds.value > 0
    assert beside_bound.value > 1
    assert statements.value == 1.0
