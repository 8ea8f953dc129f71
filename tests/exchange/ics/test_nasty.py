"""Bombs go off nowhere: a calendar is read under a budget, and the answer is always events or a sentence."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdtracker.domain.refusals import Mistyped
from pdtracker.exchange.ics import series
from pdtracker.exchange.ics.calendar import CalendarReading, read_calendar
from pdtracker.exchange.ics.lines import LIMIT_BYTES, MOST_EVENTS
from pdtracker.exchange.ics.series import MOST_DATES, Budget, Exhausted
from tests.exchange.ics.test_calendar import MOVED, SERIES, calendar, event, read

FIRST, LAST = date(2026, 10, 1), date(2027, 1, 31)


def repeating(rule: str, start: str = "20261015T160000", uid: str = "1") -> str:
    return event(f"DTSTART:{start}", f"RRULE:{rule}", uid=uid)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY",
        "FREQ=HOURLY",
        "FREQ=DAILY;BYHOUR=1,2,3,4,5,6,7,8,9,10;BYMINUTE=1,2,3,4,5,6,7,8,9",
        "FREQ=SECONDLY;COUNT=1000000000",
    ],
)
def test_a_series_that_repeats_too_often_is_capped_with_a_sentence(rule: str) -> None:
    reading = read(calendar(repeating(rule)))
    assert len(reading.events) <= MOST_DATES
    dates = "date was" if len(reading.events) == 1 else f"{len(reading.events):,} dates were"
    assert [told.why for told in reading.refused] == [f"It repeats too often: only its first {dates} read."]


# February 30 never comes, and an empty rule would be followed to the year 9999.
NEVER = "BYMONTH=2;BYMONTHDAY=30"


@pytest.mark.parametrize(
    ("rule", "start"),
    [
        *((f"FREQ={freq};{NEVER}", "20261015T160000") for freq in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")),
        *((f"FREQ={freq};{NEVER}", "20261015T160000") for freq in ("HOURLY", "MINUTELY", "SECONDLY")),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=TU", "20261015T160000"),
        ("FREQ=YEARLY;BYWEEKNO=54", "20261015T160000"),
        ("FREQ=YEARLY;BYSETPOS=366;BYMONTH=1", "20261015T160000"),
        ("FREQ=DAILY;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11;BYMINUTE=0,1,2,3,4,5,6,7,8,9", "20261015T160000"),
        ("FREQ=HOURLY", "19000101T000000"),
        ("FREQ=SECONDLY;INTERVAL=59", "20000101T000000"),
    ],
)
def test_a_rule_that_takes_too_long_to_work_out_ends_with_a_sentence(rule: str, start: str) -> None:
    reading = read(calendar(repeating(rule, start)))
    (refused,) = reading.refused
    assert refused.why.startswith("It repeats too often")


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=-1",
        "FREQ=MONTHLY;BYDAY=9MO",
        "FREQ=YEARLY;BYDAY=60MO",
        "FREQ=MINUTELY;BYHOUR=3;BYMINUTE=70",
        "FREQ=HOURLY;INTERVAL=24;BYHOUR=5",
        "FREQ=DAILY;BYMONTHDAY=400",
        "FREQ=DAILY;COUNT=5;UNTIL=20261101T000000Z;BYSETPOS=0",
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(rule: str) -> None:
    reading = read(calendar(repeating(rule), event("DTSTART:20261015T160000", uid="2")))
    assert len(reading.refused) == 1
    assert "2" in {occurrence.uid for occurrence in reading.events}


def test_a_long_running_series_is_still_read() -> None:
    reading = read(calendar(repeating("FREQ=DAILY", "19900101T160000")), FIRST, date(2026, 10, 31))
    assert len(reading.events) == 31
    assert reading.refused == ()


def test_the_rules_of_a_file_share_one_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    bombs = [repeating(f"FREQ=DAILY;{NEVER}", uid=str(number)) for number in range(100)]
    spent = 0
    spend = Budget.spend

    def counting(self: Budget, steps: int = 1) -> None:
        nonlocal spent
        spent += steps
        spend(self, steps)

    monkeypatch.setattr(series.Budget, "spend", counting)
    reading = read(calendar(*bombs))
    assert len(reading.refused) == 100
    assert spent < 250_000


def test_a_budget_gives_each_series_its_share_until_the_file_has_none() -> None:
    budget = Budget()
    for _ in range(5):
        budget.begin_series()
        with pytest.raises(Exhausted):
            budget.spend(40_001)
    budget.begin_series()
    with pytest.raises(Exhausted):
        budget.spend()


def test_files_beyond_the_limits_are_refused_before_they_are_read() -> None:
    with pytest.raises(Mistyped, match="more than 2 MB"):
        read(b"BEGIN:VCALENDAR\r\n" + b"X" * LIMIT_BYTES)
    with pytest.raises(Mistyped, match="more than 2,000 events"):
        read(calendar("BEGIN:VEVENT\nEND:VEVENT\n" * (MOST_EVENTS + 1)))
    with pytest.raises(Mistyped, match="too many lines"):
        read(calendar("\n" * 300_000))


@pytest.mark.parametrize(
    "body",
    [
        "BEGIN:VEVENT\n" * 1_900,
        "BEGIN:X\n" * 100_000,
        "END:VEVENT\n" * 100_000,
        "SUMMARY:" + "x" * 1_500_000,
        " x\n" * 150_000,
        "\n" * 150_000,
        "ATTACH;ENCODING=BASE64:" + "QUFB" * 300_000,
        event("DTSTART:20261015T160000", "EXDATE:" + "20261015T160000," * 3_000),
        event("DTSTART:20261015T160000", *["RDATE:" + "20261015T160000," * 3_000] * 30),
        event("DTSTART:20261015T160000", "SUMMARY" + ";X=y" * 10_000 + ":z"),
        event("DTSTART;TZID=" + "../" * 1_000 + "etc/passwd:20261015T160000"),
    ],
    ids=lambda body: body[:30].encode("unicode_escape").decode(),
)
def test_large_nonsense_is_answered(body: str) -> None:
    reading = read(calendar(body))
    assert all(told.why.endswith(".") for told in reading.refused)


def answered(data: bytes) -> CalendarReading | None:
    """The events, or `None` where the file is refused in a sentence; anything else escapes and fails the test."""
    try:
        reading = read_calendar(data, first_day=FIRST, last_day=LAST)
    except Mistyped:
        return None
    for occurrence in reading.events:
        assert occurrence.uid
        assert occurrence.all_day or occurrence.start.isoformat()[-6] in "+-"
    keys = [(occurrence.uid, occurrence.recurrence_id) for occurrence in reading.events]
    assert len(keys) == len(set(keys))
    return reading


@given(st.binary(max_size=300))
def test_any_bytes_are_answered(data: bytes) -> None:
    answered(data)
    answered(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + data + b"\r\nEND:VEVENT\r\nEND:VCALENDAR")


names = st.sampled_from(
    (
        "UID RECURRENCE-ID SUMMARY DTSTART DTEND DURATION RRULE RDATE EXDATE STATUS URL SEQUENCE LAST-MODIFIED "
        "BEGIN END"
    ).split()
)
values = st.one_of(
    st.sampled_from(
        "1 20261015 20261015T160000 20261015T160000Z PT1H P-1D -PT5M FREQ=DAILY FREQ=WEEKLY;BYDAY=1MO VEVENT VALARM "
        "VCALENDAR CANCELLED https://x.example FREQ=YEARLY;COUNT=3 20261015T160000/PT1H 20261301".split()
    ),
    st.text(max_size=20),
)
parameters = st.sampled_from(
    ["", ";TZID=America/Chicago", ";TZID=", ";VALUE=DATE", ';TZID="', ";RANGE=THISANDFUTURE", ";X"]
)


@given(st.lists(st.tuples(names, parameters, values), max_size=14))
def test_any_properties_are_answered(told: list[tuple[str, str, str]]) -> None:
    lines = [f"{name}{parameter}:{value}" for name, parameter, value in told]
    answered(calendar(event(*lines)))
    answered(calendar(SERIES, event(*lines), MOVED))


parts = st.sampled_from(
    (
        "INTERVAL=2 INTERVAL=0 COUNT=3 UNTIL=20261101 UNTIL=20261101T000000Z BYDAY=MO,-1FR BYDAY=5MO BYMONTHDAY=31 "
        "BYMONTHDAY=-1 BYMONTH=2 BYSETPOS=-1 BYSETPOS=300 BYWEEKNO=53 BYYEARDAY=366 BYHOUR=1,2 BYMINUTE=59 "
        "BYSECOND=60 WKST=SU X=1 BYEASTER=0"
    ).split()
)


@given(
    st.sampled_from("YEARLY MONTHLY WEEKLY DAILY HOURLY MINUTELY SECONDLY NEVERLY".split()),
    st.lists(parts, max_size=4),
)
def test_any_rule_is_answered(frequency: str, further: list[str]) -> None:
    answered(calendar(repeating(";".join([f"FREQ={frequency}", *further]))))
