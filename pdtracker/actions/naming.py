"""What an event names: its hosts, made where they are new, its programme and its themes.

No action by itself: other actions call it within theirs.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa

from pdtracker.domain.proposal import Proposal
from pdtracker.domain.refusals import NotValid
from pdtracker.models.events import EventCoHost, EventTheme, Organization, Programme, Theme
from pdtracker.models.ids import new_id
from pdtracker.scope import Scope


def organization_named(scope: Scope, name: str) -> int:
    """The organization of this name in reach, whatever its capitals; without one a new one of the district's own."""
    found = scope.session.scalar(
        sa.select(Organization.id)
        # SQLite lowers ASCII only, so the name as it was typed is asked for too.
        .where(sa.or_(Organization.name == name, sa.func.lower(Organization.name) == name.lower()))
        .order_by(Organization.id)
        .limit(1)
    )
    if found is not None:
        return found
    host = Organization(id=new_id(), name=name)
    scope.session.add(host)
    # The event's foreign key needs the row; no relationship tells the unit of work so.
    scope.session.flush()
    return host.id


def programme_here(scope: Scope, programme_id: int) -> bool:
    """Whether the district sees a programme of this id. One statement."""
    return scope.session.scalar(sa.select(Programme.id).where(Programme.id == programme_id)) is not None


def require_programme(scope: Scope, told: Proposal) -> None:
    """Refuse with NotValid a programme that isn't in reach, and themes that are of another one. Two statements."""
    if told.programme_id is not None and not programme_here(scope, told.programme_id):
        raise NotValid({"programme": "Choose a programme from the list."})
    of_it = sa.select(sa.func.count(Theme.id)).where(
        Theme.id.in_(told.theme_ids), Theme.programme_id == told.programme_id
    )
    if told.theme_ids and scope.session.scalar(of_it) != len(set(told.theme_ids)):
        raise NotValid({"themes": "Choose themes of the programme that the event is part of, or none."})


def put_co_hosts(scope: Scope, event_id: int, names: Sequence[str]) -> None:
    """Let these host the event beside its host, and nobody else. For actions that hold the event."""
    wanted = {organization_named(scope, name) for name in names}
    for row in scope.session.scalars(sa.select(EventCoHost).where(EventCoHost.event_id == event_id)).all():
        if row.organization_id not in wanted:
            scope.session.delete(row)
        wanted.discard(row.organization_id)
    scope.session.add_all(EventCoHost(event_id=event_id, organization_id=one) for one in sorted(wanted))
    # Now, while the caller still holds the event that they belong to.
    scope.session.flush()


def put_themes(scope: Scope, event_id: int, theme_ids: Collection[int]) -> None:
    """Let the event gather around these themes, and no others. For actions that hold the event."""
    wanted = set(theme_ids)
    for row in scope.session.scalars(sa.select(EventTheme).where(EventTheme.event_id == event_id)).all():
        if row.theme_id not in wanted:
            scope.session.delete(row)
        wanted.discard(row.theme_id)
    scope.session.add_all(EventTheme(event_id=event_id, theme_id=one) for one in sorted(wanted))
    # Now, while the caller still holds the event that they belong to.
    scope.session.flush()
