"""Licences with what was signed about them, and the rules of the district by which they are counted.

Everything takes many people at once, in a number of statements that doesn't grow with them. What people did stands in
`licence_record`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction

import sqlalchemy as sa

from pdtracker.domain.licence_progress import LicenceProgress, progress_of
from pdtracker.domain.licence_terms import LicenceTerms
from pdtracker.domain.regimes.cycles import Cycle
from pdtracker.domain.regimes.evaluation import Evaluation, evaluate
from pdtracker.domain.regimes.facts import Activity, Adjustment, Attestation, Facts, Person, signed_cycle
from pdtracker.domain.regimes.layering import layered_carry
from pdtracker.domain.regimes.shelf import shelf
from pdtracker.domain.regimes.versions import governing
from pdtracker.models.districts import School
from pdtracker.models.licences import AdoptedRegime, Licence, LicenceAdjustment, LicenceAttestation
from pdtracker.models.people import Person as PersonRow
from pdtracker.queries.licence_record import Record
from pdtracker.queries.people import of_people_in_sight
from pdtracker.queries.regime_layers import Layers, layers_of
from pdtracker.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLicence:
    """A licence in one cycle, whose it is, and all that an evaluation asks about it beside the record."""

    id: int
    person_id: int
    person_name: str
    school_id: int | None
    school_name: str | None
    regime: str
    name: str
    cycle: Cycle
    person: Person
    adjustments: tuple[Adjustment, ...]
    attestations: tuple[Attestation, ...]
    closed_at: datetime | None
    version: int

    def cycle_on(self, as_of: date) -> Cycle:
        """The cycle with its end where what was signed by that day puts it."""
        return signed_cycle(self.cycle, self.adjustments, as_of)

    def facts(self, activities: Sequence[Activity], as_of: date) -> Facts:
        """What the engine reads."""
        return Facts(
            cycle=self.cycle,
            person=self.person,
            as_of=as_of,
            activities=tuple(activities),
            adjustments=self.adjustments,
            attestations=self.attestations,
        )


def licences_of(
    scope: Scope, person_ids: Collection[int], *, and_closed: bool = False
) -> tuple[HeldLicence, ...]:
    """The licences of those people whose credit one may look at, by person and first day. At most three statements."""
    return _held(scope, Licence.person_id.in_(person_ids), and_closed=and_closed)


def licence(scope: Scope, licence_id: int) -> HeldLicence | None:
    """One licence, closed or not; `None` for one that the district doesn't have or one may not look at."""
    return next(iter(_held(scope, Licence.id == licence_id, and_closed=True)), None)


def current(held: Iterable[HeldLicence], on: date) -> tuple[HeldLicence, ...]:
    """Of each licence the cycle that runs on a day, else the one that ended last, else the one that begins first."""
    found: dict[tuple[int, str, str], HeldLicence] = {}
    for one in held:
        key = (one.person_id, one.regime, one.name)
        if key not in found or _nearness(one, on) > _nearness(found[key], on):
            found[key] = one
    return tuple(found.values())


def adopted_regimes(scope: Scope) -> tuple[str, ...]:
    """The regimes that the district adopted and didn't give up. One statement."""
    wanted = sa.select(AdoptedRegime.regime).where(AdoptedRegime.retired_at.is_(None))
    return tuple(scope.session.scalars(wanted.order_by(AdoptedRegime.regime)))


@dataclass(frozen=True, slots=True)
class Signed:
    """What somebody signed about a licence: a change, or that a fact holds (`fact`); `said` is their reason or note."""

    by_name: str
    by_title: str
    signed_on: date
    units: Fraction | None
    target: Fraction | None
    ends_on: date | None
    fact: str
    said: str


def signed(scope: Scope, licence_id: int) -> tuple[Signed, ...]:
    """What was signed about a licence, in the order in which it was. Two statements."""
    adjustments = scope.session.execute(
        sa.select(
            LicenceAdjustment.signed_at,
            LicenceAdjustment.by_name,
            LicenceAdjustment.by_title,
            LicenceAdjustment.signed_on,
            LicenceAdjustment.units,
            LicenceAdjustment.target,
            LicenceAdjustment.ends_on,
            LicenceAdjustment.reason,
        ).where(LicenceAdjustment.licence_id == licence_id)
    )
    attestations = scope.session.execute(
        sa.select(
            LicenceAttestation.signed_at,
            LicenceAttestation.by_name,
            LicenceAttestation.by_title,
            LicenceAttestation.signed_on,
            LicenceAttestation.fact,
            LicenceAttestation.note,
        ).where(LicenceAttestation.licence_id == licence_id)
    )
    found = [
        (
            row.signed_at,
            Signed(
                row.by_name, row.by_title, row.signed_on, row.units, row.target, row.ends_on, "", row.reason
            ),
        )
        for row in adjustments
    ]
    found += [
        (
            row.signed_at,
            Signed(row.by_name, row.by_title, row.signed_on, None, None, None, row.fact, row.note),
        )
        for row in attestations
    ]
    return tuple(one for _, one in sorted(found, key=lambda pair: pair[0]))


@dataclass(frozen=True, slots=True)
class Rules:
    """The regimes on the shelf with the district's layers on top."""

    layers: Layers

    def evaluate(self, held: HeldLicence, activities: Sequence[Activity], as_of: date) -> Evaluation:
        """What activities come to for a licence on a day, under its regime and the district's layer."""
        versions, facts = shelf()[held.regime], held.facts(activities, as_of)
        version, cycle = governing(versions, facts), held.cycle_on(as_of)
        found = evaluate(versions, facts, self.layers.under(version, cycle))
        if why := self.layers.left_out(version, cycle):
            return replace(found, notes=(*found.notes, f"The district's rules on top aren't counted. {why}"))
        return found

    def asked(self, terms: LicenceTerms, as_of: date) -> Fraction:
        """What the regime and the district ask of who holds it on these terms, whatever target the terms name."""
        facts = _without_activities(terms, as_of)
        versions = shelf()[terms.regime]
        layers = self.layers.under(governing(versions, facts), facts.cycle)
        return evaluate(versions, facts, layers).required

    def most_brought(self, terms: LicenceTerms, as_of: date) -> Fraction | None:
        """The most that can come from the cycle before; `None` where everything that is said to come would count."""
        facts = _without_activities(terms, as_of)
        version = governing(shelf()[terms.regime], facts)
        if version.carry_over is None:
            return Fraction(0)
        return layered_carry(version, self.layers.under(version, facts.cycle))

    def decided_progress(self, held: HeldLicence, record: Record, as_of: date) -> LicenceProgress:
        """Where a licence stands on a day by what is decided alone."""
        now = self.evaluate(held, record.activities(held.person_id, held.regime, waiting=False), as_of)
        return progress_of(now, now, as_of)

    def progress(self, held: HeldLicence, record: Record, as_of: date) -> LicenceProgress:
        """Where a licence stands on a day by the record, with what the waiting claims would add."""
        decided, hoped = record.both(held.person_id, held.regime)
        then = now = self.evaluate(held, decided, as_of)
        if len(hoped) > len(decided):
            then = self.evaluate(held, hoped, as_of)
        return progress_of(now, then, as_of)


def _without_activities(terms: LicenceTerms, as_of: date) -> Facts:
    """A holder of these terms who did nothing yet, and has no target of their own."""
    return Facts(
        cycle=Cycle(terms.starts_on, terms.ends_on),
        person=Person(facts=terms.facts, fte=terms.fte, years_practised=terms.years_practised),
        as_of=as_of,
        activities=(),
    )


def rules_for(scope: Scope) -> Rules:
    """The rules by which the district's licences are counted. One statement."""
    return Rules(layers_of(scope))


def _held(scope: Scope, wanted: sa.ColumnElement[bool], *, and_closed: bool) -> tuple[HeldLicence, ...]:
    standing = () if and_closed else (Licence.closed_at.is_(None),)
    chosen = (wanted, *standing, *of_people_in_sight(scope))
    rows = scope.session.execute(
        sa.select(
            Licence.id,
            Licence.person_id,
            PersonRow.name.label("person_name"),
            PersonRow.school_id,
            School.name.label("school_name"),
            Licence.regime,
            Licence.name,
            Licence.starts_on,
            Licence.ends_on,
            Licence.facts,
            Licence.fte,
            Licence.years_practised,
            Licence.target,
            Licence.carry_in,
            Licence.closed_at,
            Licence.version,
        )
        .select_from(Licence)
        .join(PersonRow, _OF_PERSON)
        .outerjoin(
            School, sa.and_(School.district_id == PersonRow.district_id, School.id == PersonRow.school_id)
        )
        .where(*chosen)
        .order_by(PersonRow.name, Licence.person_id, Licence.starts_on, Licence.id)
    ).all()
    if not rows:
        return ()
    adjusted, attested = _adjustments(scope, chosen), _attestations(scope, chosen)
    return tuple(
        HeldLicence(
            id=row.id,
            person_id=row.person_id,
            person_name=row.person_name,
            school_id=row.school_id,
            school_name=row.school_name,
            regime=row.regime,
            name=row.name,
            cycle=Cycle(row.starts_on, row.ends_on),
            person=Person(
                facts=frozenset(row.facts),
                fte=row.fte,
                years_practised=row.years_practised,
                target=row.target,
                carry_in=row.carry_in,
            ),
            adjustments=tuple(adjusted.get(row.id, ())),
            attestations=tuple(attested.get(row.id, ())),
            closed_at=row.closed_at,
            version=row.version,
        )
        for row in rows
    )


def _adjustments(scope: Scope, chosen: Sequence[sa.ColumnElement[bool]]) -> Mapping[int, list[Adjustment]]:
    found: dict[int, list[Adjustment]] = defaultdict(list)
    for row in scope.session.execute(
        sa.select(
            LicenceAdjustment.licence_id,
            LicenceAdjustment.units,
            LicenceAdjustment.target,
            LicenceAdjustment.ends_on,
            LicenceAdjustment.reason,
            LicenceAdjustment.signed_on,
            LicenceAdjustment.by_name,
        )
        .join(Licence, _of_licence(LicenceAdjustment))
        .join(PersonRow, _OF_PERSON)
        .where(*chosen)
        .order_by(LicenceAdjustment.id)
    ):
        theirs = found[row.licence_id]
        theirs.append(
            Adjustment(
                place=len(theirs),
                by=row.by_name,
                on=row.signed_on,
                reason=row.reason,
                units=row.units,
                target=row.target,
                ends_on=row.ends_on,
            )
        )
    return found


def _attestations(scope: Scope, chosen: Sequence[sa.ColumnElement[bool]]) -> Mapping[int, list[Attestation]]:
    found: dict[int, list[Attestation]] = defaultdict(list)
    for row in scope.session.execute(
        sa.select(
            LicenceAttestation.licence_id,
            LicenceAttestation.fact,
            LicenceAttestation.by_name,
            LicenceAttestation.signed_on,
        )
        .join(Licence, _of_licence(LicenceAttestation))
        .join(PersonRow, _OF_PERSON)
        .where(*chosen)
        .order_by(LicenceAttestation.id)
    ):
        found[row.licence_id].append(Attestation(fact=row.fact, by=row.by_name, on=row.signed_on))
    return found


def _of_licence(signed: type[LicenceAdjustment | LicenceAttestation]) -> sa.ColumnElement[bool]:
    return sa.and_(Licence.district_id == signed.district_id, Licence.id == signed.licence_id)


def _nearness(one: HeldLicence, on: date) -> tuple[int, int]:
    """How close a cycle is to a day: it runs, or it ended, or it comes."""
    if on in one.cycle:
        return 2, 0
    if one.cycle.end < on:
        return 1, one.cycle.end.toordinal()
    return 0, -one.cycle.start.toordinal()


_OF_PERSON = sa.and_(PersonRow.district_id == Licence.district_id, PersonRow.id == Licence.person_id)
