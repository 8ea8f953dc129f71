"""The bench of the report on credit measures the whole report, whose statements don't grow with the claims."""

from __future__ import annotations

from pathlib import Path

from pdtracker.bench.credit import credit

SMALL = 1_000


def test_the_report_takes_as_many_statements_for_many_claims_as_for_few(tmp_path: Path) -> None:
    year, everything, statements = credit(tmp_path, small=SMALL, large=SMALL * 2, rounds=1)
    assert year.value > 0
    assert everything.value > 0
    assert (statements.value, statements.is_met) == (1.0, True)
