"""Choosing how one has one's letters, stopping them by a link without a sign-in, and the notices in the house."""

from __future__ import annotations

from datetime import UTC, datetime

from pdtracker.domain.mailing import LetterKind, Pace, QuietHours
from pdtracker.domain.refs import ref_of
from pdtracker.domain.stop_links import StopLink
from pdtracker.jobs import deliver_due_mail
from pdtracker.mail import FolderPost
from pdtracker.queries.mailing import mail_choices, quiet_hours
from pdtracker.queries.notices import notices
from tests.actions.test_mailing import write
from tests.factories import House
from tests.reviewing_client import texts

PATH = "/maplewood/letters"


def chosen(house: House) -> dict[LetterKind, Pace]:
    return dict(mail_choices(house.operator(), house.person_ids["ada"]))


def stop_path(house: House, kind: LetterKind = LetterKind.EVENT) -> str:
    link = StopLink("maplewood", house.person_ids["ada"], kind)
    return f"/letters/stop/{link.token(house.settings.secret_key)}"


def test_choosing_paces_and_quiet_hours(house: House) -> None:
    client = house.client_of("ada")
    words = texts(client.get(PATH))
    assert "can’t be stopped" in words
    assert "Claims that wait for you as a reviewer" not in words
    form = dict.fromkeys(("decision", "reminder", "licence", "event", "proposal", "discussion"), "at_once")
    form |= {"event": "never", "decision": "daily", "quiet_from": "1320", "quiet_until": "420"}
    assert "Saved." in texts(client.post(PATH, data=form, follow_redirects=True))
    assert chosen(house) == {LetterKind.EVENT: Pace.NEVER, LetterKind.DECISION: Pace.DAILY}
    assert quiet_hours(house.operator(), house.person_ids["ada"]) == QuietHours(1320, 420)
    answer = client.post(PATH, data=form | {"decision": "never"})
    assert answer.status_code == 422
    answer = client.post(PATH, data=form | {"quiet_until": ""})
    assert "Choose both, or “None” for both." in texts(answer)


def test_a_link_stops_letters_without_a_sign_in_and_only_when_asked(house: House) -> None:
    client = house.visitor()
    path = stop_path(house)
    page = client.get(path)
    assert "Stop these letters?" in texts(page)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert chosen(house) == {}
    # As a mail program asks: without a cookie, a token or a page before.
    answer = house.visitor().post(path, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert chosen(house) == {LetterKind.EVENT: Pace.NEVER}
    assert house.visitor().post(path).status_code == 200


def test_a_link_that_nobody_signed_or_that_stops_what_stays_does_nothing(house: House) -> None:
    path = stop_path(house)
    for forged in (f"{path}0", path.replace("event", "licence"), "/letters/stop/x"):
        assert house.visitor().post(forged).status_code == 404
    assert "These letters stay" in texts(house.visitor().get(stop_path(house, LetterKind.DECISION)))
    assert house.visitor().post(stop_path(house, LetterKind.DECISION)).status_code == 409
    assert chosen(house) == {}


def test_the_bell_counts_and_notices_are_read_one_by_one_or_all(house: House) -> None:
    now = datetime.now(UTC)
    for subject in ("one", "two", "three"):
        write(house, subject, at=now)
    post = FolderPost(house.settings.mail_folder)
    deliver_due_mail(house.database, post, base_url="http://localhost", clock=lambda: now)
    client = house.client_of("ada")
    assert "Notices 3 unread" in texts(client.get("/maplewood"))
    words = texts(client.get("/maplewood/notices"))
    assert "Events that you go to" in words
    assert 'href="/events/two"' in client.get("/maplewood/notices").get_data(as_text=True)
    newest = notices(house.scope("ada"), after=None).rows[0].id
    client.post(f"/maplewood/notices/{ref_of(newest)}")
    assert "Notices 2 unread" in texts(client.get("/maplewood/notices"))
    answer = client.post("/maplewood/notices", data={"up_to": ref_of(newest)}, follow_redirects=True)
    assert "unread" not in texts(answer)
    assert house.client_of("bo").post(f"/maplewood/notices/{ref_of(newest)}").status_code == 404
