"""Reminding people before a thing goes stale: by the district's policy, once for each thing, none who has left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from pdtracker.actions import posting
from pdtracker.actions.posting import Reader
from pdtracker.domain import reminder_letters
from pdtracker.domain.access import Permission
from pdtracker.domain.letters import Letter
from pdtracker.domain.reminder_letters import WaitingClaim
from pdtracker.domain.reminders import FIRST_HOUR, ReminderKind, ReminderTerms, require_sound
from pdtracker.domain.when import local
from pdtracker.models.ids import new_id
from pdtracker.models.reminders import Reminder, ReminderPolicy
from pdtracker.queries import reminders
from pdtracker.queries.reminders import EndingCycle, LongWait, LyingDraft
from pdtracker.scope import Scope, action

AT_ONCE = 100
"""So many people are reminded of drafts, and so many of cycles, in one transaction."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where what a reminder names is found."""

    claim: Callable[[int], str]
    review: Callable[[int], str]
    desk: str
    licences: str


@dataclass(frozen=True, slots=True)
class _Told:
    """One letter, and what it reminds of: the things' ids, each with what it is about."""

    kind: ReminderKind
    reader: Reader
    letter: Letter
    things: tuple[tuple[int, str], ...]


@action(Permission.MANAGE_DISTRICT)
def change_reminders(scope: Scope, terms: ReminderTerms) -> None:
    """Choose which reminders there are and when they come. Refuses with NotValid days that make no sense."""
    require_sound(terms)
    policy = scope.session.get(ReminderPolicy, scope.district.id)
    if policy is None:
        policy = ReminderPolicy(district_id=scope.district.id)
        scope.session.add(policy)
    policy.log_days, policy.reflection_days = terms.log, terms.reflection
    policy.review_days, policy.cycle_days = terms.review, terms.cycle
    policy.escalation_days = terms.escalation
    policy.changed_at = scope.at
    scope.record(
        "reminders.changed",
        "district",
        scope.district.id,
        **{kind.value: terms.days(kind) for kind in ReminderKind},
    )


@action(Permission.MANAGE_DISTRICT)
def write_reminders(scope: Scope, addresses: Addresses, limit: int = AT_ONCE) -> int:
    """Write the reminders that are due; gives how many letters that were, so that one goes on until there are none.

    Letter and note are one transaction, and the note is unique: nobody hears twice of the same thing. Of an event that
    is over `event_news` asks, which knows who meant to come.
    """
    here = local(scope.at, scope.district.zone)
    if here.hour < FIRST_HOUR:
        return 0
    told = tuple(_due(scope, addresses, limit))
    if not told:
        return 0
    rows = [_letter_row(scope, one) for one in told]
    posting.queue_new(scope, rows)
    scope.session.insert_rows(Reminder, [row for one in told for row in _notes(scope, one)])
    scope.record("reminders.written", "district", scope.district.id, letters=len(told))
    return len(told)


def _due(scope: Scope, addresses: Addresses, limit: int) -> Iterator[_Told]:
    terms = reminders.reminder_terms(scope)
    if terms.reflection is not None:
        for draft in reminders.lying_drafts(scope, terms.reflection, limit):
            yield _of_draft(scope, draft, addresses)
    if terms.review is not None:
        waits = reminders.long_waits(scope, terms.review)
        for _, theirs in groupby(waits, key=lambda wait: wait.person_id):
            yield _of_waits(scope, tuple(theirs), terms.review, addresses)
    if terms.escalation is not None:
        waits = reminders.too_long_waits(scope, terms.escalation)
        for _, theirs in groupby(waits, key=lambda wait: wait.person_id):
            yield _of_waits(scope, tuple(theirs), terms.escalation, addresses, ReminderKind.ESCALATION)
    if terms.cycle is not None:
        for cycle in reminders.ending_cycles(scope, terms.cycle, limit):
            yield _of_cycle(scope, cycle, addresses)


def _of_draft(scope: Scope, draft: LyingDraft, addresses: Addresses) -> _Told:
    begun_on = local(draft.begun_at, scope.district.zone).date()
    letter = reminder_letters.draft_letter(draft.name, draft.title, begun_on, addresses.claim(draft.claim_id))
    reader = Reader(draft.person_id, draft.email, draft.name)
    return _Told(ReminderKind.REFLECTION, reader, letter, ((draft.claim_id, ""),))


def _of_waits(
    scope: Scope,
    waits: tuple[LongWait, ...],
    days: int,
    addresses: Addresses,
    kind: ReminderKind = ReminderKind.REVIEW,
) -> _Told:
    """One letter with all that waits: to a reviewer who can decide it, or to an administrator because nobody did."""
    claims = [
        WaitingClaim(
            wait.claimant,
            wait.title,
            local(wait.since, scope.district.zone).date(),
            addresses.review(wait.claim_id),
        )
        for wait in waits
    ]
    reader = waits[0]
    is_escalated = kind is ReminderKind.ESCALATION
    written = reminder_letters.escalation_letter if is_escalated else reminder_letters.waiting_letter
    return _Told(
        kind,
        Reader(reader.person_id, reader.email, reader.name),
        written(reader.name, claims, days, addresses.desk),
        tuple((wait.claim_id, wait.about) for wait in waits),
    )


def _of_cycle(scope: Scope, cycle: EndingCycle, addresses: Addresses) -> _Told:
    days = (cycle.ends_on - scope.today).days
    letter = reminder_letters.cycle_letter(
        cycle.name, cycle.licence, cycle.ends_on, days, cycle.gaps or (cycle.missing,), addresses.licences
    )
    reader = Reader(cycle.person_id, cycle.email, cycle.name)
    return _Told(ReminderKind.CYCLE, reader, letter, ((cycle.licence_id, cycle.ends_on.isoformat()),))


def _letter_row(scope: Scope, told: _Told) -> dict[str, Any]:
    (first, about), *_ = told.things
    key = f"reminder:{told.kind.value}:{told.reader.person_id}:{first}:{about}"
    return posting.queued(scope, told.reader, told.letter, key=key, not_before=scope.at)


def _notes(scope: Scope, told: _Told) -> Iterator[dict[str, Any]]:
    for subject_id, about in told.things:
        yield {
            "id": new_id(),
            "kind": told.kind,
            "person_id": told.reader.person_id,
            "subject_id": subject_id,
            "about": about,
            "at": scope.at,
        }
