"""Attendance in the demo: an open house at which one can check in now, and a workshop at which people did."""

from __future__ import annotations

from datetime import datetime, timedelta

from pdtracker.actions.calendar import decide_proposal, propose_event
from pdtracker.actions.check_in_desks import set_up_desks
from pdtracker.actions.check_ins import Sent, check_in_by_screen
from pdtracker.actions.taking_attendance import SheetLine, note_guest, scan_badge, type_sheet
from pdtracker.demo.founding import Founded
from pdtracker.demo.people import districts, people
from pdtracker.domain.access import Role
from pdtracker.domain.calendar import EventTime
from pdtracker.domain.check_in_codes import badge_of, read_token, screen_token
from pdtracker.domain.check_ins import Mark, Means
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.proposal import Proposal
from pdtracker.queries import check_in_desks
from pdtracker.queries.check_in_desks import DeskRow

HOST = "hugo@maplewood.example"
ADMINISTRATOR = next(
    person.email
    for person in people()
    if person.district == districts()[0].slug and Role.ADMINISTRATOR in person.roles
)
_MINUTE = timedelta(minutes=1)
# Who signed the sheet of the workshop, how many minutes after its start, and when they left; one forgot to say.
_WORKSHOP = (
    ("leah.cohen@maplewood.example", -4, 91),
    ("marcus.reed@maplewood.example", 2, 90),
    ("priya.nair@maplewood.example", 11, 64),
    ("omar.farouk@maplewood.example", 1, None),
)
_OPEN_HOUSE = ("leah.cohen@maplewood.example", "kenji.sato@maplewood.example", "jia.chen@maplewood.example")


def take_attendance(founded: Founded, now: datetime) -> None:
    """Both events, hosted by one person; the sheet of the one is typed in now, at the other people come in."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    workshop = _desk(
        founded,
        EventKind.WORKSHOP,
        "Workshop: feedback that students use",
        "Ninety minutes with pencils: rewrite ten of your own comments so that somebody can act on them.",
        (hour - timedelta(hours=4), 90),
        now,
    )
    begins = workshop.hours.starts_at
    sheet = [
        SheetLine(number, email, begins + came * _MINUTE, None if left is None else begins + left * _MINUTE)
        for number, (email, came, left) in enumerate(_WORKSHOP, 1)
    ]
    with founded.scope(HOST, now) as scope:
        type_sheet(scope, workshop.id, sheet, key="demo-sheet")
    house = _desk(
        founded,
        EventKind.OPEN_HOUSE,
        "Open house: bring a lesson, take one home",
        "Come for a quarter of an hour or for the whole of it. On each table lies one lesson, with whoever taught it.",
        (hour - 30 * _MINUTE, 210),
        now,
    )
    for place, email in enumerate(_OPEN_HOUSE):
        _come(founded, house, email, now, by_badge=place == 2)
    with founded.scope(HOST, now) as scope:
        note_guest(
            scope,
            house.id,
            Mark.IN,
            person_id=None,
            name="Winifred Ashe",
            means=Means.WALK_IN,
            sent=Sent("demo-walk-in"),
        )


def _desk(
    founded: Founded, kind: EventKind, title: str, summary: str, span: tuple[datetime, int], now: datetime
) -> DeskRow:
    starts_at, minutes = span
    with founded.scope(HOST, now) as scope:
        event_id = propose_event(
            scope,
            Proposal(
                title=title,
                summary=summary,
                kind=kind,
                category=CreditCategory.PEDAGOGY,
                host="Birch Hill Teachers' Circle",
                time=EventTime(starts_at, starts_at + minutes * _MINUTE, scope.district.zone, has_hours=True),
                platform="Birch Hill Middle School, library",
                link="",
                hashtag="",
                programme_id=None,
            ),
        )
    with founded.scope(ADMINISTRATOR, now) as scope:
        decide_proposal(scope, event_id, accept=True, reason="")
    with founded.scope(HOST, now) as scope:
        set_up_desks(scope, event_id)
        return check_in_desks.desks_of(scope, event_id)[0]


def _come(founded: Founded, desk: DeskRow, email: str, at: datetime, *, by_badge: bool) -> None:
    nonce = f"demo-in-{desk.id}-{founded.residents[email].person_id}"[:64]
    if by_badge:
        badge = badge_of(desk.secret, desk.id, founded.residents[email].person_id)
        with founded.scope(HOST, at) as scope:
            scan_badge(scope, desk.id, badge, Mark.IN, sent=Sent(nonce))
        return
    read = read_token(screen_token(desk.id, desk.secret, at))
    code = read[1] if read else ""
    with founded.scope(email, at) as scope:
        check_in_by_screen(scope, desk.id, code, seen="", sent=Sent(nonce))
