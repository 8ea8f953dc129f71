"""The values of properties, as icalendar parses them; what it leaves untyped is `Any` here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, TypeAlias

from icalendar.parser import Contentline
from icalendar.prop import vDDDTypes, vDuration, vRecur

Rule: TypeAlias = "Mapping[str, list[Any]]"
"""A rule of recurrence: its parts, in capitals, each with its values."""

_line: Any = Contentline
_moment: Any = vDDDTypes.from_ical
_length: Any = vDuration.from_ical
_rule: Any = vRecur.from_ical
_recur: Any = vRecur


def parts_of(line: str) -> tuple[Mapping[str, object], str]:
    """Parameters and value of a content line, escapes undone. Raises ValueError."""
    _, parameters, value = _line(line).parts()
    return parameters, str(value)


def day_or_time(text: str) -> date:
    """A day, or a time with or without UTC. Raises ValueError, also for a period or a duration."""
    told = _moment(text)
    if not isinstance(told, date):
        raise ValueError(text)
    return told


def length_of(text: str) -> timedelta:
    """A duration such as `PT1H30M`. Raises ValueError."""
    told = _length(text)
    if not isinstance(told, timedelta):
        raise ValueError(text)
    return told


def rule_of(text: str) -> Rule:
    """The parts of an RRULE. Raises ValueError."""
    return {str(part).upper(): list(values) for part, values in _rule(text).items()}


def text_of_rule(rule: Rule) -> str:
    """A rule as the format writes it."""
    return str(_recur(rule).to_ical().decode())
