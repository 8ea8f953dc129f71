"""Keeping licences: adding, changing, renewing and closing them, and what an administrator signs about them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sqlalchemy as sa

from pdtracker.actions.idempotency import Asked, answered, keep_answer
from pdtracker.actions.joining import lock_person
from pdtracker.actions.licence_checks import (
    change_faults,
    cycles,
    following,
    require_valid,
    terms_of,
)
from pdtracker.domain.access import Permission
from pdtracker.domain.licence_terms import Change, LicenceTerms, may_renew, next_cycle, overlapping
from pdtracker.domain.refusals import NotHere, NotNow, NotPermitted, NotValid
from pdtracker.domain.regimes.quantities import MOST_DECIMALS
from pdtracker.domain.regimes.shelf import shelf
from pdtracker.domain.when import date_text
from pdtracker.models.ids import new_id
from pdtracker.models.licences import (
    AttestationTakenBack,
    Licence,
    LicenceAdjustment,
    LicenceAttestation,
    LicenceRenewal,
)
from pdtracker.queries.licence_record import records
from pdtracker.queries.licensing import HeldLicence, licence, rules_for
from pdtracker.scope import Scope, action


@action(Permission.KEEP_LICENCES)
def add_licence(scope: Scope, person_id: int, terms: LicenceTerms) -> int:
    """Add a licence of one's own, or of anybody for who signs licences; gives its id.

    Raises NotHere, NotValid: regime, name, starts, ends, facts, fte, years_practised, target, carry_in.
    """
    _hold(scope, person_id)
    require_valid(scope, person_id, terms)
    found = _new(person_id, terms, scope)
    scope.record("licence.added", "licence", found.id, person=person_id, **_told(terms))
    return found.id


@action(Permission.KEEP_LICENCES)
def change_licence(scope: Scope, licence_id: int, terms: LicenceTerms, *, seen_version: int) -> None:
    """Put a licence's terms right. Its regime stays: under another one it is another licence.

    `seen_version` is the one that the change was made on; sending the same change again is harmless. A target below
    what is asked for is nobody's to type: `sign_adjustment` keeps who lessened it and why. One that stands already may
    stay, as long as nothing else about the licence makes more of it. Raises NotHere,
    NotNow("changed_meanwhile"), NotValid: name, starts, ends, facts, fte, years_practised, target, carry_in.
    """
    found = _kept(scope, licence_id)
    if terms_of(found) == terms:
        return
    if found.version != seen_version:
        raise NotNow(
            "changed_meanwhile", "Somebody else changed this licence meanwhile. Nothing of yours is lost."
        )
    if terms.regime != found.regime:
        raise NotValid({"regime": "Add the other one as a licence of its own."})
    require_valid(scope, found.person_id, terms, besides=found)
    found.name, found.starts_on, found.ends_on = terms.name, terms.starts_on, terms.ends_on
    found.facts, found.fte = sorted(terms.facts), terms.fte
    found.years_practised, found.target, found.carry_in = terms.years_practised, terms.target, terms.carry_in
    found.updated_at = scope.at
    scope.record("licence.changed", "licence", found.id, person=found.person_id, **_told(terms))


@action(Permission.KEEP_LICENCES)
def renew_licence(scope: Scope, licence_id: int) -> int:
    """Begin the next cycle with the same facts; what the record leaves for it is carried in. Gives the new id.

    It stays tied to this one: what is taken back here later isn't brought along there any more.

    Raises NotHere, NotNow while the cycle's end is far and when the next one is there already.
    """
    found = _kept(scope, licence_id)
    held, today = _as_held(scope, licence_id), scope.today
    counted = rules_for(scope).progress(held, records(scope, [held.person_id]), today)
    if not may_renew(counted.cycle, today):
        raise NotNow(
            "too_early",
            f"It runs until {date_text(counted.cycle.end)}. Renew it when that day comes near.",
        )
    cycle = next_cycle(counted.version.cycle, counted.cycle, held.person.facts)
    if overlapping(cycle, cycles(scope, held.person_id, held.regime, held.name, besides=held.id)):
        raise NotNow("renewed_already", "The next cycle is there already.")
    if following(scope, licence_id):
        raise NotNow("renewed_already", "The next cycle is there already, under another name.")
    terms = LicenceTerms(
        regime=held.regime,
        name=held.name,
        starts_on=cycle.start,
        ends_on=cycle.end,
        facts=held.person.facts,
        fte=held.person.fte,
        carry_in=_in_decimals(counted.carry_over),
    )
    new = _new(found.person_id, terms, scope)
    # The renewal points at a row that is there by then.
    scope.session.flush()
    scope.session.add(LicenceRenewal(licence_id=new.id, before_id=licence_id))
    scope.record(
        "licence.renewed", "licence", new.id, person=found.person_id, after=licence_id, **_told(terms)
    )
    return new.id


@action(Permission.KEEP_LICENCES)
def close_licence(scope: Scope, licence_id: int) -> None:
    """Close a licence that was entered by mistake or given up: it isn't counted any more. Repeating is harmless."""
    found = _kept(scope, licence_id)
    if found.closed_at is None:
        found.closed_at = found.updated_at = scope.at
        scope.record("licence.closed", "licence", found.id, person=found.person_id)


@action(Permission.KEEP_LICENCES)
def reopen_licence(scope: Scope, licence_id: int) -> None:
    """Take up a closed licence again. Raises NotNow when another one stands in its place by now."""
    found = _kept(scope, licence_id)
    if found.closed_at is None:
        return
    held = _as_it_was(scope, licence_id)
    cycle = held.cycle_on(scope.today)
    if overlapping(cycle, cycles(scope, found.person_id, found.regime, found.name, besides=found.id)):
        raise NotNow("in_its_place", "Another licence of this name covers the same days by now.")
    if found.carry_in and held.before is not None and held.before.cycle_on(scope.today).end >= cycle.start:
        raise NotNow(
            "in_its_place", "The cycle from which it brings something along covers the same days by now."
        )
    found.closed_at, found.updated_at = None, scope.at
    scope.record("licence.reopened", "licence", found.id, person=found.person_id)


@action(Permission.SIGN_LICENCES)
def sign_adjustment(scope: Scope, licence_id: int, change: Change, *, key: str = "") -> None:
    """Sign a change to a licence's cycle from today on. A wrong one is answered by another, never edited.

    The same form (`key`) twice is one. Raises NotHere, NotPermitted for one's own licence, NotValid: units, category,
    target, ends, reason.
    """
    found = _signable(scope, licence_id)
    asked = Asked(key, "sign_adjustment", {"licence": licence_id} | _told_change(change))
    if answered(scope, asked) is not None:
        return
    if errors := change_faults(scope, found, change):
        raise NotValid(errors)
    scope.session.add(
        LicenceAdjustment(
            id=new_id(),
            licence_id=found.id,
            units=change.units,
            target=change.target,
            ends_on=change.ends_on,
            category=change.category,
            reason=change.reason,
            **_signature(scope),
        )
    )
    scope.record(
        "licence.adjusted",
        "licence",
        found.id,
        person=found.person_id,
        **_told_change(change),
    )
    keep_answer(scope, asked, {})


@action(Permission.SIGN_LICENCES)
def sign_attestation(scope: Scope, licence_id: int, *, fact: str, note: str, key: str = "") -> None:
    """Sign that a fact of the regime's holds of a licence's holder from today on. The same form (`key`) twice is one.

    Raises NotHere, NotPermitted for one's own licence, NotValid: fact.
    """
    found = _signable(scope, licence_id)
    asked = Asked(key, "sign_attestation", {"licence": licence_id, "fact": fact, "note": note})
    if answered(scope, asked) is not None:
        return
    if not any(fact in version.words["facts"] for version in shelf()[found.regime]):
        raise NotValid({"fact": "Choose from the list."})
    scope.session.add(
        LicenceAttestation(
            id=new_id(),
            licence_id=found.id,
            fact=fact,
            note=note,
            **_signature(scope),
        )
    )
    scope.record("licence.attested", "licence", found.id, person=found.person_id, fact=fact, note=note)
    keep_answer(scope, asked, {})


@action(Permission.SIGN_LICENCES)
def take_back_attestation(
    scope: Scope, licence_id: int, attestation_id: int, *, reason: str, key: str = ""
) -> None:
    """Sign that an attested fact doesn't hold any more from today on; what was attested stays in the record.

    The same form (`key`) twice is one. Raises NotHere, NotPermitted for one's own licence, NotNow where it is taken
    back already, NotValid: reason.
    """
    found = _signable(scope, licence_id)
    asked = Asked(key, "take_back_attestation", {"attestation": attestation_id, "reason": reason})
    if answered(scope, asked) is not None:
        return
    one = scope.session.scalar(
        sa.select(LicenceAttestation).where(
            LicenceAttestation.id == attestation_id, LicenceAttestation.licence_id == found.id
        )
    )
    if one is None:
        raise NotHere
    ended = sa.select(AttestationTakenBack.id).where(AttestationTakenBack.attestation_id == one.id)
    if scope.session.scalar(ended) is not None:
        raise NotNow("taken_back", "It was taken back already.")
    if not reason:
        raise NotValid({"reason": "Enter the reason. It stands beside your name."})
    scope.session.add(
        AttestationTakenBack(
            id=new_id(),
            licence_id=found.id,
            attestation_id=one.id,
            reason=reason,
            **_signature(scope),
        )
    )
    scope.record(
        "licence.attestation_taken_back",
        "licence",
        found.id,
        person=found.person_id,
        fact=one.fact,
        reason=reason,
    )
    keep_answer(scope, asked, {})


def _hold(scope: Scope, person_id: int) -> None:
    """A person in hand, so that two cycles added at once can't overlap; somebody else's only for who signs."""
    is_mine = scope.person is not None and scope.person.id == person_id
    if not is_mine and not scope.may(Permission.SIGN_LICENCES):
        raise NotHere
    if lock_person(scope.session, person_id) is None:
        raise NotHere


def _kept(scope: Scope, licence_id: int) -> Licence:
    """A licence that one may change."""
    person_id = scope.session.scalar(sa.select(Licence.person_id).where(Licence.id == licence_id))
    if person_id is None:
        raise NotHere
    _hold(scope, person_id)
    return scope.session.scalars(sa.select(Licence).where(Licence.id == licence_id)).one()


def _signable(scope: Scope, licence_id: int) -> Licence:
    found = _kept(scope, licence_id)
    if found.person_id == scope.me.id:
        raise NotPermitted("own_licence", "Nobody signs for their own licence. Ask another administrator.")
    if found.closed_at is not None:
        raise NotNow("closed", "This licence is closed.")
    return found


def _signature(scope: Scope) -> dict[str, Any]:
    """Who signs, as what, and when: columns of whatever is signed."""
    return {
        "signed_on": scope.today,
        "by_person_id": scope.me.id,
        "by_name": scope.me.name,
        "by_title": scope.me.title,
        "signed_at": scope.at,
    }


def _as_it_was(scope: Scope, licence_id: int) -> HeldLicence:
    held = licence(scope, licence_id)
    if held is None:
        raise NotHere
    return held


def _as_held(scope: Scope, licence_id: int) -> HeldLicence:
    held = _as_it_was(scope, licence_id)
    if held.closed_at is not None:
        raise NotNow("closed", "This licence is closed. Take it up again first.")
    return held


def _new(person_id: int, terms: LicenceTerms, scope: Scope) -> Licence:
    found = Licence(
        id=new_id(),
        person_id=person_id,
        regime=terms.regime,
        name=terms.name,
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
        facts=sorted(terms.facts),
        fte=terms.fte,
        years_practised=terms.years_practised,
        target=terms.target,
        carry_in=terms.carry_in,
        created_at=scope.at,
        updated_at=scope.at,
        closed_at=None,
    )
    scope.session.add(found)
    return found


def _in_decimals(amount: Fraction) -> Fraction:
    """The amount as decimals can say it, cut: 5/6 -> 0.833333."""
    steps = 10**MOST_DECIMALS
    return Fraction(amount * steps // 1, steps)


def _told(terms: LicenceTerms) -> dict[str, object]:
    """The terms for the audit trail."""
    return {
        "regime": terms.regime,
        "name": terms.name,
        "starts_on": terms.starts_on.isoformat(),
        "ends_on": terms.ends_on.isoformat(),
        "facts": sorted(terms.facts),
        "fte": _text(terms.fte),
        "years_practised": _text(terms.years_practised),
        "target": _text(terms.target),
        "carry_in": _text(terms.carry_in),
    }


def _told_change(change: Change) -> dict[str, object]:
    """A signed change for the audit trail."""
    return {
        "units": _text(change.units),
        "target": _text(change.target),
        "ends_on": None if change.ends_on is None else change.ends_on.isoformat(),
        "category": change.category,
        "reason": change.reason,
    }


def _text(amount: Fraction | None) -> str | None:
    return None if amount is None else str(amount)
