"""What an evaluation tells of each bucket: what a minimum holds and asks for, what a maximum took."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from pdtracker.domain.regimes.evaluation import Evaluation, evaluate
from pdtracker.domain.regimes.facts import Adjustment
from pdtracker.domain.regimes.rules import Op
from tests.domain.regimes.records import CYCLE, activity, counted, facts, version

ELL = "[[bucket]]\nid = 'ell'\nname = 'English language learners'\nat_least = 2\ncategories = ['ell']\n"
STUDY = "[[bucket]]\nid = 'study'\nname = 'study alone'\nat_most = 3\nkinds = ['study']\n"
WORDS = "[words.categories]\nell = 'x'\n"
STUDY_WORDS = "[words.kinds]\nstudy = 'x'\n"


def told(found: Evaluation) -> list[tuple[str, Op, Fraction, Fraction, Fraction]]:
    return [(one.bucket.id, one.bucket.op, one.held, one.asked, one.cut) for one in found.buckets]


def test_a_minimum_tells_what_it_holds_short_or_met() -> None:
    rules = version(ELL + WORDS)
    assert told(counted(rules, activity(60, categories={"ell": 60}))) == [("ell", Op.MIN, 1, 2, 0)]
    met = counted(rules, activity(180, categories={"ell": 150}))
    assert told(met) == [("ell", Op.MIN, Fraction(5, 2), 2, 0)]
    assert met.buckets[0].is_met
    assert not met.missing


def test_a_minimum_of_a_number_holds_a_number() -> None:
    rules = version(ELL.replace("at_least", "at_least_count") + WORDS)
    found = counted(rules, activity(600, categories={"ell": 60}))
    assert told(found) == [("ell", Op.MIN, 1, 2, 0)]
    assert not found.buckets[0].is_met


def test_a_maximum_tells_what_it_took() -> None:
    found = counted(
        version(STUDY + STUDY_WORDS), activity(120, kind="study", id="a"), activity(150, kind="study")
    )
    assert told(found) == [("study", Op.MAX, 3, 3, Fraction(3, 2))]
    assert found.buckets[0].is_met


def test_a_districts_lower_maximum_stands_in_place_of_the_regimes_and_both_tell_what_they_took() -> None:
    layer = "layer = 'district'\nunder = 'test'\nname = 'Maplewood'\n" + STUDY.replace(
        "at_most = 3", "at_most = 2"
    )
    found = counted(version(STUDY + STUDY_WORDS), activity(300, kind="study"), layers=(layer,))
    assert told(found) == [("study", Op.MAX, 2, 2, 3)]


def test_an_evaluation_tells_the_cycle_with_the_end_that_was_signed() -> None:
    later = Adjustment(by="Cam Okafor", on=date(2024, 6, 1), reason="Leave", ends_on=date(2025, 6, 30))
    assert counted(version()).cycle == CYCLE
    assert evaluate([version()], facts(adjustments=(later,), as_of=date(2024, 6, 1))).cycle.end == date(
        2025, 6, 30
    )
    assert evaluate([version()], facts(adjustments=(later,), as_of=date(2024, 5, 31))).cycle == CYCLE
