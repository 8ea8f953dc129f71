"""Exclusive buckets: Hall's condition against a search that really shares the credit out."""

from __future__ import annotations

from collections import deque
from fractions import Fraction
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from pdtracker.domain.regimes.exclusive import shortfalls
from pdtracker.domain.regimes.parcel import Parcel
from pdtracker.domain.regimes.rules import Bucket, Op
from pdtracker.domain.regimes.selection import EVERYTHING, Selector
from tests.domain.regimes.records import activity

CATEGORIES = ["subject", "literacy", "digital"]


def bucket(place: int, categories: frozenset[str], amount: int) -> Bucket:
    selector = Selector(categories=categories) if categories else EVERYTHING
    return Bucket(
        id=f"b{place}",
        name=f"b{place}",
        op=Op.MIN,
        amount=Fraction(amount),
        selector=selector,
        exclusive=True,
    )


def parcel(place: int, units: int, shares: dict[str, int]) -> Parcel:
    found = Parcel(activity(60, id=f"a{place}", categories=dict.fromkeys(shares, 1)))
    found.units = Fraction(units)
    found.shares = {name: Fraction(min(share, units)) for name, share in shares.items()}
    return found


def most_shared_out(buckets: list[Bucket], parcels: list[Parcel]) -> Fraction:
    """The most of the minimums that can be filled at once: a flow from activities by their categories to buckets."""
    room: dict[tuple[str, str], Fraction] = {}
    for one in parcels:
        name = one.activity.id
        room["from", name] = one.units
        for category, share in one.shares.items():
            room[name, f"{name}/{category}"] = share
        for place in buckets:
            if not place.selector.categories:
                room[name, place.id] = one.units
            for category in place.selector.categories & set(one.shares):
                room[f"{name}/{category}", place.id] = one.units
    for place in buckets:
        room[place.id, "to"] = place.amount or Fraction(0)
    return _flow(room)


def _flow(room: dict[tuple[str, str], Fraction]) -> Fraction:
    flowed = Fraction(0)
    while path := _path(room):
        steps = list(pairwise(path))
        least = min(room[step] for step in steps)
        for here, there in steps:
            room[here, there] -= least
            room[there, here] = room.get((there, here), Fraction(0)) + least
        flowed += least
    return flowed


def _path(room: dict[tuple[str, str], Fraction]) -> list[str] | None:
    came: dict[str, str] = {"from": ""}
    waiting = deque(["from"])
    while waiting:
        here = waiting.popleft()
        for (start, end), left in room.items():
            if start == here and left > 0 and end not in came:
                came[end] = here
                waiting.append(end)
    if "to" not in came:
        return None
    path = ["to"]
    while path[0] != "from":
        path.insert(0, came[path[0]])
    return path


BUCKETS = st.lists(
    st.tuples(st.frozensets(st.sampled_from(CATEGORIES)), st.integers(0, 6)), min_size=1, max_size=4
)
PARCELS = st.lists(
    st.tuples(st.integers(0, 6), st.dictionaries(st.sampled_from(CATEGORIES), st.integers(0, 6))), max_size=5
)


@given(BUCKETS, PARCELS)
def test_what_is_short_is_exactly_what_no_sharing_can_fill(
    told_buckets: list[tuple[frozenset[str], int]], told_parcels: list[tuple[int, dict[str, int]]]
) -> None:
    buckets = [bucket(place, *told) for place, told in enumerate(told_buckets)]
    parcels = [parcel(place, *told) for place, told in enumerate(told_parcels)]
    asked = [one.amount or Fraction(0) for one in buckets]
    found = shortfalls(buckets, asked, parcels)
    assert sum((one.amount for one in found), Fraction(0)) == sum(asked) - most_shared_out(buckets, parcels)
    named = [one.id for lack in found for one in lack.buckets]
    assert len(named) == len(set(named))


SIX = ("subject", "literacy", "digital", "equity", "stem", "leadership")
SIX_BUCKETS = st.lists(
    st.tuples(st.frozensets(st.sampled_from(SIX), max_size=3), st.integers(0, 5)), min_size=6, max_size=6
)
MORE_PARCELS = st.lists(
    st.tuples(st.integers(0, 5), st.dictionaries(st.sampled_from(SIX), st.integers(0, 5), max_size=3)),
    max_size=6,
)


@settings(max_examples=60)
@given(SIX_BUCKETS, MORE_PARCELS)
def test_of_six_buckets_the_failing_sets_are_the_explanation(
    told_buckets: list[tuple[frozenset[str], int]], told_parcels: list[tuple[int, dict[str, int]]]
) -> None:
    """Each set that is named can't be filled even when nothing goes to the others, and lacks just what is told."""
    buckets = [bucket(place, *told) for place, told in enumerate(told_buckets)]
    parcels = [parcel(place, *told) for place, told in enumerate(told_parcels)]
    asked = [one.amount or Fraction(0) for one in buckets]
    found = shortfalls(buckets, asked, parcels)
    assert sum((one.amount for one in found), Fraction(0)) == sum(asked) - most_shared_out(buckets, parcels)
    for lack in found:
        alone = list(lack.buckets)
        wanted = sum((one.amount or Fraction(0) for one in alone), Fraction(0))
        assert lack.amount == wanted - most_shared_out(alone, parcels) > 0


def test_two_lacks_that_have_nothing_to_do_with_each_other_are_told_apart() -> None:
    buckets = [bucket(0, frozenset({"subject"}), 3), bucket(1, frozenset({"literacy"}), 2)]
    found = shortfalls(buckets, [Fraction(3), Fraction(2)], [])
    assert [([one.id for one in lack.buckets], lack.amount) for lack in found] == [(["b0"], 3), (["b1"], 2)]


def test_the_set_that_cannot_be_filled_is_the_explanation() -> None:
    buckets = [
        bucket(0, frozenset({"subject"}), 3),
        bucket(1, frozenset({"literacy"}), 3),
        bucket(2, frozenset(), 2),
    ]
    both = parcel(0, 4, {"subject": 4, "literacy": 4})
    (lack,) = shortfalls(buckets, [Fraction(3), Fraction(3), Fraction(2)], [both, parcel(1, 2, {})])
    assert ([one.id for one in lack.buckets], lack.amount) == (["b0", "b1"], 2)
