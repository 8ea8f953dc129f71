"""A rule file that can't be used is refused with file, line and the sentence that mends it."""

from __future__ import annotations

import pytest

from pdtracker.domain.regimes.document import read_version, refuse_twins
from pdtracker.domain.regimes.table import BadRules
from tests.domain.regimes.records import HEAD, HOURLY, version

START = HEAD.count("\n") + HOURLY.count("\n")


@pytest.mark.parametrize(
    ("rules", "line", "sentence"),
    [
        ("[[bucket]]\nid = 'ell'\nname = 'x'\n", 1, "Say exactly one of at_least"),
        ("[[bucket]]\nid = 'ell'\nat_least_persent = 3\n", 3, "Did you mean at_least_percent?"),
        ("[[bucket]]\nid = 'a'\nname = 'a'\nat_least = 3\nshared = true\n", 5, "There is no key shared here."),
        ("[[bucket]]\nid = 'a'\nname = 'a'\nat_least = 3\nexclusiv = true\n", 5, "Did you mean exclusive?"),
        ("[[bucket]]\nid = 'a'\nname = 'a'\nat_least_percent = 101\n", 4, "write a number from 0 to 100"),
        ("[[accrual]]\nper = 'semestre_hour'\nunits = 1\n", 2, "There is no unit semestre_hour. Write one of hour"),
        ("[[accrual]]\nper = 'hour'\nunits = -1\n", 3, "Write units as a number from 0 to 1,000,000"),
        ("[[accrual]]\nper = 'hour'\nunits = 1e30\n", 3, "Write units as a number"),
        ("[[accrual]]\nper = 'hour'\n", 1, "The key units is missing here."),
        ("[[gate]]\nneeds = ['asessed']\n", 2, "The word asessed has no meaning here. Add it below [words.evidence]."),
        ("[words.facts]\nnbct = 'National Board'\n", 2, "No rule uses nbct. Take it out, or write the rule."),
        ("[[gate]]\nkinds = ['x']\n", 1, "Say what it needs"),
        ("[[gate]]\nnever = true\n", 2, "Say what never counts"),
        ("[[limit]]\nper = 'month'\nunits = 1\n", 2, "Write per as one of day, week, year."),
        ("[[limit]]\nper = 'day'\n", 1, "Say either minutes"),
        ("[cycle]\nanchor = 'moon'\nyears = 5\n", 2, "Write anchor as one of fixed_date"),
        ("[cycle]\nanchor = 'school_year'\nstarts = '13-01'\nyears = 5\n", 3, "Write starts as month and day"),
        ("[target]\nunits = 5\nprorate = 'years_practised'\n", 3, "Say of how many years"),
        ("[target]\nunits = 5\ninstead = [\n  { units = 3 },\n]\n", 4, "Say the units and for whom"),
        ("[target]\nunits = 5\ninstead = [\n  { unit = 3 },\n]\n", 4, "Did you mean units?"),
        ("[rounding]\nquantum = 0\nmode = 'down'\nscope = 'total'\n", 2, "Write quantum as the step"),
        ("[carry_over]\nat_most = '50'\n", 2, "Write at_most as a number"),
        ("[[example]]\nsays = 'nothing'\nearned = 1\n", 1, "Say the cycle's start and end"),
        ("[targt.more]\nunits = 5\n", 1, "There is no key targt here. Did you mean target?"),
        ("[target]\nunits = 5\nfloor = " + "9" * 5000, 3, "too deep or too long"),
        ("[target]\nunits = 5\nfloor = " + "[" * 100_000, 3, "too deep or too long"),
        ("[target]\nunits = 5\nfloor" + ".a" * 5000 + " = 1", 3, "too deep or too long"),
        ("[target]\nunits = 5\nflor = 0." + "1" * 15_000, 3, "Did you mean floor?"),
        ("[target]\nunits = 5\nunits = 6\n", 3, "stands here a second time"),
        ("[[bucket]]\nid = 'total'\nname = 'a'\nat_least = 3\n", 2, "The id total is taken."),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line(rules: str, line: int, sentence: str) -> None:
    with pytest.raises(BadRules) as refused:
        version(rules)
    assert refused.value.sentence.startswith(f"test.toml, line {START + line}: ")
    assert sentence in refused.value.sentence


def test_a_header_of_many_blanks_is_refused_at_once() -> None:
    """What reads the headers took a time that grew with their cube: hours for what the form takes."""
    with pytest.raises(BadRules) as refused:
        version("[" + " " * 15_000 + "'x']\n")
    assert "There is no key x here." in refused.value.sentence


def test_cycles_that_overlap_are_refused_at_the_later_one() -> None:
    periods = (
        "[cycle]\nanchor = 'fixed_date'\nyears = 5\n"
        "[[cycle.period]]\nstart = 2015-01-01\nend = 2019-12-31\n"
        "[[cycle.period]]\nstart = 2019-12-31\nend = 2024-12-31\n"
    )
    with pytest.raises(
        BadRules, match=r"The cycle from 2019-12-31 to 2024-12-31 overlaps the one from"
    ) as refused:
        version(periods)
    assert refused.value.line == START + 7
    assert version(periods.replace("2019-12-31\nend", "2020-01-01\nend")).cycle.periods[1].start.year == 2020


def test_a_regimes_unit_has_to_exist() -> None:
    with pytest.raises(
        BadRules, match=r"test\.toml, line 10: There is no unit hours\. Write one of clock_hour, hour"
    ):
        version(head=HEAD.replace('unit = "hour"', 'unit = "hours"'))


@pytest.mark.parametrize("text", ["regime = ", "a = 1\na = 2\n", "[x\n", "x = '''", "x = [" * 5000])
def test_what_is_no_toml_is_told_by_line(text: str) -> None:
    with pytest.raises(BadRules, match=r"^f\.toml, line \d+: "):
        read_version("f.toml", text)


def test_maximums_that_cut_the_same_activity_are_refused() -> None:
    bucket = "[[bucket]]\nid = '{0}'\nname = '{0}'\nat_most = 5\nkinds = {1}\n"
    with pytest.raises(BadRules, match="The maximums a and b can cut the same activity") as refused:
        version(bucket.format("a", "['x', 'y']") + bucket.format("b", "['y']"))
    assert refused.value.line == START + 6


def test_more_exclusive_buckets_than_can_be_told_apart_are_refused() -> None:
    bucket = "[[bucket]]\nid = 'b{0}'\nname = 'b'\nat_least = 1\nexclusive = true\n"
    with pytest.raises(BadRules, match="More than 6 exclusive buckets"):
        version("".join(bucket.format(place) for place in range(7)))


def test_two_files_may_not_state_the_same_version() -> None:
    with pytest.raises(BadRules, match=r"b\.toml, line 1: a\.toml states version"):
        refuse_twins({"a.toml": version(), "b.toml": version()})


def test_a_float_never_touches_credit() -> None:
    rules = version(accruals="\n[[accrual]]\nper = 'hour'\nunits = 0.1\n")
    assert rules.accruals[0].units * 10 == 1
