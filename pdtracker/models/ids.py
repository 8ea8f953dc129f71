"""Identifiers: 63-bit integers that grow with time and need no round trip to the database.

A row and the rows that point at it can so be written in one batch, and the primary key of a district-owned
table can begin with the district on both databases (SQLite numbers only single-column keys by itself).
"""

from __future__ import annotations

import secrets
import threading
import time

# 2024-01-01T00:00:00Z: 41 bits of milliseconds from here last until 2093.
_EPOCH_MILLISECONDS = 1_704_067_200_000
_RANDOM_BITS = 22

_lock = threading.Lock()
_last = 0


def new_id() -> int:
    """A new identifier, greater than every one that this process made before.

    Two processes that meet in the same millisecond draw from four million values each; should they ever draw
    alike, the primary key refuses the second row.
    """
    return new_ids(1)[0]


def new_ids(count: int) -> range:
    """So many identifiers that follow each other: to draw each by itself takes longer than to write its row."""
    global _last
    milliseconds = time.time_ns() // 1_000_000 - _EPOCH_MILLISECONDS
    drawn = (milliseconds << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS)
    with _lock:
        first = max(_last + 1, drawn)
        _last = first + count - 1
    return range(first, first + count)


def id_before(seconds: int) -> int:
    """An identifier from so long ago: what was written since has a greater one, whichever process wrote it."""
    return max(0, new_id() - (seconds * 1000 << _RANDOM_BITS))
