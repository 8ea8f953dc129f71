"""Signing: a change to somebody's cycle, or that a fact holds of them."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint

from pdtracker.actions.licences import sign_adjustment, sign_attestation, take_back_attestation
from pdtracker.domain.access import Permission
from pdtracker.domain.attested_change import changes_between
from pdtracker.domain.licence_terms import Change
from pdtracker.domain.refusals import NotHere, NotNow, NotPermitted, NotValid
from pdtracker.domain.regimes.facts import Adjustment, Attestation, TakenBack
from pdtracker.domain.regimes.meanings import plain
from pdtracker.domain.regimes.shelf import shelf
from pdtracker.domain.when import date_text
from pdtracker.queries.licence_record import records
from pdtracker.queries.licensing import HeldLicence, Signed, licence, rules_for, signed
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import permitted
from pdtracker.web.licences.forms import AdjustmentForm, AttestationForm, TakeBackForm, facts_of
from pdtracker.web.requests import scope

signing = Blueprint("signing", __name__)

_OF_ONES_OWN = "Nobody signs for their own licence. Ask another administrator."


@signing.get("/<slug:district>/licences/<ref:licence_id>/adjustments")
@permitted(Permission.SIGN_LICENCES)
def ask_adjustment(licence_id: int) -> Answer:
    """The form of a change."""
    return _adjustment(AdjustmentForm(formdata=None), _others(licence_id))


@signing.post("/<slug:district>/licences/<ref:licence_id>/adjustments")
@permitted(Permission.SIGN_LICENCES)
def adjust(licence_id: int) -> Answer:
    """Sign a change."""
    held, form = _others(licence_id), AdjustmentForm()
    form.offer(shelf()[held.regime])
    if form.validate():
        try:
            sign_adjustment(scope(), licence_id, _change(form), key=form.idempotency_key.data or "")
        except NotValid as refusal:
            form.take(refusal)
        else:
            return answers.see("licences.show", licence_id=licence_id, saying="Signed. It holds from today.")
    return _adjustment(form, held, 422)


@signing.post("/<slug:district>/licences/<ref:licence_id>/adjustments/preview")
@permitted(Permission.SIGN_LICENCES)
def preview_adjustment(licence_id: int) -> Answer:
    """The form again, with what signing it would change; nothing is kept."""
    held, form = _others(licence_id), AdjustmentForm()
    form.offer(shelf()[held.regime])
    if not form.validate():
        return _adjustment(form, held, 422)
    change = _change(form)
    if change.units is None and change.target is None and change.ends_on is None:
        form.take(NotValid({"units": "Enter what changes: the credit, the target, or the last day."}))
        return _adjustment(form, held, 422)
    return _adjustment(form, held, effects=_changed(held, change))


@signing.get("/<slug:district>/licences/<ref:licence_id>/attestations")
@permitted(Permission.SIGN_LICENCES)
def ask_attestation(licence_id: int) -> Answer:
    """The form of a fact."""
    return _attestation(AttestationForm(formdata=None), _others(licence_id))


@signing.post("/<slug:district>/licences/<ref:licence_id>/attestations")
@permitted(Permission.SIGN_LICENCES)
def attest(licence_id: int) -> Answer:
    """Sign that a fact holds."""
    held, form = _others(licence_id), AttestationForm()
    form.offer(shelf()[held.regime])
    if form.validate():
        try:
            sign_attestation(
                scope(),
                licence_id,
                fact=form.fact.data or "",
                note=form.note.data or "",
                key=form.idempotency_key.data or "",
            )
        except NotValid as refusal:
            form.take(refusal)
        else:
            return answers.see("licences.show", licence_id=licence_id, saying="Signed. It holds from today.")
    return _attestation(form, held, 422)


@signing.get("/<slug:district>/licences/<ref:licence_id>/attestations/<ref:attestation_id>/end")
@permitted(Permission.SIGN_LICENCES)
def ask_to_take_back(licence_id: int, attestation_id: int) -> Answer:
    """The form that takes an attested fact back."""
    return _end(TakeBackForm(formdata=None), _others(licence_id), attestation_id)


@signing.post("/<slug:district>/licences/<ref:licence_id>/attestations/<ref:attestation_id>/end")
@permitted(Permission.SIGN_LICENCES)
def take_back(licence_id: int, attestation_id: int) -> Answer:
    """Sign that an attested fact doesn't hold any more."""
    held, form = _others(licence_id), TakeBackForm()
    if form.validate():
        try:
            take_back_attestation(
                scope(),
                licence_id,
                attestation_id,
                reason=form.reason.data or "",
                key=form.idempotency_key.data or "",
            )
        except NotValid as refusal:
            form.take(refusal)
        else:
            return answers.see("licences.show", licence_id=licence_id, saying="Taken back, from today.")
    return _end(form, held, attestation_id, 422)


def _adjustment(
    form: AdjustmentForm, held: HeldLicence, status: int = 200, *, effects: tuple[str, ...] | None = None
) -> Answer:
    form.offer(shelf()[held.regime])
    unit = shelf()[held.regime][-1].unit
    return answers.page("licences/adjustment.html", status, form=form, held=held, unit=unit, effects=effects)


def _change(form: AdjustmentForm) -> Change:
    return Change(
        units=form.units.data,
        target=form.target.data,
        ends_on=form.ends.data,
        category=form.category.data or "",
        reason=form.reason.data or "",
    )


def _changed(held: HeldLicence, change: Change) -> tuple[str, ...]:
    """What a change would make otherwise from today on, beside all that was signed before."""
    who = scope()
    on = who.today
    one = Adjustment(
        by=who.me.name,
        on=on,
        reason=change.reason,
        units=change.units,
        target=change.target,
        ends_on=change.ends_on,
        category=change.category,
        place=max((one.place for one in held.adjustments), default=0) + 1,
    )
    return _between(held, replace(held, adjustments=(*held.adjustments, one)))


def _between(held: HeldLicence, other: HeldLicence) -> tuple[str, ...]:
    """What is otherwise today for a licence as it would be signed."""
    who = scope()
    on, rules = who.today, rules_for(who)
    activities = records(who, [held.person_id]).activities(held.person_id, held.regime, waiting=False)
    return changes_between(rules.evaluate(held, activities, on), rules.evaluate(other, activities, on))


def _attestation(form: AttestationForm, held: HeldLicence, status: int = 200) -> Answer:
    form.offer(shelf()[held.regime])
    return answers.page("licences/attestation.html", status, form=form, held=held, effects=_effects(held))


def _end(form: TakeBackForm, held: HeldLicence, attestation_id: int, status: int = 200) -> Answer:
    one = next((one for one in signed(scope(), held.id) if one.id == attestation_id and one.fact), None)
    if one is None or one.is_end:
        raise NotHere
    if one.taken_back is not None:
        raise NotNow("taken_back", "It was taken back already.")
    return answers.page(
        "licences/attestation_end.html",
        status,
        form=form,
        held=held,
        one=one,
        day=date_text(one.signed_on),
        means=facts_of(shelf()[held.regime]).get(one.fact, plain(one.fact)),
        changes=_changes_without(held, one),
    )


def _changes_without(held: HeldLicence, one: Signed) -> tuple[str, ...]:
    """What changes from today on when a fact doesn't hold any more; nothing where somebody else attested it too."""
    who = scope()
    on = who.today
    without = [
        replace(fact, taken_back=TakenBack(by=who.me.name, on=on, reason=""))
        if (fact.fact, fact.by, fact.on) == (one.fact, one.by_name, one.signed_on)
        else fact
        for fact in held.attestations
    ]
    return _between(held, replace(held, attestations=tuple(without)))


def _effects(held: HeldLicence) -> list[tuple[str, tuple[str, ...]]]:
    """Each fact that isn't known yet, with what it would change from today on."""
    who = scope()
    on, rules = who.today, rules_for(who)
    activities = records(who, [held.person_id]).activities(held.person_id, held.regime, waiting=False)
    before = rules.evaluate(held, activities, on)
    known = held.facts(activities, on).person_facts
    found = []
    for fact, means in facts_of(shelf()[held.regime]).items():
        if fact not in known:
            signed = replace(
                held, attestations=(*held.attestations, Attestation(fact=fact, by=who.me.name, on=on))
            )
            found.append((means, changes_between(before, rules.evaluate(signed, activities, on))))
    return found


def _others(licence_id: int) -> HeldLicence:
    """Somebody else's licence."""
    held = licence(scope(), licence_id)
    if held is None:
        raise NotHere
    if held.person_id == scope().me.id:
        raise NotPermitted("own_licence", _OF_ONES_OWN)
    return held
