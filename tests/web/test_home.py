"""Home: where one stands, what is one's own to do, what waits."""

from __future__ import annotations

from datetime import UTC, timedelta

import sqlalchemy as sa

from pdtracker.actions.claims import begin_from_event
from pdtracker.actions.reviews import deny_claim
from pdtracker.domain.access import Role
from pdtracker.domain.claim import ClaimState, Step
from pdtracker.domain.refs import ref_of
from pdtracker.domain.when import local
from pdtracker.models.claims import Claim, ClaimStep
from pdtracker.models.people import Membership
from pdtracker.queries import claims
from tests.calendars import EASTERN, statements
from tests.claiming import a_complete_draft, a_draft, a_sent_claim, at_hours, page_of, today
from tests.factories import AN_ISSUER, House, an_event
from tests.reviewing_client import texts
from tests.web.test_claims import returned


def test_a_new_teacher_is_told_how_to_begin(house: House) -> None:
    page = texts(house.client_of("ada").get("/maplewood"))
    assert "0 of 15 hours approved, 15 to go by" in page.replace("\N{NO-BREAK SPACE}", " ")
    assert "Log your first session" in page


def test_waiting_hours_count_as_the_rules_would_count_them(house: House) -> None:
    who = today(house)
    a_sent_claim(who, **at_hours(who, 2, 0.9))
    page = texts(house.client_of("ada").get("/maplewood")).replace("\N{NO-BREAK SPACE}", " ")
    assert "0 of 15 hours approved, 1 waiting, 14 to go by" in page
    assert "With Bo Tran since today" in page


def test_tasks_lead_to_the_page_that_they_are_about(house: House) -> None:
    who = today(house)
    begun = a_draft(who, title="Only begun")
    ready = a_complete_draft(who, title="Ready to go", **at_hours(who, 5, 4))
    back = a_sent_claim(who, title="Sent back", **at_hours(who, 9, 8))
    returned(house, back, {"minutes": "Did you stay?"})
    answer = house.client_of("ada").get("/maplewood")
    page, text = texts(answer), answer.get_data(as_text=True)
    assert "Change one thing in “Sent back” Bo Tran returned it today" in page
    assert "Check and send “Ready to go”" in page
    assert "Finish your reflection: Only begun Not begun · worth 1 hour" in page.replace(
        "\N{NO-BREAK SPACE}", " "
    )
    assert "“Did you stay?” Change it and send it again." in page
    for address in (page_of(back), page_of(ready, "/answers"), page_of(begun, "/reflection")):
        assert f'href="{address}"' in text


def test_a_denied_claim_is_there_with_its_reason_and_what_to_do(house: House) -> None:
    claim_id = a_sent_claim(today(house), title="Sent too soon")
    deny_claim(
        today(house, "bo"),
        claim_id,
        seen_version=claims.own_claim(today(house), claim_id).version,
        reason="The recording is not of that day.",
        issuer=AN_ISSUER,
    )
    ada = house.client_of("ada")
    page = texts(ada.get("/maplewood"))
    assert "Denied: Sent too soon Bo Tran denied it today" in page
    assert (
        "“The recording is not of that day.” Ask Bo Tran, or log it again if you have more to show." in page
    )
    who = today(house)
    with who.session.writing():
        who.session.execute(sa.update(Claim).values(decided_at=who.at - timedelta(days=31)))
    assert "Sent too soon" not in texts(ada.get("/maplewood"))


def test_a_hashtag_that_one_has_logged_before_is_asked_for_only_where_one_was_not_logged_since(
    house: House,
) -> None:
    who = today(house)
    a_sent_claim(who, title="Last week", **at_hours(who, 170, 169))
    # Yesterday at noon, so that it lies within one day whenever this runs.
    noon = local(who.at, EASTERN).replace(hour=12, minute=0) - timedelta(days=1)
    hours = {"starts_at": noon.astimezone(UTC), "ends_at": noon.astimezone(UTC) + timedelta(hours=1)}
    missed = an_event(who, title="This week", hashtag="#GAP", **hours)
    an_event(who, title="Other people", hashtag="#other")
    an_event(who, title="Long ago", **at_hours(who, 24 * 20, 24 * 20 - 1))
    ada = house.client_of("ada")
    page = ada.get("/maplewood")
    said = texts(page).replace("\N{NO-BREAK SPACE}", " ")
    assert f"Were you at “This week” on {noon:%A}?" in said
    assert f"{noon:%b} {noon.day}, 12:00–1:00 pm" in said
    assert f"/maplewood/claims/new?event={ref_of(missed)}" in page.get_data(as_text=True)
    assert "Other people" not in texts(page)
    assert "Long ago" not in texts(page)
    begin_from_event(today(house), missed)
    assert "Were you at" not in texts(ada.get("/maplewood"))


def test_the_next_events_are_there(house: House) -> None:
    who = today(house)
    for day in range(1, 7):
        start = who.at + timedelta(days=day)
        an_event(who, title=f"In {day} days", starts_at=start, ends_at=start + timedelta(hours=1))
    page = texts(house.client_of("ada").get("/maplewood"))
    assert [f"In {day} days" in page for day in range(1, 7)] == [True] * 4 + [False] * 2


def test_a_teacher_s_home_costs_twelve_statements_whatever_lies_there(house: House) -> None:
    who = today(house)
    # Whether what waits could be credited, and who stands in for its reviewers, is asked only where something waits.
    a_sent_claim(who, **at_hours(who, 40, 39))
    ada = house.client_of("ada")
    with statements(house.database) as few:
        ada.get("/maplewood")
    for number in range(6):
        a_sent_claim(who, **at_hours(who, 4 * number + 2, 4 * number + 1))
        a_draft(who, **at_hours(who, 4 * number + 4, 4 * number + 3))
    with statements(house.database) as many:
        ada.get("/maplewood")
    assert len(few) == len(many) <= 12, "\n".join(many)


def test_a_reviewer_s_home_says_what_waits_for_them(house: House) -> None:
    bo = house.client_of("bo")
    assert "Nothing waits for you" in texts(bo.get("/maplewood"))
    a_sent_claim(today(house))
    page = texts(bo.get("/maplewood")).replace("\N{NO-BREAK SPACE}", " ")
    assert "1 claim waits for you, 1 hour" in page
    assert "Of one person. The longest has waited since today." in page
    assert "1 claim waits for a decision" in texts(house.client_of("cam").get("/maplewood"))
    assert "0 claims" not in texts(house.client_of("dee").get("/riverton"))


def test_who_teaches_and_reviews_finds_both_and_never_their_own(house: House) -> None:
    who = today(house)
    with who.session.writing():
        who.session.add(
            Membership(person_id=who.me.id, role=Role.REVIEWER, school_id=None, created_at=who.at)
        )
    a_sent_claim(today(house))
    ada = house.client_of("ada")
    assert "Decide" not in texts(ada.get("/maplewood"))
    bo = today(house, "bo")
    with bo.session.writing():
        bo.session.execute(sa.delete(ClaimStep).where(ClaimStep.step == Step.APPROVE))
        bo.session.execute(
            sa.update(Claim)
            .where(Claim.state == ClaimState.SUBMITTED)
            .values(waiting_since=who.at - timedelta(days=2))
        )
        bo.session.add(Membership(person_id=bo.me.id, role=Role.TEACHER, school_id=None, created_at=who.at))
    page = texts(house.client_of("bo").get("/maplewood"))
    assert "Decide one claim" in page
    assert "hours approved" in page


def test_an_administrator_is_told_when_nobody_decides(house: House) -> None:
    cam = house.client_of("cam")
    assert "Nobody here decides claims yet" not in texts(cam.get("/maplewood"))
    bo = today(house, "bo")
    with bo.session.writing():
        bo.session.execute(sa.delete(Membership).where(Membership.role == Role.REVIEWER))
    assert "Nobody here decides claims yet" in texts(cam.get("/maplewood"))


def test_a_host_s_home_leads_to_the_calendar(house: House) -> None:
    assert "Look at the events" in texts(house.client_of("hal").get("/maplewood"))
