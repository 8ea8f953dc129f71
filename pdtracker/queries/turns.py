"""Whose turn a waiting claim is: as conditions of other statements, and as names for those who wait for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from pdtracker.domain.access import Role
from pdtracker.domain.claim import Step
from pdtracker.domain.review_path import ONE_REVIEW, Actor, Stop, stops_of
from pdtracker.models.claims import Claim, ClaimStep
from pdtracker.models.people import Membership, Person
from pdtracker.models.review_paths import ClaimRoute
from pdtracker.queries.bundles import hosted_by
from pdtracker.scope import Scope


@dataclass(frozen=True, slots=True)
class Route:
    """The reviews that a claim needs and which of them is open, counted from one."""

    stops: tuple[Stop, ...] = ONE_REVIEW
    turn: int = 1

    @property
    def open(self) -> Stop:
        """The review that is open."""
        return self.stops[self.turn - 1]

    @property
    def goes_on(self) -> bool:
        """Whether an approval leads to another review."""
        return self.turn < len(self.stops)

    @property
    def following(self) -> tuple[Stop, ...]:
        """The reviews after the open one."""
        return self.stops[self.turn :]

    @classmethod
    def of_columns(cls, stops: Sequence[Mapping[str, Any]] | None, turn: int | None) -> Route:
        """The route of a claim's row; both are `None` where the claim goes by no path."""
        return cls(stops_of(stops), turn or 1)


# Any: a column or a bound value.
def endorsed_by(person_id: Any) -> sa.ColumnElement[bool]:
    """Whether a person endorsed the claim of the statement around it since it was last sent, and didn't undo that."""
    step, undo, route = aliased(ClaimStep), aliased(ClaimStep), aliased(ClaimRoute)
    return sa.exists(
        sa.select(step.id)
        .join(route, sa.and_(route.district_id == step.district_id, route.claim_id == step.claim_id))
        .where(
            step.district_id == Claim.district_id,
            step.claim_id == Claim.id,
            step.by_person_id == person_id,
            step.step == Step.ENDORSE,
            step.seen_version >= route.sent_version,
            ~sa.exists(
                sa.select(undo.id).where(undo.district_id == step.district_id, undo.undoes_step_id == step.id)
            ),
        )
        .correlate_except(step, undo, route)
    )


def turn_of(person_id: Any) -> sa.ColumnElement[bool]:
    """Whether the claim of the statement around it has a route by which it is this reviewer's turn.

    Not the turn of who endorsed it before: different people at each review. What nobody can take of those that are
    named falls to the district office, so that no claim waits for who is no more.
    """
    route = aliased(ClaimRoute)
    at_school, everywhere = _reviews(person_id, Claim.school_id), _reviews(person_id, None)
    actor = route.turn_actor
    mine = sa.or_(
        sa.and_(actor == Actor.ANYBODY, sa.or_(at_school, everywhere)),
        sa.and_(actor == Actor.SCHOOL, sa.or_(at_school, sa.and_(everywhere, ~_somebody_at_school()))),
        sa.and_(actor == Actor.DISTRICT, everywhere),
        sa.and_(
            actor == Actor.PERSON,
            sa.or_(
                route.turn_person_id == person_id, sa.and_(everywhere, ~_can_decide(route.turn_person_id))
            ),
        ),
    )
    on_route = sa.exists(
        sa.select(route.id)
        .where(route.district_id == Claim.district_id, route.claim_id == Claim.id, mine)
        .correlate_except(route)
    )
    return sa.and_(on_route, ~endorsed_by(person_id))


def has_no_route() -> sa.ColumnElement[bool]:
    """Whether the claim of the statement around it goes by no path: whoever reviews for its school decides it."""
    route = aliased(ClaimRoute)
    return ~sa.exists(
        sa.select(route.id)
        .where(route.district_id == Claim.district_id, route.claim_id == Claim.id)
        .correlate_except(route)
    )


def is_turn_of(person_id: Any) -> sa.ColumnElement[bool]:
    """Whether it is this reviewer's turn with the claim of the statement around it, by a route or without one."""
    by_school = sa.or_(_reviews(person_id, Claim.school_id), _reviews(person_id, None))
    return sa.or_(sa.and_(has_no_route(), by_school), turn_of(person_id))


@dataclass(frozen=True, slots=True)
class Endorser:
    """Who endorsed a claim since it was last sent."""

    person_id: int
    name: str


def endorsers(scope: Scope, claim_ids: Collection[int]) -> Mapping[int, tuple[Endorser, ...]]:
    """Who endorsed each of these claims since it was last sent, in order. One statement, none without claims."""
    if not claim_ids:
        return {}
    rows = scope.session.execute(
        sa.select(Claim.id, Person.id.label("person_id"), Person.name)
        .join(Person, Person.district_id == Claim.district_id)
        .where(
            Claim.id.in_(claim_ids),
            Person.id.in_(
                sa.select(ClaimStep.by_person_id).where(
                    ClaimStep.claim_id.in_(claim_ids), ClaimStep.step == Step.ENDORSE
                )
            ),
            endorsed_by(Person.id),
        )
        .order_by(Claim.id, Person.name)
    )
    found: dict[int, tuple[Endorser, ...]] = {}
    for row in rows:
        found[row.id] = (*found.get(row.id, ()), Endorser(row.person_id, row.name))
    return found


def _reviews(person_id: Any, school_id: Any) -> sa.ColumnElement[bool]:
    """Whether a person reviews for this very school; `None`: for the whole district."""
    role = aliased(Membership)
    where = role.school_id.is_(None) if school_id is None else role.school_id == school_id
    return sa.exists(
        sa.select(role.id)
        .where(
            role.district_id == Claim.district_id,
            role.person_id == person_id,
            role.role == Role.REVIEWER,
            where,
        )
        .correlate_except(role)
    )


def _somebody_at_school() -> sa.ColumnElement[bool]:
    """Whether a reviewer of the claim's own school can decide it."""
    role = aliased(Membership)
    return sa.exists(
        sa.select(role.id)
        .where(
            role.district_id == Claim.district_id,
            role.role == Role.REVIEWER,
            role.school_id == Claim.school_id,
            _can_decide(role.person_id),
        )
        .correlate_except(role)
    )


def _can_decide(person_id: Any) -> sa.ColumnElement[bool]:
    """Whether a person who may be named still reviews, is somebody else than the claimant, and had no part in it."""
    role, person = aliased(Membership), aliased(Person)
    return sa.and_(
        person_id != Claim.person_id,
        sa.exists(
            sa.select(person.id)
            .join(role, sa.and_(role.district_id == person.district_id, role.person_id == person.id))
            .where(
                person.district_id == Claim.district_id,
                person.id == person_id,
                person.left_at.is_(None),
                role.role == Role.REVIEWER,
            )
            .correlate_except(person, role)
        ),
        ~hosted_by(person_id),
        ~endorsed_by(person_id),
    )


def readers(
    names: Mapping[int | None, Sequence[str]],
    school_id: int | None,
    route: Route,
    endorsed: Sequence[Endorser] = (),
) -> tuple[str, ...]:
    """Who can take the open review, by name. `names` has those who review, by school; `None`: everywhere."""
    everywhere = tuple(names.get(None, ()))
    here = tuple(names.get(school_id, everywhere))
    own = tuple(name for name in here if name not in everywhere)
    done = {one.name for one in endorsed}

    def left(some: Sequence[str]) -> tuple[str, ...]:
        return tuple(name for name in some if name not in done)

    match route.open.actor:
        case Actor.ANYBODY:
            return left(here)
        case Actor.SCHOOL:
            return left(own) or left(everywhere)
        case Actor.DISTRICT:
            return left(everywhere)
        case Actor.PERSON:
            known = {name for some in names.values() for name in some}
            return left([route.open.name] if route.open.name in known else []) or left(everywhere)
