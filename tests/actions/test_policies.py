"""Publishing editions of the credit policy: from a date on, never retroactive, each of them once."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from pdtracker.actions.policies import publish_policy
from pdtracker.actions.reviews import Wish, approve_claims
from pdtracker.domain.policy import CreditPolicy
from pdtracker.domain.refusals import NotPermitted, NotValid
from pdtracker.models.credit import Award
from pdtracker.models.districts import CreditPolicy as CreditPolicyRow
from pdtracker.models.records import AuditEntry
from pdtracker.queries import facts
from pdtracker.queries.facts import edition_for, policies
from pdtracker.queries.rulebook import edition, editions
from pdtracker.scope import Scope
from tests.factories import AN_ISSUER, NOW, Cast, a_certificate
from tests.licensing import a_waiting_claim

TODAY = NOW.date()


def _next(scope: Scope, **changes: object) -> CreditPolicy:
    (first,) = [one.policy for one in policies(scope)]
    told = {"edition": "2014-2", "effective_from": TODAY + timedelta(days=1), "step_minutes": 30}
    return replace(first, **(told | changes))  # type: ignore[arg-type]


def _refused(scope: Scope, **changes: object) -> dict[str, str]:
    with pytest.raises(NotValid) as refusal:
        publish_policy(scope, _next(scope, **changes))
    return dict(refusal.value.errors)


def test_an_edition_holds_from_its_day_on_and_says_who_published_it(cast: Cast) -> None:
    cam = cast.scope("cam")
    policy = _next(cam)
    policy_id = publish_policy(cam, policy)
    now, then = edition_for(policies(cam), TODAY), edition_for(policies(cam), TODAY + timedelta(days=1))
    assert (now.policy.step_minutes, then.policy.step_minutes, then.id) == (15, 30, policy_id)
    published, every = edition(cam, policy_id)
    assert (published.by_name, published.published_at) == ("Cam Okafor", NOW)
    assert [one.until for one in every] == [None, TODAY]
    assert every[1].by_name == ""
    entry = cam.session.scalar(sa.select(AuditEntry).order_by(AuditEntry.seq.desc()).limit(1))
    assert entry is not None
    assert (entry.action, entry.facts["digest"]) == ("policy.published", policy.digest)


def test_the_button_pressed_twice_is_one_edition(cast: Cast) -> None:
    cam = cast.scope("cam")
    policy = _next(cam)
    assert publish_policy(cam, policy, key="once") == publish_policy(cam, policy, key="once")
    assert len(editions(cam)) == 2


def test_only_who_manages_the_rules_publishes(cast: Cast) -> None:
    for name in ("ada", "bo", "hal"):
        with pytest.raises(NotPermitted):
            publish_policy(cast.scope(name), _next(cast.scope("cam")))


def test_nothing_is_retroactive_once_there_is_credit(cast: Cast) -> None:
    cam = cast.scope("cam")
    a_certificate(cast.scope("ada"), cast.scope("bo"))
    errors = _refused(cam, effective_from=TODAY - timedelta(days=1))
    assert "reverse its credit" in errors["effective_from"]
    assert publish_policy(cam, _next(cam, effective_from=TODAY))


def test_what_was_given_stays_as_it_was_given_under_its_own_edition(cast: Cast) -> None:
    cam = cast.scope("cam")
    a_certificate(cast.scope("ada"), cast.scope("bo"))

    def given() -> list[tuple[object, ...]]:
        cam.session.rollback()
        wanted = sa.select(Award.claim_id, Award.minutes, Award.policy_id, Award.policy_name)
        return [tuple(row) for row in cam.session.execute(wanted.order_by(Award.id))]

    before = given()
    publish_policy(cam, _next(cam, effective_from=TODAY, minimum_session_minutes=600))
    assert before
    assert given() == before


def test_before_there_is_any_credit_an_earlier_day_is_open(cast: Cast) -> None:
    cam = cast.scope("cam")
    assert publish_policy(cam, _next(cam, effective_from=date(2013, 7, 1)))


def test_a_name_is_taken_once(cast: Cast) -> None:
    cam = cast.scope("cam")
    taken = policies(cam)[0].policy.edition
    assert "is there already" in _refused(cam, edition=taken)["edition"]


def test_of_two_that_begin_on_a_day_the_later_one_has_to_sort_last(cast: Cast) -> None:
    cam = cast.scope("cam")
    first = policies(cam)[0].policy
    errors = _refused(cam, edition="2013-9", effective_from=first.effective_from)
    assert "sorts last" in errors["edition"]
    assert publish_policy(cam, _next(cam, edition=f"{first.edition}a", effective_from=first.effective_from))
    assert edition_for(policies(cam), TODAY).policy.step_minutes == 30


def test_two_administrators_with_one_name_are_told(cast: Cast) -> None:
    """Deleting the constraint's line in `constraints.REFUSALS` makes the second one an error of the program."""
    cam = cast.scope("cam")
    policy = _next(cam)
    publish_policy(cam, policy)
    row = {"name": policy.name, "edition": policy.edition, "document": {}, "created_at": NOW}
    with pytest.raises(sa.exc.IntegrityError) as error, cam.session.writing():
        cam.session.add(CreditPolicyRow(**row))
    from pdtracker.constraints import refusal_of

    refusal = refusal_of(error.value)
    assert isinstance(refusal, NotValid)
    assert list(refusal.errors) == ["edition"]


def test_nobody_publishes_between_reading_the_rules_and_crediting_by_them(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    bo, cam = cast.scope("bo"), cast.scope("cam")
    claim_id = a_waiting_claim(cast.scope("ada"), NOW - timedelta(days=3))
    earlier = _next(cam, effective_from=TODAY - timedelta(days=10))
    cam.session.rollback()
    has_read, go_on = threading.Event(), threading.Event()
    read = facts.policies

    def read_slowly(scope: Scope) -> tuple[facts.PolicyEdition, ...]:
        found = read(scope)
        if scope is bo:
            has_read.set()
            assert go_on.wait(20)
        return found

    monkeypatch.setattr(facts, "policies", read_slowly)
    with ThreadPoolExecutor(2) as both:
        approving = both.submit(approve_claims, bo, [Wish(claim_id, 1)], AN_ISSUER, key="race")
        assert has_read.wait(20)
        publishing = both.submit(publish_policy, cam, earlier)
        # Long enough for an edition that doesn't wait to be there.
        time.sleep(0.5)
        assert not publishing.done()
        go_on.set()
        assert approving.result()[0].refusal is None
        with pytest.raises(NotValid) as refusal:
            publishing.result()
    assert set(refusal.value.errors) == {"effective_from"}
