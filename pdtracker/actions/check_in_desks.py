"""Setting up the desks of an event, and choosing how long around its sessions one can check in."""

from __future__ import annotations

import secrets

import sqlalchemy as sa

from pdtracker.domain.access import Permission
from pdtracker.domain.check_in_codes import SECRET_BYTES
from pdtracker.domain.check_ins import CLOSES_AFTER, MOST_AROUND, OPENS_BEFORE
from pdtracker.domain.refusals import NotNow, NotValid
from pdtracker.models.check_ins import CheckInDesk
from pdtracker.models.events import EventState
from pdtracker.models.ids import new_id
from pdtracker.queries import check_in_desks, one_event
from pdtracker.scope import Scope, action


@action(Permission.TAKE_ATTENDANCE)
def set_up_desks(scope: Scope, event_id: int) -> None:
    """Give each session of an event a desk, or the event itself; those that have one keep it, so twice is once."""
    event = one_event.event(scope, event_id)
    check_in_desks.require_host(scope, event_id)
    if event.state is not EventState.PUBLISHED:
        raise NotNow("not_published", "Check-in can be set up once the event is in the calendar.")
    places = check_in_desks.places(scope, event_id)
    if not places:
        raise NotNow("no_hours", "This event has no fixed hours, so there is nothing to check in to.")
    for place in places:
        if place.desk_id is not None:
            continue
        made = CheckInDesk(
            id=new_id(),
            event_id=event_id,
            session_id=place.session_id,
            place_id=place.id,
            secret=secrets.token_bytes(SECRET_BYTES),
            opens_before=OPENS_BEFORE,
            closes_after=CLOSES_AFTER,
            set_up_by_id=scope.me.id,
            set_up_at=scope.at,
        )
        scope.session.add(made)
        scope.record("check_in.set_up", "check_in_desk", made.id, event=event_id, session=place.session_id)


@action(Permission.TAKE_ATTENDANCE)
def change_window(scope: Scope, desk_id: int, *, opens_before: int, closes_after: int) -> None:
    """Choose from how many minutes before to how many after the session one can check in; NotValid at the fields."""
    check_in_desks.desk_to_keep(scope, desk_id)
    fault = f"Enter between 0 and {MOST_AROUND} minutes."
    wanted = {"opens_before": opens_before, "closes_after": closes_after}
    if faults := {name: fault for name, minutes in wanted.items() if not 0 <= minutes <= MOST_AROUND}:
        raise NotValid(faults)
    found = scope.session.scalars(sa.select(CheckInDesk).where(CheckInDesk.id == desk_id)).one()
    if (found.opens_before, found.closes_after) == (opens_before, closes_after):
        return
    found.opens_before, found.closes_after = opens_before, closes_after
    scope.record("check_in.window_changed", "check_in_desk", desk_id, **wanted)
