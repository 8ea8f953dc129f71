"""What it changes for a licence that a fact is attested of its holder, told before anybody signs."""

from __future__ import annotations

from collections.abc import Iterator

from pdtracker.domain.regimes.evaluation import Evaluation
from pdtracker.domain.regimes.quantities import figure
from pdtracker.domain.regimes.rules import Op


def changes_between(before: Evaluation, after: Evaluation) -> tuple[str, ...]:
    """What is asked for otherwise, one sentence each; none where the fact changes nothing.

    `English language learners: 50 clock hours instead of 15.`
    """
    return tuple(_changes(before, after))


def _changes(before: Evaluation, after: Evaluation) -> Iterator[str]:
    unit = after.unit
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


def _minimums(found: Evaluation) -> dict[str, str]:
    """What each part asks for, by its name."""
    return {
        one.bucket.name[:1].upper() + one.bucket.name[1:]: f"{figure(one.asked)} activities"
        if one.bucket.count is not None
        else found.unit.words(one.asked)
        for one in found.buckets
        if one.bucket.op is Op.MIN
    }
