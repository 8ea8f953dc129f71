"""Attendance reports in the demo: two wait to be looked at, one counts; and a talk with a waiting list."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime, timedelta

from pdtracker.actions.calendar import decide_proposal, propose_event
from pdtracker.actions.imports import HowRead, begin_import, keep_report, read_file
from pdtracker.actions.people import edit_person
from pdtracker.actions.recording import commit_import
from pdtracker.actions.registering import register, set_terms
from pdtracker.blobs import BlobStore
from pdtracker.demo.attendance import ADMINISTRATOR, HOST
from pdtracker.demo.founding import Founded
from pdtracker.domain.calendar import EventTime
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.proposal import Proposal
from pdtracker.domain.refs import ref_of
from pdtracker.domain.when import local
from pdtracker.queries.import_events import import_event
from pdtracker.queries.people import person

_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
_NUMBERS = {
    "leah.cohen@maplewood.example": "MW-1042",
    "marcus.reed@maplewood.example": "MW-1043",
    "priya.nair@maplewood.example": "MW-1051",
    "omar.farouk@maplewood.example": "MW-1067",
}
# Name, address, and the minutes of joining and leaving, as the meeting's software has them.
_ZOOM = (
    ("Kenji Sato", "kenji.sato@maplewood.example", 0, 41),
    ("Kenji Sato", "kenji.sato@maplewood.example", 44, 60),
    ("Jia Chen (Birch Hill)", "jia.chen@maplewood.example", -3, 62),
    ("Winifred Ashe", "w.ashe@elsewhere.example", 2, 60),
    ("Fireflies.ai Notetaker", "", 0, 60),
)
_COUNTED = (
    ("Leah Cohen", "leah.cohen@maplewood.example", 1, 60),
    ("Marcus Reed", "marcus.reed@maplewood.example", 0, 25),
    ("Marcus Reed", "marcus.reed@maplewood.example", 31, 60),
    ("iPad (3)", "", 4, 58),
    ("Winifred Ashe", "w.ashe@elsewhere.example", 0, 60),
)
# What people typed into a form at the door: two of these lines disagree with themselves, and one is of nobody here.
_DOOR = (
    ("Leah C.", "", "MW-1042"),
    ("Marcus Reed", "marcus.reed@maplewood.example", ""),
    ("Priya Nair", "", "MW-1043"),
    ("Omar Farouk", "priya.nair@maplewood.example", "MW-1067"),
    ("Sam Doyle", "sam@elsewhere.example", ""),
)
_REGISTERED = (
    "leah.cohen@maplewood.example",
    "marcus.reed@maplewood.example",
    "kenji.sato@maplewood.example",
)


def bring_reports(founded: Founded, store: BlobStore, now: datetime, base_url: str) -> None:
    """Number some people, bring the reports, let one count, and fill the talk beyond its last place."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    for email, number in _NUMBERS.items():
        _give_number(founded, email, number, now)
    webinar = _event(founded, EventKind.WEBINAR, "Webinar: questions that open a text", hour - _DAY, now)
    _brought(founded, store, webinar, _zoom_report(founded, _ZOOM, hour - _DAY, now), "participants.csv", now)
    evening = _event(founded, EventKind.WORKSHOP, "Workshop: one page, three readers", hour - 2 * _DAY, now)
    _brought(founded, store, evening, _door_list(founded, hour - 2 * _DAY, now), "sign-in.csv", now)
    past = _event(founded, EventKind.WEBINAR, "Webinar: notes that students keep", hour - 3 * _DAY, now)
    counted = _zoom_report(founded, _COUNTED, hour - 3 * _DAY, now)
    import_id = _brought(founded, store, past, counted, "participants-notes.csv", now)
    with founded.scope(HOST, now) as scope:
        claims = f"{base_url.rstrip('/')}/{scope.district.slug}/claims"
        commit_import(
            scope, import_id, replaces=False, address=lambda claim_id: f"{claims}/{ref_of(claim_id)}"
        )
    talk = _event(founded, EventKind.PANEL, "Panel: what we stopped grading", hour + 5 * _DAY, now)
    with founded.scope(HOST, now) as scope:
        set_terms(scope, talk, places=2, closes_at=None)
    for email in _REGISTERED:
        with founded.scope(email, now) as scope:
            register(scope, talk, address=f"{base_url.rstrip('/')}/events/{ref_of(talk)}")


def _give_number(founded: Founded, email: str, number: str, now: datetime) -> None:
    person_id = founded.residents[email].person_id
    with founded.scope(ADMINISTRATOR, now) as scope:
        known = person(scope, person_id)
        edit_person(
            scope,
            person_id,
            name=known.name,
            title=known.title,
            school_id=known.school_id,
            employee_number=number,
        )


def _event(founded: Founded, kind: EventKind, title: str, starts_at: datetime, now: datetime) -> int:
    with founded.scope(HOST, now) as scope:
        event_id = propose_event(
            scope,
            Proposal(
                title=title,
                summary="An hour among colleagues: bring one page that your class struggled with.",
                kind=kind,
                category=CreditCategory.PEDAGOGY,
                host="Birch Hill Teachers' Circle",
                time=EventTime(starts_at, starts_at + 60 * _MINUTE, scope.district.zone, has_hours=True),
                platform="Zoom" if kind is EventKind.WEBINAR else "Birch Hill Middle School, library",
                link="",
                hashtag="",
                programme_id=None,
            ),
        )
    with founded.scope(ADMINISTRATOR, now) as scope:
        decide_proposal(scope, event_id, accept=True, reason="")
    return event_id


def _brought(founded: Founded, store: BlobStore, event_id: int, data: bytes, name: str, now: datetime) -> int:
    with founded.scope(HOST, now) as scope:
        event = import_event(scope, event_id, None)
        kept = keep_report(scope, store, io.BytesIO(data), name)
        return begin_import(scope, event_id, None, kept, read_file(scope, event, data, HowRead()))


def _zoom_report(
    founded: Founded, people: Sequence[tuple[str, str, int, int]], starts_at: datetime, now: datetime
) -> bytes:
    with founded.scope(HOST, now) as scope:
        zone = scope.district.zone

    def clock(minute: int) -> str:
        return local(starts_at + minute * _MINUTE, zone).strftime("%m/%d/%Y %I:%M:%S %p")

    rows = [f"{name},{email},{clock(a)},{clock(b)},{b - a},No" for name, email, a, b in people]
    heading = "Name (original name),Email,Join time,Leave time,Duration (minutes),Guest"
    return "\r\n".join([heading, *rows, ""]).encode("utf-8-sig")


def _door_list(founded: Founded, starts_at: datetime, now: datetime) -> bytes:
    with founded.scope(HOST, now) as scope:
        at = local(starts_at + 5 * _MINUTE, scope.district.zone).strftime("%m/%d/%Y %H:%M:%S")
    rows = [f"{at},{email},{name},{number}" for name, email, number in _DOOR]
    return "\r\n".join(["Timestamp,Email Address,Full name,Employee ID", *rows, ""]).encode()
