"""The regimes on the shelf: what licensing bodies ask for, where that comes from, and which the district adopted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from flask import Blueprint, request

from pdtracker.actions.regimes import adopt_regime, give_up_regime
from pdtracker.domain.access import Permission
from pdtracker.domain.licence import APPROVED_PROVIDER
from pdtracker.domain.refusals import NotHere
from pdtracker.domain.regimes.describing import in_force, layer_sentences, sentences
from pdtracker.domain.regimes.layers import read_layer
from pdtracker.domain.regimes.rules import Version
from pdtracker.domain.regimes.shelf import shelf
from pdtracker.domain.regimes.table import BadRules
from pdtracker.domain.telling import count_of
from pdtracker.domain.when import date_text, local
from pdtracker.queries import rulebook
from pdtracker.queries.rulebook import Adopted, LayerEdition
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import permitted, signed_in
from pdtracker.web.forms import Form, LineField
from pdtracker.web.requests import scope
from pdtracker.web.rules.words import layer_name, regime_marks, since, vocabulary, worked_examples

regimes = Blueprint("regimes", __name__)

_NUMBER_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class ShelfLine:
    """A regime in the list."""

    regime: str
    name: str
    unit: str
    version: str
    since: str
    confidence: str
    marks: Sequence[str]
    is_adopted: bool


@dataclass(frozen=True, slots=True)
class LayerLine:
    """An edition of the district's layer: from when it holds, who published it, and its rules in words."""

    name: str
    published: str
    said: tuple[str, ...]


class AdoptionForm(Form):
    """The number under which the body knows the district."""

    sponsor_number = LineField(
        "Sponsor or provider number",
        limit=_NUMBER_CHARACTERS,
        description="As the body gave it to your district. It stands on statements for this licence.",
    )


@regimes.get("/<slug:district>/rules/regimes")
@signed_in
def index() -> Answer:
    """Every regime, by name."""
    held = {name for name, one in rulebook.adopted(scope()).items() if one.retired_at is None}
    return answers.page(
        "rules/regimes.html",
        lines=sorted(
            (_line(versions[-1], held) for versions in shelf().values()),
            key=lambda line: line.name.casefold(),
        ),
    )


@regimes.get("/<slug:district>/rules/regimes/<slug:regime>")
@signed_in
def show(regime: str) -> Answer:
    """One regime in plain words."""
    return _page(regime, AdoptionForm(formdata=None), HTTPStatus.OK)


@regimes.post("/<slug:district>/rules/regimes/<slug:regime>/adoption")
@permitted(Permission.MANAGE_POLICY)
def adopt(regime: str) -> Answer:
    """Adopt it, or change the number under which it was adopted."""
    versions = versions_of(regime)
    form = AdoptionForm()
    if not form.validate():
        return _page(regime, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    adopt_regime(scope(), regime, form.sponsor_number.data or "")
    return answers.see(
        "regimes.show", regime=regime, saying=f"Your people can now enter licences under {versions[-1].name}."
    )


@regimes.get("/<slug:district>/rules/regimes/<slug:regime>/end")
@permitted(Permission.MANAGE_POLICY)
def ask_give_up(regime: str) -> Answer:
    """Ask before a regime is given up, with how many people hold its licences."""
    version = versions_of(regime)[-1]
    holders = rulebook.holders(scope(), regime)
    held = f"{count_of(holders, 'person holds', 'people hold').capitalize()} a licence under it."
    return answers.page("rules/give_up.html", version=version, held=held, has_holders=holders > 0)


@regimes.post("/<slug:district>/rules/regimes/<slug:regime>/end")
@permitted(Permission.MANAGE_POLICY)
def give_up(regime: str) -> Answer:
    """Offer it to nobody any more."""
    name = versions_of(regime)[-1].name
    give_up_regime(scope(), regime)
    return answers.see(
        "regimes.show", regime=regime, saying=f"{name} is no longer offered. Licences that people hold stay."
    )


def versions_of(regime: str) -> tuple[Version, ...]:
    """The versions of a regime on the shelf, the latest last; refuses with `NotHere`."""
    found = shelf().get(regime)
    if found is None:
        raise NotHere
    return found


def _page(regime: str, form: AdoptionForm, status: int) -> Answer:
    who, versions = scope(), versions_of(regime)
    wanted = request.args.get("version", versions[-1].version)
    version = next((one for one in versions if one.version == wanted), None)
    if version is None:
        raise NotHere
    adopted = rulebook.adopted(who).get(regime)
    layers = rulebook.layer_editions(who, regime)
    if not form.errors:
        form.process(formdata=None, sponsor_number=_number(adopted, who.district.sponsor_number))
    return answers.page(
        "rules/regime.html",
        status,
        version=version,
        asks_provider=any(APPROVED_PROVIDER in gate.needs for gate in version.restrictions.gates),
        is_latest=version is versions[-1],
        others=[(one.version, since(one), one.regime) for one in reversed(versions) if one is not version],
        marks=regime_marks(version),
        in_force=in_force(version),
        said=tuple(sentences(version)),
        checked=f"{date_text(version.checked_on)}, by {version.checked_by}",
        words=vocabulary(version),
        examples=worked_examples(regime, version.version),
        adopted=adopted if adopted and adopted.retired_at is None else None,
        counting=[layer_name(one) for one in rulebook.layers_counting(layers, who.today)],
        layers=[_layer_line(one, versions[-1]) for one in layers],
        form=form,
        may_manage=who.may(Permission.MANAGE_POLICY),
    )


def _number(adopted: Adopted | None, of_district: str | None) -> str:
    return adopted.sponsor_number if adopted else of_district or ""


def _line(version: Version, held: set[str]) -> ShelfLine:
    return ShelfLine(
        version.regime,
        version.name,
        version.unit.many,
        version.version,
        since(version),
        version.confidence.value.capitalize(),
        regime_marks(version),
        version.regime in held,
    )


def _layer_line(layer: LayerEdition, version: Version) -> LayerLine:
    try:
        read = read_layer(f"edition {layer.edition}", layer.document, version)
        said = tuple(layer_sentences(read, version))
    except BadRules as refusal:
        # The regime may have changed since; what was published stays.
        said = (f"It doesn't fit the regime of today. {refusal.sentence}",)
    zone = scope().district.zone
    on = date_text(local(layer.published_at, zone).date())
    return LayerLine(layer_name(layer), f"Published on {on} by {layer.by_name}.", said)
