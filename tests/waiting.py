"""Claims that wait for a decision, for tests of those who decide; and who else may decide them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from pdtracker.actions.people import Roles, change_roles
from pdtracker.domain.access import Role
from pdtracker.domain.claim import ClaimState, Step
from pdtracker.domain.evidence import EvidenceKind
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.refs import ref_of
from pdtracker.models.claims import Claim, ClaimStep, Evidence, ReflectionAnswer
from pdtracker.models.events import EventHost
from pdtracker.models.ids import new_id
from pdtracker.scope import Scope
from tests.factories import Cast, a_claim, a_link, an_event

FIRST_SESSION_AT = datetime(2014, 7, 2, 16, 0, tzinfo=UTC)
"""A day after the district's rules came into force."""


def a_waiting_claim(scope: Scope, number: int = 0, **more: Any) -> int:
    """A claim of an hour to which every check says yes; claims of another `number` are at another time."""
    start = FIRST_SESSION_AT + timedelta(days=number)
    claim_id = a_claim(
        scope,
        ClaimState.SUBMITTED,
        **{
            "title": f"Reading circle {number}",
            "starts_at": start,
            "ends_at": start + timedelta(hours=1),
            "reflection_words": 40,
            "reflection_digest": ref_of(new_id()),
            "submitted_at": start + timedelta(hours=3),
            "waiting_since": start + timedelta(hours=3),
            **more,
        },
    )
    a_link(scope, claim_id)
    return claim_id


def many_waiting_claims(scope: Scope, count: int) -> list[int]:
    """The same many times, in three inserts: an hour every three hours, none at the time of an earlier one."""
    ids, starts = _times(scope, count)
    claims = [_claim(scope, claim_id, at) for claim_id, at in zip(ids, starts, strict=True)]
    with scope.session.writing():
        scope.session.insert_rows(Claim, claims)
        scope.session.insert_rows(ClaimStep, [_submission(scope, claim_id) for claim_id in ids])
        scope.session.insert_rows(Evidence, [_link(scope, claim_id) for claim_id in ids])
    return ids


def many_drafts(scope: Scope, count: int) -> list[int]:
    """Drafts of the acting person to which nothing is missing, in three inserts."""
    ids, starts = _times(scope, count)
    drafts = [
        _claim(scope, claim_id, at)
        | {
            "state": ClaimState.DRAFT,
            "reflection_words": 0,
            "reflection_digest": None,
            "submitted_at": None,
        }
        for claim_id, at in zip(ids, starts, strict=True)
    ]
    with scope.session.writing():
        scope.session.insert_rows(Claim, drafts)
        scope.session.insert_rows(Evidence, [_link(scope, claim_id) for claim_id in ids])
        scope.session.insert_rows(ReflectionAnswer, [_answer(scope, claim_id) for claim_id in ids])
    return ids


def seen(claim_ids: Iterable[int], version: int = 1) -> list[str]:
    """What the boxes of these claims send."""
    return [f"{ref_of(claim_id)}.{version}" for claim_id in claim_ids]


def give_roles(cast: Cast, name: str, *roles: Role, schools: Iterable[str] | None = None) -> None:
    """Give somebody exactly these roles; a reviewer's may be for some schools only."""
    reviews = None if schools is None else frozenset(cast.school_ids[school] for school in schools)
    change_roles(
        cast.operator(cast.district_of(name)),
        cast.person_ids[name],
        Roles(roles=frozenset(roles), review_school_ids=reviews),
    )


def an_event_hosted_by(cast: Cast, name: str) -> int:
    """An event that somebody hosts."""
    scope = cast.scope(name)
    event_id = an_event(scope)
    with scope.session.writing():
        scope.session.add(EventHost(id=new_id(), event_id=event_id, person_id=scope.me.id))
    return event_id


def _times(scope: Scope, count: int) -> tuple[list[int], list[datetime]]:
    """New ids, and for each a moment at which nothing was claimed yet."""
    there = scope.session.scalar(sa.select(sa.func.count()).select_from(Claim)) or 0
    return [new_id() for _ in range(count)], [
        FIRST_SESSION_AT + timedelta(hours=3 * (there + number)) for number in range(count)
    ]


def _claim(scope: Scope, claim_id: int, start: datetime) -> dict[str, object]:
    return {
        "id": claim_id,
        "person_id": scope.me.id,
        "school_id": scope.me.school_id,
        "event_id": None,
        "state": ClaimState.SUBMITTED,
        "version": 1,
        "title": "Reading circle",
        "host": "Society of Readers",
        "kind": EventKind.WEBINAR,
        "category": CreditCategory.PEDAGOGY,
        "link": None,
        "hashtag": None,
        "session_starts_at": None,
        "session_ends_at": None,
        "starts_at": start,
        "ends_at": start + timedelta(hours=1),
        "zone": scope.district.zone,
        "claimed_minutes": 60,
        "longer_reason": "",
        "reflection_words": 40,
        "reflection_digest": ref_of(claim_id),
        "created_at": start,
        "updated_at": start,
        "submitted_at": start + timedelta(hours=2),
        "waiting_since": start + timedelta(hours=2),
        "decided_at": None,
    }


def _submission(scope: Scope, claim_id: int) -> dict[str, object]:
    return {
        "id": new_id(),
        "claim_id": claim_id,
        "claimant_id": scope.me.id,
        "step": Step.SUBMIT,
        "from_state": ClaimState.DRAFT,
        "to_state": ClaimState.SUBMITTED,
        "by_person_id": scope.me.id,
        "by_name": scope.me.name,
        "by_title": "",
        "at": scope.at,
        "seen_version": 0,
        "comment": "",
        "granted_minutes": None,
        "adjust_reason": "",
        "release_at": None,
        "undoes_step_id": None,
    }


def _answer(scope: Scope, claim_id: int) -> dict[str, object]:
    return {
        "id": new_id(),
        "claim_id": claim_id,
        "position": 1,
        "question": "What did you learn?",
        "answer": f"What {ref_of(claim_id)} is about, and what I will try on Monday.",
        "version": 1,
        "saved_at": scope.at,
        "other_answer": None,
        "other_saved_at": None,
    }


def _link(scope: Scope, claim_id: int) -> dict[str, object]:
    return {
        "id": new_id(),
        "claim_id": claim_id,
        "kind": EvidenceKind.LINK,
        "link": "https://notes.example/circle",
        "note": "",
        "file_sha256": None,
        "file_name": None,
        "media_type": None,
        "size_bytes": None,
        "added_at": scope.at,
        "removed_at": None,
    }
