"""What a new layer on top of a regime would have made of people's progress: before and after, licence by licence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pdtracker.domain.licence_progress import Pace, pace_of
from pdtracker.domain.regimes.evaluation import Evaluation
from pdtracker.domain.regimes.parcel import NOTHING


class Effect(StrEnum):
    """What the layer does to a licence. It is short while something that its cycle asks for isn't there yet.

    An edition may ask for less than the one before it, so that somebody can become less short.
    """

    NEWLY_SHORT = "newly_short"
    SHORTER = "shorter"
    LESS_SHORT = "less_short"
    OTHERWISE = "otherwise"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class LicenceChange:
    """A licence that the layer touches: whose it is, and what it comes to on a day without and with it."""

    licence_id: int
    person_id: int
    person_name: str
    as_of: date
    before: Evaluation
    after: Evaluation

    @property
    def place(self) -> tuple[int, str, int]:
        """Where it stands in a list: by what the layer does, then by name; no two are alike."""
        return tuple(Effect).index(self.effect), self.person_name.casefold(), self.licence_id

    @property
    def is_changed(self) -> bool:
        """Whether anything of the progress is another."""
        return self.effect is not Effect.UNCHANGED

    @property
    def effect(self) -> Effect:
        """What it does: who lacks more of one thing and less of another is shorter."""
        before = {one.what: one.amount for one in self.before.missing}
        after = {one.what: one.amount for one in self.after.missing}
        if after and not before:
            return Effect.NEWLY_SHORT
        if any(amount > before.get(what, NOTHING) for what, amount in after.items()):
            return Effect.SHORTER
        if after != before:
            return Effect.LESS_SHORT
        return Effect.UNCHANGED if _sums(self.before) == _sums(self.after) else Effect.OTHERWISE

    @property
    def pace_before(self) -> Pace | None:
        """The pace without the layer."""
        return pace_of(self.before, self.as_of)

    @property
    def pace_after(self) -> Pace | None:
        """The pace with it."""
        return pace_of(self.after, self.as_of)

    @property
    def falls_behind(self) -> bool:
        """Whether it is not behind its pace, and would be."""
        return _is_behind(self.pace_after) and not _is_behind(self.pace_before)

    @property
    def why(self) -> tuple[str, ...]:
        """What would be missing that isn't, or isn't as much; where nothing is, the sums that are others."""
        known = {one.sentence for one in self.before.missing}
        if told := tuple(one.sentence for one in self.after.missing if one.sentence not in known):
            return told
        unit = self.after.unit
        said = []
        if _counted(self.before) != _counted(self.after) or self.before.carry_over == self.after.carry_over:
            said.append(f"{unit.words(self.after.earned)} would count, of {unit.words(self.after.required)}.")
        if self.before.carry_over != self.after.carry_over:
            before, after = unit.words(self.before.carry_over), unit.words(self.after.carry_over)
            said.append(f"{after} would be carried over, in place of {before}.")
        return tuple(said)


def _is_behind(pace: Pace | None) -> bool:
    return pace is not None and pace.behind > 0


def _counted(found: Evaluation) -> object:
    return found.earned, found.required


def _sums(found: Evaluation) -> object:
    return found.earned, found.required, found.carry_over
