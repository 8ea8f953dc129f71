"""Prospect: what one more activity would add to a licence, told before anybody attended it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from pdtracker.domain.hours import NBSP
from pdtracker.domain.licence import APPROVED_PROVIDER
from pdtracker.domain.regimes.buckets import Filled
from pdtracker.domain.regimes.evaluation import Evaluation
from pdtracker.domain.regimes.facts import Activity
from pdtracker.domain.regimes.meanings import shown
from pdtracker.domain.regimes.parcel import NOTHING
from pdtracker.domain.regimes.quantities import Unit
from pdtracker.domain.regimes.rules import Gate, Op


@dataclass(frozen=True, slots=True)
class Filling:
    """What of a minimum that is short an activity would bring; of one that `is_number` one activity more."""

    id: str
    name: str
    amount: Fraction
    is_number: bool


@dataclass(frozen=True, slots=True)
class Prospect:
    """What an activity would add: to the total, and to each minimum that is short. `reasons` say why.

    `conditions` are what has to be shown afterwards for that, one of each set; `lacks` what isn't shown and should be;
    `means` the regime's words for both.
    """

    added: Fraction
    unit: Unit
    fillings: tuple[Filling, ...]
    reasons: tuple[str, ...]
    conditions: tuple[frozenset[str], ...] = ()
    lacks: tuple[frozenset[str], ...] = ()
    means: Mapping[str, str] = field(default_factory=dict)

    @property
    def lacks_provider(self) -> bool:
        """Whether it would count if its provider were approved, or might."""
        return any(APPROVED_PROVIDER in needs for needs in self.lacks)

    @property
    def counts(self) -> bool:
        """Whether anything would come of it."""
        return self.added > 0 or bool(self.fillings)

    @property
    def words(self) -> str:
        """`1 clock hour, 0.5 of it towards language`; `nothing`."""
        return f"{self._amount}{self._towards}" if self.counts else "nothing"

    def sentence(self, name: str) -> str:
        """`Would count 1 PDP for Massachusetts PDP, if this is shown: ...`, or `Not for Virginia yet`."""
        if not self.counts:
            return f"Not for {name} yet"
        told = f"Would count {self._amount} for {name}{self._towards}"
        if not self.conditions:
            return told
        return f"{told}, if this is shown: {_listed([shown(needs, self.means) for needs in self.conditions])}"

    def fills(self, what: str) -> bool:
        """Whether a shortfall, of one minimum or of several together, would be less with it."""
        return not {one.id for one in self.fillings}.isdisjoint(what.split(" + "))

    @property
    def _amount(self) -> str:
        return self.unit.words(self.added) if self.added > 0 else "nothing in total"

    @property
    def _towards(self) -> str:
        return f", {_listed([self._part(one) for one in self.fillings])}" if self.fillings else ""

    def _part(self, one: Filling) -> str:
        if one.is_number:
            return f"one more towards {one.name}"
        if one.amount == self.added:
            return f"towards {one.name}"
        return f"{self.unit.short(one.amount)}{NBSP}of it towards {one.name}"


def conditions_of(gates: Iterable[Gate], activity: Activity) -> tuple[frozenset[str], ...]:
    """What gates ask of an activity that can only be shown when it is over.

    Whether its provider is approved is known before, and stays as it is.
    """
    return tuple(
        dict.fromkeys(
            gate.needs
            for gate in gates
            if gate.needs
            and not gate.only_if_told
            and APPROVED_PROVIDER not in gate.needs
            and gate.selector.takes(activity)
            and gate.needs.isdisjoint(activity.evidence)
        )
    )


def as_shown(activity: Activity, conditions: Iterable[frozenset[str]]) -> Activity:
    """The activity as if all that had been shown."""
    shown = dict.fromkeys(min(needs) for needs in conditions)
    return activity._replace(evidence={**activity.evidence, **shown})


def prospect_of(
    before: Evaluation,
    after: Evaluation,
    activity_id: str,
    conditions: tuple[frozenset[str], ...] = (),
) -> Prospect:
    """What the activity with this id adds, which only the second of two evaluations of one record knows."""
    parcel = next(one for one in after.parcels if one.activity.id == activity_id)
    then = {one.bucket.id: one for one in after.buckets if one.bucket.op is Op.MIN}
    return Prospect(
        added=max(NOTHING, after.earned - before.earned),
        unit=after.unit,
        fillings=_fillings(before.buckets, then),
        reasons=parcel.reasons,
        conditions=conditions,
        lacks=parcel.lacks,
        means=after.version.words["evidence"],
    )


def _fillings(now: Sequence[Filled], then: dict[str, Filled]) -> tuple[Filling, ...]:
    found = []
    for one in now:
        after = then.get(one.bucket.id)
        if one.bucket.op is Op.MAX or one.is_met or after is None:
            continue
        more = min(after.held, one.asked) - one.held
        if more > 0:
            found.append(Filling(one.bucket.id, one.bucket.name, more, one.bucket.count is not None))
    return tuple(found)


def _listed(parts: Sequence[str]) -> str:
    if len(parts) == 1:
        return parts[0]
    return f"{', '.join(parts[:-1])} and {parts[-1]}"
