"""`pdtracker import attendance|events|roster`: what a file would bring; it is kept only when asked, with `--commit`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from pdtracker.actions.event_imports import Choices, Imported, import_events
from pdtracker.commands import _reports, _rosters
from pdtracker.commands.serve import require_schema
from pdtracker.db import Database
from pdtracker.domain.attendance import Flag, SessionHours
from pdtracker.domain.calendar import HOST_CHARACTERS
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.refs import ref_of
from pdtracker.domain.refusals import Mistyped, Refusal
from pdtracker.domain.text import clean_line
from pdtracker.domain.when import instant, known_zone, local
from pdtracker.exchange.attendance import text as report_text
from pdtracker.exchange.attendance.report import Attendee, Report, read_report
from pdtracker.exchange.ics import lines as calendar_lines
from pdtracker.exchange.ics.calendar import CalendarReading, Moment, Occurrence, read_calendar
from pdtracker.exchange.ics.said import read_said
from pdtracker.exchange.refused import Refused
from pdtracker.queries.accounts import district_by_slug
from pdtracker.queries.programmes import programmes
from pdtracker.scope import Scope
from pdtracker.settings import load_settings
from pdtracker.terminal import say

EXIT_NOTHING_READ: Final = 1
_LONGEST_NAME: Final = 120
_TWO_YEARS: Final = timedelta(days=730)


def register(subparsers: Any) -> None:
    """Adds `import attendance`, `import events` and `import roster`."""
    verbs = subparsers.add_parser(
        "import", help="read an attendance report, a calendar or a roster, and show what it says"
    ).add_subparsers(metavar="VERB", required=True)

    attendance = verbs.add_parser(
        "attendance",
        help="who was at a session, by a report of Zoom, Teams, Meet and others",
        description="Reads an attendance report (CSV, text, .xlsx) and shows each person's minutes within the session. "
        "Without --commit nothing is written. Exit 0 when something was read, 1 when nothing could be.",
    )
    attendance.add_argument(
        "event",
        metavar="EVENT",
        help="an event of this installation: DISTRICT:EVENT, DISTRICT:EVENT/SESSION or its page's address; or hours:"
        " START/END/ZONE, such as 2026-10-14T16:00/2026-10-14T17:30/America/New_York",
    )
    attendance.add_argument("file", metavar="FILE", help="the report")
    attendance.add_argument("--zone", help="the zone of the file's clock times (default: the event's)")
    attendance.add_argument("--json", action="store_true", help="answer as JSON")
    attendance.add_argument(
        "--commit", action="store_true", help="let it count: drafts, evidence and letters, as on the page"
    )
    attendance.set_defaults(run=_attendance)

    events = verbs.add_parser(
        "events",
        help="the events of an iCalendar file",
        description="Reads an .ics file and shows its events, series as single dates. Nothing is written "
        "without --commit. Exit 0 when something was read, 1 when nothing could be.",
    )
    events.add_argument("file", metavar="FILE.ics", help="the calendar")
    events.add_argument("--from", dest="first_day", metavar="DAY", help="from this day, such as 2026-10-01")
    events.add_argument(
        "--to", dest="last_day", metavar="DAY", help="to this day, included (default: in two years)"
    )
    events.add_argument("--zone", help="where times are that the file tells no zone for")
    events.add_argument("--json", action="store_true", help="answer as JSON")
    events.add_argument("--commit", metavar="DISTRICT", help="take them into this district's calendar")
    events.add_argument("--host", help="with --commit: who hosts them (default: the district)")
    events.add_argument(
        "--kind",
        choices=[kind.value for kind in EventKind],
        default=EventKind.WEBINAR.value,
        help="with --commit: what kind of events",
    )
    events.add_argument(
        "--category",
        choices=[one.value for one in CreditCategory],
        help="with --commit: what the hours are about (default: as usual for the kind)",
    )
    events.add_argument(
        "--programme", metavar="SLUG", help="with --commit: the programme that they belong to"
    )
    events.set_defaults(run=_events)
    _rosters.register(verbs)


def _attendance(arguments: argparse.Namespace) -> int:
    event = _reports.named(arguments.event)
    if event is None and arguments.commit:
        raise Refusal(
            "event", "Only what is of an event of this installation can be kept. Write DISTRICT:EVENT."
        )
    zone = _zone(arguments.zone)
    data = _bytes(arguments.file, report_text.LIMIT_BYTES)
    people: Sequence[int | None] = ()
    kept = ""
    if event is None:
        report = _report(arguments.event, data, zone)
    elif arguments.commit:
        read, kept = _reports.keep_for(event, data, Path(arguments.file).name, zone)
        report, people = read.report, read.person_ids
    else:
        read = _reports.read_for(event, data, zone)
        report, people = read.report, read.person_ids
    if arguments.json:
        _print_json(_report_document(report, people))
    else:
        _tell_report(report)
    if kept:
        say(f"It counts now, as import {kept}. It can be undone on its page.")
    if report.people and all(Flag.OUTSIDE in attendee.flags for attendee in report.people):
        say(
            f"Everybody was there at another time than the session's. Are the file's times those of {report.zone}?"
        )
    return _status(report.people, "Nobody could be read from this file.")


def _report(told: str, data: bytes, zone: str | None) -> Report:
    hours = _hours(told)
    try:
        return read_report(data, hours, zone or hours.zone)
    except Mistyped as refusal:
        raise Refusal("file", refusal.sentence) from None


def _events(arguments: argparse.Namespace) -> int:
    first_day = _day(arguments.first_day) if arguments.first_day else None
    last_day = _day(arguments.last_day) if arguments.last_day else datetime.now(UTC).date() + _TWO_YEARS
    if first_day and first_day > last_day:
        raise Refusal("days", "--from is after --to.")
    data = _bytes(arguments.file, calendar_lines.LIMIT_BYTES)
    try:
        reading = read_calendar(
            data, first_day=first_day, last_day=last_day, floating_zone=_zone(arguments.zone)
        )
    except Mistyped as refusal:
        raise Refusal("file", refusal.sentence) from None
    done = None
    if arguments.commit and reading.events:
        done = _commit(arguments, data, first_day, last_day)
    if arguments.json:
        _print_json(_calendar_document(reading) | (_commit_document(done) if done else {}))
    else:
        _tell_calendar(reading)
        if done:
            print(
                f"{done.added:,} new, {done.changed:,} changed, {done.cancelled:,} cancelled; the rest was there."
            )
    return _status(reading.events, "No event on these days could be read from this file.")


def _commit(arguments: argparse.Namespace, data: bytes, first_day: date | None, last_day: date) -> Imported:
    """Take over what was read, as an administrator would on the page."""
    settings = load_settings()
    require_schema(settings)
    database = Database(settings.database_url)
    try:
        with database.session(None, installation=True) as session:
            district = district_by_slug(session, arguments.commit)
        if district is None:
            raise Refusal("district", f"There is no district {arguments.commit}.")
        with database.session(district.id) as session:
            scope = Scope(session, district, datetime.now(UTC))
            said, refused = read_said(
                data, first_day=first_day, last_day=last_day, floating_zone=_zone(arguments.zone)
            )
            for one in refused:
                say(f"Line {one.line}: {one.why}")
            return import_events(
                scope, said, _choices(scope, arguments), name=Path(arguments.file).name[:_LONGEST_NAME]
            )
    finally:
        database.dispose()


def _choices(scope: Scope, arguments: argparse.Namespace) -> Choices:
    kind = EventKind(arguments.kind)
    try:
        host = clean_line(arguments.host or scope.district.name, HOST_CHARACTERS)
    except Mistyped as fault:
        raise Refusal("host", fault.sentence) from None
    return Choices(
        kind=kind,
        category=CreditCategory(arguments.category) if arguments.category else kind.default_category,
        host=host,
        programme_id=_programme(scope, arguments.programme) if arguments.programme else None,
    )


def _programme(scope: Scope, slug: str) -> int:
    found = next((one.id for one in programmes(scope) if one.slug == slug), None)
    if found is None:
        raise Refusal("programme", f"There is no programme {slug}.")
    return found


def _commit_document(done: Imported) -> dict[str, object]:
    return {"committed": {"added": done.added, "changed": done.changed, "cancelled": done.cancelled}}


def _hours(told: str) -> SessionHours:
    """START/END/ZONE, where the zone's name has slashes of its own."""
    try:
        start, end, zone = told.split("/", 2)
        begins, ends = datetime.fromisoformat(start), datetime.fromisoformat(end)
        return SessionHours(instant(begins, zone), instant(ends, zone), zone)
    except Mistyped as refusal:
        raise Refusal("event", f"{told}: {refusal.sentence}") from None
    except ValueError:
        raise Refusal(
            "event",
            f"{told} is no session. Write START/END/ZONE, such as 2026-10-14T16:00/2026-10-14T17:30/America/New_York.",
        ) from None


def _zone(told: str | None) -> str | None:
    if told is not None and not known_zone(told):
        raise Refusal("zone", f"There is no time zone {told}. Write it as in America/New_York.")
    return told


def _day(told: str) -> date:
    try:
        return date.fromisoformat(told)
    except ValueError:
        raise Refusal("days", f"{told} is no day. Write it as in 2026-10-01.") from None


def _bytes(file: str, limit: int) -> bytes:
    try:
        with Path(file).open("rb") as opened:
            # One byte more than is read is enough to tell that a file is too large.
            return opened.read(limit + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise Refusal("file", f"{file} can’t be read: {reason or error}.") from None


def _status(found: Iterable[object], sentence: str) -> int:
    if any(True for _ in found):
        return 0
    say(f"pdtracker: {sentence}")
    return EXIT_NOTHING_READ


def _print_json(document: Mapping[str, object]) -> None:
    print(json.dumps(document, ensure_ascii=False, indent=2))


def _report_document(report: Report, people: Sequence[int | None]) -> dict[str, object]:
    hours = report.hours
    matches = people or (None,) * len(report.people)
    return {
        "format": report.format,
        "encoding": report.encoding,
        "zone": report.zone,
        "session": {
            "start": local(hours.starts_at, hours.zone).isoformat(),
            "end": local(hours.ends_at, hours.zone).isoformat(),
        },
        "people": [
            _attendee_document(attendee, match)
            for attendee, match in zip(report.people, matches, strict=True)
        ],
        "refused": _refused_documents(report.refused),
    }


def _attendee_document(attendee: Attendee, match: int | None) -> dict[str, object]:
    return {
        "name": attendee.name,
        "email": attendee.email or None,
        "minutes": None if attendee.minutes is None else float(attendee.minutes),
        "strength": attendee.strength.value,
        "flags": [flag.value for flag in attendee.flags],
        # Whom it belongs to is decided by e-mails and aliases that only an installation knows.
        "match": None if match is None else ref_of(match),
    }


def _calendar_document(reading: CalendarReading) -> dict[str, object]:
    return {
        "events": [_occurrence_document(occurrence) for occurrence in reading.events],
        "refused": _refused_documents(reading.refused),
    }


def _occurrence_document(occurrence: Occurrence) -> dict[str, object]:
    return {
        "uid": occurrence.uid,
        "recurrence_id": _moment(occurrence.recurrence_id),
        "title": occurrence.title,
        "start": _moment(occurrence.start),
        "end": _moment(occurrence.end),
        "all_day": occurrence.all_day,
        "zone": occurrence.zone,
        "url": occurrence.url,
        "status": occurrence.status.value,
    }


def _moment(moment: Moment | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _refused_documents(refused: Iterable[Refused]) -> list[dict[str, object]]:
    return [{"line": told.line, "why": told.why} for told in refused]


def _tell_report(report: Report) -> None:
    print(f"{report.format}, {report.encoding}, times of {report.zone}")
    for attendee in report.people:
        minutes = "there" if attendee.minutes is None else f"{attendee.minutes} min"
        flags = f"  ({', '.join(attendee.flags)})" if attendee.flags else ""
        print(f"{minutes:>10}  {attendee.name}  {attendee.email}{flags}".rstrip())
    if report.absent:
        print(f"Listed as not there: {report.absent:,}.")
    _tell_refused(report.refused)


def _tell_calendar(reading: CalendarReading) -> None:
    for occurrence in reading.events:
        until = _moment(occurrence.end) or "hours unknown"
        print(f"{_moment(occurrence.start)}  {until}  {occurrence.status:<9}  {occurrence.title}")
    _tell_refused(reading.refused)


def _tell_refused(refused: Iterable[Refused]) -> None:
    for told in refused:
        print(f"Line {told.line}: {told.why}")
