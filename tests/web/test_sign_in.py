"""Signing in and out, what ends a sign-in, and what happens to text that was typed meanwhile."""

from __future__ import annotations

import re
from datetime import timedelta
from statistics import median
from time import perf_counter

import pytest
import sqlalchemy as sa
from flask import Flask, request
from werkzeug.test import TestResponse

from pdtracker.actions.accounts import secret_hash
from pdtracker.app import create_app
from pdtracker.models.people import Account, SignIn
from pdtracker.web import answers
from pdtracker.web.doors import accepts, signed_in
from pdtracker.web.requests import DemoSignIn, scope
from tests.factories import PASSWORD, SECRET, House, settings_for
from tests.reviewing_client import ReviewingClient, fields, texts

ADA, DEE = "ada@maplewood.example", "dee@riverton.example"
REFLECTION = "What I learned:\n\nshare early, <b>often</b> & kindly. " + "Nguyễn and I will try it. " * 20
OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def taking_notes(house: House) -> list[tuple[str, str, list[str]]]:
    """An address `/maplewood/notes` that takes a form and keeps who sent what."""
    notes: list[tuple[str, str, list[str]]] = []

    @signed_in
    @accepts(512 * 1024)
    def take() -> answers.Answer:
        notes.append((scope().me.name, request.form["text"], request.form.getlist("choice")))
        return answers.see("account.show")

    house.build().add_url_rule("/<slug:district>/notes", "take", take, methods=["POST"])
    return notes


def _sign_in(
    client: ReviewingClient, email: str = ADA, password: str = PASSWORD, **more: str
) -> TestResponse:
    return client.post("/sign-in", data={"email": email, "password": password, **more})


def _age(house: House, **changes: object) -> None:
    """Set columns of every sign-in."""
    with house.database.session(None, installation=True) as session, session.writing():
        session.execute(sa.update(SignIn).where(SignIn.id > 0).values(**changes))


def _secret(client: ReviewingClient) -> str | None:
    with client.session_transaction() as cookie:
        return cookie.get("_user_id")


def test_a_right_pair_signs_in_and_leads_on(house: House) -> None:
    client = house.visitor()
    answer = _sign_in(client, "Ada@Maplewood.example", next="/account")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/account")
    assert "Ada Lindqvist" in texts(client.get("/account"))


def test_a_page_behind_a_door_is_where_the_sign_in_leads(house: House) -> None:
    client = house.visitor()
    sent = client.get("/maplewood/people?words=a%26b")
    page = client.get(sent.headers["Location"])
    answer = client.post(
        "/sign-in", data=fields(page) | {"email": "cam@maplewood.example", "password": PASSWORD}
    )
    assert answer.headers["Location"] == "/maplewood/people?words=a%26b"


def test_wrong_password_unknown_person_and_closed_account_get_the_same_page(house: House) -> None:
    with house.database.session(None, installation=True) as session, session.writing():
        session.execute(sa.update(Account).where(Account.email == DEE).values(disabled_at=sa.func.now()))
    pages = []
    for email, password in ((ADA, "not her password"), ("zed@maplewood.example", PASSWORD), (DEE, PASSWORD)):
        answer = _sign_in(house.visitor(), email, password)
        assert answer.status_code == 422
        pages.append(re.sub(r"zed@maplewood.example", ADA, answer.get_data(as_text=True)).replace(DEE, ADA))
    assert "don&#39;t fit together" in pages[0]
    without_token = {re.sub(r'name="csrf_token" value="[^"]+"', "", page) for page in pages}
    assert len(without_token) == 1


def test_an_unknown_person_takes_as_long_as_a_wrong_password(house: House) -> None:
    """Without the hash of nobody's password the unknown would be answered in a tenth of the time."""
    client = house.visitor()
    took: dict[str, list[float]] = {ADA: [], "zed@maplewood.example": []}
    for turn in range(5):
        for email, times in took.items():
            began = perf_counter()
            client.post(
                "/sign-in",
                data={"email": email, "password": "wrong"},
                environ_base={"REMOTE_ADDR": f"198.51.{turn}.1"},
            )
            times.append(perf_counter() - began)
    known, unknown = (median(times) for times in took.values())
    assert 0.5 < unknown / known < 2


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "/\t/evil.example",
        "/%0d%0aLocation:x\r\n",
        "javascript:alert(1)",
        "evil",
        "",
        "/" + "a" * 3000,
    ],
)
def test_a_sign_in_leads_to_our_own_pages_only(house: House, elsewhere: str) -> None:
    assert _sign_in(house.visitor(), next=elsewhere).headers["Location"] == "/"


def test_signing_in_throws_away_what_the_cookie_held_before(house: House) -> None:
    client = house.visitor()
    with client.session_transaction() as cookie:
        cookie["csrf_token"] = "planted"
        cookie["_user_id"] = "planted"
        cookie["more"] = "planted"
    _sign_in(client)
    with client.session_transaction() as cookie:
        assert "planted" not in cookie.values()
        assert set(cookie) <= {"_user_id", "_fresh", "csrf_token"}


def test_every_sign_in_has_a_secret_of_its_own_and_the_table_keeps_only_its_hash(house: House) -> None:
    clients = [house.visitor(), house.visitor()]
    for client in clients:
        _sign_in(client)
    found = [_secret(client) for client in clients]
    assert len(set(found)) == 2
    with house.database.session(None, installation=True) as session:
        kept = set(session.scalars(sa.select(SignIn.secret_hash)))
    assert {secret_hash(secret or "") for secret in found} <= kept
    assert not kept & set(found)


def test_a_stolen_cookie_is_dead_after_signing_out(house: House) -> None:
    client, thief = house.client_of("ada"), house.visitor()
    with thief.session_transaction() as cookie:
        cookie["_user_id"] = _secret(client)
    assert thief.get("/account").status_code == 200
    answer = client.post("/sign-out")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert thief.get("/account").status_code == 303


@pytest.mark.parametrize(
    ("column", "ago", "lives"),
    [
        ("seen_at", timedelta(hours=1, minutes=55), True),
        ("seen_at", timedelta(hours=2, minutes=6), False),
        ("expires_at", timedelta(minutes=-1), True),
        ("expires_at", timedelta(minutes=1), False),
    ],
)
def test_a_sign_in_ends_when_idle_and_after_half_a_day(
    house: House, column: str, ago: timedelta, lives: bool
) -> None:
    client = house.client_of("ada")
    with house.database.session(None, installation=True) as session:
        now = session.scalar(sa.select(SignIn.created_at))
    assert now is not None
    _age(house, **{column: now - ago})
    assert (client.get("/account").status_code == 200) is lives


def test_signs_of_life_are_noted_every_five_minutes_at_most(house: House) -> None:
    client = house.client_of("ada")
    with house.database.session(None, installation=True) as session:
        then = session.scalar(sa.select(SignIn.seen_at))
    assert then is not None
    for ago, is_noted in ((timedelta(minutes=4), False), (timedelta(minutes=6), True)):
        _age(house, seen_at=then - ago)
        client.get("/account")
        with house.database.session(None, installation=True) as session:
            assert (session.scalar(sa.select(SignIn.seen_at)) != then - ago) is is_noted


def test_too_many_wrong_tries_have_to_wait_and_other_networks_do_not(house: House) -> None:
    client = house.visitor()
    codes = [_sign_in(client, ADA, "wrong password").status_code for _ in range(12)]
    assert codes[:5] == [422] * 5
    assert codes[-1] == 429
    answer = _sign_in(client)
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 15 * 60
    from_home = house.visitor()
    data = {"email": ADA, "password": PASSWORD}
    assert (
        from_home.post("/sign-in", data=data, environ_base={"REMOTE_ADDR": "198.51.100.7"}).status_code == 303
    )


def test_right_passwords_are_never_too_many(house: House) -> None:
    assert {_sign_in(house.visitor()).status_code for _ in range(12)} == {303}


def test_the_demo_lists_its_sign_ins_and_an_installation_none(house: House) -> None:
    assert "This is a demo" not in texts(house.visitor().get("/sign-in"))
    demo = [DemoSignIn(ADA, "connected-educator", "teacher")]
    app = create_app(house.settings, database=house.database, demo=demo)
    app.test_client_class = ReviewingClient
    client = app.test_client()
    assert isinstance(client, ReviewingClient)
    said = texts(client.get("/sign-in"))
    assert ADA in said
    assert "connected-educator" in said


def test_a_form_comes_back_after_the_sign_in_that_ended_under_it(
    house: House, taking_notes: list[tuple[str, str, list[str]]]
) -> None:
    client = house.client_of("ada")
    typed = {"text": REFLECTION, "choice": ["one", "two"], "csrf_token": client.csrf_token()}
    _age(house, ended_at=sa.func.now())
    ended = client.post("/maplewood/notes?step=2", data=typed, token=False)
    assert ended.status_code == 401
    assert "What you typed is kept" in texts(ended)

    wrong = client.post("/sign-in", data=_kept(ended) | {"email": ADA, "password": "wrong"}, token=False)
    assert wrong.status_code == 422
    again = client.post("/sign-in", data=_kept(wrong) | {"email": ADA, "password": PASSWORD}, token=False)
    assert again.status_code == 200
    assert "Account of Ada Lindqvist" in texts(again)
    assert "share early, <b>often</b> & kindly." in texts(again)
    assert taking_notes == []

    path = re.search(r'action="(/maplewood/notes[^"]*)"', again.get_data(as_text=True))
    assert path is not None
    sent = client.post(path[1].replace("&amp;", "&"), data=_all_fields(again), token=False)
    assert sent.status_code == 303
    assert [(who, text.replace("\r\n", "\n"), choice) for who, text, choice in taking_notes] == [
        ("Ada Lindqvist", REFLECTION, ["one", "two"])
    ]


def test_a_form_that_is_older_than_the_sign_in_can_be_sent_again(
    house: House, taking_notes: list[tuple[str, str, list[str]]]
) -> None:
    """She signed in again in another tab; the first tab's form has the former token."""
    client = house.client_of("ada")
    typed = {"text": REFLECTION, "csrf_token": client.csrf_token()}
    _sign_in(client)
    stale = client.post("/maplewood/notes", data=typed, headers=OURS, token=False)
    assert stale.status_code == 400
    assert client.post("/maplewood/notes", data=_all_fields(stale), token=False).status_code == 303
    assert len(taking_notes) == 1


def test_somebody_else_at_the_same_computer_does_not_get_the_text(
    house: House, taking_notes: list[tuple[str, str, list[str]]]
) -> None:
    client = house.client_of("ada")
    typed = {"text": REFLECTION, "csrf_token": client.csrf_token()}
    _age(house, ended_at=sa.func.now())
    ended = client.post("/maplewood/notes", data=typed, token=False)
    entered = client.post(
        "/sign-in", data=_kept(ended) | {"email": "bo@maplewood.example", "password": PASSWORD}, token=False
    )
    assert (entered.status_code, entered.headers["Location"]) == (303, "/")
    assert taking_notes == []


def test_another_site_plants_no_form_to_be_kept(
    house: House, taking_notes: list[tuple[str, str, list[str]]]
) -> None:
    stranger = house.visitor()
    answer = stranger.post("/maplewood/notes", data={"text": "transfer"}, token=False)
    assert answer.status_code == 401
    assert "transfer" not in answer.get_data(as_text=True)
    cross = stranger.post(
        "/maplewood/notes", data={"text": "transfer"}, headers={"Sec-Fetch-Site": "cross-site"}, token=False
    )
    assert cross.status_code == 400
    assert taking_notes == []


def test_passwords_and_tokens_are_never_carried_along(house: House) -> None:
    client = house.client_of("ada")
    typed = {"old_password": "secret one", "csrf_token": client.csrf_token(), "text": "kept"}
    _age(house, ended_at=sa.func.now())
    page = client.post("/account/password", data=typed, token=False).get_data(as_text=True)
    assert "secret one" not in page
    assert 'name="kept-field-csrf_token"' not in page
    assert 'name="kept-field-text"' in page


def test_a_script_is_told_in_its_own_language(house: House) -> None:
    client = house.client_of("ada")
    _age(house, ended_at=sa.func.now())
    answer = client.post("/account/password", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.get_json()["code"]) == (401, "signed_out")


def test_an_open_form_survives_a_change_of_keys(house: House) -> None:
    client = house.client_of("ada")
    token = client.csrf_token()
    house.app.config["SECRET_KEY"] = "a new one " * 4
    house.app.config["SECRET_KEY_FALLBACKS"] = [SECRET]
    answer = client.post("/account/password", data={"csrf_token": token, "old": "", "new": ""}, token=False)
    assert answer.status_code == 422


def test_over_https_the_cookie_is_bound_to_this_host(house: House) -> None:
    settings = settings_for(
        house.settings.database_url, house.settings.instance, BASE_URL="https://credit.maplewood.example"
    )
    app: Flask = create_app(settings, database=house.database)
    answer = app.test_client().get("/sign-in", base_url="https://credit.maplewood.example")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-pd=")
    assert all(part in cookie for part in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"))
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def _all_fields(page: TestResponse) -> dict[str, list[str]]:
    """Every hidden field with all its values, as a browser would send them."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(
        r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.get_data(as_text=True)
    ):
        found.setdefault(name, []).append(_unescaped(value))
    return found


def _kept(page: TestResponse) -> dict[str, object]:
    return dict(_all_fields(page))


def _unescaped(value: str) -> str:
    for sign, plain in (("&lt;", "<"), ("&gt;", ">"), ("&#34;", '"'), ("&#39;", "'"), ("&amp;", "&")):
        value = value.replace(sign, plain)
    return value


def test_who_waits_for_a_sign_in_types_the_password_anew(house: House) -> None:
    client = house.visitor()
    typed = {"email": ADA, "password": "wrong"}
    answers = [client.post("/sign-in", data=typed) for _ in range(8)]
    waiting = next(answer for answer in answers if answer.status_code == 429)
    assert "Nothing is lost" not in texts(waiting)
    assert "wrong" not in waiting.get_data(as_text=True).replace("went wrong", "")
