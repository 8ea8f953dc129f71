"""The district's rules in plain words: the credit policy with its editions, and the regimes that were adopted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint

from pdtracker.domain.access import Permission
from pdtracker.domain.policy_words import in_force, sentences
from pdtracker.domain.regimes.shelf import shelf
from pdtracker.domain.when import date_text, local
from pdtracker.queries import rulebook
from pdtracker.queries.automatic import in_force as policy_in_force
from pdtracker.queries.automatic import policy_versions
from pdtracker.queries.review_paths import in_force as path_in_force
from pdtracker.queries.review_paths import path_versions
from pdtracker.queries.rulebook import Edition
from pdtracker.scope import Scope
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import signed_in
from pdtracker.web.requests import scope
from pdtracker.web.rules.automatic import said_of
from pdtracker.web.rules.review_path_form import reviewed_words
from pdtracker.web.rules.words import layer_name, regime_marks

rules = Blueprint("rules", __name__)


@dataclass(frozen=True, slots=True)
class EditionLine:
    """An edition in the list: its name, for which days it holds, who published it, and where it stands today."""

    id: int
    title: str
    days: str
    published: str
    sign: str
    standing: str


@dataclass(frozen=True, slots=True)
class AdoptedLine:
    """A regime that the district adopted, with its number and what the district asks on top."""

    regime: str
    name: str
    sponsor_number: str
    layer: str
    marks: Sequence[str]


@rules.get("/<slug:district>/rules")
@signed_in
def show() -> Answer:
    """What counts here today, and by whose rules."""
    who = scope()
    today, every = who.today, rulebook.editions(who)
    now = governing(every, today)
    return answers.page(
        "rules/show.html",
        edition=now,
        said=tuple(sentences(now.policy)) if now else (),
        days=in_force(now.policy, now.until) if now else "",
        published=_published(who, now) if now else "",
        editions=edition_lines(who, every),
        adopted=_adopted(who, today),
        reviewed=reviewed_words(who, path_in_force(path_versions(who), today)),
        automatic=said_of(policy_in_force(policy_versions(who), today)),
        may_manage=who.may(Permission.MANAGE_POLICY),
    )


@rules.get("/<slug:district>/rules/policy/<ref:policy_id>")
@signed_in
def edition(policy_id: int) -> Answer:
    """One edition of the credit policy; awards that were made under it lead here."""
    who = scope()
    found, every = rulebook.edition(who, policy_id)
    (line,) = edition_lines(who, [found])
    return answers.page(
        "rules/edition.html",
        line=line,
        said=tuple(sentences(found.policy)),
        others=[one for one in edition_lines(who, every) if one.id != found.id],
    )


def governing(every: Sequence[Edition], on: date) -> Edition | None:
    """The edition that governs a day; `None` where none does. Later ones stand first."""
    return next((one for one in every if one.governs(on)), None)


def edition_lines(who: Scope, every: Sequence[Edition]) -> list[EditionLine]:
    """Editions as they are listed."""
    today = who.today
    return [
        EditionLine(
            one.id,
            one.policy.title,
            in_force(one.policy, one.until),
            _published(who, one),
            *_standing(one, today),
        )
        for one in every
    ]


def _standing(one: Edition, today: date) -> tuple[str, str]:
    if one.governs(today):
        return "ok", "In force"
    if today < one.policy.effective_from:
        return "wait", "To come"
    return "off", "Past"


def _published(who: Scope, one: Edition) -> str:
    on = date_text(local(one.published_at, who.district.zone).date())
    return f"Published on {on} by {one.by_name}." if one.by_name else f"Set up on {on} with the district."


def _adopted(who: Scope, today: date) -> list[AdoptedLine]:
    layers = rulebook.layer_editions(who)
    found = []
    for one in rulebook.adopted(who).values():
        if one.retired_at is not None or one.regime not in shelf():
            continue
        version = shelf()[one.regime][-1]
        own = tuple(layer for layer in layers if layer.regime == one.regime)
        found.append(
            AdoptedLine(
                one.regime,
                version.name,
                one.sponsor_number,
                "; ".join(layer_name(layer) for layer in rulebook.layers_counting(own, today)),
                regime_marks(version),
            )
        )
    return sorted(found, key=lambda line: line.name)
