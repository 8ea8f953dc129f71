"""The review desk over HTTP: what waits, one claim, many at once, what became of them, and back again."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from pdtracker.actions.claims import submit_claim, withdraw_claim
from pdtracker.actions.reviews import Wish, approve_claims, return_claim
from pdtracker.domain.access import Role
from pdtracker.domain.claim import ClaimState, Step
from pdtracker.domain.refs import ref_of
from pdtracker.domain.when import local
from pdtracker.models.claims import Claim, ClaimStep, FieldComment, ReflectionAnswer
from pdtracker.models.credit import Award
from pdtracker.models.ids import new_id
from pdtracker.models.records import MailState, OutboxMail
from pdtracker.queries.review_filters import Place
from pdtracker.web.reviews.asked import place_text, read_place
from tests.calendars import EASTERN, statements
from tests.factories import AN_ISSUER, House
from tests.reviewing_client import ReviewingClient, fields, texts
from tests.waiting import a_waiting_claim, an_event_hosted_by, give_roles, many_waiting_claims, seen

DESK = "/maplewood/reviews"


def page_of(claim_id: int) -> str:
    return f"{DESK}/{ref_of(claim_id)}"


def waiting_claims(house: House, count: int) -> list[int]:
    """So many claims of Ada, the first waiting longest."""
    ada = house.scope("ada")
    return [a_waiting_claim(ada, number) for number in range(count)]


def decide_one(client: ReviewingClient, claim_id: int, decision: str, **typed: str) -> TestResponse:
    """What a reviewer sends from the page of a claim."""
    form = fields(client.get(page_of(claim_id)))
    return client.post(DESK, data=form | {"decision": decision} | typed)


def approve_many(client: ReviewingClient, claim_ids: Iterable[int], key: str = "a-key") -> TestResponse:
    return client.post(DESK, data={"claim": seen(claim_ids), "decision": "approve", "idempotency_key": key})


def state_of(house: House, claim_id: int) -> ClaimState:
    with house.database.session(house.maplewood.id) as session:
        return session.scalars(sa.select(Claim.state).where(Claim.id == claim_id)).one()


def minutes_of(house: House, claim_id: int) -> list[int]:
    with house.database.session(house.maplewood.id) as session:
        return list(
            session.scalars(sa.select(Award.minutes).where(Award.claim_id == claim_id).order_by(Award.id))
        )


def change(house: House, claim_id: int, **values: Any) -> None:
    """What became of a claim elsewhere."""
    with house.database.session(house.maplewood.id) as session, session.writing():
        session.execute(sa.update(Claim).where(Claim.id == claim_id).values(**values))


def let_time_pass(house: House) -> None:
    """As if the last decisions had been released: their time to undo is over."""
    with house.database.session(house.maplewood.id) as session, session.writing():
        session.execute(
            sa.update(ClaimStep)
            .where(ClaimStep.release_at.is_not(None))
            .values(release_at=datetime.now(UTC) - timedelta(seconds=1))
        )


# The queue


def test_the_queue_shows_each_claim_with_its_findings_and_a_box(house: House) -> None:
    ids = waiting_claims(house, 3)
    page = house.client_of("bo").get(DESK)
    told = texts(page)
    assert "Needs you 3" in told
    assert "Every check passes 3" in told
    for claim_id in ids:
        assert f'value="{ref_of(claim_id)}.1"' in page.get_data(as_text=True)


@pytest.mark.parametrize("query", ["", "?tab=decided", "?tab=returned"])
def test_a_list_costs_eight_statements_whatever_its_rows(house: House, query: str) -> None:
    counted = []
    for size in (3, 45):
        ids = many_waiting_claims(house.scope("ada"), size)
        approve_claims(house.scope("bo"), [Wish(claim_id, 1) for claim_id in ids], AN_ISSUER)
        many_waiting_claims(house.scope("ada"), size)
        client = house.client_of("bo")
        with statements(house.database) as told:
            assert client.get(DESK + query).status_code == 200
        counted.append(len([line for line in told if not line.startswith("BEGIN")]))
    assert counted[0] == counted[1] <= 8


@pytest.mark.parametrize(
    "query", ["tab=nonsense", "school=nonsense", "kind=nonsense", "person=9", "after=x", "after=" + "7" * 26]
)
def test_an_address_that_no_link_of_ours_says_is_not_there(house: House, query: str) -> None:
    assert house.client_of("bo").get(f"{DESK}?{query}").status_code == 404


def test_a_place_survives_its_word() -> None:
    place = Place(datetime(2014, 10, 20, 16, 0, 0, 123456, tzinfo=UTC), 2**62 + 7)
    assert read_place(place_text(place)) == place


def test_everything_that_passes_can_be_selected_without_scripts(house: House) -> None:
    waiting_claims(house, 3)
    client = house.client_of("bo")
    assert "Select the 3 on this page that pass every check" in texts(client.get(DESK))
    page = client.get(f"{DESK}?select=passing").get_data(as_text=True)
    assert page.count(" checked") == 3 + 1  # and the switch of the keys
    assert "3 of 3" in page


def test_a_day_of_another_year_says_its_year(house: House) -> None:
    ada, client = house.scope("ada"), house.client_of("bo")
    today = local(datetime.now(UTC), EASTERN).replace(hour=11)
    days = {"long ago": datetime(2014, 9, 26, 15, tzinfo=UTC), "today": today.astimezone(UTC)}
    ids = [
        a_waiting_claim(ada, starts_at=at, ends_at=at + timedelta(hours=1), title=title)
        for title, at in days.items()
    ]
    form = {"claim": seen(ids), "decision": "return", "confirm": "1"}
    for page in (client.get(DESK), client.post(DESK, data=form)):
        assert re.search("long ago,? Sep 26, 2014", texts(page))
        assert f", {today.year}" not in texts(page)


def test_too_much_for_a_day_is_left_out_of_many_with_its_reason(house: House) -> None:
    ada, at = house.scope("ada"), datetime(2014, 7, 2, 14, tzinfo=UTC)
    ids = [
        a_waiting_claim(ada, starts_at=start, ends_at=start + timedelta(hours=1), claimed_minutes=14 * 60)
        for start in (at, at + timedelta(hours=2))
    ]
    form = {"claim": seen(ids), "decision": "approve", "confirm": "1"}
    page = texts(house.client_of("bo").post(DESK, data=form))
    assert "More hours than the day has." in page
    assert "too much for a day" in page


def test_an_approval_that_counts_for_nothing_says_so_on_its_button(house: House) -> None:
    for minutes, words in ((5, "Approve, 0 hours Return"), (60, "Approve Return")):
        claim_id = a_waiting_claim(house.scope("ada"), minutes, claimed_minutes=minutes)
        assert words in texts(house.client_of("bo").get(page_of(claim_id)))


def test_the_hours_of_the_queue_have_one_spelling(house: House) -> None:
    for number, minutes in enumerate((110, 45)):
        a_waiting_claim(house.scope("ada"), number, claimed_minutes=minutes, longer_reason="Questions")
    page = texts(house.client_of("bo").get(f"{DESK}?select=passing"))
    assert "1 h 50 min" in page
    assert page.count("0.75 h") == 2  # the row, and the bar of what is selected


def test_an_empty_desk_says_what_was_done_today_and_can_still_be_undone(house: House) -> None:
    client = house.client_of("bo")
    assert "Nothing waits for you" in texts(client.get(DESK))
    approve_many(client, waiting_claims(house, 2))
    told = texts(client.get(DESK))
    assert "You decided two claims today, and one person has 2 hours more than this morning." in told
    assert "You can still undo until" in told
    undone = client.post(f"{DESK}/undo", data=_all_steps(client.get(DESK)))
    assert undone.status_code == 303
    assert "Needs you 2" in texts(client.get(DESK))


def test_an_administrator_looks_on_and_decides_nothing(house: House) -> None:
    (claim_id,) = waiting_claims(house, 1)
    cam = house.client_of("cam")
    page = cam.get(DESK)
    assert "Waiting 1" in texts(page)
    assert "checkbox" not in page.get_data(as_text=True)
    assert "Approve" not in texts(cam.get(page_of(claim_id)))
    assert approve_many(cam, [claim_id]).status_code == 403


# Many at once


def test_many_are_shown_before_they_are_decided_with_what_is_left_out_and_why(house: House) -> None:
    good, bare, changed, gone = waiting_claims(house, 4)
    with house.database.session(house.maplewood.id) as session, session.writing():
        session.execute(sa.update(Claim).where(Claim.id == bare).values(reflection_words=0))
        session.execute(sa.update(Claim).where(Claim.id == changed).values(version=2))
    withdraw_claim(house.scope("ada"), gone)
    client = house.client_of("bo")
    page = client.post(
        DESK, data={"claim": seen([good, bare, changed, gone]), "decision": "approve", "confirm": "1"}
    )
    told = texts(page)
    assert page.status_code == 200
    assert "Approve 1 claim , 1 hour . 3 left out" in told
    skipped = (
        "Nothing is decided for Ada Lindqvist (no reflection), Ada Lindqvist (changed),"
        " one claim (no longer waiting)."
    )
    assert skipped in told
    assert told.index(skipped) < told.index("Approve 1 claim Back to the queue")
    assert "No prompt was answered." in told
    assert fields(page)["claim"] == f"{ref_of(good)}.1"
    assert state_of(house, good) is ClaimState.SUBMITTED


def test_one_button_later_each_has_its_outcome_and_all_can_be_undone(house: House) -> None:
    ids = waiting_claims(house, 3)
    client = house.client_of("bo")
    decided = client.post(
        DESK,
        data={
            "claim": [*seen(ids[:2]), *seen(ids[2:], version=9)],
            "decision": "approve",
            "idempotency_key": "k",
        },
    )
    assert decided.status_code == 303
    page = client.get(decided.headers["Location"])
    told = texts(page)
    assert "2 claims approved, 2 hours . 1 not" in told
    assert "It changed since you opened it." in told
    assert "You can undo until" in told
    client.post(f"{DESK}/undo", data=_all_steps(page))
    assert [state_of(house, claim_id) for claim_id in ids] == [ClaimState.SUBMITTED] * 3
    assert [sum(minutes_of(house, claim_id)) for claim_id in ids] == [0, 0, 0]
    with house.database.session(house.maplewood.id) as session:
        assert set(session.scalars(sa.select(OutboxMail.state))) == {MailState.CANCELLED}
    assert "2 decisions undone. The claims wait for you again" in texts(
        client.get(decided.headers["Location"])
    )


def test_a_double_click_leads_to_the_same_outcome(house: House) -> None:
    ids = waiting_claims(house, 2)
    client = house.client_of("bo")
    first, second = approve_many(client, ids), approve_many(client, ids)
    assert first.headers["Location"] == second.headers["Location"]
    assert [minutes_of(house, claim_id) for claim_id in ids] == [[60], [60]]


def test_an_outcome_is_only_for_who_decided(house: House) -> None:
    give_roles(house, "hal", Role.REVIEWER)
    address = approve_many(house.client_of("bo"), waiting_claims(house, 1)).headers["Location"]
    assert house.client_of("hal").get(address).status_code == 404
    assert house.client_of("cam").get(address).status_code == 404


def test_when_nothing_can_be_decided_the_page_says_so_for_each(house: House) -> None:
    ids = waiting_claims(house, 2)
    client = house.client_of("bo")
    approve_many(client, ids, key="first")
    again = approve_many(client, ids, key="second")
    assert again.status_code == 409
    assert texts(again).count("is credited already") == 2


def test_nothing_chosen_and_nonsense_decide_nothing(house: House) -> None:
    client = house.client_of("bo")
    assert client.post(DESK, data={"decision": "approve"}).headers["Location"] == DESK
    assert "Select at least one claim first." in texts(client.get(DESK))
    assert client.post(DESK, data={"claim": "nonsense", "decision": "approve"}).status_code == 422
    assert client.post(DESK, data={"claim": seen([1]), "decision": "reverse"}).status_code == 422
    assert client.post(DESK, data={"claim": seen([1]), "decision": "deny"}).status_code == 422
    assert client.post(DESK, data={"claim": seen(range(1001)), "decision": "approve"}).status_code == 422


def test_a_return_of_many_asks_for_one_note_and_loses_nothing(house: House) -> None:
    ids = waiting_claims(house, 2)
    client = house.client_of("bo")
    page = client.post(DESK, data={"claim": seen(ids), "decision": "return", "confirm": "1"})
    assert "Return 2 claims" in texts(page)
    form = {"claim": seen(ids), "decision": "return", "idempotency_key": "k"}
    assert client.post(DESK, data=form | {"note": " "}).status_code == 422
    done = client.post(DESK, data=form | {"note": "Add a link that anyone can open."})
    assert "2 claims returned" in texts(client.get(done.headers["Location"]))
    assert state_of(house, ids[0]) is ClaimState.RETURNED


def test_a_return_of_one_from_the_queue_opens_its_page(house: House) -> None:
    (claim_id,) = waiting_claims(house, 1)
    answer = house.client_of("bo").post(
        DESK, data={"claim": seen([claim_id]), "decision": "return", "confirm": "1"}
    )
    assert answer.headers["Location"] == f"{page_of(claim_id)}#ask"


def test_a_thousand_claims_at_once(house: House) -> None:
    ids = many_waiting_claims(house.scope("ada"), 1000)
    client = house.client_of("bo")
    began = time.perf_counter()
    answer = approve_many(client, ids)
    seconds = time.perf_counter() - began
    print(f"1,000 claims approved over HTTP in {seconds:.2f} s")
    assert answer.status_code == 303
    assert "1,000 claims approved, 1,000 hours" in texts(client.get(answer.headers["Location"]))


# One claim


def test_the_page_of_a_claim_tells_everything_and_what_it_would_be_worth(house: House) -> None:
    claim_id = a_waiting_claim(house.scope("ada"), claimed_minutes=50)
    with house.database.session(house.maplewood.id) as session, session.writing():
        session.add(
            ReflectionAnswer(
                claim_id=claim_id,
                position=1,
                question="What did you learn?",
                answer="That <b>tags</b> are text.",
                version=1,
                saved_at=datetime.now(UTC),
                other_answer=None,
                other_saved_at=None,
            )
        )
    page = house.client_of("bo").get(page_of(claim_id))
    told = texts(page)
    assert "Ada Lindqvist claims 50 minutes" in told
    assert "That <b>tags</b> are text." in told
    assert "Why 45 minutes and not 50 minutes?" in told
    assert "All 8 checks pass" in told
    link = 'href="https://notes.example/circle" rel="noopener noreferrer nofollow"'
    assert link in page.get_data(as_text=True)


def test_after_a_decision_the_next_claim_opens_and_holds_the_undo(house: House) -> None:
    first, second, third = waiting_claims(house, 3)
    client = house.client_of("bo")
    answer = decide_one(client, second, "approve")
    assert answer.headers["Location"].startswith(f"{page_of(third)}?done=")
    page = client.get(answer.headers["Location"])
    assert "1 hour approved. You can undo until" in texts(page)
    undone = client.post(f"{DESK}/undo", data=fields(page, f"{DESK}/undo"))
    assert undone.headers["Location"] == page_of(second)
    assert state_of(house, second) is ClaimState.SUBMITTED
    assert decide_one(client, third, "approve").headers["Location"].startswith(page_of(first))


def test_the_claim_opens_that_was_named_even_if_the_order_changed(house: House) -> None:
    first, second, third, fourth = waiting_claims(house, 4)
    client = house.client_of("bo")
    form = fields(client.get(page_of(second)))
    assert form["following"] == ref_of(third)
    change(house, third, reflection_words=0)  # now the first of the list
    answer = client.post(DESK, data=form | {"decision": "approve"})
    assert answer.headers["Location"].startswith(f"{page_of(third)}?done=")
    form = fields(client.get(page_of(third)))
    assert form["following"] == ref_of(first)
    change(house, first, state=ClaimState.DENIED)
    answer = client.post(DESK, data=form | {"decision": "deny", "note": "This was a sales event."})
    assert answer.headers["Location"].startswith(f"{page_of(fourth)}?done=")


def test_only_what_waits_for_the_reviewer_opens_next(house: House) -> None:
    first, second = waiting_claims(house, 2)
    own = a_waiting_claim(house.scope("bo"), 5)
    client = house.client_of("bo")
    form = fields(client.get(page_of(first)))
    for named in (ref_of(own), ref_of(first), "nonsense"):
        answer = client.post(DESK, data=form | {"following": named, "decision": "approve"})
        assert answer.headers["Location"].startswith(f"{page_of(second)}?done=")
        client.post(f"{DESK}/undo", data=fields(client.get(answer.headers["Location"]), f"{DESK}/undo"))
        form = fields(client.get(page_of(first)))


def test_a_named_claim_opens_on_its_page_of_the_list(house: House) -> None:
    many_waiting_claims(house.scope("ada"), 120)
    client = house.client_of("bo")
    named = links(client.get(next_page(client.get(DESK))))[0].partition("?")[0]
    form = fields(client.get(links(client.get(DESK))[-1]))
    waiting_claims(house, 2)  # have waited longest, and move the others down
    answer = client.post(DESK, data=form | {"decision": "approve"})
    location = re.sub("done=[^&]+&?", "", answer.headers["Location"])
    assert location.startswith(f"{named}?after=")
    assert location in links(client.get(next_page(client.get(DESK))))


def test_the_same_words_lead_to_the_other_claim(house: House) -> None:
    mine = a_waiting_claim(house.scope("ada"), 1, reflection_digest="same")
    other = a_waiting_claim(house.scope("hal"), 2, reflection_digest="same")
    change(house, other, state=ClaimState.DENIED)
    page = house.client_of("bo").get(page_of(mine)).get_data(as_text=True)
    assert f'<a href="{page_of(other)}">Same words as Hal Whitfield, denied</a>' in page


@pytest.mark.parametrize(("whose", "school"), [("bo", "Maplewood North"), ("hal", "Maplewood South")])
def test_what_the_reader_may_not_open_is_named_without_a_link(house: House, whose: str, school: str) -> None:
    give_roles(house, "bo", Role.REVIEWER, schools=["Maplewood North"])
    north, others = house.school_ids["Maplewood North"], house.school_ids[school]
    mine = a_waiting_claim(house.scope("ada"), 1, reflection_digest="same", school_id=north)
    other = a_waiting_claim(house.scope(whose), 2, reflection_digest="same", school_id=others)
    page = house.client_of("bo").get(page_of(mine))
    assert "Same words as" in texts(page)
    assert ref_of(other) not in page.get_data(as_text=True)


def test_the_last_decision_leads_back_to_the_desk(house: House) -> None:
    (claim_id,) = waiting_claims(house, 1)
    client = house.client_of("bo")
    answer = decide_one(client, claim_id, "deny", note="This was a sales event.")
    assert answer.headers["Location"].startswith(f"{DESK}?done=")
    page = client.get(answer.headers["Location"])
    assert "denied. You can undo until" in texts(page)
    released = client.post(f"{DESK}/release", data=fields(page, f"{DESK}/release"))
    assert "Released: Ada Lindqvist, Reading circle 0. It is on the way" in texts(
        client.get(released.headers["Location"])
    )


def test_the_filter_goes_along_to_the_next_claim(house: House) -> None:
    first, _, third = waiting_claims(house, 3)
    with house.database.session(house.maplewood.id) as session, session.writing():
        session.execute(sa.update(Claim).where(Claim.id != first).values(kind="panel"))
    client = house.client_of("bo")
    page = client.get(f"{page_of(third)}?kind=panel")
    form = fields(page) | {"decision": "approve"}
    answer = client.post(f"{DESK}?kind=panel", data=form)
    assert "kind=panel" in answer.headers["Location"]
    assert ref_of(first) not in answer.headers["Location"]


def links(page: TestResponse) -> list[str]:
    """The claims that a list of the desk leads to, in its order."""
    return [
        link.replace("&amp;", "&")
        for link in re.findall(
            r'<th role="rowheader" scope="row"><a href="([^"]+)"', page.get_data(as_text=True)
        )
    ]


def test_next_opens_what_stands_next_in_the_list_with_its_filter(house: House) -> None:
    ids = waiting_claims(house, 5)
    with house.database.session(house.maplewood.id) as session, session.writing():
        session.execute(sa.update(Claim).where(Claim.id == ids[3]).values(reflection_words=0))
        session.execute(sa.update(Claim).where(Claim.id == ids[1]).values(kind="panel"))
    client = house.client_of("bo")
    listed = links(client.get(f"{DESK}?kind=webinar"))
    assert listed == [f"{page_of(ids[number])}?kind=webinar" for number in (3, 0, 2, 4)]
    for number, (address, following) in enumerate(pairwise(listed), start=1):
        page = client.get(address)
        assert f"{number} of 4" in texts(page)
        assert f'href="{following}"' in page.get_data(as_text=True)
    answer = client.post(
        f"{DESK}?kind=webinar", data=fields(client.get(listed[0])) | {"decision": "deny", "note": "No."}
    )
    assert re.sub("done=[^&]+&", "", answer.headers["Location"]) == listed[1]


def test_the_way_back_from_a_claim_leads_to_the_page_of_the_list(house: House) -> None:
    many_waiting_claims(house.scope("ada"), 120)
    client = house.client_of("bo")
    second = next_page(client.get(f"{DESK}?kind=webinar"))
    listed = links(client.get(second))
    page = client.get(listed[-1])
    assert "100 of 120" in texts(page)
    assert f'href="{second.replace("&", "&amp;")}">Reviews' in page.get_data(as_text=True)
    third = links(client.get(next_page(client.get(second))))
    assert f'href="{third[0].replace("&", "&amp;")}"' in page.get_data(as_text=True)


def next_page(page: TestResponse) -> str:
    """Where the list goes on."""
    found = re.search(r'rel="next" href="([^"]+)"', page.get_data(as_text=True))
    assert found is not None
    return found[1].replace("&amp;", "&")


def test_a_release_comes_back_to_where_it_was_pressed_and_says_what_left(house: House) -> None:
    ids = waiting_claims(house, 3)
    client = house.client_of("bo")
    answer = client.post(
        f"{DESK}?kind=webinar",
        data=fields(client.get(f"{page_of(ids[0])}?kind=webinar")) | {"decision": "approve"},
    )
    page = client.get(answer.headers["Location"])
    released = client.post(f"{DESK}/release", data=fields(page, f"{DESK}/release"))
    assert released.headers["Location"] == f"{page_of(ids[1])}?kind=webinar"
    told = texts(client.get(released.headers["Location"]))
    assert "Released: Ada Lindqvist, Reading circle 0. It is on the way" in told
    assert "Undo 15" not in told
    assert "Release now" not in told


def test_a_release_of_many_comes_back_to_their_outcome(house: House) -> None:
    client = house.client_of("bo")
    answer = client.post(
        f"{DESK}?kind=webinar",
        data={"claim": seen(waiting_claims(house, 2)), "decision": "approve", "idempotency_key": "k"},
    )
    address = answer.headers["Location"]
    page = client.get(address)
    assert f'href="{DESK}?kind=webinar">Back to the queue' in page.get_data(as_text=True)
    steps = _all_steps(page, "release")
    released = client.post(f"{DESK}/release", data=steps | {"back": address})
    assert released.headers["Location"] == address
    told = texts(client.get(address))
    assert "Released: two decisions, for Ada Lindqvist. They are on the way" in told
    assert "Mail and certificates have left." in told


@pytest.mark.parametrize("back", ["", "https://elsewhere.example/", "//elsewhere.example", "\\elsewhere"])
def test_a_release_leads_nowhere_else(house: House, back: str) -> None:
    answer = house.client_of("bo").post(f"{DESK}/release", data={"step": ref_of(1), "back": back})
    assert answer.headers["Location"] == DESK


def test_an_undo_keeps_the_list_that_the_claim_came_from(house: House) -> None:
    first, *_ = waiting_claims(house, 2)
    client = house.client_of("bo")
    answer = client.post(
        f"{DESK}?kind=webinar",
        data=fields(client.get(f"{page_of(first)}?kind=webinar")) | {"decision": "approve"},
    )
    undo = f"{DESK}/undo?kind=webinar"
    undone = client.post(undo, data=fields(client.get(answer.headers["Location"]), undo))
    assert undone.headers["Location"] == f"{page_of(first)}?kind=webinar"


def test_what_would_be_returned_is_told_with_its_hours_and_whom_it_skips(house: House) -> None:
    good, gone, other = waiting_claims(house, 3)
    withdraw_claim(house.scope("ada"), gone)
    page = house.client_of("bo").post(
        f"{DESK}?kind=webinar",
        data={"claim": seen([good, gone, other]), "decision": "return", "confirm": "1"},
    )
    told = texts(page)
    assert "Return 2 claims, 2 hours Nothing is decided for one claim (no longer waiting)." in told
    assert f'href="{DESK}?kind=webinar">Back to the queue' in page.get_data(as_text=True)


def test_one_hour_is_one_hour(house: House) -> None:
    waiting_claims(house, 1)
    assert "1 of 1 selected, 1 h " in texts(house.client_of("bo").get(f"{DESK}?select=passing"))


def test_other_hours_need_a_reason_and_nothing_typed_is_lost(house: House) -> None:
    (claim_id,) = waiting_claims(house, 1)
    client = house.client_of("bo")
    page = decide_one(client, claim_id, "approve", minutes="0.5", note="Thank you.")
    assert page.status_code == 422
    assert "Say why you changed the hours." in texts(page)
    typed = fields(page)
    assert (typed["minutes"], typed["note"]) == ("0.5", "Thank you.")
    answer = client.post(
        DESK, data=typed | {"decision": "approve", "adjust_reason": "You left at half past."}
    )
    assert answer.status_code == 303
    assert minutes_of(house, claim_id) == [30]


@pytest.mark.parametrize(
    "typed", ["NaN", "inf", "1_0", "\u0663", "-1", "1e2", "25", "0", "1.333", "0x10", "sNaN", "\uff11\uff12"]
)
def test_hours_are_read_strictly(house: House, typed: str) -> None:
    (claim_id,) = waiting_claims(house, 1)
    page = decide_one(house.client_of("bo"), claim_id, "approve", minutes=typed, adjust_reason="x")
    assert page.status_code == 422
    assert fields(page)["minutes"] == typed
    assert minutes_of(house, claim_id) == []


def test_a_return_comments_single_fields(house: House) -> None:
    (claim_id,) = waiting_claims(house, 1)
    client = house.client_of("bo")
    assert decide_one(client, claim_id, "return").status_code == 422
    answer = decide_one(client, claim_id, "return", ask_minutes="All of it?", ask_host="Who was it?")
    assert answer.status_code == 303
    with house.database.session(house.maplewood.id) as session:
        comments = session.execute(sa.select(FieldComment.field, FieldComment.comment)).all()
    assert {tuple(row) for row in comments} == {("minutes", "All of it?"), ("host", "Who was it?")}
    told = texts(client.get(page_of(claim_id)))
    assert "Asked for when it was returned" in told
    assert "All of it?" in told


def test_what_was_asked_stands_beside_what_was_changed_since(house: House) -> None:
    claim_id = a_waiting_claim(house.scope("ada"), host="Readers")
    client = house.client_of("bo")
    decide_one(
        client, claim_id, "return", ask_minutes="All of it?", ask_host="Who was it?", note="Two things."
    )
    told = texts(client.get(page_of(claim_id)))
    assert "Asked for when it was returned Returned by you, today" in told
    assert "Host Who was it? Not changed since Readers" in told
    with house.database.session(house.maplewood.id) as session, session.writing():
        session.execute(sa.update(Claim).where(Claim.id == claim_id).values(claimed_minutes=45))
    submit_claim(house.scope("ada"), claim_id, seen_version=2)
    told = texts(client.get(page_of(claim_id)))
    assert "Ada Lindqvist claims 0.75 hours" in told
    assert "Two things. Host Who was it? Not changed since Readers" in told
    assert "Hours All of it? Changed since 0.75 hours Before : Hours 1 hour Activity" in told


def test_a_comment_that_knows_nothing_of_then_claims_nothing(house: House) -> None:
    """As those are that were written before the comments kept what the fields said."""
    (claim_id,) = waiting_claims(house, 1)
    bo = house.scope("bo")
    step_id = return_claim(
        bo, claim_id, seen_version=1, comments={}, labels={}, note="Say more.", issuer=AN_ISSUER
    )
    with bo.session.writing():
        for field in ("host", "evidence"):
            bo.session.add(FieldComment(id=new_id(), step_id=step_id, field=field, comment=f"Which {field}?"))
    told = texts(house.client_of("bo").get(page_of(claim_id)))
    assert "Host Which host? Society" in told
    assert "Evidence Which evidence? Not changed since Link: https://notes.example/circle" in told


def test_comments_on_fields_are_never_thrown_away_by_another_decision(house: House) -> None:
    (claim_id,) = waiting_claims(house, 1)
    client = house.client_of("bo")
    page = decide_one(client, claim_id, "approve", ask_title="Spell it out.")
    assert page.status_code == 422
    assert fields(page)["ask_title"] == "Spell it out."
    assert state_of(house, claim_id) is ClaimState.SUBMITTED


def test_a_denial_needs_a_reason(house: House) -> None:
    (claim_id,) = waiting_claims(house, 1)
    client = house.client_of("bo")
    page = decide_one(client, claim_id, "deny")
    assert page.status_code == 422
    assert "Say why. The teacher sees it." in texts(page)
    assert decide_one(client, claim_id, "deny", note="No hours are given for this.").status_code == 303
    assert state_of(house, claim_id) is ClaimState.DENIED


@pytest.mark.parametrize("words", ["Ω" * 2001, "Turned \u202e around"])
def test_a_note_that_can_not_be_taken_comes_back_with_its_reason(house: House, words: str) -> None:
    ids = waiting_claims(house, 2)
    client = house.client_of("bo")
    page = decide_one(client, ids[0], "deny", note=words)
    assert page.status_code == 422
    assert fields(page)["note"] == words
    assert "One thing to put right" in texts(page)
    many = client.post(DESK, data={"claim": seen(ids), "decision": "return", "note": words})
    assert many.status_code == 422
    assert fields(many)["note"] == words
    assert "One thing to put right" in texts(many)


def test_long_comments_in_any_alphabet_are_taken(house: House) -> None:
    (claim_id,) = waiting_claims(house, 1)
    asked = {f"ask_{field}": "ế" * 1000 for field in ("title", "host", "time", "minutes", "evidence")}
    answer = decide_one(house.client_of("bo"), claim_id, "return", note="Đ" * 2000, **asked)
    assert answer.status_code == 303


def test_what_changed_meanwhile_is_shown_as_it_is_now_with_what_was_typed(house: House) -> None:
    (claim_id,) = waiting_claims(house, 1)
    client = house.client_of("bo")
    form = fields(client.get(page_of(claim_id)))
    with house.database.session(house.maplewood.id) as session, session.writing():
        session.execute(
            sa.update(Claim)
            .where(Claim.id == claim_id)
            .values(title="Reading circle, corrected", claimed_minutes=45, version=2)
        )
    page = client.post(DESK, data=form | {"decision": "approve", "note": "Well told."})
    assert page.status_code == 409
    told = texts(page)
    assert "It changed since you opened it." in told
    assert "Reading circle, corrected" in told
    assert fields(page)["note"] == "Well told."
    assert minutes_of(house, claim_id) == []
    assert client.post(DESK, data=fields(page) | {"decision": "approve"}).status_code == 303
    assert minutes_of(house, claim_id) == [45]


def test_a_form_that_was_refused_does_not_hide_that_the_claim_changed(house: House) -> None:
    (claim_id,) = waiting_claims(house, 1)
    client = house.client_of("bo")
    form = fields(client.get(page_of(claim_id)))
    with house.database.session(house.maplewood.id) as session, session.writing():
        session.execute(sa.update(Claim).where(Claim.id == claim_id).values(claimed_minutes=600, version=2))
    refused = client.post(DESK, data=form | {"decision": "deny"})
    assert refused.status_code == 422
    page = client.post(DESK, data=fields(refused) | {"decision": "approve", "minutes": "10"})
    assert page.status_code == 409
    assert minutes_of(house, claim_id) == []


def test_what_a_colleague_decided_meanwhile_keeps_what_was_typed(house: House) -> None:
    give_roles(house, "hal", Role.REVIEWER)
    (claim_id,) = waiting_claims(house, 1)
    client = house.client_of("bo")
    form = fields(client.get(page_of(claim_id)))
    approve_claims(house.scope("hal"), [Wish(claim_id, 1)], AN_ISSUER)
    page = client.post(
        DESK, data=form | {"decision": "return", "note": "Say more.", "ask_time": "Which day?"}
    )
    assert page.status_code == 409
    told = texts(page)
    assert "What you wrote is still here." in told
    assert "Say more." in told
    assert "Which day?" in told
    assert "Approved by Hal Whitfield" in told


def test_a_double_click_on_one_claim_is_one_decision(house: House) -> None:
    (claim_id,) = waiting_claims(house, 1)
    client = house.client_of("bo")
    form = fields(client.get(page_of(claim_id))) | {"decision": "approve"}
    answers = [client.post(DESK, data=form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert minutes_of(house, claim_id) == [60]


# Whose claim it is


@pytest.mark.parametrize("roles", [(Role.TEACHER, Role.REVIEWER), tuple(Role)])
def test_ones_own_claim_is_for_a_colleague(house: House, roles: tuple[Role, ...]) -> None:
    give_roles(house, "ada", *roles)
    (claim_id,) = waiting_claims(house, 1)
    ada = house.client_of("ada")
    page = ada.get(page_of(claim_id))
    assert page.status_code == 403
    assert "This is your own claim. A colleague decides it." in texts(page)
    sent = ada.post(DESK, data={"claim": seen([claim_id]), "decision": "approve", "one": "1"})
    assert sent.status_code == 403
    assert approve_many(ada, [claim_id]).status_code == 409
    assert minutes_of(house, claim_id) == []


def test_a_claim_of_an_event_that_one_hosts_is_for_a_colleague(house: House) -> None:
    claim_id = a_waiting_claim(house.scope("ada"), event_id=an_event_hosted_by(house, "bo"))
    bo = house.client_of("bo")
    page = bo.get(page_of(claim_id))
    assert page.status_code == 403
    assert "You host this event." in texts(page)
    assert approve_many(bo, [claim_id]).status_code == 409


def test_a_reviewer_of_another_school_finds_and_decides_nothing(house: House) -> None:
    (claim_id,) = waiting_claims(house, 1)
    give_roles(house, "bo", Role.REVIEWER, schools=["Maplewood South"])
    bo = house.client_of("bo")
    assert bo.get(page_of(claim_id)).status_code == 404
    refused = approve_many(bo, [claim_id])
    assert refused.status_code == 409
    assert "Ada" not in texts(refused)
    assert minutes_of(house, claim_id) == []


def test_the_other_districts_claim_is_not_there(house: House) -> None:
    claim_id = a_waiting_claim(house.scope("dee"))
    bo = house.client_of("bo")
    assert bo.get(page_of(claim_id)).status_code == 404
    assert approve_many(bo, [claim_id]).status_code == 409


# Afterwards


def test_credit_is_taken_back_after_its_release_with_a_reason(house: House) -> None:
    (claim_id,) = waiting_claims(house, 1)
    client = house.client_of("bo")
    decide_one(client, claim_id, "approve")
    assert "Take the credit back" not in texts(client.get(page_of(claim_id)))
    address = f"{page_of(claim_id)}/reversal"
    early = client.post(address, data={"claim": seen([claim_id], 2), "reason": "No record."})
    assert early.status_code == 409
    assert "can undo that until" in texts(early)
    let_time_pass(house)
    page = client.get(page_of(claim_id))
    form = fields(page, address)
    refused = client.post(address, data=form)
    assert refused.status_code == 422
    assert "Say why." in texts(refused)
    done = client.post(address, data=form | {"reason": "The host has no record."})
    assert done.headers["Location"] == page_of(claim_id)
    assert "Reversed by Bo Tran" in texts(client.get(page_of(claim_id)))
    assert minutes_of(house, claim_id) == [60, -60]


def test_an_administrator_can_take_credit_back(house: House) -> None:
    (claim_id,) = waiting_claims(house, 1)
    decide_one(house.client_of("bo"), claim_id, "approve")
    let_time_pass(house)
    cam = house.client_of("cam")
    address = f"{page_of(claim_id)}/reversal"
    form = fields(cam.get(page_of(claim_id)), address)
    assert cam.post(address, data=form | {"reason": "Entered twice."}).status_code == 303
    assert state_of(house, claim_id) is ClaimState.REVERSED


def test_the_decided_tab_offers_the_undo_to_who_decided_only(house: House) -> None:
    give_roles(house, "hal", Role.REVIEWER)
    (claim_id,) = waiting_claims(house, 1)
    bo = house.client_of("bo")
    decide_one(bo, claim_id, "approve")
    page = bo.get(f"{DESK}?tab=decided")
    assert "Approved by you" in texts(page)
    assert "Undo" not in texts(house.client_of("hal").get(f"{DESK}?tab=decided"))
    undo = f"{DESK}/undo?tab=decided"
    bo.post(undo, data=fields(page, undo))
    assert state_of(house, claim_id) is ClaimState.SUBMITTED
    let_time_pass(house)
    with house.database.session(house.maplewood.id) as session:
        assert session.scalars(sa.select(ClaimStep.step).order_by(ClaimStep.id)).all()[-1] is Step.UNDO


def test_an_undo_too_late_says_so(house: House) -> None:
    (claim_id,) = waiting_claims(house, 1)
    client = house.client_of("bo")
    page = client.get(decide_one(client, claim_id, "approve").headers["Location"])
    form = fields(page, f"{DESK}/undo")
    let_time_pass(house)
    answer = client.post(f"{DESK}/undo", data=form)
    assert "Its mail has already left." in texts(client.get(answer.headers["Location"]))
    assert minutes_of(house, claim_id) == [60]


def _all_steps(page: TestResponse, what: str = "undo") -> dict[str, list[str]]:
    """Every decision that the page's Undo or Release names."""
    text = page.get_data(as_text=True)
    form = text[text.index(f'action="{DESK}/{what}') :]
    form = form[: form.index("</form>")]
    return {"step": [part.split('"')[0] for part in form.split('name="step" value="')[1:]]}


@pytest.mark.parametrize("person", ["0000000000000", "000000000000z"])
def test_a_queue_of_somebody_without_claims_is_empty(house: House, person: str) -> None:
    answer = house.client_of("bo").get(f"/maplewood/reviews?person={person}")
    assert answer.status_code == 200
    assert "Only one person." in answer.text
