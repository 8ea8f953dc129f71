"""A district's layer written as TOML from the common tightenings, so that nobody has to know TOML to ask for them.

What is written is read by `layers.read_layer` like any other file: that refuses what loosens, and names a line. Here it
is kept which line was written for which tightening.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from pdtracker.domain.regimes.quantities import amount_text
from pdtracker.domain.regimes.rules import Bucket, Gate, Layer, Op, Period, Version
from pdtracker.domain.regimes.selection import EVERYBODY, EVERYTHING, Selector

_CAP = "at_most_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tightenings:
    """What districts usually ask on top of a regime; amounts are in its unit.

    `buckets` are other figures for the regime's own buckets, by their place among them; `kinds` the most of a kind of
    activity in a cycle; of `evidence` one has to be shown.
    """

    name: str
    target: Fraction | None = None
    least_minutes: int = 0
    quantum: Fraction | None = None
    topic_minimum: Fraction | None = None
    carry_most: Fraction | None = None
    limits: Mapping[Period, Fraction] = field(default_factory=dict)
    evidence: frozenset[str] = frozenset()
    buckets: Mapping[int, Fraction] = field(default_factory=dict)
    kinds: Mapping[str, Fraction] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Written:
    """A layer's TOML, and for each of its lines the tightening that it states: `target`, `bucket_2`, `limit_day`."""

    text: str
    fields: tuple[str, ...]

    def field_of(self, line: int) -> str:
        """What a line states; the name of the layer stands for what is about all of it."""
        return self.fields[line - 1] if 0 < line <= len(self.fields) else "name"


def write_layer(asked: Tightenings, version: Version) -> Written:
    """The layer of a district that asks for this, under a version of a regime."""
    lines = tuple(_lines(asked, version))
    return Written("".join(f"{line}\n" for line, _ in lines), tuple(name for _, name in lines))


def tightenings_of(layer: Layer, version: Version) -> Tightenings | None:
    """What a layer asks for in these terms; `None` for one that asks for what they can't say."""
    rules = layer.restrictions
    own = version.restrictions.buckets
    gates = [gate.needs for gate in rules.gates]
    found = Tightenings(
        name=layer.name,
        target=layer.target,
        least_minutes=layer.least_minutes,
        quantum=layer.quantum,
        topic_minimum=rules.topic_minimum or None,
        carry_most=layer.carry_most,
        limits={limit.per: limit.units for limit in rules.limits if limit.units is not None},
        evidence=gates[0] if gates else frozenset(),
        buckets={
            place: _figure(bucket)
            for place, held in enumerate(own)
            for bucket in rules.buckets
            if (bucket.id, bucket.op, bucket.holders) == (held.id, held.op, held.holders)
        },
        kinds={
            next(iter(bucket.selector.kinds)): _figure(bucket)
            for bucket in rules.buckets
            if bucket.id.startswith(_CAP) and len(bucket.selector.kinds) == 1
        },
    )
    return found if _is_all_of(found, layer) else None


def _is_all_of(asked: Tightenings, layer: Layer) -> bool:
    """Whether tightenings that were read from a layer leave nothing of it out."""
    rules = layer.restrictions
    plain_limits = all(
        (limit.selector, limit.holders) == (EVERYTHING, EVERYBODY) and limit.units is not None
        for limit in rules.limits
    )
    plain_gates = len(rules.gates) <= 1 and all(gate == Gate(needs=gate.needs) for gate in rules.gates)
    plain_kinds = all(
        bucket.amount is not None
        and (bucket.op, bucket.holders) == (Op.MAX, EVERYBODY)
        and bucket.selector == Selector(kinds=bucket.selector.kinds)
        for bucket in rules.buckets
        if bucket.id.startswith(_CAP)
    )
    return (
        plain_limits
        and plain_gates
        and plain_kinds
        and len(asked.limits) == len(rules.limits)
        and len(asked.buckets) + len(asked.kinds) == len(rules.buckets)
        and not rules.once_each
    )


def _lines(asked: Tightenings, version: Version) -> Iterator[tuple[str, str]]:
    yield 'layer = "district"', "name"
    yield f"under = {_text(version.regime)}", "name"
    yield f"name = {_text(asked.name)}", "name"
    if asked.least_minutes:
        yield f"at_least_minutes = {asked.least_minutes}", "least_minutes"
    yield from _table("target", "target", "units", asked.target)
    yield from _table("rounding", "quantum", "quantum", asked.quantum)
    yield from _table("topic_minimum", "topic_minimum", "units", asked.topic_minimum)
    yield from _table("carry_over", "carry_most", "at_most", asked.carry_most)
    if asked.evidence:
        yield from _named("evidence", ["[[gate]]", f"needs = {_texts(asked.evidence)}"])
    for per, units in asked.limits.items():
        told = ["[[limit]]", f"per = {_text(per.value)}", f"units = {amount_text(units)}"]
        yield from _named(f"limit_{per.value}", told)
    for place, amount in asked.buckets.items():
        told = list(_bucket(version.restrictions.buckets[place], amount))
        yield from _named(f"bucket_{place}", told)
    for kind, most in asked.kinds.items():
        told = [
            "[[bucket]]",
            f"id = {_text(_CAP + kind)}",
            f"name = {_text(kind.replace('_', ' '))}",
            f"at_most = {amount_text(most)}",
            f"kinds = {_texts([kind])}",
        ]
        yield from _named(f"kind_{kind}", told)


def _table(table: str, name: str, key: str, amount: Fraction | None) -> Iterator[tuple[str, str]]:
    if amount is not None:
        yield from _named(name, [f"[{table}]", f"{key} = {amount_text(amount)}"])


def _named(name: str, lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    yield "", name
    yield from ((line, name) for line in lines)


def _bucket(held: Bucket, amount: Fraction) -> Iterator[str]:
    """The regime's bucket with another figure: it stands in its place, so everything else has to be alike."""
    measure = "" if held.amount is not None else "_percent" if held.percent is not None else "_count"
    yield "[[bucket]]"
    yield f"id = {_text(held.id)}"
    yield f"name = {_text(held.name)}"
    yield f"at_{'least' if held.op is Op.MIN else 'most'}{measure} = {amount_text(amount)}"
    if held.exclusive:
        yield "exclusive = true"
    if held.look_back_years is not None:
        yield f"look_back_years = {held.look_back_years}"
    for key, words in (
        ("kinds", held.selector.kinds),
        ("levels", held.selector.levels),
        ("categories", held.selector.categories),
        ("evidence", held.selector.evidence),
        ("not_kinds", held.selector.other_kinds),
        ("without_evidence", held.selector.lacking_evidence),
        ("if_person", held.holders.having),
        ("unless_person", held.holders.lacking),
    ):
        if words:
            yield f"{key} = {_texts(words)}"


def _figure(bucket: Bucket) -> Fraction:
    if bucket.count is not None:
        return Fraction(bucket.count)
    return bucket.amount if bucket.amount is not None else bucket.percent or Fraction(0)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _texts(words: Iterable[str]) -> str:
    return f"[{', '.join(_text(word) for word in sorted(words))}]"
