"""The grants: one table, and the words for whom it turns away."""

from __future__ import annotations

import itertools

import pytest

from pdtracker.domain.access import GRANTS, Permission, Role, may, require
from pdtracker.domain.claim import STEP_PERMISSION, Step
from pdtracker.domain.refusals import NotPermitted


def test_every_role_has_its_row_and_every_permission_somebody() -> None:
    assert set(GRANTS) == set(Role)
    assert frozenset().union(*GRANTS.values()) == set(Permission)


def test_nobody_is_granted_anything_without_a_role() -> None:
    assert not any(may((), permission) for permission in Permission)


def test_several_roles_grant_what_any_of_them_grants() -> None:
    for one, other in itertools.combinations(Role, 2):
        for permission in Permission:
            assert may({one, other}, permission) == (may({one}, permission) or may({other}, permission))


def test_who_makes_the_rules_does_not_decide_claims() -> None:
    assert not may({Role.ADMINISTRATOR}, Permission.REVIEW_CLAIMS)
    assert not may({Role.REVIEWER}, Permission.MANAGE_POLICY)


def test_a_host_decides_nothing() -> None:
    assert GRANTS[Role.HOST] == {
        Permission.SEE_EVENTS,
        Permission.PROPOSE_EVENT,
        Permission.TAKE_ATTENDANCE,
    }


def test_every_step_asks_for_a_permission() -> None:
    assert set(STEP_PERMISSION) == set(Step)


def test_what_is_granted_is_not_refused() -> None:
    for role, permissions in GRANTS.items():
        for permission in permissions:
            require({role}, permission)


@pytest.mark.parametrize(
    ("permission", "sentence"),
    [
        (
            Permission.REVIEW_CLAIMS,
            "Only a reviewer can do this. An administrator of your district can give you the role.",
        ),
        (
            Permission.SEE_REVIEWS,
            "Only a reviewer or an administrator can do this. "
            "An administrator of your district can give you the role.",
        ),
    ],
)
def test_a_refusal_names_who_may(permission: Permission, sentence: str) -> None:
    with pytest.raises(NotPermitted) as refused:
        require({Role.HOST}, permission)
    assert refused.value.sentence == sentence
    assert refused.value.code == f"no_grant_{permission.value}"
