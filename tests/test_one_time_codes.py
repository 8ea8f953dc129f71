"""The codes of an app: RFC 6238's vectors, the slack of a minute, and nothing beyond it."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest

from pdtracker.one_time_codes import code_at, enrolment_address, new_secret, step_of

RFC = base64.b32encode(b"12345678901234567890").decode()
AT = datetime(2014, 10, 20, 16, 0, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_the_vectors_of_rfc_6238_are_met(seconds: int, code: str) -> None:
    """Appendix B has eight digits; an app shows the last six."""
    at = datetime.fromtimestamp(seconds, UTC)
    assert code_at(RFC, at) == code
    assert step_of(RFC, code, at) == seconds // 30


@pytest.mark.parametrize(("away", "fits"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_phone_s_clock_may_be_half_a_minute_off(away: int, fits: bool) -> None:
    moment = AT + timedelta(seconds=away)
    found = step_of(RFC, code_at(RFC, moment), AT)
    assert (found == int(moment.timestamp()) // 30) is fits


@pytest.mark.parametrize("typed", ["", "1", "12345", "1234567", "abcdef", "１２３４５６", "\ud800"])
def test_what_is_no_code_fits_nothing(typed: str) -> None:
    assert step_of(RFC, typed, AT) is None


def test_secrets_differ_and_the_address_names_house_and_person() -> None:
    one, other = new_secret(), new_secret()
    assert one != other
    assert len(base64.b32decode(one)) == 20
    address = enrolment_address(one, "ada@maplewood.example", "pdtracker")
    assert address.startswith("otpauth://totp/pdtracker:ada%40maplewood.example?")
    assert f"secret={one}" in address
