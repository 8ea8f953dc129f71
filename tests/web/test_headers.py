"""What every answer carries, whatever the address, the person and the answer; what its cookies are; who may write."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from http import HTTPStatus
from http.cookies import SimpleCookie

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from pdtracker.app import create_app
from pdtracker.web.doors import signed_in
from tests.factories import PASSWORD, House, path_values
from tests.harness.databases import DatabaseUrls
from tests.harness.writes import contents, writes
from tests.reviewing_client import ReviewingClient
from tests.web.every_page import addresses

THE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; connect-src 'self'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
THE_REST = {
    "X-Content-Type-Options": {"nosniff"},
    "X-Frame-Options": {"DENY"},
    "Referrer-Policy": {"same-origin", "no-referrer"},
    "Cross-Origin-Opener-Policy": {"same-origin"},
    # Everybody may read the public keys.
    "Cross-Origin-Resource-Policy": {"same-origin", "cross-origin"},
}
WHO = (None, "ada", "bo", "cam", "hal")
# A page may note that its sign-in is in use, and count how often somebody looks up codes.
NOTES = {"sign_in", "rate"}
# Whoever is given another person's record is noted, by an action after the page: see web.looking.
RECORDS = re.compile(r"/licences|/transcript")
TRAIL = {"audit_entry", "audit_head"}
only_sqlite = pytest.mark.parametrize("database_urls", ["sqlite"], indirect=True)


@pytest.fixture
def own(house: House) -> dict[str, object]:
    """Values of Maplewood for every argument."""
    return path_values(house, "ada", "bo", "cem-2014") | {"district": "maplewood"}


@pytest.fixture
def ask(house: House) -> Callable[..., TestResponse]:
    """Sends a request in a browser of somebody's own: signing out is one of the addresses."""

    def send(name: str | None, method: str, path: str, **more: object) -> TestResponse:
        client = house.client_of(name) if name else house.visitor()
        return client.open(path, method=method, **more)

    return send


@only_sqlite
def test_every_answer_carries_the_headers(
    house: House, own: dict[str, object], ask: Callable[..., TestResponse]
) -> None:
    faults = []
    for method, path, _ in addresses(house.app, own):
        for name in WHO:
            answer = ask(name, method, path)
            faults += [f"{method} {path} for {name}: {fault}" for fault in _header_faults(answer, name)]
    assert faults == []


@only_sqlite
def test_errors_carry_them_as_well(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.app.config["PROPAGATE_EXCEPTIONS"] = False
    client = house.client_of("ada")
    answers = {
        "no such page": (404, client.get("/nothing")),
        "another district": (404, client.get("/riverton/claims")),
        "not permitted": (403, client.get("/maplewood/people/new")),
        "another method": (405, client.open("/maplewood/claims", method="DELETE")),
        "no token": (400, client.post("/maplewood/claims", token=False)),
        "too large": (413, client.post("/sign-out", data={"text": "x" * 200_000})),
        "another host": (400, client.get("/", headers={"Host": "evil.example"})),
        "no sign-in": (303, house.visitor().get("/maplewood/claims")),
    }
    with monkeypatch.context() as broken:
        broken.setitem(house.app.view_functions, "claims.index", signed_in(_breaks))
        answers["a fault of ours"] = (500, client.get("/maplewood/claims"))
    with monkeypatch.context() as broken:
        broken.setattr(house.database, "session", _is_away)
        answers["no database"] = (503, client.get("/maplewood/claims"))
    faults = [
        f"{what}: {fault}"
        for what, (_, answer) in answers.items()
        # Another host's cookie isn't sent, and who has none may keep the page.
        for fault in _header_faults(answer, None if what in {"another host", "no sign-in"} else "ada")
    ]
    assert faults == []
    assert {what: answer.status_code for what, (_, answer) in answers.items()} == {
        what: status for what, (status, _) in answers.items()
    }


@only_sqlite
def test_on_https_the_cookie_is_bound_to_the_host(house: House) -> None:
    site = "https://credit.example"
    app = create_app(replace(house.settings, base_url=site), database=house.database)
    answer = _signed_in(app, site)
    (cookie,) = answer.headers.getlist("Set-Cookie")
    (kept,) = SimpleCookie(cookie).values()
    assert (kept.key, kept["path"], kept["domain"], kept["samesite"]) == ("__Host-pd", "/", "", "Lax")
    assert kept["secure"]
    assert kept["httponly"]
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")


@only_sqlite
def test_one_cookie_is_all_and_who_only_reads_gets_none(
    house: House, own: dict[str, object], ask: Callable[..., TestResponse]
) -> None:
    names, careless, needless = set(), [], []
    for method, path, _ in addresses(house.app, own):
        for name in WHO:
            answer = ask(name, method, path)
            for line in answer.headers.getlist("Set-Cookie"):
                (kept,) = SimpleCookie(line).values()
                names.add(kept.key)
                if not kept["httponly"] or kept["samesite"] != "Lax" or kept["domain"] or kept["path"] != "/":
                    careless.append(f"{method} {path} sets {line}")
                if name is None and method == "GET" and b"csrf_token" not in answer.get_data():
                    needless.append(path)
    assert (names, careless, needless) == ({"pd"}, [], [])


def test_reading_writes_nothing(
    house: House, database_urls: DatabaseUrls, own: dict[str, object], ask: Callable[..., TestResponse]
) -> None:
    house.open.close()
    before = contents(database_urls.admin, without=frozenset(NOTES | TRAIL))
    faults = []
    for method, path, _ in addresses(house.app, own):
        known = NOTES | TRAIL if RECORDS.search(path) else NOTES
        for name in WHO if method == "GET" else ():
            client = house.client_of(name) if name else house.visitor()
            with writes(house.database) as written:
                client.get(path)
            faults += [f"{path} for {name} writes to {table}" for table in set(written) - known]
    assert faults == []
    assert contents(database_urls.admin, without=frozenset(NOTES | TRAIL)) == before


def test_a_form_without_its_token_writes_nothing(
    house: House, database_urls: DatabaseUrls, own: dict[str, object], ask: Callable[..., TestResponse]
) -> None:
    house.open.close()
    before = contents(database_urls.admin, without=frozenset(NOTES))
    faults = []
    for method, path, door in addresses(house.app, own):
        if method == "GET" or not door.asks_token:
            continue
        for name in WHO:
            client = house.client_of(name) if name else house.visitor()
            with writes(house.database) as written:
                answer = client.open(
                    path, method=method, token=False, data={"email": "ada@maplewood.example"}
                )
            if answer.status_code not in {400, 401, 403, 404}:
                faults.append(f"{method} {path} takes it from {name}: {answer.status_code}")
            faults += [
                f"{method} {path} for {name} writes to {table}" for table in set(written) - {"sign_in"}
            ]
    assert faults == []
    assert contents(database_urls.admin, without=frozenset(NOTES)) == before


def _header_faults(answer: TestResponse, name: str | None) -> Iterator[str]:
    headers = answer.headers
    policy = headers.get("Content-Security-Policy")
    is_file = "attachment" in headers.get("Content-Disposition", "")
    # The pages of check-in register a worker, whose address is the only one that is trusted there.
    is_of_check_in = "/check-in" in answer.request.path or "/desks/" in answer.request.path
    if is_of_check_in and policy == THE_POLICY.replace("trusted-types 'none'", "trusted-types check-in"):
        policy = THE_POLICY
    if policy != THE_POLICY and not (is_file and policy == "sandbox; default-src 'none'"):
        yield f"its policy is {policy}"
    yield from (
        f"{what} is {headers.get(what)}" for what, right in THE_REST.items() if headers.get(what) not in right
    )
    # Only the scanner, the page that stands in for it without a network, and the one that asks for a certificate's
    # code may look through a camera.
    is_page = answer.status_code in {HTTPStatus.OK, HTTPStatus.UNPROCESSABLE_ENTITY}
    asks = answer.request.path == "/verify" and b"data-scan" in answer.data
    looks = is_page and (asks or answer.request.path.endswith(("/scanner", "/check-in/offline")))
    if f"camera=({'self' if looks else ''})" not in headers.get("Permissions-Policy", ""):
        yield "its Permissions-Policy on the camera"
    if "Server" in headers or "X-Powered-By" in headers:
        yield "says what it runs on"
    endpoint_is_static = answer.request.path.startswith("/static/")
    if endpoint_is_static:
        return
    if "Cookie" not in headers.get("Vary", ""):
        yield "does not vary by cookie"
    kept = headers.get("Cache-Control", "")
    is_a_person_s = name is not None and not answer.request.path.startswith("/.well-known/")
    if is_a_person_s and not {"no-store", "no-cache"} & set(kept.split(", ")):
        yield f"may be kept: {kept}"
    if is_a_person_s and answer.mimetype == "text/html" and kept != "no-store, private":
        yield f"a page that may be kept: {kept}"


def _signed_in(app: Flask, site: str) -> TestResponse:
    app.test_client_class = ReviewingClient
    client = app.test_client()
    token = client.get("/sign-in", base_url=site).get_data(as_text=True)
    token = token.split('name="csrf_token" value="')[1].split('"')[0]
    sent = {"email": "ada@maplewood.example", "password": PASSWORD, "csrf_token": token}
    answer = client.post("/sign-in", base_url=site, data=sent, token=False, headers={"Origin": site})
    assert answer.status_code == 303
    return answer


def _breaks(**_arguments: object) -> None:
    raise RuntimeError("broken on purpose")


def _is_away(*_arguments: object, **_more: object) -> None:
    raise sa.exc.OperationalError("SELECT 1", {}, RuntimeError("away on purpose"))
