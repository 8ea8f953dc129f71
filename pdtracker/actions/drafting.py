"""Drafts for people who were there: begun for them with their evidence in it, and a letter that asks for the rest.

No action by itself: `recording` calls it for what a report says, `fresh_drafts` for what check-ins show.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from pdtracker.actions.attendance_letters import attended_key, post
from pdtracker.actions.posting import Reader, queued
from pdtracker.domain.access import GRANTS, Permission
from pdtracker.domain.claim import ClaimState
from pdtracker.domain.evidence import EvidenceKind
from pdtracker.domain.hours import MAX_DAY_MINUTES
from pdtracker.domain.letters import attended_letter
from pdtracker.domain.split import Split, main_category, scaled
from pdtracker.models.claims import Claim, ClaimCategory, Evidence, ReflectionAnswer
from pdtracker.models.ids import new_id
from pdtracker.models.people import Membership, Person
from pdtracker.queries import details, reflections
from pdtracker.queries.event_news import asked_to_log
from pdtracker.queries.import_events import ImportEvent
from pdtracker.scope import Scope

_MAY_LOG = tuple(role for role, granted in GRANTS.items() if Permission.LOG_CLAIM in granted)


@dataclass(frozen=True, slots=True)
class Attendant:
    """Somebody who was there, as drafts and letters need them."""

    id: int
    name: str
    email: str
    school_id: int | None
    may_log: bool


@dataclass(frozen=True, slots=True)
class AttendedSpan:
    """From when to when somebody was there, and how many minutes of that count."""

    starts_at: datetime
    ends_at: datetime
    minutes: int

    @property
    def columns(self) -> dict[str, Any]:
        """How a claim keeps it."""
        return {
            "starts_at": self.starts_at,
            "ends_at": self.ends_at,
            "claimed_minutes": min(self.minutes, MAX_DAY_MINUTES),
        }


@dataclass(frozen=True, slots=True)
class Proven:
    """What is known of somebody's attendance: a piece of evidence, and what the trail of the claim calls its source."""

    kind: EvidenceKind
    words: str
    minutes: int | None
    source: Mapping[str, int]


# Any: what a statement selects of people, by their ids.
def attendants(scope: Scope, person_ids: Any) -> Mapping[int, Attendant]:
    """These people. One statement."""
    may_log = sa.exists(
        sa.select(Membership.id).where(
            Membership.person_id == Person.id,
            Membership.district_id == Person.district_id,
            Membership.role.in_(_MAY_LOG),
        )
    )
    rows = scope.session.execute(
        sa.select(
            Person.id, Person.name, Person.email, Person.school_id, Person.left_at, may_log.label("may_log")
        ).where(Person.id.in_(person_ids))
    )
    return {
        row.id: Attendant(row.id, row.name, row.email, row.school_id, row.may_log and row.left_at is None)
        for row in rows
    }


class Drafts:
    """The drafts and evidence for one session: a number of statements that doesn't grow with the people."""

    def __init__(self, scope: Scope, event: ImportEvent, address: Callable[[int], str]) -> None:
        self._scope, self._event, self._address = scope, event, address
        self._prompts = reflections.prompts(scope)
        self._split = details.split_of_event(scope, event.event_id)
        self._moved: list[int] = []
        self._claims: list[dict[str, Any]] = []
        self._answers: list[dict[str, Any]] = []
        self._parts: list[dict[str, Any]] = []
        self._evidence: list[dict[str, Any]] = []
        self._letters: list[dict[str, Any]] = []

    def begin(
        self, person: Attendant, span: AttendedSpan, proven: Proven, *, not_before: datetime
    ) -> tuple[int, int]:
        """Begin a draft for somebody, and tell them; gives the ids of the claim and of its evidence."""
        scope, event, claim_id = self._scope, self._event, new_id()
        times = span.columns
        split = self._divide(claim_id, times["claimed_minutes"])
        self._claims.append(
            {
                "id": claim_id,
                "person_id": person.id,
                "school_id": person.school_id,
                "event_id": event.event_id,
                "state": ClaimState.DRAFT,
                "version": 1,
                "title": event.title,
                "host": event.host,
                "kind": event.kind,
                "category": main_category(split, event.category),
                "link": event.link,
                "hashtag": event.hashtag,
                "session_starts_at": event.hours.starts_at,
                "session_ends_at": event.hours.ends_at,
                "session_id": event.session_id,
                "break_minutes": event.break_minutes,
                "zone": event.hours.zone,
                "longer_reason": "",
                "is_recording": False,
                "reflection_words": 0,
                "created_at": scope.at,
                "updated_at": scope.at,
                "waiting_since": scope.at,
                **times,
            }
        )
        self._ask(claim_id)
        scope.record("claim.begun", "claim", claim_id, event=event.event_id, **proven.source)
        evidence_id = self.attach(claim_id, proven)
        self._tell(person, claim_id, proven.words, not_before)
        return claim_id, evidence_id

    def attach(self, claim_id: int, proven: Proven, of_part: int | None = None) -> int:
        """Put a piece of evidence into a claim, of a bundle for its part of this event; gives its id."""
        evidence_id = new_id()
        self._evidence.append(
            {
                "id": evidence_id,
                "claim_id": claim_id,
                "event_id": of_part,
                "kind": proven.kind,
                "note": proven.words,
                "minutes": proven.minutes,
                "added_at": self._scope.at,
            }
        )
        self._scope.record(
            "evidence.recorded",
            "claim",
            claim_id,
            evidence=evidence_id,
            kind=proven.kind.value,
            minutes=proven.minutes,
            **proven.source,
        )
        return evidence_id

    def follow(self, claim: Claim, span: AttendedSpan) -> None:
        """Let a draft that nobody touched go by other times."""
        for name, value in span.columns.items():
            setattr(claim, name, value)
        self._moved.append(claim.id)
        self._divide(claim.id, span.columns["claimed_minutes"])

    def write(self) -> None:
        """Write it all."""
        session = self._scope.session
        if self._moved:
            session.execute(
                sa.delete(ClaimCategory)
                .where(ClaimCategory.claim_id.in_(self._moved))
                .execution_options(synchronize_session=False)
            )
        session.insert_rows(Claim, self._claims)
        session.insert_rows(ReflectionAnswer, self._answers)
        session.insert_rows(ClaimCategory, self._parts)
        session.insert_rows(Evidence, self._evidence)
        # Whoever was asked when it ended is not asked again.
        asked = asked_to_log(
            self._scope, self._event.event_id, [letter["to_person_id"] for letter in self._letters]
        )
        post(self._scope, [letter for letter in self._letters if letter["to_person_id"] not in asked])

    def _divide(self, claim_id: int, minutes: int) -> Split:
        """The minutes over the event's categories, kept where there are several."""
        split = scaled(self._split, minutes)
        if len(split) > 1:
            self._parts.extend(
                {"id": new_id(), "claim_id": claim_id, "category": category, "minutes": part}
                for category, part in split
            )
        return split

    def _ask(self, claim_id: int) -> None:
        self._answers.extend(
            {
                "id": new_id(),
                "claim_id": claim_id,
                "position": number,
                "question": prompt.question,
                "answer": "",
                "version": 1,
                "saved_at": self._scope.at,
            }
            for number, prompt in enumerate(self._prompts, start=1)
        )

    def _tell(self, person: Attendant, claim_id: int, words: str, not_before: datetime) -> None:
        scope, event = self._scope, self._event
        letter = attended_letter(
            person.name, event.title, scope.district.name, words, self._address(claim_id)
        )
        self._letters.append(
            queued(
                scope,
                Reader(person.id, person.email, person.name),
                letter,
                key=attended_key(event.event_id, person.id),
                not_before=not_before,
            )
        )
