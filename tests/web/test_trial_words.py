"""What a trial of a layer says of a licence: the line before and the line after it never read alike."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdtracker.domain.hours import NBSP
from pdtracker.domain.layer_dry_run import LicenceChange
from pdtracker.web.rules.trial_words import stands
from tests.domain.regimes.records import HOURLY, LAYER, activity, counted, version

RULES = version(
    "[target]\nunits = 10\n[carry_over]\nat_most = 5\n"
    "[[bucket]]\nid = 'a'\nname = 'reading'\nat_least = 2\ncategories = ['a']\nexclusive = true\n"
    "[[bucket]]\nid = 'b'\nname = 'leadership'\nat_least = 2\ncategories = ['b']\nexclusive = true\n"
    "[words.categories]\na = 'reading'\nb = 'leadership'\n",
    accruals=HOURLY,
)
MORE = "[[bucket]]\nid = 'c'\nname = 'technology'\nat_least = 3\ncategories = ['c']\n"


def change(rules: str, *, reading: int = 0, leadership: int = 0, hours: int = 10) -> LicenceChange:
    """A licence whose ten hours touch both parts for so many minutes."""
    parts = {
        name: minutes for name, minutes in (("a", reading), ("b", leadership), ("c", reading)) if minutes
    }
    done = activity(hours * 60, categories=parts)
    before, after = counted(RULES, done), counted(RULES, done, layers=(f"{LAYER}{rules}",))
    return LicenceChange(1, 1, "Ada Lindqvist", date(2024, 12, 31), before, after)


def lines(one: LicenceChange) -> tuple[str, str]:
    """What the two cells say."""
    before, after = stands(one.before, one.after), stands(one.after, one.before)
    return before.replace(NBSP, " "), after.replace(NBSP, " ")


@pytest.mark.parametrize(
    ("rules", "before", "after"),
    [
        (MORE, "10 of 10 hours; technology: no minimum", "10 of 10 hours; technology: 2 of 3 hours"),
        (
            "[[bucket]]\nid = 'a'\nname = 'reading'\nat_least = 5\ncategories = ['a']\nexclusive = true\n",
            "10 of 10 hours; reading: 2 of 2 hours",
            "10 of 10 hours; reading: 2 of 5 hours; "
            "reading lack 3 hours; the same credit can't fill two of them",
        ),
        ("[target]\nunits = 12\n", "10 of 10 hours", "10 of 12 hours"),
    ],
)
def test_a_part_that_would_be_another_stands_in_both_lines(rules: str, before: str, after: str) -> None:
    told = lines(change(rules, reading=120, leadership=120))
    assert told[0].startswith(before)
    assert told[1] == after


def test_what_would_be_carried_over_stands_in_both_lines() -> None:
    told = lines(change("[carry_over]\nat_most = 1\n", reading=120, leadership=120, hours=13))
    assert told == ("13 of 10 hours; carried over: 3 hours", "13 of 10 hours; carried over: 1 hour")


def test_what_stays_the_same_is_not_said() -> None:
    told = lines(change("at_least_minutes = 30\n", reading=120))
    assert told == ("10 of 10 hours", "10 of 10 hours")


@given(
    st.sampled_from(["a", "b", "c"]),
    st.integers(1, 9),
    st.booleans(),
    st.integers(0, 10),
    st.integers(0, 10),
    st.integers(0, 6),
)
def test_a_changed_licence_never_reads_alike_before_and_after(
    category: str, least: int, exclusive: bool, reading: int, leadership: int, carry: int
) -> None:
    alone = "exclusive = true\n" if exclusive or category != "c" else ""
    asked = max(least, 2) if category != "c" else least
    rules = (
        f"[carry_over]\nat_most = {min(carry, 5)}\n[[bucket]]\nid = '{category}'\nname = 'part'\n"
        f"at_least = {asked}\ncategories = ['{category}']\n{alone}"
    )
    one = change(rules, reading=reading * 30, leadership=leadership * 30, hours=12)
    before, after = lines(one)
    assert not one.is_changed or before != after
