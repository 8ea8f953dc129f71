"""Microsoft Teams: lists of comings and goings, taken during a meeting (2020) or of a live event.

The list of 2020 tells no e-mail, and who is still there when it is taken has no going. A live event's times are UTC.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pdtracker.domain.attendance import Strength
from pdtracker.exchange.attendance.entries import Meeting, Reading
from pdtracker.exchange.attendance.headings import Columns, Part, find, words
from pdtracker.exchange.attendance.pairing import Passage, paired
from pdtracker.exchange.attendance.sheet import Row, Sheet
from pdtracker.exchange.refused import Refused

_LIST: Final = words(NAME="full name", ACTION="user action", AT="timestamp")
_EVENT: Final = words(
    MEETING="sessionid", PERSON="participantid", NAME="fullname", AT="utceventtimestamp", ACTION="action"
)
_COMES: Final = frozenset({"joined", "joined before", "join", "participantjoined"})
_GOES: Final = frozenset({"left", "leave", "participantleft"})


def read_list(sheet: Sheet) -> Reading | None:
    """A list taken during a meeting."""
    found = find(sheet, _LIST, (Part.NAME, Part.ACTION, Part.AT))
    if found is None:
        return None
    place, table = found
    refused: list[Refused] = []
    entries = list(paired(_passages(sheet.rows[place + 1 :], table, refused), refused))
    return Reading("teams-2020-list", Strength.INTERVALS, entries, refused)


def read_live_event(sheet: Sheet) -> Reading | None:
    """The report of a live event; each of its sessions is a meeting."""
    found = find(sheet, _EVENT, (Part.NAME, Part.ACTION, Part.AT))
    if found is None:
        return None
    place, table = found
    refused: list[Refused] = []
    passages = _passages(sheet.rows[place + 1 :], table, refused)
    # Its lines are not always in order; times that begin with the year sort as they stand.
    if all(passage.at[:4].isdigit() for passage in passages):
        passages.sort(key=lambda passage: passage.at)
    entries = list(paired(passages, refused))
    meetings = {entry.meeting: Meeting() for entry in entries}
    return Reading("teams-live-event", Strength.INTERVALS, entries, refused, meetings, zone="UTC")


def _passages(rows: Iterable[Row], table: Columns, refused: list[Refused]) -> list[Passage]:
    found = []
    for row in rows:
        action = table.text(row, Part.ACTION).casefold()
        if action in _COMES or action in _GOES:
            found.append(
                Passage(
                    line=row.line,
                    name=table.text(row, Part.NAME),
                    at=table.text(row, Part.AT),
                    comes=action in _COMES,
                    person=table.text(row, Part.PERSON),
                    meeting=table.text(row, Part.MEETING),
                )
            )
        elif not row.is_empty:
            refused.append(Refused(row.line, "It says neither Joined nor Left."))
    return found
