"""Asking for a person: one's own claim, which automatic approval decided, goes to a reviewer instead."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint

from pdtracker.actions.automatic import ask_for_person
from pdtracker.domain.access import Permission
from pdtracker.domain.automatic import Look
from pdtracker.domain.claim import ClaimState
from pdtracker.domain.refusals import NotValid
from pdtracker.domain.telling import one_of
from pdtracker.domain.when import local, time_text
from pdtracker.queries import histories, turns
from pdtracker.queries.automatic import look_of
from pdtracker.queries.claims import ClaimRow
from pdtracker.scope import Scope
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import permitted
from pdtracker.web.forms import Form, ParagraphsField
from pdtracker.web.requests import scope

asking_person = Blueprint("asking_person", __name__)

_LONGEST = 1_000


class AskingForm(Form):
    """What the claimant says to the person who will decide."""

    words = ParagraphsField("What should they know?", limit=_LONGEST)


@dataclass(frozen=True, slots=True)
class Asking:
    """How a claimant comes to a person: until when by the form; afterwards by talking to the `readers`."""

    form: AskingForm
    until: str
    readers: str


@asking_person.post("/<slug:district>/claims/<ref:claim_id>/person")
@permitted(Permission.LOG_CLAIM)
def ask(claim_id: int) -> Answer:
    """Take one's claim out of the policy's hands."""
    form = AskingForm()
    if not form.validate():
        raise NotValid({"words": f"Say it in at most {_LONGEST:,} characters of plain text."})
    ask_for_person(scope(), claim_id, form.words.data or "")
    return answers.see(
        "claims.show",
        claim_id=claim_id,
        saying="A person decides it now. The automatic approval is taken back.",
    )


def asking_for_person(who: Scope, claim: ClaimRow) -> Asking | None:
    """The way to a person of one's own claim; `None` unless the policy's approval stands. Three statements at most."""
    if claim.state is not ClaimState.CREDITED:
        return None
    look = look_of(who, claim.id)
    if look is None or look.outcome is not Look.APPROVED or look.release_at is None:
        return None
    names = histories.reviewer_names(who, claim.person_id)
    readers = one_of(turns.readers(names, claim.school_id, claim.route))
    until = time_text(local(look.release_at, who.zone)) if look.release_at > who.at else ""
    return Asking(AskingForm(), until, readers)
