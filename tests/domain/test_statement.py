"""What a certificate states, in words: exact amounts, and the clock of the place."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pdtracker.domain.certificate import CreditUnit
from pdtracker.domain.certified_sessions import CertifiedSession
from pdtracker.domain.statement import session_when, statement, units_text
from tests.pdf.sheets import CASES

HOUR = CreditUnit("hour", "hours")


def a_session(starts_at: datetime, ends_at: datetime, zone: str = "America/New_York") -> CertifiedSession:
    return CertifiedSession.held(
        title="Chat",
        host="Host",
        kind="Hashtag chat",
        delivery="Live",
        place="#ce14",
        starts_at=starts_at,
        ends_at=ends_at,
        zone=zone,
        attendance="Link, reviewed",
        minutes={"Pedagogy": 60},
    )


@pytest.mark.parametrize(
    ("minutes", "unit", "text"),
    [
        (90, HOUR, "1.5"),
        (60, HOUR, "1"),
        (45, HOUR, "0.75"),
        (50, HOUR, "5/6"),
        (100, HOUR, "1 2/3"),
        (60_000, HOUR, "1,000"),
        (90, CreditUnit("CTLE hour", "CTLE hours", 50), "1.8"),
        (0, HOUR, "0"),
    ],
)
def test_amounts_are_exact_in_the_certificates_unit(minutes: int, unit: CreditUnit, text: str) -> None:
    assert units_text(minutes, unit) == text


@pytest.mark.parametrize(
    ("starts", "ends", "zone", "words"),
    [
        (
            (2014, 10, 14, 23),
            (2014, 10, 15, 0),
            "America/New_York",
            "Tuesday, October 14, 2014, 7:00–8:00 pm Eastern Time",
        ),
        (
            (2014, 10, 14, 15),
            (2014, 10, 14, 17),
            "America/New_York",
            "Tuesday, October 14, 2014, 11:00 am–1:00 pm Eastern Time",
        ),
        (
            (2014, 10, 15, 2),
            (2014, 10, 15, 4),
            "America/New_York",
            "Tuesday, October 14, 2014, 10:00 pm–12:00 am Eastern Time",
        ),
        ((2014, 10, 1, 4), (2014, 10, 31, 4), "America/New_York", "October 1, 2014 – October 30, 2014"),
        ((2014, 10, 14, 23), (2014, 10, 14, 23), "UTC", "Tuesday, October 14, 2014, 11:00 pm UTC"),
    ],
)
def test_a_session_is_told_by_the_clock_of_its_place(
    starts: tuple[int, ...], ends: tuple[int, ...], zone: str, words: str
) -> None:
    session = a_session(datetime(*starts, tzinfo=UTC), datetime(*ends, tzinfo=UTC), zone)
    assert session_when(session).replace("\u00a0", " ") == words


def test_every_signed_fact_is_stated() -> None:
    snapshot = CASES["three"]
    told = statement(snapshot)
    assert told.holder == snapshot.holder.name
    assert [session.title for session in told.sessions] == [session.title for session in snapshot.sessions]
    assert [(category.name, category.minutes) for category in told.categories] == [
        (category.name, category.minutes) for category in snapshot.categories
    ]
    assert told.fingerprint.replace(" ", "") == snapshot.fingerprint()
    assert told.code.replace(" ", "") == snapshot.code
    assert snapshot.approval.name in told.approval
    assert snapshot.policy.edition in told.policy


def test_a_district_without_a_sponsor_number_states_none() -> None:
    snapshot = CASES["three"]
    plain = replace(snapshot, district=replace(snapshot.district, sponsor_number=None, sponsor_period=None))
    assert statement(plain).sponsor is None
