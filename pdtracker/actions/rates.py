"""How often something may be tried: counted in the database, so that all web processes count together.

A try is counted before it is looked at, so that a hundred at once don't pass a limit of five; what turned out to be
right is given back. Several windows of growing length make the wait grow: after five quick tries a minute, after
ten a quarter of an hour.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from pdtracker.db import Database, DistrictSession
from pdtracker.domain.refusals import Refusal
from pdtracker.models.records import Rate

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
WINDOWS_KEPT = timedelta(days=2)


class TooManyTries(Refusal):
    """The same was tried too often in a short time; `wait_seconds` says when it may be tried again."""

    def __init__(self, wait_seconds: int) -> None:
        super().__init__("too_many_tries", f"Wait {_wait_words(wait_seconds)}, then try again.")
        self.wait_seconds = wait_seconds


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `tries` by `who` in each window; `name` says at what."""

    name: str
    who: str
    window: timedelta
    tries: int

    def bucket(self, key: str) -> str:
        """The name under which it is counted: a keyed hash, so that the table names nobody."""
        told = f"{self.name}\0{self.who}\0{self.window.total_seconds():.0f}"
        return hashlib.blake2b(told.encode(), key=key.encode()[:64], digest_size=20).hexdigest()

    def window_starts_at(self, at: datetime) -> datetime:
        """The beginning of the window that `at` is in."""
        return _EPOCH + (at - _EPOCH) // self.window * self.window


def count_try(
    database: Database, limits: Sequence[Limit], *, key: str, at: datetime, is_hasty: bool = False
) -> bool:
    """Count one try against all of the limits; raises TooManyTries when it is beyond one of them.

    `key` is the installation's secret. One upsert, in a transaction of its own: it is counted whatever follows.
    `is_hasty` gives up where nothing can be written now, and says so: False when the try was not counted.
    """
    buckets = {limit.bucket(key): limit for limit in limits}
    starts = [(bucket, limit.window_starts_at(at)) for bucket, limit in buckets.items()]
    try:
        with database.session(None, installation=True) as session, session.writing(is_hasty=is_hasty):
            counts = session.count_up(Rate, starts)
    except sa.exc.OperationalError:
        if not is_hasty:
            raise
        return False
    waits = [
        limit.window_starts_at(at) + limit.window - at
        for bucket, limit in buckets.items()
        if counts[bucket] > limit.tries
    ]
    if waits:
        raise TooManyTries(int(max(waits).total_seconds()) + 1)
    return True


def give_back(session: DistrictSession, limits: Sequence[Limit], *, key: str, at: datetime) -> None:
    """Take one try back that was right, within a running transaction, and forget windows that are long over."""
    # In the order in which they are counted up, or two would wait for each other.
    for limit in sorted(limits, key=lambda limit: limit.bucket(key)):
        session.execute(
            sa.update(Rate)
            .where(
                Rate.bucket == limit.bucket(key),
                Rate.window_starts_at == limit.window_starts_at(at),
                Rate.count > 0,
            )
            .values(count=Rate.count - 1)
        )
    session.execute(sa.delete(Rate).where(Rate.window_starts_at < at - WINDOWS_KEPT))


def _wait_words(seconds: int) -> str:
    if seconds < 60:
        return "a minute"
    minutes = -(-seconds // 60)
    if minutes < 60:
        return f"{minutes} minutes"
    hours = -(-minutes // 60)
    return "an hour" if hours == 1 else f"{hours} hours"
