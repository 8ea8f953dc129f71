"""The six digits that an authenticator app shows: a secret shared once, and which half minute a code is of (RFC 6238).

Every code stands for one step of 30 seconds. The step is told, so that whoever keeps the last one takes none twice.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from typing import Final

import pyotp

STEP: Final = timedelta(seconds=30)
DIGITS: Final = 6
_SLACK_STEPS: Final = 1


def new_secret() -> str:
    """160 random bits in base 32, as apps take them."""
    return pyotp.random_base32(32)


def enrolment_address(secret: str, email: str, house: str) -> str:
    """What the QR code says to the app: the secret, and under which names to list it."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=house)


def code_at(secret: str, at: datetime) -> str:
    """The code that an app shows at this moment."""
    return pyotp.TOTP(secret).at(at)


def step_of(secret: str, typed: str, at: datetime) -> int | None:
    """The step whose code was typed; `None` when it is of no step around `at`.

    The one before and the one after count: a phone's clock is a little off, and typing takes a while. All are
    compared, whichever fits: how long it takes tells nothing.
    """
    found = None
    for away in range(-_SLACK_STEPS, _SLACK_STEPS + 1):
        moment = at + away * STEP
        if hmac.compare_digest(code_at(secret, moment).encode(), typed.encode("utf-8", "replace")):
            found = int(moment.timestamp() // STEP.total_seconds())
    return found
