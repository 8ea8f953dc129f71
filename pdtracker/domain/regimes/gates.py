"""Gates: what has to be shown before an activity counts at all."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from pdtracker.domain.regimes import words
from pdtracker.domain.regimes.meanings import Words
from pdtracker.domain.regimes.parcel import NOTHING, Parcel
from pdtracker.domain.regimes.rules import Gate


def is_let_through(parcel: Parcel, gates: Iterable[Gate], told: Words) -> bool:
    """Whether it passes every gate; each one that it doesn't pass is told, and any of them takes everything.

    `told` are the regime's words with their meanings.
    """
    is_through = True
    for gate in gates:
        if gate.selector.takes(parcel.activity) and not _is_passed(gate, parcel, told):
            is_through = False
    if not is_through:
        parcel.units, parcel.shares = NOTHING, {}
    return is_through


def _is_passed(gate: Gate, parcel: Parcel, told: Words) -> bool:
    activity = parcel.activity
    if not gate.needs:
        parcel.tell(words.never_counts, gate.selector, told)
        return False
    has_terms = gate.days_before_start is not None or gate.days_after_end is not None
    if not has_terms and not gate.needs.isdisjoint(activity.evidence):
        return True
    shown = [name for name in gate.needs if name in activity.evidence]
    if not shown:
        if not gate.only_if_told:
            _lack(parcel, gate, told)
        return gate.only_if_told
    for name in shown:
        on = activity.evidence[name]
        if on is None or _is_in_time(gate, on, activity.on, activity.ends_on):
            return True
    name = min(shown)
    on = activity.evidence[name]
    parcel.tell(words.shown_out_of_time, name, on, gate, told["evidence"])
    return False


def _lack(parcel: Parcel, gate: Gate, told: Words) -> None:
    """Tells what isn't shown, once where a lower layer asks for the same again."""
    if gate.needs not in parcel.lacks:
        parcel.lacks = (*parcel.lacks, gate.needs)
        parcel.tell(words.not_shown, gate.needs, told["evidence"])


def _is_in_time(gate: Gate, shown_on: date, starts_on: date, ends_on: date) -> bool:
    early = gate.days_before_start is None or shown_on <= starts_on - timedelta(days=gate.days_before_start)
    return early and (
        gate.days_after_end is None or shown_on <= ends_on + timedelta(days=gate.days_after_end)
    )
