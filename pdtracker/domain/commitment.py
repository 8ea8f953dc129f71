"""What a district commits to in personalised professional learning, and how far its real figures keep it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from pdtracker.domain.kinds import EventKind
from pdtracker.domain.participation import FEWEST_PEOPLE
from pdtracker.domain.refusals import NotValid

WORDS_CHARACTERS = 600
LONGEST = timedelta(days=5 * 366)

CONNECTED_KINDS = frozenset(
    {
        EventKind.WEBINAR,
        EventKind.PANEL,
        EventKind.HASHTAG_CHAT,
        EventKind.FORUM,
        EventKind.BOOK_CLUB,
        EventKind.UNCONFERENCE,
        EventKind.OPEN_HOUSE,
        EventKind.TOUR,
        EventKind.CONTEST,
        EventKind.RADIO_SHOW,
    }
)
"""What counts as connected learning here: what people do with each other in the open, not courses and conferences."""


class Promise(StrEnum):
    """Something measurable that a district can promise."""

    CONNECTED_SHARE = "connected_share"
    DECISION_DAYS = "decision_days"
    TEACHERS_CREDITED = "teachers_credited"

    @property
    def question(self) -> str:
        """Its name in the form."""
        return {
            "connected_share": "Of all credited hours, how many percent come from connected learning, at least?",
            "decision_days": "Half of all claims are decided within how many days?",
            "teachers_credited": "How many percent of your teachers have a credited hour, at least?",
        }[self.value]

    def sentence(self, target: int) -> str:
        """What is promised: `At least 40% of all credited hours come from connected learning`."""
        days = "1 day" if target == 1 else f"{target} days"
        return {
            "connected_share": f"At least {target}% of all credited hours come from connected learning",
            "decision_days": f"Half of all claims are decided within {days}",
            "teachers_credited": f"At least {target}% of our teachers have a credited hour",
        }[self.value]

    @property
    def counts(self) -> str:
        """What its figure counts, for everybody to read."""
        kinds = ", ".join(sorted(kind.plural.lower() for kind in CONNECTED_KINDS))
        return {
            "connected_share": "Hours that stand credited for what was attended in the time."
            f" Connected learning is: {kinds}.",
            "decision_days": "Days from the day on which a claim was sent to the day of its decision, for claims"
            " decided in the time. The figure is the middle one of all.",
            "teachers_credited": "People with the role of a teacher who are here today, and how many of them have"
            " credit that stands for what they attended in the time.",
        }[self.value]

    @property
    def most(self) -> int:
        """The largest number that makes sense for it."""
        return 60 if self is Promise.DECISION_DAYS else 100


@dataclass(frozen=True, slots=True)
class Pledge:
    """A promise with its number: percent, or days."""

    promise: Promise
    target: int

    @property
    def sentence(self) -> str:
        """What is promised."""
        return self.promise.sentence(self.target)


@dataclass(frozen=True, slots=True)
class CommitmentFigures:
    """What a district's records say of a time. `decision_days` is how many claims took so many days."""

    credited_minutes: int
    connected_minutes: int
    credited_people: int
    teachers: int
    teachers_credited: int
    decision_days: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class PledgeProgress:
    """How far a promise is kept. `is_kept` is `None` where too little is known, or too few people would be told of."""

    pledge: Pledge
    is_kept: bool | None
    value: str
    why: str


def progress_of(pledge: Pledge, figures: CommitmentFigures) -> PledgeProgress:
    """The promise against the figures; a percentage is cut, so that nothing is kept by rounding: 39.9% is 39%."""
    match pledge.promise:
        case Promise.CONNECTED_SHARE:
            return _connected(pledge, figures)
        case Promise.DECISION_DAYS:
            return _decided(pledge, figures)
        case Promise.TEACHERS_CREDITED:
            return _teachers(pledge, figures)


def middle_of(counts: Mapping[int, int]) -> int | None:
    """The middle one of all days, the lower of two: `{1: 3, 9: 2}` -> 1. `None` of nothing."""
    all_of_them = sum(counts.values())
    if not all_of_them:
        return None
    seen = 0
    for days in sorted(counts):
        seen += counts[days]
        if 2 * seen >= all_of_them:
            return days
    return None


def read_pledges(entered: Mapping[Promise, str]) -> tuple[Pledge, ...]:
    """The promises as they were entered, an empty one not made. Raises `NotValid` at the promises' names."""
    faults: dict[str, str] = {}
    pledges = []
    for promise in Promise:
        typed = entered.get(promise, "").strip().removesuffix("%").strip()
        if not typed:
            continue
        number = int(typed) if re.fullmatch(r"[0-9]{1,3}", typed, re.ASCII) else 0
        if 1 <= number <= promise.most:
            pledges.append(Pledge(promise, number))
        else:
            faults[promise.value] = f"Enter a whole number from 1 to {promise.most}, or leave it empty."
    if not faults and not pledges:
        faults[Promise.CONNECTED_SHARE.value] = "Promise one thing at least."
    if faults:
        raise NotValid(faults)
    return tuple(pledges)


def commitment_faults(until_on: date | None, today: date) -> dict[str, str]:
    """What is wrong with the day until which a commitment holds."""
    if until_on is None:
        return {"until_on": "Enter until when it holds."}
    if until_on <= today:
        return {"until_on": "Enter a day after today."}
    if until_on - today > LONGEST:
        return {"until_on": "Enter a day within the next five years."}
    return {}


def to_document(pledges: Iterable[Pledge]) -> list[dict[str, object]]:
    """As the record keeps them."""
    return [{"promise": pledge.promise.value, "target": pledge.target} for pledge in pledges]


def from_document(document: Iterable[Mapping[str, object]]) -> tuple[Pledge, ...]:
    """Back from the record."""
    return tuple(Pledge(Promise(str(one["promise"])), int(str(one["target"]))) for one in document)


def _connected(pledge: Pledge, figures: CommitmentFigures) -> PledgeProgress:
    if figures.credited_people < FEWEST_PEOPLE:
        return _untold(pledge)
    percent = 100 * figures.connected_minutes // figures.credited_minutes
    return PledgeProgress(pledge, percent >= pledge.target, f"{percent}%", "of the credited hours so far")


def _decided(pledge: Pledge, figures: CommitmentFigures) -> PledgeProgress:
    middle = middle_of(figures.decision_days)
    if middle is None or figures.credited_people < FEWEST_PEOPLE:
        return _untold(pledge)
    all_of_them = sum(figures.decision_days.values())
    days = "1 day" if middle == 1 else f"{middle} days"
    return PledgeProgress(
        pledge,
        middle <= pledge.target,
        days if middle else "The same day",
        f"the middle one of {all_of_them:,} claims",
    )


def _teachers(pledge: Pledge, figures: CommitmentFigures) -> PledgeProgress:
    if figures.teachers < FEWEST_PEOPLE or figures.teachers_credited < FEWEST_PEOPLE:
        return _untold(pledge)
    percent = 100 * figures.teachers_credited // figures.teachers
    return PledgeProgress(
        pledge,
        percent >= pledge.target,
        f"{percent}%",
        f"{figures.teachers_credited:,} of {figures.teachers:,} teachers so far",
    )


def _untold(pledge: Pledge) -> PledgeProgress:
    return PledgeProgress(
        pledge, None, "Not told", f"fewer than {FEWEST_PEOPLE} people so far, so that nobody is told apart"
    )
