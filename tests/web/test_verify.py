"""Anyone checks a certificate: by code, by file, in words and for programs, and guessing tells them nothing."""

from __future__ import annotations

import io
import re
import statistics
import time
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from pdtracker.web import verify as page
from tests.calendars import statements
from tests.certifying import (
    certified,
    certified_now,
    pdf,
    reissue,
    revoke,
    with_page_changed,
    with_record_of,
)
from tests.factories import NOW, House
from tests.reviewing_client import ReviewingClient, texts

JSON = {"Accept": "application/json"}
HEADERS_OF_EACH_ANSWER = {"X-Request-ID", "Date", "Content-Length"}


def send(client: ReviewingClient, data: bytes, **more: Any) -> TestResponse:
    """Choose a file and press the button, as a browser that keeps no cookies."""
    return client.post("/verify", data={"file": (io.BytesIO(data), "mine.pdf")}, token=False, **more)


def test_a_valid_certificate_states_every_signed_fact(house: House) -> None:
    numbers = certified(house, title="Join Secretary Duncan", hashtag="#ce14")
    words = texts(house.visitor().get(f"/verify/{numbers.code}")).replace("\u00a0", " ")
    for stated in (
        "Valid. Issued by Maplewood School District to Ada Lindqvist on October 20, 2014",
        "Join Secretary Duncan",
        "Monday, October 20, 2014, 10:00–11:00 am Eastern Time",
        "Webinar, live, #ce14",
        "Society of Readers",
        "Bo Tran, Reviewer, October 20, 2014",
        "Maplewood School District hours, edition",
        "Pedagogy 60 1",
        numbers.serial,
        " ".join(numbers.code[at : at + 4] for at in range(0, 16, 4)),
    ):
        assert stated in words


def test_a_revoked_one_says_so_first_with_day_and_reason(house: House) -> None:
    numbers = certified(house)
    revoke(house, numbers)
    words = texts(house.visitor().get(f"/verify/{numbers.code}")).replace("\u00a0", " ")
    assert "Revoked. Withdrawn by Maplewood School District on March 3, 2015" in words
    assert "Reason: The same hour was credited twice. Do not count it." in words
    assert "Cam Okafor" not in words
    assert "Valid." not in words


def test_a_superseded_one_leads_to_the_newer(house: House) -> None:
    numbers = certified(house)
    successor = reissue(house, numbers)
    answer = house.visitor().get(f"/verify/{numbers.code}")
    words = texts(answer).replace("\u00a0", " ")
    assert "Superseded. This certificate was replaced on March 3, 2015 by Maplewood School District" in words
    assert "Do not count it: the newer one counts in its place." in words
    assert f'href="/verify/{successor.code}"' in answer.get_data(as_text=True)
    assert '<section class="answer seal old">' in answer.get_data(as_text=True)
    revoke(house, successor)
    again = texts(house.visitor().get(f"/verify/{numbers.code}"))
    assert "Do not count it. The newer one was revoked as well." in again


def test_every_spelling_leads_to_the_one_address(house: House) -> None:
    code = certified(house).code
    for spelled in (code.lower(), f"{code[:4]}-{code[4:]}", f" {code} "):
        answer = house.visitor().get(f"/verify/{spelled}")
        assert (answer.status_code, answer.headers["Location"]) == (301, f"/verify/{code}")


def test_the_serial_and_the_pdf_of_a_serial_lead_there_too(house: House) -> None:
    numbers = certified(house)
    for ending in ("", ".pdf"):
        answer = house.visitor().get(f"/verify/{numbers.serial}{ending}")
        assert (answer.status_code, answer.headers["Location"]) == (301, f"/verify/{numbers.code}{ending}")


def test_unknown_impossible_and_unreleased_get_the_same_answer(house: House) -> None:
    unreleased = certified_now(house)
    asked = [
        "0" * 16,
        "nonsense",
        "z" * 26,
        unreleased.code,
        unreleased.serial,
        unreleased.code.lower(),
        "é",
        "%00",
    ]
    for ending in ("", ".json", ".pdf"):
        told = set()
        for code in asked:
            answer = house.visitor().get(f"/verify/{code}{ending}")
            headers = sorted((k, v) for k, v in answer.headers if k not in HEADERS_OF_EACH_ANSWER)
            told.add((answer.status_code, answer.get_data(), tuple(headers)))
        assert len(told) == 1
        assert next(iter(told))[0] == 404
    assert "We never issued this code" in texts(house.visitor().get("/verify/nonsense"))


def test_unknown_impossible_and_unreleased_cost_the_same(house: House) -> None:
    unreleased, client = certified_now(house), house.visitor()
    asked = {"unknown": "0" * 16, "impossible": "nonsense", "unreleased": unreleased.code}
    counts = []
    for code in asked.values():
        with statements(house.database) as seen:
            client.get(f"/verify/{code}")
        counts.append(len(seen))
    assert counts == [3, 3, 3]
    spent: dict[str, list[float]] = {name: [] for name in asked}
    for _ in range(40):
        for name, code in asked.items():
            begun = time.perf_counter()
            client.get(f"/verify/{code}")
            spent[name].append(time.perf_counter() - begun)
    medians = [statistics.median(times) for times in spent.values()]
    # Wide, since other work may share the machine: a lookup that one of them alone needs would more than double it.
    assert max(medians) < 2 * min(medians) + 0.01


def test_a_page_takes_three_statements_and_writes_no_cookie(house: House) -> None:
    numbers = certified(house)
    with statements(house.database) as seen:
        answer = house.visitor().get(f"/verify/{numbers.code}")
    assert len(seen) == 3
    assert "Set-Cookie" not in answer.headers


def test_nobody_lists_it_and_no_other_site_learns_the_code(house: House) -> None:
    numbers = certified(house)
    for path in (
        f"/verify/{numbers.code}",
        f"/verify/{numbers.code}.pdf",
        f"/verify/{numbers.code}.json",
        "/verify/x",
    ):
        headers = house.visitor().get(path).headers
        assert headers["X-Robots-Tag"] == "noindex"
        assert headers["Referrer-Policy"] == "no-referrer"


def test_a_typed_code_leads_to_its_page_with_and_without_a_token(house: House) -> None:
    for answer in (
        house.visitor().get("/verify?code=7h4k-9qxm-2ptc-58wd"),
        house.visitor().post("/verify", data={"code": "7h4k 9qxm 2ptc 58wd"}, token=False),
    ):
        assert (answer.status_code, answer.headers["Location"]) == (303, "/verify/7H4K9QXM2PTC58WD")


def test_a_slip_is_told_at_the_field_and_kept(house: House) -> None:
    for typed, words in {
        "": "Enter the code, or choose the file below.",
        "7H4K": "A code has 16 letters and digits",
        "<img src=/etc/passwd>": "A code has 16 letters and digits",
        "7" * 500: "200",
        "\u202e7H4K": "Error",
        "\x00": "Error",
    }.items():
        for answer in (
            house.visitor().get("/verify", query_string={"code": typed}),
            house.visitor().post("/verify", data={"code": typed}, token=False),
        ):
            assert answer.status_code == 422
            assert words in texts(answer)
            assert "One thing to put right" in texts(answer)


def test_the_form_needs_no_script_and_sets_no_cookie(house: House) -> None:
    answer = house.visitor().get("/verify")
    assert "Set-Cookie" not in answer.headers
    assert "csrf_token" not in answer.get_data(as_text=True)


def test_each_file_gets_its_answer_in_words(house: House) -> None:
    valid, revoked = certified(house), certified(house, NOW - timedelta(days=1))
    superseded = certified(house, NOW - timedelta(days=2), title="Another session")
    files = {
        name: pdf(house, numbers) for name, numbers in {"v": valid, "r": revoked, "s": superseded}.items()
    }
    revoke(house, revoked)
    reissue(house, superseded)
    told = {
        "Valid. Issued by": files["v"],
        "Revoked. Withdrawn by": files["r"],
        "Superseded. This certificate was replaced": files["s"],
        "Altered. The file is not what was issued": with_page_changed(files["v"]),
        "Below is what was issued.": with_record_of(files["s"], files["v"]),
        "This file is not one of our certificates": b"%PDF-1.7\nnothing",
        "The file is not a PDF, whatever its name says.": b"<script>alert(1)</script>",
    }
    for words, data in told.items():
        answer = send(house.visitor(), data)
        assert answer.status_code == 200
        assert words in texts(answer).replace("\u00a0", " ")
    assert "Byte for byte as issued" in texts(send(house.visitor(), files["v"]))


def test_a_file_for_programs(house: House) -> None:
    numbers = certified(house)
    answer = send(house.visitor(), pdf(house, numbers), headers=JSON).get_json()
    assert (answer["verdict"], answer["file"], answer["status"]["standing"]) == (
        "genuine",
        "identical",
        "valid",
    )
    answer = send(house.visitor(), with_page_changed(pdf(house, numbers)), headers=JSON).get_json()
    assert (answer["verdict"], answer["status"]) == ("altered", None)
    assert answer["original"]["status"]["standing"] == "valid"


def test_a_button_without_a_file_asks_for_one(house: House) -> None:
    answer = house.visitor().post("/verify", data={"file": (io.BytesIO(b""), "")}, token=False)
    assert answer.status_code == 422
    assert "Choose the certificate’s PDF file, or its badge." in texts(answer)


def test_a_file_of_more_than_ten_megabytes_is_refused(house: House) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    answer = house.visitor().post(
        "/verify",
        data=head + bytes(11_000_000) + b"\r\n--x--\r\n",
        content_type="multipart/form-data; boundary=x",
        token=False,
    )
    assert answer.status_code == 413


def test_the_pdf_is_the_same_each_time_and_kept_by_its_tag(house: House) -> None:
    numbers, client = certified(house), house.visitor()
    first = client.get(f"/verify/{numbers.code}.pdf")
    assert first.mimetype == "application/pdf"
    assert first.headers["Content-Disposition"] == f"inline; filename=certificate-{numbers.code}.pdf"
    assert first.get_data() == client.get(f"/verify/{numbers.code}.pdf").get_data() == pdf(house, numbers)
    again = client.get(f"/verify/{numbers.code}.pdf", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")


def test_json_states_the_snapshot_its_signature_and_the_key(house: House) -> None:
    numbers = certified(house)
    told = house.visitor().get(f"/verify/{numbers.code}.json").get_json()
    assert told["facts"]["code"] == numbers.code
    assert told["verdict"] == "genuine"
    keys = house.visitor().get("/.well-known/pdtracker-keys.json").get_json()["keys"]
    mine = [key for key in keys if key["kid"] == told["facts"]["key"]]
    assert [key["public_key"] for key in mine] == [told["public_key"]]
    assert [key["district"] for key in mine] == ["maplewood"]
    asked = house.visitor().get(f"/verify/{numbers.code}", headers=JSON).get_json()
    assert {**asked, "status_as_of": None} == {**told, "status_as_of": None}


def test_the_keys_may_be_kept_and_read_by_any_page(house: House) -> None:
    headers = house.visitor().get("/.well-known/pdtracker-keys.json").headers
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert "max-age" in headers["Cache-Control"]


def test_a_status_list_is_served_at_one_address_and_may_be_kept(house: House) -> None:
    numbers = certified(house)
    revoke(house, numbers)
    address = "/.well-known/pdtracker-status/maplewood/revocation.json"
    first = house.visitor().get(address)
    assert (first.status_code, first.mimetype) == (200, "application/vc")
    assert first.headers["Cache-Control"] == "public, max-age=300"
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert first.get_json(force=True)["type"][1] == "BitstringStatusListCredential"
    assert numbers.serial not in first.get_data(as_text=True)
    tag = {"If-None-Match": first.headers["ETag"]}
    # Five minutes may end in between: then the list is another one.
    assert 304 in [house.visitor().get(address, headers=tag).status_code] or (
        house.visitor().get(address).headers["ETag"] != first.headers["ETag"]
    )
    assert house.visitor().get("/.well-known/pdtracker-status/nowhere/refresh.json").status_code == 404


def test_whoever_asks_too_often_waits(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "LOOKS_PER_MINUTE", 3)
    monkeypatch.setattr(page, "FILES_PER_MINUTE", 2)
    client = house.visitor()
    # A minute may end in between, so the next one is tried as well.
    assert 429 in [client.get("/verify/nonsense").status_code for _ in range(8)]
    assert 429 in [send(client, b"no").status_code for _ in range(6)]


def test_whoever_has_signed_in_keeps_their_way_about(house: House) -> None:
    numbers = certified(house)
    words = texts(house.client_of("ada").get(f"/verify/{numbers.code}"))
    assert "Transcript" in words
    # Codes belong to nobody: whoever holds one may check it.
    client = house.client_of("dee")
    client.foreign = frozenset()
    assert "Valid." in texts(client.get(f"/verify/{numbers.code}"))


def test_names_are_shown_as_they_are_and_never_run(house: House) -> None:
    title = "<script>alert(1)</script> O’Brien & Nguyễn Thị Ánh"
    numbers = certified(house, title=title)
    answer = house.visitor().get(f"/verify/{numbers.code}")
    assert title in texts(answer)
    assert not re.search(r"<script>alert", answer.get_data(as_text=True))
