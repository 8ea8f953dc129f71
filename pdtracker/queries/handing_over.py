"""Reviews that are named for one person on the routes of claims under way, and who could take them over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from pdtracker.domain.claim import ClaimState
from pdtracker.domain.review_path import Stop, stops_of
from pdtracker.models.claims import Claim
from pdtracker.models.review_paths import ClaimRoute
from pdtracker.queries.bundles import hosted_by
from pdtracker.queries.turns import endorsed_by
from pdtracker.scope import Scope

_UNDER_WAY = (ClaimState.SUBMITTED, ClaimState.RETURNED)


@dataclass(frozen=True, slots=True)
class UnderWay:
    """The route of a claim that isn't decided; `is_barred`: who was asked about had a part in it or may not take it."""

    route_id: int
    claim_id: int
    stops: tuple[Stop, ...]
    turn: int
    is_barred: bool

    def is_named(self, person_id: int) -> bool:
        """Whether the open review or one after it is named for a person."""
        return any(stop.person_id == person_id for stop in self.stops[self.turn - 1 :])


def routes_under_way(scope: Scope, takes_over: int = 0) -> tuple[UnderWay, ...]:
    """The routes of all claims that wait or were returned, with who would take something over. One statement.

    Barred is whose own claim it is, who hosts its event, or endorsed it already: nobody takes two reviews of one claim.
    """
    barred = sa.or_(Claim.person_id == takes_over, hosted_by(takes_over), endorsed_by(takes_over))
    rows = scope.session.execute(
        sa.select(
            ClaimRoute.id, ClaimRoute.claim_id, ClaimRoute.stops, ClaimRoute.turn, barred.label("barred")
        )
        .join(Claim, sa.and_(Claim.district_id == ClaimRoute.district_id, Claim.id == ClaimRoute.claim_id))
        .where(Claim.state.in_(_UNDER_WAY))
        .order_by(ClaimRoute.claim_id)
    )
    return tuple(_under_way(row, takes_over) for row in rows)


def named_now(scope: Scope) -> Mapping[int, tuple[str, int]]:
    """Who is named for a review of a claim under way: their name, and of how many claims. One statement."""
    found: dict[int, dict[int, str]] = defaultdict(dict)
    for route in routes_under_way(scope):
        for stop in route.stops[route.turn - 1 :]:
            if stop.person_id is not None:
                found[stop.person_id][route.claim_id] = stop.name
    return {person_id: (next(iter(named.values())), len(named)) for person_id, named in found.items()}


def _under_way(row: Any, takes_over: int) -> UnderWay:
    stops = stops_of(row.stops)
    is_named = any(stop.person_id == takes_over for stop in stops)
    return UnderWay(row.id, row.claim_id, stops, row.turn, bool(row.barred) or is_named)
