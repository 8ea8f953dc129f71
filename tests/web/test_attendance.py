"""Step 2: when one was there, and what shows it. Each is kept for itself, and nothing that was typed is lost."""

from __future__ import annotations

import io
import re
import struct
import zlib
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image

from pdtracker.domain.kinds import EventKind
from pdtracker.domain.refs import ref_of
from pdtracker.domain.when import local
from pdtracker.queries import claims, evidence
from pdtracker.scope import Scope
from tests.claiming import ON_ONE_DATABASE, a_draft, a_sent_claim, at_hours, page_of, today
from tests.factories import House
from tests.reviewing_client import ReviewingClient, fields, texts

ZONE = "America/New_York"


def clock(scope: Scope, hours: float) -> str:
    """What a time field sends for the moment so many hours ago."""
    return local(scope.at - timedelta(hours=hours), ZONE).strftime("%Y-%m-%dT%H:%M")


class Step:
    """Ada at the second step of a draft from an event that ran from two hours to one hour ago."""

    def __init__(self, house: House, **event: object) -> None:
        self.house, self.who = house, today(house)
        self.claim_id = a_draft(self.who, **event)
        self.address = page_of(self.claim_id, "/time")
        self.ada: ReviewingClient = house.client_of("ada")

    def send(self, **values: object):  # type: ignore[no-untyped-def]
        form = fields(self.ada.get(self.address), self.address)
        return self.ada.post(self.address, data={**form, "then": "go", **values})

    @property
    def claim(self) -> claims.ClaimRow:
        return claims.own_claim(today(self.house), self.claim_id)

    @property
    def pieces(self) -> tuple[evidence.EvidenceRow, ...]:
        return evidence.evidence(today(self.house), self.claim_id)


@pytest.fixture
def step(house: House) -> Step:
    return Step(house)


def test_times_are_filled_in_and_a_link_is_enough(step: Step) -> None:
    answer = step.send(evidence="link", link="https://posts.example/1")
    assert (answer.status_code, answer.location) == (303, page_of(step.claim_id, "/reflection"))
    assert [piece.link for piece in step.pieces] == ["https://posts.example/1"]


def test_without_evidence_it_does_not_go_on_but_time_is_kept(step: Step) -> None:
    answer = step.send(minutes="0.5")
    assert answer.status_code == 422
    assert "Add a link or a file, or give your word that you were there." in texts(answer)
    assert step.claim.minutes == 30


@ON_ONE_DATABASE
@pytest.mark.parametrize(
    "typed",
    [
        "NaN",
        "nan",
        "inf",
        "-inf",
        "Infinity",
        "sNaN",
        "1e400",
        "1e-320",
        "-0",
        "0",
        "0x10",
        "1_0",
        "٣",
        "１２",
        "9" * 5000,
        "3.999999999999999999",
        "-1",
        "25",
        "1,5",
        "1:60",
        "abc",
        "½",
    ],
)
def test_hours_that_are_none_are_refused_and_stay_on_the_page(step: Step, typed: str) -> None:
    answer = step.send(minutes=typed, evidence="link", link="https://posts.example/1")
    assert answer.status_code == 422
    assert fields(answer, step.address)["minutes"] == typed
    assert step.claim.minutes == 60
    assert len(step.pieces) == 1


def test_a_blank_before_hours_means_nothing(step: Step) -> None:
    step.send(minutes=" 0.75 ")
    assert step.claim.minutes == 45


def test_an_end_before_the_start_is_refused(step: Step) -> None:
    answer = step.send(starts=clock(step.who, 1), ends=clock(step.who, 2))
    assert answer.status_code == 422
    assert "Enter an end after that" in texts(answer)
    assert fields(answer, step.address)["starts"] == clock(step.who, 1)


def test_a_session_that_lies_ahead_is_refused(step: Step) -> None:
    answer = step.send(starts=clock(step.who, -1), ends=clock(step.who, -2))
    assert "You can send the claim once it is over." in texts(answer)
    assert answer.status_code == 422


def test_an_hour_that_the_clocks_skipped_is_refused(step: Step) -> None:
    answer = step.send(starts="2026-03-08T02:30", ends="2026-03-08T03:30")
    assert answer.status_code == 422
    assert "the clocks were put forward" in texts(answer)


def test_of_an_hour_that_came_twice_the_first_is_meant(house: House) -> None:
    began = datetime(2025, 11, 2, 5, 30, tzinfo=UTC)
    step = Step(house, starts_at=began, ends_at=began + timedelta(hours=2))
    step.send(starts="2025-11-02T01:30", ends="2025-11-02T02:30")
    claim = step.claim
    assert claim.starts_at is not None
    assert claim.ends_at is not None
    assert (claim.ends_at - claim.starts_at) == timedelta(hours=2)


@ON_ONE_DATABASE
@pytest.mark.parametrize("typed", ["yesterday", "2026-13-01T10:00", "٢٠٢٦-01-01T10:00", "2026-01-01", "1e9"])
def test_times_that_are_none_are_refused_and_stay_on_the_page(step: Step, typed: str) -> None:
    answer = step.send(starts=typed)
    assert answer.status_code == 422
    assert "Enter day and time such as" in texts(answer)
    assert fields(answer, step.address)["starts"] == typed


def test_longer_than_the_session_is_told_at_the_end_and_a_reason_helps(step: Step) -> None:
    longer = {"ends": clock(step.who, 0.5), "evidence": "attestation", "note": "I asked about the drill."}
    answer = step.send(**longer)
    assert answer.status_code == 422
    assert 'id="ends-why"' in answer.get_data(as_text=True)
    assert "is 1.5 hours, and the webinar lasted 1 hour." in texts(answer).replace("\N{NO-BREAK SPACE}", " ")
    assert "tell us why it was longer" in texts(answer)
    answer = step.send(ends=longer["ends"], longer_reason="Questions went on for half an hour.")
    assert answer.status_code == 303
    assert step.claim.minutes == 90


def test_of_a_window_the_hours_are_asked(house: House) -> None:
    who = today(house)
    step = Step(house, kind=EventKind.FORUM, has_hours=False, **at_hours(who, 200, -200))
    asked = fields(step.ada.get(step.address), step.address)
    assert (asked["starts"], asked["ends"], asked["minutes"]) == ("", "", "")
    days = {"starts": clock(who, 48)[:10], "ends": clock(who, 0)[:10]}
    answer = step.send(**days, evidence="attestation", note="I wrote four answers.")
    assert answer.status_code == 422
    assert "Enter how many hours you spent" in texts(answer)
    answer = step.send(**days, minutes="2:30")
    assert answer.status_code == 303
    assert step.claim.minutes == 150
    shown = fields(step.ada.get(step.address), step.address)
    assert (shown["starts"], shown["ends"], shown["minutes"]) == (days["starts"], days["ends"], "2.5")


def test_a_day_that_is_still_to_come_is_refused_by_its_date(house: House) -> None:
    who = today(house)
    step = Step(house, kind=EventKind.BOOK_CLUB, has_hours=False, **at_hours(who, 200, -200))
    answer = step.send(starts=clock(who, 48)[:10], ends=clock(who, -48)[:10], minutes="2")
    assert answer.status_code == 422
    assert "is still to come. Enter today or a day before." in texts(answer)


@ON_ONE_DATABASE
@pytest.mark.parametrize("typed", ["yesterday", "2026-13-01", "9999-12-31", "0001-01-01", "٢٠٢٦-01-01"])
def test_days_that_are_none_are_refused_and_stay_on_the_page(house: House, typed: str) -> None:
    step = Step(house, kind=EventKind.FORUM, has_hours=False, **at_hours(today(house), 200, -200))
    for field in ("starts", "ends"):
        answer = step.send(**{field: typed, "minutes": "2"})
        assert answer.status_code == 422
        assert f'id="{field}-why"' in answer.get_data(as_text=True)
        assert fields(answer, step.address)[field] == typed


def test_of_a_live_event_whose_hours_nobody_recorded_nothing_is_assumed(house: House) -> None:
    who = today(house)
    step = Step(house, kind=EventKind.UNCONFERENCE, has_hours=False, **at_hours(who, 200, 150))
    page = step.ada.get(step.address)
    asked = fields(page, step.address)
    assert (asked["starts"], asked["ends"], asked["minutes"]) == ("", "", "")
    assert "Its hours are not recorded: say when you were there." in texts(page)
    answer = step.send(evidence="attestation", note="I was in two rooms.")
    assert answer.status_code == 422
    assert "Enter when it started." in texts(answer)
    assert step.claim.minutes is None
    assert "24 h" not in texts(step.ada.get(page_of(step.claim_id, "/answers")))


def test_a_time_that_another_claim_holds_is_told_where_it_is_entered(house: House) -> None:
    who = today(house)
    first = a_sent_claim(who, title="Hot seat", **at_hours(who, 2, 1.5))
    step = Step(house, title="Panel")
    link = f'href="{page_of(first)}">Look at “Hot seat”'
    page = step.ada.get(step.address)
    assert "You claim this time for “Hot seat” already" in texts(page)
    assert link in page.get_data(as_text=True)
    answer = step.send(evidence="link", link="https://posts.example/1")
    assert answer.status_code == 422
    assert 'id="starts-why"' in answer.get_data(as_text=True)
    assert link in answer.get_data(as_text=True)
    # It is kept all the same, and can wait.
    assert len(step.pieces) == 1
    assert step.send(then="later").status_code == 303
    assert step.send(starts=clock(who, 1.4)).location == page_of(step.claim_id, "/reflection")


def test_several_pieces_are_added_and_taken_out_again(step: Step) -> None:
    for number in (1, 2):
        answer = step.send(evidence="link", link=f"https://posts.example/{number}", then="more")
        assert answer.location == step.address
    first = step.pieces[0]
    step.send(evidence="attestation", note="I was there.", remove=ref_of(first.id))
    assert [piece.link or piece.note for piece in step.pieces] == ["https://posts.example/2", "I was there."]


def test_a_link_that_is_none_is_refused_and_stays_on_the_page(step: Step) -> None:
    answer = step.send(evidence="link", link="javascript:alert(1)")
    assert answer.status_code == 422
    assert fields(answer, step.address)["link"] == "javascript:alert(1)"
    assert fields(answer, step.address)["evidence"] == "link"


@pytest.mark.parametrize("kind", ["link", "file", "attestation"])
def test_chosen_evidence_has_to_be_there(step: Step, kind: str) -> None:
    assert step.send(evidence=kind).status_code == 422
    assert step.pieces == ()


def test_finish_later_keeps_what_is_there(step: Step) -> None:
    answer = step.send(minutes="0.5", then="later")
    assert (answer.status_code, answer.location) == (303, "/maplewood/claims")
    assert step.claim.minutes == 30


def _png(size: tuple[int, int] = (20, 20)) -> io.BytesIO:
    held = io.BytesIO()
    Image.new("RGB", size).save(held, "PNG")
    return io.BytesIO(held.getvalue())


def test_a_picture_is_taken_even_when_the_time_is_wrong(step: Step) -> None:
    answer = step.send(evidence="file", file=(_png(), "screen.png"), minutes="inf")
    assert answer.status_code == 422
    assert "screen.png" in texts(answer)
    assert [piece.file_name for piece in step.pieces] == ["screen.png"]


def test_an_html_page_that_calls_itself_pdf_is_refused(step: Step) -> None:
    page = io.BytesIO(b"<!doctype html><script>alert(document.cookie)</script>")
    answer = step.send(evidence="file", file=(page, "notes.pdf", "application/pdf"), minutes="0.5")
    assert answer.status_code == 422
    assert "Choose a PDF, JPEG or PNG file." in texts(answer)
    assert step.pieces == ()
    assert step.claim.minutes == 30


def test_a_png_bomb_is_refused(step: Step) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0))
    bomb = (
        b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 10_000_000)) + chunk(b"IEND", b"")
    )
    answer = step.send(evidence="file", file=(io.BytesIO(bomb), "screen.png"))
    assert answer.status_code == 422
    assert "25 million pixels" in texts(answer)


def test_a_file_that_is_too_large_costs_nothing_else(step: Step) -> None:
    large = io.BytesIO(b"%PDF-1.4\n" + b"0" * (11 * 1024 * 1024) + b"%%EOF")
    answer = step.send(evidence="file", file=(large, "scan.pdf"), minutes="0.5")
    # The client writes so large a body to a file, and leaves it open.
    answer.request.environ["wsgi.input"].close()
    assert answer.status_code == 422
    assert "larger than 10 MB" in texts(answer)
    assert step.claim.minutes == 30


def test_a_second_file_that_is_refused_holds_nobody_up(step: Step) -> None:
    assert "Nothing more" not in texts(step.ada.get(step.address))
    step.send(evidence="file", file=(_png(), "screen.png"), then="more")
    page = io.BytesIO(b"<!doctype html><p>Notes</p>")
    answer = step.send(evidence="file", file=(page, "my notes.html"))
    assert answer.status_code == 422
    assert "“my notes.html” was not taken. Choose a PDF, JPEG or PNG file." in texts(answer)
    assert fields(answer, step.address)["evidence"] == "file"
    assert "Nothing more" in texts(answer)
    assert step.send(evidence="file").location == page_of(step.claim_id, "/reflection")
    assert step.send(evidence="link", link="").location == page_of(step.claim_id, "/reflection")
    assert step.send(evidence="none", link="never an address").location == page_of(
        step.claim_id, "/reflection"
    )
    assert [piece.file_name for piece in step.pieces] == ["screen.png"]


def test_nothing_more_is_not_evidence(step: Step) -> None:
    assert step.send(evidence="none").status_code == 422


def _told(answer) -> list[str]:  # type: ignore[no-untyped-def]
    """The fields at which something is told, in the page's order."""
    return re.findall(r'id="([a-z_]+)-why"', answer.get_data(as_text=True))


def test_each_mistake_is_told_once_and_nothing_that_follows_from_it(step: Step) -> None:
    link = {"evidence": "link", "link": "https://posts.example/1"}
    answer = step.send(starts=clock(step.who, 1), ends=clock(step.who, 2), **link)
    assert _told(answer) == ["ends"]
    assert '<details class="because">' in answer.get_data(as_text=True)
    assert "You can stop here." not in texts(answer)
    answer = step.send(starts=clock(step.who, 1), ends=clock(step.who, 2), minutes="abc")
    assert _told(answer) == ["ends", "minutes"]
    answer = step.send(minutes="abc", evidence="")
    assert _told(answer) == ["minutes"]
    assert "You can stop here." in texts(step.ada.get(step.address))


def test_a_reason_is_asked_for_where_it_would_help(step: Step) -> None:
    answer = step.send(ends=clock(step.who, 0.5))
    assert '<details class="because" open>' in answer.get_data(as_text=True)
