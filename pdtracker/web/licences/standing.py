"""Where somebody stands with their licences: the list, and one licence with a reason for every minute."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, request, url_for

from pdtracker.domain.access import Permission
from pdtracker.domain.licence_progress import LicenceProgress
from pdtracker.domain.licence_terms import may_renew
from pdtracker.domain.look import Record
from pdtracker.domain.refs import id_of, ref_of
from pdtracker.domain.refusals import NotHere
from pdtracker.domain.regimes.describing import layer_sentences, sentences, trust
from pdtracker.domain.regimes.shelf import shelf
from pdtracker.domain.when import date_text
from pdtracker.queries import licence_record, people
from pdtracker.queries.licence_record import records
from pdtracker.queries.licensing import HeldLicence, Rules, Signed, current, licence, licences_of, signed
from pdtracker.queries.looks import looks_at
from pdtracker.queries.prospects import gaps
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import permitted, signed_in
from pdtracker.web.licences.cards import (
    activity_rows,
    bucket_row,
    card,
    marks,
    parts_of,
    signed_row,
    span_words,
)
from pdtracker.web.licences.forms import OnForm
from pdtracker.web.licences.gaps import GapCard, gap_card
from pdtracker.web.looking import noted
from pdtracker.web.requests import scope

licences = Blueprint("licences", __name__)


@licences.get("/<slug:district>/licences")
@permitted(Permission.KEEP_LICENCES)
def index() -> Answer:
    """One's own licences."""
    return _list(scope().me.id, scope().me.name, is_mine=True)


@licences.get("/<slug:district>/people/<ref:person_id>/licences")
@permitted(Permission.SEE_ALL_TRANSCRIPTS)
def of_person(person_id: int) -> Answer:
    """Somebody's licences, for who may look at their credit."""
    if not people.is_in_sight(scope(), person_id):
        raise NotHere
    person = people.person(scope(), person_id)
    shown = _list(person_id, person.name, is_mine=person_id == scope().me.id)
    return noted(shown, person_id, Record.LICENCES)


@licences.get("/<slug:district>/licences/<ref:licence_id>")
@signed_in
def show(licence_id: int) -> Answer:
    """One's own, which everybody has, or that of somebody in sight; else nobody knows of it."""
    held = licence(scope(), licence_id)
    if held is None:
        raise NotHere
    form = OnForm(request.args)
    is_good = form.validate()
    as_of = (form.on.data if is_good else None) or scope().today
    record = records(scope(), [held.person_id])
    progress = Rules(record.layers).progress(held, record, as_of)
    shown = answers.page(
        "licences/show.html",
        200 if is_good else 422,
        form=form,
        gaps=_gaps(held, record, as_of),
        **_standing(held, progress, record),
        **_may(held, progress),
    )
    return noted(shown, held.person_id, Record.LICENCES)


def _list(person_id: int, name: str, *, is_mine: bool) -> Answer:
    held = licences_of(scope(), [person_id])
    today = scope().today
    shown = current(held, today)
    record = records(scope(), [person_id]) if shown else None
    cards = [card(one, Rules(record.layers).progress(one, record, today)) for one in shown] if record else []
    known = {one.id for one in shown}
    return answers.page(
        "licences/index.html",
        cards=cards,
        others=[
            (one.name, url_for("licences.show", licence_id=one.id), _about(one))
            for one in reversed(held)
            if one.id not in known
        ],
        name=name,
        is_mine=is_mine,
        person_id=person_id,
        person_ref=ref_of(person_id),
        may_add=is_mine or scope().may(Permission.SIGN_LICENCES),
        looks=_looks(person_id) if is_mine else (),
    )


def _looks(person_id: int) -> list[tuple[str, str, str]]:
    """Who looked at one's record: name, what, and on which day."""
    return [(one.by_name, one.record.label, date_text(one.on)) for one in looks_at(scope(), person_id)]


def _standing(held: HeldLicence, progress: LicenceProgress, record: licence_record.Record) -> dict[str, Any]:
    version, titles = progress.version, record.titles(held.person_id)
    ids = {ref: id_of(ref) for ref in titles}
    means = {
        word: told
        for kind in ("categories", "facts")
        for one in shelf()[held.regime]
        for word, told in one.words[kind].items()
    }
    facts = held.facts((), progress.as_of).person_facts
    attested = {one.fact for one in held.attestations if one.holds_on(progress.as_of)}
    return {
        "held": held,
        "card": card(held, progress),
        "parts": parts_of(progress),
        "progress": progress,
        "on": None if progress.as_of == scope().today else date_text(progress.as_of),
        "buckets": [bucket_row(one) for one in progress.buckets],
        "rows": activity_rows(held, progress, titles, ids),
        "signed": [
            signed_row(one, version.unit, means, _take_back(one, held)) for one in signed(scope(), held.id)
        ],
        "pdf": url_for("licence_statements.show_pdf", licence_id=held.id, on=request.args.get("on") or None),
        "facts": [
            f"{means.get(word, word)} ({'attested' if word in attested else 'as entered'})"
            for word in sorted(facts)
        ],
        "version": version,
        "marks": marks(version),
        "rules": list(sentences(version)),
        "on_top": [(layer.name, list(layer_sentences(layer, version))) for layer in progress.layers],
        "trust": trust(version),
        "cycle": span_words(progress.cycle.start, progress.cycle.end),
    }


def _take_back(one: Signed, held: HeldLicence) -> str:
    """Where a fact that holds can be taken back; empty where there is nothing to."""
    if not one.fact or one.is_end or one.taken_back is not None:
        return ""
    return url_for("signing.ask_to_take_back", licence_id=held.id, attestation_id=one.id)


def _gaps(held: HeldLicence, record: licence_record.Record, as_of: date) -> list[GapCard]:
    """What one's own licence lacks today, with the events that would count; of another day nobody can choose any."""
    who = scope()
    if held.person_id != who.me.id or held.closed_at is not None or as_of != scope().today:
        return []
    waits = any(one.is_waiting for one in record.done.get(who.me.id, ()))
    return [gap_card(who, gap, has_waiting=waits) for gap in gaps(who, held, record)]


def _may(held: HeldLicence, progress: LicenceProgress) -> dict[str, Any]:
    is_mine = held.person_id == scope().me.id
    signs = scope().may(Permission.SIGN_LICENCES)
    keeps = (is_mine and scope().may(Permission.KEEP_LICENCES)) or signs
    stands = held.closed_at is None
    return {
        "is_mine": is_mine,
        "may_keep": keeps,
        "may_sign": signs and stands and not is_mine,
        "may_attest": signs
        and stands
        and not is_mine
        and any(one.words["facts"] for one in shelf()[held.regime]),
        "may_renew": keeps and stands and may_renew(progress.cycle, scope().today),
    }


def _about(held: HeldLicence) -> str:
    cycle = held.cycle_on(scope().today)
    return f"{shelf()[held.regime][-1].name} · {span_words(cycle.start, cycle.end)}"
