"""The archive of an event: what is listed, and what waits for who speaks for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from pdtracker.domain.archive import ArchiveKind, ArchiveState
from pdtracker.models.archives import ArchiveLink
from pdtracker.models.people import Person
from pdtracker.scope import Scope


@dataclass(frozen=True, slots=True)
class Archived:
    """A link of an event's archive, whatever became of it."""

    id: int
    kind: ArchiveKind
    title: str
    link: str
    state: ArchiveState
    by_id: int
    by_name: str
    at: datetime
    reason: str


def archive(scope: Scope, event_id: int) -> tuple[Archived, ...]:
    """All links that the district has for the event: recordings, chats, resources, each in order of time.

    One statement.
    """
    rows = scope.session.execute(
        sa.select(ArchiveLink, Person.name)
        .join(Person, Person.id == ArchiveLink.given_by_id)
        .where(ArchiveLink.event_id == event_id)
        .order_by(ArchiveLink.id)
    )
    found = [
        Archived(
            one.id, one.kind, one.title, one.link, one.state, one.given_by_id, name, one.given_at, one.reason
        )
        for one, name in rows
    ]
    order = list(ArchiveKind)
    return tuple(sorted(found, key=lambda one: order.index(one.kind)))
