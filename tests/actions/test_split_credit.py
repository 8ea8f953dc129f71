"""Credit of several categories: one ledger entry for each, one certificate for all, and nothing left when undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa

from pdtracker.actions.reviews import Wish, approve_claims, reverse_credit
from pdtracker.actions.undoing import undo_decisions
from pdtracker.domain.certificate import Snapshot
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.models.certificates import Certificate
from pdtracker.models.claims import ClaimCategory
from pdtracker.models.credit import Award
from pdtracker.models.records import AuditEntry
from pdtracker.queries.histories import credit_of
from pdtracker.queries.proving import contradictions
from pdtracker.queries.transcript import transcript
from pdtracker.scope import Scope
from tests.calendars import statements
from tests.factories import AN_ISSUER, NOW, Cast
from tests.waiting import FIRST_SESSION_AT, a_waiting_claim, many_waiting_claims

LATER = NOW + timedelta(minutes=15)
THIRDS = {CreditCategory.CONTENT: 40, CreditCategory.PEDAGOGY: 10, CreditCategory.ELL: 10}


def split(scope: Scope, claim_id: int, parts: Mapping[CreditCategory, int]) -> None:
    """Let the claim be split so."""
    with scope.session.writing():
        scope.session.add_all(
            ClaimCategory(claim_id=claim_id, category=category, minutes=minutes)
            for category, minutes in parts.items()
        )


def a_split_claim(scope: Scope, **more: object) -> int:
    """A waiting hour of three categories."""
    claim_id = a_waiting_claim(scope, **more)
    split(scope, claim_id, THIRDS)
    return claim_id


def ledger(scope: Scope, claim_id: int) -> list[tuple[str, int, int | None]]:
    """Category, minutes and instructional minutes of each entry."""
    rows = scope.session.execute(
        sa.select(Award.category, Award.minutes, Award.instructional_minutes)
        .where(Award.claim_id == claim_id)
        .order_by(Award.id)
    ).all()
    scope.session.rollback()
    return [(row.category.value, row.minutes, row.instructional_minutes) for row in rows]


def approve(scope: Scope, claim_id: int, version: int = 1, **wish: object) -> int:
    """The decision's id."""
    (outcome,) = approve_claims(scope, [Wish(claim_id, version, **wish)], AN_ISSUER)  # type: ignore[arg-type]
    assert outcome.refusal is None
    assert outcome.step_id is not None
    return outcome.step_id


def faults(cast: Cast) -> list[str]:
    """What `db check` says of the district."""
    with cast.database.session(cast.maplewood.id) as session:
        return list(contradictions(session))


def test_an_award_says_how_long_one_sat_there_before_steps_and_caps(cast: Cast) -> None:
    bo = cast.scope("bo")
    start = FIRST_SESSION_AT
    claim_id = a_waiting_claim(
        cast.scope("ada"), claimed_minutes=50, ends_at=start + timedelta(minutes=52), starts_at=start
    )
    approve(bo, claim_id)
    assert ledger(bo, claim_id) == [("pedagogy", 45, 50)]
    assert faults(cast) == []


def test_what_is_too_short_to_count_was_attended_all_the_same(cast: Cast) -> None:
    bo = cast.scope("bo")
    claim_id = a_waiting_claim(cast.scope("ada"), claimed_minutes=10)
    step_id = approve(bo, claim_id)
    assert ledger(bo, claim_id) == [("pedagogy", 0, 10)]
    undo_decisions(bo, [step_id])
    assert ledger(bo, claim_id) == [("pedagogy", 0, 10), ("pedagogy", 0, -10)]
    assert faults(cast) == []


def test_a_split_becomes_one_entry_for_each_category_and_one_certificate(cast: Cast) -> None:
    bo = cast.scope("bo")
    claim_id = a_split_claim(cast.scope("ada"))
    approve(bo, claim_id, minutes=50, reason="You came late.")
    assert ledger(bo, claim_id) == [("content", 30, 34), ("pedagogy", 8, 8), ("ell", 7, 8)]
    certificate = Snapshot.from_bytes(bo.session.scalars(sa.select(Certificate.snapshot)).one())
    assert certificate.total_minutes == 45
    assert [(one.name, one.minutes) for one in certificate.categories] == [
        ("Content", 30),
        ("Pedagogy", 8),
        ("English language learners", 7),
    ]
    told = credit_of(bo, claim_id)
    assert told is not None
    assert told.minutes == 45
    assert told.words.startswith("Content 30")
    assert faults(cast) == []


def test_a_category_that_gets_no_whole_minute_is_not_on_the_certificate(cast: Cast) -> None:
    bo, ada = cast.scope("bo"), cast.scope("ada")
    claim_id = a_waiting_claim(ada)
    split(ada, claim_id, {CreditCategory.CONTENT: 59, CreditCategory.ELL: 1})
    approve(bo, claim_id, minutes=15, reason="You left early.")
    assert ledger(bo, claim_id) == [("content", 15, 15), ("ell", 0, 0)]
    certificate = Snapshot.from_bytes(bo.session.scalars(sa.select(Certificate.snapshot)).one())
    assert [one.name for one in certificate.categories] == ["Content"]
    assert faults(cast) == []


def test_undone_and_approved_again_under_another_split_the_ledger_stays_true(cast: Cast) -> None:
    bo, ada = cast.scope("bo"), cast.scope("ada")
    claim_id = a_split_claim(ada)
    undo_decisions(bo, [approve(bo, claim_id)])
    with ada.session.writing():
        ada.session.execute(sa.delete(ClaimCategory).where(ClaimCategory.claim_id == claim_id))
    split(ada, claim_id, {CreditCategory.ELL: 30, CreditCategory.STEM: 30})
    approve(bo, claim_id, version=3)
    taken, again = ledger(bo, claim_id)[3:6], ledger(bo, claim_id)[6:]
    assert sorted(taken) == [("content", -40, -40), ("ell", -10, -10), ("pedagogy", -10, -10)]
    assert again == [("ell", 30, 30), ("stem", 30, 30)]
    assert sum(minutes for _, minutes, _ in ledger(bo, claim_id)) == 60
    assert faults(cast) == []


def test_a_reversal_takes_every_category_back(cast: Cast) -> None:
    bo, ada = cast.scope("bo"), cast.scope("ada")
    claim_id = a_split_claim(ada)
    approve(bo, claim_id)
    reverse_credit(
        replace(bo, at=LATER), claim_id, seen_version=2, reason="The host has no record.", issuer=AN_ISSUER
    )
    assert sum(minutes for _, minutes, _ in ledger(bo, claim_id)) == 0
    assert sum(sat or 0 for _, _, sat in ledger(bo, claim_id)) == 0
    assert credit_of(bo, claim_id) is None
    (line,) = transcript(ada, ada.me.id, None, FIRST_SESSION_AT.date()).lines
    assert line.given.minutes == 60
    assert line.taken_back is not None
    assert line.taken_back.minutes == -60
    assert faults(cast) == []


def test_the_audit_trail_holds_every_share_and_the_check_compares_them(cast: Cast) -> None:
    bo = cast.scope("bo")
    claim_id = a_split_claim(cast.scope("ada"))
    approve(bo, claim_id)
    told = bo.session.scalars(sa.select(AuditEntry.facts).where(AuditEntry.action == "claim.approved")).one()
    bo.session.rollback()
    assert told["shares"] == [["content", 40, 40], ["pedagogy", 10, 10], ["ell", 10, 10]]


def test_applying_it_counts_beside_what_was_attended_and_is_no_instruction(cast: Cast) -> None:
    bo = cast.scope("bo")
    claim_id = a_waiting_claim(cast.scope("ada"), kind=EventKind.HASHTAG_CHAT, application_minutes=30)
    approve(bo, claim_id)
    # The cast's policy counts nothing for it.
    assert ledger(bo, claim_id) == [("pedagogy", 60, 60)]


def test_many_splits_take_as_many_statements_as_few(cast: Cast) -> None:
    bo, ada = cast.scope("bo"), cast.scope("ada")
    counted = []
    for size in (3, 30):
        ids = many_waiting_claims(ada, size)
        for claim_id in ids:
            split(ada, claim_id, THIRDS)
        with statements(cast.database) as told:
            outcomes = approve_claims(bo, [Wish(claim_id, 1) for claim_id in ids], AN_ISSUER)
        assert {str(outcome.refusal) for outcome in outcomes} == {"None"}
        counted.append(len(told))
    assert counted[0] == counted[1]
