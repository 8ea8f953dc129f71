"""Dates, times and amounts read as people write them, and do not depend on the machine."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from pdtracker.domain.certificate import CreditUnit
from pdtracker.domain.certified_sessions import CertifiedSession
from pdtracker.pdf import words
from tests.pdf.sheets import DUNCAN


def held(begins: str, minutes: int, zone: str = "America/New_York") -> CertifiedSession:
    starts_at = datetime.fromisoformat(begins).replace(tzinfo=UTC)
    return CertifiedSession.held(
        title="t", host="h", kind="k", delivery="d", place=None, starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes), zone=zone, attendance="a", minutes={},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("session", "day", "hours"),
    [
        (DUNCAN, "Tue, Oct 14, 2014", "7:00–8:00 p.m. ET"),
        (held("2014-10-25T13:00", 180), "Sat, Oct 25, 2014", "9:00 a.m.–12:00 noon ET"),
        (held("2014-10-25T15:30", 60), "Sat, Oct 25, 2014", "11:30 a.m.–12:30 p.m. ET"),
        (held("2014-10-25T03:00", 60), "Fri, Oct 24, 2014", "11:00 p.m.–12:00 midnight ET"),
        (held("2014-10-25T04:00", 45), "Sat, Oct 25, 2014", "12:00 midnight–12:45 a.m. ET"),
        (held("2014-10-25T13:00", 0), "Sat, Oct 25, 2014", "9:00 a.m. ET"),
        (held("2014-10-01T04:00", 31 * 1440), "Oct 1 – Oct 31, 2014", "open for 31 days"),
        (held("2014-12-30T05:00", 4 * 1440), "Dec 30, 2014 – Jan 2, 2015", "open for 4 days"),
        (held("2014-10-25T13:00", 60, "Asia/Kolkata"), "Sat, Oct 25, 2014", "6:30–7:30 p.m. UTC+5:30"),
        (held("2014-10-25T13:00", 60, "America/St_Johns"), "Sat, Oct 25, 2014", "10:30–11:30 a.m. UTC-2:30"),
        (held("2014-10-25T13:00", 60, "Pacific/Honolulu"), "Sat, Oct 25, 2014", "3:00–4:00 a.m. HST"),
    ],
)
def test_a_session_says_its_day_and_hours_at_the_place(
    session: CertifiedSession, day: str, hours: str
) -> None:
    assert (words.date_words(session), words.time_words(session)) == (day, hours)


def test_a_span_names_the_year_once() -> None:
    assert words.span_text(date(2014, 10, 1), date(2014, 10, 1)) == "Oct 1, 2014"
    assert words.span_text(date(2014, 10, 1), date(2014, 11, 2)) == "Oct 1 – Nov 2, 2014"
    assert words.day_text(date(2014, 11, 7)) == "November 7, 2014"


@pytest.mark.parametrize(
    ("minutes", "unit", "text"),
    [
        (60, 60, "1"),
        (90, 60, "1.5"),
        (75, 60, "1.25"),
        (0, 60, "0"),
        (50, 60, "5/6"),
        (110, 60, "1 5/6"),
        (3, 60, "0.05"),
        (90_000, 60, "1,500"),
        (75, 600, "0.125"),
        (100, 50, "2"),
    ],
)
def test_an_amount_is_exact(minutes: int, unit: int, text: str) -> None:
    assert words.units_text(minutes, unit) == text


def test_one_is_singular() -> None:
    unit = CreditUnit("CTLE hour", "CTLE hours")
    assert words.amount_text(60, unit) == "1 CTLE hour"
    assert words.amount_text(45, unit) == "0.75 CTLE hours"
    assert words.conversion_words(unit) == "1 CTLE hour = 60 minutes of instruction"


def test_dates_and_short_items_hold_together() -> None:
    assert words.tie("until June 30, 2017 – or so") == "until June\u00a030,\u00a02017\u00a0– or so"
    assert words.dotted(["Hashtag chat", "CUE"]) == "Hashtag\u00a0chat\u00a0· CUE"
    assert words.lower_first("Host’s report") == "host’s report"
    assert words.lower_first("ELL course") == "ELL course"


def test_a_session_without_a_known_zone_keeps_its_offset() -> None:
    assert words.zone_words(replace(DUNCAN, zone="Etc/GMT+4")) == "UTC-4"
