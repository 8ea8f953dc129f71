"""Credit policy: a district's dated rules for credit, in editions that are followed, never edited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import fields as dataclass_fields
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

from pdtracker.domain.follow_up import FollowUpRule, are_follow_ups
from pdtracker.domain.hours import MAX_DAY_MINUTES
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.licence import FollowUpKind
from pdtracker.domain.refusals import NotNow, NotValid
from pdtracker.domain.when import date_text, school_year

DOCUMENT_FORMAT = 1
"""The version of the document's shape, so that later shapes can be told from this one."""

_OPTIONAL = frozenset({"follow_ups"})
_FOLLOW_UP_FIELDS = frozenset({"kind", "after_days", "within_days", "percent"})
_STEPS = frozenset(step for step in range(1, 61) if 60 % step == 0)
_MONTH_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


WordT = TypeVar("WordT", bound=StrEnum)


class Rounding(StrEnum):
    """What happens to a part of a step. Only "down" keeps credit within what was attended."""

    DOWN = "down"


@dataclass(frozen=True, slots=True)
class KindCap:
    """The most that counts in a school year: of one kind of event, or of all together (`kind` is `None`)."""

    kind: EventKind | None
    minutes_per_year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditPolicy:
    """One edition of a district's rules for credit.

    It applies to activities on the days from `effective_from` to `effective_until`, both included; without an
    end it applies until a later edition begins. `year_starts` is (month, day).
    """

    name: str
    edition: str
    effective_from: date
    effective_until: date | None = None
    unit_minutes: int = 60
    step_minutes: int = 15
    rounding: Rounding = Rounding.DOWN
    minimum_session_minutes: int = 15
    caps: tuple[KindCap, ...] = ()
    year_starts: tuple[int, int] = (7, 1)
    required_minutes: int = 900
    categories: tuple[CreditCategory, ...] = tuple(CreditCategory)
    follow_ups: tuple[FollowUpRule, ...] = ()

    def __post_init__(self) -> None:
        if errors := _faults(self):
            raise NotValid(errors)

    @property
    def title(self) -> str:
        """How awards and certificates name it: `Maplewood hours, edition 2014-1`."""
        return f"{self.name}, edition {self.edition}"

    def applies_on(self, on: date) -> bool:
        """Whether an activity on this day falls under this edition."""
        return self.effective_from <= on and (self.effective_until is None or on <= self.effective_until)

    def year_of(self, on: date) -> tuple[date, date]:
        """The first and last day of the school year that holds `on`."""
        return school_year(on, self.year_starts)

    def units(self, minutes: int) -> Fraction:
        """The minutes in the policy's unit, exactly: 100 minutes are 5/3 of a 60-minute unit."""
        return Fraction(minutes, self.unit_minutes)

    def caps_for(self, kind: EventKind) -> tuple[KindCap, ...]:
        """The caps that bind an event of this kind: the kind's own first, then that of all together."""
        return tuple(cap for wanted in (kind, None) for cap in self.caps if cap.kind is wanted)

    def to_document(self) -> dict[str, object]:
        """The policy as a JSON-ready document: `from_document` reads it back unchanged."""
        offered = {"follow_ups": [_follow_up_document(rule) for rule in self.follow_ups]}
        return {
            "format": DOCUMENT_FORMAT,
            "name": self.name,
            "edition": self.edition,
            "effective_from": self.effective_from.isoformat(),
            "effective_until": self.effective_until.isoformat() if self.effective_until else None,
            "unit_minutes": self.unit_minutes,
            "step_minutes": self.step_minutes,
            "rounding": self.rounding.value,
            "minimum_session_minutes": self.minimum_session_minutes,
            "caps": [
                {"kind": cap.kind.value if cap.kind else None, "minutes_per_year": cap.minutes_per_year}
                for cap in self.caps
            ],
            "year_starts": list(self.year_starts),
            "required_minutes": self.required_minutes,
            "categories": [category.value for category in self.categories],
            # Left out where there are none, so that older documents stay what they are.
            **(offered if self.follow_ups else {}),
        }

    @classmethod
    def from_document(cls, document: Mapping[str, object]) -> CreditPolicy:
        """The policy that a document states. Refuses with `NotValid` what is missing, unknown or odd."""
        _refuse_other_fields(document)
        if document["format"] != DOCUMENT_FORMAT:
            raise NotValid({"format": f"This document isn't of format {DOCUMENT_FORMAT}."})
        until = document["effective_until"]
        return cls(
            name=_text("name", document["name"]),
            edition=_text("edition", document["edition"]),
            effective_from=_day("effective_from", document["effective_from"]),
            effective_until=None if until is None else _day("effective_until", until),
            unit_minutes=_whole("unit_minutes", document["unit_minutes"]),
            step_minutes=_whole("step_minutes", document["step_minutes"]),
            rounding=_word("rounding", document["rounding"], Rounding),
            minimum_session_minutes=_whole("minimum_session_minutes", document["minimum_session_minutes"]),
            caps=tuple(_cap(item) for item in _items("caps", document["caps"])),
            year_starts=_month_and_day(document["year_starts"]),
            required_minutes=_whole("required_minutes", document["required_minutes"]),
            categories=tuple(
                _word("categories", item, CreditCategory)
                for item in _items("categories", document["categories"])
            ),
            follow_ups=tuple(
                _follow_up(item) for item in _items("follow_ups", document.get("follow_ups", ()))
            ),
        )


def policy_for(policies: Iterable[CreditPolicy], on: date) -> CreditPolicy:
    """The policy that governs an activity on this day: of those in force, the one that began last.

    Refuses with `NotNow` when none is in force.
    """
    in_force = [policy for policy in policies if policy.applies_on(on)]
    if not in_force:
        raise NotNow(
            "no_policy",
            f"Your district has no credit policy for {date_text(on)}. An administrator can add one.",
        )
    return max(in_force, key=lambda policy: (policy.effective_from, policy.edition))


def _faults(policy: CreditPolicy) -> dict[str, str]:
    month, day = policy.year_starts
    rules = {
        "name": (bool(policy.name.strip()), "Give the policy a name."),
        "edition": (bool(policy.edition.strip()), "Give the edition a name or number."),
        "effective_until": (
            policy.effective_until is None or policy.effective_from <= policy.effective_until,
            "Enter a last day on or after the first.",
        ),
        "unit_minutes": (1 <= policy.unit_minutes <= 600, "Enter between 1 and 600 minutes for a unit."),
        "step_minutes": (
            policy.step_minutes in _STEPS,
            "Enter a step that divides an hour, such as 15 or 30 minutes.",
        ),
        "minimum_session_minutes": (
            0 <= policy.minimum_session_minutes <= MAX_DAY_MINUTES,
            "Enter between 0 and 1,440 minutes.",
        ),
        "caps": (_are_caps(policy.caps), "Enter one cap for each kind, of 0 or more minutes."),
        "year_starts": (
            1 <= month <= 12 and 1 <= day <= _MONTH_LENGTHS[month - 1],
            "Enter a month and a day that every year has.",
        ),
        "required_minutes": (policy.required_minutes >= 0, "Enter 0 or more minutes."),
        "categories": (
            0 < len(policy.categories) == len(set(policy.categories)),
            "Choose at least one category, each of them once.",
        ),
        "follow_ups": (
            are_follow_ups(policy.follow_ups),
            "Enter each follow-up once: from 1 day on, until the same day or later within 5 years,"
            " and 0 to 300 percent.",
        ),
    }
    return {field: sentence for field, (is_kept, sentence) in rules.items() if not is_kept}


def _are_caps(caps: Sequence[KindCap]) -> bool:
    return len({cap.kind for cap in caps}) == len(caps) and all(cap.minutes_per_year >= 0 for cap in caps)


def _refuse_other_fields(document: Mapping[str, object]) -> None:
    fields = {"format", *(field.name for field in dataclass_fields(CreditPolicy))}
    errors = dict.fromkeys(sorted(fields - set(document) - _OPTIONAL), "The document lacks this field.")
    errors |= dict.fromkeys(sorted(set(document) - fields), "A credit policy has no such field.")
    if errors:
        raise NotValid(errors)


def _text(name: str, value: object) -> str:
    if isinstance(value, str):
        return value
    raise NotValid({name: "Enter text."})


def _whole(name: str, value: object) -> int:
    # `True` is an int to Python and no number of minutes to anybody.
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise NotValid({name: "Enter a whole number."})


def _day(name: str, value: object) -> date:
    try:
        return date.fromisoformat(_text(name, value))
    except ValueError:
        raise NotValid({name: "Enter a day such as 2014-07-01."}) from None


def _items(name: str, value: object) -> Sequence[object]:
    if isinstance(value, list | tuple):
        return value
    raise NotValid({name: "Enter a list."})


def _word(name: str, value: object, words: type[WordT]) -> WordT:
    try:
        return words(_text(name, value))
    except ValueError:
        raise NotValid({name: f"Choose from {', '.join(words)}."}) from None


def _cap(value: object) -> KindCap:
    if not isinstance(value, Mapping) or set(value) != {"kind", "minutes_per_year"}:
        raise NotValid({"caps": "Enter kind and minutes_per_year for each cap."})
    kind = None if value["kind"] is None else _word("caps", value["kind"], EventKind)
    return KindCap(kind, _whole("caps", value["minutes_per_year"]))


def _follow_up(value: object) -> FollowUpRule:
    if not isinstance(value, Mapping) or set(value) - {"questions"} != _FOLLOW_UP_FIELDS:
        raise NotValid({"follow_ups": "Enter kind, after_days, within_days and percent for each follow-up."})
    return FollowUpRule(
        kind=_word("follow_ups", value["kind"], FollowUpKind),
        after_days=_whole("follow_ups", value["after_days"]),
        within_days=_whole("follow_ups", value["within_days"]),
        percent=_whole("follow_ups", value["percent"]),
        questions=tuple(
            _text("follow_ups", item) for item in _items("follow_ups", value.get("questions", ()))
        ),
    )


def _follow_up_document(rule: FollowUpRule) -> dict[str, object]:
    return {
        "kind": rule.kind.value,
        "after_days": rule.after_days,
        "within_days": rule.within_days,
        "percent": rule.percent,
        **({"questions": list(rule.questions)} if rule.questions else {}),
    }


def _month_and_day(value: object) -> tuple[int, int]:
    match [_whole("year_starts", item) for item in _items("year_starts", value)]:
        case [month, day]:
            return month, day
        case _:
            raise NotValid({"year_starts": "Enter a month and a day, such as 7 and 1."})
