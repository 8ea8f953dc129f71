"""Refusals and failures become pages; every answer carries the headers; requests have limits."""

from __future__ import annotations

import io
import json
import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from pdtracker.app import create_app
from pdtracker.db import Database
from pdtracker.domain.refusals import NotHere, NotNow, NotPermitted, NotValid
from pdtracker.logs import JsonLines
from pdtracker.settings import SettingError
from pdtracker.web import answers
from pdtracker.web.doors import accepts, public
from tests.factories import House, settings_for
from tests.reviewing_client import texts


def _page(house: House, view: Callable[[], object], methods: tuple[str, ...] = ("GET", "POST")) -> str:
    house.build().add_url_rule("/tried", "tried", public(view), methods=list(methods))
    return "/tried"


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (NotHere(), 404),
        (NotPermitted("own_claim", "Nobody reviews their own claim."), 403),
        (NotNow("decided", "Somebody decided this claim a moment before you."), 409),
        (NotValid({"minutes": "Enter between 1 minute and 24 hours."}), 422),
    ],
)
def test_a_refusal_becomes_its_page_and_its_json(house: House, refusal: Exception, status: int) -> None:
    def refuse() -> str:
        raise refusal

    path = _page(house, refuse)
    client = house.client_of("ada")
    page = client.get(path)
    sentence = getattr(refusal, "errors", {}).get("minutes") or getattr(refusal, "sentence", "")
    assert page.status_code == status
    assert sentence in texts(page)
    told = client.get(path, headers={"Accept": "application/json"})
    assert told.status_code == status
    assert told.get_json()["code"] == getattr(refusal, "code", None)


@pytest.mark.parametrize(
    "path", ["/nothing/here", "/maplewood/nothing/here", "/riverton/people", "/maplewood/people"]
)
def test_an_error_page_keeps_the_navigation(house: House, path: str) -> None:
    answer = house.client_of("ada").get(path)
    assert answer.status_code == (403 if path == "/maplewood/people" else 404)
    assert "Account of Ada Lindqvist" in texts(answer)


def test_a_public_page_shows_who_is_signed_in(house: House) -> None:
    path = _page(house, lambda: answers.page("errors/404.html", sentence=None))
    assert "Account of Ada Lindqvist" in texts(house.client_of("ada").get(path))
    assert "Account of" not in texts(house.visitor().get(path))


def test_a_wrong_method_says_which_ones_there_are(house: House) -> None:
    answer = house.client_of("ada").post("/account")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_a_failure_shows_a_number_and_nothing_of_the_inside(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> str:
        raise RuntimeError("the password is hunter2")

    path = _page(house, fail)
    answer = house.client_of("ada").get(path)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 500
    assert answer.headers["X-Request-ID"] in page
    assert "hunter2" not in page
    assert "Traceback" not in page
    record = next(record for record in caplog.records if record.exc_info)
    line = json.loads(JsonLines().format(record))
    assert line["error"] == "RuntimeError"
    assert "hunter2" not in json.dumps(line)


def test_without_a_database_the_page_says_so_and_health_stays_green(house: House, tmp_path: Path) -> None:
    gone = Database(f"sqlite:///{tmp_path / 'nowhere' / 'gone.db'}")
    client = create_app(house.settings, database=gone).test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = "whoever"
    answer = client.get("/account")
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "We are away for a moment" in answer.get_data(as_text=True)
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503
    gone.dispose()


def test_ready_means_the_newest_schema(house: House) -> None:
    assert house.visitor().get("/readyz").status_code == 200


# PostgreSQL locks rows, not the file.
@pytest.mark.parametrize("database_urls", ["sqlite"], indirect=True)
def test_a_locked_database_is_a_503_and_reading_goes_on(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pdtracker.engines.SQLITE_BUSY_MILLISECONDS", 50)
    impatient = Database(house.settings.database_url)
    app = create_app(house.settings, database=impatient)
    app.test_client_class = house.app.test_client_class
    reader, client = house.client_of("ada"), app.test_client()
    holder = sqlite3.connect(str(house.database.url.database), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    answer = client.post("/sign-in", data={"email": "ada@maplewood.example", "password": "whatever"})
    assert answer.status_code == 503
    assert reader.get("/account").status_code == 200
    holder.execute("ROLLBACK")
    holder.close()
    impatient.dispose()


@pytest.mark.parametrize(
    ("limit", "size", "status"), [(None, 60_000, 200), (None, 70_000, 413), (90_000, 70_000, 200)]
)
def test_a_form_is_as_large_as_its_view_takes(
    house: House, limit: int | None, size: int, status: int
) -> None:
    def take() -> str:
        return answers.page("errors/404.html", sentence=None)  # any page will do

    view = accepts(limit)(take) if limit else take
    path = _page(house, view)
    client = house.client_of("ada")
    assert client.post(path, data={"text": "x" * size}).status_code == status
    file = {"file": (io.BytesIO(b"x" * size), "notes.pdf")}
    assert client.post(path, data=file, content_type="multipart/form-data").status_code == status


def test_pages_of_a_signed_in_person_are_kept_nowhere(house: House) -> None:
    client = house.client_of("ada")
    for path in ("/account", "/nothing"):
        answer = client.get(path)
        assert answer.headers["Cache-Control"] == "no-store, private"
        assert "Cookie" in answer.headers["Vary"]


def test_static_files_are_kept_for_ever_under_their_hash(house: House) -> None:
    client = house.visitor()
    page = client.get("/sign-in").get_data(as_text=True)
    address = next(part for part in page.split('"') if part.endswith("/style.css"))
    answer = client.get(address)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers
    assert "Vary" not in answer.headers
    former = client.get("/static/0123456789abcdef/style.css")
    assert former.status_code == 200
    assert "immutable" not in former.headers["Cache-Control"]
    assert client.get("/static/0123456789abcdef/../../settings.py").status_code == 404
    assert client.get(address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "credit.evil.example:80"])
def test_another_host_s_name_is_refused(house: House, host: str) -> None:
    answer = house.visitor().get("/sign-in", base_url=f"http://{host}")
    assert answer.status_code == 400
    assert host not in answer.get_data(as_text=True)


def test_forwarded_addresses_are_believed_from_trusted_proxies_only(house: House) -> None:
    def tell() -> str:
        return answers.page("errors/404.html", sentence=f"from {answers.request.remote_addr}")

    forwarded = {"X-Forwarded-For": "198.51.100.1, 203.0.113.5", "X-Forwarded-Host": "localhost"}
    path = _page(house, tell)
    assert "from 127.0.0.1" in texts(house.visitor().get(path, headers=forwarded))
    settings = settings_for(house.settings.database_url, house.settings.instance, TRUSTED_PROXIES="1")
    behind = create_app(settings, database=house.database)
    behind.add_url_rule("/tried", "tried", public(tell))
    page = behind.test_client().get("/tried", headers=forwarded).get_data(as_text=True)
    assert "from 203.0.113.5" in page


def test_the_debugger_is_refused(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLASK_DEBUG", "1")
    with pytest.raises(SettingError, match="FLASK_DEBUG"):
        create_app(house.settings, database=house.database)


def test_a_request_costs_three_statements_before_its_page_s_own(house: House) -> None:
    """One for the sign-in, one for the person with their roles; the third is the page's."""
    statements: list[str] = []
    sa.event.listen(house.database.engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
    house.client_of("cam").get("/maplewood/people")
    selects = [statement for statement in statements if statement.startswith("SELECT")]
    assert len(selects) <= 6, "\n".join(selects)


def test_the_log_names_the_rule_and_no_code_or_search_word(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    house.client_of("cam").get("/maplewood/people?words=somebody")
    lines = [JsonLines().format(record) for record in caplog.records]
    requested = [json.loads(line) for line in lines if json.loads(line)["event"] == "request"]
    assert requested[-1]["rule"] == "/<slug:district>/people"
    assert "somebody" not in "".join(lines)
