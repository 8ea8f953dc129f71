"""Gates: what has to be shown before an activity counts at all."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from pdtracker.domain.regimes import words
from pdtracker.domain.regimes.parcel import NOTHING, Parcel
from pdtracker.domain.regimes.rules import Gate


def is_let_through(parcel: Parcel, gates: Iterable[Gate]) -> bool:
    """Whether it passes every gate; the first that it doesn't pass is told, and takes everything."""
    for gate in gates:
        if not gate.selector.takes(parcel.activity):
            continue
        if not gate.needs:
            parcel.tell(words.never_counts, gate.selector)
        elif _is_passed(gate, parcel):
            continue
        parcel.units, parcel.shares = NOTHING, {}
        return False
    return True


def _is_passed(gate: Gate, parcel: Parcel) -> bool:
    activity = parcel.activity
    has_terms = gate.days_before_start is not None or gate.days_after_end is not None
    if not has_terms and not gate.needs.isdisjoint(activity.evidence):
        return True
    shown = [name for name in gate.needs if name in activity.evidence]
    if not shown:
        if not gate.only_if_told:
            parcel.tell(words.not_shown, gate.needs)
        return gate.only_if_told
    for name in shown:
        on = activity.evidence[name]
        if on is None or _is_in_time(gate, on, activity.on, activity.ends_on):
            return True
    name = min(shown)
    on = activity.evidence[name]
    parcel.tell(words.shown_out_of_time, name, on, gate)
    return False


def _is_in_time(gate: Gate, shown_on: date, starts_on: date, ends_on: date) -> bool:
    early = gate.days_before_start is None or shown_on <= starts_on - timedelta(days=gate.days_before_start)
    return early and (
        gate.days_after_end is None or shown_on <= ends_on + timedelta(days=gate.days_after_end)
    )
