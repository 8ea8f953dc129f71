"""Handing over: the reviews that are named for one person, of claims under way, become another reviewer's."""

from __future__ import annotations

from dataclasses import dataclass, replace

import sqlalchemy as sa

from pdtracker.domain.access import Permission
from pdtracker.domain.refusals import NotValid
from pdtracker.domain.review_path import stop_document
from pdtracker.models.review_paths import ClaimRoute
from pdtracker.queries.handing_over import UnderWay, routes_under_way
from pdtracker.queries.review_paths import Reviewer, reviewers
from pdtracker.scope import Scope, action


@dataclass(frozen=True, slots=True)
class HandedOver:
    """How many claims have another reviewer now, and how many stayed because that one had a part in them."""

    claims: int
    stayed: int


@action(Permission.MANAGE_POLICY)
def hand_over(scope: Scope, from_person_id: int, to_person_id: int) -> HandedOver:
    """Let another reviewer take the open and later reviews that are named for somebody, of claims under way.

    Raises NotValid: to. A claim stays where it is if it is that reviewer's own, of an event that they host, or one of
    which they take another review. Sent twice it finds nothing more to do.
    """
    takes_over = {one.id: one for one in reviewers(scope)}.get(to_person_id)
    if takes_over is None or to_person_id == from_person_id:
        raise NotValid({"to": "Choose another reviewer of your district."})
    named = [one for one in routes_under_way(scope, to_person_id) if one.is_named(from_person_id)]
    moving = [one for one in named if not one.is_barred]
    moved = [one for one in moving if _move(scope, one, from_person_id, takes_over)]
    for one in moved:
        scope.record(
            "claim.handed_over", "claim", one.claim_id, from_person=from_person_id, to=takes_over.name
        )
    return HandedOver(len(moved), len(named) - len(moving))


def _move(scope: Scope, one: UnderWay, from_person_id: int, takes_over: Reviewer) -> bool:
    """Name the other for what is still to come; not if a review was taken a moment before."""
    ahead = one.turn - 1
    stops = [
        replace(stop, person_id=takes_over.id, name=takes_over.name)
        if number >= ahead and stop.person_id == from_person_id
        else stop
        for number, stop in enumerate(one.stops)
    ]
    moved = scope.session.execute(
        sa.update(ClaimRoute)
        .where(ClaimRoute.id == one.route_id, ClaimRoute.turn == one.turn)
        .values(stops=[stop_document(stop) for stop in stops], turn_person_id=stops[ahead].person_id)
        .execution_options(synchronize_session=False)
    )
    return getattr(moved, "rowcount", 0) == 1
