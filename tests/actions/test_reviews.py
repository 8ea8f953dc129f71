"""Decisions: credit by the rules, never unseen, never one's own; undone, released and reversed by new entries."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from pdtracker.actions.certificates import revoke_certificate
from pdtracker.actions.claims import AttendedTime, change_time, submit_claim, withdraw_claim
from pdtracker.actions.reviews import (
    Wish,
    approve_claims,
    deny_claim,
    return_claim,
    return_claims,
    reverse_credit,
)
from pdtracker.actions.undoing import release_decisions, undo_decisions
from pdtracker.audit import first_break
from pdtracker.domain.access import Role
from pdtracker.domain.certificate import Snapshot
from pdtracker.domain.claim import ClaimState, Step
from pdtracker.domain.credit import CreditPolicy, KindCap
from pdtracker.domain.evidence import EvidenceKind
from pdtracker.domain.glyphs import MissingGlyph
from pdtracker.domain.kinds import EventKind
from pdtracker.domain.outcome import Outcome
from pdtracker.domain.refusals import NotHere, NotNow, NotPermitted, NotValid
from pdtracker.models.certificates import Certificate, CertificateNews, CertificateStatus
from pdtracker.models.claims import Claim, ClaimStep, Evidence, FieldComment
from pdtracker.models.credit import Award
from pdtracker.models.districts import CreditPolicy as CreditPolicyRow
from pdtracker.models.ids import new_id
from pdtracker.models.records import AuditEntry, IdempotencyKey, MailState, OutboxMail
from pdtracker.queries import claims
from pdtracker.queries.histories import credit_of
from pdtracker.queries.previewing import previews
from pdtracker.queries.reviews import chosen_waiting
from pdtracker.scope import Scope
from tests.calendars import statements
from tests.factories import AN_ISSUER, NOW, Cast
from tests.waiting import (
    FIRST_SESSION_AT,
    a_waiting_claim,
    an_event_hosted_by,
    give_roles,
    many_drafts,
    many_waiting_claims,
)

UNDO_OVER = NOW + timedelta(minutes=15)


def approve(scope: Scope, *claim_ids: int, version: int = 1, key: str = "") -> tuple[Outcome, ...]:
    return approve_claims(scope, [Wish(claim_id, version) for claim_id in claim_ids], AN_ISSUER, key=key)


def step_of(outcomes: Sequence[Outcome]) -> int:
    (outcome,) = outcomes
    assert outcome.step_id is not None
    return outcome.step_id


def state_of(scope: Scope, claim_id: int) -> ClaimState:
    state = scope.session.scalar(sa.select(Claim.state).where(Claim.id == claim_id))
    scope.session.rollback()
    assert state is not None
    return state


def ledger(scope: Scope, claim_id: int) -> list[int]:
    rows = list(
        scope.session.scalars(sa.select(Award.minutes).where(Award.claim_id == claim_id).order_by(Award.id))
    )
    scope.session.rollback()
    return rows


def news_of(scope: Scope, claim_id: int) -> list[CertificateNews]:
    told = sa.select(CertificateStatus.news).where(
        CertificateStatus.certificate_id.in_(
            sa.select(Certificate.id).where(Certificate.claim_id == claim_id)
        )
    )
    rows = list(scope.session.scalars(told))
    scope.session.rollback()
    return rows


def letters(scope: Scope) -> list[tuple[str, MailState]]:
    rows = scope.session.execute(
        sa.select(OutboxMail.subject, OutboxMail.state).order_by(OutboxMail.created_at, OutboxMail.id)
    ).all()
    scope.session.rollback()
    return [(row.subject, row.state) for row in rows]


def count(scope: Scope, model: type[object]) -> int:
    # What was made in this session was read back in it: look with fresh eyes.
    scope.session.rollback()
    found = scope.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0
    scope.session.rollback()
    return found


def cap_webinars(cast: Cast, minutes: int) -> None:
    """The district's rules from now on: so many minutes of webinars in a school year."""
    scope = cast.operator()
    policy = CreditPolicy(
        name="Capped",
        edition="2",
        effective_from=FIRST_SESSION_AT.date(),
        year_starts=(7, 1),
        caps=(KindCap(EventKind.WEBINAR, minutes),),
    )
    with scope.session.writing():
        scope.session.add(
            CreditPolicyRow(
                name=policy.name, edition=policy.edition, document=policy.to_document(), created_at=NOW
            )
        )


def test_an_approval_is_credit_with_its_reasons_a_certificate_and_a_letter(cast: Cast) -> None:
    bo = cast.scope("bo")
    claim_id = a_waiting_claim(cast.scope("ada"))
    outcome = approve(bo, claim_id)[0]
    assert (outcome.minutes, outcome.person, outcome.refusal) == (60, "Ada Lindqvist", None)
    assert state_of(bo, claim_id) is ClaimState.CREDITED
    assert ledger(bo, claim_id) == [60]
    certificate = bo.session.scalars(sa.select(Certificate)).one()
    assert certificate.release_at == UNDO_OVER
    assert Snapshot.from_bytes(certificate.snapshot).approval.name == "Bo Tran"
    bo.session.rollback()
    assert letters(bo) == [("1\N{NO-BREAK SPACE}hour approved: Reading circle 0", MailState.QUEUED)]


def test_every_step_of_a_decision_is_in_the_audit_trail(cast: Cast) -> None:
    bo = cast.scope("bo")
    claim_id = a_waiting_claim(cast.scope("ada"))
    undo_decisions(bo, [step_of(approve(bo, claim_id))])
    told = bo.session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.seq)).all()
    assert told[-2:] == ["claim.approved", "decision.undone"]
    assert first_break(bo.session) is None


def test_a_batch_has_one_outcome_for_each_claim_and_a_bad_one_blocks_nothing(cast: Cast) -> None:
    bo, ada = cast.scope("bo"), cast.scope("ada")
    good, changed, gone = (a_waiting_claim(ada, number) for number in range(3))
    deny_claim(bo, gone, seen_version=1, reason="Not yours.", issuer=AN_ISSUER)
    unknown = 5
    outcomes = approve_claims(
        bo, [Wish(good, 1), Wish(changed, 7), Wish(gone, 1), Wish(unknown, 1)], AN_ISSUER
    )
    assert [outcome.claim_id for outcome in outcomes] == [good, changed, gone, unknown]
    assert [type(outcome.refusal) for outcome in outcomes] == [type(None), NotNow, NotNow, NotHere]
    assert state_of(bo, good) is ClaimState.CREDITED
    assert state_of(bo, changed) is ClaimState.SUBMITTED


def test_a_name_that_the_fonts_lack_leaves_only_its_own_claim_out(cast: Cast) -> None:
    def refuse_two(snapshot: Snapshot) -> None:
        if "circle 2" in snapshot.title:
            raise MissingGlyph(snapshot.holder.name, "the title", snapshot.title, ["☃"])

    ada = cast.scope("ada")
    ids = [a_waiting_claim(ada, number) for number in (1, 2, 3)]
    issuer = replace(AN_ISSUER, check_letters=refuse_two)
    outcomes = approve_claims(cast.scope("bo"), [Wish(claim_id, 1) for claim_id in ids], issuer)
    assert [outcome.refusal is None for outcome in outcomes] == [True, False, True]
    assert "☃" in str(outcomes[1].refusal)


@pytest.mark.parametrize("roles", [tuple(Role), (Role.TEACHER, Role.REVIEWER)])
def test_nobody_decides_their_own_claim_whatever_their_roles(cast: Cast, roles: tuple[Role, ...]) -> None:
    give_roles(cast, "ada", *roles)
    ada = cast.scope("ada")
    claim_id = a_waiting_claim(ada)
    assert isinstance(approve(ada, claim_id)[0].refusal, NotPermitted)
    with pytest.raises(NotPermitted):
        deny_claim(ada, claim_id, seen_version=1, reason="No.", issuer=AN_ISSUER)
    with pytest.raises(NotPermitted):
        return_claim(
            ada, claim_id, seen_version=1, comments={}, labels={}, note="Change it.", issuer=AN_ISSUER
        )
    assert state_of(ada, claim_id) is ClaimState.SUBMITTED


def test_nobody_decides_a_claim_of_an_event_that_they_host(cast: Cast) -> None:
    event_id = an_event_hosted_by(cast, "bo")
    claim_id = a_waiting_claim(cast.scope("ada"), event_id=event_id)
    refusal = approve(cast.scope("bo"), claim_id)[0].refusal
    assert refusal is not None
    assert refusal.code == "own_event"


def test_a_reviewer_of_another_school_decides_nothing_here_and_learns_nothing(cast: Cast) -> None:
    give_roles(cast, "bo", Role.REVIEWER, schools=["Maplewood South"])
    claim_id = a_waiting_claim(cast.scope("ada"))
    (outcome,) = approve(cast.scope("bo"), claim_id)
    assert isinstance(outcome.refusal, NotPermitted)
    assert (outcome.title, outcome.person) == ("", "")


def test_a_claim_of_another_district_is_not_there(cast: Cast) -> None:
    claim_id = a_waiting_claim(cast.scope("dee"))
    assert isinstance(approve(cast.scope("bo"), claim_id)[0].refusal, NotHere)
    assert state_of(cast.scope("dee"), claim_id) is ClaimState.SUBMITTED


@pytest.mark.parametrize("name", ["ada", "cam", "hal"])
def test_only_reviewers_decide(cast: Cast, name: str) -> None:
    with pytest.raises(NotPermitted):
        approve(cast.scope(name), a_waiting_claim(cast.scope("ada")))


def test_other_hours_need_a_reason_and_carry_it(cast: Cast) -> None:
    bo = cast.scope("bo")
    claim_id = a_waiting_claim(cast.scope("ada"))
    (outcome,) = approve_claims(bo, [Wish(claim_id, 1, minutes=30)], AN_ISSUER)
    assert isinstance(outcome.refusal, NotValid)
    assert list(outcome.refusal.errors) == ["adjust_reason"]
    (outcome,) = approve_claims(bo, [Wish(claim_id, 1, minutes=30, reason="You left early.")], AN_ISSUER)
    assert outcome.minutes == 30
    step = bo.session.scalars(sa.select(ClaimStep).where(ClaimStep.step == Step.APPROVE)).one()
    assert (step.granted_minutes, step.adjust_reason) == (30, "You left early.")


def test_a_note_goes_with_an_approval(cast: Cast) -> None:
    bo = cast.scope("bo")
    approve_claims(bo, [Wish(a_waiting_claim(cast.scope("ada")), 1, note="Well told.")], AN_ISSUER)
    assert "Bo Tran adds: Well told." in bo.session.scalars(sa.select(OutboxMail.body)).one()


def test_claims_of_one_batch_share_what_a_cap_leaves(cast: Cast) -> None:
    cap_webinars(cast, 90)
    ada = cast.scope("ada")
    outcomes = approve(cast.scope("bo"), a_waiting_claim(ada, 1), a_waiting_claim(ada, 2))
    assert [outcome.minutes for outcome in outcomes] == [60, 30]


def test_no_day_is_credited_with_more_hours_than_it_has(cast: Cast) -> None:
    ada = cast.scope("ada")
    first, second, third = (
        a_waiting_claim(
            ada,
            title=title,
            kind=EventKind.COURSE,
            starts_at=FIRST_SESSION_AT,
            ends_at=FIRST_SESSION_AT + timedelta(days=1),
            session_starts_at=None,
            session_ends_at=None,
            claimed_minutes=1200,
        )
        for title in ("Course A", "Course B", "Course C")
    )
    bo = cast.scope("bo")
    foreseen = previews(bo, chosen_waiting(bo, [first, second, third]))
    assert [one.refusal is None for one in foreseen] == [True, False, False]
    one, two = approve(bo, first, second)
    assert (one.minutes, two.minutes) == (1200, 0)
    assert two.refusal is not None
    assert two.refusal.sentence == (
        "With it they would have credit for 40\N{NO-BREAK SPACE}hours on Jul\N{NO-BREAK SPACE}2, with “Course A”."
    )
    (again,) = approve(bo, second)
    assert again.refusal is not None
    # What a reviewer grants is what counts, not what was asked for.
    (less,) = approve_claims(bo, [Wish(second, 1, minutes=240, reason="Four hours were left.")], AN_ISSUER)
    assert less.minutes == 240


def test_two_reviewers_at_once_never_go_over_a_cap(cast: Cast) -> None:
    # Without _lock_claimants both find the cap's room free on PostgreSQL: 120 minutes instead of 90.
    cap_webinars(cast, 90)
    give_roles(cast, "hal", Role.REVIEWER)
    ada = cast.scope("ada")
    for year in range(10):
        first, second = (a_waiting_claim(ada, 366 * year + day) for day in (0, 1))
        at_once([partial(approve, cast.scope("bo"), first), partial(approve, cast.scope("hal"), second)])
    total = cast.scope("ada").session.scalar(sa.select(sa.func.sum(Award.minutes)))
    assert int(total or 0) == 10 * 90


def test_nobody_earns_two_things_for_one_minute_in_one_batch(cast: Cast) -> None:
    ada, bo = cast.scope("ada"), cast.scope("bo")
    first, second = a_waiting_claim(ada), a_waiting_claim(ada, title="At the same time")
    outcomes = approve(bo, first, second)
    assert [outcome.minutes for outcome in outcomes] == [60, 0]
    assert outcomes[1].refusal is not None
    assert "They have credit for this time already: Reading circle 0, Jul" in outcomes[1].refusal.sentence
    assert state_of(bo, second) is ClaimState.SUBMITTED


def test_nor_in_a_later_one_until_the_first_is_taken_back(cast: Cast) -> None:
    ada, bo = cast.scope("ada"), cast.scope("bo")
    first, second = a_waiting_claim(ada), a_waiting_claim(ada)
    step_id = step_of(approve(bo, first))
    assert isinstance(approve(bo, second)[0].refusal, NotNow)
    undo_decisions(bo, [step_id])
    assert approve(bo, second)[0].minutes == 60


def test_a_colleague_and_an_open_window_share_the_hour(cast: Cast) -> None:
    ada, hal = cast.scope("ada"), cast.scope("hal")
    give_roles(cast, "hal", Role.TEACHER)
    ids = [a_waiting_claim(ada), a_waiting_claim(ada, kind=EventKind.FORUM), a_waiting_claim(hal)]
    assert [outcome.refusal for outcome in approve(cast.scope("bo"), *ids)] == [None, None, None]


def test_two_reviewers_at_once_never_credit_one_hour_twice(cast: Cast) -> None:
    give_roles(cast, "hal", Role.REVIEWER)
    ada = cast.scope("ada")
    for day in range(10):
        first, second = a_waiting_claim(ada, day), a_waiting_claim(ada, day)
        at_once([partial(approve, cast.scope("bo"), first), partial(approve, cast.scope("hal"), second)])
    total = cast.scope("ada").session.scalar(sa.select(sa.func.sum(Award.minutes)))
    assert int(total or 0) == 10 * 60


def test_two_reviewers_at_once_credit_a_claim_once(cast: Cast) -> None:
    give_roles(cast, "hal", Role.REVIEWER)
    ada = cast.scope("ada")
    ids = [a_waiting_claim(ada, number) for number in range(20)]
    found = at_once([lambda: approve(cast.scope("bo"), *ids), lambda: approve(cast.scope("hal"), *ids)])
    credited = [outcome.claim_id for outcomes in found for outcome in outcomes if outcome.step_id is not None]
    assert sorted(credited) == sorted(ids)
    assert count(ada, Award) == count(ada, Certificate) == len(ids)


def test_what_changed_since_it_was_shown_is_never_decided_unseen(cast: Cast) -> None:
    bo, ada = cast.scope("bo"), cast.scope("ada")
    claim_id = a_waiting_claim(ada)
    with ada.session.writing():
        ada.session.execute(
            sa.update(Claim).where(Claim.id == claim_id).values(claimed_minutes=600, version=2)
        )
    (outcome,) = approve(bo, claim_id, version=1)
    assert isinstance(outcome.refusal, NotNow)
    with pytest.raises(NotNow, match="changed since"):
        deny_claim(bo, claim_id, seen_version=1, reason="No.", issuer=AN_ISSUER)
    assert ledger(bo, claim_id) == []


def test_an_approval_while_the_teacher_edits_never_credits_what_was_not_shown(cast: Cast) -> None:
    def edit(claim_id: int) -> None:
        ada = cast.scope("ada")
        row = claims.own_claim(ada, claim_id)
        assert row.starts_at is not None
        withdraw_claim(ada, claim_id)
        longer = AttendedTime(
            starts_at=row.starts_at,
            ends_at=row.starts_at + timedelta(hours=2),
            zone=row.zone,
            minutes=120,
            longer_reason="",
        )
        change_time(ada, claim_id, longer)
        submit_claim(ada, claim_id, seen_version=claims.own_claim(ada, claim_id).version)

    ids = many_drafts(cast.scope("ada"), 20)
    for claim_id in ids:
        submit_claim(cast.scope("ada"), claim_id, seen_version=1)
        at_once([partial(approve, cast.scope("bo"), claim_id, version=2), partial(edit, claim_id)])
    bo = cast.scope("bo")
    credited = bo.session.scalars(sa.select(Award.minutes)).all()
    waiting = bo.session.scalars(
        sa.select(Claim.claimed_minutes).where(Claim.state == ClaimState.SUBMITTED)
    ).all()
    assert set(credited) <= {60}
    assert set(waiting) <= {120}
    assert len(credited) + len(waiting) == len(ids)


def test_the_same_form_twice_is_one_decision_answered_alike(cast: Cast) -> None:
    bo = cast.scope("bo")
    ids = [a_waiting_claim(cast.scope("ada"), number) for number in range(3)]
    first = approve(bo, *ids, 5, key="k")
    again = approve(bo, *ids, 5, key="k")
    assert [(one.claim_id, one.minutes, one.step_id) for one in first] == [
        (one.claim_id, one.minutes, one.step_id) for one in again
    ]
    assert again[-1].refusal is not None
    assert count(bo, Award) == len(ids)


def test_the_same_form_twice_at_once_is_one_decision(cast: Cast) -> None:
    claim_id = a_waiting_claim(cast.scope("ada"))
    at_once([lambda: approve(cast.scope("bo"), claim_id, key="k")] * 2)
    assert count(cast.scope("bo"), Award) == count(cast.scope("bo"), IdempotencyKey) == 1


def test_a_form_of_which_nothing_came_can_be_sent_again(cast: Cast) -> None:
    bo = cast.scope("bo")
    claim_id = a_waiting_claim(cast.scope("ada"))
    assert approve(bo, claim_id, version=9, key="k")[0].refusal is not None
    assert approve(bo, claim_id, version=1, key="k2")[0].refusal is None
    assert count(bo, IdempotencyKey) == 1


@pytest.mark.parametrize("decision", ["return", "deny", "reverse"])
def test_single_decisions_are_answered_alike_as_well(cast: Cast, decision: str) -> None:
    bo = cast.scope("bo")
    claim_id = a_waiting_claim(cast.scope("ada"))
    late = replace(bo, at=UNDO_OVER)
    decide: dict[str, Callable[[], int]] = {
        "return": lambda: return_claim(
            bo,
            claim_id,
            seen_version=1,
            comments={"title": "Spell it out."},
            labels={},
            note="",
            issuer=AN_ISSUER,
            key="k",
        ),
        "deny": lambda: deny_claim(bo, claim_id, seen_version=1, reason="No.", issuer=AN_ISSUER, key="k"),
        "reverse": lambda: reverse_credit(
            late, claim_id, seen_version=2, reason="No.", issuer=AN_ISSUER, key="k"
        ),
    }
    if decision == "reverse":
        approve(bo, claim_id)
    assert decide[decision]() == decide[decision]()


def test_a_return_keeps_its_comments_by_field_and_tells_them_by_their_names(cast: Cast) -> None:
    bo = cast.scope("bo")
    claim_id = a_waiting_claim(cast.scope("ada"))
    return_claim(
        bo,
        claim_id,
        seen_version=1,
        comments={"minutes": "Were you there for all of it?", "answer_1": "Say more."},
        labels={"minutes": "Hours", "answer_1": "What did you learn?"},
        note="Nearly there.",
        issuer=AN_ISSUER,
    )
    assert state_of(bo, claim_id) is ClaimState.RETURNED
    comments = bo.session.execute(sa.select(FieldComment.field, FieldComment.comment)).all()
    assert {tuple(row) for row in comments} == {
        ("minutes", "Were you there for all of it?"),
        ("answer_1", "Say more."),
    }
    body = bo.session.scalars(sa.select(OutboxMail.body)).one()
    assert "- Hours: Were you there for all of it?" in body
    assert "Nearly there." in body


def test_a_return_or_a_denial_without_a_word_is_refused(cast: Cast) -> None:
    bo = cast.scope("bo")
    claim_id = a_waiting_claim(cast.scope("ada"))
    with pytest.raises(NotValid):
        return_claim(bo, claim_id, seen_version=1, comments={}, labels={}, note=" ", issuer=AN_ISSUER)
    with pytest.raises(NotValid):
        deny_claim(bo, claim_id, seen_version=1, reason=" ", issuer=AN_ISSUER)
    with pytest.raises(NotValid):
        return_claims(bo, [Wish(claim_id, 1)], " ", AN_ISSUER)


def test_many_go_back_with_one_note(cast: Cast) -> None:
    bo, ada = cast.scope("bo"), cast.scope("ada")
    ids = [a_waiting_claim(ada, number) for number in range(3)]
    outcomes = return_claims(
        bo, [Wish(ids[0], 1), Wish(ids[1], 9), Wish(ids[2], 1)], "Add a link.", AN_ISSUER
    )
    assert [outcome.refusal is None for outcome in outcomes] == [True, False, True]
    assert [state_of(bo, claim_id) for claim_id in ids] == [
        ClaimState.RETURNED,
        ClaimState.SUBMITTED,
        ClaimState.RETURNED,
    ]
    assert len(letters(bo)) == 2


@pytest.mark.parametrize("decision", [Step.APPROVE, Step.RETURN, Step.DENY])
def test_an_undo_brings_everything_back(cast: Cast, decision: Step) -> None:
    bo, ada = cast.scope("bo"), cast.scope("ada")
    claim_id = a_waiting_claim(ada)
    before = ada.session.execute(sa.select(Claim.waiting_since, Claim.submitted_at)).one()
    ada.session.rollback()
    match decision:
        case Step.APPROVE:
            step_id = step_of(approve(bo, claim_id))
        case Step.RETURN:
            step_id = return_claim(
                bo, claim_id, seen_version=1, comments={}, labels={}, note="Again.", issuer=AN_ISSUER
            )
        case _:
            step_id = deny_claim(bo, claim_id, seen_version=1, reason="No.", issuer=AN_ISSUER)
    (outcome,) = undo_decisions(replace(bo, at=UNDO_OVER - timedelta(seconds=1)), [step_id])
    assert outcome.refusal is None
    assert state_of(bo, claim_id) is ClaimState.SUBMITTED
    after = ada.session.execute(sa.select(Claim.waiting_since, Claim.decided_at)).one()
    assert (after.waiting_since, after.decided_at) == (before.submitted_at, None)
    assert [state for _, state in letters(bo)] == [MailState.CANCELLED]
    if decision is Step.APPROVE:
        assert ledger(bo, claim_id) == [60, -60]
        assert news_of(bo, claim_id) == [CertificateNews.RECALLED]


def test_what_was_undone_can_be_approved_again_and_undone_again(cast: Cast) -> None:
    bo = cast.scope("bo")
    claim_id = a_waiting_claim(cast.scope("ada"))
    for version in (1, 3, 5):
        undo_decisions(bo, [step_of(approve(bo, claim_id, version=version))])
    approve(bo, claim_id, version=7)
    assert ledger(bo, claim_id) == [60, -60, 60, -60, 60, -60, 60]


def test_an_undo_twice_is_one(cast: Cast) -> None:
    bo = cast.scope("bo")
    step_id = step_of(approve(bo, a_waiting_claim(cast.scope("ada"))))
    assert undo_decisions(bo, [step_id])[0].refusal is None
    assert isinstance(undo_decisions(bo, [step_id])[0].refusal, NotNow)
    assert count(bo, Award) == 2


def test_only_who_decided_undoes_and_only_in_time(cast: Cast) -> None:
    give_roles(cast, "hal", Role.REVIEWER)
    bo = cast.scope("bo")
    step_id = step_of(approve(bo, a_waiting_claim(cast.scope("ada"))))
    assert isinstance(undo_decisions(cast.scope("hal"), [step_id])[0].refusal, NotPermitted)
    assert isinstance(undo_decisions(replace(bo, at=UNDO_OVER), [step_id])[0].refusal, NotNow)
    assert count(bo, Award) == 1


def test_a_decision_of_another_district_can_neither_be_undone_nor_released(cast: Cast) -> None:
    step_id = step_of(approve(cast.scope("bo"), a_waiting_claim(cast.scope("ada"))))
    assert undo_decisions(cast.scope("rex"), [step_id]) == ()
    assert len(release_decisions(cast.scope("rex"), [step_id])) == 0


def test_a_release_lets_mail_and_certificate_go_and_ends_the_undo(cast: Cast) -> None:
    bo = cast.scope("bo")
    step_id = step_of(approve(bo, a_waiting_claim(cast.scope("ada"))))
    assert len(release_decisions(bo, [step_id])) == 1
    assert bo.session.scalars(sa.select(Certificate.release_at)).one() == NOW
    assert bo.session.scalars(sa.select(OutboxMail.not_before)).one() == NOW
    bo.session.rollback()
    assert len(release_decisions(bo, [step_id])) == 0
    assert isinstance(undo_decisions(bo, [step_id])[0].refusal, NotNow)


def test_undo_and_release_at_once_never_both_happen(cast: Cast) -> None:
    ada, a_second_later = cast.scope("ada"), NOW + timedelta(seconds=1)
    for number in range(10):
        claim_id = a_waiting_claim(ada, number)
        step_id = step_of(approve(cast.scope("bo"), claim_id))
        undone, released = at_once(
            [
                lambda step_id=step_id: undo_decisions(cast.scope("bo"), [step_id])[0].refusal is None,
                # Its clock is ahead: what comes second may have begun first.
                lambda step_id=step_id: (
                    len(release_decisions(cast.scope("bo", a_second_later), [step_id])) == 1
                ),
            ]
        )
        assert undone != released
        assert (news_of(cast.scope("bo"), claim_id) == [CertificateNews.RECALLED]) == undone


def test_a_reversal_takes_credit_back_by_a_new_entry_and_revokes_the_certificate(cast: Cast) -> None:
    bo = cast.scope("bo")
    claim_id = a_waiting_claim(cast.scope("ada"))
    approve(bo, claim_id)
    late = replace(bo, at=UNDO_OVER)
    reverse_credit(late, claim_id, seen_version=2, reason="The host has no record.", issuer=AN_ISSUER)
    assert state_of(bo, claim_id) is ClaimState.REVERSED
    assert ledger(bo, claim_id) == [60, -60]
    assert news_of(bo, claim_id) == [CertificateNews.REVOKED]
    assert letters(bo)[-1][0].startswith("Credit taken back")


def test_a_reversal_and_a_revocation_at_once_both_end_in_words(cast: Cast) -> None:
    # With a plain FOR UPDATE in `certificates._standing` the two wait for each other on PostgreSQL.
    ada = cast.scope("ada")
    for number in range(10):
        claim_id = a_waiting_claim(ada, number)
        approve(cast.scope("bo"), claim_id)
        bo, cam = cast.scope("bo", UNDO_OVER), cast.scope("cam", UNDO_OVER)
        serial = (
            bo.session.scalar(sa.select(Certificate.serial).where(Certificate.claim_id == claim_id)) or ""
        )
        no = {"reason": "No.", "issuer": AN_ISSUER}
        at_once(
            [
                partial(reverse_credit, bo, claim_id, seen_version=2, **no),
                partial(revoke_certificate, cam, serial, **no),
            ]
        )
        assert news_of(cast.scope("bo"), claim_id) == [CertificateNews.REVOKED]


def test_what_can_still_be_undone_is_not_reversed(cast: Cast) -> None:
    bo = cast.scope("bo")
    claim_id = a_waiting_claim(cast.scope("ada"))
    step_id = step_of(approve(bo, claim_id))
    with pytest.raises(NotNow, match="undo"):
        reverse_credit(bo, claim_id, seen_version=2, reason="No.", issuer=AN_ISSUER)
    release_decisions(bo, [step_id])
    reverse_credit(bo, claim_id, seen_version=2, reason="No.", issuer=AN_ISSUER)


def test_administrators_reverse_in_every_school_but_decide_nothing(cast: Cast) -> None:
    claim_id = a_waiting_claim(cast.scope("ada"))
    approve(cast.scope("bo"), claim_id)
    cam = cast.scope("cam", UNDO_OVER)
    reverse_credit(cam, claim_id, seen_version=2, reason="Found out.", issuer=AN_ISSUER)
    assert state_of(cam, claim_id) is ClaimState.REVERSED


def test_a_thousand_claims_take_as_many_statements_as_a_hundred(cast: Cast) -> None:
    bo = cast.scope("bo")
    counted = []
    for size in (100, 1000):
        ids = many_waiting_claims(cast.scope("ada"), size)
        with statements(cast.database) as told:
            outcomes = approve(bo, *ids)
        assert {str(outcome.refusal) for outcome in outcomes} == {"None"}
        counted.append(len(told))
    # A driver may send a long list of rows in several pieces; psycopg does, by at most 1,000 rows.
    assert counted[0] == counted[1]


def at_once(calls: Sequence[Callable[[], object]]) -> list[object]:
    """The results of calls that begin at one moment, each with a connection of its own."""
    barrier = threading.Barrier(len(calls))

    def begin(call: Callable[[], object]) -> object:
        barrier.wait()
        try:
            return call()
        except NotNow:
            return ()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(begin, calls))


def test_an_award_keeps_what_it_was_credited_on_whatever_becomes_of_it(cast: Cast) -> None:
    ada, bo = cast.scope("ada"), cast.scope("bo")
    claim_id = a_waiting_claim(ada)
    with ada.session.writing():
        ada.session.add(
            Evidence(
                id=new_id(),
                claim_id=claim_id,
                kind=EvidenceKind.REPORT,
                note="In the Zoom report 4:02-5:02 pm, 60 minutes. Imported by Cam Okafor.",
                minutes=60,
                added_at=ada.at,
            )
        )
    approve(bo, claim_id)
    with ada.session.writing():
        ada.session.execute(sa.update(Evidence).values(removed_at=ada.at))
    credit = credit_of(bo, claim_id)
    assert credit is not None
    assert [piece.kind for piece in credit.evidence] == [EvidenceKind.REPORT, EvidenceKind.LINK]
    assert credit.shown_by.startswith("In the Zoom report 4:02-5:02 pm, 60 minutes; a link, given ")
