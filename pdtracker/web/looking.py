"""Telling a person who looked at their record.

A GET writes nothing; this is the one thing that has to be kept of one, because the page itself is what happened. So
it is no part of the page: the page is made first, from reading alone, and then an action of its own notes that it was
given. Giving it again notes nothing new, no page answers otherwise because of it but the holder's own, and it doesn't
hang on a script or a button that whoever looks could leave out. What can't be noted isn't shown.
"""

from __future__ import annotations

from pdtracker.actions.looks import note_look
from pdtracker.domain.look import Record
from pdtracker.queries.looks import has_looked
from pdtracker.web.answers import Answer
from pdtracker.web.requests import scope


def noted(answer: Answer, person_id: int, record: Record) -> Answer:
    """The page of somebody's record, after it was noted that the reader, if it is another one, was given it."""
    who = scope()
    # Most pages are opened again on the same day; then nothing waits for a lock.
    if person_id != who.me.id and not has_looked(who, person_id, record):
        note_look(who, person_id, record)
    return answer
