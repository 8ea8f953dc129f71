"""Bringing an attendance report: the file is kept, read and matched; nothing of it counts before it is confirmed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from pathlib import PurePath
from typing import Any, BinaryIO, Final

import sqlalchemy as sa

from pdtracker.actions.column_profiles import keep_columns
from pdtracker.actions.rates import Limit, count_try
from pdtracker.blobs import BlobStore, TooLarge, receive
from pdtracker.domain.access import Permission
from pdtracker.domain.attendance import Flag, Strength
from pdtracker.domain.attendance_import import ImportState
from pdtracker.domain.matching import Match, MatchBy, Standing, Told, number_key, shared_numbers
from pdtracker.domain.refusals import Mistyped, NotHere, NotNow, NotPermitted, NotValid
from pdtracker.domain.text import clean_line
from pdtracker.exchange.attendance.clock import Order
from pdtracker.exchange.attendance.mapping import COLUMNS, FORMAT, mapping_of
from pdtracker.exchange.attendance.report import Attendee, Report, read_report
from pdtracker.exchange.attendance.text import LIMIT_BYTES
from pdtracker.models.ids import new_id
from pdtracker.models.imports import AttendanceAlias, AttendanceImport, AttendanceLine, AttendanceProfile
from pdtracker.models.people import Person
from pdtracker.queries import import_events, imports
from pdtracker.queries.import_events import ImportEvent
from pdtracker.scope import Scope, action

_NAME_CHARACTERS: Final = 120
_MOST_REFUSED: Final = 200
"""So many lines that couldn't be read are told; how many there were in all is told too."""

REPORTS_BY_PERSON, REPORTS_IN_DISTRICT = 30, 300
REPORTS_WINDOW: Final = timedelta(minutes=10)
"""So many reports somebody brings in this time, and so many a whole district."""

_EARLY: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class KeptReport:
    """A file that is on the disk, with its bytes."""

    sha256: str
    size_bytes: int
    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class HowRead:
    """How a file is to be read; `None` is what the file itself says. `columns` map what is told to headings."""

    zone: str | None = None
    encoding: str | None = None
    columns: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """What a file says, with whose lines they are, ready to be kept."""

    how: HowRead
    report: Report
    rows: tuple[dict[str, Any], ...]

    @property
    def person_ids(self) -> tuple[int | None, ...]:
        """Whose lines they are, in the order of the report's people."""
        return tuple(row["person_id"] for row in self.rows)


@dataclass(frozen=True, slots=True)
class Decision:
    """Whose line it is, nobody's (`person_id` `None`), or undecided again."""

    person_id: int | None
    is_open: bool = False


def count_report(scope: Scope, *, key: str) -> None:
    """Count a report that somebody is about to bring, whatever becomes of it. Raises TooManyTries.

    Reading one costs up to a second: nobody fills the machine or its disk with them. `key` is the installation's
    secret.
    """
    scope.require(Permission.TAKE_ATTENDANCE)
    limits = (
        Limit("report", f"person {scope.me.id}", REPORTS_WINDOW, REPORTS_BY_PERSON),
        Limit("report", f"district {scope.district.id}", REPORTS_WINDOW, REPORTS_IN_DISTRICT),
    )
    scope.session.rollback()
    count_try(scope.session.database, limits, key=key, at=scope.at)


def keep_report(scope: Scope, store: BlobStore, stream: BinaryIO, name: str) -> KeptReport:
    """Take a file in, to the disk within its limit. Changes no row. Refuses with NotValid at `file`."""
    try:
        with store.workroom() as room:
            file = receive(stream, room, LIMIT_BYTES)
            data = file.read_bytes()
            if not data.strip():
                raise NotValid({"file": "This file is empty. Choose another one."})
            blob = store.keep(scope.district.id, file)
    except TooLarge:
        limit = f"{LIMIT_BYTES // 1024**2} MB"
        raise NotValid({"file": f"It is larger than {limit}. Choose the report of one session."}) from None
    return KeptReport(blob.sha256, blob.size_bytes, _file_name(name), data)


def kept_again(scope: Scope, store: BlobStore, import_id: int) -> bytes:
    """The bytes of an import's file. Raises NotNow where they are gone."""
    one = imports.one_import(scope, import_id)
    try:
        data = store.path(scope.district.id, one.file_sha256).read_bytes()
    except OSError:
        raise NotNow("file_gone", "The file itself is not here any more. Bring it once more.") from None
    if hashlib.sha256(data).hexdigest() != one.file_sha256:
        raise NotNow(
            "file_damaged", "The file on the disk is not the one that was brought. Bring it once more."
        )
    return data


def read_file(scope: Scope, event: ImportEvent, data: bytes, how: HowRead) -> Read:
    """What the bytes say of the event, matched with the district's people. Refuses with NotValid at `file`.

    This takes as long as a large file takes, so it is done before an action holds the database.
    """
    try:
        report = read_report(
            data,
            event.hours,
            how.zone or event.hours.zone,
            _mapping(how.columns) if how.columns is not None else None,
            how.encoding,
        )
    except Mistyped as error:
        raise NotValid({"file": error.sentence}) from None
    directory = import_events.directory(scope)
    scope.session.rollback()
    tolds = [_told(attendee) for attendee in report.people]
    shared = shared_numbers(tolds)
    rows = tuple(
        _line(
            position,
            attendee,
            directory.match(replace(told, shares_number=number_key(told.number) in shared)),
        )
        for position, (attendee, told) in enumerate(zip(report.people, tolds, strict=True), start=1)
    )
    return Read(how, report, rows)


def unread(event: ImportEvent, how: HowRead) -> Read:
    """A list whose columns somebody has to choose first: nobody is read in it yet."""
    zone = how.zone or event.hours.zone
    report = Report(
        format=FORMAT,
        encoding=how.encoding or "utf-8",
        zone=zone,
        hours=event.hours,
        strength=Strength.PRESENCE,
        people=(),
        refused=(),
        absent=0,
    )
    return Read(how, report, ())


@action(Permission.TAKE_ATTENDANCE)
def begin_import(scope: Scope, event_id: int, session_id: int | None, kept: KeptReport, read: Read) -> int:
    """Keep what was read until it is confirmed; gives the import's id. The same file again is the one that is there."""
    import_events.import_event(scope, event_id, session_id)
    if (there := imports.same_file(scope, event_id, session_id, kept.sha256)) is not None:
        return there
    one = AttendanceImport(
        id=new_id(),
        event_id=event_id,
        session_id=session_id,
        by_person_id=scope.person.id if scope.person else None,
        by_name=scope.person.name if scope.person else "the operator",
        file_sha256=kept.sha256,
        file_name=kept.name,
        size_bytes=kept.size_bytes,
        state=ImportState.PENDING,
        created_at=scope.at,
        undone_by="",
        **_reading(read),
    )
    scope.session.add(one)
    scope.session.flush()  # the lines point at it
    _keep_lines(scope, one.id, read.rows)
    scope.record(
        "attendance.brought",
        "attendance_import",
        one.id,
        event=event_id,
        sha256=kept.sha256,
        people=len(read.rows),
    )
    return one.id


@action(Permission.TAKE_ATTENDANCE)
def read_again(scope: Scope, import_id: int, read: Read) -> None:
    """Let a waiting import be read so from now on. What was decided about its people stays decided."""
    one = _pending(scope, import_id)
    decided = {
        (line.name, line.email, line.number): line
        for line in scope.session.scalars(
            sa.select(AttendanceLine).where(
                AttendanceLine.import_id == import_id, AttendanceLine.matched_by == MatchBy.DECISION
            )
        )
    }
    scope.session.execute(sa.delete(AttendanceLine).where(AttendanceLine.import_id == import_id))
    for name, value in _reading(read).items():
        setattr(one, name, value)
    _keep_lines(scope, import_id, [_as_decided(row, decided) for row in read.rows])
    scope.record("attendance.read_again", "attendance_import", import_id, people=len(read.rows))


@action(Permission.TAKE_ATTENDANCE)
def decide_lines(scope: Scope, import_id: int, decisions: Mapping[int, Decision], *, remember: bool) -> int:
    """Say whose lines they are; gives how many changed. Whose is remembered is known in the next report.

    Who doesn't see the district's people chooses among those that are suggested.
    """
    _pending(scope, import_id)
    entities = scope.session.scalars(
        sa.select(AttendanceLine).where(
            AttendanceLine.import_id == import_id, AttendanceLine.id.in_(list(decisions))
        )
    ).all()
    if len(entities) != len(decisions):
        raise NotHere
    _require_people(scope, {decision.person_id for decision in decisions.values()} - {None})
    changed = 0
    for line in entities:
        changed += _decide(scope, line, decisions[line.id], remember=remember)
    if changed:
        scope.record("attendance.decided", "attendance_import", import_id, lines=changed)
    return changed


@action(Permission.TAKE_ATTENDANCE)
def discard_import(scope: Scope, import_id: int) -> None:
    """Throw a waiting import away; nothing of it counted."""
    one = _pending(scope, import_id)
    scope.session.execute(sa.delete(AttendanceLine).where(AttendanceLine.import_id == import_id))
    scope.session.delete(one)
    scope.record("attendance.discarded", "attendance_import", import_id, sha256=one.file_sha256)


@action(Permission.MANAGE_EVENTS)
def forget_alias(scope: Scope, alias_id: int) -> None:
    """Remember a decision no longer. Imports that it matched stay as they are; twice is once."""
    found = scope.session.scalar(sa.select(AttendanceAlias).where(AttendanceAlias.id == alias_id))
    if found is None:
        return
    scope.session.delete(found)
    scope.record("attendance.forgotten", "attendance_alias", alias_id, key=found.key)


@action(Permission.TAKE_ATTENDANCE)
def save_profile(scope: Scope, name: str, columns: Mapping[str, str]) -> None:
    """Keep which columns say what under a name; the same name again is the newer one."""
    profile_id = keep_columns(scope, AttendanceProfile, name, columns, field="name")
    scope.record("attendance.columns_saved", "attendance_profile", profile_id, name=name)


def _pending(scope: Scope, import_id: int) -> AttendanceImport:
    one = imports.to_change(scope, import_id)
    if one.state is not ImportState.PENDING:
        raise NotNow(
            "not_pending",
            "This import is confirmed already, so it can\N{RIGHT SINGLE QUOTATION MARK}t be changed.",
        )
    return one


def _file_name(name: str) -> str:
    last = PurePath(name.replace("\\", "/")).name
    shown = "".join(sign for sign in last if sign.isprintable())[:_NAME_CHARACTERS]
    try:
        return clean_line(shown, _NAME_CHARACTERS) or "report"
    except Mistyped:
        return "report"


def _mapping(columns: Mapping[str, str]) -> Any:
    order = columns.get("order")
    return mapping_of(columns, Order(order) if order else None)


def _reading(read: Read) -> dict[str, Any]:
    report = read.report
    return {
        "format": report.format,
        "strength": report.strength,
        "encoding": report.encoding,
        "chosen_encoding": read.how.encoding,
        "zone": report.zone,
        "columns": {key: value for key, value in read.how.columns.items() if key in {*COLUMNS, "order"}}
        if read.how.columns is not None
        else None,
        "refused": [[told.line, told.why] for told in islice(report.refused, _MOST_REFUSED)],
        "refused_count": len(report.refused),
        "absent_count": report.absent,
    }


def _told(attendee: Attendee) -> Told:
    tenths = _tenths(attendee)
    return Told(
        attendee.name,
        attendee.email,
        attendee.number,
        frozenset(attendee.flags),
        tenths is None or tenths >= 10,
        account=attendee.account,
    )


def _tenths(attendee: Attendee) -> int | None:
    return None if attendee.minutes is None else int(attendee.minutes * 10)


def _line(position: int, attendee: Attendee, match: Match) -> dict[str, Any]:
    flags = [flag.value for flag in attendee.flags]
    return {
        "position": position,
        "name": _plain(attendee.name),
        "email": _plain(attendee.email),
        "account": _plain(attendee.account),
        "number": _plain(attendee.number),
        "tenths": _tenths(attendee),
        "flags": [*flags, Flag.CONFLICT.value] if match.disagrees else flags,
        "stays": [[stay.joined_at.isoformat(), stay.left_at.isoformat()] for stay in attendee.stays],
        "file_lines": list(attendee.lines),
        "standing": match.standing,
        "matched_by": match.by,
        "person_id": match.person_id,
        "suggested": list(match.suggested),
        "remembers": False,
        "decided_by": "",
        "decided_at": None,
        "outcome": None,
        "evidence_id": None,
        "claim_id": None,
        "claim_version": None,
    }


def _plain(text: str) -> str:
    """No NUL, which PostgreSQL can't keep, and no half of a character."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _keep_lines(scope: Scope, import_id: int, rows: Any) -> None:
    scope.session.insert_rows(
        AttendanceLine, [{"id": new_id(), "import_id": import_id, **row} for row in rows]
    )


def _as_decided(
    row: dict[str, Any], decided: Mapping[tuple[str, str, str], AttendanceLine]
) -> dict[str, Any]:
    line = decided.get((row["name"], row["email"], row["number"]))
    if line is None:
        return row
    kept = ("standing", "matched_by", "person_id", "remembers", "decided_by", "decided_at")
    return row | {name: getattr(line, name) for name in kept}


def _require_people(scope: Scope, person_ids: set[int | None]) -> None:
    found = set(
        scope.session.scalars(sa.select(Person.id).where(Person.id.in_(person_ids), Person.left_at.is_(None)))
    )
    if found != person_ids:
        raise NotHere


def _decide(scope: Scope, line: AttendanceLine, decision: Decision, *, remember: bool) -> int:
    if decision.is_open:
        if line.matched_by is not MatchBy.DECISION:
            return 0
        line.standing, line.matched_by, line.person_id = Standing.UNSURE, None, None
        line.remembers, line.decided_by, line.decided_at = False, "", None
        return 1
    standing = Standing.NOBODY if decision.person_id is None else Standing.MATCHED
    if (standing, decision.person_id, remember) == (line.standing, line.person_id, line.remembers):
        return 0
    if decision.person_id is not None:
        _require_choosable(scope, line, decision.person_id)
    line.standing, line.person_id, line.matched_by = standing, decision.person_id, MatchBy.DECISION
    line.remembers, line.decided_at = remember, scope.at
    line.decided_by = scope.person.name if scope.person else "the operator"
    return 1


def _require_choosable(scope: Scope, line: AttendanceLine, person_id: int) -> None:
    if Flag.BOT.value in line.flags:
        raise NotNow("bot", "A bot that takes notes is nobody.")
    if not scope.may(Permission.SEE_PEOPLE) and person_id not in line.suggested:
        raise NotPermitted(
            "not_suggested", "Choose among the people who are suggested, or ask an administrator."
        )
