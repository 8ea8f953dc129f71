"""What an event names: its host, made where it is new, and its programme.

No action by itself: other actions call it within theirs.
"""

from __future__ import annotations

import sqlalchemy as sa

from pdtracker.models.events import Organization, Programme
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
