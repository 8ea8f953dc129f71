"""The pages of licences: where one stands, adding one in small steps, signing, and who may see what."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from pdtracker.domain.access import Role
from pdtracker.domain.licence import FactAspect
from pdtracker.domain.refs import ref_of
from pdtracker.models.licences import Licence
from pdtracker.queries.licensing import licences_of, signed
from pdtracker.scope import Scope
from tests.calendars import statements
from tests.factories import House, a_licence, an_event
from tests.licensing import a_credited_claim, a_fact, a_waiting_claim, an_adjustment, an_adoption, an_approval
from tests.reviewing_client import fields, texts
from tests.waiting import give_roles

TODAY = datetime.now(UTC).date()
FIVE_YEARS = {"starts_on": TODAY - timedelta(days=900), "ends_on": TODAY + timedelta(days=926)}


def now_scope(house: House, name: str) -> Scope:
    """Somebody's scope at the web's own moment."""
    return house.scope(name, datetime.now(UTC))


def page(answer: Any) -> str:
    return texts(answer).replace("\N{NO-BREAK SPACE}", " ")


def held(house: House, name: str = "ada") -> Any:
    scope = house.scope(name)
    return licences_of(scope, [scope.me.id], and_closed=True)


def test_who_has_none_is_shown_the_way(house: House) -> None:
    ada = house.client_of("ada")
    assert "No licence here yet" in page(ada.get("/maplewood/licences"))
    assert "Add your licence" in page(ada.get("/maplewood"))


def test_adding_a_licence_takes_three_small_steps(house: House) -> None:
    an_adoption(house.scope("cam"))
    ada = house.client_of("ada")
    first = page(ada.get("/maplewood/licences/new"))
    assert first.index("In this district") < first.index("New York CTLE") < first.index("All others")
    assert "Your month of birth" in page(ada.get("/maplewood/licences/new?regime=new-york-ctle"))
    asked = ada.get(f"/maplewood/licences/new?regime=new-york-ctle&issued={TODAY.year - 7}-09-01&month=9")
    filled = fields(asked, "/maplewood/licences")
    start, end = date.fromisoformat(filled["starts"]), date.fromisoformat(filled["ends"])
    assert start <= TODAY <= end
    assert (start.month, start.day, end.month, end.day) == (9, 1, 8, 31)
    sent = filled | {"name": "Professional certificate", "facts": "esol_certificate"}
    answer = ada.post("/maplewood/licences", data=sent, follow_redirects=True)
    assert "0 of 100 clock hours earned" in page(answer)
    assert "50 clock hours of English language learners" in page(answer)
    (one,) = held(house)
    assert (one.name, one.person.facts, one.cycle.start) == (
        "Professional certificate",
        {"esol_certificate"},
        start,
    )


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("issued=2012-09-01&month=", "Say which."),
        ("issued=soon&month=9", "Enter a day such as"),
        ("issued=1812-09-01&month=9", "Enter a day between 1960"),
    ],
)
def test_a_cycle_that_cant_be_found_is_said_at_its_field(house: House, query: str, sentence: str) -> None:
    answer = house.client_of("ada").get(f"/maplewood/licences/new?regime=new-york-ctle&{query}")
    assert answer.status_code == 422
    assert sentence in page(answer)


def test_who_knows_the_days_goes_straight_to_them(house: House) -> None:
    answer = house.client_of("ada").get("/maplewood/licences/new?regime=new-york-ctle&issued=")
    assert answer.status_code == 200
    assert fields(answer, "/maplewood/licences")["starts"] == ""


def test_a_refused_form_loses_nothing(house: House) -> None:
    ada = house.client_of("ada")
    sent = {"regime": "illinois", "name": "Licence", "starts": "2026-07-01", "ends": "2025-06-30", "fte": "3"}
    answer = ada.post("/maplewood/licences", data=sent | {"carry_in": "1.2345", "facts": "nbct"})
    assert answer.status_code == 422
    assert "at most 3 decimals" in page(answer)
    answer = ada.post("/maplewood/licences", data=sent | {"carry_in": "1.5", "facts": "nbct"})
    assert answer.status_code == 422
    assert "Enter a last day after that." in page(answer)
    assert "Enter an FTE between 0 and 2" in page(answer)
    kept = fields(answer, "/maplewood/licences")
    assert (kept["name"], kept["fte"], kept["carry_in"], kept["facts"]) == ("Licence", "3", "1.5", "nbct")
    assert held(house) == ()


def test_one_attendance_counts_for_each_licence_by_its_own_rules(house: House) -> None:
    ada, bo = now_scope(house, "ada"), now_scope(house, "bo")
    a_licence(ada, name="New York one", **FIVE_YEARS)
    a_licence(ada, name="New Jersey one", regime="new-jersey", **FIVE_YEARS)
    claim_id = a_credited_claim(ada, bo, claimed_minutes=90)
    client = house.client_of("ada")
    told = page(client.get(f"/maplewood/claims/{ref_of(claim_id)}"))
    assert "0 clock hours for New York one" in told
    assert "this isn't shown: the sponsor was approved" in told
    assert "1.5 hours for New Jersey one" in told
    listed = page(client.get("/maplewood/licences"))
    assert "0 of 100 clock hours earned" in listed
    assert "1.5 of 20 hours earned" in listed
    assert "1.5 of 20 hours earned" in page(client.get("/maplewood"))


def test_the_page_of_a_licence_says_what_counts_waits_and_is_missing(house: House) -> None:
    ada, bo = now_scope(house, "ada"), now_scope(house, "bo")
    licence_id = a_licence(ada, **FIVE_YEARS)
    event_id = an_event(ada)
    an_approval(house.scope("cam"), event_id, TODAY - timedelta(days=30))
    a_credited_claim(ada, bo, event_id=event_id, title="The approved one")
    a_waiting_claim(ada, ada.at - timedelta(days=1), title="The other one")
    told = page(house.client_of("ada").get(f"/maplewood/licences/{ref_of(licence_id)}"))
    assert "1 of 100 clock hours earned, 99 to go by" in told
    assert "clock hours behind" in told
    assert "15 clock hours of English language learners are missing" in told
    assert "The approved one" in told
    assert "60 minutes are 1 clock hour." in told
    assert "Waiting for a decision" in told
    assert "Confidence: fair." in told
    assert "Nothing here is legal advice." in told


def test_another_day_is_asked_in_the_address(house: House) -> None:
    ada, bo = now_scope(house, "ada"), now_scope(house, "bo")
    licence_id = a_licence(ada, regime="new-jersey", **FIVE_YEARS)
    a_credited_claim(ada, bo)
    client, address = house.client_of("ada"), f"/maplewood/licences/{ref_of(licence_id)}"
    assert "1 of 20 hours earned" in page(client.get(address))
    before = page(client.get(f"{address}?on={TODAY - timedelta(days=30)}"))
    assert "0 of 20 hours earned" in before
    assert "so it doesn’t count yet" in before or "so it doesn't count yet" in before
    wrong = client.get(f"{address}?on=soon")
    assert wrong.status_code == 422
    assert "Enter a day such as" in page(wrong)


def test_weak_and_historic_rules_say_so(house: House) -> None:
    ada = now_scope(house, "ada")
    weak = a_licence(ada, regime="florida", **FIVE_YEARS)
    historic = a_licence(ada, regime="england-fe", **FIVE_YEARS)
    client = house.client_of("ada")
    assert "Weak source: check with the authority" in page(client.get(f"/maplewood/licences/{ref_of(weak)}"))
    told = page(client.get(f"/maplewood/licences/{ref_of(historic)}"))
    assert "Historic rules" in told
    assert "These rules are history" in told


def test_what_counts_nothing_says_who_can_mend_it_and_where(house: House) -> None:
    ada, bo = now_scope(house, "ada"), now_scope(house, "bo")
    licence_id = a_licence(ada, **FIVE_YEARS)
    credited = a_credited_claim(ada, bo)
    waiting = a_waiting_claim(ada, ada.at - timedelta(days=2))
    address = f"/maplewood/licences/{ref_of(licence_id)}"
    mine = house.client_of("ada").get(address)
    told, markup = page(mine), mine.get_data(as_text=True)
    assert told.count("an administrator can note it, and the session counts.") == 2
    assert "withdraw the claim, tick it under “For your licences”, and send it again" in told
    assert "an administrator can sign for the credit: show them the proof" in told
    assert 'href="/maplewood/rules/providers">Approved providers</a>' in markup
    for claim_id in (credited, waiting):
        assert f'href="/maplewood/claims/{ref_of(claim_id)}">The claim</a>' in markup
    cams = house.client_of("cam").get(address).get_data(as_text=True)
    assert 'href="/maplewood/rules/providers">Note an approval</a>' in cams
    assert f'href="{address}/adjustments">Sign a change</a>' in cams
    # Where it counts nobody has to mend anything.
    a_fact(now_scope(house, "ada"), credited, FactAspect.EVIDENCE, "approved_provider")
    assert "sign for the credit" not in page(house.client_of("ada").get(address))


def test_a_licence_is_changed_closed_and_taken_up_again(house: House) -> None:
    licence_id = a_licence(now_scope(house, "ada"), **FIVE_YEARS)
    ada, address = house.client_of("ada"), f"/maplewood/licences/{ref_of(licence_id)}"
    filled = fields(ada.get(f"{address}/edit"), address)
    assert filled["fte"] == "1"
    answer = ada.post(address, data=filled | {"name": "Another name", "target": "160"}, follow_redirects=True)
    assert "0 of 160 clock hours earned" in page(answer)
    assert ada.post(address, data=filled | {"name": ""}).status_code == 422
    again = fields(ada.get(f"{address}/edit"), address)
    lessened = ada.post(address, data=again | {"target": "0"})
    assert lessened.status_code == 422
    assert "It asks for 100 clock hours." in page(lessened)
    assert 'id="target-why"' in lessened.get_data(as_text=True)
    assert "Closed: it isn’t counted any more" in page(ada.post(f"{address}/closure", follow_redirects=True))
    assert "No licence here yet" in page(ada.get("/maplewood/licences"))
    ada.post(f"{address}/reopening")
    assert "Another name" in page(ada.get("/maplewood/licences"))


def test_of_two_who_change_a_licence_the_second_sees_both_versions(house: House) -> None:
    licence_id = a_licence(now_scope(house, "ada"), **FIVE_YEARS)
    ada, cam = house.client_of("ada"), house.client_of("cam")
    address = f"/maplewood/licences/{ref_of(licence_id)}"
    first, second = (fields(one.get(f"{address}/edit"), address) for one in (cam, ada))
    assert cam.post(address, data=first | {"target": "160"}).status_code == 303
    typed = second | {"name": "In my own words", "target": "170"}
    refused = ada.post(address, data=typed)
    assert refused.status_code == 409
    told = page(refused)
    assert "Cam Okafor changed this licence" in told
    assert "Now: 160" in told
    assert "Yours: 170" in told
    assert "Yours: In my own words" in told
    assert held(house)[0].person.target == 160
    again = fields(refused, address)
    assert (again["name"], again["target"], again["version"]) == ("In my own words", "170", "2")
    assert ada.post(address, data=again).status_code == 303
    assert (held(house)[0].name, held(house)[0].person.target) == ("In my own words", 170)


def test_a_slip_of_the_pen_does_not_make_one_forget_which_version_was_seen(house: House) -> None:
    licence_id = a_licence(now_scope(house, "ada"), **FIVE_YEARS)
    ada, cam = house.client_of("ada"), house.client_of("cam")
    address = f"/maplewood/licences/{ref_of(licence_id)}"
    first, second = (fields(one.get(f"{address}/edit"), address) for one in (cam, ada))
    assert cam.post(address, data=first | {"target": "160"}).status_code == 303
    slip = ada.post(address, data=second | {"name": ""})
    assert (slip.status_code, fields(slip, address)["version"]) == (422, "1")
    assert ada.post(address, data=fields(slip, address) | {"name": "Mine"}).status_code == 409


def test_a_change_is_looked_at_before_it_is_signed_and_fills_the_minimum_it_names(house: House) -> None:
    licence_id = a_licence(now_scope(house, "ada"), **FIVE_YEARS)
    cam, address = house.client_of("cam"), f"/maplewood/licences/{ref_of(licence_id)}"
    sent = {"units": "20", "category": "ell", "reason": "Earned before the district kept records"}
    looked = cam.post(f"{address}/adjustments/preview", data=sent)
    told = page(looked)
    assert looked.status_code == 200
    for words in (
        "English language learners: 20 clock hours earned instead of 0.",
        "Earned so far: 20 clock hours instead of 0.",
        "Enough then: English language learners.",
        "Earned before the district kept records",
    ):
        assert words in told, words
    assert held(house)[0].adjustments == ()
    again = fields(looked, f"{address}/adjustments")
    signed_page = page(cam.post(f"{address}/adjustments", data=again, follow_redirects=True))
    assert "20 clock hours of language acquisition of English language learners more" in signed_page
    assert "15 clock hours of English language learners are missing" not in signed_page
    assert held(house)[0].adjustments[0].category == "ell"
    for wrong in ({"units": ""}, {"category": "nonsense"}):
        assert cam.post(f"{address}/adjustments", data=sent | wrong).status_code == 422
    assert cam.post(f"{address}/adjustments/preview", data={"reason": "Leave"}).status_code == 422
    assert cam.post(f"{address}/adjustments/preview", data=sent | {"category": "nonsense"}).status_code == 422


def test_signing_twice_from_one_page_signs_once(house: House) -> None:
    licence_id = a_licence(now_scope(house, "ada"), **FIVE_YEARS)
    cam, address = house.client_of("cam"), f"/maplewood/licences/{ref_of(licence_id)}"
    for what, told in (
        ("adjustments", {"units": "5", "reason": "Leave"}),
        ("attestations", {"fact": "esol_certificate"}),
    ):
        sent = fields(cam.get(f"{address}/{what}"), f"{address}/{what}") | told
        assert [cam.post(f"{address}/{what}", data=sent).status_code for _ in range(2)] == [303, 303]
    (one,) = held(house)
    assert (len(one.adjustments), len(one.attestations)) == (1, 1)


def test_the_next_cycle_begins_with_a_button_in_the_last_year(house: House) -> None:
    ada = now_scope(house, "ada")
    early = a_licence(ada, **FIVE_YEARS)
    due = a_licence(
        ada, name="Due", starts_on=TODAY - timedelta(days=1700), ends_on=TODAY + timedelta(days=90)
    )
    client = house.client_of("ada")
    assert "Begin the next cycle" not in page(client.get(f"/maplewood/licences/{ref_of(early)}"))
    assert "Begin the next cycle" in page(client.get(f"/maplewood/licences/{ref_of(due)}"))
    answer = client.post(f"/maplewood/licences/{ref_of(due)}/renewal", follow_redirects=True)
    assert "The next cycle is begun." in page(answer)
    assert client.post(f"/maplewood/licences/{ref_of(due)}/renewal").status_code == 409
    assert [one.cycle.start for one in held(house) if one.name == "Due"][-1] == TODAY + timedelta(days=91)


def test_an_administrator_sees_keeps_and_signs(house: House) -> None:
    ada = now_scope(house, "ada")
    licence_id = a_licence(ada, **FIVE_YEARS)
    cam, person = house.client_of("cam"), ref_of(ada.me.id)
    assert "Licences" in page(cam.get(f"/maplewood/people/{person}"))
    assert "Licences of Ada Lindqvist" in page(cam.get(f"/maplewood/people/{person}/licences"))
    address = f"/maplewood/licences/{ref_of(licence_id)}"
    assert cam.post(f"{address}/adjustments", data={"units": "5", "reason": ""}).status_code == 422
    assert cam.post(f"{address}/adjustments", data={"units": "", "reason": "Leave"}).status_code == 422
    sent = {"units": "-2.5", "target": "80", "reason": "Leave of a year"}
    assert "80 clock hours" in page(cam.post(f"{address}/adjustments", data=sent, follow_redirects=True))
    asked = page(cam.get(f"{address}/attestations"))
    assert "English language learners: nothing instead of 12 clock hours." in asked
    assert "for ESOL and bilingual certificates: 40 clock hours instead of nothing." in asked
    assert cam.post(f"{address}/attestations", data={"fact": ""}).status_code == 422
    answer = cam.post(f"{address}/attestations", data={"fact": "esol_certificate"}, follow_redirects=True)
    told = page(answer)
    assert "2.5 clock hours less; the target is 80 clock hours" in told
    assert "Leave of a year" in told
    assert "Signed by Cam Okafor" in told
    assert "Attested: holds a certificate in English" in told
    asked = cam.get(f"{address}/attestations/{_attested(house, licence_id)}/end")
    assert "English language learners: 12 clock hours instead of nothing." in page(asked)
    end = f"{address}/attestations/{_attested(house, licence_id)}/end"
    assert cam.post(end, data={"reason": ""}).status_code == 422
    told = page(cam.post(end, data={"reason": "It was another Ada"}, follow_redirects=True))
    assert "Taken back: holds a certificate in English" in told
    assert "It was another Ada" in told
    assert cam.get(end).status_code == 409
    # The holder reads all of it, and can't sign.
    mine = house.client_of("ada").get(address)
    assert "Signed by Cam Okafor" in page(mine)
    assert "Sign a change" not in page(mine)
    added = cam.post(
        "/maplewood/licences",
        data={
            "regime": "illinois",
            "person": person,
            "name": "Second",
            "starts": "2024-07-01",
            "ends": "2029-06-30",
            "fte": "1",
        },
    )
    assert added.status_code == 303
    assert {one.name for one in held(house)} == {"Professional certificate, grades 5 to 9", "Second"}


def test_nobody_signs_for_their_own(house: House) -> None:
    licence_id = a_licence(now_scope(house, "cam"), **FIVE_YEARS)
    cam, address = house.client_of("cam"), f"/maplewood/licences/{ref_of(licence_id)}"
    assert cam.get(f"{address}/adjustments").status_code == 403
    assert cam.post(f"{address}/attestations", data={"fact": "esol_certificate"}).status_code == 403
    assert "Sign a change" not in page(cam.get(address))


def test_a_reviewer_reads_where_they_review_and_keeps_nothing(house: House) -> None:
    ada = now_scope(house, "ada")
    licence_id = a_licence(ada, **FIVE_YEARS)
    bo, address = house.client_of("bo"), f"/maplewood/licences/{ref_of(licence_id)}"
    told = page(bo.get(address))
    assert "0 of 100 clock hours earned" in told
    assert "Close this licence" not in told
    assert bo.get(f"{address}/edit").status_code == 403
    assert bo.get(f"/maplewood/people/{ref_of(ada.me.id)}/licences").status_code == 200


def test_colleagues_and_other_districts_find_nothing(house: House) -> None:
    ada = now_scope(house, "ada")
    licence_id = a_licence(ada, **FIVE_YEARS)
    give_roles(house, "hal", Role.TEACHER)
    address = f"licences/{ref_of(licence_id)}"
    hal, dee = house.client_of("hal"), house.client_of("dee")
    for client, district in ((hal, "maplewood"), (dee, "riverton")):
        assert client.get(f"/{district}/{address}").status_code == 404
        assert client.get(f"/{district}/{address}/edit").status_code == 404
        assert client.post(f"/{district}/{address}/closure").status_code == 404
    assert hal.get(f"/maplewood/licences/new?person={ref_of(ada.me.id)}").status_code == 404
    scope = house.operator()
    assert scope.session.scalar(sa.select(Licence.closed_at).where(Licence.id == licence_id)) is None


def test_an_adjusted_end_stands_as_the_end(house: House) -> None:
    licence_id = a_licence(now_scope(house, "ada"), **FIVE_YEARS)
    an_adjustment(now_scope(house, "cam"), licence_id, units=None, ends_on=date(TODAY.year + 9, 8, 31))
    told = page(house.client_of("ada").get(f"/maplewood/licences/{ref_of(licence_id)}"))
    assert f"to go by August 31, {TODAY.year + 9}" in told


def test_pages_cost_the_same_whatever_lies_there(house: House) -> None:
    ada, bo = now_scope(house, "ada"), now_scope(house, "bo")
    licence_id = a_licence(ada, **FIVE_YEARS)
    client = house.client_of("ada")
    addresses = ["/maplewood", "/maplewood/licences", f"/maplewood/licences/{ref_of(licence_id)}"]

    def asked() -> list[int]:
        counts = []
        for address in addresses:
            with statements(house.database) as told:
                assert client.get(address).status_code == 200
            counts.append(len(told))
        return counts

    few = asked()
    for days in range(3):
        a_credited_claim(ada, bo, ada.at - timedelta(days=days + 1))
        a_licence(ada, name=f"Licence {days}", regime="new-jersey", **FIVE_YEARS)
    an_adjustment(now_scope(house, "cam"), licence_id)
    assert asked() == few
    # Beside licences: what gathers in bundles, and the events that one has a place at.
    assert few[0] <= 19
    assert max(few[1:]) <= 17


@pytest.mark.parametrize("years", [(2100, 2115), (1990, 1995)])
def test_a_cycle_in_years_without_events_has_its_page(house: House, years: tuple[int, int]) -> None:
    licence_id = a_licence(house.scope("ada"), starts_on=date(years[0], 1, 1), ends_on=date(years[1], 12, 31))
    assert house.client_of("ada").get(f"/maplewood/licences/{ref_of(licence_id)}").status_code == 200


def _attested(house: House, licence_id: int) -> str:
    return next(ref_of(one.id) for one in signed(now_scope(house, "cam"), licence_id) if one.fact)
