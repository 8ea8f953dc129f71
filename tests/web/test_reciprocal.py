"""The report of reciprocal approvals: who approved claims of each other, when, and for whose eyes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from pdtracker.actions.reviews import Wish, approve_claims
from pdtracker.actions.undoing import undo_decisions
from pdtracker.domain.access import Role
from pdtracker.domain.outcome import Outcome
from pdtracker.domain.refs import ref_of
from pdtracker.queries.reciprocal import reciprocal
from tests.factories import AN_ISSUER, NOW, Cast, House
from tests.reviewing_client import texts
from tests.waiting import a_waiting_claim, give_roles

PAGE = "/maplewood/reports/reciprocal"
TODAY = NOW.date()


def each_other(cast: Cast) -> list[Outcome]:
    """Ada approves two claims of Bo's, and Bo one of Ada's."""
    for name in ("ada", "bo"):
        give_roles(cast, name, Role.TEACHER, Role.REVIEWER)
    bos = [a_waiting_claim(cast.scope("bo"), number) for number in (1, 2)]
    adas = a_waiting_claim(cast.scope("ada"), 3)
    given = approve_claims(cast.scope("ada"), [Wish(claim_id, 1) for claim_id in bos], AN_ISSUER)
    return [*given, *approve_claims(cast.scope("bo"), [Wish(adas, 1)], AN_ISSUER)]


def test_who_approved_each_others_claims_is_a_pair(cast: Cast) -> None:
    assert all(outcome.refusal is None for outcome in each_other(cast))
    (pair,) = reciprocal(cast.scope("cam"), TODAY, TODAY)
    told = {pair.first: pair.by_first, pair.second: pair.by_second}
    assert told == {"Ada Lindqvist": 2, "Bo Tran": 1}
    assert pair.last_at == NOW


def test_one_way_alone_is_no_pair(cast: Cast) -> None:
    claim_id = a_waiting_claim(cast.scope("ada"))
    approve_claims(cast.scope("bo"), [Wish(claim_id, 1)], AN_ISSUER)
    assert reciprocal(cast.scope("cam"), TODAY, TODAY) == ()


def test_what_was_undone_or_lies_outside_the_days_is_not_counted(cast: Cast) -> None:
    *_, last = each_other(cast)
    before = TODAY - timedelta(days=1)
    assert reciprocal(cast.scope("cam"), before, before) == ()
    undo_decisions(replace(cast.scope("bo"), at=NOW + timedelta(minutes=1)), [last.step_id or 0])
    assert reciprocal(cast.scope("cam"), TODAY, TODAY) == ()


def test_another_district_sees_nothing_of_it(cast: Cast) -> None:
    each_other(cast)
    assert reciprocal(cast.scope("rex"), date(2014, 1, 1), date(2015, 1, 1)) == ()


def test_the_report_names_both_and_leads_to_their_claims(house: House) -> None:
    each_other(house)
    cam = house.client_of("cam")
    page = cam.get(f"{PAGE}?from=2014-10-01&to=2014-10-31")
    assert "One pair of people approved claims of each other" in texts(page)
    assert f"person={ref_of(house.person_ids['ada'])}" in page.text
    assert "Nobody approved claims of somebody" in texts(cam.get(PAGE))
    assert PAGE in cam.get("/maplewood/reports").text


def test_days_that_are_none_are_asked_for_again_and_only_auditors_look(house: House) -> None:
    cam = house.client_of("cam")
    assert cam.get(f"{PAGE}?from=2014-10-31&to=2014-10-01").status_code == 422
    assert house.client_of("bo").get(PAGE).status_code == 403
