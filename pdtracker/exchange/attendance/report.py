"""An attendance report, read: who was at a session, for how many minutes, and how well that is proved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from itertools import islice
from typing import Final

from pdtracker.domain.attendance import Flag, SessionHours, Stay, Strength, minutes_of, time_within, united
from pdtracker.domain.refusals import Mistyped
from pdtracker.exchange.attendance import gotowebinar
from pdtracker.exchange.attendance.entries import Reading
from pdtracker.exchange.attendance.formats import recognised
from pdtracker.exchange.attendance.mapping import Mapping, Table, read_mapped, table_of
from pdtracker.exchange.attendance.meetings import of_the_session
from pdtracker.exchange.attendance.names import are_several_people, email_of, flags_of, name_key, shown_name
from pdtracker.exchange.attendance.sheet import HEAD_ROWS, Row, Sheet, rows_of_text
from pdtracker.exchange.attendance.text import decoded
from pdtracker.exchange.attendance.timing import Timed, Timetable
from pdtracker.exchange.attendance.workbook import MAGIC, rows_of_workbook
from pdtracker.exchange.refused import Refused

_LONGEST_NUMBER: Final = 60
_TRIED_ROWS: Final = 2_000
_NOBODY: Final = "This report lists nobody who was there."


@dataclass(frozen=True, slots=True)
class Attendee:
    """One person of a report, by e-mail where it tells one, else by name; `lines` are where they stand in it."""

    name: str
    email: str
    account: str
    """The name of their account, of an address's form, where it is another one than the e-mail."""
    number: str
    minutes: Decimal | None
    """To one decimal; `None` where the report only says that they came."""
    strength: Strength
    flags: tuple[Flag, ...]
    stays: tuple[Stay, ...]
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """All that a file says about a session."""

    format: str
    encoding: str
    zone: str
    hours: SessionHours
    strength: Strength
    people: tuple[Attendee, ...]
    refused: tuple[Refused, ...]
    absent: int
    """How many it lists as registered but not come."""


def read_report(
    data: bytes, hours: SessionHours, zone: str, mapping: Mapping | None = None, encoding: str | None = None
) -> Report:
    """What a file says about a session; `zone` is that of the file's clock times unless its format settles it.

    `encoding` is one of `text.ENCODINGS` where somebody chose it, else the bytes decide.

    Lines that can't be read are refused one by one. Raises Mistyped, a sentence to act on, for a file that is no
    report, is too large for one, or is one of another session.
    """
    refused: list[Refused] = []
    found, reading = _reading(data, mapping, encoding, refused, _Trial(hours, zone))
    zone = reading.zone or zone
    refused += reading.refused
    timetable = Timetable(reading, hours, zone)
    timed = list(timetable.timed(reading.entries, refused))
    taken = of_the_session(timed, timetable, hours, refused)
    people = _own_accounts(tuple(_attendees(taken, reading, hours, refused)))
    if not people and not refused:
        raise Mistyped(_NOBODY)
    return Report(
        format=reading.format,
        encoding=found,
        zone=zone,
        hours=hours,
        strength=reading.strength,
        people=people,
        refused=tuple(sorted(refused, key=lambda told: told.line)),
        absent=reading.absent,
    )


def is_recognised(data: bytes, encoding: str | None = None) -> bool:
    """Whether a format knows the file; of one that none knows somebody can still choose the columns."""
    try:
        text = None if data.startswith(MAGIC) else decoded(data, encoding)
        if text is not None and text.body.lstrip().startswith(b"["):
            return True
        rows = rows_of_workbook(data) if text is None else rows_of_text(text, [])
        recognised(Sheet(list(islice(rows, HEAD_ROWS))))
    except Mistyped:
        return False
    return True


def has_columns(data: bytes, encoding: str | None = None) -> bool:
    """Whether there are at least two columns to choose among."""
    try:
        return sum(1 for heading in table(data, encoding).headings if heading) > 1
    except Mistyped:
        return False


def table(data: bytes, encoding: str | None = None) -> Table:
    """Headings and first rows of a list of any shape, to choose its columns from. Raises Mistyped for what is none."""
    rows = rows_of_workbook(data) if data.startswith(MAGIC) else rows_of_text(decoded(data, encoding), [])
    return table_of(Sheet(list(islice(rows, HEAD_ROWS))))


def _reading(
    data: bytes, mapping: Mapping | None, encoding: str | None, refused: list[Refused], trial: _Trial
) -> tuple[str, Reading]:
    """The encoding of a file, and what a format finds in it."""
    if data.startswith(MAGIC):
        return "utf-8", _of_rows(rows_of_workbook(data), mapping, trial)
    text = decoded(data, encoding)
    if text.body.lstrip().startswith(b"["):
        return text.encoding, gotowebinar.read_json(text.body)
    return text.encoding, _of_rows(rows_of_text(text, refused), mapping, trial)


@dataclass(frozen=True, slots=True)
class _Trial:
    """Looks whether anything can be read in the first rows of a large file, before all of it is."""

    hours: SessionHours
    zone: str

    def require(self, reading: Reading) -> None:
        """Raises Mistyped where the first rows tell of nobody, or no time of theirs is one."""
        if not reading.entries and not reading.absent:
            raise Mistyped(_NOBODY)
        refused: list[Refused] = []
        try:
            times = Timetable(reading, self.hours, reading.zone or self.zone)
        except Mistyped:
            # More rows may show which of the numbers is the month.
            return
        if not any(times.timed(reading.entries, refused)) and len(refused) > _TRIED_ROWS // 2:
            first = refused[0]
            raise Mistyped(
                f"Of the first {len(refused):,} people nobody can be read. Line {first.line}: {first.why}"
            )


def _of_rows(rows: Iterator[Row], mapping: Mapping | None, trial: _Trial) -> Reading:
    """Looks at the first rows alone: a large file that is no report is refused before all of it is read."""

    def reading(read: list[Row]) -> Reading:
        return read_mapped(Sheet(read), mapping) if mapping else recognised(Sheet(read))

    head = list(islice(rows, HEAD_ROWS))
    reading(head)
    head += islice(rows, _TRIED_ROWS)
    if len(head) == HEAD_ROWS + _TRIED_ROWS:
        trial.require(reading(head))
    return reading([*head, *rows])


def _attendees(
    taken: Iterable[Timed], reading: Reading, hours: SessionHours, refused: list[Refused]
) -> Iterable[Attendee]:
    people: dict[tuple[str, str], list[Timed]] = {}
    for told in sorted(taken, key=lambda told: told.entry.line):
        who = _who(told, reading)
        if who is None:
            refused.append(Refused(told.entry.line, "Neither a name nor an e-mail address."))
        else:
            people.setdefault(who, []).append(told)
    longest = hours.counted
    for entries in people.values():
        yield _attendee(entries, reading, hours, longest)


def _who(told: Timed, reading: Reading) -> tuple[str, str] | None:
    """What tells a report's people apart: e-mail, else a number of the format's own, else the name."""
    entry = told.entry
    email = email_of(entry.email) or email_of(entry.account)
    name = name_key(shown_name(entry.name))
    if not email and not name and not entry.number:
        return None
    if email and reading.email_is_key:
        return "email", email
    if entry.person:
        return "person", entry.person
    if entry.number:
        return "number", entry.number.casefold()
    return ("name", name) if name else None


def _attendee(
    entries: Sequence[Timed], reading: Reading, hours: SessionHours, longest: timedelta
) -> Attendee:
    names = list(dict.fromkeys(name for told in entries if (name := shown_name(told.entry.name))))
    account = next((account for told in entries if (account := email_of(told.entry.account))), "")
    # The account's name often is an address; the e-mail is the better of the two.
    email = next((email for told in entries if (email := email_of(told.entry.email))), account)
    counted = [told for told in entries if told.entry.counts]
    stays = [told.stay for told in counted if told.stay is not None]
    inside = time_within(stays, hours)
    length = _length(counted, inside, reading.strength, hours)
    flags = set(flags_of(names, email))
    for told in counted or entries:
        flags |= told.flags | told.entry.flags
    if reading.email_is_key and are_several_people(names):
        flags.add(Flag.SEVERAL_NAMES)
    if stays and not inside:
        flags.add(Flag.OUTSIDE)
    if length is not None and length > longest:
        flags.add(Flag.LONGER)
    if reading.strength is not Strength.INTERVALS and len(counted) > 1:
        flags.add(Flag.REPEATED)
    return Attendee(
        name=names[0] if names else "",
        email=email,
        account="" if account == email else account,
        number=next((told.entry.number for told in entries if told.entry.number), "")[:_LONGEST_NUMBER],
        minutes=None if length is None else minutes_of(length),
        strength=reading.strength,
        flags=tuple(flag for flag in Flag if flag in flags),
        stays=tuple(united(stays)),
        lines=tuple(told.entry.line for told in entries),
    )


def _own_accounts(people: tuple[Attendee, ...]) -> tuple[Attendee, ...]:
    """The people, each with an account that nobody else in the file goes by: another's tells nothing of them."""
    used = Counter(address for one in people for address in (one.email, one.account) if address)
    return tuple(replace(one, account="") if used[one.account] > 1 else one for one in people)


def _length(
    counted: Sequence[Timed], inside: timedelta, strength: Strength, hours: SessionHours
) -> timedelta | None:
    """How long somebody was there; `None` when the report only says that they came."""
    if not counted:
        return timedelta()
    match strength:
        case Strength.PRESENCE:
            return None
        case Strength.INTERVALS:
            return inside
        case Strength.TOTAL:
            # Two totals of one person may be of the same minutes, on two devices: the longer one is sure.
            return max(_total(told, hours) for told in counted)


def _total(told: Timed, hours: SessionHours) -> timedelta:
    """A printed duration, never more than what lies between coming and going in the session's hours."""
    lasted = told.lasted or timedelta()
    return min(lasted, time_within([told.stay], hours)) if told.stay else lasted
