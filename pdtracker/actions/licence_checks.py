"""What is refused of a licence's terms, and of a change that is signed about it, before either is kept."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import NamedTuple

import sqlalchemy as sa

from pdtracker.domain.licence_terms import LONGEST_YEARS, Change, LicenceTerms, overlapping, terms_faults
from pdtracker.domain.refusals import NotHere, NotValid
from pdtracker.domain.regimes.cycles import Cycle
from pdtracker.domain.regimes.shelf import shelf
from pdtracker.domain.when import date_text
from pdtracker.models.licences import Licence, LicenceRenewal
from pdtracker.queries.licence_record import records
from pdtracker.queries.licensing import HeldLicence, Rules, licence, rules_for, signed_end
from pdtracker.scope import Scope

_UNBOUNDED = (
    "These rules carry over without a most, so nobody types how much. What you earned here comes along by itself when "
    "the next cycle is begun. For more, an administrator signs a change with the reason."
)


class Following(NamedTuple):
    """A licence that was renewed from another: its first day, and what it brings along."""

    starts_on: date
    carry_in: Fraction


def require_valid(
    scope: Scope, person_id: int, terms: LicenceTerms, *, besides: Licence | None = None
) -> None:
    """Refuse terms that can't be kept, for a new licence or in place of those of one. Raises NotValid."""
    held = None if besides is None else _held(scope, besides.id)
    errors = terms_faults(terms)
    if not {"starts", "ends"} & errors.keys():
        errors |= _day_faults(scope, person_id, terms, held)
    if not errors and (terms.target is not None or terms.carry_in):
        rules, stood = rules_for(scope), None if besides is None else terms_of(besides)
        if why := _target_fault(rules, terms, stood, held, scope.today):
            errors["target"] = why
        if why := _carry_fault(scope, rules, terms, stood, held, scope.today):
            errors["carry_in"] = why
    if errors:
        raise NotValid(errors)


def change_faults(scope: Scope, found: Licence, change: Change) -> dict[str, str]:
    """What must be put right of a change to sign: field -> sentence; empty if nothing."""
    errors = {}
    if change.units is None and change.target is None and change.ends_on is None:
        errors["units"] = "Enter what changes: the credit, the target, or the last day."
    elif change.units == 0:
        errors["units"] = "Enter how much more, or with a minus how much less."
    errors |= _category_faults(found.regime, change)
    if change.target is not None and change.target < 0:
        errors["target"] = "Enter 0 or more."
    if change.ends_on is not None:
        others = cycles(scope, found.person_id, found.regime, found.name, besides=found.id)
        if change.ends_on < found.starts_on:
            errors["ends"] = f"The cycle begins on {date_text(found.starts_on)}. Enter a day after that."
        elif change.ends_on.year - found.starts_on.year > LONGEST_YEARS:
            errors["ends"] = f"A cycle lasts at most {LONGEST_YEARS} years. Enter an earlier day."
        elif any(other.overlaps(Cycle(found.starts_on, change.ends_on)) for other in others):
            errors["ends"] = "The next cycle has begun by then. Enter an earlier day."
        elif why := _brought_from(scope, found.id, change.ends_on):
            errors["ends"] = why
    if not change.reason:
        errors["reason"] = "Enter the reason. It stands beside your name."
    return errors


def _category_faults(regime: str, change: Change) -> dict[str, str]:
    if not change.category:
        return {}
    if change.units is None:
        return {"category": "Enter the credit that is of it, or choose none."}
    known = any(change.category in one.words["categories"] for one in shelf()[regime])
    return {} if known else {"category": "Choose from the list."}


def cycles(scope: Scope, person_id: int, regime: str, name: str, *, besides: int | None) -> list[Cycle]:
    """The other cycles of a person's licence that aren't closed; its name is the same whatever its capitals.

    One that was signed to end later covers those days too.
    """
    rows = scope.session.execute(
        sa.select(
            Licence.id,
            Licence.name,
            Licence.starts_on,
            sa.func.coalesce(signed_end(scope.today), Licence.ends_on).label("ends_on"),
        ).where(Licence.person_id == person_id, Licence.regime == regime, Licence.closed_at.is_(None))
    )
    return [
        Cycle(row.starts_on, max(row.starts_on, row.ends_on))
        for row in rows
        if row.id != besides and row.name.casefold() == name.casefold()
    ]


def following(scope: Scope, licence_id: int) -> list[Following]:
    """The licences that were renewed from one and aren't closed, by their first day."""
    rows = scope.session.execute(
        sa.select(Licence.starts_on, Licence.carry_in)
        .join(
            LicenceRenewal,
            sa.and_(
                LicenceRenewal.district_id == Licence.district_id, LicenceRenewal.licence_id == Licence.id
            ),
        )
        .where(LicenceRenewal.before_id == licence_id, Licence.closed_at.is_(None))
        .order_by(Licence.starts_on)
    )
    return [Following(row.starts_on, row.carry_in) for row in rows]


def terms_of(found: Licence) -> LicenceTerms:
    """The terms as they stand."""
    return LicenceTerms(
        regime=found.regime,
        name=found.name,
        starts_on=found.starts_on,
        ends_on=found.ends_on,
        facts=frozenset(found.facts),
        fte=found.fte,
        years_practised=found.years_practised,
        target=found.target,
        carry_in=found.carry_in,
    )


def _held(scope: Scope, licence_id: int) -> HeldLicence:
    held = licence(scope, licence_id)
    if held is None:
        raise NotHere
    return held


def _day_faults(
    scope: Scope, person_id: int, terms: LicenceTerms, held: HeldLicence | None
) -> dict[str, str]:
    """What stands against the days. A signed end holds whatever last day is typed."""
    signed = None if held is None else held.facts((), scope.today).signed_end
    if signed is not None and signed < terms.starts_on:
        return {"starts": f"It was signed to end on {date_text(signed)}. Enter a first day before that."}
    others = cycles(scope, person_id, terms.regime, terms.name, besides=None if held is None else held.id)
    cycle = Cycle(terms.starts_on, signed or terms.ends_on)
    if why := overlapping(cycle, others):
        return {"starts": why}
    return {} if held is None else _counted_twice(scope, terms, cycle, held)


def _counted_twice(scope: Scope, terms: LicenceTerms, cycle: Cycle, held: HeldLicence) -> dict[str, str]:
    """Hours that are brought along lie outside the cycle that they are brought to, whatever its licence is called.

    Days of a record from before this rule may stay where they are.
    """
    if terms.carry_in and held.person.carry_in and cycle.start < held.cycle.start and held.before is None:
        return {
            "starts": f"What it brought from the last cycle was earned before {date_text(held.cycle.start)}, and would "
            "count twice. Leave the first day, or bring nothing."
        }
    before = None if held.before is None else held.before.cycle_on(scope.today)
    is_more = cycle.start != held.cycle.start or terms.carry_in > held.person.carry_in
    if before and terms.carry_in and is_more and before.end >= cycle.start:
        return {
            "starts": f"It brings hours from the cycle that ended on {date_text(before.end)}. Enter a first day after "
            "that, or bring nothing from the last cycle."
        }
    if cycle.end != held.cycle_on(scope.today).end and (why := _brought_from(scope, held.id, cycle.end)):
        return {"ends": why}
    return {}


def _brought_from(scope: Scope, licence_id: int, end: date) -> str | None:
    """Why a cycle can't end so late: the next one has begun by then, and brings hours along from this one."""
    taken = [one for one in following(scope, licence_id) if one.carry_in and one.starts_on <= end]
    if not taken:
        return None
    return (
        f"The next cycle begins on {date_text(taken[0].starts_on)} and brings hours along from this one. "
        "Enter a day before that."
    )


def _target_fault(
    rules: Rules, terms: LicenceTerms, stood: LicenceTerms | None, held: HeldLicence | None, on: date
) -> str | None:
    """Why a target can't be typed: the regime, or the district on top of it, asks for more on these terms."""
    if terms.target is None:
        return None
    asked = rules.asked(terms, on, held)
    if terms.target >= asked:
        return None
    # What stood below before may stay, unless more is asked for by what is changed now.
    if (
        stood is not None
        and stood.target is not None
        and terms.target >= stood.target
        and asked <= rules.asked(stood, on, held)
    ):
        return None
    return (
        f"It asks for {shelf()[terms.regime][-1].unit.words(asked)}. Enter as much or more, or leave it empty. "
        "An administrator signs a lower target, with the reason."
    )


def _renewed_fault(scope: Scope, rules: Rules, terms: LicenceTerms, held: HeldLicence) -> str | None:
    """Why a renewed licence can't bring so much along. What counts of it is counted from the record in any case."""
    if held.before is None or terms.carry_in <= held.person.carry_in:
        return None
    record, unit = records(scope, [held.person_id]), shelf()[terms.regime][-1].unit
    left = rules.decided_progress(held.before, record, scope.today).carry_over
    if terms.carry_in <= left:
        return None
    return (
        f"The last cycle leaves {unit.words(left)}. Enter as much or less. "
        "For more, an administrator signs a change with the reason."
    )


def _carry_fault(
    scope: Scope,
    rules: Rules,
    terms: LicenceTerms,
    stood: LicenceTerms | None,
    held: HeldLicence | None,
    on: date,
) -> str | None:
    """Why so much can't be typed as brought along: a cap bounds it; without one it would count whatever is written."""
    if held is not None and held.before is not None:
        return _renewed_fault(scope, rules, terms, held)
    carrying = rules.carrying(terms, on, held)
    if not terms.carry_in or (carrying.is_bounded and terms.carry_in <= carrying.of(terms.carry_in)):
        return None
    most = carrying.of(terms.carry_in)
    # What stood above before may stay, unless another bound holds for it by what is changed now.
    if stood is not None and terms.carry_in <= stood.carry_in and carrying == rules.carrying(stood, on, held):
        return None
    if not carrying.is_bounded:
        return _UNBOUNDED
    if not most:
        return "Nothing is carried over under these rules. Leave it empty."
    unit = shelf()[terms.regime][-1].unit
    return (
        f"These rules bring at most {unit.words(most)} from the last cycle. Enter as much or less. "
        "For more, an administrator signs a change with the reason."
    )
