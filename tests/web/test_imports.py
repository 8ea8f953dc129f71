"""Attendance imports in the web: bring, look, decide, confirm, undo; by columns where no format is known."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from pdtracker.domain.refs import ref_of
from pdtracker.domain.when import local
from pdtracker.models.claims import Claim
from pdtracker.models.events import EventSession
from pdtracker.models.ids import new_id
from pdtracker.scope import Scope
from tests.calendars import statements
from tests.claiming import ON_ONE_DATABASE, today
from tests.factories import House, an_event
from tests.importing import HEADING, hosted, zoom
from tests.reviewing_client import ReviewingClient, fields, texts

ADA = ("Ada Lindqvist", "ada@maplewood.example", 0, 50)
UNSURE = ("Lindqvist Ada", "", 0, 55)
LIST = "Wer;Adresse;Dauer\nAda;ada@maplewood.example;45\nBo;;60\n"


def at_work(house: House) -> tuple[Scope, ReviewingClient, int]:
    cam = today(house, "cam")
    return cam, house.client_of("cam"), an_event(cam)


def bring(client: ReviewingClient, event_id: int, data: bytes | str, **more: object) -> TestResponse:
    address = f"/maplewood/events/{ref_of(event_id)}/attendance"
    sent: dict[str, object] = {**fields(client.get(address), address), **more}
    if isinstance(data, bytes):
        sent["file"] = (io.BytesIO(data), "zoom.csv")
    else:
        sent["pasted"] = data
    return client.post(address, data=sent)


def press(client: ReviewingClient, page: str, below: str, **more: object) -> TestResponse:
    address = f"{page}/{below}"
    return client.post(address, data={**fields(client.get(page), address), **more}, follow_redirects=True)


def claims_of(scope: Scope, event_id: int) -> list[Claim]:
    scope.session.rollback()
    return list(scope.session.scalars(sa.select(Claim).where(Claim.event_id == event_id)))


def test_a_report_is_brought_looked_at_decided_confirmed_and_undone(house: House) -> None:
    cam, client, event_id = at_work(house)
    event_page = texts(client.get(f"/events/{ref_of(event_id)}"))
    assert "Bring an attendance report" in event_page
    answer = bring(client, event_id, zoom(cam, UNSURE, ("Zoe", "zoe@elsewhere.example", 0, 60)))
    assert answer.status_code == 303
    page = answer.location
    shown = client.get(page)
    assert "2 people in the Zoom report" in texts(shown)
    assert "Nothing counts yet" in texts(shown)
    decisions = f"{page}/decisions"
    sent = fields(shown, decisions)
    (line,) = (name for name in sent if name.startswith("line_"))
    decided = client.post(
        decisions,
        data={**sent, line: ref_of(house.person_ids["ada"]), "remember": "y"},
        follow_redirects=True,
    )
    assert "1 line decided." in texts(decided)
    assert claims_of(cam, event_id) == []
    confirmed = press(client, page, "commitment")
    assert "It counts now." in texts(confirmed)
    assert "A draft is begun for them 1 person" in texts(confirmed)
    (claim,) = claims_of(cam, event_id)
    assert claim.person_id == house.person_ids["ada"]
    drafted = house.client_of("ada").get(f"/maplewood/claims/{ref_of(claim.id)}/answers")
    assert "55 minutes" in texts(drafted)
    again = bring(client, event_id, zoom(cam, UNSURE, ("Zoe", "zoe@elsewhere.example", 0, 60)))
    assert "This very file counts already" in texts(client.get(again.location))
    assert "Lindqvist Ada" in texts(client.get("/maplewood/imports")).casefold().title()
    undone = press(client, page, "undo")
    assert "Undone. 1 draft removed." in texts(undone)
    assert claims_of(cam, event_id) == []


def test_a_report_of_another_day_asks_whether_it_is_the_right_file(house: House) -> None:
    cam, client, event_id = at_work(house)
    other_day = cam.at - timedelta(days=6)
    shown = texts(
        client.get(bring(client, event_id, joins(cam, other_day, ("ada@maplewood.example", 0, 50))).location)
    )
    assert "It tells of nobody who was there during this session. Is it the right file" in shown
    on = local(other_day, cam.district.zone).date()
    assert f"{on:%B} {on.day}, " in " ".join(shown.split())
    assert "Outside the session" in shown


def two_days(cam: Scope) -> tuple[int, datetime]:
    """An event of two days with an hour of session on each; gives its id and when it began."""
    starts_at = (cam.at - timedelta(days=2)).replace(second=0, microsecond=0)
    event_id = an_event(cam, starts_at=starts_at, ends_at=starts_at + timedelta(hours=25))
    with cam.session.writing():
        for number in (0, 1):
            begins = starts_at + timedelta(days=number)
            cam.session.add(
                EventSession(
                    id=new_id(),
                    event_id=event_id,
                    position=number + 1,
                    title=f"Day {number + 1}",
                    starts_at=begins,
                    ends_at=begins + timedelta(hours=1),
                )
            )
    return event_id, starts_at


def joins(cam: Scope, starts_at: datetime, *people: tuple[str, int, int]) -> bytes:
    """A Zoom report: whose address, and the minutes after the start at which they joined and left."""

    def clock(minute: int) -> str:
        return local(starts_at + timedelta(minutes=minute), cam.district.zone).strftime(
            "%m/%d/%Y %I:%M:%S %p"
        )

    rows = [
        f"{email.split('@')[0]},{email},{clock(came)},{clock(left)},{left - came},No"
        for email, came, left in people
    ]
    return "\r\n".join([HEADING, *rows, ""]).encode()


def test_one_report_of_several_days_gives_each_day_its_own_minutes(house: House) -> None:
    cam, client = today(house, "cam"), house.client_of("cam")
    event_id, starts_at = two_days(cam)
    day = 24 * 60
    report = joins(
        cam,
        starts_at,
        ("ada@maplewood.example", 0, 50),
        ("ada@maplewood.example", day + 10, day + 40),
        # A machine that was left in the meeting over night was there during the sessions alone.
        ("ada@maplewood.example", 40, day + 20),
    )
    answer = bring(client, event_id, report, session="all")
    assert answer.status_code == 303
    listed = client.get(answer.location)
    assert "One report, read for 2 sessions." in texts(listed)
    pages = sorted(set(re.findall(r'href="(/maplewood/imports/[0-9a-z]+)"', listed.text)))
    assert len(pages) == 2
    for page in pages:
        assert "It counts now." in texts(press(client, page, "commitment"))
    found = {claim.title.split(": ")[1]: claim for claim in claims_of(cam, event_id)}
    assert {day: claim.claimed_minutes for day, claim in found.items()} == {"Day 1": 60, "Day 2": 40}
    assert found["Day 2"].starts_at == starts_at + timedelta(days=1)
    assert found["Day 2"].ends_at == starts_at + timedelta(days=1, minutes=40)
    again = bring(client, event_id, report, session="all")
    assert again.status_code == 303
    assert len(claims_of(cam, event_id)) == 2


@pytest.mark.parametrize(
    ("report", "sentence"),
    [
        (LIST, "Choose one session first."),
        (
            "Name (original name),Email,Total duration (minutes),Guest\nAda,ada@maplewood.example,90,No\n",
            "no joins",
        ),
        (b"", "This file is empty."),
        ("x" * (1024 * 1024 + 1), "too large to be read for all sessions"),
    ],
)
def test_what_can_not_be_divided_among_sessions_says_so(
    house: House, report: bytes | str, sentence: str
) -> None:
    event_id, _ = two_days(today(house, "cam"))
    answer = bring(house.client_of("cam"), event_id, report, session="all")
    assert answer.status_code == 422
    assert sentence in texts(answer)


def test_sessions_at_the_same_time_are_never_read_together(house: House) -> None:
    cam, client = today(house, "cam"), house.client_of("cam")
    event_id, _ = two_days(cam)
    page = f"/maplewood/events/{ref_of(event_id)}/attendance"
    assert 'value="all"' in client.get(page).text
    with cam.session.writing():
        first = cam.session.scalars(
            sa.select(EventSession).where(EventSession.event_id == event_id).order_by(EventSession.position)
        ).first()
        assert first is not None
        cam.session.add(
            EventSession(
                id=new_id(),
                event_id=event_id,
                position=3,
                title="Beside it",
                starts_at=first.starts_at + timedelta(minutes=30),
                ends_at=first.ends_at + timedelta(minutes=30),
            )
        )
    assert 'value="all"' not in client.get(page).text
    assert bring(client, event_id, "Name,Email\n", session="all").status_code == 422


def test_a_report_of_other_days_is_of_none_of_the_sessions(house: House) -> None:
    cam = today(house, "cam")
    event_id, starts_at = two_days(cam)
    report = joins(cam, starts_at + timedelta(hours=3), ("ada@maplewood.example", 0, 50))
    answer = bring(house.client_of("cam"), event_id, report, session="all")
    assert answer.status_code == 422
    assert "nobody who was there during any of the sessions" in texts(answer)


def test_a_list_of_an_unknown_shape_asks_for_its_columns_which_can_be_kept(house: House) -> None:
    _, client, event_id = at_work(house)
    answer = bring(client, event_id, LIST)
    assert answer.location.endswith("/columns")
    page = answer.location.removesuffix("/columns")
    asked = client.get(answer.location)
    assert "Which column is what?" in texts(asked)
    refused = client.post(answer.location, data=fields(asked, answer.location))
    assert refused.status_code == 422
    assert "Say which column has the names" in texts(refused)
    read = client.post(
        answer.location,
        data={
            **fields(asked, answer.location),
            "name": "Wer",
            "email": "Adresse",
            "lasted": "Dauer",
            "save_as": "Library",
        },
        follow_redirects=True,
    )
    assert "2 people in the attendance list" in texts(read)
    assert "Name is “Wer”" in texts(read)
    assert press(client, page, "removal").status_code == 200
    form = client.get(f"/maplewood/events/{ref_of(event_id)}/attendance")
    assert "Library" in texts(form)
    profile = form.get_data(as_text=True).split('">Library')[0].rsplit('value="', 1)[1]
    by_profile = bring(client, event_id, LIST, profile=profile)
    assert "2 people in the attendance list" in texts(client.get(by_profile.location))


def test_a_file_that_was_read_wrongly_is_read_again(house: House) -> None:
    cam, client, event_id = at_work(house)
    page = bring(client, event_id, zoom(cam, ADA)).location
    again = press(client, page, "reading", zone="America/Los_Angeles", encoding="utf-8")
    assert "Outside the session" in texts(again)
    assert "Pacific Time" in texts(again)
    assert press(client, page, "reading", zone="Nowhere").status_code == 422
    assert press(client, page, "reading", encoding="utf-16-be").status_code == 422


@ON_ONE_DATABASE
@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "This file is empty"),
        (b"%PDF-1.4", "This is a PDF"),
        (b"Dear Ada,\nyou were there.\n", "no attendance report that we know"),
        ("  ", "Choose the report, or paste its lines"),
    ],
)
def test_what_is_no_report_is_refused_at_the_file(house: House, data: bytes | str, sentence: str) -> None:
    _, client, event_id = at_work(house)
    answer = bring(client, event_id, data)
    assert answer.status_code == 422
    assert sentence in texts(answer)


def test_one_line_is_decided_with_a_search(house: House) -> None:
    cam, client, event_id = at_work(house)
    page = bring(client, event_id, zoom(cam, ("Otto", "", 0, 50))).location
    row = next(word for word in client.get(page).get_data(as_text=True).split('"') if "/lines/" in word)
    assert "Nobody’s name or address has “qqq” in it" in texts(client.get(f"{row}?words=qqq"))
    found = client.get(f"{row}?words=lindq")
    assert "1 found" in texts(found)
    sent = {**fields(found, row), "person": ref_of(house.person_ids["ada"])}
    assert "Decided." in texts(client.post(row, data=sent, follow_redirects=True))
    assert client.post(row, data={**sent, "person": "???"}).status_code == 400
    assert client.post(f"{page}/decisions", data={**sent, "line_?": "x"}).status_code == 400


def test_a_host_sees_what_they_need_and_others_nothing(house: House) -> None:
    cam = today(house, "cam")
    event_id = hosted(cam, house.person_ids["hal"])
    hal = house.client_of("hal")
    page = bring(hal, event_id, zoom(cam, UNSURE)).location
    assert "1 person in the Zoom report" in texts(hal.get(page))
    row = next(word for word in hal.get(page).get_data(as_text=True).split('"') if "/lines/" in word)
    assert "Somebody else" not in texts(hal.get(row))
    for name in ("ada", "bo"):
        other = house.client_of(name)
        assert other.get(page).status_code == 404
        assert other.get(f"/maplewood/events/{ref_of(event_id)}/attendance").status_code == 404
        assert "No report yet" in texts(other.get("/maplewood/imports"))
        assert "Bring an attendance" not in texts(other.get(f"/events/{ref_of(event_id)}"))
    assert house.client_of("dee").get(page).status_code in {403, 404}


def test_an_event_without_hours_has_no_report(house: House) -> None:
    cam, client, _ = at_work(house)
    address = f"/maplewood/events/{ref_of(an_event(cam, has_hours=False))}/attendance"
    answer = client.get(address)
    assert answer.status_code == 409
    assert "no fixed hours" in texts(answer)


def test_strange_addresses_are_no_pages(house: House) -> None:
    cam, client, event_id = at_work(house)
    page = bring(client, event_id, zoom(cam, ADA)).location
    for query in ("show=everything", "after=-1", "after=9999999999"):
        assert client.get(f"{page}?{query}").status_code == 404
    assert client.get("/maplewood/imports?before=%00").status_code == 404


def test_the_pages_of_two_thousand_people_take_as_many_statements_as_those_of_three(house: House) -> None:
    cam, client, _ = at_work(house)
    counted = []
    for size in (3, 2_000):
        people = [(f"Person {number}", f"p{number}@elsewhere.example", 0, 50) for number in range(size)]
        page = bring(client, an_event(cam), zoom(cam, ADA, UNSURE, *people)).location
        with statements(house.database) as asked:
            assert f"{size + 2:,}"[:1] in texts(client.get(f"{page}?show=all"))
        counted.append(len(asked))
    assert counted[0] == counted[1]
    began = datetime.now(UTC)
    client.get(f"{page}?show=unknown&after=1000")
    assert (datetime.now(UTC) - began).total_seconds() < 2
