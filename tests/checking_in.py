"""Desks for tests: an hour's session of Maplewood at which one can check in, hosted by Hal."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from pdtracker.actions.check_in_desks import set_up_desks
from pdtracker.actions.check_ins import Sent
from pdtracker.domain.check_in_codes import badge_of, read_token, screen_token, short_code
from pdtracker.models.check_ins import CheckIn
from pdtracker.models.events import Event, EventBreak, EventHost, EventSession
from pdtracker.models.ids import new_id
from pdtracker.models.people import Person
from pdtracker.queries import check_in_desks
from pdtracker.queries.check_in_desks import DeskRow
from pdtracker.scope import Scope
from tests.factories import NOW, Cast, an_event


def a_hosted_event(cast: Cast, at: datetime = NOW, *, began: int = 20, minutes: int = 60) -> int:
    """An event of Maplewood's own that began `began` minutes ago; Hal hosts it."""
    starts_at = at - timedelta(minutes=began)
    event_id = an_event(
        cast.scope("cam", at), starts_at=starts_at, ends_at=starts_at + timedelta(minutes=minutes)
    )
    hal = cast.scope("hal", at)
    with hal.session.writing():
        hal.session.execute(sa.update(Event).where(Event.id == event_id).values(zone=cast.maplewood.zone))
        hal.session.add(EventHost(event_id=event_id, person_id=hal.me.id))
    return event_id


def a_desk(cast: Cast, at: datetime = NOW, *, began: int = 20, minutes: int = 60) -> DeskRow:
    """The desk of such an event."""
    event_id = a_hosted_event(cast, at, began=began, minutes=minutes)
    set_up_desks(cast.scope("hal", at), event_id)
    return the_desk(cast, event_id, at)


def the_desk(cast: Cast, event_id: int, at: datetime = NOW) -> DeskRow:
    """The first desk of an event."""
    return check_in_desks.desks_of(cast.scope("hal", at), event_id)[0]


def add_sessions(cast: Cast, event_id: int, spans: Sequence[tuple[datetime, datetime]]) -> None:
    """Give an event sessions of its own, in this order."""
    cam = cast.scope("cam")
    with cam.session.writing():
        cam.session.add_all(
            EventSession(
                event_id=event_id, position=place, title=f"Session {place}", starts_at=starts, ends_at=ends
            )
            for place, (starts, ends) in enumerate(spans, 1)
        )


def add_break(cast: Cast, event_id: int, starts_at: datetime, ends_at: datetime) -> None:
    """Give an event a break."""
    cam = cast.scope("cam")
    with cam.session.writing():
        cam.session.add(EventBreak(event_id=event_id, starts_at=starts_at, ends_at=ends_at))


def sent(at: datetime | None = None, nonce: str = "") -> Sent:
    """What a device sends: with a nonce of its own, and when it kept the scan."""
    return Sent(nonce or secrets.token_hex(8), at)


def code_at(desk: DeskRow, at: datetime) -> str:
    """The code that the screen of the desk shows then."""
    read = read_token(screen_token(desk.id, desk.secret, at))
    assert read is not None
    return read[1]


def token_at(desk: DeskRow, at: datetime) -> str:
    """What the square on the screen leads to then."""
    return screen_token(desk.id, desk.secret, at)


def short_code_at(desk: DeskRow, at: datetime) -> str:
    """The short code of the desk then."""
    return short_code(desk.secret, at)


def badge(cast: Cast, desk: DeskRow, name: str) -> str:
    """Somebody's badge at the desk."""
    return badge_of(desk.secret, desk.id, cast.person_ids[name])


def lines(scope: Scope) -> Sequence[CheckIn]:
    """The whole log of the district."""
    return scope.session.scalars(sa.select(CheckIn).order_by(CheckIn.id)).all()


def more_teachers(cast: Cast, count: int, name: str = "") -> list[int]:
    """Further people of Maplewood; they have no accounts. `name` is that of all of them."""
    cam = cast.scope("cam")
    people = [
        Person(
            id=new_id(),
            name=name or f"Teacher {number}",
            title="",
            email=f"t{number}@maplewood.example",
            email_key=f"t{number}@maplewood.example",
            school_id=None,
            created_at=NOW,
        )
        for number in range(count)
    ]
    with cam.session.writing():
        cam.session.add_all(people)
        cam.session.flush()
    return [person.id for person in people]
