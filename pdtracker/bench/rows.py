"""The rows of a claim in a database of a benchmark: attended in the evening, sent the same night, decided later."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from pdtracker.domain.claim import ClaimState, Step, undo_until
from pdtracker.domain.evidence import EvidenceKind
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.models.credit import EntryKind

ZONE: Final = "America/New_York"


@dataclass(frozen=True, slots=True)
class Attended:
    """An event of the calendar, as a claim copies it."""

    id: int
    title: str
    host: str
    kind: EventKind
    category: CreditCategory
    minutes: int


@dataclass(frozen=True, slots=True)
class Told:
    """One claim: whose it is and of which school, what was attended, how it stands and since when, and its text."""

    id: int
    teacher_id: int
    school_id: int
    attended: Attended
    state: ClaimState
    sent_at: datetime
    decided_at: datetime | None
    text: str

    @property
    def was_sent(self) -> bool:
        """Whether a reviewer ever had it."""
        return self.state not in (ClaimState.DRAFT, ClaimState.WITHDRAWN)


def claim_row(told: Told) -> dict[str, Any]:
    """The claim itself."""
    ends_at = told.sent_at - timedelta(minutes=90)
    starts_at = ends_at - timedelta(minutes=told.attended.minutes)
    return {
        "id": told.id,
        "person_id": told.teacher_id,
        "school_id": told.school_id,
        "event_id": told.attended.id,
        "state": told.state,
        "version": 3,
        "title": told.attended.title,
        "host": told.attended.host,
        "kind": told.attended.kind,
        "category": told.attended.category,
        "link": None,
        "hashtag": None,
        "session_starts_at": starts_at,
        "session_ends_at": ends_at,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "zone": ZONE,
        "claimed_minutes": told.attended.minutes,
        "longer_reason": "",
        "reflection_words": len(told.text.split()) if told.was_sent else 0,
        "reflection_digest": hashlib.sha256(told.text.encode()).hexdigest() if told.was_sent else None,
        "created_at": ends_at,
        "updated_at": told.sent_at,
        "submitted_at": told.sent_at if told.was_sent else None,
        "waiting_since": told.decided_at or told.sent_at,
        "decided_at": told.decided_at,
    }


def answer_row(answer_id: int, told: Told) -> dict[str, Any]:
    """Its reflection."""
    return {
        "id": answer_id,
        "claim_id": told.id,
        "position": 1,
        "question": "What did you take with you?",
        "answer": told.text,
        "version": 2,
        "saved_at": told.sent_at,
        "other_answer": None,
        "other_saved_at": None,
    }


def link_row(evidence_id: int, told: Told) -> dict[str, Any]:
    """Its evidence."""
    return {
        "id": evidence_id,
        "claim_id": told.id,
        "kind": EvidenceKind.LINK,
        "link": f"https://notes.example/{told.id}",
        "note": "",
        "file_sha256": None,
        "file_name": None,
        "media_type": None,
        "size_bytes": None,
        "added_at": told.sent_at,
        "removed_at": None,
    }


def submission_row(step_id: int, told: Told) -> dict[str, Any]:
    """The step with which it was sent."""
    return _step_row(step_id, told, Step.SUBMIT, ClaimState.DRAFT, ClaimState.SUBMITTED) | {
        "by_person_id": told.teacher_id,
        "by_name": "Teacher",
        "at": told.sent_at,
        "release_at": None,
    }


def decision_row(step_id: int, told: Told, step: Step, at: datetime, by: tuple[int, str]) -> dict[str, Any]:
    """The step with which somebody, by id and name, decided it."""
    return _step_row(step_id, told, step, ClaimState.SUBMITTED, told.state) | {
        "by_person_id": by[0],
        "by_name": by[1],
        "at": at,
        "release_at": undo_until(at),
    }


def award_row(
    award_id: int, told: Told, step_id: int, at: datetime, policy: tuple[int, str]
) -> dict[str, Any]:
    """Its credit, under a policy by id and name."""
    return {
        "id": award_id,
        "claim_id": told.id,
        "person_id": told.teacher_id,
        "step_id": step_id,
        "entry": EntryKind.CREDIT,
        "category": told.attended.category,
        "kind": told.attended.kind,
        "minutes": told.attended.minutes // 15 * 15,
        "instructional_minutes": told.attended.minutes,
        "activity_on": told.sent_at.date(),
        "policy_id": policy[0],
        "policy_name": policy[1],
        "trace": [],
        "awarded_at": at,
    }


def _step_row(
    step_id: int, told: Told, step: Step, from_state: ClaimState, to_state: ClaimState
) -> dict[str, Any]:
    return {
        "id": step_id,
        "claim_id": told.id,
        "claimant_id": told.teacher_id,
        "step": step,
        "from_state": from_state,
        "to_state": to_state,
        "by_title": "",
        "seen_version": 2,
        "comment": "",
        "granted_minutes": None,
        "adjust_reason": "",
        "undoes_step_id": None,
    }
