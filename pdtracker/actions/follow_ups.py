"""Asking after a while what came of a credited session, and beginning to answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta

import sqlalchemy as sa

from pdtracker.actions import posting
from pdtracker.actions.posting import Reader
from pdtracker.domain import letters
from pdtracker.domain.access import Permission
from pdtracker.domain.claim import ClaimState
from pdtracker.domain.follow_up import follow_title
from pdtracker.domain.hours import MAX_DAY_MINUTES
from pdtracker.domain.licence import FactAspect
from pdtracker.domain.refusals import NotNow
from pdtracker.domain.when import date_text, instant, local
from pdtracker.models.claims import Claim, ClaimCategory, ClaimFact, FollowUp, ReflectionAnswer
from pdtracker.models.ids import new_id
from pdtracker.models.records import OutboxMail
from pdtracker.queries import claims, follow_ups
from pdtracker.queries.follow_ups import FollowUpRow, ToAsk
from pdtracker.scope import Scope, action

AT_ONCE = 50
"""So many are asked in one transaction."""


@action(Permission.MANAGE_DISTRICT)
def ask_follow_ups(scope: Scope, address: Callable[[int], str], limit: int = AT_ONCE) -> int:
    """Write to those whose follow-ups are due, each of them once; gives how many were asked.

    The letter and the note that it was asked are one transaction: a worker that dies leaves both or neither.
    `address` leads to the page on which one is answered.
    """
    due = follow_ups.to_ask(scope, limit)
    if not due:
        return 0
    scope.session.insert_rows(OutboxMail, [_letter_row(scope, one, address(one.id)) for one in due])
    scope.session.execute(
        sa.update(FollowUp)
        .where(FollowUp.id.in_([one.id for one in due]))
        .values(asked_at=scope.at)
        .execution_options(synchronize_session=False)
    )
    for one in due:
        scope.record("follow_up.asked", "follow_up", one.id, kind=one.kind.value)
    return len(due)


@action(Permission.LOG_CLAIM)
def begin_follow_up(scope: Scope, follow_up_id: int) -> int:
    """Make the claim that answers a follow-up; gives its id. Begun twice it is one.

    It is of the original's kind and minutes, and asks only the questions of the follow-up. Refuses with NotNow what
    isn't open, or whose original is no longer credited.
    """
    claims.lock_me(scope)
    entity = follow_ups.to_answer(scope, follow_up_id)
    if entity.follow_claim_id is not None:
        return entity.follow_claim_id
    found = follow_ups.follow_up(scope, follow_up_id)
    _require_open(scope, found)
    original = claims.to_step(scope, found.claim_id)
    answer = _answer_to(scope, original, found)
    scope.session.add(answer)
    scope.session.flush()  # everything else points at the claim
    scope.session.add_all(
        ReflectionAnswer(
            claim_id=answer.id,
            position=number,
            question=question,
            answer="",
            version=1,
            saved_at=scope.at,
        )
        for number, question in enumerate(follow_ups.questions_for(scope, found), start=1)
    )
    _split_like_the_original(scope, answer, found)
    scope.session.add(ClaimFact(claim_id=answer.id, aspect=FactAspect.LEVEL, word=found.kind.value))
    entity.follow_claim_id = answer.id
    scope.record("claim.begun", "claim", answer.id, follows=found.claim_id, kind=found.kind.value)
    return answer.id


def _require_open(scope: Scope, found: FollowUpRow) -> None:
    today = scope.today
    if not found.is_standing:
        raise NotNow("not_credited", "The credit that this follows was taken back. There is nothing to add.")
    if today < found.due_on:
        raise NotNow("follow_up_early", f"You can answer this from {date_text(found.due_on)} on.")
    if today > found.closes_on:
        raise NotNow("follow_up_over", f"This could be answered until {date_text(found.closes_on)}.")


def _answer_to(scope: Scope, original: Claim, found: FollowUpRow) -> Claim:
    zone = scope.district.zone
    midnight = datetime.combine(local(scope.at, zone).date(), time())
    return Claim(
        id=new_id(),
        person_id=scope.me.id,
        school_id=scope.me.school_id,
        # Whoever hosts the event doesn't decide this one either.
        event_id=original.event_id,
        state=ClaimState.DRAFT,
        version=1,
        title=follow_title(found.kind, original.title),
        host=original.host,
        kind=original.kind,
        category=original.category,
        link=original.link,
        # It counts on the day on which it is answered, and holds no hour of it.
        starts_at=instant(midnight, zone),
        ends_at=instant(midnight + timedelta(days=1), zone),
        zone=zone,
        claimed_minutes=min(max(found.minutes, 1), MAX_DAY_MINUTES),
        longer_reason="",
        follow_up=found.kind,
        follow_up_percent=found.percent,
        reflection_words=0,
        created_at=scope.at,
        updated_at=scope.at,
        waiting_since=scope.at,
    )


def _split_like_the_original(scope: Scope, answer: Claim, found: FollowUpRow) -> None:
    """Where the original learning was of several categories, so is what came of it."""
    parts = follow_ups.minutes_by_category(scope, found.claim_id)
    if not parts:
        return
    answer.category = parts[0].category
    if len(parts) > 1:
        scope.session.add_all(
            ClaimCategory(claim_id=answer.id, category=part.category, minutes=part.minutes) for part in parts
        )


def _letter_row(scope: Scope, due: ToAsk, address: str) -> dict[str, object]:
    letter = letters.follow_up_letter(
        due.name, due.title, local(due.starts_at, scope.district.zone), due.kind, due.closes_on, address
    )
    reader = Reader(due.person_id, due.email, due.name)
    return posting.queued(scope, reader, letter, key=f"follow_up:{due.id}", not_before=scope.at)
