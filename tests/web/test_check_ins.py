"""Check-in over the web: the phone's pages, the desk, the screen, the scanner and the sheet."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pypdf
import pytest
from werkzeug.test import TestResponse

from pdtracker.actions.taking_attendance import SheetLine, correct_entry, note_guest, type_sheet
from pdtracker.domain.check_in_codes import badge_of, screen_token
from pdtracker.domain.check_ins import Mark, Means
from pdtracker.domain.refs import ref_of
from pdtracker.domain.refusals import NotValid
from pdtracker.queries import check_ins
from pdtracker.queries.check_in_desks import DeskRow
from tests.checking_in import a_desk, a_hosted_event, lines, sent, short_code_at, token_at
from tests.factories import House
from tests.harness.writes import writes
from tests.reviewing_client import fields, texts

JSON = {"Accept": "application/json"}


def now() -> datetime:
    return datetime.now(UTC)


def open_desk(house: House) -> DeskRow:
    """A desk at which one can check in now."""
    return a_desk(house, now())


def desk_page(desk: DeskRow, rest: str = "") -> str:
    return f"/maplewood/desks/{ref_of(desk.id)}{rest}"


def token(desk: DeskRow) -> str:
    return f"/check-in/{token_at(desk, now())}"


def test_a_scan_a_button_and_a_way_out(house: House) -> None:
    desk = open_desk(house)
    ada = house.client_of("ada")
    scanned = ada.get(token(desk))
    assert "You check in as Ada Lindqvist" in texts(scanned)
    at = scanned.request.path
    done = ada.post(at, data=fields(scanned, at))
    assert done.status_code == 303
    mine = ada.get(done.location)
    assert "You are here since" in texts(mine)
    # Who scans again is told so, and nothing is noted twice.
    assert ada.get(token(desk)).location == done.location
    out = f"{done.location}/out"
    left = ada.post(out, data=fields(mine, out))
    assert left.status_code == 303
    assert "You were here for 0 minutes" in texts(ada.get(left.location))
    assert len(lines(house.scope("hal"))) == 2


def test_who_checked_out_logs_it_while_it_is_fresh(house: House) -> None:
    desk = open_desk(house)
    ada_id = house.person_ids["ada"]
    hal = house.scope("hal", now())
    for mark in (Mark.IN, Mark.OUT):
        note_guest(hal, desk.id, mark, person_id=ada_id, name="", means=Means.DESK, sent=sent())
    began = hal.at - timedelta(minutes=10)
    correct_entry(hal, desk.id, lines(hal)[0].id, began, reason="Came earlier.", nonce="abcdefgh")
    ada = house.client_of("ada")
    mine = ada.get(f"/check-in/at/{ref_of(desk.id)}")
    assert "You were here for 10 minutes" in texts(mine)
    done = ada.post("/maplewood/claims", data=fields(mine, "/maplewood/claims"))
    assert done.status_code == 303
    assert "/claims/" in done.location


def test_looking_at_a_code_writes_nothing(house: House) -> None:
    desk = open_desk(house)
    ada, hal = house.client_of("ada"), house.client_of("hal")
    ada.get("/check-in")
    with writes(house.database) as written:
        for path in (token(desk), f"/check-in/at/{ref_of(desk.id)}", "/check-in", "/check-in/kept"):
            assert ada.get(path).status_code == 200
        for rest in ("", "/screen", "/code.svg", "/now", "/scanner", "/guests?q=a", "/sheet", "/sheet.pdf"):
            assert hal.get(desk_page(desk, rest)).status_code == 200
    assert set(written) <= {"sign_in"}
    assert lines(house.scope("hal")) == []


def test_a_retry_is_the_same_check_in(house: House) -> None:
    desk = open_desk(house)
    ada = house.client_of("ada")
    at = token(desk)
    sent = fields(ada.get(at), at)
    for _ in range(3):
        assert ada.post(at, data=sent).status_code == 303
    assert len(lines(house.scope("hal"))) == 1


def test_who_is_not_signed_in_comes_back_with_the_scan(house: House) -> None:
    desk = open_desk(house)
    sent_on = house.visitor().get(token(desk))
    assert sent_on.status_code == 303
    back = parse_qs(urlsplit(sent_on.location).query)["next"][0]
    assert back.startswith("/check-in/")
    ada = house.client_of("ada")
    assert ada.get(back).status_code == 200
    # An old code that nobody opened in time is refused, and no other code's note helps it.
    old = f"/check-in/{screen_token(desk.id, desk.secret, now() - timedelta(minutes=3))}"
    for path in (old, f"{old}?{urlsplit(back).query}", f"{old}?opened=x"):
        refused = ada.get(path)
        assert refused.status_code == 409
        assert "It has changed since. Scan the screen again." in texts(refused)


def test_a_proof_of_having_seen_is_not_passed_on(house: House) -> None:
    desk = open_desk(house)
    old = screen_token(desk.id, desk.secret, now() - timedelta(minutes=5))
    ada, bo = house.client_of("ada"), house.client_of("bo")
    at = token(desk)
    seen = fields(ada.get(at), at)["seen"]
    for path in (f"/check-in/{old}", at):
        assert bo.post(path, data={"nonce": "abcdefgh", "seen": seen}).status_code == 403
    answer = ada.post(f"/check-in/{old}", data={"nonce": "abcdefgh", "seen": seen})
    assert answer.status_code == 409


@pytest.mark.parametrize("bad", ["x", "0" * 23, "0" * 22 + "u", "..%2f", "9" * 23])
def test_what_is_no_code_is_no_page(house: House, bad: str) -> None:
    for client in (house.visitor(), house.client_of("ada")):
        assert client.get(f"/check-in/{bad}").status_code in {303, 404}
    assert house.client_of("ada").get(f"/check-in/{bad}").status_code == 404


def test_refusals_say_what_next(house: House) -> None:
    early = a_desk(house, now(), began=-60)
    refused = house.client_of("ada").get(token(early))
    assert refused.status_code == 409
    assert "Check-in opens at" in texts(refused)
    assert "Type the code instead" not in texts(refused)
    old = open_desk(house)
    gone = house.client_of("ada").get(
        f"/check-in/{screen_token(old.id, old.secret, now() - timedelta(hours=1))}"
    )
    assert "Type the code instead" in texts(gone)


def test_a_typed_code_checks_in(house: House) -> None:
    desk = open_desk(house)
    ada = house.client_of("ada")
    page = ada.get("/check-in")
    sent = fields(page, "/check-in")
    wrong = ada.post("/check-in", data={**sent, "code": "000000"})
    assert wrong.status_code == 422
    assert "No session that is open now has this code" in texts(wrong)
    done = ada.post("/check-in", data={**sent, "code": short_code_at(desk, now()).lower()})
    assert done.location == f"/check-in/at/{ref_of(desk.id)}"
    for _ in range(5):
        ada.post("/check-in", data={**sent, "code": "000000"})
    waiting = ada.post("/check-in", data={**sent, "code": "000000"})
    assert waiting.status_code == 429
    assert fields(waiting, "/check-in")["code"] == "000000"
    # A phone's script gets the sentence alone.
    told = ada.post("/check-in", data={**sent, "code": "000000"}, headers={"Accept": "application/json"})
    assert told.status_code == 429
    assert told.get_json()["sentence"].startswith("Wait ")


def test_another_district_finds_nothing(house: House) -> None:
    desk = open_desk(house)
    dee = house.client_of("dee")
    for path in (token(desk), f"/check-in/at/{ref_of(desk.id)}", desk_page(desk), desk_page(desk, "/screen")):
        assert dee.get(path).status_code == 404
    assert (
        dee.post("/check-in", data={"code": short_code_at(desk, now()), "nonce": "abcdefgh"}).status_code
        == 422
    )


def test_a_desk_is_its_hosts(house: House) -> None:
    desk = open_desk(house)
    for rest in ("", "/screen", "/code.svg", "/now", "/scanner", "/guests", "/sheet", "/sheet.pdf"):
        assert house.client_of("ada").get(desk_page(desk, rest)).status_code == 404
        assert house.client_of("cam").get(desk_page(desk, rest)).status_code == 200
    assert house.visitor().get(desk_page(desk)).status_code == 303


def test_a_host_sets_up_check_in_from_the_event(house: House) -> None:
    event_id = a_hosted_event(house, now())
    hal = house.client_of("hal")
    event = f"/events/{ref_of(event_id)}"
    assert "Take attendance" in texts(hal.get(event))
    assert "Take attendance" not in texts(house.client_of("ada").get(event))
    page = f"/maplewood{event}/check-in"
    assert "Set up check-in" in texts(hal.get(page))
    assert hal.post(page).status_code == 303
    assert hal.get(page).status_code == 303
    assert "Check-in is open" in texts(house.client_of("ada").get(event))


def test_the_screen_shows_a_square_a_code_and_a_count(house: House) -> None:
    desk = open_desk(house)
    hal = house.client_of("hal")
    screen = texts(hal.get(desk_page(desk, "/screen")))
    assert "0 here now" in screen
    chat = re.search(
        r'data-copy="Check in: http://localhost([^"]+)"', hal.get(desk_page(desk, "/screen")).text
    )
    assert chat is not None
    ada = house.client_of("ada")
    typed = fields(ada.get(chat[1]), "/check-in")
    assert typed["code"] == short_code_at(desk, now())
    assert ada.post("/check-in", data=typed).status_code == 303
    square = hal.get(desk_page(desk, "/code.svg"))
    assert square.mimetype == "image/svg+xml"
    assert square.headers["Cache-Control"] == "no-store, private"
    told = hal.get(desk_page(desk, "/now"), headers=JSON).get_json()
    assert told["short"].replace(" ", "") == short_code_at(desk, now())
    assert 0 < told["milliseconds"] <= 30_000
    assert told["is_open"]
    assert 'http-equiv="refresh"' in hal.get(desk_page(desk, "/screen")).get_data(as_text=True)


def test_badges_are_scanned_and_typed(house: House) -> None:
    desk = open_desk(house)
    hal = house.client_of("hal")
    at = desk_page(desk, "/scanner")
    sent = fields(hal.get(at), at)
    badge = badge_of(desk.secret, desk.id, house.person_ids["ada"]).upper()
    assert badge in texts(house.client_of("ada").get(f"/check-in/at/{ref_of(desk.id)}"))
    assert hal.post(at, data={**sent, "badge": badge}).status_code == 303
    assert "Ada Lindqvist is checked in." in texts(hal.get(at))
    wrong = hal.post(at, data={**sent, "nonce": "another-one", "badge": "nobody"})
    assert wrong.status_code == 422
    scripted = hal.post(at, data={"badge": badge, "mark": "out", "nonce": "scripted-1"}, headers=JSON)
    assert scripted.get_json() == {"sentence": "Ada Lindqvist is checked out."}
    refused = hal.post(at, data={"badge": "nobody", "nonce": "scripted-2"}, headers=JSON)
    assert refused.status_code == 422
    assert "badge" in refused.get_json()["errors"]


def test_the_camera_of_any_phone_leads_to_the_scanner_with_the_badge(house: House) -> None:
    desk = open_desk(house)
    hal = house.client_of("hal")
    badge = badge_of(desk.secret, desk.id, house.person_ids["ada"])
    link = desk_page(desk, f"/scanner?badge={badge}")
    came = hal.get(link)
    assert "This is the badge of Ada Lindqvist" in texts(came)
    assert offered(came) == ["Check in", "Check out"]
    sent = fields(came, desk_page(desk, "/scanner")) | {"badge": badge, "mark": "in"}
    assert hal.post(desk_page(desk, "/scanner"), data=sent).status_code == 303
    goes = hal.get(link)
    assert "Ada Lindqvist , here since" in texts(goes)
    assert offered(goes) == ["Check out", "Check in"]
    other = hal.get(desk_page(desk, "/scanner?badge=0apr10qymwbk6"))
    assert "This isn’t a badge of this session." in texts(other)
    assert offered(other) == []
    assert house.client_of("ada").get(link).status_code == 404


def offered(answer: TestResponse) -> list[str]:
    """What can be pressed for the badge that was read, the likelier first."""
    return re.findall(r"<span>(Check (?:in|out))<span", answer.get_data(as_text=True))


def test_walk_ins_are_found_or_kept_as_a_name(house: House) -> None:
    desk = open_desk(house)
    hal = house.client_of("hal")
    at, find = desk_page(desk, "/guests"), desk_page(desk, "/guests?q=lind")
    found = hal.get(find)
    assert "Ada Lindqvist" in texts(found)
    ada = {"person": ref_of(house.person_ids["ada"]), "mark": "in", "from": "search"}
    assert hal.post(at, data={**ada, "nonce": "abcdefgh"}).status_code == 303
    stranger = {"name": "Zoë <b>Quill</b>", "mark": "in", "from": "search", "nonce": "ijklmnop"}
    assert hal.post(at, data=stranger).status_code == 303
    assert hal.post(at, data={**stranger, "name": "  ", "nonce": "qrstuvwx"}).status_code == 422
    assert hal.post(at, data={**ada, "person": "nobody", "nonce": "yzabcdef"}).status_code == 422
    desk_words = texts(hal.get(desk_page(desk)))
    assert "Zoë <b>Quill</b>" in desk_words
    assert "2 are here, 2 checked in" in desk_words
    out = {"person": ada["person"], "mark": "out", "nonce": "out-of-here"}
    assert hal.post(at, data=out).status_code == 303
    assert "1 is here, 2 checked in" in texts(hal.get(desk_page(desk)))


def test_a_correction_shows_beside_what_it_corrects(house: House) -> None:
    desk = open_desk(house)
    ada, hal = house.client_of("ada"), house.client_of("hal")
    at = token(desk)
    ada.post(at, data=fields(ada.get(at), at))
    entry = desk_page(desk, f"/entries/{ref_of(lines(house.scope('hal'))[0].id)}")
    sent = fields(hal.get(entry), entry)
    assert hal.post(entry, data={**sent, "reason": ""}).status_code == 422
    assert hal.post(entry, data={**sent, "at": "", "reason": "Early."}).status_code == 422
    assert (
        hal.post(entry, data={**sent, "what": "strike", "reason": "Somebody else’s phone."}).status_code
        == 303
    )
    page = texts(hal.get(entry))
    assert "Struck" in page
    assert "Somebody else’s phone." in page
    assert check_ins.attendance_of(house.scope("hal"), desk.event_id) == {}


def test_the_window_is_changed_at_the_desk(house: House) -> None:
    desk = open_desk(house)
    hal = house.client_of("hal")
    at = desk_page(desk, "/window")
    for minutes, status in (("45", 303), ("500", 422), ("x", 422), ("", 422)):
        assert hal.post(at, data={"opens_before": minutes, "closes_after": "30"}).status_code == status


def test_a_sheet_is_printed_and_typed_in(house: House) -> None:
    desk = open_desk(house)
    hal = house.client_of("hal")
    for paper, width in (("letter", 612), ("a4", 595.28)):
        made = hal.get(desk_page(desk, f"/sheet.pdf?names=all&blanks=30&paper={paper}"))
        assert made.mimetype == "application/pdf"
        read = pypdf.PdfReader(io.BytesIO(made.data))
        assert float(read.pages[0].mediabox.width) == pytest.approx(width)
        assert len(read.pages) >= 2
        assert "Ada Lindqvist" in read.pages[0].extract_text()
    for too_many in ("9000", "9" * 400):
        assert hal.get(desk_page(desk, f"/sheet.pdf?blanks={too_many}")).status_code == 422
    at = desk_page(desk, "/sheet")
    sent = fields(hal.get(at), at)
    assert hal.post(at, data=sent).status_code == 422
    typed = {**sent, "who_1": "ada@maplewood.example", "who_2": "Zoë Quill", "came_2": "noon"}
    slip = hal.post(at, data=typed)
    assert slip.status_code == 422
    assert "Enter a time such as 3:58 pm" in texts(slip)
    # As on paper, without am or pm: the one within the check-in is meant.
    came = desk.hours.starts_at.astimezone(ZoneInfo(desk.hours.zone))
    done = hal.post(at, data={**typed, "came_2": f"{came:%I.%M}"})
    assert done.status_code == 303
    assert "2 lines noted. Nobody here is called Zoë Quill: kept as a name." in texts(hal.get(done.location))


def test_a_line_of_the_sheet_is_never_still_to_come(house: House) -> None:
    desk = open_desk(house)
    line = SheetLine(1, "ada@maplewood.example", now() - timedelta(minutes=1), now() + timedelta(minutes=5))
    with pytest.raises(NotValid) as caught:
        type_sheet(house.scope("hal", now()), desk.id, [line], key="paper")
    assert caught.value.errors == {"left_1": "That is still to come. Enter a time that has passed."}


def test_what_a_device_kept_is_sent_with_a_fresh_token(house: House) -> None:
    desk = open_desk(house)
    ada = house.client_of("ada")
    then = now() - timedelta(minutes=10)
    path = f"/check-in/{screen_token(desk.id, desk.secret, then)}"
    told = ada.get("/check-in/kept", headers=JSON).get_json()
    assert told["person"] == ref_of(house.person_ids["ada"])
    kept = {
        "nonce": "kept-by-phone",
        "kept_at": then.isoformat().replace("+00:00", "Z"),
        "by": told["person"],
    }
    for _ in range(2):
        answer = ada.post(path, data=kept, headers=JSON)
        assert answer.get_json() == {"to": f"/check-in/at/{ref_of(desk.id)}"}
    assert [line.clock.value for line in lines(house.scope("hal"))] == ["device"]
    others = ada.post(path, data={**kept, "by": ref_of(house.person_ids["bo"])}, headers=JSON)
    assert others.status_code == 403
    for field, value in (("kept_at", "tomorrow"), ("by", "me"), ("nonce", "x")):
        assert ada.post(path, data={**kept, field: value}, headers=JSON).status_code == 422


def test_the_page_for_no_network_knows_nobody(house: House) -> None:
    ada = house.client_of("ada")
    for client in (ada, house.visitor()):
        page = client.get("/check-in/offline").get_data(as_text=True)
        assert "Ada" not in page
        assert "Maplewood" not in page
        assert "csrf_token" not in page
    script = ada.get("/check-in/worker.js")
    assert script.mimetype == "text/javascript"
    assert script.headers["Service-Worker-Allowed"] == "/"


def test_only_these_pages_may_trust_the_workers_address(house: House) -> None:
    desk = open_desk(house)
    ada = house.client_of("ada")
    assert "trusted-types check-in" in ada.get(token(desk)).headers["Content-Security-Policy"]
    assert "trusted-types 'none'" in ada.get("/maplewood/claims").headers["Content-Security-Policy"]
