"""How a sheet writes dates, times and amounts.

Apart from the pages' own wording on purpose: a certificate must be drawn in ten years as on its first day, so nothing
here follows a change of style elsewhere. Months and weekdays do not depend on the machine's language.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Final

from pdtracker.domain.certificate import CreditUnit, Snapshot
from pdtracker.domain.certified_sessions import CertifiedSession

NONE_WORD: Final = "–"

_MONTHS: Final = (
    "January February March April May June July August September October November December".split()
)
_WEEKDAYS: Final = "Mon Tue Wed Thu Fri Sat Sun".split()
_ZONES: Final = {
    "America/New_York": "ET",
    "America/Detroit": "ET",
    "America/Indiana/Indianapolis": "ET",
    "America/Kentucky/Louisville": "ET",
    "America/Chicago": "CT",
    "America/Menominee": "CT",
    "America/Denver": "MT",
    "America/Boise": "MT",
    "America/Phoenix": "MST",
    "America/Los_Angeles": "PT",
    "America/Anchorage": "AKT",
    "Pacific/Honolulu": "HST",
    "America/Puerto_Rico": "AST",
    "UTC": "UTC",
    "Etc/UTC": "UTC",
}
_DATE: Final = re.compile(r"\b([A-Z][a-z]{2,8}) (\d{1,2}), (\d{4})\b")
_MIDNIGHT: Final = time(0, 0)
_NOON: Final = time(12, 0)


def day_text(on: date) -> str:
    """November 7, 2014."""
    return f"{_MONTHS[on.month - 1]} {on.day}, {on.year}"


def short_day_text(on: date) -> str:
    """Nov 7, 2014."""
    return f"{_MONTHS[on.month - 1][:3]} {on.day}, {on.year}"


def weekday_text(on: date) -> str:
    """Fri, Nov 7, 2014."""
    return f"{_WEEKDAYS[on.weekday()]}, {short_day_text(on)}"


def span_text(first: date, last: date) -> str:
    """Oct 1 – Oct 30, 2014; the year twice only when it changes."""
    if first == last:
        return short_day_text(first)
    if first.year == last.year:
        return short_day_text(first).rsplit(",", 1)[0] + " – " + short_day_text(last)
    return f"{short_day_text(first)} – {short_day_text(last)}"


def days_of(session: CertifiedSession) -> tuple[date, date]:
    """First and last day at the place; what ends at midnight ends on the day before."""
    ends = session.ends_at
    if ends.time() == _MIDNIGHT and ends > session.starts_at:
        ends -= timedelta(days=1)
    return session.starts_at.date(), ends.date()


def span_of(sessions: Sequence[CertifiedSession]) -> str:
    """First and last day of all the sessions."""
    days = [days_of(session) for session in sessions]
    return span_text(min(first for first, _ in days), max(last for _, last in days))


def date_words(session: CertifiedSession) -> str:
    """Tue, Oct 14, 2014, or the days of a window."""
    first, last = days_of(session)
    return weekday_text(first) if first == last else span_text(first, last)


def time_words(session: CertifiedSession) -> str:
    """7:00–8:30 p.m. ET; a window of several days has no hours of its own, only a length."""
    first, last = days_of(session)
    if first != last:
        days = (last - first).days + 1
        return f"open for {days} days"
    start, end = session.starts_at, session.ends_at
    zone = zone_words(session)
    if start == end:
        return f"{_clock(start)} {_half_day(start)} {zone}"
    if _half_day(start) == _half_day(end):
        return f"{_clock(start)}–{_clock(end)} {_half_day(end)} {zone}"
    return f"{_clock(start)} {_half_day(start)}–{_clock(end)} {_half_day(end)} {zone}"


def zone_words(session: CertifiedSession) -> str:
    """ET, or the offset where the zone has no short name that everybody knows."""
    if known := _ZONES.get(session.zone):
        return known
    offset = session.starts_at.utcoffset() or timedelta()
    minutes = offset // timedelta(minutes=1)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02d}" if rest else "")


def units_text(minutes: int, unit_minutes: int) -> str:
    """The amount in units, exact: 1.25, or 5/6 where three decimals cannot say it."""
    amount = Fraction(minutes, unit_minutes)
    thousandths = amount * 1000
    if thousandths.denominator == 1:
        whole, rest = divmod(int(thousandths), 1000)
        decimals = f"{rest:03d}".rstrip("0")
        return f"{whole:,}.{decimals}" if decimals else f"{whole:,}"
    whole, rest = divmod(amount.numerator, amount.denominator)
    fraction = f"{rest}/{amount.denominator}"
    return f"{whole:,} {fraction}" if whole else fraction


def amount_text(minutes: int, unit: CreditUnit) -> str:
    """3.5 CTLE hours; 1 CTLE hour."""
    return f"{units_text(minutes, unit.minutes)} {unit_words(minutes, unit)}"


def unit_words(minutes: int, unit: CreditUnit) -> str:
    """The unit's name for so many minutes: "CTLE hour" for exactly one."""
    return unit.one if minutes == unit.minutes else unit.many


def change_rows(s: Snapshot) -> list[tuple[str, list[str]]]:
    """What leads from the minutes attended to those certified, line by line; none where nothing changed them.

    `Attended in all` 65, `Rounded down to quarter hours` −5.
    """
    if not s.changes:
        return []
    changes = [(change.words, [_signed(change.minutes)]) for change in s.changes]
    return [("Attended in all", [f"{s.stated_minutes:,}"]), *changes]


def conversion_words(unit: CreditUnit) -> str:
    """1 CTLE hour = 60 minutes of instruction."""
    return f"1 {unit.one} = {unit.minutes} minutes of instruction"


def count_words(count: int, one: str, many: str) -> str:
    """1 session; 3 sessions."""
    return f"{count:,} {one if count == 1 else many}"


@lru_cache(maxsize=4096)
def tie(text: str) -> str:
    """Holds dates together, and a range keeps its dash at the end of the line."""
    return _DATE.sub("\\1\u00a0\\2,\u00a0\\3", text).replace(" – ", "\u00a0– ")


def dotted(items: Sequence[str]) -> str:
    """A row of items with dots between; short items hold together, so that a line breaks after a dot."""
    return "\u00a0· ".join(item.replace(" ", "\u00a0") if len(item) <= 46 else item for item in items)


def lower_first(text: str) -> str:
    """A label inside a sentence: only its first letter changes, never an abbreviation."""
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def fours(text: str) -> str:
    """Groups of four, as a fingerprint is read."""
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def _clock(at: datetime) -> str:
    return f"{at.hour % 12 or 12}:{at.minute:02d}"


def _half_day(at: datetime) -> str:
    if at.time() == _MIDNIGHT:
        return "midnight"
    if at.time() == _NOON:
        return "noon"
    return "a.m." if at.hour < 12 else "p.m."


def _signed(minutes: int) -> str:
    return f"+{minutes:,}" if minutes > 0 else f"\N{MINUS SIGN}{-minutes:,}"
