"""What comes with the program: every regime is there, well told, and its versions change where the law did."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from pdtracker.domain.hours import NBSP
from pdtracker.domain.refusals import NotHere
from pdtracker.domain.regimes.cycles import Cycle
from pdtracker.domain.regimes.describing import document_of, has_weak_rules, sentences, trust
from pdtracker.domain.regimes.evaluation import evaluate
from pdtracker.domain.regimes.facts_document import read_facts
from pdtracker.domain.regimes.rules import Confidence
from pdtracker.domain.regimes.shelf import regime, shelf
from pdtracker.domain.regimes.vocabulary import meanings_in
from tests.domain.regimes.records import activity, facts, missing

REGIMES = set(
    "new-york-ctle illinois pennsylvania-act-48 texas-cpe massachusetts-pdp new-jersey georgia-plu florida virginia "
    "washington ohio michigan-scech north-carolina kansas iacet-ceu nsw-nesa act-tqi victoria-vit queensland "
    "england-fe scotland".split()
)


def test_every_regime_is_on_the_shelf() -> None:
    assert set(shelf()) == REGIMES
    assert {name for name, versions in shelf().items() if len(versions) > 1} == {
        "texas-cpe",
        "nsw-nesa",
        "virginia",
    }


@pytest.mark.parametrize("name", ["texas-cpe", "Texas CPE", "tx", "US-TX", "texas-cpe@2023"])
def test_a_regime_is_found_by_the_names_that_people_use(name: str) -> None:
    assert regime(name)[-1].version == "2023"


def test_one_version_can_be_asked_for() -> None:
    assert [one.version for one in regime("tx@before-2023")] == ["before-2023"]
    with pytest.raises(NotHere, match=r"Texas CPE has no version 1999\. It has before-2023, 2023"):
        regime("tx@1999")
    with pytest.raises(NotHere, match="There is no regime atlantis"):
        regime("atlantis")


def test_texas_asked_for_a_quarter_on_listed_topics_until_2023() -> None:
    ends = {2023: date(2023, 8, 31), 2024: date(2024, 8, 31)}
    lacks = {}
    for year, end in ends.items():
        told = facts(cycle=Cycle(date(year - 5, 9, 1), end))
        lacks[year] = missing(evaluate(regime("texas-cpe"), told))
    assert lacks == {2023: {"total": 150, "listed_topics": Fraction(75, 2)}, 2024: {"total": 150}}


def test_new_south_wales_abolished_its_halves_in_the_middle_of_cycles() -> None:
    hours = activity(6000, on=date(2023, 5, 1), evidence=["aligned_to_standards"])
    before = facts(hours, cycle=Cycle(date(2019, 8, 16), date(2024, 8, 15)))
    since = facts(hours, cycle=Cycle(date(2019, 8, 17), date(2024, 8, 16)))
    assert missing(evaluate(regime("nsw"), before)) == {"accredited": 50}
    assert missing(evaluate(regime("nsw"), since)) == {}


def test_virginia_asks_for_more_since_july_2018() -> None:
    required = [
        evaluate(regime("va"), facts(cycle=Cycle(start, date(2028, 6, 30)))).required
        for start in (date(2018, 6, 30), date(2018, 7, 1))
    ]
    assert required == [180, 270]


@pytest.mark.parametrize("name", sorted(REGIMES))
def test_a_regime_is_told_in_whole_sentences_with_every_word_explained(name: str) -> None:
    for version in shelf()[name]:
        for sentence in sentences(version):
            assert sentence[0].isupper() or sentence[0].isdigit()
            assert sentence.endswith((".", ")"))
            assert "frozenset" not in sentence
        document = document_of(shelf()[name], version)
        vocabulary = document["vocabulary"]
        assert isinstance(vocabulary, dict)
        assert set(vocabulary) == {
            "facts", "categories", "kinds", "levels", "evidence", "quantities", "topic", "repeat_key",
        }  # fmt: skip
        assert all(vocabulary["evidence"].values())
        for example in document["examples"]:  # type: ignore[attr-defined]
            assert read_facts(example["facts"]).cycle


@pytest.mark.parametrize("name", sorted(REGIMES))
def test_its_words_are_said_and_never_its_labels(name: str) -> None:
    """With every meaning taken for a sign, no label is left in what a rule says of people, levels and evidence."""
    for version in shelf()[name]:
        labels = {word for part in ("facts", "levels", "evidence") for word in version.words[part]}
        signs = {part: dict.fromkeys(words, "\N{SNOWMAN}") for part, words in version.words.items()}
        named = {bucket.name.casefold() for bucket in version.restrictions.buckets}
        for sentence in sentences(replace(version, words=signs)):
            told = sentence.split(" (source:")[0].casefold()
            for name_of_part in named:
                told = told.replace(name_of_part, "")
            assert not [word for word in labels if re.search(rf"\b{word.replace('_', ' ')}\b", told)], (
                sentence
            )


def test_what_stands_behind_a_meaning_is_left_out_of_sentences() -> None:
    told = [sentence.replace(NBSP, " ") for sentence in sentences(regime("washington")[-1])]
    assert "STEM: at least 15 clock hours (for whoever teaches on an endorsement that asks for STEM)." in told
    assert any("(for whoever renews an administrator certificate)." in sentence for sentence in told)


def test_evidence_that_has_to_be_dated_says_how() -> None:
    assert meanings_in(regime("kansas")[-1], "evidence") == {
        "validated": "written validation was handed in; with its day, validated@2024-05-01"
    }


def test_a_weak_source_is_told_as_weak() -> None:
    weak = [one for versions in shelf().values() for one in versions if one.confidence is Confidence.WEAK]
    assert weak
    assert all("A weak source: check with the authority" in trust(one) for one in weak)
    assert has_weak_rules(regime("kansas")[0])
    assert not has_weak_rules(regime("scotland")[0])
    assert any("confidence: weak" in sentence for sentence in sentences(regime("kansas")[0]))
