"""What the district asks on top of a regime: typed, looked at with what it would change, published from a date."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from http import HTTPStatus

from flask import Blueprint, request

from pdtracker.actions.regime_layers import LAYER_FILE, publish_layer, require_from_today
from pdtracker.domain.access import Permission
from pdtracker.domain.refs import ref_of
from pdtracker.domain.refusals import NotValid
from pdtracker.domain.regimes.describing import layer_sentences
from pdtracker.domain.regimes.layer_writing import tightenings_of, write_layer
from pdtracker.domain.regimes.layers import read_layer
from pdtracker.domain.regimes.rules import Layer, Version
from pdtracker.domain.regimes.table import BadRules
from pdtracker.domain.when import date_text, school_year
from pdtracker.exchange.csv_out import MEDIA_TYPE, csv_bytes
from pdtracker.queries import facts, rulebook
from pdtracker.queries.layer_trial import try_layer
from pdtracker.queries.rulebook import LayerEdition
from pdtracker.scope import Scope
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import permitted
from pdtracker.web.requests import scope
from pdtracker.web.rules.layer_form import MOST_TOML_CHARACTERS, LayerForm, can_say, filled, form_of
from pdtracker.web.rules.regimes import versions_of
from pdtracker.web.rules.trial_words import CSV_HEADER, answer, cells, effects, sample, tried_lines

layers = Blueprint("layers", __name__)

_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Typed:
    """A layer that was typed: its TOML, and what it says."""

    text: str
    layer: Layer
    effective_from: date

    @property
    def digest(self) -> str:
        """Tells it apart from one that differs in anything."""
        return hashlib.sha256(f"{self.effective_from.isoformat()}\n{self.text}".encode()).hexdigest()


@layers.get("/<slug:district>/rules/regimes/<slug:regime>/layer")
@permitted(Permission.MANAGE_POLICY)
def ask(regime: str) -> Answer:
    """The form, as the latest edition has it."""
    who, version = scope(), versions_of(regime)[-1]
    every = rulebook.layer_editions(who, regime)
    document = every[0].document if every else ""
    found = None
    if document:
        try:
            found = tightenings_of(read_layer(LAYER_FILE, document, version), version)
        except BadRules:
            # It doesn't fit the regime of today any more: its text is there to be mended.
            found = None
    if found is not None and not can_say(regime, found):
        found = None
    form = filled(regime, found, f"{who.district.name} for {version.name}", document, _first_day(who, every))
    return _asking(form, version, HTTPStatus.OK, is_open=bool(document) and found is None)


@layers.post("/<slug:district>/rules/regimes/<slug:regime>/layer/preview")
@permitted(Permission.MANAGE_POLICY)
def preview(regime: str) -> Answer:
    """What would be published and what it would change; or the form again, to change something."""
    version, form = versions_of(regime)[-1], form_of(regime)()
    if request.form.get("step") == "edit":
        form.validate()
        for field in form:
            field.errors = []
        return _asking(form, version, HTTPStatus.OK, is_open=form.is_by_toml)
    typed = _typed(form, version)
    if typed is None:
        return _asking(form, version, HTTPStatus.UNPROCESSABLE_ENTITY, is_open=form.is_by_toml)
    return _previewing(form, version, typed, HTTPStatus.OK)


@layers.post("/<slug:district>/rules/regimes/<slug:regime>/layer/trial.csv")
@permitted(Permission.MANAGE_POLICY)
def trial_csv(regime: str) -> Answer:
    """Every licence of the trial whose progress would be another, as CSV; nothing is published."""
    who, version, form = scope(), versions_of(regime)[-1], form_of(regime)()
    typed = _typed(form, version)
    if typed is None:
        return _asking(form, version, HTTPStatus.UNPROCESSABLE_ENTITY, is_open=form.is_by_toml)
    found = try_layer(who, regime, typed.text, typed.effective_from, who.today)
    rows = [cells(line) for line in tried_lines(found.changed)]
    return answers.file(lambda: csv_bytes(CSV_HEADER, rows), MEDIA_TYPE, f"trial-{regime}.csv", keep=True)


@layers.post("/<slug:district>/rules/regimes/<slug:regime>/layer")
@permitted(Permission.MANAGE_POLICY)
def publish(regime: str) -> Answer:
    """Publish exactly what was looked at."""
    version, form = versions_of(regime)[-1], form_of(regime)()
    typed = _typed(form, version)
    if typed is None:
        return _asking(form, version, HTTPStatus.UNPROCESSABLE_ENTITY, is_open=form.is_by_toml)
    if not form.was_looked_at(typed.digest):
        return _previewing(form, version, typed, HTTPStatus.UNPROCESSABLE_ENTITY)
    publish_layer(scope(), regime, typed.text, typed.effective_from, key=form.idempotency_key.data or "")
    return answers.see(
        "regimes.show",
        regime=regime,
        saying=f"Published. It holds for cycles that end from {date_text(typed.effective_from)} on.",
    )


def _first_day(who: Scope, every: Sequence[LayerEdition]) -> date:
    """The first day of the next school year, or the latest edition's where that lies behind it."""
    today = who.today
    _, last = school_year(today, facts.year_starts(facts.policies(who), today))
    return max([last + timedelta(days=1), *(one.effective_from for one in every[:1])])


def _typed(form: LayerForm, version: Version) -> Typed | None:
    """The layer that was typed; `None` with a sentence at each field that stands in the way."""
    if form.is_by_toml:
        # Only the text is asked, and the first day.
        form.name.validators = ()
        form.name.errors = []
    is_valid = form.validate()
    first = form.effective_from.data
    if not is_valid or first is None:
        return None
    try:
        require_from_today(scope(), first)
    except NotValid as refusal:
        form.take(refusal)
        return None
    return _by_toml(form, version, first) if form.is_by_toml else _by_fields(form, version, first)


def _by_fields(form: LayerForm, version: Version, first: date) -> Typed | None:
    written = write_layer(form.asked(), version)
    try:
        return Typed(written.text, read_layer(LAYER_FILE, written.text, version, is_new=True), first)
    except BadRules as refusal:
        form.take(NotValid({written.field_of(refusal.line): _plain(refusal)}))
        return None


def _by_toml(form: LayerForm, version: Version, first: date) -> Typed | None:
    text = (form.document.data or "").replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > MOST_TOML_CHARACTERS:
        form.document.errors = [f"Write at most {MOST_TOML_CHARACTERS:,} characters."]
        return None
    try:
        layer = read_layer(LAYER_FILE, text, version, is_new=True)
    except BadRules as refusal:
        form.document.errors = [f"Line {refusal.line}: {_plain(refusal)}"]
        return None
    if layer.layer != "district":
        form.document.errors = ['This is your district’s: write layer = "district".']
        return None
    return Typed(text, layer, first)


def _plain(refusal: BadRules) -> str:
    return refusal.sentence.removeprefix(f"{refusal.file}, line {refusal.line}: ")


def _asking(form: LayerForm, version: Version, status: int, *, is_open: bool) -> Answer:
    return answers.page("rules/layer.html", status, form=form, version=version, is_open=is_open)


def _previewing(form: LayerForm, version: Version, typed: Typed, status: int) -> Answer:
    who = scope()
    found = try_layer(who, version.regime, typed.text, typed.effective_from, who.today)
    left = found.changed_after(form.after_id)
    shown = left[:_SHOWN]
    return answers.page(
        "rules/layer_preview.html",
        status,
        form=form,
        version=version,
        days=f"For cycles that end on {date_text(typed.effective_from)} or later.",
        name=typed.layer.name,
        said=tuple(layer_sentences(typed.layer, version)),
        text=typed.text,
        digest=typed.digest,
        carried=form.carried("after"),
        answer=answer(found),
        effects=effects(found),
        sample=sample(found),
        lines=tried_lines(shown),
        before=len(found.changed) - len(left),
        more=len(left) - len(shown),
        onward=ref_of(shown[-1].licence_id) if len(left) > len(shown) else None,
    )
