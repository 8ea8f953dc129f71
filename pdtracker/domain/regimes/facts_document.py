"""FACTS, the JSON of one person's cycle: read strictly, refused with path and line of what is wrong.

    {"cycle": {"start", "end"}, "as_of",
     "person": {"facts", "fte", "years_practised", "target", "carry_in"},
     "activities": [{"id", "on", "ends_on", "minutes", "sessions", "quantities", "kind", "categories", "topic", "level",
                     "repeat_key", "evidence"}],
     "adjustments": [{"by", "on", "reason", "units", "category", "target", "ends_on"}],
     "attestations": [{"fact", "by", "on"}]}

Only `cycle` is needed, and `id` and `on` of an activity; `null` is the same as nothing. Without `as_of` the whole
cycle is meant. Numbers are read as they are written, never as floats; a decimal in quotes is a number too. Evidence
can carry its day: `submitted@2024-05-01`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Final, NoReturn

from pdtracker.domain.regimes.cycles import Cycle
from pdtracker.domain.regimes.entry import BadFacts, Entry
from pdtracker.domain.regimes.facts import Activity, Adjustment, Attestation, Facts, Person
from pdtracker.domain.regimes.json_lines import json_lines
from pdtracker.domain.regimes.quantities import LARGEST_AMOUNT, QUANTITIES

_LONGEST_DAYS: Final = 3660


def read_facts_json(text: str) -> Facts:
    """The facts that a JSON text states. Refuses with `BadFacts`, which then knows the line."""
    try:
        value = json.loads(
            text, parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_without_twins
        )
    except json.JSONDecodeError as error:
        said = f"this isn't JSON, {error.msg.lower()} at column {error.colno}. Put that line right."
        raise BadFacts("", said, error.lineno) from None
    except _Constant as error:
        raise BadFacts("", str(error), json_lines(text).constant) from None
    except _Twin as error:
        raise BadFacts("", str(error), json_lines(text).twin) from None
    except (RecursionError, ValueError, InvalidOperation):
        said = "this is too deep or too long to be FACTS. Take it out."
        raise BadFacts("", said, json_lines(text).too_much) from None
    try:
        return read_facts(value)
    except BadFacts as refusal:
        # The text is only scanned for lines when somebody has to look for one.
        refusal.line = json_lines(text).of(refusal.path)
        raise


def read_facts(value: object) -> Facts:
    """The facts that a JSON value states; numbers as `int` or `Decimal`. Refuses with `BadFacts`."""
    top = Entry("", value, ("cycle", "person", "as_of", "activities", "adjustments", "attestations"))
    cycle = _cycle(top.entry("cycle", ("start", "end")))
    facts = Facts(
        cycle=cycle,
        person=_person(
            top.entry("person", ("facts", "fte", "years_practised", "target", "carry_in"), or_empty=True)
        ),
        as_of=top.day("as_of", cycle.end),
        activities=tuple(top.each("activities", _ACTIVITY, _activity)),
        adjustments=tuple(
            top.each(
                "adjustments", ("by", "on", "reason", "units", "category", "target", "ends_on"), _adjustment
            )
        ),
        attestations=tuple(top.each("attestations", ("fact", "by", "on"), _attestation)),
    )
    _refuse_twins(facts.activities)
    for place, one in enumerate(facts.adjustments):
        if one.ends_on is not None and one.ends_on < cycle.start:
            raise BadFacts(
                f"adjustments[{place}].ends_on", f"write a day on or after the cycle's start, {cycle.start}."
            )
    return facts


_ACTIVITY: Final = (
    "id", "on", "ends_on", "minutes", "sessions", "quantities", "kind", "categories", "topic", "level", "repeat_key",
    "evidence",
)  # fmt: skip


def _cycle(entry: Entry) -> Cycle:
    start, end = entry.day("start"), entry.day("end")
    if end < start:
        entry.refuse("end", f"write a day on or after the cycle's start, {start}.")
    return Cycle(start, end)


def _person(entry: Entry) -> Person:
    fte = entry.amount("fte", most=2)
    return Person(
        facts=frozenset(entry.texts("facts")),
        fte=Fraction(1) if fte is None else fte,
        years_practised=entry.amount("years_practised", most=100),
        target=entry.amount("target"),
        carry_in=entry.amount("carry_in") or Fraction(0),
    )


def _activity(entry: Entry) -> Activity:
    on = entry.day("on")
    ends_on = entry.day("ends_on", on)
    if ends_on < on:
        entry.refuse("ends_on", f"write a day on or after {on}, when it began.")
    if (ends_on - on).days > _LONGEST_DAYS:
        entry.refuse("ends_on", "write the day on which it ended; nothing lasts more than ten years.")
    minutes = entry.whole("minutes")
    return Activity(
        id=entry.text("id"),
        on=on,
        ends_on=ends_on,
        minutes=minutes,
        sessions=_sessions(entry, minutes),
        quantities=_quantities(entry),
        kind=entry.text_or_none("kind"),
        categories=_categories(entry, minutes),
        topic=entry.text_or_none("topic"),
        level=entry.text_or_none("level"),
        repeat_key=entry.text_or_none("repeat_key"),
        evidence=_evidence(entry),
    )


def _sessions(entry: Entry, minutes: int) -> tuple[int, ...]:
    places = entry.places("sessions")
    sessions = tuple(places.whole(key) for key in places.keys)
    if sessions and sum(sessions) != minutes:
        entry.refuse("sessions", f"its sittings come to {sum(sessions)} minutes, the activity to {minutes}.")
    return sessions


def _quantities(entry: Entry) -> dict[str, Fraction]:
    inside = entry.inside("quantities")
    for name in inside.keys:
        if name not in QUANTITIES:
            inside.refuse(name, f"there is no such quantity; write one of {', '.join(QUANTITIES)}.")
    return {name: inside.amount(name) or Fraction(0) for name in inside.keys}


def _categories(entry: Entry, minutes: int) -> dict[str, int]:
    inside = entry.inside("categories")
    found = {name: inside.whole(name) for name in inside.keys}
    for name, part in found.items():
        if 0 < minutes < part:
            inside.refuse(name, f"{part} minutes are more than the activity's {minutes}.")
    return {name: part for name, part in found.items() if part}


def _evidence(entry: Entry) -> dict[str, date | None]:
    found: dict[str, date | None] = {}
    for place, told in enumerate(entry.texts("evidence")):
        name, _, day = told.partition("@")
        if not name.strip():
            entry.refuse(f"evidence[{place}]", "write the evidence's name before the @.")
        found[name] = entry.day_of(f"evidence[{place}]", day) if day else None
    return found


def _adjustment(entry: Entry) -> Adjustment:
    try:
        return Adjustment(
            by=entry.text("by"),
            on=entry.day("on"),
            reason=entry.text("reason"),
            units=entry.amount("units", least=-LARGEST_AMOUNT),
            target=entry.amount("target"),
            ends_on=entry.day("ends_on") if entry.has("ends_on") else None,
            category=entry.text("category") if entry.has("category") else "",
        )
    except ValueError as error:
        raise BadFacts(entry.path, str(error)) from None


def _attestation(entry: Entry) -> Attestation:
    return Attestation(fact=entry.text("fact"), by=entry.text("by"), on=entry.day("on"))


def _refuse_twins(activities: tuple[Activity, ...]) -> None:
    seen: set[str] = set()
    for place, activity in enumerate(activities):
        if activity.id in seen:
            raise BadFacts(
                f"activities[{place}].id", f"{activity.id} is there already; give each activity its own id."
            )
        seen.add(activity.id)


class _Constant(Exception):
    """A word in place of a number."""


class _Twin(Exception):
    """A key that stands twice."""


def _no_constant(text: str) -> NoReturn:
    raise _Constant(f"{text} is no number; write figures.")


def _without_twins(pairs: list[tuple[str, object]]) -> Mapping[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        times = Counter(key for key, _ in pairs)
        twin = next(key for key, _ in pairs if times[key] > 1)
        raise _Twin(f"The key {twin!a} stands twice in one object; keep one.")
    return found
