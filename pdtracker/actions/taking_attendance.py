"""What hosts note about others: a badge that was scanned, a walk-in, a line of the paper sheet, a correction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from pdtracker.actions.check_ins import Noted, Sent, is_repeated, look_up, write
from pdtracker.domain.access import Permission
from pdtracker.domain.check_in_codes import person_of_badge
from pdtracker.domain.check_ins import NAME_CHARACTERS, Clock, Judged, Mark, Means, judged
from pdtracker.domain.refusals import Mistyped, NotNow, NotPermitted, NotValid
from pdtracker.domain.text import clean_line
from pdtracker.models.check_ins import CheckIn
from pdtracker.models.ids import new_id
from pdtracker.models.people import Person
from pdtracker.queries import check_in_desks, check_ins, claims
from pdtracker.queries.check_in_desks import DeskRow
from pdtracker.queries.check_ins import Standing
from pdtracker.scope import Scope, action

MOST_LINES = 60
_TO_COME = "That is still to come. Enter a time that has passed."


@dataclass(frozen=True, slots=True)
class Guest:
    """Who was noted: a person of the district, or a name that is kept as it was written."""

    person_id: int | None
    name: str


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A line of the paper sheet: who, by address or name, from when to when. `number` tells which line of the form."""

    number: int
    who: str
    came_at: datetime
    left_at: datetime | None


@action(Permission.TAKE_ATTENDANCE)
def scan_badge(scope: Scope, desk_id: int, badge: str, mark: Mark, *, sent: Sent) -> Guest:
    """Check in, or out, whoever showed their badge. Refuses with NotValid at `badge` what isn't one of this desk."""
    desk = check_in_desks.desk_to_keep(scope, desk_id)
    claims.lock_me(scope)
    person_id = person_of_badge(desk.secret, desk.id, badge)
    if person_id is None:
        raise NotValid(
            {
                "badge": "This isn’t a badge of this session. Ask them to open “My badge” on its page once more."
            }
        )
    standing = look_up(scope, desk, sent, person_id)
    guest = _person(person_id, standing)
    if not is_repeated(desk, standing, mark):
        _note(scope, desk, guest, mark, Means.SCAN, sent, standing)
    return guest


@action(Permission.TAKE_ATTENDANCE)
def note_guest(
    scope: Scope, desk_id: int, mark: Mark, *, person_id: int | None, name: str, means: Means, sent: Sent
) -> Guest:
    """Check in, or out, a person of the district, or somebody of whom there is only the name."""
    desk = check_in_desks.desk_to_keep(scope, desk_id)
    claims.lock_me(scope)
    stranger = _stranger(name) if person_id is None else ""
    standing = look_up(scope, desk, sent, person_id, stranger)
    guest = _person(person_id, standing) if person_id is not None else Guest(None, stranger)
    if not is_repeated(desk, standing, mark):
        _note(scope, desk, guest, mark, means, sent, standing)
    return guest


@action(Permission.TAKE_ATTENDANCE)
def type_sheet(scope: Scope, desk_id: int, lines: Sequence[SheetLine], *, key: str) -> tuple[Guest, ...]:
    """Note the lines of a paper sheet, one guest for each; the same form (`key`) twice is one.

    Somebody is found by their address, or by a name that only one person of the district has; other names are kept as
    they are. Refuses with NotValid at `came_<number>`, `left_<number>`, `who_<number>`; then nothing is noted.
    """
    desk = check_in_desks.desk_to_keep(scope, desk_id)
    claims.lock_me(scope)
    known = _people_by_text(scope, [line.who for line in lines])
    if faults := _sheet_faults(scope, desk, lines[:MOST_LINES], known):
        raise NotValid(faults)
    found = []
    for line in lines[:MOST_LINES]:
        person_id = known.get(line.who.casefold())
        guest = Guest(person_id, "" if person_id else _stranger(line.who))
        _from_paper(scope, desk, guest, Mark.IN, line.came_at, f"{key}-{line.number}-in")
        if line.left_at is not None:
            _from_paper(scope, desk, guest, Mark.OUT, line.left_at, f"{key}-{line.number}-out")
        found.append(Guest(person_id, line.who))
    return tuple(found)


@action(Permission.TAKE_ATTENDANCE)
def correct_entry(
    scope: Scope, desk_id: int, entry_id: int, at: datetime | None, *, reason: str, nonce: str
) -> None:
    """Say that an entry was at another time, or (`at` is `None`) that it never was. The entry itself stays.

    Refuses with NotValid at `at` or `reason`, and with NotPermitted a correction of one's own attendance.
    """
    desk = check_in_desks.desk_to_keep(scope, desk_id)
    claims.lock_me(scope)
    entry = check_ins.entry(scope, desk_id, entry_id)
    if entry.person_id == scope.me.id:
        raise NotPermitted("own_check_in", "Nobody corrects their own attendance. Ask another host.")
    mark = Mark.STRUCK if at is None else Mark.MOVED
    if is_repeated(desk, look_up(scope, desk, Sent(nonce), entry.person_id, entry.name), mark):
        return
    if not reason:
        raise NotValid({"reason": "Say in a few words why, for whoever reads the log later."})
    if at is not None and not (desk.window.is_open(at) and at <= scope.at):
        raise NotValid({"at": f"Enter a time within the check-in, {desk.window_words(scope.zone)}."})
    line = CheckIn(
        id=new_id(),
        desk_id=desk.id,
        person_id=entry.person_id,
        name="" if entry.person_id else entry.name,
        mark=mark,
        means=Means.DESK,
        clock=Clock.SERVER,
        at=at or entry.at,
        received_at=scope.at,
        nonce=nonce,
        by_person_id=scope.me.id,
        by_name=scope.me.name,
        corrects_id=entry_id,
        reason=reason,
    )
    scope.session.add(line)
    scope.record(
        f"check_in.{mark.value}", "check_in", line.id, desk=desk.id, person=entry.person_id, corrects=entry_id
    )


def _note(
    scope: Scope, desk: DeskRow, guest: Guest, mark: Mark, means: Means, sent: Sent, standing: Standing
) -> None:
    if sent.at is None and (refusal := desk.window.refusal(scope.at, scope.zone)):
        raise refusal
    moment = judged(scope.at, sent.at, desk.window)
    _not_oneself(scope, guest)
    name = "" if guest.person_id else guest.name
    write(
        scope,
        desk,
        sent,
        Noted(person_id=guest.person_id, name=name, mark=mark, means=means, judged=moment),
        standing,
    )


def _from_paper(scope: Scope, desk: DeskRow, guest: Guest, mark: Mark, at: datetime, nonce: str) -> None:
    sent = Sent(nonce)
    standing = look_up(scope, desk, sent, guest.person_id, guest.name)
    if is_repeated(desk, standing, mark):
        return
    noted = Noted(
        person_id=guest.person_id,
        name=guest.name,
        mark=mark,
        means=Means.PAPER,
        judged=Judged(at, Clock.SERVER),
    )
    write(scope, desk, sent, noted, standing)


def _sheet_faults(
    scope: Scope, desk: DeskRow, lines: Sequence[SheetLine], known: dict[str, int | None]
) -> dict[str, str]:
    faults = {}
    within = f"Enter a time within the check-in, {desk.window_words(scope.zone)}."
    for line in lines:
        if not desk.window.is_open(line.came_at):
            faults[f"came_{line.number}"] = within
        elif line.came_at > scope.at:
            faults[f"came_{line.number}"] = _TO_COME
        if line.left_at is not None:
            if line.left_at <= line.came_at:
                faults[f"left_{line.number}"] = "Enter a time after they came."
            elif not desk.window.is_open(line.left_at):
                faults[f"left_{line.number}"] = within
            elif line.left_at > scope.at:
                faults[f"left_{line.number}"] = _TO_COME
        if known.get(line.who.casefold()) == scope.me.id:
            faults[f"who_{line.number}"] = (
                "Nobody notes their own attendance. Leave this line to another host."
            )
    return faults


def _people_by_text(scope: Scope, typed: Sequence[str]) -> dict[str, int | None]:
    """Who is meant by each of these addresses and names; `None` where two people have the name. One statement."""
    wanted = {text.casefold() for text in typed}
    rows = scope.session.execute(
        sa.select(Person.id, Person.name, Person.email_key).where(
            Person.left_at.is_(None),
            sa.or_(Person.email_key.in_(wanted), Person.name.in_(set(typed))),
        )
    ).all()
    by_name: dict[str, int | None] = {}
    for row in rows:
        name = row.name.casefold()
        by_name[name] = None if name in by_name else row.id
    return by_name | {row.email_key: row.id for row in rows}


def _person(person_id: int, standing: Standing) -> Guest:
    if standing.person is None:
        raise NotNow("no_person", "This person is not in your district any more.")
    return Guest(person_id, standing.person)


def _stranger(name: str) -> str:
    try:
        cleaned = clean_line(name, NAME_CHARACTERS)
    except Mistyped as error:
        raise NotValid({"name": error.sentence}) from None
    if not cleaned:
        raise NotValid({"name": "Enter their name."})
    return cleaned


def _not_oneself(scope: Scope, guest: Guest) -> None:
    if guest.person_id == scope.me.id:
        raise NotPermitted(
            "own_check_in", "Nobody notes their own attendance. Scan the screen, or ask another host."
        )
