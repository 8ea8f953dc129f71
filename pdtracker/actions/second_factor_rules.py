"""A district insists on a second factor for reviewers and administrators, or no longer."""

from __future__ import annotations

import sqlalchemy as sa

from pdtracker.db import Database
from pdtracker.domain.access import Permission
from pdtracker.domain.refusals import NotNow
from pdtracker.models.second_factors import SecondFactorRule
from pdtracker.queries.second_factors import app_of_person
from pdtracker.scope import Scope, action


def insist_on_factor(scope: Scope, database: Database) -> None:
    """From the next request on nobody reviews or administers here without a second factor. Again changes nothing.

    Raises NotNow for an administrator without one: they would lock themselves out.
    """
    if scope.person is not None:
        with database.session(None, installation=True) as doors:
            if app_of_person(doors, scope.district.id, scope.person.id) is None:
                raise NotNow(
                    "own_second_factor_first", "Set up your own second factor first, then ask others."
                )
    _insist(scope)


@action(Permission.MANAGE_DISTRICT)
def _insist(scope: Scope) -> None:
    if scope.session.scalar(sa.select(SecondFactorRule.since)) is not None:
        return
    scope.session.add(SecondFactorRule(since=scope.at))
    scope.record("district.second_factor_insisted", "district", scope.district.id)


@action(Permission.MANAGE_DISTRICT)
def stop_insisting_on_factor(scope: Scope) -> None:
    """Reviewers and administrators may do without one again; who has one keeps it. Again changes nothing."""
    rule = scope.session.scalar(sa.select(SecondFactorRule))
    if rule is None:
        return
    scope.session.delete(rule)
    scope.record("district.second_factor_freed", "district", scope.district.id)
