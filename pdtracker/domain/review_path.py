"""Who reviews a claim: a district's dated path of reviews, which of them a claim needs, and in which order.

A path is published from a day on and never changed. A claim goes by the path of the day on which it was first sent,
also when it comes back; without a path it has one review, by whoever reviews for its school.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import combinations
from typing import Any

from pdtracker.domain.hours import hours_phrase
from pdtracker.domain.kinds import EventKind

MOST_REVIEWS = 4
"""So many reviews a path can have. Each costs the claimant days."""


class Actor(StrEnum):
    """Who takes a review."""

    ANYBODY = "anybody"
    SCHOOL = "school"
    DISTRICT = "district"
    PERSON = "person"

    @property
    def words(self) -> str:
        """Who that is, within a sentence; of a person the name is said instead."""
        return {
            Actor.ANYBODY: "whoever reviews for the school",
            Actor.SCHOOL: "a reviewer of the school itself",
            Actor.DISTRICT: "the district office",
            Actor.PERSON: "one person",
        }[self]


@dataclass(frozen=True, slots=True)
class Stop:
    """One review that a claim needs: by whom. `person_id` and `name` only of a named person."""

    actor: Actor
    person_id: int | None = None
    name: str = ""

    @property
    def words(self) -> str:
        """Who takes it, within a sentence."""
        return self.name if self.actor is Actor.PERSON else self.actor.words


ONE_REVIEW: tuple[Stop, ...] = (Stop(Actor.ANYBODY),)
"""What every claim needs where a district says nothing else."""


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """What of a claim decides which reviews it needs; `regimes` are those whose licences the claimant holds."""

    kind: EventKind | None
    minutes: int
    school_id: int | None
    regimes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Condition:
    """Which claims a review is for; what is `None` leaves it open. `more_than_minutes`: 180 holds from 181 on."""

    kind: EventKind | None = None
    more_than_minutes: int | None = None
    school_id: int | None = None
    regime: str | None = None

    def holds(self, facts: ReviewFacts) -> bool:
        """Whether a claim with these facts is meant."""
        return (
            (self.kind is None or self.kind is facts.kind)
            and (self.more_than_minutes is None or facts.minutes > self.more_than_minutes)
            and (self.school_id is None or self.school_id == facts.school_id)
            and (self.regime is None or self.regime in facts.regimes)
        )


EVERY_CLAIM = Condition()


@dataclass(frozen=True, slots=True)
class PathReview:
    """One review of a path, and for which claims."""

    stop: Stop
    condition: Condition = EVERY_CLAIM


@dataclass(frozen=True, slots=True)
class ReviewPath:
    """The reviews of a district, in their order, for claims that are first sent on `effective_from` or later."""

    effective_from: date
    reviews: tuple[PathReview, ...]

    def stops(self, facts: ReviewFacts) -> tuple[Stop, ...]:
        """The reviews that a claim needs, in their order. There is always one."""
        needed = tuple(review.stop for review in self.reviews if review.condition.holds(facts))
        return needed or ONE_REVIEW

    @property
    def asks_regimes(self) -> bool:
        """Whether any condition asks for a licence."""
        return any(review.condition.regime is not None for review in self.reviews)

    @property
    def digest(self) -> str:
        """Tells this path apart from one that differs in anything: what was looked at is what is published."""
        return hashlib.sha256(json.dumps(self.to_document(), sort_keys=True).encode()).hexdigest()

    def to_document(self) -> dict[str, Any]:
        """The path as JSON values."""
        return {
            "effective_from": self.effective_from.isoformat(),
            "reviews": [
                {
                    **stop_document(review.stop),
                    "kind": review.condition.kind.value if review.condition.kind else None,
                    "more_than_minutes": review.condition.more_than_minutes,
                    "school": review.condition.school_id,
                    "regime": review.condition.regime,
                }
                for review in self.reviews
            ],
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> ReviewPath:
        """The path that `to_document` wrote."""
        return cls(
            date.fromisoformat(document["effective_from"]),
            tuple(
                PathReview(
                    _stop(told),
                    Condition(
                        EventKind(told["kind"]) if told["kind"] else None,
                        told["more_than_minutes"],
                        told["school"],
                        told["regime"],
                    ),
                )
                for told in document["reviews"]
            ),
        )


@dataclass(frozen=True, slots=True)
class Reviewing:
    """Who reviews in a district: everybody, and those of them who do so for all of it."""

    everywhere: frozenset[int]
    all: frozenset[int]


def path_faults(path: ReviewPath, today: date, reviewing: Reviewing) -> dict[str, str]:
    """What stands against publishing a path, by the fields `effective_from` and `who_1` to `who_4`.

    A path that nobody could finish is refused: each review of a claim is by another person.
    """
    faults: dict[str, str] = {}
    if path.effective_from < today:
        faults["effective_from"] = "Enter today or a later day. What is under way goes on as it began."
    if not 1 <= len(path.reviews) <= MOST_REVIEWS:
        faults["who_1"] = f"Say who reviews: one to {MOST_REVIEWS} reviews."
    named: set[int] = set()
    for number, review in enumerate(path.reviews, 1):
        person_id = review.stop.person_id
        if person_id is not None and person_id not in reviewing.all:
            faults[f"who_{number}"] = (
                "They don\N{RIGHT SINGLE QUOTATION MARK}t review here any more. Name somebody else."
            )
        if person_id is not None and person_id in named:
            faults[f"who_{number}"] = "They have a review already. Each is by another person."
        named |= {person_id} if person_id is not None else set()
    of_district = sum(review.stop.actor is Actor.DISTRICT for review in path.reviews)
    if of_district > len(reviewing.everywhere):
        faults.setdefault("who_1", _too_few(len(reviewing.everywhere), "for the whole district"))
    elif len(path.reviews) > len(reviewing.all):
        faults.setdefault("who_1", _too_few(len(reviewing.all), "in your district"))
    return faults


def _too_few(count: int, where: str) -> str:
    people = (
        "Nobody reviews"
        if not count
        else "Only one person reviews"
        if count == 1
        else f"Only {count} people review"
    )
    return (
        f"{people} {where}, and each review is by another person."
        " Name more reviewers first, or ask for fewer reviews."
    )


def stop_document(stop: Stop) -> dict[str, Any]:
    """A review that a claim needs, as JSON values."""
    return {"actor": stop.actor.value, "person": stop.person_id, "name": stop.name}


def stops_of(documents: Sequence[Mapping[str, Any]] | None) -> tuple[Stop, ...]:
    """The reviews that a claim keeps; where it keeps none it needs the one of everybody."""
    return tuple(_stop(told) for told in documents) if documents else ONE_REVIEW


def in_turn(stops: Sequence[Stop]) -> str:
    """`a reviewer of the school itself, then the district office`; who comes twice is two different people."""
    told = []
    for number, stop in enumerate(stops):
        again = stop.actor is not Actor.PERSON and stop.actor in {one.actor for one in stops[:number]}
        told.append(f"another of them ({stop.words})" if again else stop.words)
    return ", then ".join(told)


def sentences(path: ReviewPath, schools: Mapping[int, str], regimes: Mapping[str, str]) -> tuple[str, ...]:
    """What the path says, a sentence for each sort of claim that it treats by itself, the plainest last.

    `A webinar of more than 3 hours goes to a reviewer of the school itself, then the district office.`
    """
    asked = list(dict.fromkeys(review.condition for review in path.reviews))
    told: dict[tuple[Stop, ...], list[tuple[Condition, ...]]] = {}
    known: set[frozenset[Condition]] = set()
    for wanted in _together([one for one in asked if one != EVERY_CLAIM]):
        facts = _facts_of(wanted)
        held = frozenset(one for one in asked if one.holds(facts))
        if held in known:
            continue
        known.add(held)
        told.setdefault(path.stops(facts), []).append(wanted)
    lines = [
        f"{_claim_words(wanted, schools, regimes)} goes to {in_turn(stops)}."
        for stops, sorts in told.items()
        for wanted in sorts
        if wanted
    ]
    plain = path.stops(_facts_of(()))
    return (*lines, f"Every {'other ' if lines else ''}claim goes to {in_turn(plain)}.")


def _together(conditions: Sequence[Condition]) -> Iterator[tuple[Condition, ...]]:
    """The conditions that one claim can meet at once: the most of them first, at last none."""
    for count in range(len(conditions), -1, -1):
        for wanted in combinations(conditions, count):
            kinds = {one.kind for one in wanted} - {None}
            schools = {one.school_id for one in wanted} - {None}
            if len(kinds) <= 1 and len(schools) <= 1:
                yield wanted


def _facts_of(wanted: Sequence[Condition]) -> ReviewFacts:
    """The plainest claim that meets these conditions."""
    return ReviewFacts(
        next((one.kind for one in wanted if one.kind), None),
        max((one.more_than_minutes + 1 for one in wanted if one.more_than_minutes is not None), default=1),
        next((one.school_id for one in wanted if one.school_id is not None), None),
        frozenset(one.regime for one in wanted if one.regime is not None),
    )


def _claim_words(wanted: Sequence[Condition], schools: Mapping[int, str], regimes: Mapping[str, str]) -> str:
    facts = _facts_of(wanted)
    what = _one(facts.kind) if facts.kind else "A claim"
    if facts.minutes > 1:
        what += f" of more than {hours_phrase(facts.minutes - 1)}"
    if facts.school_id is not None:
        what += f" from {schools.get(facts.school_id, 'a school that is no more')}"
    for regime in sorted(facts.regimes):
        what += f" by a holder of {regimes.get(regime, regime)}"
    return what


def _one(kind: EventKind) -> str:
    if kind is EventKind.OTHER:
        return "A session of another kind"
    sounds_like_a_vowel = kind.label[0] in "AEIO"
    return f"{'An' if sounds_like_a_vowel else 'A'} {kind.label[:1].lower()}{kind.label[1:]}"


def _stop(told: Mapping[str, Any]) -> Stop:
    return Stop(Actor(told["actor"]), told["person"], told["name"])
