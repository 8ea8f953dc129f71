"""Walks through logging a session, for tests that begin somewhere on the way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pdtracker.actions.claims import begin_from_event, submit_claim
from pdtracker.actions.evidence import add_link
from pdtracker.actions.reflections import Written, save_answers
from pdtracker.domain.refs import ref_of
from pdtracker.queries import claims, reflections
from pdtracker.scope import Scope
from tests.factories import House, an_event

ON_ONE_DATABASE = pytest.mark.parametrize("database_urls", ["sqlite"], indirect=True)
"""For what no database can change: how a form reads what was typed, how a page looks."""

ANSWER = "We share what we make every Friday, and I tried it with grade seven on Monday already."


def today(house: House, name: str = "ada") -> Scope:
    """Somebody's scope at this moment, as the web would have it."""
    return house.scope(name, datetime.now(UTC))


def a_draft(scope: Scope, **event: object) -> int:
    """A draft from an event that ended an hour ago."""
    return begin_from_event(scope, an_event(scope, **event))


def a_complete_draft(scope: Scope, **event: object) -> int:
    """The same with evidence and answers: ready to be sent."""
    claim_id = a_draft(scope, **event)
    complete(scope, claim_id)
    return claim_id


def complete(scope: Scope, claim_id: int) -> None:
    """Add a link and answer every prompt."""
    add_link(scope, claim_id, "https://notes.example/1", note="")
    rows = reflections.answers(scope, claim_id)
    save_answers(
        scope, claim_id, [Written(row.position, f"{ANSWER} {row.position}", row.token) for row in rows]
    )


def a_sent_claim(scope: Scope, **event: object) -> int:
    """A claim that waits for a decision."""
    claim_id = a_complete_draft(scope, **event)
    send(scope, claim_id)
    return claim_id


def send(scope: Scope, claim_id: int) -> None:
    """Send the claim as it stands."""
    submit_claim(scope, claim_id, seen_version=claims.own_claim(scope, claim_id).version)


def at_hours(scope: Scope, first: float, last: float) -> dict[str, datetime]:
    """The columns of an event that ran so many hours ago."""
    return {
        "starts_at": scope.at - timedelta(hours=first),
        "ends_at": scope.at - timedelta(hours=last),
    }


def page_of(claim_id: int, below: str = "") -> str:
    """The address of a claim in Maplewood, or of a page below it."""
    return f"/maplewood/claims/{ref_of(claim_id)}{below}"
