"""A district's layer written from the common tightenings, and read back."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdtracker.domain.regimes.layer_writing import Tightenings, tightenings_of, write_layer
from pdtracker.domain.regimes.layers import read_layer
from pdtracker.domain.regimes.rules import Op, Period, Version
from pdtracker.domain.regimes.shelf import shelf
from pdtracker.domain.regimes.table import BadRules

NEW_YORK = shelf()["new-york-ctle"][-1]
LATEST = [versions[-1] for versions in shelf().values()]
AMOUNTS = st.integers(1, 400).map(lambda quarters: Fraction(quarters, 4))
PLAIN = Tightenings(name="Maplewood")


def refused(asked: Tightenings, version: Version = NEW_YORK) -> str:
    written = write_layer(asked, version)
    with pytest.raises(BadRules) as refusal:
        read_layer("layer.toml", written.text, version)
    return written.field_of(refusal.value.line)


@given(
    st.builds(
        Tightenings,
        name=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1).filter(
            lambda name: bool(name.strip())
        ),
        target=st.none() | st.integers(100, 400).map(Fraction),
        least_minutes=st.integers(0, 120),
        quantum=st.none() | AMOUNTS,
        topic_minimum=st.none() | AMOUNTS,
        carry_most=st.none() | st.just(Fraction(0)),
        limits=st.dictionaries(st.sampled_from(Period), AMOUNTS),
        evidence=st.frozensets(st.sampled_from(["reflected", "approved_provider"])),
        buckets=st.dictionaries(st.sampled_from([0, 1]), st.integers(50, 100).map(Fraction)),
        kinds=st.dictionaries(st.sampled_from(["webinar", "forum", "independent_study"]), AMOUNTS),
    )
)
def test_what_is_written_is_read_back(asked: Tightenings) -> None:
    layer = read_layer("layer.toml", write_layer(asked, NEW_YORK).text, NEW_YORK)
    assert tightenings_of(layer, NEW_YORK) == asked


@pytest.mark.parametrize("version", LATEST, ids=lambda version: version.regime)
def test_every_regime_s_own_figures_may_stand_in_a_layer(version: Version) -> None:
    buckets = {
        place: bucket.asks(version.target.units or Fraction(0)) if bucket.percent is None else bucket.percent
        for place, bucket in enumerate(version.restrictions.buckets)
        if bucket.op is Op.MIN
    }
    layer = read_layer("layer.toml", write_layer(replace(PLAIN, buckets=buckets), version).text, version)
    assert len(layer.restrictions.buckets) == len(buckets)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"target": Fraction(90)}, "target"),
        ({"carry_most": Fraction(5)}, "carry_most"),
        ({"buckets": {1: Fraction(40)}}, "bucket_1"),
        ({"buckets": {0: Fraction(101)}}, "bucket_0"),
        ({"quantum": Fraction(0)}, "quantum"),
    ],
)
def test_a_refusal_is_about_its_field(more: dict[str, object], field: str) -> None:
    asked = replace(PLAIN, least_minutes=30, limits={Period.DAY: Fraction(6)}, **more)  # type: ignore[arg-type]
    assert refused(asked) == field


@pytest.mark.parametrize(
    "more",
    [
        "once_each = true",
        '[[gate]]\nnever = true\nkinds = ["tour"]',
        '[[gate]]\nneeds = ["reflected"]\ndays_after_end = 30',
        '[[limit]]\nper = "day"\nminutes = 300',
        '[[limit]]\nper = "day"\nunits = 3\nkinds = ["tour"]',
        '[[bucket]]\nid = "own"\nname = "own"\nat_least = 3\ncategories = ["stem"]',
    ],
)
def test_a_layer_that_asks_for_other_things_is_left_to_its_text(more: str) -> None:
    text = f'layer = "district"\nunder = "new-york-ctle"\nname = "Maplewood"\n{more}\n'
    assert tightenings_of(read_layer("layer.toml", text, NEW_YORK), NEW_YORK) is None
