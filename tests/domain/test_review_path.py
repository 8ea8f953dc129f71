"""Review paths: which reviews a claim needs, what a path says in words, and which one may be published."""

from __future__ import annotations

from datetime import date

import pytest

from pdtracker.domain.kinds import EventKind
from pdtracker.domain.review_path import (
    ONE_REVIEW,
    Actor,
    Condition,
    PathReview,
    ReviewFacts,
    Reviewing,
    ReviewPath,
    Stop,
    in_turn,
    path_faults,
    sentences,
    stop_document,
    stops_of,
)

TODAY = date(2014, 10, 20)
SCHOOL, DISTRICT, RUTH = Stop(Actor.SCHOOL), Stop(Actor.DISTRICT), Stop(Actor.PERSON, 7, "Ruth Adeyemi")
LONG = Condition(more_than_minutes=180)
TWO_FOR_LONG = ReviewPath(TODAY, (PathReview(SCHOOL), PathReview(DISTRICT, LONG)))
ENOUGH = Reviewing(frozenset({1, 2}), frozenset({1, 2, 7}))


def facts(minutes: int = 60, kind: EventKind = EventKind.WEBINAR, school_id: int = 5) -> ReviewFacts:
    return ReviewFacts(kind, minutes, school_id, frozenset({"tx"}))


def test_two_people_for_more_than_three_hours() -> None:
    assert TWO_FOR_LONG.stops(facts(180)) == (SCHOOL,)
    assert TWO_FOR_LONG.stops(facts(181)) == (SCHOOL, DISTRICT)


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (Condition(), True),
        (Condition(kind=EventKind.WEBINAR), True),
        (Condition(kind=EventKind.TOUR), False),
        (Condition(school_id=5), True),
        (Condition(school_id=6), False),
        (Condition(regime="tx"), True),
        (Condition(regime="oh"), False),
        (Condition(kind=EventKind.WEBINAR, more_than_minutes=60), False),
    ],
)
def test_a_condition_holds_when_all_of_it_does(condition: Condition, holds: bool) -> None:
    assert condition.holds(facts()) is holds


def test_a_claim_for_which_no_review_is_meant_still_has_one() -> None:
    assert ReviewPath(TODAY, (PathReview(RUTH, LONG),)).stops(facts()) == ONE_REVIEW


def test_a_path_and_its_stops_are_read_as_they_were_written() -> None:
    path = ReviewPath(
        TODAY, (PathReview(RUTH, Condition(EventKind.TOUR, 90, 5, "tx")), PathReview(DISTRICT, LONG))
    )
    assert ReviewPath.from_document(path.to_document()) == path
    assert stops_of([stop_document(RUTH), stop_document(SCHOOL)]) == (RUTH, SCHOOL)
    assert stops_of(None) == ONE_REVIEW


def test_a_path_says_what_becomes_of_each_sort_of_claim() -> None:
    assert [line.replace("\N{NO-BREAK SPACE}", " ") for line in sentences(TWO_FOR_LONG, {}, {})] == [
        "A claim of more than 3 hours goes to a reviewer of the school itself, then the district office.",
        "Every other claim goes to a reviewer of the school itself.",
    ]


def test_conditions_that_meet_are_told_together_and_those_that_cannot_are_not() -> None:
    path = ReviewPath(
        TODAY,
        (
            PathReview(SCHOOL),
            PathReview(RUTH, Condition(kind=EventKind.WEBINAR)),
            PathReview(DISTRICT, Condition(kind=EventKind.TOUR)),
            PathReview(Stop(Actor.ANYBODY), Condition(more_than_minutes=180, school_id=5)),
        ),
    )
    told = "\n".join(sentences(path, {5: "North"}, {})).replace("\N{NO-BREAK SPACE}", " ")
    assert "A webinar of more than 3 hours from North goes to" in told
    assert "A webinar goes to a reviewer of the school itself, then Ruth Adeyemi." in told
    assert told.count("tour") == 2
    assert told.endswith("Every other claim goes to a reviewer of the school itself.")


def test_the_same_office_twice_is_two_people() -> None:
    assert in_turn((DISTRICT, DISTRICT)) == "the district office, then another of them (the district office)"


@pytest.mark.parametrize(
    ("path", "field", "sentence"),
    [
        (ReviewPath(date(2014, 10, 19), (PathReview(SCHOOL),)), "effective_from", "today or a later day"),
        (ReviewPath(TODAY, ()), "who_1", "Say who reviews"),
        (ReviewPath(TODAY, (PathReview(Stop(Actor.PERSON, 9, "Gone")),)), "who_1", "Name somebody else"),
        (ReviewPath(TODAY, (PathReview(RUTH), PathReview(RUTH, LONG))), "who_2", "another person"),
        (ReviewPath(TODAY, (PathReview(DISTRICT),) * 3), "who_1", "Only 2 people review for the whole"),
        (ReviewPath(TODAY, (PathReview(SCHOOL),) * 4), "who_1", "Only 3 people review in your district"),
    ],
)
def test_a_path_that_cannot_be_gone_is_refused(path: ReviewPath, field: str, sentence: str) -> None:
    assert sentence in path_faults(path, TODAY, ENOUGH)[field]


def test_a_path_that_can_be_gone_is_not() -> None:
    assert path_faults(TWO_FOR_LONG, TODAY, ENOUGH) == {}
