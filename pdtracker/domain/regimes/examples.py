"""Worked examples in a rule file: FACTS in short, and what they come to; each of them is a test of the file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from pdtracker.domain.regimes.rules import Example
from pdtracker.domain.regimes.table import Table

_EXPECTED: Final = ("earned", "required", "missing", "carry_over", "units")
_KNOWN: Final = ("says", "start", "end", "person", "as_of", "activities", "adjustments", *_EXPECTED)


def read_examples(top: Table) -> tuple[Example, ...]:
    """The examples of a file.

    `[example_defaults]` says what most of them share: `start` and `end` of the cycle, and the `evidence` of an
    activity that names none. An activity without a day is on the cycle's first; `units` lists what each comes to.
    """
    defaults = top.table("example_defaults", ("start", "end", "evidence"))
    common: dict[str, object] = {}
    if defaults is not None:
        common = {"start": defaults.day("start"), "end": defaults.day("end")}
        common["evidence"] = list(defaults.texts("evidence"))
    return top.each("example", _KNOWN, lambda table: _example(table, common))


def _example(table: Table, common: Mapping[str, object]) -> Example:
    raw = table.raw
    cycle = {key: raw.get(key, common.get(key)) for key in ("start", "end")}
    if not all(isinstance(on, date) for on in cycle.values()):
        raise table.refusal(None, "Say the cycle's start and end here or in [example_defaults].")
    activities = [
        {
            "id": f"a{place}",
            "on": cycle["start"],
            "evidence": common.get("evidence", []),
            **activity.raw,
        }
        for place, activity in enumerate(table.tables("activities", None), start=1)
    ]
    facts = {
        "cycle": cycle,
        "person": raw.get("person", {}),
        "as_of": raw.get("as_of", cycle["end"]),
        "activities": activities,
        "adjustments": raw.get("adjustments", []),
    }
    expected = {key: raw[key] for key in _EXPECTED if key in raw}
    if "earned" not in expected or "missing" not in expected:
        raise table.refusal(None, "Say what it comes to: earned, and missing = { } when nothing is.")
    plain = {key: _plain(value) for key, value in facts.items()}
    return Example(table.text("says"), plain, expected, table.line)


def _plain(value: object) -> object:
    """The value as JSON has it: days as text."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
