"""The bench counts what it says it counts. How long it takes is its own answer, never a test's."""

from __future__ import annotations

import pytest

from pdtracker.bench.rules import added, measure, record
from pdtracker.domain.regimes.evaluation import evaluate
from pdtracker.domain.regimes.shelf import shelf


def test_the_record_keeps_every_regime_busy() -> None:
    for versions in shelf().values():
        facts = record(versions[-1], 100)
        assert added(facts) > 0
        credited = sum(parcel.units > 0 for parcel in evaluate(versions, facts).parcels)
        # Virginia puts no figure on an hour, Georgia counts from ten hours on.
        assert credited > 10 or versions[-1].regime in ("virginia", "georgia-plu")


@pytest.mark.slow
def test_the_slowest_regime_is_named() -> None:
    ratio, seconds = measure(rounds=2, activities=20)
    assert ratio.value > 0
    assert seconds.told.split(":")[0] in shelf()
