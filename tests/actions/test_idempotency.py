"""The same request twice is one request."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
import sqlalchemy as sa

from pdtracker.actions.idempotency import Asked, answered, keep_answer
from pdtracker.domain.access import Permission
from pdtracker.domain.refusals import NotNow
from pdtracker.models.districts import School
from pdtracker.models.ids import new_id
from pdtracker.scope import Scope, action
from tests.factories import Cast


@action(Permission.MANAGE_PEOPLE)
def found_school(scope: Scope, name: str, key: str) -> int:
    """An action that must not run twice."""
    asked = Asked(key, "found_school", {"name": name})
    if (before := answered(scope, asked)) is not None:
        return int(before["school"])
    school = School(id=new_id(), name=f"{name} {new_id()}", created_at=scope.at)
    scope.session.add(school)
    keep_answer(scope, asked, {"school": school.id})
    scope.record("school.founded", "school", school.id)
    return school.id


def _schools(cast: Cast) -> int:
    return cast.scope("cam").session.scalar(sa.select(sa.func.count(School.id))) or 0


def test_the_same_request_gets_the_same_answer_and_is_done_once(cast: Cast) -> None:
    scope, before = cast.scope("cam"), _schools(cast)
    assert found_school(scope, "West", "k1") == found_school(scope, "West", "k1")
    assert _schools(cast) == before + 1


def test_another_request_under_the_same_key_is_refused(cast: Cast) -> None:
    scope = cast.scope("cam")
    found_school(scope, "West", "k1")
    with pytest.raises(NotNow, match="already used for something else"):
        found_school(scope, "East", "k1")


def test_a_key_is_its_person_s_own(cast: Cast) -> None:
    one, other = cast.scope("cam"), cast.scope("bo")
    other = replace(other, roles=one.roles)
    assert found_school(one, "West", "k1") != found_school(other, "West", "k1")


def test_without_a_key_each_request_is_its_own(cast: Cast) -> None:
    scope, before = cast.scope("cam"), _schools(cast)
    found_school(scope, "West", "")
    found_school(scope, "West", "")
    assert _schools(cast) == before + 2


def test_what_failed_is_not_remembered(cast: Cast) -> None:
    scope, before = cast.scope("cam"), _schools(cast)

    @action(Permission.MANAGE_PEOPLE)
    def fail(scope: Scope) -> None:
        asked = Asked("k1", "found_school", {"name": "West"})
        assert answered(scope, asked) is None
        keep_answer(scope, asked, {"school": 1})
        raise RuntimeError("the machine stopped")

    with pytest.raises(RuntimeError):
        fail(scope)
    found_school(scope, "West", "k1")
    assert _schools(cast) == before + 1


def test_eight_at_the_same_moment_are_one(cast: Cast) -> None:
    """The unique key is the guarantee: on PostgreSQL a late one may be told that it was done a moment ago."""
    before, ready, got = _schools(cast), threading.Barrier(8), []
    scopes = [cast.scope("cam") for _ in range(8)]

    def ask(scope: Scope) -> None:
        scope.session.rollback()
        ready.wait()
        try:
            got.append(found_school(scope, "West", "k1"))
        except NotNow as refusal:
            got.append(refusal.code)

    threads = [threading.Thread(target=ask, args=(scope,)) for scope in scopes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert _schools(cast) == before + 1
    assert len({answer for answer in got if isinstance(answer, int)}) == 1
    assert {answer for answer in got if isinstance(answer, str)} <= {"done_meanwhile"}
