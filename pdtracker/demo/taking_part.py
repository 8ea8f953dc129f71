"""Who takes part in the demo's current programme: both districts, and what their people speak for."""

from __future__ import annotations

from datetime import datetime

from pdtracker.actions.participation import (
    Joining,
    decide_participant,
    join_programme,
    propose_participant,
)
from pdtracker.demo.calendar import DemoCalendar
from pdtracker.demo.founding import Founded
from pdtracker.demo.people import districts, people
from pdtracker.domain.access import Role
from pdtracker.domain.participation import ParticipantKind
from pdtracker.queries.programmes import programme

_PROPOSED = (
    ("hugo@maplewood.example", ParticipantKind.ORGANIZATION, "Birch Hill Teachers' Circle", True),
    ("paul.novak@maplewood.example", ParticipantKind.STATE, "New York", True),
    ("ada@maplewood.example", ParticipantKind.ORGANIZATION, "Maplewood Garden Club", False),
)


def take_part(founded: Founded, current: DemoCalendar, at: datetime) -> None:
    """Both districts join, the first one with its counts; of what its people speak for, one still waits."""
    slug = current.programmes[0].slug
    first = districts()[0].slug
    for district in districts():
        with founded.scope(_administrator(district.slug), at) as scope:
            programme_id = programme(scope, slug).id
            scope.session.rollback()
            join_programme(scope, programme_id, publishes_counts=district.slug == first)
    for email, kind, name, is_listed in _PROPOSED:
        with founded.scope(email, at) as scope:
            programme_id = programme(scope, slug).id
            scope.session.rollback()
            proposed_id = propose_participant(scope, programme_id, Joining(kind, name, ""))
        if is_listed:
            with founded.scope(_administrator(first), at) as scope:
                decide_participant(scope, proposed_id, accept=True, reason="")


def _administrator(slug: str) -> str:
    return next(
        person.email for person in people() if person.district == slug and Role.ADMINISTRATOR in person.roles
    )
