"""Who takes part in the demo's current programme, what their people speak for, and what a district promises."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from importlib import resources

from pdtracker.actions.automatic import publish_automatic
from pdtracker.actions.certificate_designs import choose_design
from pdtracker.actions.commitments import publish_commitment
from pdtracker.actions.issuing import Issuer
from pdtracker.actions.participation import (
    Joining,
    decide_participant,
    join_programme,
    propose_participant,
)
from pdtracker.actions.review_paths import publish_path
from pdtracker.demo.calendar import DemoCalendar
from pdtracker.demo.founding import Founded
from pdtracker.demo.people import districts, people
from pdtracker.domain.access import Role
from pdtracker.domain.appearance import Design
from pdtracker.domain.automatic import AutomaticPolicy, Conditions
from pdtracker.domain.certificate_design import DesignWish, WishedPicture, WishedSignatory
from pdtracker.domain.commitment import Promise
from pdtracker.domain.evidence import EvidenceKind
from pdtracker.domain.kinds import EventKind
from pdtracker.domain.participation import ParticipantKind
from pdtracker.domain.review_path import Actor, Condition, PathReview, ReviewPath, Stop
from pdtracker.domain.state_forms import FormChoice
from pdtracker.queries.people import schools
from pdtracker.queries.programmes import programme

_SIGNS = WishedSignatory("Josephine Alder", "Superintendent of Schools")
_PROPOSED = (
    ("hugo@maplewood.example", ParticipantKind.ORGANIZATION, "Birch Hill Teachers' Circle", True),
    ("paul.novak@maplewood.example", ParticipantKind.STATE, "New York", True),
    ("ada@maplewood.example", ParticipantKind.ORGANIZATION, "Maplewood Garden Club", False),
)


_WORDS = (
    "Our teachers learn from colleagues everywhere, at the hour that fits them. What they learn there counts here,"
    " and nobody waits long to hear so."
)
_LOOKS_TWICE = "Maplewood Elementary"
_HOLDS = timedelta(days=300)
_AT_FIRST = {Promise.TEACHERS_CREDITED: "50"}
_PROMISED = {Promise.CONNECTED_SHARE: "60", Promise.DECISION_DAYS: "5", Promise.TEACHERS_CREDITED: "80"}


def take_part(founded: Founded, current: DemoCalendar, at: datetime) -> None:
    """Both districts join, the first one with its counts; of what its people speak for, one still waits."""
    slug = current.programmes[0].slug
    first = districts()[0].slug
    for district in districts():
        with founded.scope(administrator(district.slug), at) as scope:
            programme_id = programme(scope, slug).id
            scope.session.rollback()
            join_programme(scope, programme_id, publishes_counts=district.slug == first)
    for email, kind, name, is_listed in _PROPOSED:
        with founded.scope(email, at) as scope:
            programme_id = programme(scope, slug).id
            scope.session.rollback()
            proposed_id = propose_participant(scope, programme_id, Joining(kind, name, ""))
        if is_listed:
            with founded.scope(administrator(first), at) as scope:
                decide_participant(scope, proposed_id, accept=True, reason="")


def promise(founded: Founded, at: datetime, *, is_first: bool) -> None:
    """The first district promises one thing, and later more of them."""
    with founded.scope(administrator(districts()[0].slug), at) as scope:
        publish_commitment(
            scope, "" if is_first else _WORDS, _AT_FIRST if is_first else _PROMISED, at.date() + _HOLDS
        )


def set_path(founded: Founded, at: datetime) -> None:
    """At one school of the first district a long conference is reviewed twice: there, then by the district office."""
    with founded.scope(administrator(districts()[0].slug), at) as scope:
        school = next(one for one in schools(scope) if one.name == _LOOKS_TWICE)
        long = Condition(EventKind.CONFERENCE, more_than_minutes=180, school_id=school.id)
        scope.session.rollback()
        reviews = (PathReview(Stop(Actor.ANYBODY)), PathReview(Stop(Actor.DISTRICT), long))
        publish_path(scope, ReviewPath(scope.today, reviews))


def set_automatic(founded: Founded, at: datetime, begins_on: date, issuer: Issuer) -> None:
    """In the first district a matched webinar or panel of up to two hours is approved automatically, from today on."""
    asked = Conditions(frozenset({EventKind.WEBINAR, EventKind.PANEL}), 120, EvidenceKind.CHECK_IN, 10)
    with founded.scope(administrator(districts()[0].slug), at) as scope:
        publish_automatic(scope, AutomaticPolicy(begins_on, asked), issuer)


def choose_designs(founded: Founded, at: datetime) -> None:
    """The second district issues classic certificates under its seal, which its superintendent signs.

    Who holds a licence whose form is known gets that form. The first district chose nothing.
    """
    nobody = WishedSignatory("", "")
    seal = WishedPicture((resources.files("pdtracker.demo") / "data" / "riverton.svg").read_bytes())
    wish = DesignWish(Design.CLASSIC, "letter", "", "", seal, (_SIGNS, nobody), FormChoice.BY_LICENCE.value)
    with founded.scope(administrator(districts()[1].slug), at) as scope:
        choose_design(scope, wish)


def administrator(slug: str) -> str:
    """The address of the first administrator of a district."""
    return next(
        person.email for person in people() if person.district == slug and Role.ADMINISTRATOR in person.roles
    )
