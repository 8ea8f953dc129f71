"""Decisions as a job: each claim by itself, never one's own, never over somebody else's; undone in time, as a job."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from pdtracker.actions.bulk import decide_all, undo_all
from pdtracker.actions.jobs import cancel_own_job
from pdtracker.actions.reviews import Wish, deny_claim, return_claims
from pdtracker.audit import first_break
from pdtracker.domain.access import Role
from pdtracker.domain.claim import ClaimState, Step
from pdtracker.domain.job import ItemState, JobState
from pdtracker.domain.refusals import NotHere, NotNow, NotValid
from pdtracker.jobs import deliver_due_mail
from pdtracker.models.records import AuditEntry, MailState, OutboxMail
from pdtracker.queries.jobs import items, tally
from pdtracker.work import carry_on
from tests.factories import AN_ISSUER, NOW, Cast
from tests.waiting import a_waiting_claim, give_roles, many_waiting_claims
from tests.working import a_shop, approve_all, one_part_only, parts_of, stands, states_of, work_off


def refused(cast: Cast, job_id: int) -> list[tuple[int, str]]:
    """The claims that a job left out, with the code of the reason."""
    rows, _ = items(cast.operator(), job_id, ItemState.REFUSED, after=None)
    return [(row.subject_id, row.code) for row in rows]


def mail_states(cast: Cast) -> set[MailState]:
    """How Maplewood's letters stand."""
    return set(cast.operator().session.scalars(sa.select(OutboxMail.state)))


def test_each_claim_is_decided_by_itself_with_its_audit_entry(cast: Cast) -> None:
    ids = many_waiting_claims(cast.scope("ada"), 3)
    job_id = approve_all(cast, ids)
    work_off(cast)
    assert states_of(cast, ids) == [ClaimState.CREDITED] * 3
    session = cast.operator().session
    approved = session.scalars(sa.select(AuditEntry.subject_id).where(AuditEntry.action == "claim.approved"))
    assert sorted(approved) == sorted(ids)
    by = session.scalars(sa.select(AuditEntry.by_name).where(AuditEntry.action == "claim.approved"))
    assert set(by) == {"Bo Tran"}
    found = tally(session, job_id)
    assert (found.done, found.minutes, found.refused, found.waiting) == (3, 180, 0, 0)
    assert first_break(session) is None


def test_what_somebody_else_decided_meanwhile_is_told_and_stays(cast: Cast) -> None:
    give_roles(cast, "hal", Role.REVIEWER)
    ids = many_waiting_claims(cast.scope("ada"), 3)
    job_id = approve_all(cast, ids)
    deny_claim(cast.scope("hal"), ids[0], seen_version=1, reason="Not a course.", issuer=AN_ISSUER)
    return_claims(cast.scope("hal"), [Wish(ids[1], 1)], "Which pages?", AN_ISSUER)
    work_off(cast)
    assert states_of(cast, ids) == [ClaimState.DENIED, ClaimState.RETURNED, ClaimState.CREDITED]
    assert [claim_id for claim_id, _ in refused(cast, job_id)] == ids[:2]
    assert stands(cast, job_id).state is JobState.DONE


def test_a_claim_that_changed_since_is_left_out(cast: Cast) -> None:
    [claim_id] = many_waiting_claims(cast.scope("ada"), 1)
    job_id = decide_all(cast.scope("bo"), Step.APPROVE, parts_of([claim_id], version=7), "", key="k")
    work_off(cast)
    assert refused(cast, job_id) == [(claim_id, "changed_meanwhile")]


def test_never_ones_own_and_never_another_districts(cast: Cast) -> None:
    give_roles(cast, "ada", Role.TEACHER, Role.REVIEWER)
    own = a_waiting_claim(cast.scope("ada"))
    theirs = a_waiting_claim(cast.scope("dee"))
    job_id = approve_all(cast, [own, theirs], by="ada")
    work_off(cast)
    assert states_of(cast, [own]) == [ClaimState.SUBMITTED]
    assert [claim_id for claim_id, _ in refused(cast, job_id)] == [own, theirs]
    assert cast.scope("rex").session.scalar(sa.select(sa.func.count()).select_from(AuditEntry)) is not None


def test_the_role_is_asked_for_again_at_each_claim(cast: Cast) -> None:
    ids = many_waiting_claims(cast.scope("ada"), 2)
    job_id = approve_all(cast, ids)
    carry_on(one_part_only(a_shop(cast)))
    give_roles(cast, "bo", Role.TEACHER)
    work_off(cast)
    assert states_of(cast, ids) == [ClaimState.CREDITED, ClaimState.SUBMITTED]
    assert stands(cast, job_id).state is JobState.FAILED


def test_a_return_of_many_says_the_same_to_each(cast: Cast) -> None:
    ids = many_waiting_claims(cast.scope("ada"), 2)
    with pytest.raises(NotValid):
        decide_all(cast.scope("bo"), Step.RETURN, parts_of(ids), " ", key="k")
    with pytest.raises(NotValid):
        decide_all(cast.scope("bo"), Step.DENY, parts_of(ids), "no", key="k")
    decide_all(cast.scope("bo"), Step.RETURN, parts_of(ids), "Which pages did you read?", key="k")
    work_off(cast)
    assert states_of(cast, ids) == [ClaimState.RETURNED] * 2
    bodies = cast.operator().session.scalars(sa.select(OutboxMail.body)).all()
    assert len(bodies) == 2
    assert all("Which pages did you read?" in body for body in bodies)


def test_an_undo_in_time_takes_all_of_it_back_however_long_its_job_takes(cast: Cast) -> None:
    ids = many_waiting_claims(cast.scope("ada"), 3)
    job_id = approve_all(cast, ids)
    work_off(cast)
    asked_at, late = NOW + timedelta(minutes=14), NOW + timedelta(hours=1)
    undo_id = undo_all(cast.scope("bo", asked_at), job_id)
    assert undo_all(cast.scope("bo", asked_at), job_id) == undo_id
    # Nothing leaves between the wish and its fulfilment. Without `_hold_back` the letters would.
    assert deliver_due_mail(cast.database, _NoPost(), base_url="http://localhost", clock=lambda: late) == 0
    work_off(cast, late)
    assert stands(cast, undo_id).state is JobState.DONE
    assert states_of(cast, ids) == [ClaimState.SUBMITTED] * 3
    assert mail_states(cast) == {MailState.CANCELLED}
    assert first_break(cast.operator().session) is None


def test_an_undo_that_comes_too_late_or_from_somebody_else_is_refused(cast: Cast) -> None:
    give_roles(cast, "hal", Role.REVIEWER)
    ids = many_waiting_claims(cast.scope("ada"), 2)
    job_id = approve_all(cast, ids)
    with pytest.raises(NotNow):
        undo_all(cast.scope("bo"), job_id)
    work_off(cast)
    with pytest.raises(NotHere):
        undo_all(cast.scope("hal"), job_id)
    with pytest.raises(NotNow):
        undo_all(cast.scope("bo", NOW + timedelta(minutes=15)), job_id)
    assert states_of(cast, ids) == [ClaimState.CREDITED] * 2


def test_what_a_cancelled_job_had_decided_can_be_undone(cast: Cast) -> None:
    ids = many_waiting_claims(cast.scope("ada"), 2)
    job_id = approve_all(cast, ids)
    carry_on(one_part_only(a_shop(cast)))
    cancel_own_job(cast.scope("bo"), job_id)
    undo_id = undo_all(cast.scope("bo"), job_id)
    work_off(cast)
    assert stands(cast, undo_id).total == 1
    assert states_of(cast, ids) == [ClaimState.SUBMITTED] * 2


class _NoPost:
    def deliver(self, message: object) -> None:
        raise AssertionError("no letter may leave")
