"""A district that insists on a second factor opens no page of a role without one; far-reaching deeds ask once more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from pdtracker.actions.second_factor_rules import insist_on_factor
from pdtracker.domain.claim import ClaimState
from pdtracker.domain.refs import ref_of
from pdtracker.models.people import SignIn
from pdtracker.models.records import AuditEntry
from pdtracker.one_time_codes import code_at
from tests.factories import PASSWORD, House, a_claim, a_second_factor
from tests.reviewing_client import all_fields, fields, texts

RULE = "/maplewood/people/second-factor"
OWN = "/account/second-factor"


@pytest.fixture
def strict(house: House) -> House:
    """Maplewood insists; Cam has a second factor, Bo has none."""
    a_second_factor(house, "cam")
    insist_on_factor(house.scope("cam"), house.database)
    return house


def age(house: House, minutes: int) -> None:
    with house.database.session(None, installation=True) as session, session.writing():
        session.execute(
            sa.update(SignIn)
            .where(SignIn.id > 0)
            .values(created_at=datetime.now(UTC) - timedelta(minutes=minutes), confirmed_at=None)
        )


def roles_of(house: House, name: str) -> str:
    return texts(house.client_of("cam").get(f"/maplewood/people/{ref_of(house.person_ids[name])}"))


def test_a_reviewer_without_one_is_led_to_set_it_up_and_can_do_nothing_else_of_the_role(
    strict: House,
) -> None:
    bo = strict.client_of("bo")
    for path in ("/maplewood/reviews", "/maplewood/people", "/maplewood/reports"):
        answer = bo.get(path)
        assert (answer.status_code, answer.location) == (303, f"{OWN}?next={path}")
    assert bo.post("/maplewood/reviews", data={}).status_code == 403
    assert bo.post("/maplewood/reviews/all", data={"claims": "x"}).status_code == 403
    assert bo.post("/maplewood/reviews", data={}, token=False).status_code == 400
    page = bo.get("/maplewood", follow_redirects=True)
    assert "open once you set up a second factor" in texts(page)
    assert ">Reviews<" not in page.get_data(as_text=True)
    assert "asks everybody who reviews or administers" in texts(bo.get(OWN))


def test_the_next_sign_in_leads_there_and_then_on(strict: House) -> None:
    bo = strict.visitor()
    entered = {"email": strict.email_of("bo"), "password": PASSWORD, "next": "/maplewood/reviews"}
    answer = bo.post("/sign-in", data=entered)
    assert answer.location == f"{OWN}?next=/maplewood/reviews"
    begun = bo.post(OWN, data=fields(bo.get(answer.location), OWN) | {"password": PASSWORD})
    page = bo.get(begun.location)
    secret = page.get_data(as_text=True).split("secret=")[1].split("&")[0]
    data = fields(page, f"{OWN}/confirmation") | {"code": code_at(secret, datetime.now(UTC))}
    codes = bo.post(f"{OWN}/confirmation", data=data)
    assert 'href="/maplewood/reviews"' in codes.get_data(as_text=True)
    assert bo.get("/maplewood/reviews").status_code == 200


def test_teachers_hosts_and_other_districts_go_on_as_before(strict: House) -> None:
    for name, path in (
        ("ada", "/maplewood/claims"),
        ("hal", "/maplewood"),
        ("rex", "/riverton/reviews"),
    ):
        answer = strict.client_of(name).get(path)
        assert answer.status_code == 200
        assert "second factor" not in texts(answer)
    assert strict.client_of("cam").get("/maplewood/people").status_code == 200


def test_what_was_typed_when_the_rule_came_is_not_lost(strict: House) -> None:
    bo = strict.client_of("bo")
    note = "Show us one page of what you tried with the class, and say how it went. " * 2
    kept = bo.post("/maplewood/reviews/undo", data={"note": note})
    assert kept.status_code == 403
    assert "one page of what you tried" in texts(kept)
    assert fields(kept, "/maplewood/reviews/undo")["note"] == note


def test_an_administrator_asks_for_it_only_with_their_own(house: House) -> None:
    cam = house.client_of("cam")
    assert "Set up your own first" in texts(cam.get(RULE))
    assert cam.post(RULE).status_code == 409
    a_second_factor(house, "cam")
    cam = house.client_of("cam")
    assert cam.post(RULE).status_code == 303
    said = texts(cam.get(RULE))
    assert "Need one, since" in said
    assert "Bo Tran Reviewer None yet" in said
    assert house.client_of("bo").get("/maplewood/reviews").status_code == 303
    assert cam.post(f"{RULE}/end").status_code == 303
    assert cam.post(f"{RULE}/end").status_code == 303
    assert house.client_of("bo").get("/maplewood/reviews").status_code == 200
    with house.database.session(house.maplewood.id) as session:
        told = session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.seq.desc()).limit(2)).all()
    assert told == ["district.second_factor_freed", "district.second_factor_insisted"]


def test_whoever_loses_theirs_loses_the_pages_of_the_role_at_the_next_request(strict: House) -> None:
    cam = strict.client_of("cam")
    assert cam.post(f"{OWN}/removal", data={"remove-password": PASSWORD}).status_code == 303
    assert cam.get("/maplewood/people").status_code == 303


def test_roles_change_only_with_the_password_given_lately_and_what_was_chosen_is_kept(house: House) -> None:
    cam = house.client_of("cam")
    path = f"/maplewood/people/{ref_of(house.person_ids['ada'])}/roles"
    age(house, 16)
    asked = cam.post(path, data={"roles": ["teacher", "reviewer"]})
    assert asked.status_code == 403
    assert "Your password once more" in texts(asked)
    wrong = cam.post("/sign-in/proof", data=all_fields(asked) | {"password": "wrong"}, token=False)
    assert wrong.status_code == 422
    assert cam.post(path, data={"roles": ["teacher", "reviewer"]}).status_code == 403
    proved = cam.post("/sign-in/proof", data=all_fields(wrong) | {"password": PASSWORD}, token=False)
    assert proved.status_code == 200
    assert "Reviewer" not in roles_of(house, "ada").split("Roles")[1][:40]
    assert cam.post(path, data=all_fields(proved, path), token=False).status_code == 303
    assert "Teacher, Reviewer" in roles_of(house, "ada")


def test_a_proof_is_of_this_browser_alone_and_ends(house: House) -> None:
    cam, other = house.client_of("cam"), house.client_of("cam")
    path = f"/maplewood/people/{ref_of(house.person_ids['ada'])}/roles"
    age(house, 16)
    carried = {"kept-path": "/maplewood/people", "password": PASSWORD}
    assert cam.post("/sign-in/proof", data=carried).status_code == 200
    assert cam.post(path, data={"roles": "teacher"}).status_code == 303
    assert other.post(path, data={"roles": "teacher"}).status_code == 403
    age(house, 16)
    assert cam.post(path, data={"roles": "teacher"}).status_code == 403


def test_many_claims_ask_once_more_and_one_does_not(house: House) -> None:
    ids = [a_claim(house.scope("ada"), ClaimState.SUBMITTED) for _ in range(2)]
    bo = house.client_of("bo")
    age(house, 16)
    chosen = [f"{ref_of(one)}.1" for one in ids]
    many = {"claim": chosen, "decision": "approve"}
    assert bo.post("/maplewood/reviews", data=many).status_code == 403
    assert bo.post("/maplewood/reviews/all", data={"claims": "x"}).status_code == 403
    assert bo.post("/maplewood/reviews", data=many | {"claim": chosen[:1]}).status_code != 403


@pytest.mark.parametrize(
    "path",
    [
        "/maplewood/certificates/MSD-2014-000001/revocation",
        "/maplewood/people/second-factor",
        "/maplewood/people/second-factor/end",
    ],
)
def test_what_reaches_far_asks_once_more(house: House, path: str) -> None:
    cam = house.client_of("cam")
    age(house, 16)
    answer = cam.post(path, data={"reason": "x"})
    assert answer.status_code == 403
    assert "Your password once more" in texts(answer)
