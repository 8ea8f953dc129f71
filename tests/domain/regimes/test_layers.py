"""A lower layer may only tighten: what loosens is refused, and what tightens never raises a result."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdtracker.domain.hours import NBSP
from pdtracker.domain.regimes.evaluation import evaluate
from pdtracker.domain.regimes.facts import Facts
from pdtracker.domain.regimes.layer_writing import Tightenings, write_layer
from pdtracker.domain.regimes.layers import read_layer
from pdtracker.domain.regimes.rules import Bucket, Gate, Layer, Limit, Op, Period, Restrictions, Version
from pdtracker.domain.regimes.selection import EVERYBODY, EVERYTHING, Selector
from pdtracker.domain.regimes.shelf import regime, shelf
from pdtracker.domain.regimes.table import BadRules
from pdtracker.domain.regimes.versions import governing
from tests.domain.regimes.records import HOURLY, LAYER, activity, counted, missing, units, version
from tests.domain.regimes.test_evaluation import NAMES, records

STATE = """
[target]
units = 20
[[limit]]
per = "day"
units = 6
[topic_minimum]
units = 2
[[bucket]]
id = "ell"
name = "English language learners"
at_least = 4
categories = ["ell"]
[[bucket]]
id = "study"
name = "independent study"
at_most = 5
kinds = ["study"]
[carry_over]
at_most = 10
[words.categories]
ell = "x"
[words.kinds]
study = "x"
"""


@pytest.mark.parametrize(
    ("rules", "line", "sentence"),
    [
        ("[target]\nunits = 19\n", 2, "A target of 19 is less than the 20 above"),
        (
            "[[limit]]\nper = 'day'\nunits = 7\n",
            1,
            "7 in a day are more than the 6 above; a layer may only tighten. Ask for 6 or less",
        ),
        ("[topic_minimum]\nunits = 1\n", 2, "1 on a topic are less than the 2 above"),
        (
            "[[bucket]]\nid = 'ell'\nname = 'x'\nat_least = 3\ncategories = ['ell']\n",
            1,
            "is less than the 4 above; a layer may only tighten. Ask for 4 or more, or leave it out.",
        ),
        (
            "[[bucket]]\nid = 'ell'\nname = 'x'\nat_least = 9\n",
            1,
            "with other words than here; a layer may only tighten. Ask for another figure alone",
        ),
        (
            "[[bucket]]\nid = 'study'\nname = 'x'\nat_most = 6\nkinds = ['study']\n",
            1,
            "6 is more than the 5 above; a layer may only tighten. Ask for 5 or less, or leave it out.",
        ),
        (
            "[carry_over]\nat_most = 11\n",
            2,
            "11 carried over is more than the 10 above; a layer may only tighten. Ask for 10 or less",
        ),
        ("[rounding]\nquantum = 1\nmode = 'up'\n", 3, "A layer may only round down"),
        ("[[accrual]]\nper = 'hour'\nunits = 2\n", 1, "it can't bring credit"),
        ("[cycle]\nanchor = 'issue_date'\nyears = 9\n", 1, "it can't change the cycle"),
        ("[targets]\nunits = 30\n", 1, "Did you mean target?"),
    ],
)
def test_a_layer_that_loosens_is_refused_with_the_line_that_does(
    rules: str, line: int, sentence: str
) -> None:
    with pytest.raises(BadRules) as refused:
        read_layer("district.toml", LAYER + rules, version(STATE))
    assert refused.value.sentence.startswith(f"district.toml, line {LAYER.count(chr(10)) + line}: ")
    assert sentence in refused.value.sentence


@pytest.mark.parametrize(
    ("rules", "line", "sentence"),
    [
        ("at_least_minutes = 29\n", 1, "29 minutes are less than the 30 above"),
        ("[rounding]\nquantum = 0.25\n", 2, "Steps of 0.25 are smaller than the 0.5 above"),
        ("[[gate]]\nneeds = ['validated']\ndays_after_end = 31\n", 1, "more time than the rule above"),
        ("[[gate]]\nneeds = ['planned']\ndays_before_start = 6\n", 1, "more time than the rule above"),
        ("[[bucket]]\nid = 'own'\nname = 'x'\nat_most = 6\nkinds = ['study']\n", 1, "Ask for 5 or less"),
        ("[[bucket]]\nid = 'own'\nname = 'x'\nat_least = 3\ncategories = ['ell']\n", 1, "Ask for 4 or more"),
    ],
)
def test_a_new_layer_that_reads_as_if_it_gave_more_is_refused_and_an_old_one_stays(
    rules: str, line: int, sentence: str
) -> None:
    """It takes nothing, so one that was published before isn't left out for it: that would loosen."""
    gates = (
        "[[gate]]\nneeds = ['validated']\ndays_after_end = 30\n"
        "[[gate]]\nneeds = ['planned']\ndays_before_start = 7\n"
    )
    meant = "[words.evidence]\nvalidated = 'x'\nplanned = 'x'\n"
    steps = "[rounding]\nquantum = 0.5\nmode = 'down'\nscope = 'activity'\n"
    hours = HOURLY + "at_least_minutes = 30\n"
    state = version(
        STATE.replace("[words.categories]", f"{gates}{steps}{meant}[words.categories]"), accruals=hours
    )
    assert read_layer("district.toml", LAYER + rules, state)
    with pytest.raises(BadRules) as refused:
        read_layer("district.toml", LAYER + rules, state, is_new=True)
    assert refused.value.line == LAYER.count(chr(10)) + line
    assert sentence in refused.value.sentence
    same = LAYER + "at_least_minutes = 30\n[rounding]\nquantum = 0.5\n"
    assert read_layer("district.toml", same, state, is_new=True)


QUARTERS = st.integers(0, 400).map(lambda quarters: Fraction(quarters, 4))
AMOUNTS = st.none() | QUARTERS


@st.composite
def asked_of(draw: st.DrawFn, rules: Version) -> Tightenings:
    """What somebody types for a regime, sensible or not."""
    buckets, kinds = len(rules.restrictions.buckets), sorted(rules.words["kinds"]) or ["webinar"]
    shown = sorted(rules.words["evidence"]) or ["reflected"]
    places = st.dictionaries(st.integers(0, buckets - 1), QUARTERS, max_size=2) if buckets else st.just({})
    return Tightenings(
        name="Maplewood",
        target=draw(AMOUNTS),
        least_minutes=draw(st.integers(0, 100)),
        quantum=draw(AMOUNTS),
        topic_minimum=draw(AMOUNTS),
        carry_most=draw(AMOUNTS),
        limits=draw(st.dictionaries(st.sampled_from(Period), QUARTERS, max_size=1)),
        evidence=draw(st.frozensets(st.sampled_from(shown), max_size=1)),
        buckets=draw(places),
        kinds=draw(st.dictionaries(st.sampled_from(kinds), QUARTERS, max_size=1)),
    )


@given(st.data(), st.sampled_from(NAMES), records())
def test_whatever_is_typed_for_any_regime_is_refused_or_gives_nobody_more(
    data: st.DataObject, name: str, record: Facts
) -> None:
    versions = shelf()[name]
    rules = governing(versions, record)
    try:
        layer = read_layer("layer.toml", write_layer(data.draw(asked_of(rules)), rules).text, rules)
    except BadRules:
        return
    above, below = evaluate(versions, record), evaluate(versions, record, [layer])
    assert below.earned <= above.earned
    assert below.required >= above.required
    assert below.carry_over <= above.carry_over
    counts = units(above)
    assert all(amount <= counts[key] for key, amount in units(below).items())
    assert below.missing or not above.missing


def test_a_layer_belongs_under_its_regime_and_a_district_above_a_provider() -> None:
    with pytest.raises(BadRules, match="It stands under test, not under georgia-plu"):
        read_layer("d.toml", LAYER, regime("georgia-plu")[-1])
    provider = read_layer("p.toml", LAYER.replace("district", "provider"), version())
    with pytest.raises(BadRules, match="A district's rules stand above a provider's"):
        read_layer("d.toml", LAYER, version(), [provider])


def test_a_provider_may_not_loosen_the_district() -> None:
    district = read_layer("d.toml", LAYER + "[target]\nunits = 30\n", version(STATE))
    with pytest.raises(BadRules, match="less than the 30 above"):
        read_layer(
            "p.toml",
            LAYER.replace("district", "provider") + "[target]\nunits = 25\n",
            version(STATE),
            [district],
        )


def test_a_layer_raises_target_and_minimum_and_lowers_what_is_carried() -> None:
    minimum = "[[bucket]]\nid = 'ell'\nname = 'x'\nat_least = 6\ncategories = ['ell']\n"
    tighter = "[target]\nunits = 24\n[carry_over]\nat_most = 1\n" + minimum
    told = [
        activity(360, on=activity().on.replace(day=day), categories={"ell": 60}, topic="x")
        for day in range(1, 6)
    ]
    state = counted(version(STATE), *told)
    district = counted(version(STATE), *told, layers=(LAYER + tighter,))
    assert (state.required, state.carry_over, missing(state)) == (20, 10, {})
    assert (district.required, district.carry_over, missing(district)) == (24, 1, {"ell": 1})


def test_six_points_a_day_and_whole_hours_are_a_districts_and_a_providers_own() -> None:
    six_a_day = LAYER + "[[limit]]\nper = 'day'\nunits = 6\n"
    assert counted(version(), activity(480), layers=(six_a_day,)).earned == 6
    whole = LAYER.replace("district", "provider") + "at_least_minutes = 180\n[rounding]\nquantum = 1\n"
    found = counted(version(), activity(179, id="a"), activity(210, id="b"), layers=(whole,))
    assert units(found) == {"a": 0, "b": 3}
    assert "Maplewood rounds down" in " ".join(found.parcels[1].reasons)


def test_a_higher_target_below_does_not_widen_a_maximum_above() -> None:
    (texas,) = regime("texas-cpe@2023")
    study = activity(3000, kind="independent_study", evidence=["approved_provider"])
    higher = LAYER.replace('"test"', '"texas-cpe"') + "[target]\nunits = 300\n"
    found = counted(texas, study, layers=(higher,))
    assert (found.required, found.earned) == (300, 30)


WORDS = [None, "conference", "article", "independent_study", "guest_teaching"]
SELECTORS = st.sampled_from(WORDS).map(lambda kind: Selector(kinds=frozenset({kind})) if kind else EVERYTHING)
LAYERS = st.builds(
    Layer,
    layer=st.just("district"),
    under=st.just("any"),
    name=st.just("Maplewood"),
    restrictions=st.builds(
        Restrictions,
        gates=st.lists(
            st.builds(Gate, needs=st.just(frozenset({"assessed"})), selector=SELECTORS), max_size=1
        ).map(tuple),
        limits=st.lists(
            st.builds(Limit, per=st.sampled_from(Period), units=st.integers(0, 20).map(Fraction)), max_size=2
        ).map(tuple),
        topic_minimum=st.integers(0, 5).map(Fraction),
        once_each=st.booleans(),
        buckets=st.lists(
            st.builds(
                Bucket,
                id=st.just("own"),
                name=st.just("own"),
                op=st.sampled_from(Op),
                amount=st.integers(0, 20).map(Fraction),
                selector=SELECTORS,
            ),
            max_size=1,
        ).map(tuple),
    ),
    least_minutes=st.integers(0, 120),
    quantum=st.none() | st.sampled_from([Fraction(1, 4), Fraction(1), Fraction(3)]),
    target=st.none() | st.integers(0, 300).map(Fraction),
    carry_most=st.none() | st.integers(0, 20).map(Fraction),
)


@given(st.sampled_from(NAMES), records(), st.lists(LAYERS, min_size=1, max_size=2))
def test_tightening_never_raises_a_result(name: str, record: Facts, layers: list[Layer]) -> None:
    versions = shelf()[name]
    above = evaluate(versions, record)
    below = evaluate(versions, record, layers)
    assert below.earned <= above.earned
    assert below.required >= above.required
    assert below.carry_over <= above.carry_over
    counts = units(above)
    assert all(amount <= counts[key] for key, amount in units(below).items())
    lacks = missing(below)
    for what, amount in missing(above).items():
        if "+" not in what:
            assert lacks.get(what, 0) >= amount or any(what in key.split(" + ") for key in lacks)


@given(records(), st.integers(1, 20), st.integers(1, 20), st.sampled_from(Period))
def test_a_lower_limit_in_a_layer_never_raises_a_result(
    record: Facts, one: int, other: int, per: Period
) -> None:
    least, most = sorted((one, other))

    def earned(amount: int) -> Fraction:
        limit = Limit(per=per, units=Fraction(amount), selector=EVERYTHING, holders=EVERYBODY)
        layer = Layer(layer="district", under="x", name="x", restrictions=Restrictions(limits=(limit,)))
        return evaluate(shelf()["texas-cpe"], record, [layer]).earned

    assert earned(least) <= earned(most)


def test_a_layer_says_which_of_its_rules_took_what() -> None:
    rule = LAYER + "[[gate]]\nneeds = ['pre_approved']\n"
    found = counted(version(), activity(60), layers=(rule,))
    assert found.earned == 0
    assert found.parcels[0].reasons[-1] == "It doesn't count, because this isn't shown: pre approved."


def test_everything_that_is_not_shown_is_told_at_once_and_once() -> None:
    """Whoever mends the first thing shouldn't learn of the second only then."""
    meant = "".join(f"{word} = '{word}'\n" for word in ("mastery", "verified", "signed"))
    asks = version(
        f"[words.evidence]\nassessed = 'learning was assessed'\n{meant}[[gate]]\nneeds = ['assessed']\n"
        "[[gate]]\nneeds = ['mastery', 'verified']\n[[gate]]\nneeds = ['signed']\n"
    )
    rule = LAYER + "[[gate]]\nneeds = ['signed']\n[[gate]]\nneeds = ['reflected']\n"
    (parcel,) = counted(asks, activity(60), layers=(rule,)).parcels
    assert parcel.reasons == (
        "It doesn't count, because this isn't shown: learning was assessed.",
        "It doesn't count, because none of this is shown: mastery; or verified.",
        "It doesn't count, because this isn't shown: signed.",
        "It doesn't count, because this isn't shown: reflected.",
    )
    assert parcel.lacks == tuple(
        map(frozenset, (["assessed"], ["mastery", "verified"], ["signed"], ["reflected"]))
    )
    (shown,) = counted(
        asks, activity(60, evidence=("assessed", "verified", "signed")), layers=(rule,)
    ).parcels
    assert [reason for reason in shown.reasons if "shown" in reason] == [
        "It doesn't count, because this isn't shown: reflected."
    ]


def test_a_bucket_that_differs_by_person_is_tightened_for_each_of_them() -> None:
    version = shelf()["new-york-ctle"][-1]
    top = 'layer = "district"\nunder = "new-york-ctle"\nname = "Maplewood"\n'
    text = (
        f'{top}[[bucket]]\nid = "ell"\nname = "ELL"\nat_least_percent = 20\ncategories = ["ell"]\n'
        'unless_person = ["esol_certificate"]\n'
    )
    assert read_layer("layer.toml", text, version).restrictions.buckets[0].percent == 20
    everybody = text.replace('unless_person = ["esol_certificate"]\n', "")
    with pytest.raises(BadRules, match="with other words than here"):
        read_layer("layer.toml", everybody, version)


@pytest.mark.parametrize("name", ["Maplewood", "{} {0} {name}"])
def test_what_a_layer_asks_is_said_in_its_own_name(name: str) -> None:
    rules = version("[target]\nunits = 100\n")
    layer = LAYER.replace("Maplewood", name)
    told = [
        note.replace(NBSP, " ") for note in counted(rules, layers=(f"{layer}[target]\nunits = 110\n",)).notes
    ]
    assert f"Counted by Test, version 1, and by what {name} asks on top of it." in told
    assert f"{name} asks for 110 hours in a cycle; Test alone asks for 100 hours." in told
    assert not [note for note in told if note.startswith("The cycle asks for")]


def test_a_layer_that_asks_for_no_other_figure_leaves_the_regimes() -> None:
    rules = version("[target]\nunits = 100\n")
    told = [
        note.replace(NBSP, " ") for note in counted(rules, layers=(f"{LAYER}at_least_minutes = 30\n",)).notes
    ]
    assert "The cycle asks for 100 hours." in told
    assert counted(rules).notes[0] == "Counted by Test, version 1."


WHOLE_LAYER = (
    'layer = "district"\nunder = "new-york-ctle"\nname = "Maplewood"\nat_least_minutes = 30\n'
    "[target]\nunits = 110\n[rounding]\nquantum = 0.25\n[carry_over]\nat_most = 0\n"
    '[[limit]]\nper = "day"\nunits = 6\n[[gate]]\nneeds = ["reflected"]\ndays_after_end = 30\n'
    '[[bucket]]\nid = "ell"\nname = "language"\nat_least_percent = 20\ncategories = ["ell"]\n'
)
HOSTILE = st.sampled_from(
    ["-1", "0", "1e400", "-1e400", "1e99999999999999999999", "nan", "inf", "true", '""', '"x"', "[]", "{}", "[[]]",
     '["ell", 1]', "1979-05-27", "9" * 400, '"' + "x" * 5000 + '"', "0.1", "100.5", '"\\u0000"', '"', "=", "]"]
)  # fmt: skip


@given(st.data(), st.lists(HOSTILE, min_size=1, max_size=3), records())
def test_hostile_values_in_a_layer_are_refused_with_their_line_or_give_nobody_more(
    data: st.DataObject, hostile: list[str], record: Facts
) -> None:
    lines = WHOLE_LAYER.splitlines()
    valued = [place for place, line in enumerate(lines) if " = " in line]
    for value in hostile:
        place = data.draw(st.sampled_from(valued))
        lines[place] = f"{lines[place].partition(' = ')[0]} = {value}"
    text = "\n".join(lines) + "\n"
    state = shelf()["new-york-ctle"][-1]
    layer, line, said = _read_or_refused(text, state)
    if layer is None:
        assert 1 <= line <= text.count("\n") + 1
        assert said.endswith(".")
        return
    below, above = evaluate([state], record, [layer]), evaluate([state], record)
    assert 0 <= below.earned <= above.earned
    assert below.required >= above.required


def _read_or_refused(text: str, state: Version) -> tuple[Layer | None, int, str]:
    """The layer, or the line and the sentence of its refusal."""
    try:
        return read_layer("layer.toml", text, state), 0, ""
    except BadRules as refusal:
        return None, refusal.line, refusal.sentence
