"""Credit policy: a district's dated rules for credit, in editions that are followed, never edited."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import fields as dataclass_fields
from datetime import date
from enum import StrEnum
from fractions import Fraction

from pdtracker.domain.bundle import BundleRule, bundles_document, bundles_fault, read_bundles
from pdtracker.domain.document_fields import day_in, items_in, text_in, whole_in, word_in, words_in
from pdtracker.domain.equivalence import (
    ApplicationRule,
    RecordingRule,
    application_document,
    application_fault,
    are_logged,
    read_application,
    read_recordings,
    recordings_document,
    recordings_fault,
)
from pdtracker.domain.follow_up import FollowUpRule, are_follow_ups
from pdtracker.domain.hours import MAX_DAY_MINUTES
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.licence import FollowUpKind
from pdtracker.domain.refusals import NotNow, NotValid
from pdtracker.domain.summary import SummaryKind
from pdtracker.domain.when import date_text, school_year

FORMATS = (1, 2, 3)
"""The versions of the document's shape: 2 knows equivalence, 3 bundles. Each is read for ever; the oldest one that can
say it all is written."""

_EQUIVALENCE = frozenset({"application", "recordings", "logged_kinds"})
_BUNDLES = frozenset({"bundles"})
_OPTIONAL = _EQUIVALENCE | _BUNDLES | {"follow_ups", "summaries"}
_UNKNOWN_TO = {1: _EQUIVALENCE | _BUNDLES, 2: _BUNDLES}
_FOLLOW_UP_FIELDS = frozenset({"kind", "after_days", "within_days", "percent"})
_CAP_MEMBERS = ({"kind", "minutes_per_year"}, {"kind", "percent_of_required"})
_STEPS = frozenset(step for step in range(1, 61) if 60 % step == 0)
_MONTH_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Rounding(StrEnum):
    """What happens to a part of a step. Only "down" keeps credit within what was attended."""

    DOWN = "down"


@dataclass(frozen=True, slots=True)
class KindCap:
    """The most that counts in a school year: of one kind of event, or of all together (`kind` is `None`).

    With `percent` it is that part of what the policy asks for in the year; the policy reckons the minutes.
    """

    kind: EventKind | None
    minutes_per_year: int = 0
    percent: int | None = None

    def of(self, required_minutes: int) -> KindCap:
        """The cap with its minutes, where the policy asks for so many: 20 percent of 900 are 180."""
        if self.percent is None:
            return self
        return KindCap(self.kind, required_minutes * self.percent // 100, self.percent)


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
    application: ApplicationRule | None = None
    recordings: RecordingRule | None = None
    logged_kinds: tuple[EventKind, ...] = ()
    bundles: BundleRule | None = None
    summaries: tuple[SummaryKind, ...] = ()

    def __post_init__(self) -> None:
        # Whoever reads a cap finds its minutes, also where it was told as a part of what is asked for.
        object.__setattr__(self, "caps", tuple(cap.of(self.required_minutes) for cap in self.caps))
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
        # Left out where there are none, so that older documents stay what they are.
        offered = {"follow_ups": [_follow_up_document(rule) for rule in self.follow_ups]}
        summed_up = {"summaries": [kind.value for kind in self.summaries]}
        equivalence = {
            "application": application_document(self.application),
            "recordings": recordings_document(self.recordings),
            "logged_kinds": [kind.value for kind in self.logged_kinds],
        }
        is_oldest = not any(equivalence.values()) and all(cap.percent is None for cap in self.caps)
        written = 3 if self.bundles is not None else 1 if is_oldest else 2
        return {
            "format": written,
            "name": self.name,
            "edition": self.edition,
            "effective_from": self.effective_from.isoformat(),
            "effective_until": self.effective_until.isoformat() if self.effective_until else None,
            "unit_minutes": self.unit_minutes,
            "step_minutes": self.step_minutes,
            "rounding": self.rounding.value,
            "minimum_session_minutes": self.minimum_session_minutes,
            "caps": [_cap_document(cap) for cap in self.caps],
            "year_starts": list(self.year_starts),
            "required_minutes": self.required_minutes,
            "categories": [category.value for category in self.categories],
            **(offered if self.follow_ups else {}),
            **(summed_up if self.summaries else {}),
            **(equivalence if written > 1 else {}),
            **({"bundles": bundles_document(self.bundles)} if written > 2 else {}),
        }

    @property
    def digest(self) -> str:
        """Tells this edition apart from one that differs in anything: what was looked at is what is published."""
        return hashlib.sha256(json.dumps(self.to_document(), sort_keys=True).encode()).hexdigest()

    @classmethod
    def from_document(cls, document: Mapping[str, object]) -> CreditPolicy:
        """The policy that a document states. Refuses with `NotValid` what is missing, unknown or odd."""
        _refuse_other_fields(document)
        if whole_in("format", document["format"]) not in FORMATS:
            raise NotValid({"format": "This document isn't of format 1, 2 or 3."})
        until = document["effective_until"]
        return cls(
            name=text_in("name", document["name"]),
            edition=text_in("edition", document["edition"]),
            effective_from=day_in("effective_from", document["effective_from"]),
            effective_until=None if until is None else day_in("effective_until", until),
            unit_minutes=whole_in("unit_minutes", document["unit_minutes"]),
            step_minutes=whole_in("step_minutes", document["step_minutes"]),
            rounding=word_in("rounding", document["rounding"], Rounding),
            minimum_session_minutes=whole_in("minimum_session_minutes", document["minimum_session_minutes"]),
            caps=tuple(_cap(item) for item in items_in("caps", document["caps"])),
            year_starts=_month_and_day(document["year_starts"]),
            required_minutes=whole_in("required_minutes", document["required_minutes"]),
            categories=words_in("categories", document["categories"], CreditCategory),
            follow_ups=tuple(
                _follow_up(item) for item in items_in("follow_ups", document.get("follow_ups", ()))
            ),
            application=read_application(document.get("application")),
            recordings=read_recordings(document.get("recordings")),
            logged_kinds=words_in("logged_kinds", document.get("logged_kinds", ()), EventKind),
            bundles=read_bundles(document.get("bundles")),
            summaries=words_in("summaries", document.get("summaries", ()), SummaryKind),
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
        "caps": (
            _are_caps(policy.caps),
            "Enter one cap for each kind, of 0 or more minutes or of 0 to 100 percent.",
        ),
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
        "application": (not (fault := application_fault(policy.application)), fault),
        "recordings": (not (fault := recordings_fault(policy.recordings)), fault),
        "logged_kinds": (
            are_logged(policy.logged_kinds),
            "Choose kinds without fixed hours, each of them once.",
        ),
        "bundles": (not (fault := bundles_fault(policy.bundles)), fault),
        "summaries": (len(set(policy.summaries)) == len(policy.summaries), "Choose each of them once."),
    }
    return {field: sentence for field, (is_kept, sentence) in rules.items() if not is_kept}


def _are_caps(caps: Sequence[KindCap]) -> bool:
    return len({cap.kind for cap in caps}) == len(caps) and all(
        cap.minutes_per_year >= 0 and (cap.percent is None or 0 <= cap.percent <= 100) for cap in caps
    )


def _refuse_other_fields(document: Mapping[str, object]) -> None:
    fields = {"format", *(field.name for field in dataclass_fields(CreditPolicy))}
    errors = dict.fromkeys(sorted(fields - set(document) - _OPTIONAL), "The document lacks this field.")
    written = document.get("format")
    known = fields - _UNKNOWN_TO.get(written, frozenset()) if isinstance(written, int) else fields
    errors |= dict.fromkeys(sorted(set(document) - known), "A credit policy has no such field.")
    if errors:
        raise NotValid(errors)


def _cap(value: object) -> KindCap:
    if not isinstance(value, Mapping) or set(value) not in _CAP_MEMBERS:
        raise NotValid(
            {"caps": "Enter kind and minutes_per_year, or kind and percent_of_required, for each cap."}
        )
    kind = None if value["kind"] is None else word_in("caps", value["kind"], EventKind)
    if "percent_of_required" in value:
        return KindCap(kind, percent=whole_in("caps", value["percent_of_required"]))
    return KindCap(kind, whole_in("caps", value["minutes_per_year"]))


def _cap_document(cap: KindCap) -> dict[str, object]:
    most = (
        {"minutes_per_year": cap.minutes_per_year}
        if cap.percent is None
        else {"percent_of_required": cap.percent}
    )
    return {"kind": cap.kind.value if cap.kind else None, **most}


def _follow_up(value: object) -> FollowUpRule:
    if not isinstance(value, Mapping) or set(value) - {"questions"} != _FOLLOW_UP_FIELDS:
        raise NotValid({"follow_ups": "Enter kind, after_days, within_days and percent for each follow-up."})
    return FollowUpRule(
        kind=word_in("follow_ups", value["kind"], FollowUpKind),
        after_days=whole_in("follow_ups", value["after_days"]),
        within_days=whole_in("follow_ups", value["within_days"]),
        percent=whole_in("follow_ups", value["percent"]),
        questions=tuple(
            text_in("follow_ups", item) for item in items_in("follow_ups", value.get("questions", ()))
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
    match [whole_in("year_starts", item) for item in items_in("year_starts", value)]:
        case [month, day]:
            return month, day
        case _:
            raise NotValid({"year_starts": "Enter a month and a day, such as 7 and 1."})
