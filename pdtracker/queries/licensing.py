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
from typing import Any

import sqlalchemy as sa

from pdtracker.domain.licence_progress import LicenceProgress, progress_of
from pdtracker.domain.licence_remarks import Stated, remarks_on
from pdtracker.domain.licence_terms import LicenceTerms
from pdtracker.domain.regimes.cycles import Cycle
from pdtracker.domain.regimes.evaluation import Evaluation, evaluate
from pdtracker.domain.regimes.facts import Activity, Adjustment, Attestation, Facts, Person, TakenBack
from pdtracker.domain.regimes.layering import layered_carry
from pdtracker.domain.regimes.shelf import shelf
from pdtracker.domain.regimes.versions import governing
from pdtracker.models.districts import School
from pdtracker.models.licences import (
    AdoptedRegime,
    AttestationTakenBack,
    Licence,
    LicenceAdjustment,
    LicenceAttestation,
    LicenceRenewal,
)
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
    # Of a renewed one, the licence in the cycle from which it brings something along.
    before: HeldLicence | None = None

    @property
    def terms(self) -> LicenceTerms:
        """The terms on which it is held."""
        return LicenceTerms(
            regime=self.regime,
            name=self.name,
            starts_on=self.cycle.start,
            ends_on=self.cycle.end,
            facts=self.person.facts,
            fte=self.person.fte,
            years_practised=self.person.years_practised,
            target=self.person.target,
            carry_in=self.person.carry_in,
        )

    def cycle_on(self, on: date) -> Cycle:
        """The cycle with its end where it was signed to be by a day."""
        return self.facts((), on).signed_cycle

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
    found = _held(scope, Licence.person_id.in_(person_ids))
    return tuple(one for one in found if and_closed or one.closed_at is None)


def licence(scope: Scope, licence_id: int) -> HeldLicence | None:
    """One licence, closed or not; `None` for one that the district doesn't have or one may not look at."""
    holder = sa.select(Licence.person_id).where(Licence.id == licence_id).scalar_subquery()
    return next((one for one in _held(scope, Licence.person_id == holder) if one.id == licence_id), None)


def current(held: Iterable[HeldLicence], on: date) -> tuple[HeldLicence, ...]:
    """Of each licence the cycle that runs on a day, else the one that ended last, else the one that begins first."""
    found: dict[tuple[int, str, str], HeldLicence] = {}
    for one in held:
        key = (one.person_id, one.regime, one.name)
        if key not in found or _nearness(one, on) > _nearness(found[key], on):
            found[key] = one
    return tuple(found.values())


def signed_end(on: date) -> sa.ScalarSelect[date | None]:
    """The last day of a licence that was signed last by a day, in the order of `by_day`; none where none was."""
    return (
        sa.select(LicenceAdjustment.ends_on)
        .where(
            LicenceAdjustment.district_id == Licence.district_id,
            LicenceAdjustment.licence_id == Licence.id,
            LicenceAdjustment.ends_on.is_not(None),
            LicenceAdjustment.signed_on <= on,
        )
        .order_by(LicenceAdjustment.signed_on.desc(), LicenceAdjustment.id.desc())
        .limit(1)
        .correlate(Licence)
        .scalar_subquery()
    )


def adopted_regimes(scope: Scope) -> tuple[str, ...]:
    """The regimes that the district adopted and didn't give up. One statement."""
    wanted = sa.select(AdoptedRegime.regime).where(AdoptedRegime.retired_at.is_(None))
    return tuple(scope.session.scalars(wanted.order_by(AdoptedRegime.regime)))


@dataclass(frozen=True, slots=True)
class Signed:
    """What somebody signed about a licence: a change, or that a fact holds (`fact`); `said` is their reason or note.

    `taken_back` says who took a fact back. With `is_end` it is what took it back.
    """

    id: int
    by_name: str
    by_title: str
    signed_on: date
    units: Fraction | None
    target: Fraction | None
    ends_on: date | None
    fact: str
    said: str
    category: str = ""
    is_end: bool = False
    taken_back: TakenBack | None = None


def signed(scope: Scope, licence_id: int) -> tuple[Signed, ...]:
    """What was signed about a licence, in the order in which it was. Two statements."""
    adjustments = scope.session.execute(
        sa.select(
            LicenceAdjustment.id,
            LicenceAdjustment.signed_at,
            LicenceAdjustment.by_name,
            LicenceAdjustment.by_title,
            LicenceAdjustment.signed_on,
            LicenceAdjustment.units,
            LicenceAdjustment.target,
            LicenceAdjustment.ends_on,
            LicenceAdjustment.category,
            LicenceAdjustment.reason,
        ).where(LicenceAdjustment.licence_id == licence_id)
    )
    attestations = scope.session.execute(
        sa.select(LicenceAttestation, AttestationTakenBack)
        .outerjoin(AttestationTakenBack, _ENDED)
        .where(LicenceAttestation.licence_id == licence_id)
    ).all()
    found = [
        (
            row.signed_at,
            Signed(
                id=row.id,
                by_name=row.by_name,
                by_title=row.by_title,
                signed_on=row.signed_on,
                units=row.units,
                target=row.target,
                ends_on=row.ends_on,
                fact="",
                said=row.reason,
                category=row.category,
            ),
        )
        for row in adjustments
    ]
    for one, end in attestations:
        found.append((one.signed_at, _signed_fact(one, one.fact, one.note, taken_back=_told_end(end))))
        if end is not None:
            found.append((end.signed_at, _signed_fact(end, one.fact, end.reason, is_end=True)))
    return tuple(one for _, one in sorted(found, key=lambda pair: pair[0]))


def _signed_fact(row: LicenceAttestation | AttestationTakenBack, fact: str, said: str, **more: Any) -> Signed:
    return Signed(
        id=row.id,
        by_name=row.by_name,
        by_title=row.by_title,
        signed_on=row.signed_on,
        units=None,
        target=None,
        ends_on=None,
        fact=fact,
        said=said,
        **more,
    )


def _told_end(row: AttestationTakenBack | None) -> TakenBack | None:
    return None if row is None else TakenBack(by=row.by_name, on=row.signed_on, reason=row.reason)


@dataclass(frozen=True, slots=True)
class Carrying:
    """How much may come from the cycle before: at most `most`, or without a bound."""

    most: Fraction | None

    @property
    def is_bounded(self) -> bool:
        """Whether there is a most."""
        return self.most is not None

    def of(self, told: Fraction) -> Fraction:
        """What counts of so much."""
        return told if self.most is None else min(told, self.most)


@dataclass(frozen=True, slots=True)
class Rules:
    """The regimes on the shelf with the district's layers on top."""

    layers: Layers

    def evaluate(self, held: HeldLicence, activities: Sequence[Activity], as_of: date) -> Evaluation:
        """What activities come to for a licence on a day, under its regime and the district's layer."""
        versions, facts = shelf()[held.regime], held.facts(activities, as_of)
        if held.before is not None and held.person.carry_in:
            # What is taken back from the cycle before isn't there to be brought along any more. What ended after it
            # changes nothing there, and would only take time.
            end = held.before.cycle_on(as_of).end
            earlier = [one for one in activities if one.ends_on <= end]
            left = self.evaluate(held.before, earlier, as_of).carry_over
            facts = replace(facts, person=replace(facts.person, left_before=left))
        # Both go by the day on which the cycle really ends: a signed one, where there is one.
        cycle = facts.signed_cycle
        version = governing(versions, replace(facts, cycle=cycle))
        found = evaluate(versions, facts, self.layers.under(version, cycle))
        if why := self.layers.left_out(version, cycle):
            return replace(found, notes=(*found.notes, f"The district's rules on top aren't counted. {why}"))
        return found

    def asked(self, terms: LicenceTerms, as_of: date, held: HeldLicence | None = None) -> Fraction:
        """What the regime and the district ask of who holds it on these terms, whatever target the terms name.

        Of a licence that is held on other terms so far, its signed end and what was attested hold on these as well.
        """
        facts = _without_activities(terms, as_of, held)
        versions = shelf()[terms.regime]
        layers = self.layers.under(governing(versions, facts), facts.cycle)
        return evaluate(versions, facts, layers).required

    def carrying(self, terms: LicenceTerms, as_of: date, held: HeldLicence | None = None) -> Carrying:
        """How much of what is said to come from the cycle before counts on these terms; `held` as in `asked`."""
        facts = _without_activities(terms, as_of, held)
        version = governing(shelf()[terms.regime], facts)
        if version.carry_over is None:
            return Carrying(Fraction(0))
        return Carrying(layered_carry(version, self.layers.under(version, facts.cycle)))

    def decided_progress(self, held: HeldLicence, record: Record, as_of: date) -> LicenceProgress:
        """Where a licence stands on a day by what is decided alone."""
        now = self.evaluate(held, record.activities(held.person_id, held.regime, waiting=False), as_of)
        return progress_of(now, now, as_of, self._remarks(held, now, as_of))

    def progress(self, held: HeldLicence, record: Record, as_of: date) -> LicenceProgress:
        """Where a licence stands on a day by the record, with what the waiting claims would add."""
        decided, hoped = record.both(held.person_id, held.regime)
        then = now = self.evaluate(held, decided, as_of)
        if len(hoped) > len(decided):
            then = self.evaluate(held, hoped, as_of)
        return progress_of(now, then, as_of, self._remarks(held, now, as_of))

    def _remarks(self, held: HeldLicence, found: Evaluation, as_of: date) -> tuple[str, ...]:
        is_signed = any(one.target is not None and one.on <= as_of for one in held.adjustments)
        asked = None
        if held.person.target is not None and not is_signed:
            asked = self.asked(held.terms, as_of, held)
        before = None if held.before is None else held.before.cycle_on(as_of)
        return remarks_on(Stated(held.person, asked, before), found)


def _without_activities(terms: LicenceTerms, as_of: date, held: HeldLicence | None) -> Facts:
    """A holder of these terms who did nothing yet, and has no target of their own; the cycle as it was signed."""
    facts = Facts(
        cycle=Cycle(terms.starts_on, terms.ends_on),
        person=Person(facts=terms.facts, fte=terms.fte, years_practised=terms.years_practised),
        as_of=as_of,
        activities=(),
        adjustments=() if held is None else held.adjustments,
        attestations=() if held is None else held.attestations,
    )
    return replace(facts, cycle=facts.signed_cycle, adjustments=())


def rules_for(scope: Scope) -> Rules:
    """The rules by which the district's licences are counted. One statement."""
    return Rules(layers_of(scope))


def _held(scope: Scope, of_people: sa.ColumnElement[bool]) -> tuple[HeldLicence, ...]:
    """All licences of people, the closed ones as well: what is brought along may come from one."""
    chosen = (of_people, *of_people_in_sight(scope))
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
            LicenceRenewal.before_id,
        )
        .select_from(Licence)
        .join(PersonRow, _OF_PERSON)
        .outerjoin(LicenceRenewal, _of_licence(LicenceRenewal))
        .outerjoin(
            School, sa.and_(School.district_id == PersonRow.district_id, School.id == PersonRow.school_id)
        )
        .where(*chosen)
        .order_by(PersonRow.name, Licence.person_id, Licence.starts_on, Licence.id)
    ).all()
    if not rows:
        return ()
    adjusted, attested = _adjustments(scope, chosen), _attestations(scope, chosen)
    found: dict[int, HeldLicence] = {}
    # By id, since the licence from which another is renewed was there before it.
    for row in sorted(rows, key=lambda row: row.id):
        found[row.id] = HeldLicence(
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
            before=found.get(row.before_id),
        )
    return tuple(found[row.id] for row in rows)


def _adjustments(scope: Scope, chosen: Sequence[sa.ColumnElement[bool]]) -> Mapping[int, list[Adjustment]]:
    found: dict[int, list[Adjustment]] = defaultdict(list)
    for row in scope.session.execute(
        sa.select(
            LicenceAdjustment.id,
            LicenceAdjustment.licence_id,
            LicenceAdjustment.units,
            LicenceAdjustment.target,
            LicenceAdjustment.ends_on,
            LicenceAdjustment.category,
            LicenceAdjustment.reason,
            LicenceAdjustment.signed_on,
            LicenceAdjustment.by_name,
        )
        .join(Licence, _of_licence(LicenceAdjustment))
        .join(PersonRow, _OF_PERSON)
        .where(*chosen)
        .order_by(LicenceAdjustment.id)
    ):
        found[row.licence_id].append(
            Adjustment(
                by=row.by_name,
                on=row.signed_on,
                reason=row.reason,
                units=row.units,
                target=row.target,
                ends_on=row.ends_on,
                category=row.category,
                place=row.id,
            )
        )
    return found


def _attestations(scope: Scope, chosen: Sequence[sa.ColumnElement[bool]]) -> Mapping[int, list[Attestation]]:
    found: dict[int, list[Attestation]] = defaultdict(list)
    for one, end in scope.session.execute(
        sa.select(LicenceAttestation, AttestationTakenBack)
        .join(Licence, _of_licence(LicenceAttestation))
        .join(PersonRow, _OF_PERSON)
        .outerjoin(AttestationTakenBack, _ENDED)
        .where(*chosen)
        .order_by(LicenceAttestation.id)
    ):
        found[one.licence_id].append(
            Attestation(fact=one.fact, by=one.by_name, on=one.signed_on, taken_back=_told_end(end))
        )
    return found


def _of_licence(
    signed: type[LicenceAdjustment | LicenceAttestation | LicenceRenewal],
) -> sa.ColumnElement[bool]:
    return sa.and_(Licence.district_id == signed.district_id, Licence.id == signed.licence_id)


def _nearness(one: HeldLicence, on: date) -> tuple[int, int]:
    """How close a cycle is to a day: it runs, or it ended, or it comes."""
    cycle = one.cycle_on(on)
    if on in cycle:
        return 2, 0
    if cycle.end < on:
        return 1, cycle.end.toordinal()
    return 0, -cycle.start.toordinal()


_ENDED = sa.and_(
    AttestationTakenBack.district_id == LicenceAttestation.district_id,
    AttestationTakenBack.attestation_id == LicenceAttestation.id,
)
_OF_PERSON = sa.and_(PersonRow.district_id == Licence.district_id, PersonRow.id == Licence.person_id)
