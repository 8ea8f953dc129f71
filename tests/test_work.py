"""Jobs carried out: once each, by one worker at a time, taken over from the dead, given up in the end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from pdtracker import work
from pdtracker.actions.jobs import cancel_job, cancel_own_job, end_job, purge_jobs, retry_job
from pdtracker.actions.leases import LeaseLost, Slot, end_slot, hold, leave_slot, take_job, take_slot
from pdtracker.actions.people import let_person_leave
from pdtracker.domain.access import Role
from pdtracker.domain.claim import ClaimState
from pdtracker.domain.job import KEPT, LEASE, MOST_ATTEMPTS, JobState, JobStep, wait_after
from pdtracker.domain.refusals import NotHere, NotNow, NotPermitted
from pdtracker.models.jobs import JobItem, PeriodicSlot
from pdtracker.queries.jobs import due_jobs, stumbled_slots
from pdtracker.work import carry_on
from tests.factories import NOW, Cast
from tests.waiting import give_roles, many_waiting_claims
from tests.working import A_MINUTE, a_shop, approve_all, one_part_only, stands, states_of, work_off


def test_a_job_is_there_exactly_when_what_asks_for_it_is_committed(cast: Cast) -> None:
    ids = many_waiting_claims(cast.scope("ada"), 2)
    first = approve_all(cast, ids, key="pressed twice")
    assert approve_all(cast, ids, key="pressed twice") == first
    with pytest.raises(NotPermitted):
        approve_all(cast, ids, by="ada")
    with cast.database.session(None, installation=True) as doors:
        assert [one.id for one in due_jobs(doors, NOW)] == [first]


def test_a_worker_lays_a_job_down_and_goes_on_where_it_stood(cast: Cast) -> None:
    ids = many_waiting_claims(cast.scope("ada"), 3)
    job_id = approve_all(cast, ids)
    assert carry_on(one_part_only(a_shop(cast)))
    job = stands(cast, job_id)
    assert (job.state, job.done, job.total, job.attempts) == (JobState.QUEUED, 1, 3, 0)
    assert states_of(cast, ids) == [ClaimState.CREDITED, ClaimState.SUBMITTED, ClaimState.SUBMITTED]
    work_off(cast)
    job = stands(cast, job_id)
    assert (job.state, job.done, job.ended_at) == (JobState.DONE, 3, NOW)
    assert not carry_on(a_shop(cast))


def test_two_workers_never_have_one_job(cast: Cast) -> None:
    job_id = approve_all(cast, many_waiting_claims(cast.scope("ada"), 1))
    with cast.database.session(cast.maplewood.id) as one, cast.database.session(cast.maplewood.id) as other:
        assert take_job(one, job_id, owner="first", at=NOW) is not None
        assert take_job(other, job_id, owner="second", at=NOW + LEASE - timedelta(seconds=1)) is None


def test_who_lost_the_lease_can_do_nothing_with_the_job(cast: Cast) -> None:
    # Without the comparison of the owner in `hold` the first worker would decide claims of a job that isn't its own.
    job_id = approve_all(cast, many_waiting_claims(cast.scope("ada"), 1))
    with cast.database.session(cast.maplewood.id) as session:
        assert take_job(session, job_id, owner="first", at=NOW) is not None
        taken = take_job(session, job_id, owner="second", at=NOW + LEASE)
        assert taken is not None
        assert taken.attempts == 2
        with pytest.raises(LeaseLost), session.writing():
            hold(session, job_id, "first", NOW + LEASE)
    with pytest.raises(LeaseLost):
        end_job(cast.operator(), job_id, "first", JobStep.FINISH, report={})
    assert stands(cast, job_id).state is JobState.RUNNING


def test_a_part_is_not_done_for_a_worker_that_was_taken_over(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = many_waiting_claims(cast.scope("ada"), 1)
    job_id = approve_all(cast, ids)
    found = work.next_item

    def slow(session: Any, asked: int) -> Any:
        item = found(session, asked)
        # Meanwhile the lease ran out, and another worker came.
        session.rollback()
        with cast.database.session(cast.maplewood.id) as other:
            assert take_job(other, job_id, owner="second", at=NOW + LEASE) is not None
        return item

    monkeypatch.setattr(work, "next_item", slow)
    assert carry_on(a_shop(cast))
    assert states_of(cast, ids) == [ClaimState.SUBMITTED]
    assert (stands(cast, job_id).state, stands(cast, job_id).done) == (JobState.RUNNING, 0)


def test_a_job_that_kills_its_workers_is_given_up(cast: Cast) -> None:
    ids = many_waiting_claims(cast.scope("ada"), 1)
    job_id, at = approve_all(cast, ids), NOW
    for _ in range(MOST_ATTEMPTS):
        with cast.database.session(cast.maplewood.id) as session:
            assert take_job(session, job_id, owner="dies", at=at) is not None
        at += LEASE
    assert carry_on(a_shop(cast, at))
    assert stands(cast, job_id).state is JobState.DEAD
    retry_job(cast.scope("cam", at), job_id)
    work_off(cast, at)
    assert stands(cast, job_id).state is JobState.DONE
    assert states_of(cast, ids) == [ClaimState.CREDITED]


def test_a_fault_of_the_house_is_tried_again_later_and_later(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any) -> None:
        raise sa.exc.OperationalError("SELECT", None, Exception("the disk is full"))

    monkeypatch.setattr(work, "next_item", away)
    job_id, at = approve_all(cast, many_waiting_claims(cast.scope("ada"), 1)), NOW
    for attempt in range(1, MOST_ATTEMPTS):
        assert carry_on(a_shop(cast, at))
        job = stands(cast, job_id)
        assert (job.state, job.run_at - at) == (JobState.QUEUED, wait_after(attempt))
        assert "the disk is full" in job.last_error
        assert not carry_on(a_shop(cast, at))
        at = job.run_at
    carry_on(a_shop(cast, at))
    assert stands(cast, job_id).state is JobState.DEAD


def test_one_bad_part_does_not_stop_the_rest(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = many_waiting_claims(cast.scope("ada"), 3)
    job_id, decide = approve_all(cast, ids), work.decide_part

    def stumble(scope: Any, taken: Any, item: Any, issuer: Any) -> None:
        if item.subject_id == ids[1]:
            raise ZeroDivisionError
        decide(scope, taken, item, issuer)

    monkeypatch.setattr(work, "decide_part", stumble)
    work_off(cast)
    assert states_of(cast, ids) == [ClaimState.CREDITED, ClaimState.SUBMITTED, ClaimState.CREDITED]
    bad = cast.operator().session.scalar(sa.select(JobItem.sentence).where(JobItem.code == "fault"))
    assert bad is not None
    assert "by itself" in bad
    assert (stands(cast, job_id).state, stands(cast, job_id).done) == (JobState.DONE, 3)


def test_a_cancelled_job_stops_before_its_next_part(cast: Cast) -> None:
    ids = many_waiting_claims(cast.scope("ada"), 3)
    job_id = approve_all(cast, ids)
    carry_on(one_part_only(a_shop(cast)))
    with cast.database.session(cast.maplewood.id) as session:
        assert take_job(session, job_id, owner="busy", at=NOW) is not None
    cancel_own_job(cast.scope("bo"), job_id)
    assert stands(cast, job_id).state is JobState.RUNNING
    # That worker dies over it: who takes over sees the wish.
    carry_on(a_shop(cast, NOW + LEASE))
    assert stands(cast, job_id).state is JobState.CANCELLED
    assert states_of(cast, ids) == [ClaimState.CREDITED, ClaimState.SUBMITTED, ClaimState.SUBMITTED]
    with pytest.raises(NotNow):
        cancel_own_job(cast.scope("bo"), job_id)


def test_a_waiting_job_is_cancelled_at_once(cast: Cast) -> None:
    job_id = approve_all(cast, many_waiting_claims(cast.scope("ada"), 1))
    cancel_job(cast.scope("cam"), job_id)
    assert stands(cast, job_id).state is JobState.CANCELLED
    assert not carry_on(a_shop(cast))


def test_whose_job_it_is(cast: Cast) -> None:
    job_id = approve_all(cast, many_waiting_claims(cast.scope("ada"), 1))
    give_roles(cast, "hal", Role.REVIEWER)
    with pytest.raises(NotHere):
        cancel_own_job(cast.scope("hal"), job_id)
    with pytest.raises(NotHere):
        cancel_own_job(cast.scope("rex"), job_id)
    with pytest.raises(NotPermitted):
        cancel_job(cast.scope("bo"), job_id)
    with pytest.raises(NotNow):
        retry_job(cast.scope("cam"), job_id)


def test_a_job_of_somebody_who_left_fails_and_decides_nothing(cast: Cast) -> None:
    ids = many_waiting_claims(cast.scope("ada"), 1)
    job_id = approve_all(cast, ids)
    let_person_leave(cast.scope("cam"), cast.database, cast.person_ids["bo"])
    work_off(cast)
    assert (stands(cast, job_id).state, states_of(cast, ids)) == (JobState.FAILED, [ClaimState.SUBMITTED])


def test_the_more_urgent_job_comes_first(cast: Cast) -> None:
    ids = many_waiting_claims(cast.scope("ada"), 2)
    first, second = (approve_all(cast, [one], key=str(one)) for one in ids)
    order = []
    shop = replace(a_shop(cast, NOW + A_MINUTE), is_stopping=lambda: True)
    while carry_on(shop):
        order.append([stands(cast, job_id).done for job_id in (first, second)])
    assert order[0] == [1, 0]
    assert order[-1] == [1, 1]


def test_a_stretch_of_time_is_done_once(cast: Cast) -> None:
    database, kind = cast.database, "purge"
    assert take_slot(database, kind, 7, owner="a", at=NOW) is Slot.TAKEN
    assert take_slot(database, kind, 7, owner="b", at=NOW + A_MINUTE) is Slot.HELD
    leave_slot(database, kind, 7, owner="a", at=NOW + A_MINUTE)
    assert take_slot(database, kind, 7, owner="b", at=NOW + A_MINUTE) is Slot.TAKEN
    # Whoever dies over it is followed by another one.
    late = NOW + timedelta(hours=1)
    assert take_slot(database, kind, 7, owner="c", at=late) is Slot.TAKEN
    end_slot(database, kind, 7, owner="b", at=late, error="not mine any more")
    assert take_slot(database, kind, 7, owner="b", at=late) is Slot.HELD
    end_slot(database, kind, 7, owner="c", at=late, error="the disk is full")
    assert take_slot(database, kind, 7, owner="b", at=late + timedelta(days=1)) is Slot.DONE
    assert take_slot(database, kind, 30, owner="b", at=late) is Slot.TAKEN
    with database.session(None, installation=True) as doors:
        assert list(doors.scalars(sa.select(PeriodicSlot.slot))) == [30]
        assert stumbled_slots(doors) == ()
    end_slot(database, kind, 30, owner="b", at=late, error="the disk is full")
    with database.session(None, installation=True) as doors:
        assert stumbled_slots(doors) == ((kind, "the disk is full"),)


def test_what_ended_long_ago_is_forgotten(cast: Cast) -> None:
    job_id = approve_all(cast, many_waiting_claims(cast.scope("ada"), 1))
    work_off(cast)
    assert purge_jobs(cast.operator(at=NOW + KEPT)) == 0
    assert purge_jobs(cast.operator(at=NOW + KEPT + A_MINUTE)) == 1
    with pytest.raises(NotHere):
        stands(cast, job_id)
