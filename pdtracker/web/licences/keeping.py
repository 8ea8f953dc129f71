"""Keeping licences: adding one in two or three small steps, changing, renewing, closing."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, request, url_for

from pdtracker.actions import licences as actions
from pdtracker.domain.access import Permission
from pdtracker.domain.licence_terms import cycle_on
from pdtracker.domain.refs import id_of, ref_of
from pdtracker.domain.refusals import NotHere, NotNow, NotValid, Refusal
from pdtracker.domain.regimes.cycles import NO_CYCLE, Anchor, Cycle
from pdtracker.domain.regimes.rules import Version
from pdtracker.domain.regimes.shelf import shelf
from pdtracker.domain.when import local, moment_text
from pdtracker.queries import people
from pdtracker.queries.licence_changes import last_change
from pdtracker.queries.licensing import HeldLicence, adopted_regimes, licence
from pdtracker.queries.people import PersonRow
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import permitted
from pdtracker.web.licences.cards import marks
from pdtracker.web.licences.forms import Asked, IssueForm, LicenceForm, Meanwhile, cycle_defaults
from pdtracker.web.requests import at, scope

keeping_licences = Blueprint("keeping_licences", __name__)

_HANGS_ON = frozenset({Anchor.ISSUE_DATE, Anchor.BIRTH_MONTH})
_OLDEST_ISSUE = date(1960, 1, 1)


@keeping_licences.get("/<slug:district>/licences/new")
@permitted(Permission.KEEP_LICENCES)
def ask() -> Answer:
    """First which regime, then what its cycle hangs on, then the terms."""
    person = _person()
    if "regime" not in request.args:
        return _regimes(person)
    versions = _versions(request.args["regime"])
    rule = versions[-1].cycle
    issue = IssueForm(request.args)
    if rule != NO_CYCLE and rule.anchor in _HANGS_ON and "issued" not in request.args:
        return _issue(IssueForm(formdata=None), versions, person)
    cycle = None
    if rule != NO_CYCLE and (issue.issued.data or rule.anchor not in _HANGS_ON):
        try:
            cycle = _cycle(versions[-1], issue)
        except NotValid as refusal:
            issue.take(refusal)
    if issue.errors or not issue.validate():
        return _issue(issue, versions, person, 422)
    form = LicenceForm(formdata=None, fte=1, **cycle_defaults(cycle))
    return _form(form, versions, person, None)


@keeping_licences.post("/<slug:district>/licences")
@permitted(Permission.KEEP_LICENCES)
def add() -> Answer:
    """Add it."""
    versions, person = _versions(request.form.get("regime", "")), _person()
    form = LicenceForm()
    form.offer(versions)
    if form.validate():
        try:
            licence_id = actions.add_licence(scope(), person.id, form.terms(versions[-1].regime))
        except NotValid as refusal:
            form.take(refusal)
        else:
            return answers.see(
                "licences.show", licence_id=licence_id, saying="Kept. Here is what it asks for."
            )
    return _form(form, versions, person, None, 422)


@keeping_licences.get("/<slug:district>/licences/<ref:licence_id>/edit")
@permitted(Permission.KEEP_LICENCES)
def ask_again(licence_id: int) -> Answer:
    """The terms as they stand."""
    held = _kept(licence_id)
    versions = _versions(held.regime)
    form = LicenceForm(formdata=None)
    form.offer(versions)
    form.fill(held)
    return _form(form, versions, people.person(scope(), held.person_id), held)


@keeping_licences.post("/<slug:district>/licences/<ref:licence_id>")
@permitted(Permission.KEEP_LICENCES)
def change(licence_id: int) -> Answer:
    """Put the terms right."""
    held = _kept(licence_id)
    versions = _versions(held.regime)
    form, person = LicenceForm(), people.person(scope(), held.person_id)
    form.offer(versions)
    # A form without a version was made before there was one, and has seen nothing newer.
    seen = request.form.get("version", 0, type=int)
    if form.validate():
        try:
            actions.change_licence(scope(), licence_id, form.terms(held.regime), seen_version=seen)
        except NotValid as refusal:
            form.take(refusal)
        except NotNow as refusal:
            if refusal.code != "changed_meanwhile":
                raise
            return _form(
                form, versions, person, _kept(licence_id), 409, _meanwhile(form, licence_id, versions)
            )
        else:
            return answers.see("licences.show", licence_id=licence_id, saying="Saved.")
    return _form(form, versions, person, held, 422, seen=seen)


@keeping_licences.post("/<slug:district>/licences/<ref:licence_id>/renewal")
@permitted(Permission.KEEP_LICENCES)
def renew(licence_id: int) -> Answer:
    """The next cycle, with what this one leaves for it."""
    new_id = actions.renew_licence(scope(), licence_id)
    return answers.see(
        "keeping_licences.ask_again",
        licence_id=new_id,
        saying="The next cycle is begun. Look whether its days and what was brought along are right.",
    )


@keeping_licences.post("/<slug:district>/licences/<ref:licence_id>/closure")
@permitted(Permission.KEEP_LICENCES)
def close(licence_id: int) -> Answer:
    """It isn't counted any more."""
    actions.close_licence(scope(), licence_id)
    return answers.see(
        "licences.show", licence_id=licence_id, saying="Closed. Nothing is lost, you can take it up again."
    )


@keeping_licences.post("/<slug:district>/licences/<ref:licence_id>/reopening")
@permitted(Permission.KEEP_LICENCES)
def reopen(licence_id: int) -> Answer:
    """It is counted again."""
    actions.reopen_licence(scope(), licence_id)
    return answers.see("licences.show", licence_id=licence_id, saying="It is counted again.")


def _regimes(person: PersonRow) -> Answer:
    adopted = [name for name in adopted_regimes(scope()) if name in shelf()]
    latest = {name: versions[-1] for name, versions in shelf().items()}

    def entries(names: list[str]) -> list[tuple[str, str, str]]:
        return [(latest[name].name, _onward(name, person), _about(latest[name])) for name in names]

    others = sorted((name for name in latest if name not in adopted), key=lambda name: latest[name].name)
    return answers.page(
        "licences/regimes.html",
        person=person,
        is_mine=_is_mine(person),
        adopted=entries(adopted),
        others=entries(others),
    )


def _issue(form: IssueForm, versions: tuple[Version, ...], person: PersonRow, status: int = 200) -> Answer:
    regime = versions[-1]
    return answers.page(
        "licences/issue.html",
        status,
        form=form,
        regime=regime,
        person=person,
        is_mine=_is_mine(person),
        person_ref=ref_of(person.id),
        asks_month=regime.cycle.anchor is Anchor.BIRTH_MONTH,
        years=regime.cycle.years,
        skip=url_for("keeping_licences.ask", regime=regime.regime, person=_other(person), issued=""),
    )


def _form(
    form: LicenceForm,
    versions: tuple[Version, ...],
    person: PersonRow,
    held: HeldLicence | None,
    status: int = 200,
    meanwhile: Meanwhile | None = None,
    *,
    seen: int | None = None,
) -> Answer:
    form.offer(versions)
    return answers.page(
        "licences/form.html",
        status,
        form=form,
        regime=versions[-1],
        asked=Asked.under(versions),
        person=person,
        is_mine=_is_mine(person),
        person_ref=ref_of(person.id),
        held=held,
        marks=marks(versions[-1]),
        meanwhile=meanwhile,
        # What was refused for another reason still stands on the version that its page showed.
        version=seen if seen is not None else held.version if held else None,
    )


def _meanwhile(form: LicenceForm, licence_id: int, versions: tuple[Version, ...]) -> Meanwhile:
    """What somebody else made of the licence since this page was opened, beside what was typed here."""
    theirs = LicenceForm(formdata=None)
    theirs.offer(versions)
    theirs.fill(_kept(licence_id))
    last = last_change(scope(), licence_id)
    return Meanwhile(
        by_name=last.by_name if last else "Somebody",
        when=moment_text(last.at, at(), scope().zone) if last else "",
        differences=form.beside(theirs),
    )


def _cycle(version: Version, issue: IssueForm) -> Cycle:
    today = local(at(), scope().district.zone).date()
    issued = issue.issued.data or today
    if not _OLDEST_ISSUE <= issued <= today.replace(year=today.year + 1, day=1):
        raise NotValid({"issued": f"Enter a day between {_OLDEST_ISSUE.year} and next year."})
    try:
        return cycle_on(version.cycle, issued, today, frozenset(), issue.birth_month)
    except Refusal as refusal:
        field = "month" if refusal.code == "no_birth_month" else "issued"
        raise NotValid({field: refusal.sentence}) from refusal


def _kept(licence_id: int) -> HeldLicence:
    """A licence that one may change."""
    held = licence(scope(), licence_id)
    mine = held is not None and held.person_id == scope().me.id
    if held is None or not (mine or scope().may(Permission.SIGN_LICENCES)):
        raise NotHere
    return held


def _versions(regime: str) -> tuple[Version, ...]:
    versions = shelf().get(regime)
    if versions is None:
        raise NotHere
    return versions


def _person() -> PersonRow:
    """Whose licence it is: one's own, or anybody's for who signs licences."""
    ref = request.values.get("person", "")
    try:
        person_id = id_of(ref) if ref else scope().me.id
    except ValueError:
        raise NotHere from None
    if person_id != scope().me.id and not scope().may(Permission.SIGN_LICENCES):
        raise NotHere
    return people.person(scope(), person_id)


def _is_mine(person: PersonRow) -> bool:
    return person.id == scope().me.id


def _other(person: PersonRow) -> str | None:
    return None if _is_mine(person) else ref_of(person.id)


def _onward(regime: str, person: PersonRow) -> str:
    return url_for("keeping_licences.ask", regime=regime, person=_other(person))


def _about(version: Version) -> str:
    asks = "names no number" if version.target.units is None else version.unit.words(version.target.units)
    years = version.cycle.years
    span = f" in {years} {'year' if years == 1 else 'years'}" if years else ""
    return " · ".join((f"{asks}{span}", *marks(version)))
