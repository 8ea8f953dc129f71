"""Writing a claim, step 4: everything that was entered to look at once more, and then to send."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, url_for
from wtforms import BooleanField, HiddenField

from pdtracker.actions.claims import submit_claim
from pdtracker.domain.access import Permission
from pdtracker.domain.log import log_words
from pdtracker.domain.reflection import written
from pdtracker.domain.refusals import NotValid
from pdtracker.domain.review_path import in_turn
from pdtracker.domain.split import split_words
from pdtracker.domain.telling import count_of, one_of
from pdtracker.domain.when import moment_text, school_year_text
from pdtracker.queries import (
    asking,
    bundles,
    claims,
    details,
    evidence,
    follow_ups,
    histories,
    reflections,
    review_paths,
    sending,
    turns,
)
from pdtracker.queries.claims import ClaimRow
from pdtracker.queries.prospects import claim_prospects
from pdtracker.queries.standing import claimed_of, expected_credit, other_year
from pdtracker.queries.turns import Route
from pdtracker.web import answers, requests
from pdtracker.web.answers import Answer
from pdtracker.web.doors import permitted
from pdtracker.web.forms import Form, ParagraphsField, needed
from pdtracker.web.requests import scope

submissions = Blueprint("submissions", __name__)

_LONGEST_NUMBER = 9
_REPLY_CHARACTERS = 600
_SESSION_FIELDS = frozenset({"title", "host", "kind"})


class SendForm(Form):
    """The last word before a claim is sent; `version` is what the page showed."""

    version = HiddenField()
    reply = ParagraphsField("Your reply", limit=_REPLY_CHARACTERS)
    is_true = BooleanField(
        "This is true, and I have not claimed these hours elsewhere.",
        [needed("Tick “This is true” to send the claim.")],
    )


@submissions.get("/<slug:district>/claims/<ref:claim_id>/answers")
@permitted(Permission.LOG_CLAIM)
def check(claim_id: int) -> Answer:
    """Step 4: everything that was entered, to look at once more."""
    claim = claims.editable_claim(scope(), claim_id)
    form = SendForm(data={"version": str(claim.version)})
    return answers.page("claims/check.html", form=form, faults={}, **_page(claim))


@submissions.post("/<slug:district>/claims/<ref:claim_id>/submission")
@permitted(Permission.LOG_CLAIM)
def submit(claim_id: int) -> Answer:
    """Send the claim; sent twice it is sent once."""
    form = SendForm()
    faults: Mapping[str, str] = {}
    if form.validate():
        try:
            is_new = submit_claim(scope(), claim_id, seen_version=_version(form), reply=form.reply.data or "")
        except NotValid as refusal:
            faults = refusal.errors
        else:
            saying = "Sent. You can withdraw it until it is decided." if is_new else None
            return answers.see("claims.show", claim_id=claim_id, saying=saying)
    page = _page(claims.editable_claim(scope(), claim_id))
    return answers.refused("claims/check.html", form=form, faults=faults or page["missing"], **page)


def _version(form: SendForm) -> int:
    typed = str(form.version.data or "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= _LONGEST_NUMBER else 0


def _page(claim: ClaimRow) -> dict[str, Any]:
    who = scope()
    pieces, rows = evidence.evidence(who, claim.id), reflections.answers(who, claim.id)
    names = histories.reviewer_names(who, who.me.id)
    stops = review_paths.stops_ahead(who, claim)
    said = histories.asked_for(histories.steps(who, claim.id), claim.state)
    lacking, against = sending.lacking(who, claim, pieces, rows), sending.obstacles(who, claim)
    split = details.split_of_claim(who, claim.id)
    (known,) = claimed_of(who, [claim])
    policy = sending.policy_of(who, claim)
    claimed = replace(
        known,
        split=split,
        reflection_words=written(row.answer for row in rows).words,
    )
    credit = expected_credit(who, who.me.id, claimed)
    year = other_year(who, claimed.on) if claim.minutes else None
    missing = sending.against_sending(lacking, against)
    still = "are" if len(missing) > 1 else "is"
    return {
        "claim": claim,
        "when": claim.entered_words,
        "pieces": pieces,
        "rows": rows,
        "split": split_words(split),
        "stated": asking.told_facts(who, claim),
        "log": log_words(details.log_of(who, claim.id)) if claim.logged_minutes else "",
        "missing": missing,
        "holder": against.holder,
        "is_barred": missing != lacking,
        "lacks": f"{count_of(len(missing), 'thing', 'things').capitalize()} {still} still "
        + ("missing." if missing == lacking else "to be put right."),
        "onward": url_for(
            "reflections.show" if claim.follow_up else _page_of(claim, next(iter(missing), "")),
            claim_id=claim.id,
        ),
        "credit": credit,
        "prospects": claim_prospects(who, claim.id, credit, has_reflection=bool(claimed.reflection_words))
        if credit
        else (),
        "other_year": school_year_text(*year) if year else "",
        "readers": one_of(turns.readers(names, claim.school_id, Route(stops))),
        "after": in_turn(stops[1:]),
        "said": said,
        "said_when": moment_text(said.at, requests.at(), who.zone) if said else "",
        "parts": bundles.parts_of(who, claim.id) if claim.is_bundle else (),
        "gathering": sending.gathering_of(claim, policy.bundles if policy else None)
        if claim.is_bundle
        else None,
        "may_gather": sending.may_gather(policy, claim),
        "original": follow_ups.original_of(who, claim.id) if claim.follow_up else None,
    }


def _page_of(claim: ClaimRow, field: str) -> str:
    """The page on which a field is entered."""
    if claim.is_bundle and not field.startswith("answer_"):
        return "bundles.show"
    if field in _SESSION_FIELDS:
        return "drafts.session"
    return "reflections.show" if field.startswith("answer_") else "attendance.show"
