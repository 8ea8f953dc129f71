"""Who acts, where and when: the first argument of every query and action; and what makes a function an action."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa

from pdtracker import audit
from pdtracker.constraints import refusal_of
from pdtracker.db import DistrictSession
from pdtracker.domain.access import Permission, Role, may
from pdtracker.domain.refusals import NotPermitted
from pdtracker.domain.when import local

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class DistrictFacts:
    """The district in which somebody acts."""

    id: int
    slug: str
    name: str
    place: str
    zone: str
    sponsor_number: str | None = None


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """Who acts, as the district knows them."""

    id: int
    name: str
    title: str = ""
    email: str = ""
    school_id: int | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """Who acts (`person`, `roles`), where (`district`, `session`) and when (`at`, UTC).

    `review_school_ids` are the schools that a reviewer decides for; `None` stands for the whole district.
    Without a person an operator acts, from the command line or the worker: they may do everything that needs
    no person's name. `own_zone` is where the person reads times, when that isn't their district's zone. `way` is what
    the trail says of how they act, when that isn't through the pages. `unread` is how many notices they haven't read.
    """

    session: DistrictSession
    district: DistrictFacts
    at: datetime
    person: PersonFacts | None = None
    roles: frozenset[Role] = frozenset()
    review_school_ids: frozenset[int] | None = frozenset()
    own_zone: str | None = None
    way: str = ""
    unread: int = 0
    # Roles that they have, and that count for nothing until they set up the second factor that the district asks for.
    withheld: frozenset[Role] = frozenset()
    happened: list[audit.Happened] = field(default_factory=list)

    @property
    def me(self) -> PersonFacts:
        """The acting person; an operator has none, and is refused what only a person can do."""
        if self.person is None:
            raise NotPermitted("operator", "Only a person of the district can do this.")
        return self.person

    @property
    def zone(self) -> str:
        """In which zone the person reads times. Days that rules count by are the district's."""
        return self.own_zone or self.district.zone

    @property
    def today(self) -> date:
        """The day it is, by the district's clock."""
        return local(self.at, self.district.zone).date()

    @property
    def seen_school_ids(self) -> frozenset[int] | None:
        """The schools whose people's credit may be looked at, beside one's own; `None` stands for all.

        A reviewer looks where they review. Who manages the people looks everywhere.
        """
        if self.may(Permission.MANAGE_PEOPLE):
            return None
        return self.review_school_ids if self.may(Permission.SEE_ALL_TRANSCRIPTS) else frozenset()

    def may(self, permission: Permission) -> bool:
        """Whether one of the roles grants it; an operator may."""
        return self.person is None or may(self.roles, permission)

    def is_withheld(self, permission: Permission) -> bool:
        """Whether a second factor is all that is missing for it."""
        return not self.may(permission) and may(self.withheld, permission)

    def require(self, permission: Permission) -> None:
        """Refuse with `NotPermitted` what no role grants."""
        if not self.may(permission):
            raise NotPermitted("not_permitted", "Your role in this district doesn't allow this.")

    def record(self, action: str, subject: str, subject_id: int, **facts: Any) -> None:
        """Note for the audit trail what the running action did; written before its commit."""
        told = facts | {"from": self.way} if self.way else facts
        self.happened.append(audit.Happened(action, subject, subject_id, told))


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who has not signed in and looks at what is public: the shared calendar, nothing of a district.

    Queries behind public pages take `Scope | Visitor`: both tell the session, the moment and the district.
    """

    session: DistrictSession
    at: datetime
    district: None = None
    person: None = None

    def may(self, _permission: Permission) -> bool:
        """Nothing: whoever may something has signed in."""
        return False


def action(
    permission: Permission, *, installation: bool = False
) -> Callable[[Callable[Concatenate[Scope, P], R]], Callable[Concatenate[Scope, P], R]]:
    """Make a function an action: one permission, one transaction, its audit entries, one commit.

    The function takes ids, loads for itself, and calls no other action. `installation` opens the accounts to
    it. A rule of the schema that it breaks comes out as the refusal that `constraints` holds for it.
    """

    def decorate(function: Callable[Concatenate[Scope, P], R]) -> Callable[Concatenate[Scope, P], R]:
        @functools.wraps(function)
        def act(scope: Scope, /, *args: P.args, **kwargs: P.kwargs) -> R:
            scope.require(permission)
            scope.happened.clear()
            try:
                with scope.session.writing(installation=installation):
                    result = function(scope, *args, **kwargs)
                    scope.session.flush()
                    _write_audit(scope, function.__name__)
            except sa.exc.IntegrityError as error:
                raise refusal_of(error) from error
            return result

        return act

    return decorate


def _write_audit(scope: Scope, name: str) -> None:
    if not scope.happened:
        if scope.session.has_written:
            raise RuntimeError(f"{name} wrote without an audit entry.")
        return
    audit.append(
        scope.session,
        scope.happened,
        at=scope.at,
        by_person_id=scope.person.id if scope.person else None,
        by_name=scope.person.name if scope.person else "operator",
    )
