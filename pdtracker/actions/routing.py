"""How a claim goes by its district's review path: it sets out when it is sent, goes on, and comes back by an undo.

No action by itself: `claims`, `deciding` and `undoing` call it within theirs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

import sqlalchemy as sa

from pdtracker.actions.moving import move, on_behalf, step_row
from pdtracker.domain.claim import ClaimState, Step, undo_until
from pdtracker.domain.review_path import ReviewFacts, ReviewPath, Stop, stop_document
from pdtracker.models.claims import Claim, ClaimStep
from pdtracker.models.ids import new_id
from pdtracker.models.review_paths import ClaimRoute
from pdtracker.queries import review_paths
from pdtracker.queries.reviewing import Deciding
from pdtracker.scope import Scope


def set_out(scope: Scope, claim: Claim) -> None:
    """Let a claim that is about to be sent begin its reviews: by the path of today, or by that with which it came back.

    What was changed meanwhile is asked again: other hours can need other reviews. Four statements at most.
    """
    before = scope.session.scalar(sa.select(ClaimRoute).where(ClaimRoute.claim_id == claim.id))
    path_id, path = _path(scope, claim, before)
    if path is None or path_id is None:
        if before is not None:
            scope.session.delete(before)
        return
    stops = path.stops(_facts(scope, claim, path))
    route = before or ClaimRoute(id=new_id(), claim_id=claim.id)
    route.path_id, route.stops = path_id, [stop_document(stop) for stop in stops]
    route.turn, route.sent_version = 1, claim.version + 1
    route.turn_actor, route.turn_person_id = stops[0].actor, stops[0].person_id
    scope.session.add(route)


def pass_on(scope: Scope, endorsed: Sequence[tuple[Deciding, str]]) -> dict[int, int]:
    """Open the next review of claims that were approved at one before the last, each with a note.

    Gives the step's id for each claim's. The number of statements grows with the next reviewers, not with the claims.
    """
    if not endorsed:
        return {}
    rows = [
        step_row(
            scope,
            claim,
            Step.ENDORSE,
            step_id=new_id(),
            release_at=undo_until(scope.at),
            comment=note,
        )
        for claim, note in endorsed
    ]
    scope.session.insert_rows(ClaimStep, rows)
    claims = [claim for claim, _ in endorsed]
    move(scope, claims, ClaimState.SUBMITTED, opens_now=True)
    _turn(scope, claims, lambda claim: claim.route.turn + 1)
    steps = {row["claim_id"]: row["id"] for row in rows}
    for claim in claims:
        scope.record(
            "claim.endorsed",
            "claim",
            claim.id,
            version=claim.version,
            step=steps[claim.id],
            review=claim.route.turn,
            of=len(claim.route.stops),
            **on_behalf(claim),
        )
    return steps


def turn_back(scope: Scope, claims: Sequence[Deciding]) -> None:
    """Open the review again that was approved last: its approval is undone."""
    _turn(scope, claims, lambda claim: claim.route.turn - 1)


def _path(scope: Scope, claim: Claim, before: ClaimRoute | None) -> tuple[int | None, ReviewPath | None]:
    """A claim that comes back goes by what held when it was first sent, be it no path at all."""
    if claim.state is ClaimState.RETURNED:
        return (before.path_id, review_paths.path_of(scope, before.path_id)) if before else (None, None)
    return review_paths.path_on(scope, scope.today) or (None, None)


def _facts(scope: Scope, claim: Claim, path: ReviewPath) -> ReviewFacts:
    today = scope.today
    regimes = (
        review_paths.regimes_held(scope, claim.person_id, today) if path.asks_regimes else frozenset[str]()
    )
    return ReviewFacts(claim.kind, claim.claimed_minutes or 0, claim.school_id, regimes)


def _turn(scope: Scope, claims: Sequence[Deciding], turn: Callable[[Deciding], int]) -> None:
    by_review: dict[tuple[int, Stop], list[int]] = defaultdict(list)
    for claim in claims:
        number = turn(claim)
        by_review[number, claim.route.stops[number - 1]].append(claim.id)
    for (number, stop), claim_ids in by_review.items():
        scope.session.execute(
            sa.update(ClaimRoute)
            .where(ClaimRoute.claim_id.in_(claim_ids))
            .values(turn=number, turn_actor=stop.actor, turn_person_id=stop.person_id)
            .execution_options(synchronize_session=False)
        )
