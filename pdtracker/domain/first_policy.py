"""The rules with which a new district begins, until it publishes its own."""

from __future__ import annotations

from datetime import date
from typing import Final

from pdtracker.domain.bundle import BundleRule
from pdtracker.domain.equivalence import ApplicationRule, RecordingRule
from pdtracker.domain.kinds import EventKind
from pdtracker.domain.policy import CreditPolicy, KindCap

APPLIED_AT_FIRST: Final = (EventKind.HASHTAG_CHAT, EventKind.WEBINAR, EventKind.PANEL, EventKind.RADIO_SHOW)

_CAP_PERCENT: Final = 20
_CAPPED: Final = (EventKind.HASHTAG_CHAT, EventKind.FORUM, EventKind.SELF_PACED, EventKind.RADIO_SHOW)


def first_policy(name: str, edition: str, effective_from: date, year_starts: tuple[int, int]) -> CreditPolicy:
    """The rules with which a district begins: connected learning counts, and no single kind is more than a fifth.

    Derived from districts that gave credit for it: an hour of chat or webinar and an hour of applying it are two; a
    recording counts with a written summary, what has no fixed hours by a log of its days. Short sessions on one topic
    count together from an hour on.
    """
    return CreditPolicy(
        name=name,
        edition=edition,
        effective_from=effective_from,
        year_starts=year_starts,
        caps=tuple(KindCap(kind, percent=_CAP_PERCENT) for kind in _CAPPED),
        application=ApplicationRule(kinds=APPLIED_AT_FIRST),
        recordings=RecordingRule(kinds=tuple(kind for kind in EventKind if kind.is_live)),
        logged_kinds=(EventKind.FORUM, EventKind.BOOK_CLUB, EventKind.SELF_PACED, EventKind.COURSE),
        bundles=BundleRule(kinds=APPLIED_AT_FIRST),
    )
