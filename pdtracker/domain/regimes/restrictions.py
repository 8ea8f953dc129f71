"""What only takes away, of a regime or a layer: gates, limits, the topic minimum and buckets, read from a file."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from typing import Final

from pdtracker.domain.regimes.rules import Bucket, Confidence, Gate, Limit, Op, Origin, Period, Restrictions
from pdtracker.domain.regimes.selection import Holders, Selector
from pdtracker.domain.regimes.table import Table

MOST_EXCLUSIVE: Final = 6
"""Every set of exclusive buckets is looked at, and there are 2^6 of six."""

RESTRICTIONS: Final = ("gate", "limit", "topic_minimum", "once_each", "bucket")
"""The keys at the top of a file that this module reads."""

SELECTOR: Final = ("kinds", "levels", "categories", "evidence", "not_kinds", "without_evidence")
HOLDERS: Final = ("if_person", "unless_person")
ORIGIN: Final = ("source", "confidence")

_ABOUT: Final = (*SELECTOR, *HOLDERS, *ORIGIN)
_GATE: Final = ("needs", "never", "days_before_start", "days_after_end", "only_if_told", *_ABOUT)
_LIMIT: Final = ("per", "minutes", "units", *_ABOUT)
_FIGURES: Final = {
    "at_least": (Op.MIN, "amount"),
    "at_least_percent": (Op.MIN, "percent"),
    "at_least_count": (Op.MIN, "count"),
    "at_most": (Op.MAX, "amount"),
    "at_most_percent": (Op.MAX, "percent"),
    "at_most_count": (Op.MAX, "count"),
}

_BUCKET: Final = ("id", "name", *_FIGURES, "exclusive", "look_back_years", *_ABOUT)


def read(top: Table) -> Restrictions:
    """The restrictions of a whole file."""
    topic = top.table("topic_minimum", ("units",))
    least = Fraction(0) if topic is None else topic.amount("units") or Fraction(0)
    return Restrictions(
        gates=top.each("gate", _GATE, _gate),
        limits=top.each("limit", _LIMIT, _limit),
        topic_minimum=least,
        once_each=top.flag("once_each"),
        buckets=_buckets(top),
    )


def selector_of(table: Table) -> Selector:
    """The activities that a table means."""
    return Selector(
        kinds=frozenset(table.texts("kinds")),
        levels=frozenset(table.texts("levels")),
        categories=frozenset(table.texts("categories")),
        evidence=frozenset(table.texts("evidence")),
        other_kinds=frozenset(table.texts("not_kinds")),
        lacking_evidence=frozenset(table.texts("without_evidence")),
    )


def holders_of(table: Table) -> Holders:
    """The people that a table means."""
    return Holders(frozenset(table.texts("if_person")), frozenset(table.texts("unless_person")))


def origin_of(table: Table) -> Origin:
    """A rule's own source and confidence, where they aren't the file's."""
    return Origin(
        source=table.text("source", ""),
        confidence=table.choice("confidence", Confidence) if "confidence" in table else None,
    )


def _gate(table: Table) -> Gate:
    gate = Gate(
        needs=frozenset(table.texts("needs")),
        selector=selector_of(table),
        holders=holders_of(table),
        days_before_start=table.whole("days_before_start", most=3650),
        days_after_end=table.whole("days_after_end", most=3650),
        only_if_told=table.flag("only_if_told"),
        origin=origin_of(table),
    )
    if table.flag("never") == bool(gate.needs):
        raise table.refusal(
            None, 'Say what it needs, needs = ["..."], or that it never counts, never = true.'
        )
    if not gate.needs and gate.selector == Selector():
        raise table.refusal("never", "Say what never counts, such as kinds = [...]; otherwise nothing would.")
    return gate


def _limit(table: Table) -> Limit:
    limit = Limit(
        per=table.choice("per", Period),
        minutes=table.whole("minutes", least=1),
        units=table.amount("units"),
        selector=selector_of(table),
        holders=holders_of(table),
        origin=origin_of(table),
    )
    if (limit.minutes is None) == (limit.units is None):
        raise table.refusal(None, "Say either minutes (of contact) or units (of credit) for this limit.")
    return limit


def _buckets(top: Table) -> tuple[Bucket, ...]:
    buckets = top.each("bucket", _BUCKET, _bucket)
    tables = top.tables("bucket", _BUCKET)
    _refuse_twins(tables, buckets)
    _refuse_crossing(tables, buckets)
    _refuse_crowd(tables, buckets)
    return buckets


def _bucket(table: Table) -> Bucket:
    told = [name for name in _FIGURES if name in table]
    if len(told) != 1:
        raise table.refusal(None, f"Say exactly one of {', '.join(_FIGURES)} for this bucket.")
    op, measure = _FIGURES[told[0]]
    bucket = Bucket(
        id=table.text("id"),
        name=table.text("name"),
        op=op,
        amount=table.amount(told[0]) if measure == "amount" else None,
        percent=table.percent(told[0]) if measure == "percent" else None,
        count=table.whole(told[0]) if measure == "count" else None,
        selector=selector_of(table),
        holders=holders_of(table),
        exclusive=table.flag("exclusive"),
        look_back_years=table.whole("look_back_years", least=1, most=50),
        origin=origin_of(table),
    )
    if op is Op.MAX and (bucket.exclusive or bucket.look_back_years is not None):
        raise table.refusal(None, "exclusive and look_back_years are for minimums. Take them out.")
    if bucket.exclusive and measure == "count":
        raise table.refusal(
            "exclusive", "An exclusive bucket asks for units, not for a number. Use at_least."
        )
    return bucket


def _refuse_crowd(tables: tuple[Table, ...], buckets: tuple[Bucket, ...]) -> None:
    """No person may have more exclusive buckets than can be looked at in every combination."""
    exclusive = [(table, one) for table, one in zip(tables, buckets, strict=True) if one.exclusive]
    for table, one in exclusive:
        if sum(not never_meet(one.holders, other.holders) for _, other in exclusive) > MOST_EXCLUSIVE:
            raise table.refusal(
                "id", f"More than {MOST_EXCLUSIVE} exclusive buckets are too many. Join some."
            )


def _refuse_twins(tables: tuple[Table, ...], buckets: tuple[Bucket, ...]) -> None:
    """An id stands for one bucket, or for several that never hold for the same person."""
    for place, (table, bucket) in enumerate(zip(tables, buckets, strict=True)):
        held = (one for one in buckets[:place] if one.id == bucket.id)
        if bucket.id == "total" or not all(never_meet(one.holders, bucket.holders) for one in held):
            raise table.refusal("id", f"The id {bucket.id} is taken. Give each bucket its own.")


def never_meet(one: Holders, other: Holders) -> bool:
    """Whether nobody can be meant by both."""
    return _excludes(one, other) or _excludes(other, one)


def _excludes(one: Holders, other: Holders) -> bool:
    """Whether everybody whom the one means is among those whom the other leaves out."""
    return bool(one.having) and one.having <= other.lacking


def _refuse_crossing(tables: tuple[Table, ...], buckets: tuple[Bucket, ...]) -> None:
    """Two maximums may not cut the same activity: then it would matter which cuts first, and less could bring more."""
    caps = [(table, one) for table, one in zip(tables, buckets, strict=True) if one.op is Op.MAX]
    for (_, first), (table, second) in combinations(caps, 2):
        one, other = first.selector, second.selector
        if never_meet(first.holders, second.holders):
            continue
        pairs = ((one.kinds, other.kinds), (one.levels, other.levels), (one.categories, other.categories))
        if not any(left and right and left.isdisjoint(right) for left, right in pairs):
            raise table.refusal(
                None,
                f"The maximums {first.id} and {second.id} can cut the same activity. "
                "Give them kinds, levels or categories that have nothing in common.",
            )
