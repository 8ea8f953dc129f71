"""Noting that somebody looked at another person's record."""

from __future__ import annotations

from pdtracker.actions.joining import lock_person
from pdtracker.domain.access import Permission
from pdtracker.domain.look import Record
from pdtracker.domain.refusals import NotHere
from pdtracker.queries.looks import PERSON, has_looked
from pdtracker.queries.people import is_in_sight
from pdtracker.scope import Scope, action


@action(Permission.SEE_ALL_TRANSCRIPTS)
def note_look(scope: Scope, person_id: int, record: Record) -> bool:
    """Note that the acting person looked at somebody's record, once for each day; whether it is a new note.

    Nobody looks at their own. Raises NotHere for who isn't in sight.
    """
    if person_id == scope.me.id:
        return False
    # In hand, so that two pages which open at once don't both find nothing noted yet.
    if not is_in_sight(scope, person_id) or lock_person(scope.session, person_id) is None:
        raise NotHere
    if has_looked(scope, person_id, record):
        return False
    scope.record(record.action, PERSON, person_id)
    return True
