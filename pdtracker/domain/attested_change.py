"""What it changes for a licence that something is signed about it, told before anybody signs."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from pdtracker.domain.regimes.buckets import Missing
from pdtracker.domain.regimes.evaluation import TOTAL, Evaluation
from pdtracker.domain.regimes.quantities import figure
from pdtracker.domain.regimes.rules import Op
from pdtracker.domain.when import date_text


def changes_between(before: Evaluation, after: Evaluation) -> tuple[str, ...]:
    """What becomes otherwise, one sentence each; none where what is signed changes nothing.

    `English language learners: 50 clock hours instead of 15.`
    """
    return tuple(_changes(before, after))


def _changes(before: Evaluation, after: Evaluation) -> Iterator[str]:
    unit = after.unit
    if after.cycle.end != before.cycle.end:
        yield f"The cycle ends on {date_text(after.cycle.end)} instead of {date_text(before.cycle.end)}."
    if after.required != before.required:
        yield f"The cycle: {unit.words(after.required)} instead of {figure(before.required)}."
    was, becomes = _minimums(before), _minimums(after)
    for part in (*was, *(name for name in becomes if name not in was)):
        if was.get(part) == becomes.get(part):
            continue
        if part not in becomes:
            yield f"{part}: nothing instead of {was[part]}."
        else:
            yield f"{part}: {becomes[part]} instead of {was.get(part, 'nothing')}."
    if after.earned != before.earned:
        yield f"Earned so far: {unit.words(after.earned)} instead of {figure(before.earned)}."

    yield from _filling(before, after)


def _filling(before: Evaluation, after: Evaluation) -> Iterator[str]:
    """What each part holds otherwise, and what is short then or no longer."""
    unit = after.unit
    held, holds = _held(before), _held(after)
    for part, amount in holds.items():
        if part in held and amount != held[part]:
            yield f"{part}: {unit.words(amount)} earned instead of {figure(held[part])}."
    for lack in after.missing:
        if lack.what not in {one.what for one in before.missing}:
            yield f"Then short: {lack.sentence}"
    for lack in before.missing:
        if lack.what not in {one.what for one in after.missing}:
            yield f"Enough then: {_parts(lack, before)}."


def _parts(lack: Missing, found: Evaluation) -> str:
    """The parts that lacked something, by name."""
    names = {one.bucket.id: one.bucket.name for one in found.buckets} | {TOTAL: "the whole cycle"}
    return " and ".join(names.get(part, part) for part in lack.what.split(" + "))


def _held(found: Evaluation) -> dict[str, Fraction]:
    """What each part that asks for an amount holds, by its name."""
    return {
        one.bucket.name[:1].upper() + one.bucket.name[1:]: one.held
        for one in found.buckets
        if one.bucket.op is Op.MIN and one.bucket.count is None
    }


def _minimums(found: Evaluation) -> dict[str, str]:
    """What each part asks for, by its name."""
    return {
        one.bucket.name[:1].upper() + one.bucket.name[1:]: f"{figure(one.asked)} activities"
        if one.bucket.count is not None
        else found.unit.words(one.asked)
        for one in found.buckets
        if one.bucket.op is Op.MIN
    }
