"""All claims of a filter at once, over HTTP: shown first, carried out as a job, left and come back to, undone."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa

from pdtracker.domain.access import Role
from pdtracker.domain.claim import ClaimState
from pdtracker.domain.refs import ref_of
from pdtracker.models.claims import Claim
from pdtracker.web.reviews import bulk
from pdtracker.work import carry_on
from tests.calendars import statements
from tests.factories import House
from tests.reviewing_client import ReviewingClient
from tests.waiting import give_roles, many_waiting_claims
from tests.working import a_shop, one_part_only, states_of, work_off

ALL = "/maplewood/reviews/all"


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than two are many."""
    monkeypatch.setattr(bulk, "FEW", 2)


def asked_for(client: ReviewingClient, address: str = ALL) -> dict[str, Any]:
    """The form of the page that shows what would happen."""
    page = client.get(address)
    assert page.status_code == 200
    return dict(re.findall(r'name="(claims|idempotency_key)"[^>]* value="([^"]*)"', page.text)) | {
        "decision": "return" if "decision=return" in address else "approve"
    }


def read(client: ReviewingClient, address: str) -> str:
    """A page, as a browser reads it."""
    return unescape(client.get(address).text)


def begun(client: ReviewingClient, address: str = ALL, **more: str) -> str:
    """Ask for it; gives the address of the job's page."""
    answer = client.post(address, data=asked_for(client, address) | more)
    assert answer.status_code == 303
    return str(answer.location)


def now() -> datetime:
    return datetime.now(UTC)


def test_all_of_a_filter_is_shown_first_then_decided_as_a_job(house: House) -> None:
    ids, bo = many_waiting_claims(house.scope("ada"), 3), house.client_of("bo")
    page = read(bo, ALL)
    assert "Approve <b>3\N{NO-BREAK SPACE}claims</b>, <b>3\N{NO-BREAK SPACE}hours</b>" in page
    assert states_of(house, ids) == [ClaimState.SUBMITTED] * 3
    address = begun(bo)
    assert "looked at" in read(bo, address)
    assert "so far" in read(bo, "/maplewood/reviews")
    carry_on(one_part_only(a_shop(house, now())))
    assert "<b data-done>1</b> of" in read(bo, address)
    work_off(house, now())
    page = read(bo, address)
    assert "<b>3\N{NO-BREAK SPACE}claims</b> approved, <b>3\N{NO-BREAK SPACE}hours</b>" in page
    assert "Ada Lindqvist" in page
    assert states_of(house, ids) == [ClaimState.CREDITED] * 3
    assert address in read(bo, "/maplewood/reviews")


def test_pressed_twice_it_is_one_job(house: House) -> None:
    many_waiting_claims(house.scope("ada"), 3)
    bo = house.client_of("bo")
    form = asked_for(bo)
    assert bo.post(ALL, data=form).location == bo.post(ALL, data=form).location


def test_few_are_decided_while_one_waits(house: House) -> None:
    many_waiting_claims(house.scope("ada"), 2)
    page = read(house.client_of("bo"), ALL)
    assert 'action="/maplewood/reviews"' in page
    assert page.count('name="claim"') == 2


def test_what_stops_is_left_out_and_counted_by_its_reason(house: House) -> None:
    ids = many_waiting_claims(house.scope("ada"), 5)
    scope = house.scope("ada")
    with scope.session.writing():
        # Two of them are at one time.
        first = scope.session.get(Claim, (scope.district.id, ids[0]))
        second = scope.session.get(Claim, (scope.district.id, ids[1]))
        assert first is not None
        assert second is not None
        second.starts_at, second.ends_at = first.starts_at, first.ends_at
    page = read(house.client_of("bo"), ALL)
    assert "2\N{NO-BREAK SPACE}left\N{NO-BREAK SPACE}out" in page
    assert "Left out: overlap." in page


def test_a_filter_narrows_what_is_decided(house: House) -> None:
    ids = many_waiting_claims(house.scope("ada"), 3)
    bo = house.client_of("bo")
    assert "No waiting" not in read(bo, f"{ALL}?kind=webinar")
    assert "Nothing to approve at once" in read(bo, f"{ALL}?kind=book_club")
    address = begun(bo, f"{ALL}?kind=webinar")
    assert "kind=webinar" in address
    work_off(house, now())
    assert states_of(house, ids) == [ClaimState.CREDITED] * 3
    assert bo.get(f"{ALL}?decision=deny").status_code == 404


def test_a_return_asks_what_has_to_change_and_forgets_nothing(house: House) -> None:
    ids, bo = many_waiting_claims(house.scope("ada"), 3), house.client_of("bo")
    form = asked_for(bo, f"{ALL}?decision=return")
    empty = bo.post(ALL, data=form)
    assert empty.status_code == 422
    assert "Say what has to change." in empty.text
    assert form["claims"] in empty.text
    assert bo.post(ALL, data=form | {"note": "Which pages?"}).status_code == 303
    work_off(house, now())
    assert states_of(house, ids) == [ClaimState.RETURNED] * 3


def test_cancelled_half_way_the_rest_waits_and_what_was_done_can_be_undone(house: House) -> None:
    ids, bo = many_waiting_claims(house.scope("ada"), 3), house.client_of("bo")
    address = begun(bo)
    carry_on(one_part_only(a_shop(house, now())))
    assert bo.post(f"{address}/cancellation").status_code == 303
    page = read(bo, address)
    assert "2 claims were not looked at" in page
    assert "Undo 1 decision" in page
    undo = bo.post(f"{address}/undo").location
    work_off(house, now())
    assert "<b>1\N{NO-BREAK SPACE}decision</b> undone" in read(bo, undo)
    assert states_of(house, ids) == [ClaimState.SUBMITTED] * 3
    # Pressed again it leads to the same undo.
    assert bo.post(f"{address}/undo").location == undo


def test_what_was_left_out_is_in_the_report_with_its_reason(house: House) -> None:
    give_roles(house, "hal", Role.REVIEWER)
    ids, bo = many_waiting_claims(house.scope("ada"), 3), house.client_of("bo")
    address = begun(bo)
    fields = {"claim": f"{ref_of(ids[0])}.1", "decision": "approve", "idempotency_key": "hal"}
    assert house.client_of("hal").post("/maplewood/reviews", data=fields).status_code == 303
    work_off(house, now())
    page = read(bo, address)
    assert "<b>2\N{NO-BREAK SPACE}claims</b> approved" in page
    assert "1\N{NO-BREAK SPACE}not" in page
    assert "is credited" in read(bo, f"{address}?show=left-out")


def test_nobody_else_sees_the_job(house: House) -> None:
    give_roles(house, "hal", Role.REVIEWER)
    many_waiting_claims(house.scope("ada"), 3)
    address = begun(house.client_of("bo"))
    for name in ("hal", "rex"):
        client = house.client_of(name)
        assert client.get(address).status_code == 404
        assert client.get(f"{address}/progress.json").status_code == 404
        assert client.post(f"{address}/cancellation").status_code == 404
        assert client.post(f"{address}/undo").status_code == 404
    assert house.client_of("ada").get(ALL).status_code == 403


def test_the_page_of_a_job_costs_the_same_for_many(house: House) -> None:
    counts = []
    bo = house.client_of("bo")
    for some in (3, 40):
        many_waiting_claims(house.scope("ada"), some)
        address = begun(bo)
        work_off(house, now())
        with statements(house.database) as told:
            bo.get(address)
        counts.append(len(told))
    assert counts[0] == counts[1]


def test_nonsense_is_refused(house: House) -> None:
    many_waiting_claims(house.scope("ada"), 3)
    bo = house.client_of("bo")
    assert bo.post(ALL, data={"claims": "nonsense", "decision": "approve"}).status_code == 422
    assert bo.post(ALL, data={"claims": "", "decision": "approve"}).status_code == 422
    address = begun(bo)
    assert bo.get(f"{address}?from=nonsense").status_code == 404
    assert house.operator().session.scalar(sa.select(sa.func.count()).select_from(Claim)) == 3
