"""What a trial of a layer found, in words: one answer, what it does to how many, and each licence before and after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pdtracker.domain.layer_dry_run import Effect, LicenceChange
from pdtracker.domain.licence_progress import Pace
from pdtracker.domain.refs import ref_of
from pdtracker.domain.regimes.evaluation import Evaluation
from pdtracker.domain.regimes.quantities import figure
from pdtracker.domain.regimes.rules import Op
from pdtracker.exchange.csv_out import Cell
from pdtracker.queries.layer_trial import Trial

CSV_HEADER = ("Person", "Before", "Pace before", "After", "Pace after", "What it does", "Why")
_LABELS = {
    Effect.NEWLY_SHORT: ("warn", "Newly short"),
    Effect.SHORTER: ("todo", "Short already, and more so"),
    Effect.LESS_SHORT: ("half", "Less short than now"),
    Effect.OTHERWISE: ("ok", "No shorter than now"),
    Effect.UNCHANGED: ("ok", "As it is now"),
}
_EFFECTS = (
    (Effect.NEWLY_SHORT, "lacks nothing now and would be short", "lack nothing now and would be short"),
    (Effect.SHORTER, "is short already and would lack more", "are short already and would lack more"),
    (Effect.LESS_SHORT, "is short now and would lack less", "are short now and would lack less"),
    (Effect.OTHERWISE, "would have other sums and lack no more", "would have other sums and lack no more"),
    (Effect.UNCHANGED, "stays as it is", "stay as they are"),
)


@dataclass(frozen=True, slots=True)
class TriedLine:
    """A licence whose progress would be another."""

    person: str
    licence_ref: str
    before: str
    pace_before: str
    after: str
    pace_after: str
    effect: tuple[str, str]
    why: Sequence[str]


def answer(found: Trial) -> str:
    """How many licences it would change, and how many of them would be newly short."""
    if not found.changes:
        return "Nobody holds a licence that it touches."
    short = _number(found, Effect.NEWLY_SHORT)
    return (
        f"It would change {len(found.changed):,} of {len(found.changes):,} {_licences(len(found.changes))}; "
        f"{f'{short:,}' if short else 'none'} would be newly short."
    )


def effects(found: Trial) -> Sequence[str]:
    """How many licences there are of each effect, and how many would leave their pace."""
    numbers = [(_number(found, effect), one, many) for effect, one, many in _EFFECTS]
    said = [
        f"{number:,} {_licences(number)} {one if number == 1 else many}."
        for number, one, many in numbers
        if number
    ]
    if behind := sum(one.falls_behind for one in found.changes):
        said.append(f"{behind:,} {_licences(behind)} not behind now would be.")
    return said


def sample(found: Trial) -> str:
    """Of how many people it was tried; empty for all of them."""
    if found.chosen == found.people:
        return ""
    return f"Tried on the first {found.chosen:,} of {found.people:,} people who hold one."


def tried_lines(changed: Sequence[LicenceChange]) -> Sequence[TriedLine]:
    """Licences as the page and the table print them."""
    return [_line(one) for one in changed]


def cells(line: TriedLine) -> Sequence[Cell]:
    """A licence under `CSV_HEADER`."""
    _, effect = line.effect
    return (
        line.person,
        line.before,
        line.pace_before,
        line.after,
        line.pace_after,
        effect,
        " ".join(line.why),
    )


def _number(found: Trial, effect: Effect) -> int:
    return sum(one.effect is effect for one in found.changes)


def _licences(number: int) -> str:
    return "licence" if number == 1 else "licences"


def _line(one: LicenceChange) -> TriedLine:
    return TriedLine(
        one.person_name,
        ref_of(one.licence_id),
        stands(one.before, one.after),
        _pace(one.pace_before),
        stands(one.after, one.before),
        _pace(one.pace_after),
        _LABELS[one.effect],
        one.why,
    )


def stands(found: Evaluation, other: Evaluation) -> str:
    """Where a licence stands, with each part that is another one in `other`, so that the two never read alike."""
    return "; ".join([found.unit.out_of(found.earned, found.required), *_other_parts(found, other)])


def _other_parts(found: Evaluation, other: Evaluation) -> Iterator[str]:
    mine, theirs = _minimums(found), _minimums(other)
    for part in dict.fromkeys((*mine, *theirs)):
        if mine.get(part) != theirs.get(part):
            name, stands = mine.get(part) or (theirs[part][0], "no minimum")
            yield f"{name}: {stands}"
    lacks, known = (_lacking_together(one) for one in (found, other))
    if lacks != known:
        yield from lacks or ("the parts that may not share credit: nothing is missing",)
    if found.carry_over != other.carry_over:
        yield f"carried over: {found.unit.words(found.carry_over)}"


def _minimums(found: Evaluation) -> dict[str, tuple[str, str]]:
    """The name of each minimum, and what is held of what it asks for."""
    return {
        one.bucket.id: (
            one.bucket.name,
            f"{figure(one.held)} of {figure(one.asked)}"
            if one.bucket.count is not None
            else found.unit.out_of(one.held, one.asked),
        )
        for one in found.buckets
        if one.bucket.op is Op.MIN
    }


def _lacking_together(found: Evaluation) -> tuple[str, ...]:
    """What minimums that may not share credit lack; each by itself may look full."""
    exclusive = {one.bucket.id for one in found.buckets if one.bucket.exclusive}
    lacks = (one for one in found.missing if exclusive.intersection(one.what.split(" + ")))
    return tuple(one.sentence.removesuffix(".") for one in lacks)


def _pace(found: Pace | None) -> str:
    return found.sentence if found else ""
