"""Gathering short sessions on the web: from the event's page to the certificate, and what is said on the way."""

from __future__ import annotations

from datetime import timedelta

from pdtracker.actions.check_ins import check_in_by_screen, check_out
from pdtracker.actions.claims import begin_from_event
from pdtracker.actions.reviews import Wish, approve_claims
from pdtracker.domain.kinds import EventKind
from pdtracker.domain.refs import ref_of
from pdtracker.domain.when import local
from pdtracker.queries import bundles, claims
from tests.bundling import (
    TOPIC,
    a_bundle,
    a_chat,
    a_full_bundle,
    a_sent_bundle,
    add_chat,
    add_own,
    answer,
    publish_bundles,
)
from tests.checking_in import a_desk, code_at, sent
from tests.claiming import ON_ONE_DATABASE, page_of, send, today
from tests.factories import AN_ISSUER, House
from tests.reviewing_client import fields

pytestmark = ON_ONE_DATABASE


def test_a_chat_that_is_too_short_alone_is_gathered_from_its_page(house: House) -> None:
    publish_bundles(house)
    ada = today(house)
    event_id = a_chat(ada, 3)
    client = house.client_of("ada")
    shown = client.get(f"/events/{ref_of(event_id)}")
    assert "Not alone" in shown.text
    assert "Add to a bundle" in shown.text
    chosen = client.get("/maplewood/claims/bundles/new", query_string={"event": ref_of(event_id)})
    assert "Begin a bundle" in chosen.text
    begun = client.post(
        "/maplewood/claims/bundles",
        data={"event": ref_of(event_id), "title": TOPIC, "kind": "hashtag_chat", "category": "ell"},
    )
    assert begun.status_code == 303
    ada.session.rollback()
    (gathered,) = bundles.open_bundles(ada)
    ada.session.rollback()
    assert client.get(begun.location).status_code == 200
    named = {"event": ref_of(event_id), "link": "https://posts.example/1"}
    part = client.post(page_of(gathered.id, "/sessions/new"), data=named)
    assert part.status_code == 422
    assert "Enter when it started." in part.text
    starts = local(ada.at - timedelta(days=3, hours=2), "America/New_York")
    hours = {
        "starts": f"{starts:%Y-%m-%dT%H:%M}",
        "ends": f"{starts + timedelta(minutes=20):%Y-%m-%dT%H:%M}",
    }
    for _ in range(2):
        assert client.post(page_of(gathered.id, "/sessions/new"), data=named | hours).status_code == 303
    add_own(ada, gathered.id, 5, 15)
    page = client.get(page_of(gathered.id, "/sessions"))
    assert "35 of 60\N{NO-BREAK SPACE}minutes; 25 to go" in page.text
    assert "#edtech chat 3" in page.text
    # One unit for all of them, in figures beside the ring too: never "20 min" here and "0.25 h" there.
    for told in ("20\N{NO-BREAK SPACE}minutes", "15\N{NO-BREAK SPACE}minutes", "<b>35</b> of 60"):
        assert told in page.text
    for mixed in ("0.25", "\N{NO-BREAK SPACE}h<", "\N{NO-BREAK SPACE}min<"):
        assert mixed not in page.text


def test_an_event_that_cannot_be_added_answers_409_with_the_way_on(house: House) -> None:
    publish_bundles(house)
    ada, client = today(house), house.client_of("ada")
    event_id = a_chat(ada, 3)
    starts = local(ada.at - timedelta(days=3, hours=2), "America/New_York")
    sent_form = {
        "event": ref_of(event_id),
        "link": "https://posts.example/1",
        "starts": f"{starts:%Y-%m-%dT%H:%M}",
        "ends": f"{starts + timedelta(minutes=20):%Y-%m-%dT%H:%M}",
    }
    of_webinars = a_bundle(ada, kind=EventKind.WEBINAR)
    refused = client.post(page_of(of_webinars, "/sessions/new"), data=sent_form)
    assert refused.status_code == 409
    assert "Begin another one for hashtag chats." in refused.text
    first, second = a_bundle(ada), a_bundle(ada, "Another topic")
    assert client.post(page_of(first, "/sessions/new"), data=sent_form).status_code == 303
    twice = client.post(page_of(second, "/sessions/new"), data=sent_form)
    assert twice.status_code == 409
    assert "You claim this session already." in twice.text
    assert bundles.parts_of(ada, second) == ()


def test_a_session_of_ones_own_is_added_changed_and_taken_out(house: House) -> None:
    publish_bundles(house)
    ada = today(house)
    claim_id = a_bundle(ada)
    client = house.client_of("ada")
    day = (ada.at - timedelta(days=2)).date().isoformat()
    entered = {
        "title": "Captions",
        "host": "Our group",
        "starts": f"{day}T12:00",
        "ends": f"{day}T12:20",
        "zone": "America/New_York",
        "note": "I told how we caption.",
    }
    assert client.post(page_of(claim_id, "/sessions/new"), data=entered).status_code == 303
    (part,) = bundles.parts_of(ada, claim_id)
    ada.session.rollback()
    address = page_of(claim_id, f"/sessions/{ref_of(part.id)}")
    assert "I told how we caption." in client.get(address).text
    assert client.post(address, data={**entered, "ends": f"{day}T12:30"}).status_code == 303
    assert bundles.parts_of(ada, claim_id)[0].minutes == 30
    ada.session.rollback()
    refused = client.post(address, data={**entered, "note": ""})
    assert refused.status_code == 422
    assert "Add a link, or say in a sentence" in refused.text
    assert client.post(f"{address}/removal").status_code == 303
    assert bundles.parts_of(ada, claim_id) == ()


def test_topic_and_categories_are_kept_for_all_sessions(house: House) -> None:
    publish_bundles(house)
    ada = today(house)
    claim_id = a_full_bundle(ada)
    client = house.client_of("ada")
    kept = client.post(
        page_of(claim_id, "/sessions"),
        data={"title": "Captions", "split_ell": "0:40", "split_content": "0:20"},
    )
    assert kept.status_code == 303
    assert claims.own_claim(ada, claim_id).title == "Captions"
    ada.session.rollback()
    wrong = client.post(page_of(claim_id, "/sessions"), data={"title": "Captions", "split_ell": "0:50"})
    assert wrong.status_code == 422
    assert "These add up to" in wrong.text


def test_home_and_the_check_tell_how_far_it_has_come(house: House) -> None:
    publish_bundles(house)
    ada = today(house)
    claim_id = a_bundle(ada)
    add_chat(ada, claim_id, 3, 35)
    client = house.client_of("ada")
    home = client.get("/maplewood")
    assert f"Gather short sessions: {TOPIC}" in home.text
    assert "35 of 60\N{NO-BREAK SPACE}minutes; 25 to go" in home.text
    check = client.get(page_of(claim_id, "/answers"))
    assert "Add sessions of 25\N{NO-BREAK SPACE}minutes or more" in check.text


def test_a_draft_that_is_too_short_alone_offers_a_bundle(house: House) -> None:
    publish_bundles(house)
    ada = today(house)
    draft = begin_from_event(ada, a_chat(ada, 3))
    client = house.client_of("ada")
    for below in ("/time", "/answers"):
        assert "Add to a bundle" in client.get(page_of(draft, below)).text
    claim_id = a_bundle(ada)
    page = client.get(page_of(claim_id, "/sessions/new"), query_string={"draft": ref_of(draft)})
    assert "is laid aside when you add it here" in page.text


def test_a_reviewer_sees_each_session_with_its_checks_and_asks_at_one(house: House) -> None:
    publish_bundles(house)
    ada = today(house)
    claim_id = a_sent_bundle(ada)
    part = bundles.parts_of(ada, claim_id)[0]
    version = claims.own_claim(ada, claim_id).version
    ada.session.rollback()
    bo = house.client_of("bo")
    page = bo.get(f"/maplewood/reviews/{ref_of(claim_id)}")
    assert page.text.count("No overlap") >= 4
    assert "Three sessions on “" in page.text
    returned = bo.post(
        "/maplewood/reviews",
        data={
            "claim": f"{ref_of(claim_id)}.{version}",
            "one": "1",
            "decision": "return",
            f"ask_{part.field}": "Which post is yours?",
            "idempotency_key": "r" * 32,
        },
    )
    assert returned.status_code == 303
    client = house.client_of("ada")
    assert "Which post is yours?" in client.get(page_of(claim_id)).text
    assert "Which post is yours?" in client.get(page_of(claim_id, "/sessions")).text
    assert "Which post is yours?" in client.get(page_of(claim_id, f"/sessions/{ref_of(part.id)}")).text


def test_a_credited_bundle_lists_its_sessions_wherever_it_is_read(house: House) -> None:
    publish_bundles(house)
    ada, bo = today(house), today(house, "bo")
    claim_id = a_full_bundle(ada)
    send(ada, claim_id)
    version = claims.own_claim(ada, claim_id).version
    ada.session.rollback()
    (outcome,) = approve_claims(bo, [Wish(claim_id, version)], AN_ISSUER)
    assert outcome.refusal is None
    client = house.client_of("ada")
    page = client.get(page_of(claim_id))
    assert "Session 3" in page.text
    assert "#edtech chat 21" in page.text


def test_other_peoples_bundles_are_not_there(house: House) -> None:
    publish_bundles(house)
    ada = today(house)
    claim_id = a_bundle(ada)
    part_id = add_own(ada, claim_id, 3)
    answer(ada, claim_id)
    for name in ("bo", "dee"):
        client = house.client_of(name)
        for below in ("/sessions", "/sessions/new", f"/sessions/{ref_of(part_id)}"):
            assert client.get(page_of(claim_id, below)).status_code in {403, 404}


def test_a_district_without_bundles_says_so(house: House) -> None:
    client = house.client_of("ada")
    page = client.get("/maplewood/claims/bundles/new")
    assert "count short sessions" in page.text
    refused = client.post(
        "/maplewood/claims/bundles", data={"title": "A", "kind": "webinar", "category": "ell"}
    )
    assert refused.status_code == 422


def test_a_part_begins_with_when_one_was_checked_in_and_asks_for_no_link(house: House) -> None:
    publish_bundles(house)
    at = today(house).at
    desk = a_desk(house, at - timedelta(hours=2))
    began = at - timedelta(hours=2)
    check_in_by_screen(house.scope("ada", began), desk.id, code_at(desk, began), seen="", sent=sent())
    check_out(house.scope("ada", began + timedelta(minutes=25)), desk.id, sent=sent())
    claim_id = a_bundle(today(house), kind=EventKind.WEBINAR)
    client = house.client_of("ada")
    address = page_of(claim_id, "/sessions/new")
    shown = client.get(address, query_string={"event": ref_of(desk.event_id)})
    assert "That shows it." in shown.text
    form = fields(shown, address)
    starts = local(began, house.maplewood.zone)
    assert form["starts"][:16] == f"{starts:%Y-%m-%dT%H:%M}"
    assert form["ends"][:16] == f"{starts + timedelta(minutes=25):%Y-%m-%dT%H:%M}"
    assert form["link"] == form["note"] == ""
    assert client.post(address, data=form).status_code == 303
    (part,) = bundles.parts_of(today(house), claim_id)
    assert part.minutes == 25
    shown = client.get(page_of(claim_id, f"/sessions/{ref_of(part.id)}"))
    assert "That shows it." in shown.text


def test_without_a_check_in_a_part_begins_with_the_hours_of_the_event(house: House) -> None:
    publish_bundles(house)
    ada = today(house)
    event_id, claim_id = a_chat(ada, 3), a_bundle(ada)
    address = page_of(claim_id, "/sessions/new")
    shown = house.client_of("ada").get(address, query_string={"event": ref_of(event_id)})
    assert "That shows it." not in shown.text
    starts = local(ada.at - timedelta(days=3, hours=2), "America/New_York")
    assert fields(shown, address)["starts"][:16] == f"{starts:%Y-%m-%dT%H:%M}"
