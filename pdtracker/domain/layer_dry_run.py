"""What a new layer on top of a regime would have made of people's progress: before and after, licence by licence."""

from __future__ import annotations

from dataclasses import dataclass

from pdtracker.domain.regimes.evaluation import Evaluation


@dataclass(frozen=True, slots=True)
class LicenceChange:
    """A licence that the layer touches: whose it is, and what it comes to without and with it."""

    licence_id: int
    person_id: int
    person_name: str
    before: Evaluation
    after: Evaluation

    @property
    def place(self) -> tuple[bool, str, int]:
        """Where it stands in a list: those that fall short first, then by name; no two are alike."""
        return not self.falls_short, self.person_name.casefold(), self.licence_id

    @property
    def is_changed(self) -> bool:
        """Whether anything of the progress is another."""
        return _progress(self.before) != _progress(self.after)

    @property
    def falls_short(self) -> bool:
        """Whether nothing was missing, and something would be."""
        return not self.before.missing and bool(self.after.missing)

    @property
    def why(self) -> str:
        """The sentence that says most: what would be missing that isn't, else the new sum."""
        known = {one.sentence for one in self.before.missing}
        told = next((one.sentence for one in self.after.missing if one.sentence not in known), None)
        unit = self.after.unit
        return told or f"{unit.words(self.after.earned)} would count, of {unit.words(self.after.required)}."


def _progress(found: Evaluation) -> object:
    missing = tuple((one.what, one.amount) for one in found.missing)
    return found.earned, found.required, missing, found.carry_over
