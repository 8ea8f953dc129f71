"""Sharing one's certificates under an address: for how long, how many at a time, and what is noted of who opens it."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

DAYS: Final = (7, 30, 90, 365)
"""For how many days an address can be good. None is for ever: whoever was to read it has read it by then."""
MOST_LINKS: Final = 20
NOTED_EVERY: Final = timedelta(minutes=10)
"""Openings within so long of each other are noted once, so that a program that asks again and again fills no log."""
