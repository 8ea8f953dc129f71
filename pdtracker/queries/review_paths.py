"""The review paths of a district: every version, the one in force, and what a claim is asked about by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa

from pdtracker.domain.access import Role
from pdtracker.domain.claim import ClaimState
from pdtracker.domain.review_path import ONE_REVIEW, ReviewFacts, Reviewing, ReviewPath, Stop, path_faults
from pdtracker.models.licences import Licence
from pdtracker.models.people import Membership, Person
from pdtracker.models.review_paths import ReviewPath as PathRow
from pdtracker.queries.claims import ClaimRow
from pdtracker.queries.people import schools
from pdtracker.scope import Scope


@dataclass(frozen=True, slots=True)
class PathVersion:
    """A published path, by whom and when."""

    id: int
    version: int
    path: ReviewPath
    by_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Who can be named in a path."""

    id: int
    name: str
    title: str
    is_of_district: bool


def path_versions(scope: Scope) -> tuple[PathVersion, ...]:
    """Every path that was published, the last one first. One statement."""
    rows = scope.session.execute(
        sa.select(PathRow.id, PathRow.version, PathRow.document, PathRow.published_at, Person.name)
        .join(
            Person, sa.and_(Person.district_id == PathRow.district_id, Person.id == PathRow.published_by_id)
        )
        .order_by(PathRow.version.desc())
    )
    return tuple(
        PathVersion(row.id, row.version, ReviewPath.from_document(row.document), row.name, row.published_at)
        for row in rows
    )


def in_force(versions: Sequence[PathVersion], on: date) -> PathVersion | None:
    """The version that holds for what is first sent on a day; `None` while one review is all there is."""
    begun = [one for one in versions if one.path.effective_from <= on]
    return max(begun, key=lambda one: (one.path.effective_from, one.version), default=None)


def path_on(scope: Scope, on: date) -> tuple[int, ReviewPath] | None:
    """The id and the path that hold for what is first sent on a day. One statement."""
    row = scope.session.execute(
        sa.select(PathRow.id, PathRow.document)
        .where(PathRow.effective_from <= on)
        .order_by(PathRow.effective_from.desc(), PathRow.version.desc())
        .limit(1)
    ).one_or_none()
    return (row.id, ReviewPath.from_document(row.document)) if row else None


def stops_ahead(scope: Scope, claim: ClaimRow) -> tuple[Stop, ...]:
    """The reviews that one's own claim will need if it is sent now as it is. Two statements at most."""
    if claim.state is ClaimState.RETURNED:
        return claim.route.stops
    today = scope.today
    _, path = path_on(scope, today) or (None, None)
    if path is None:
        return ONE_REVIEW
    regimes = regimes_held(scope, claim.person_id, today) if path.asks_regimes else frozenset[str]()
    return path.stops(ReviewFacts(claim.kind, claim.minutes or 0, scope.me.school_id, regimes))


def path_of(scope: Scope, path_id: int) -> ReviewPath:
    """A path by its id. One statement."""
    document = scope.session.execute(sa.select(PathRow.document).where(PathRow.id == path_id)).scalar_one()
    return ReviewPath.from_document(document)


def regimes_held(scope: Scope, person_id: int, on: date) -> frozenset[str]:
    """The regimes whose licences a person holds on a day. One statement."""
    return frozenset(
        scope.session.scalars(
            sa.select(Licence.regime).where(
                Licence.person_id == person_id,
                Licence.starts_on <= on,
                Licence.ends_on >= on,
                Licence.closed_at.is_(None),
            )
        )
    )


def reviewers(scope: Scope) -> tuple[Reviewer, ...]:
    """Who reviews in the district now, by name. One statement."""
    rows = scope.session.execute(
        sa.select(
            Person.id,
            Person.name,
            Person.title,
            sa.func.count().filter(Membership.school_id.is_(None)).label("everywhere"),
        )
        .join(
            Membership,
            sa.and_(Membership.district_id == Person.district_id, Membership.person_id == Person.id),
        )
        .where(Membership.role == Role.REVIEWER, Person.left_at.is_(None))
        .group_by(Person.id, Person.name, Person.title)
        .order_by(Person.name, Person.id)
    )
    return tuple(Reviewer(row.id, row.name, row.title, row.everywhere > 0) for row in rows)


def faults_of(scope: Scope, path: ReviewPath) -> dict[str, str]:
    """What stands against publishing a path now, by the fields of its form. One statement, two with schools."""
    people = reviewers(scope)
    faults = path_faults(
        path,
        scope.today,
        Reviewing(
            frozenset(one.id for one in people if one.is_of_district), frozenset(one.id for one in people)
        ),
    )
    named = {number: one.condition.school_id for number, one in enumerate(path.reviews, 1)}
    if any(school_id is not None for school_id in named.values()):
        known = {one.id for one in schools(scope)}
        for number, school_id in named.items():
            if school_id is not None and school_id not in known:
                faults[f"school_{number}"] = "Choose a school of your district."
    return faults
