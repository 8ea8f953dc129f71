"""The codes of check-in: right for a moment, at one desk, for one person, and nothing to guess."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdtracker.domain import check_in_codes as codes

SECRET, OTHER = bytes(range(32)), bytes(range(1, 33))
AT = datetime(2014, 10, 15, 20, 0, tzinfo=UTC)
DESK, PERSON = 77, 1234567890123


def code_at(at: datetime, secret: bytes = SECRET) -> str:
    read = codes.read_token(codes.screen_token(DESK, secret, at))
    assert read is not None
    assert read[0] == DESK
    return read[1]


def test_a_code_of_the_screen_is_right_for_its_step_and_the_ones_beside() -> None:
    code = code_at(AT)
    step = codes.step_of(AT)
    for seconds in (-30, 0, 15, 29, 30, 59):
        assert codes.screen_step(SECRET, code, AT + timedelta(seconds=seconds)) == step
    for seconds in (-31, 60, 3600, 86400):
        assert codes.screen_step(SECRET, code, AT + timedelta(seconds=seconds)) is None
    assert codes.screen_step(OTHER, code, AT) is None


def test_a_code_dates_itself_within_a_window() -> None:
    code = code_at(AT)
    since, until = AT - timedelta(hours=2), AT + timedelta(hours=2)
    assert codes.earlier_step(SECRET, code, since, until) == codes.step_of(AT)
    assert codes.step_starts_at(codes.step_of(AT)) == AT
    assert codes.earlier_step(SECRET, code, AT + timedelta(minutes=2), until) is None
    assert codes.earlier_step(OTHER, code, since, until) is None


def test_no_code_of_a_day_comes_back_the_next_day() -> None:
    day = {code_at(AT + step * codes.SCREEN_STEP) for step in range(1000)}
    assert len(day) == 1000
    next_day = AT + timedelta(days=1)
    assert not any(codes.screen_step(SECRET, code, next_day) for code in day)


@given(st.text(max_size=40))
def test_whatever_is_typed_is_read_or_refused(text: str) -> None:
    codes.read_token(text)
    typed = codes.typed_code(text)
    assert typed is None or len(typed) == 6
    assert codes.person_of_badge(SECRET, DESK, text) is None
    assert codes.seen_at(SECRET, "x", text, "1", AT) is None
    assert codes.screen_step(SECRET, text, AT) is None


@pytest.mark.parametrize("text", ["", "7", "0" * 23 + "!", "0" * 13 + "u" * 10, "9" * 23])
def test_what_is_no_token_is_none(text: str) -> None:
    assert codes.read_token(text) is None


def test_a_short_code_is_read_as_people_type_it() -> None:
    code = codes.short_code(SECRET, AT)
    for typed in (code, code.lower(), codes.short_code_text(code), f" {code[:2]}-{code[2:]} "):
        assert codes.typed_code(typed) == code
        assert codes.is_short_code(SECRET, code, AT)
    assert codes.typed_code("OIL123") == "011123"
    assert codes.typed_code("ABCDU1") is None
    later = AT + 3 * codes.SHORT_STEP
    assert not codes.is_short_code(SECRET, code, later)
    assert not codes.is_short_code(OTHER, code, AT)


def test_a_badge_is_one_persons_at_one_desk() -> None:
    badge = codes.badge_of(SECRET, DESK, PERSON)
    assert codes.person_of_badge(SECRET, DESK, badge.upper() + " ") == PERSON
    assert (
        codes.person_of_badge(SECRET, DESK, f"https://pd.example/m/desks/0/scanner?badge={badge}") == PERSON
    )
    assert codes.person_of_badge(SECRET, DESK + 1, badge) is None
    assert codes.person_of_badge(OTHER, DESK, badge) is None
    forged = codes.badge_of(SECRET, DESK, PERSON + 1)[:13] + badge[13:]
    assert codes.person_of_badge(SECRET, DESK, forged) is None


def test_a_proof_of_having_seen_is_for_one_person_one_code_and_ten_minutes() -> None:
    proof = codes.seen_proof(SECRET, "abc", AT, "7")
    assert codes.seen_at(SECRET, "abc", proof, "7", AT + codes.SEEN_LASTS) == AT
    for secret, code, whose, later in (
        (OTHER, "abc", "7", 0),
        (SECRET, "abd", "7", 0),
        (SECRET, "abc", "8", 0),
        (SECRET, "abc", "7", 602),
        (SECRET, "abc", "7", -60),
    ):
        assert codes.seen_at(secret, code, proof, whose, AT + timedelta(seconds=later)) is None
