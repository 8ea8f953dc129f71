"""Licences in a line: beneath a teacher's school year, and beside a claim that counts for them."""

from __future__ import annotations

from dataclasses import dataclass

from pdtracker.domain.licence_progress import LicenceProgress
from pdtracker.domain.refs import ref_of
from pdtracker.queries.licence_record import records
from pdtracker.queries.licensing import Rules, current, licences_of
from pdtracker.scope import Scope


@dataclass(frozen=True, slots=True)
class LicenceLine:
    """A licence with where its holder stands."""

    licence_id: int
    name: str
    progress: LicenceProgress


@dataclass(frozen=True, slots=True)
class CountsFor:
    """What a claim counts for a licence, in words, and why."""

    licence_id: int
    name: str
    units: str
    reasons: tuple[str, ...]


def my_lines(scope: Scope) -> tuple[LicenceLine, ...]:
    """One's own licences today. One statement without any, else ten."""
    today = scope.today
    held = current(licences_of(scope, [scope.me.id]), today)
    if not held:
        return ()
    record = records(scope, [scope.me.id])
    rules = Rules(record.layers)
    return tuple(LicenceLine(one.id, one.name, rules.progress(one, record, today)) for one in held)


def counts_for(scope: Scope, person_id: int, claim_id: int) -> tuple[CountsFor, ...]:
    """What a credited claim counts for each licence of its claimant in whose cycle it lies, or which looks back to it.

    One statement without a licence, else ten.
    """
    held = licences_of(scope, [person_id])
    if not held:
        return ()
    today = scope.today
    record, ref = records(scope, [person_id]), ref_of(claim_id)
    titles, rules, found = record.titles(person_id), Rules(record.layers), []
    for one in held:
        progress = rules.decided_progress(one, record, today)
        for counted in progress.activities:
            if counted.id == ref and (counted.units or counted.parcel.activity.ends_on in progress.cycle):
                units = progress.unit.words(counted.units)
                found.append(CountsFor(one.id, one.name, units, counted.reasons_naming(titles)))
    return tuple(found)
