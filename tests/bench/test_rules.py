"""The bench counts what it says it counts. How long it takes is its own answer, never a test's."""

from __future__ import annotations

import pytest

from pdtracker.bench.rules import added, layers_on, measure, record
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
    ratio, seconds, *layered = measure(rounds=2, activities=20)
    assert ratio.value > 0
    assert seconds.told.split(":")[0] in shelf()
    assert len(layered) == 3


def test_each_layer_takes_something_of_the_record() -> None:
    versions = shelf()["new-york-ctle"]
    facts = record(versions[-1], 400)
    whole = evaluate(versions, facts).earned
    for layer in layers_on(versions[-1]).values():
        assert 0 < evaluate(versions, facts, [layer]).earned < whole
