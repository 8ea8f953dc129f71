"""Every worked example in a rule file comes to what the file says."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import pytest

from pdtracker.domain.regimes.evaluation import evaluate
from pdtracker.domain.regimes.facts_document import read_facts
from pdtracker.domain.regimes.rules import Example, Version
from pdtracker.domain.regimes.shelf import shelf
from pdtracker.domain.regimes.table import exact

VERSIONS = [version for versions in shelf().values() for version in versions]


def number(value: object) -> Fraction:
    found = exact(value)
    assert found is not None, value
    return found


@pytest.mark.parametrize(
    ("version", "example"),
    [
        pytest.param(version, example, id=f"{version.regime}@{version.version}:{example.line}")
        for version in VERSIONS
        for example in version.examples
    ],
)
def test_a_worked_example_comes_out(version: Version, example: Example) -> None:
    found = evaluate([version], read_facts(example.facts))
    expected = example.expected
    told = (example.says, found.notes, [parcel.reasons for parcel in found.parcels])
    assert isinstance(expected["missing"], Mapping)
    assert found.earned == number(expected["earned"]), told
    missing = {name: number(amount) for name, amount in expected["missing"].items()}
    assert {one.what: one.amount for one in found.missing} == missing, told
    if "required" in expected:
        assert found.required == number(expected["required"]), told
    if "carry_over" in expected:
        assert found.carry_over == number(expected["carry_over"]), told
    if "units" in expected:
        assert isinstance(expected["units"], list)
        units = {parcel.activity.id: parcel.units for parcel in found.parcels}
        assert [units[f"a{place}"] for place in range(1, len(units) + 1)] == [
            number(one) for one in expected["units"]
        ], told
    assert all(parcel.reasons for parcel in found.parcels)


@pytest.mark.parametrize(
    "version", [pytest.param(version, id=f"{version.regime}@{version.version}") for version in VERSIONS]
)
def test_a_version_has_its_origin_and_at_least_five_examples(version: Version) -> None:
    assert len(version.examples) >= 5
    assert version.source
    assert version.checked_by
