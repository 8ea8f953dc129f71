"""The bridge from the calendar's words to those of the regimes."""

from __future__ import annotations

from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.licence import CATEGORY_WORDS, category_minutes, kind_word
from pdtracker.domain.regimes.shelf import shelf

KNOWN = {word for versions in shelf().values() for one in versions for word in one.words["categories"]}
BY_JUDGEMENT = {
    "accredited",
    "extra_content",
    "listed_topic",
    "professional_engagement",
    "professional_knowledge",
    "professional_practice",
    "teacher_identified",
}
"""Categories that follow from no subject: people say that they hold, claim by claim."""


def test_every_category_has_words_and_none_has_two_categories() -> None:
    assert set(CATEGORY_WORDS) == set(CreditCategory)
    words = [word for words in CATEGORY_WORDS.values() for word in words]
    assert len(words) == len(set(words))


def test_every_category_of_a_regime_is_reached_or_left_to_judgement() -> None:
    reached = {word for words in CATEGORY_WORDS.values() for word in words}
    assert KNOWN - reached == BY_JUDGEMENT


def test_minutes_count_under_each_word_that_the_regime_knows() -> None:
    spent = {CreditCategory.LITERACY: 40, CreditCategory.CONTENT: 20}
    assert category_minutes(spent, {"reading", "swd"}) == {"reading": 40}
    assert category_minutes(spent, {"literacy", "subject"}) == {"literacy": 40, "subject": 20}
    assert category_minutes(spent, ()) == {}


def test_a_stated_kind_goes_before_the_calendars() -> None:
    assert kind_word(EventKind.COURSE, ["college_course"], {"college_course"}) == "college_course"
    assert kind_word(EventKind.COURSE, ["college_course"], {"conference"}) == "course"
    assert kind_word(EventKind.SELF_PACED, [], {"independent_study"}) == "independent_study"
