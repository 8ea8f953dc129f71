"""Bundles for tests: rules that count short chats together, and Ada's chats of twenty minutes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from pdtracker.actions.bundles import Attended, OwnSession, add_part, begin_bundle
from pdtracker.actions.reflections import Written, save_answers
from pdtracker.domain.bundle import BundleRule
from pdtracker.domain.credit import CreditPolicy
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.models.bundles import ClaimPart
from pdtracker.models.events import EventHost
from pdtracker.queries import reflections
from pdtracker.scope import Scope
from tests.claiming import send
from tests.equivalences import publish
from tests.factories import Cast, an_event

TOPIC = "#edtech for English learners"
CHATS = (EventKind.HASHTAG_CHAT, EventKind.WEBINAR)
WORDS = "We asked how captions help, and I told of my grade seven and what they read aloud now."


def publish_bundles(cast: Cast, **more: Any) -> CreditPolicy:
    """Rules under which a session counts from half an hour on, and short chats on one topic from an hour on."""
    return publish(
        cast,
        **{"minimum_session_minutes": 30, "bundles": BundleRule(kinds=CHATS), "logged_kinds": (), **more},
    )


def a_bundle(scope: Scope, topic: str = TOPIC, kind: EventKind = EventKind.HASHTAG_CHAT) -> int:
    """A bundle without a session yet."""
    return begin_bundle(scope, topic, kind, CreditCategory.ELL, key="")


def attended(starts_at: datetime, minutes: int = 20, **change: Any) -> Attended:
    """So many minutes from a moment on, with a word for it."""
    return Attended(
        **{
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(minutes=minutes),
            "zone": "America/New_York",
            "minutes": None,
            "longer_reason": "",
            "link": "https://posts.example/1",
            "note": "",
            **change,
        }
    )


def a_chat(scope: Scope, days_ago: int, minutes: int = 20, **more: Any) -> int:
    """A short chat of the calendar, so many days ago."""
    starts_at = scope.at - timedelta(days=days_ago, hours=2)
    return an_event(
        scope,
        **{
            "title": f"#edtech chat {days_ago}",
            "kind": EventKind.HASHTAG_CHAT,
            "hashtag": "#edtech",
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(minutes=minutes),
            **more,
        },
    )


def add_chat(scope: Scope, claim_id: int, days_ago: int, minutes: int = 20, **change: Any) -> int:
    """A chat of the calendar as a part; gives the part's id."""
    starts_at = scope.at - timedelta(days=days_ago, hours=2)
    event_id = a_chat(scope, days_ago, minutes)
    return add_part(scope, claim_id, event_id, attended(starts_at, minutes, **change))


def add_own(scope: Scope, claim_id: int, days_ago: int, minutes: int = 20, **change: Any) -> int:
    """A session of one's own as a part; gives the part's id."""
    starts_at = scope.at - timedelta(days=days_ago, hours=2)
    session = OwnSession(f"Chat {days_ago}", "Captions group")
    return add_part(scope, claim_id, session, attended(starts_at, minutes, **change))


def a_full_bundle(scope: Scope, lengths: tuple[int, ...] = (20, 20, 20)) -> int:
    """A bundle with chats of these minutes, a week apart, and an answer to every prompt."""
    claim_id = a_bundle(scope)
    for week, minutes in enumerate(lengths, 1):
        add_chat(scope, claim_id, 7 * week, minutes)
    answer(scope, claim_id)
    return claim_id


def answer(scope: Scope, claim_id: int) -> None:
    """Answer every prompt."""
    rows = reflections.answers(scope, claim_id)
    save_answers(
        scope, claim_id, [Written(row.position, f"{WORDS} {row.position}", row.token) for row in rows]
    )


def a_sent_bundle(scope: Scope, lengths: tuple[int, ...] = (20, 20, 20)) -> int:
    """The same, waiting for a decision."""
    claim_id = a_full_bundle(scope, lengths)
    send(scope, claim_id)
    return claim_id


def let_host(scope: Scope, event_id: int | None, person_id: int) -> None:
    """Let somebody host an event."""
    with scope.session.writing():
        scope.session.add(EventHost(event_id=event_id, person_id=person_id))


def event_of(scope: Scope, part_id: int) -> int | None:
    """The event of a part."""
    event_id = scope.session.scalar(sa.select(ClaimPart.event_id).where(ClaimPart.id == part_id))
    scope.session.rollback()
    return event_id
