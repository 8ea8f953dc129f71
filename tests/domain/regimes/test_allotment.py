"""An edition of a layer that tightens never gives anybody more, however its rules share the hours of a record."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import product

from hypothesis import example, given
from hypothesis import strategies as st

from pdtracker.domain.regimes.evaluation import Evaluation, evaluate
from pdtracker.domain.regimes.facts import Activity, Facts
from pdtracker.domain.regimes.rules import Bucket, Gate, Layer, Limit, Op, Period, Restrictions
from pdtracker.domain.regimes.selection import EVERYTHING, Selector
from pdtracker.domain.regimes.simplex import fullest
from tests.domain.regimes.records import HOURLY, activity, facts, units, version

JANUARY = date(2022, 1, 3)
"""A Monday."""
STATE = version(
    "[cycle]\nanchor = 'school_year'\nstarts = '01-01'\nyears = 5\n[target]\nunits = 8\n"
    "[carry_over]\nat_most = 10\nlast_months = 35\n"
    "[[bucket]]\nid = 'ell'\nname = 'ELL'\nat_least = 4\ncategories = ['ell']\n"
    "[words.categories]\nell = 'x'\n",
    accruals=HOURLY,
)
SELECTORS = st.sampled_from(
    [
        EVERYTHING,
        Selector(kinds=frozenset({"study"})),
        Selector(kinds=frozenset({"chat"})),
        Selector(categories=frozenset({"ell"})),
    ]
)
FEW = st.integers(0, 8).map(Fraction)
LIMITS = st.builds(Limit, per=st.sampled_from(Period), units=FEW, selector=SELECTORS)
MAXIMUMS = st.one_of(
    st.builds(Bucket, id=st.just("x"), name=st.just("x"), op=st.just(Op.MAX), amount=FEW, selector=SELECTORS),
    st.builds(
        Bucket,
        id=st.just("y"),
        name=st.just("y"),
        op=st.just(Op.MAX),
        percent=FEW.map(lambda few: few * 10),
        selector=SELECTORS,
    ),
    st.builds(
        Bucket,
        id=st.just("z"),
        name=st.just("z"),
        op=st.just(Op.MAX),
        count=st.integers(0, 2),
        selector=SELECTORS,
    ),
)
GATES = st.builds(Gate, needs=st.just(frozenset({"assessed"})), selector=SELECTORS)


def few_of(drawn: st.SearchStrategy[object], most: int = 2) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(drawn, max_size=most).map(tuple)


RESTRICTIONS = st.builds(
    Restrictions,
    gates=few_of(GATES, 1),
    limits=few_of(LIMITS, 3),
    topic_minimum=st.sampled_from([0, 0, 2, 5]).map(Fraction),
    once_each=st.booleans(),
    buckets=few_of(MAXIMUMS, 2),
)
LAYERS = st.builds(
    Layer,
    layer=st.just("district"),
    under=st.just("test"),
    name=st.just("Maplewood"),
    restrictions=RESTRICTIONS,
    least_minutes=st.sampled_from([0, 0, 90]),
    quantum=st.sampled_from([None, None, Fraction(1)]),
    target=st.none() | st.just(Fraction(9)),
)
DRAWN = st.tuples(
    st.sampled_from([0, 0, 1, 8, 800]),
    st.sampled_from([0, 0, 0, 1]),
    st.integers(1, 16),
    st.sampled_from(["study", "chat"]),
    st.sampled_from([{}, {"ell": 1}, {"ell": 2, "art": 2}, {"ell": 3, "art": 3}]),
    st.none() | st.sampled_from(["one", "two"]),
    st.booleans(),
)


def put_together(place: int, drawn: tuple[object, ...]) -> Activity:
    day, length, quarters, kind, parts, key, is_assessed = drawn
    on, minutes = JANUARY + timedelta(days=day), quarters * 30  # type: ignore[arg-type, operator]
    return activity(
        minutes,
        id=f"a{place}",
        on=on,
        ends_on=on + timedelta(days=length),  # type: ignore[arg-type]
        kind=kind,
        topic=key,
        repeat_key=key,
        categories={name: minutes * part // 4 for name, part in parts.items()},  # type: ignore[attr-defined]
        evidence=["assessed"] if is_assessed else [],
    )


RECORDS = st.lists(DRAWN, max_size=6).map(
    lambda drawn: facts(*(put_together(place, one) for place, one in enumerate(drawn)))
)


def lower(limit: Limit) -> Limit:
    return replace(limit, units=(limit.units or Fraction(0)) / 2)


def lower_maximum(bucket: Bucket) -> Bucket:
    if bucket.count is not None:
        return replace(bucket, count=bucket.count // 2)
    if bucket.percent is not None:
        return replace(bucket, percent=bucket.percent / 2)
    return replace(bucket, amount=(bucket.amount or Fraction(0)) / 2)


@st.composite
def tightened(draw: st.DrawFn, layer: Layer) -> Layer:
    """The layer's next edition: some rules stricter, some added, none looser."""
    held, more = layer.restrictions, draw(RESTRICTIONS)
    stricter = Restrictions(
        gates=(*held.gates, *more.gates),
        limits=(*(lower(one) if draw(st.booleans()) else one for one in held.limits), *more.limits),
        topic_minimum=max(held.topic_minimum, more.topic_minimum),
        once_each=held.once_each or more.once_each,
        buckets=(
            *(lower_maximum(one) if draw(st.booleans()) else one for one in held.buckets),
            *more.buckets,
        ),
    )
    return replace(
        layer,
        restrictions=stricter,
        least_minutes=max(layer.least_minutes, draw(st.sampled_from([0, 120]))),
        quantum=layer.quantum if draw(st.booleans()) else (layer.quantum or Fraction(1)) * 2,
        target=draw(st.sampled_from([layer.target, Fraction(30)])),
    )


EDITIONS = LAYERS.flatmap(lambda layer: st.tuples(st.just(layer), tightened(layer)))


def district(*limits: Limit, buckets: tuple[Bucket, ...] = (), gates: tuple[Gate, ...] = ()) -> Layer:
    """A layer of these rules."""
    rules = Restrictions(limits=limits, buckets=buckets, gates=gates)
    return Layer(layer="district", under="test", name="Maplewood", restrictions=rules)


TEN_A_YEAR = Limit(per=Period.YEAR, units=Fraction(10))
STUDY = Selector(kinds=frozenset({"study"}))
TWO_OF_STUDY = Bucket(id="study", name="study", op=Op.MAX, amount=Fraction(2), selector=STUDY)
ASSESSED = Gate(needs=frozenset({"assessed"}), selector=STUDY)
STUDY_FIRST = facts(
    activity(600, id="study", on=JANUARY, kind="study"),
    activity(600, id="chat", on=JANUARY + timedelta(days=30), kind="chat"),
)


@given(RECORDS, EDITIONS, st.lists(LAYERS, max_size=1))
@example(
    STUDY_FIRST,
    (
        district(TEN_A_YEAR, buckets=(TWO_OF_STUDY,)),
        district(TEN_A_YEAR, buckets=(TWO_OF_STUDY,), gates=(ASSESSED,)),
    ),
    [],
)
def test_an_edition_that_tightens_gives_nobody_more(
    record: Facts, editions: tuple[Layer, Layer], provider: list[Layer]
) -> None:
    first, second = (evaluate([STATE], record, [edition, *provider]) for edition in editions)
    assert second.earned <= first.earned
    assert second.required >= first.required
    assert max(second.required - second.earned, 0) >= max(first.required - first.earned, 0)
    assert second.carry_over <= first.carry_over


@given(RECORDS, st.lists(LAYERS, min_size=1, max_size=2), st.randoms(use_true_random=False))
def test_layers_only_take_say_so_and_do_not_go_by_the_order_of_the_list(
    record: Facts, layers: list[Layer], dice: object
) -> None:
    above, found = evaluate([STATE], record), evaluate([STATE], record, layers)
    counts = units(above)
    for before, parcel in zip(above.parcels, found.parcels, strict=True):
        assert 0 <= parcel.units <= counts[parcel.activity.id]
        assert all(0 <= share <= parcel.units for share in parcel.shares.values())
        assert parcel.units == before.units or len(parcel.reasons) > len(before.reasons)
    for maximum in (one for layer in layers for one in layer.restrictions.buckets):
        held = [parcel.eligible(maximum.selector) for parcel in found.parcels]
        assert maximum.count is not None or sum(held) <= maximum.asks(Fraction(8))
    shuffled = list(record.activities)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    other = evaluate([STATE], replace(record, activities=tuple(shuffled)), layers)
    assert (units(other), told(other), other.notes) == (units(found), told(found), found.notes)


def told(found: Evaluation) -> dict[str, tuple[str, ...]]:
    return {parcel.activity.id: parcel.reasons for parcel in found.parcels}


def test_hours_that_a_cap_takes_do_not_use_up_a_limit() -> None:
    found = evaluate([STATE], STUDY_FIRST, [district(TEN_A_YEAR, buckets=(TWO_OF_STUDY,))])
    assert units(found) == {"study": 2, "chat": 8}
    study, chat = found.parcels
    assert study.reasons[-1] == "2 hours of study count at most: of 10, 2 count.".replace(
        "2 h", "2\u00a0h", 1
    )
    assert chat.reasons[-1].endswith("10\u00a0hours count in a year: 10 becomes 8.")


def test_of_equals_the_first_of_the_record_counts_unless_another_serves_a_minimum() -> None:
    on = [JANUARY + timedelta(days=day) for day in range(3)]
    record = facts(*(activity(240, id=f"a{place}", on=day) for place, day in enumerate(on)))
    six = district(Limit(per=Period.YEAR, units=Fraction(6)))
    assert units(evaluate([STATE], record, [six])) == {"a0": 4, "a1": 2, "a2": 0}
    last = record.activities[2]._replace(categories={"ell": 240})
    serving = replace(record, activities=(*record.activities[:2], last))
    assert units(evaluate([STATE], serving, [six])) == {"a0": 2, "a1": 0, "a2": 4}


def test_a_higher_target_of_a_layer_does_not_widen_its_own_maximum() -> None:
    half = replace(TWO_OF_STUDY, amount=None, percent=Fraction(50))
    asks = district(buckets=(half,))
    earned = {
        target: evaluate([STATE], STUDY_FIRST, [replace(asks, target=target)]).earned
        for target in (None, Fraction(100))
    }
    assert set(earned.values()) == {Fraction(14)}


SMALL = st.integers(0, 3)


@given(st.data(), st.lists(SMALL, min_size=1, max_size=4))
def test_the_fullest_way_is_found_and_fits(data: st.DataObject, bounds: list[int]) -> None:
    """Of rows in two partitions, as periods and kinds are, some best way is in whole numbers: all are tried."""
    rows = []
    for _ in range(2):
        part = [data.draw(SMALL) for _ in bounds]
        rows += [
            ({place: 1 for place, one in enumerate(part) if one == name}, data.draw(SMALL))
            for name in sorted(set(part))
        ]
    worths = [(1, data.draw(st.integers(0, 1))) for _ in bounds]

    def fits(amounts: tuple[int, ...]) -> bool:
        return all(sum(amounts[place] * need for place, need in row.items()) <= most for row, most in rows)

    def worth(amounts: tuple[int, ...]) -> tuple[int, int]:
        firsts, seconds = zip(*worths, strict=True)
        return tuple(sum(one * w for one, w in zip(amounts, ws, strict=True)) for ws in (firsts, seconds))  # type: ignore[return-value]

    found = tuple(fullest(bounds, rows, worths))
    assert all(0 <= one <= bound for one, bound in zip(found, bounds, strict=True))
    assert fits(found)  # type: ignore[arg-type]
    ways = product(*(range(bound + 1) for bound in bounds))
    assert worth(found) == max(worth(way) for way in ways if fits(way))  # type: ignore[arg-type]


def test_a_row_may_need_parts_of_an_amount() -> None:
    """Of 4 that need a half each and 4 that need a whole, 3 have room for the first and for one of the second."""
    assert fullest([4, 4], [({0: Fraction(1, 2), 1: 1}, 3)], [(1, 0), (1, 0)]) == [4, 1]
