"""What came of a session: on the home, on its own page, as two short steps, and before whoever decides it."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from pdtracker.actions.reviews import Wish, approve_claims, reverse_credit
from pdtracker.domain.claim import ClaimState
from pdtracker.domain.refs import ref_of
from pdtracker.models.claims import FollowUp
from pdtracker.queries import claims
from tests.calendars import statements
from tests.claiming import page_of, today
from tests.factories import AN_ISSUER, House, a_claim, a_follow_up
from tests.following import a_credited_claim, offer_follow_ups
from tests.reviewing_client import fields, texts


def a_credited_hour(house: House, hours_ago: int = 2, title: str = "Reading circle") -> int:
    """A claim of Ada that Bo just approved."""
    ada = today(house)
    ends_at = ada.at - timedelta(hours=hours_ago - 1)
    claim_id = a_claim(
        ada, ClaimState.SUBMITTED, title=title, starts_at=ends_at - timedelta(hours=1), ends_at=ends_at
    )
    outcome = approve_claims(today(house, "bo"), [Wish(claim_id, 1)], AN_ISSUER)[0]
    assert outcome.step_id is not None, outcome.refusal
    return claim_id


def follow_up_page(follow_up_id: int) -> str:
    """Where it is read and answered."""
    return f"/maplewood/follow-ups/{ref_of(follow_up_id)}"


def brought_forward(house: House, claim_id: int) -> int:
    """The first follow-up that was planned with the claim, as if its day had come."""
    operator = house.operator()
    with operator.session.writing():
        found = operator.session.scalars(
            sa.select(FollowUp).where(FollowUp.claim_id == claim_id).order_by(FollowUp.due_on)
        ).first()
        assert found is not None
        found.due_on = today(house).at.date() - timedelta(days=1)
        return found.id


def test_a_letter_leads_to_the_question_and_two_steps_send_the_answer(house: House) -> None:
    offer_follow_ups(house)
    follow_up_id = brought_forward(house, a_credited_hour(house))
    ada = house.client_of("ada")
    home = ada.get("/maplewood")
    assert "What have you done differently since “Reading circle”?" in texts(home)
    assert "worth up to 0.5 hours" in texts(home)
    page = ada.get(follow_up_page(follow_up_id))
    assert "What came of “Reading circle”?" in texts(page)
    begun = ada.post(f"{follow_up_page(follow_up_id)}/answer")
    assert begun.status_code == 303
    again = ada.post(f"{follow_up_page(follow_up_id)}/answer")
    assert again.location == begun.location
    step = ada.get(begun.location)
    said = texts(step)
    assert "What came of it" in said
    assert "What this follows" in said
    assert "Time and evidence" not in said
    typed = (
        {"answer_1": "We write on Fridays.", "answer_2": "All of it."} if "answer_2" in fields(step) else {}
    )
    saved = ada.post(begun.location, data={**fields(step, begun.location), **typed, "then": "go"})
    assert saved.status_code == 303, texts(saved)


def test_the_answers_are_checked_sent_and_decided(house: House) -> None:
    claim_id = a_credited_hour(house)
    follow_up_id = a_follow_up(today(house), claim_id)
    ada = house.client_of("ada")
    step_at = ada.post(f"{follow_up_page(follow_up_id)}/answer").location
    answer_ref = step_at.split("/")[-2]
    check = ada.get(f"/maplewood/claims/{answer_ref}/answers")
    said = texts(check)
    assert "You would get" in said
    assert "Evidence" not in said
    to = f"/maplewood/claims/{answer_ref}/submission"
    sent = ada.post(to, data={**fields(check, to), "is_true": "y"})
    assert sent.status_code == 303, texts(sent)
    bo = house.client_of("bo")
    review = bo.get(f"/maplewood/reviews/{answer_ref}")
    said = texts(review)
    assert "Ada Lindqvist on what came of Reading circle" in said
    assert "What this follows" in said
    assert "your district counts 50% of the original" in said
    decide = fields(review, "/maplewood/reviews")
    done = bo.post("/maplewood/reviews", data={**decide, "decision": "approve"})
    assert done.status_code == 303, texts(done)
    mine = ada.get(f"/maplewood/claims/{answer_ref}")
    assert "Used in class: Reading circle" in texts(mine)
    # The original says what came of it.
    assert "What it can still bring" in texts(ada.get(page_of(claim_id)))


def test_what_is_not_open_says_why_and_offers_nothing(house: House) -> None:
    claim_id = a_credited_hour(house)
    day = today(house).at.date()
    early = a_follow_up(today(house), claim_id, due_on=day + timedelta(days=9))
    ada = house.client_of("ada")
    page = ada.get(follow_up_page(early))
    assert "You can answer this from" in texts(page)
    assert "Answer now" not in texts(page)
    refused = ada.post(f"{follow_up_page(early)}/answer")
    assert refused.status_code == 409
    assert "What have you done differently" not in texts(ada.get("/maplewood"))
    assert "From " in texts(ada.get(page_of(claim_id)))


def test_a_follow_up_is_nobody_elses(house: House) -> None:
    follow_up_id = a_follow_up(today(house), a_credited_hour(house))
    for name, status in (("dee", 404), ("bo", 403)):
        assert house.client_of(name).get(follow_up_page(follow_up_id)).status_code == status
        assert house.client_of(name).post(f"{follow_up_page(follow_up_id)}/answer").status_code == status


def test_the_steps_of_a_session_are_closed_to_an_answer(house: House) -> None:
    follow_up_id = a_follow_up(today(house), a_credited_hour(house))
    ada = house.client_of("ada")
    step = ada.post(f"{follow_up_page(follow_up_id)}/answer").location
    for page in ("session", "time"):
        address = step.replace("/reflection", f"/{page}")
        assert ada.get(address).status_code == 409
        assert ada.post(address, data={"starts": "2014-10-14T19:00"}).status_code == 409


def test_an_answer_whose_original_was_reversed_cannot_be_sent(house: House) -> None:
    claim_id = a_credited_claim(house)
    follow_up_id = a_follow_up(today(house), claim_id)
    ada = house.client_of("ada")
    step = ada.post(f"{follow_up_page(follow_up_id)}/answer").location
    bo = today(house, "bo")
    version = claims.claim(bo, claim_id).version
    bo.session.rollback()
    reverse_credit(bo, claim_id, seen_version=version, reason="They were not there.", issuer=AN_ISSUER)
    check = ada.get(step.replace("/reflection", "/answers"))
    assert "was taken back, so there is nothing to add to it" in texts(check)
    assert "Send to" not in texts(check)
    # What was begun is still there to be read.
    assert "Open your answer" in texts(ada.get(follow_up_page(follow_up_id)))


def test_its_page_costs_the_same_whatever_the_original_says(house: House) -> None:
    first, second = (
        a_follow_up(today(house), a_credited_hour(house, hours, f"Session {hours}")) for hours in (2, 5)
    )
    ada = house.client_of("ada")
    ada.get(follow_up_page(first))
    counts = []
    for follow_up_id in (first, second):
        with statements(house.database) as asked:
            assert ada.get(follow_up_page(follow_up_id)).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 7
