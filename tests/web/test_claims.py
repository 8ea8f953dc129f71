"""One's own list, and one claim with what became of it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from pdtracker.actions.claims import withdraw_claim
from pdtracker.actions.registering import register, set_terms
from pdtracker.domain.claim import ClaimState, Step
from pdtracker.models.claims import Claim, ClaimStep, FieldComment
from pdtracker.models.ids import new_id
from pdtracker.models.people import Membership
from pdtracker.queries import claims
from tests.calendars import statements
from tests.checking_in import a_hosted_event
from tests.claiming import a_draft, a_sent_claim, at_hours, page_of, today
from tests.factories import House, a_claim
from tests.reviewing_client import fields, texts


def returned(house: House, claim_id: int, comments: dict[str, str], note: str = "") -> None:
    """Bo gives a claim back, as the rows that a return leaves."""
    bo, ada = today(house, "bo"), house.person_ids["ada"]
    with bo.session.writing():
        step = ClaimStep(
            id=new_id(),
            claim_id=claim_id,
            claimant_id=ada,
            step=Step.RETURN,
            from_state=ClaimState.SUBMITTED,
            to_state=ClaimState.RETURNED,
            by_person_id=bo.me.id,
            by_name=bo.me.name,
            by_title="Principal",
            at=bo.at,
            seen_version=claims.claim(bo, claim_id).version,
            comment=note,
            adjust_reason="",
            release_at=bo.at + timedelta(minutes=15),
        )
        bo.session.add(step)
        bo.session.flush()
        bo.session.add_all(
            FieldComment(id=new_id(), step_id=step.id, field=field, comment=words)
            for field, words in comments.items()
        )
        bo.session.execute(
            sa.update(Claim)
            .where(Claim.id == claim_id)
            .values(state=ClaimState.RETURNED, version=Claim.version + 1)
        )


def test_who_has_no_claim_yet_is_told_how_to_begin(house: House) -> None:
    page = texts(house.client_of("ada").get("/maplewood/claims"))
    assert "You haven’t logged anything yet" in page


def test_tabs_count_and_narrow(house: House) -> None:
    who = today(house)
    a_draft(who, title="A draft of mine")
    a_sent_claim(who, title="Sent already")
    ada = house.client_of("ada")
    page = texts(ada.get("/maplewood/claims"))
    assert "All 2 For you to do 1 Waiting 1 Approved 0 Closed 0" in page
    waiting = texts(ada.get("/maplewood/claims?show=waiting"))
    assert "Sent already" in waiting
    assert "With Bo Tran since today" in waiting
    assert "A draft of mine" not in waiting
    assert ada.get("/maplewood/claims?show=everything").status_code == 404


def test_pages_follow_each_other_by_key_and_cost_the_same(house: House) -> None:
    who = today(house)
    for number in range(60):
        a_claim(who, title=f"Session number {number:02}")
    ada = house.client_of("ada")
    address: str | None = "/maplewood/claims"
    seen: list[str] = []
    while address:
        with statements(house.database) as asked:
            answer = ada.get(address)
        assert len(asked) <= 7, "\n".join(asked)
        seen += [
            f"{number:02}" for number in range(59, -1, -1) if f"Session number {number:02}" in texts(answer)
        ]
        text = answer.get_data(as_text=True)
        address = next(
            (
                part.partition('"')[0].replace("&amp;", "&")
                for part in text.split('href="')
                if "before=" in part
            ),
            None,
        )
    assert seen == [f"{number:02}" for number in range(59, -1, -1)]


@pytest.mark.parametrize("place", ["x", "zzzzzzzzzzzzz", "0"])
def test_a_place_that_is_none_is_not_here(house: House, place: str) -> None:
    assert house.client_of("ada").get(f"/maplewood/claims?before={place}").status_code == 404


def test_a_returned_claim_says_who_asks_for_what_and_leads_there(house: House) -> None:
    claim_id = a_sent_claim(today(house))
    returned(
        house,
        claim_id,
        {"minutes": "Did you stay for the questions?", "answer_1": "Say more."},
        "Nearly there.",
    )
    ada = house.client_of("ada")
    answer = ada.get(page_of(claim_id))
    said = texts(answer)
    assert "Returned to you, two things to change" in said
    assert "Bo Tran asks Bo Tran" in said
    for words in ("Nearly there.", "Did you stay for the questions?", "Say more."):
        assert said.count(words) == 1
    for below in ("/time", "/reflection", "/answers"):
        assert f'href="{page_of(claim_id, below)}"' in answer.get_data(as_text=True)
    assert "Did you stay for the questions?" in texts(ada.get(page_of(claim_id, "/time")))
    assert "Say more." in texts(ada.get(page_of(claim_id, "/reflection")))
    assert "Send again to Bo Tran" in texts(ada.get(page_of(claim_id, "/answers")))
    assert "Returned to you, two things to change" in texts(ada.get("/maplewood/claims?show=to-do"))


def test_what_was_asked_for_is_changed_first_and_sent_then(house: House) -> None:
    claim_id = a_sent_claim(today(house))
    asked = {"minutes": "Until 5?", "file": "Which room?", "answer_1": "Say more.", "answer_2": "Who?"}
    returned(house, claim_id, asked)
    page = house.client_of("ada").get(page_of(claim_id)).get_data(as_text=True)
    buttons = re.findall(r'<a class="(btn[^"]*)" href="([^"]+)">(.*?)</a>', page)
    assert [
        (kind, place, words) for kind, place, words in buttons if place.startswith(page_of(claim_id))
    ] == [
        ("btn", page_of(claim_id, "/time"), "Change time and evidence"),
        ("btn", page_of(claim_id, "/reflection"), "Change reflection"),
        ("btn quiet", page_of(claim_id, "/answers"), "Check and send again"),
    ]


def test_a_reply_goes_to_the_reviewer_with_the_claim(house: House) -> None:
    claim_id = a_sent_claim(today(house))
    returned(house, claim_id, {"minutes": "Did you stay?"})
    ada = house.client_of("ada")
    form = fields(ada.get(page_of(claim_id, "/answers")), page_of(claim_id, "/submission"))
    sent = {**form, "reply": "Yes, until 5 pm.", "is_true": "y"}
    assert ada.post(page_of(claim_id, "/submission"), data=sent).status_code == 303
    assert "Yes, until 5 pm." in texts(house.client_of("bo").get(page_of(claim_id)))


def test_buttons_are_those_of_the_workflow(house: House) -> None:
    who = today(house)
    draft, sent = a_draft(who), a_sent_claim(who, **at_hours(who, 5, 4))
    gone = a_sent_claim(who, **at_hours(who, 8, 7))
    withdraw_claim(who, gone)
    ada, bo = house.client_of("ada"), house.client_of("bo")
    assert "Go on Lay this draft aside" not in texts(ada.get(page_of(sent)))
    assert "Lay this draft aside" in texts(ada.get(page_of(draft)))
    assert "Withdraw this claim" in texts(ada.get(page_of(sent)))
    assert "Put it right and send it again" in texts(ada.get(page_of(gone)))
    assert "Withdraw this claim" not in texts(bo.get(page_of(sent)))


def test_withdrawing_twice_is_withdrawing_once(house: House) -> None:
    claim_id = a_sent_claim(today(house))
    ada = house.client_of("ada")
    for _ in range(2):
        assert ada.post(page_of(claim_id, "/withdrawal")).status_code == 303
    assert "Withdrawn. Everything is kept" in texts(ada.get(page_of(claim_id)))


def test_only_the_claimant_withdraws(house: House) -> None:
    claim_id = a_sent_claim(today(house))
    for name, status in (("bo", 403), ("cam", 403), ("hal", 403), ("dee", 404)):
        assert house.client_of(name).post(page_of(claim_id, "/withdrawal")).status_code == status, name


def test_who_reads_a_claim_follows_its_state(house: House) -> None:
    who = today(house)
    draft, sent = a_draft(who), a_sent_claim(who, **at_hours(who, 5, 4))
    for name, seen in (
        ("ada", {draft, sent}),
        ("bo", {sent}),
        ("cam", {sent}),
        ("hal", set()),
        ("dee", set()),
    ):
        client = house.client_of(name)
        for claim_id in (draft, sent):
            expected = 200 if claim_id in seen else 404
            assert client.get(page_of(claim_id)).status_code == expected, name


def test_a_reviewer_of_another_school_does_not_read_it(house: House) -> None:
    claim_id = a_sent_claim(today(house))
    bo = today(house, "bo")
    for school, status in (("Maplewood South", 404), ("Maplewood North", 200)):
        with bo.session.writing():
            bo.session.execute(
                sa.update(Membership)
                .values(school_id=house.school_ids[school])
                .where(Membership.person_id == bo.me.id)
            )
        assert house.client_of("bo").get(page_of(claim_id)).status_code == status


def test_a_claim_that_nobody_can_decide_says_so(house: House) -> None:
    bo = today(house, "bo")
    with bo.session.writing():
        bo.session.execute(sa.delete(Membership).where(Membership.person_id == bo.me.id))
    claim_id = a_sent_claim(today(house))
    ada = house.client_of("ada")
    assert "Nobody reviews for this school yet" in texts(ada.get(page_of(claim_id)))
    assert "An administrator can name somebody." in texts(ada.get("/maplewood/claims"))


def test_what_one_registered_for_and_did_not_log_is_asked_about(house: House) -> None:
    ended = datetime.now(UTC) - timedelta(days=2)
    event_id = a_hosted_event(house, ended, began=-60)
    set_terms(house.scope("hal", ended), event_id, places=None, closes_at=None)
    register(house.scope("ada", ended), event_id)
    ada = house.client_of("ada")
    page = ada.get("/maplewood/claims")
    assert "You planned to go. Were you there?" in texts(page)
    assert "Were you there?" not in texts(ada.get("/maplewood/claims?show=to-do"))
    assert ada.post("/maplewood/claims", data=fields(page, "/maplewood/claims")).status_code == 303
    assert "Were you there?" not in texts(ada.get("/maplewood/claims"))
    assert "Were you there?" not in texts(house.client_of("hal").get("/maplewood/claims"))
