"""A district's part in a programme: the district itself, and what its people speak for."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint
from wtforms import BooleanField, HiddenField, RadioField

from pdtracker.actions import participation as actions
from pdtracker.actions.participation import Joining
from pdtracker.domain.access import Permission
from pdtracker.domain.calendar import HOST_CHARACTERS
from pdtracker.domain.participation import FEWEST_PEOPLE, STATES, ParticipantKind, ParticipantState
from pdtracker.domain.refusals import NotValid
from pdtracker.domain.when import date_text, local, moment_text
from pdtracker.queries.participants import OwnParticipant, own_participant, own_participants, programme_counts
from pdtracker.queries.programmes import programme
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import permitted
from pdtracker.web.forms import ChooseField, Form, LineField, LinkField
from pdtracker.web.requests import scope

ACCEPT, REFUSE = "accept", "refuse"

participation = Blueprint("participation", __name__)


class DistrictForm(Form):
    """The district joins."""

    publishes_counts = BooleanField(
        "Publish our counts",
        description="How many of your people have credit for its events, and their hours, once they are"
        f" {FEWEST_PEOPLE} or more. Nobody is named.",
    )


class ParticipantForm(Form):
    """An organization or state that takes part."""

    kind = RadioField(
        "What takes part?",
        choices={
            ParticipantKind.ORGANIZATION.value: "An organization",
            ParticipantKind.STATE.value: "A whole state",
        },
        default=ParticipantKind.ORGANIZATION.value,
    )
    name = LineField("Its name", limit=HOST_CHARACTERS, description="As it calls itself.")
    state = ChooseField(
        "Which state", choices={"": "Choose a state", **{name: name for name in STATES}}, default=""
    )
    link = LinkField("Its page", description="Where people read about it.")

    @property
    def joining(self) -> Joining:
        """What was entered, as an action takes it; refuses with `NotValid` what was left empty."""
        kind = ParticipantKind(self.kind.data)
        name = (self.state.data if kind is ParticipantKind.STATE else self.name.data) or ""
        if not name:
            of_state = kind is ParticipantKind.STATE
            raise NotValid(
                {"state": "Choose the state."} if of_state else {"name": "Enter the organization’s name."}
            )
        return Joining(kind, name, self.link.data or "")


class DecisionForm(Form):
    """What becomes of a proposal: the pressed button, and the reason of a refusal."""

    decision = HiddenField(default="")
    reason = LineField("If you refuse: why?", description="Whoever proposed it reads this.", limit=500)


@participation.get("/<slug:district>/programmes/<slug:slug>/participants")
@permitted(Permission.PROPOSE_EVENT)
def show(slug: str) -> Answer:
    """The district's part, and the form for an organization or state."""
    return _page(slug, ParticipantForm(formdata=None))


@participation.post("/<slug:district>/programmes/<slug:slug>/participants")
@permitted(Permission.PROPOSE_EVENT)
def propose(slug: str) -> Answer:
    """An organization or state takes part: at once for an administrator, as a proposal for others."""
    form = ParticipantForm()
    facts = programme(scope(), slug)
    if form.validate():
        try:
            actions.propose_participant(scope(), facts.id, form.joining)
        except NotValid as refusal:
            form.take(refusal)
        else:
            listed = scope().may(Permission.MANAGE_DISTRICT)
            return answers.see(
                "participation.show",
                slug=slug,
                saying="It is in the public list." if listed else "Sent to your administrators.",
            )
    return _page(slug, form, HTTPStatus.UNPROCESSABLE_ENTITY)


@participation.post("/<slug:district>/programmes/<slug:slug>/participation")
@permitted(Permission.MANAGE_DISTRICT)
def join(slug: str) -> Answer:
    """The district joins, or changes whether it publishes its counts."""
    form = DistrictForm()
    form.validate()
    actions.join_programme(
        scope(), programme(scope(), slug).id, publishes_counts=bool(form.publishes_counts.data)
    )
    return answers.see(
        "participation.show", slug=slug, saying="Your district takes part, for everybody to see."
    )


@participation.get("/<slug:district>/programmes/<slug:slug>/participants/<ref:participant_id>/decision")
@permitted(Permission.MANAGE_DISTRICT)
def ask(slug: str, participant_id: int) -> Answer:
    """What one of the district's people speaks for, to be listed or refused."""
    return _proposal(slug, participant_id, DecisionForm(formdata=None))


@participation.post("/<slug:district>/programmes/<slug:slug>/participants/<ref:participant_id>/decision")
@permitted(Permission.MANAGE_DISTRICT)
def decide(slug: str, participant_id: int) -> Answer:
    """List a proposal, or refuse it with a reason."""
    form = DecisionForm()
    if form.validate() and form.decision.data in (ACCEPT, REFUSE):
        accept = form.decision.data == ACCEPT
        try:
            actions.decide_participant(scope(), participant_id, accept=accept, reason=form.reason.data or "")
        except NotValid as refusal:
            form.take(refusal)
        else:
            saying = "It is in the public list." if accept else "Refused. Whoever proposed it sees why."
            return answers.see("participation.show", slug=slug, saying=saying)
    return _proposal(slug, participant_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)


@participation.post("/<slug:district>/programmes/<slug:slug>/participants/<ref:participant_id>/departure")
@permitted(Permission.MANAGE_DISTRICT)
def leave(slug: str, participant_id: int) -> Answer:
    """Take it out of the public list."""
    actions.end_participation(scope(), participant_id)
    return answers.see("participation.show", slug=slug, saying="It is no longer in the public list.")


def _proposal(slug: str, participant_id: int, form: DecisionForm, status: int = HTTPStatus.OK) -> Answer:
    who = scope()
    facts = programme(who, slug)
    one = own_participant(who, facts.id, participant_id)
    return answers.page(
        "programmes/participant.html",
        status,
        programme=facts,
        one=one,
        when=moment_text(one.at, who.at, who.zone),
        form=form,
    )


def _page(slug: str, form: ParticipantForm, status: int = HTTPStatus.OK) -> Answer:
    who = scope()
    facts = programme(who, slug)
    rows = own_participants(who, facts.id)
    may_decide = who.may(Permission.MANAGE_DISTRICT)
    ours = next((row for row in rows if row.kind is ParticipantKind.DISTRICT), None)
    return answers.page(
        "programmes/participants.html",
        status,
        programme=facts,
        form=form,
        district_form=DistrictForm(
            formdata=None, publishes_counts=bool(ours and ours.publishes_counts and _is_listed(ours))
        ),
        ours=ours,
        our_counts=programme_counts(who, [facts.id]).get(facts.id) if may_decide else None,
        others=[
            (row, moment_text(row.at, who.at, who.zone))
            for row in rows
            if row.kind is not ParticipantKind.DISTRICT and (may_decide or _is_to_be_seen(row, who.me.id))
        ],
        counted_on=date_text(local(ours.counted_at, who.zone).date()) if ours and ours.counted_at else "",
        may_decide=may_decide,
        fewest_people=FEWEST_PEOPLE,
        district_name=who.district.name,
    )


def _is_listed(row: OwnParticipant) -> bool:
    return row.state is ParticipantState.LISTED


def _is_to_be_seen(row: OwnParticipant, person_id: int) -> bool:
    """What is public, and one's own proposals."""
    return _is_listed(row) or row.by_id == person_id
