"""The formats that are known, each recognised by its own headings; what is asked first is the most particular."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from pdtracker.domain.refusals import Mistyped
from pdtracker.exchange.attendance import (
    eventbrite,
    forms,
    gotowebinar,
    mapping,
    meet,
    moodle,
    teams,
    teams_lists,
    webex,
    webinar,
    zoom,
)
from pdtracker.exchange.attendance.entries import Reading
from pdtracker.exchange.attendance.sheet import Sheet

FORMATS: Final[tuple[Callable[[Sheet], Reading | None], ...]] = (
    webinar.read,
    zoom.read,
    teams.read_sections,
    teams_lists.read_live_event,
    teams_lists.read_list,
    teams.read_summary,
    webex.read,
    meet.read,
    gotowebinar.read,
    eventbrite.read,
    moodle.read,
    forms.read,
    mapping.read,
)


def recognised(sheet: Sheet) -> Reading:
    """What the first format that knows the file reads in it. Raises Mistyped when none does."""
    for read in FORMATS:
        reading = read(sheet)
        if reading is not None:
            return reading
    raise Mistyped(
        "This is no attendance report that we know: no row has headings such as Name, Email, Join Time. "
        "Choose the report as it was downloaded."
    )
