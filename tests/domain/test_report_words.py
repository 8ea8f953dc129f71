"""What a report proves, in words, and the span that a draft gets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdtracker.domain.attendance import Flag, SessionHours, Stay, Strength
from pdtracker.domain.evidence import EvidenceKind
from pdtracker.domain.report_words import (
    FLAG_WORDS,
    attended_span,
    is_meeting_report,
    kind_of,
    proof_words,
    source_of,
    source_words,
)
from pdtracker.domain.when import session_minutes

START = datetime(2026, 10, 14, 20, 0, tzinfo=UTC)
HOURS = SessionHours(START, START + timedelta(minutes=90), "America/New_York")


def stay(first: float, last: float) -> Stay:
    return Stay(START + timedelta(minutes=first), START + timedelta(minutes=last))


@pytest.mark.parametrize(
    ("format_name", "words"),
    [
        ("zoom-meeting-unique", "Zoom report"),
        ("zoom-webinar", "Zoom webinar report"),
        ("teams-2022+", "Teams report"),
        ("google-meet", "Google Meet report"),
        ("moodle-attendance", "Moodle attendance list"),
        ("table", "attendance list"),
        ("something else", "attendance list"),
    ],
)
def test_every_format_has_a_name(format_name: str, words: str) -> None:
    assert source_words(format_name) == words
    assert set(FLAG_WORDS) == set(Flag)


def test_only_what_a_meeting_s_software_measured_is_a_report() -> None:
    assert kind_of("zoom-meeting", Strength.INTERVALS) is EvidenceKind.REPORT
    assert kind_of("google-meet", Strength.TOTAL) is EvidenceKind.REPORT
    assert kind_of("forms-signin", Strength.PRESENCE) is EvidenceKind.HOST_LIST
    assert kind_of("table", Strength.INTERVALS) is EvidenceKind.HOST_LIST
    assert not is_meeting_report("table", Strength.TOTAL)
    assert source_of("zoom-meeting-flat") == "zoom"


@pytest.mark.parametrize(
    ("stays", "minutes", "flags", "words"),
    [
        ([stay(2, 88)], 86, [], "In the Zoom report 4:02–5:28 pm, 86 minutes."),
        (
            [stay(0, 10), stay(20, 90)],
            80,
            [],
            "In the Zoom report 4:00–4:10 pm and 4:20–5:30 pm, 80 minutes.",
        ),
        (
            [stay(10 * n, 10 * n + 5) for n in range(5)],
            25,
            [],
            "In the Zoom report 4:00–4:45 pm, in 5 parts, 25 minutes.",
        ),
        (
            [stay(2, 90)],
            88,
            [Flag.END_ASSUMED],
            "In the Zoom report 4:02–5:30 pm, 88 minutes. The end is assumed.",
        ),
        ([], None, [], "In the Zoom report."),
    ],
)
def test_what_is_proved_reads_like_a_sentence(
    stays: list[Stay], minutes: int | None, flags: list[Flag], words: str
) -> None:
    told = proof_words("zoom-meeting", stays, minutes, HOURS, flags)
    assert told.replace("\N{NO-BREAK SPACE}", " ") == words


def test_without_stays_the_session_is_the_span() -> None:
    assert attended_span([], HOURS) == (HOURS.starts_at, HOURS.ends_at)
    assert attended_span([stay(-30, -10)], HOURS) == (HOURS.starts_at, HOURS.ends_at)


@given(st.floats(-100, 200), st.floats(0.1, 200))
def test_the_span_lies_in_the_session_and_holds_the_minutes(first: float, length: float) -> None:
    there = stay(first, first + length)
    starts_at, ends_at = attended_span([there], HOURS)
    assert HOURS.starts_at <= starts_at < ends_at <= HOURS.ends_at
    inside = min(there.left_at, HOURS.ends_at) - max(there.joined_at, HOURS.starts_at)
    assert session_minutes(starts_at, ends_at) >= int(inside.total_seconds() // 60)
