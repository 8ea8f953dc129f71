"""What a claimant does with a claim: begin it, say what and when it was, send it, take it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from pdtracker.actions import beginning, particulars
from pdtracker.actions.checked_in import attach_check_ins, attach_to_parts
from pdtracker.actions.idempotency import Asked, answered, keep_answer
from pdtracker.actions.moving import take
from pdtracker.actions.routing import set_out
from pdtracker.actions.taking_along import take_along
from pdtracker.domain.access import Permission
from pdtracker.domain.claim import EDITABLE_STATES, ClaimState, Step, advance
from pdtracker.domain.draft import ClaimDraft, claim_faults, longer_fault
from pdtracker.domain.hours import MAX_DAY_MINUTES
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.log import LogDay, log_fault
from pdtracker.domain.reflection import written
from pdtracker.domain.refusals import NotNow, NotValid
from pdtracker.domain.split import Split, scaled
from pdtracker.domain.stated import StatedFact, is_one_each, stated_fault
from pdtracker.domain.when import local, session_minutes
from pdtracker.models.claims import Claim, ClaimStep
from pdtracker.models.people import Person
from pdtracker.queries import asking, claims, details, evidence, one_event, reflections, sending
from pdtracker.queries.reflections import AnswerRow
from pdtracker.scope import Scope, action

TIME_FIELDS = frozenset({"starts", "ends", "minutes", "log", "split"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFacts:
    """What one's own session was."""

    title: str
    host: str
    kind: EventKind
    category: CreditCategory
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendedTime:
    """When one was there. `minutes` is `None` for all that lie between start and end of a live session.

    `split` is `None` to keep the one that there is, in proportion to the minutes; the event's at the first time.
    `log` is `None` where none is asked for; else the minutes are its sum.
    """

    starts_at: datetime
    ends_at: datetime
    zone: str
    minutes: int | None
    longer_reason: str
    split: Split | None = None
    log: tuple[LogDay, ...] | None = None
    application_minutes: int | None = None
    is_recording: bool = False


@action(Permission.LOG_CLAIM)
def begin_from_event(scope: Scope, event_id: int, session_id: int | None = None) -> int:
    """Make a draft from an event or one session of it, with its facts copied for good; gives the claim's id.

    One's own claim that holds it already is given instead, so that asking twice is asking once. Refuses what
    `event_for_claim` refuses, and with NotNow the whole of an event of which sessions are claimed.
    """
    # The event comes through the scope: another district's does not exist here.
    event = one_event.event_for_claim(scope, event_id, session_id)
    claims.lock_me(scope)
    if (held := _held_already(scope, event_id, session_id)) is not None:
        return held
    facts = SessionFacts(
        title=event.title, host=event.host, kind=event.kind, category=event.category, link=event.link or ""
    )
    claim = _begun(scope, facts, event.time.zone)
    claim.event_id, claim.hashtag, claim.starts_at = event.id, event.hashtag, event.time.starts_at
    claim.session_id, claim.break_minutes = session_id, event.break_minutes
    if event.time.has_hours and event.time.ends_at is not None:
        claim.session_starts_at, claim.session_ends_at = event.time.starts_at, event.time.ends_at
        lasted = session_minutes(event.time.starts_at, event.time.ends_at)
        claim.claimed_minutes = max(lasted - event.break_minutes, 1)
    # Of an open window only the part that is over can be claimed; the claimant says until when.
    if event.time.ends_at is not None and (event.time.has_hours or event.time.ends_at <= scope.at):
        claim.ends_at = event.time.ends_at
    told = {"event": event.id} | ({"session": session_id} if session_id is not None else {})
    claim_id = beginning.keep_draft(scope, claim, **told)
    take_along(scope, claim, event.id)
    attach_check_ins(scope, claim, sets_times=True)
    if claim.claimed_minutes is not None:
        particulars.keep_split(
            scope, claim, scaled(details.split_of_event(scope, event.id), claim.claimed_minutes)
        )
    return claim_id


@action(Permission.LOG_CLAIM)
def begin_own(scope: Scope, facts: SessionFacts, *, key: str) -> int:
    """Make a draft of a session that no calendar lists; gives the claim's id. The same form (`key`) twice is one."""
    claims.lock_me(scope)
    asked = Asked(
        key, "begin_own", {"title": facts.title, "host": facts.host, "kind": facts.kind, "link": facts.link}
    )
    if (before := answered(scope, asked)) is not None:
        return int(before["claim"])
    claim_id = beginning.keep_draft(scope, _begun(scope, facts, scope.zone))
    keep_answer(scope, asked, {"claim": claim_id})
    return claim_id


@action(Permission.LOG_CLAIM)
def change_session(scope: Scope, claim_id: int, facts: SessionFacts) -> None:
    """Say what the session was. Of an event's session only the category is the claimant's to choose."""
    claim = claims.session_to_edit(scope, claim_id)
    claim.category = facts.category
    if claim.event_id is None:
        claim.title, claim.host, claim.kind = facts.title, facts.host, facts.kind
        claim.link = facts.link or None
    _changed(scope, claim, "claim.session_changed")


@action(Permission.LOG_CLAIM)
def change_time(scope: Scope, claim_id: int, time: AttendedTime) -> None:
    """Say when one was there, for how long, and of which categories.

    Refuses with NotValid at starts, ends, zone, minutes, log, split or application.
    """
    claim = claims.session_to_edit(scope, claim_id)
    minutes = time.minutes if time.log is None else sum(day.minutes for day in time.log)
    if minutes is None and claim.kind.is_live and time.ends_at > time.starts_at:
        minutes = _whole_time(claim, session_minutes(time.starts_at, time.ends_at))
    draft = ClaimDraft(
        title=claim.title,
        host=claim.host,
        kind=claim.kind,
        starts_at=time.starts_at,
        ends_at=time.ends_at,
        zone=time.zone,
        minutes=minutes,
        session_minutes=_session_minutes(claim),
        longer_reason=time.longer_reason,
        evidence_count=1,
        answers=(),
        held=claims.event_time(scope, claim),
        split=time.split or (),
        is_recording=time.is_recording,
    )
    faults = {
        field: sentence for field, sentence in claim_faults(draft, scope.at).items() if field in TIME_FIELDS
    }
    faults = _log_faults(time) | faults
    if not 0 <= (time.application_minutes or 0) <= MAX_DAY_MINUTES:
        faults["application"] = "Enter between 1 minute and 24 hours, or nothing."
    if time.minutes is None and claim.kind.is_live and faults.pop("minutes", "") and not faults:
        # No hours were typed: what is wrong is the end, and only when the times are right for themselves.
        faults["ends"] = longer_fault(draft, time.starts_at, time.ends_at)
    if faults:
        raise NotValid(faults)
    kept = scaled(_split_so_far(scope, claim), minutes or 0)
    claim.starts_at, claim.ends_at, claim.claimed_minutes = time.starts_at, time.ends_at, minutes
    claim.longer_reason = time.longer_reason
    claim.application_minutes, claim.is_recording = time.application_minutes or None, time.is_recording
    if claim.event_id is None:
        claim.zone = time.zone
    particulars.keep_split(scope, claim, kept if time.split is None else time.split)
    if time.log is not None:
        particulars.keep_log(scope, claim, time.log)
    _changed(scope, claim, "claim.time_changed", minutes=minutes)


@action(Permission.LOG_CLAIM)
def state_facts(scope: Scope, claim_id: int, stated: Mapping[str, StatedFact]) -> None:
    """Say what the licences of the claimant ask about the activity; the facts stated before are gone.

    `stated` has each fact by the name of its field, at which NotValid refuses it: a word that no licence asks for,
    more minutes than were claimed, something twice.
    """
    claim = claims.activity_to_edit(scope, claim_id)
    before = {row.fact for row in details.facts_of(scope, claim_id)}
    if before == set(stated.values()):
        return
    on = local(claim.starts_at or scope.at, scope.district.zone).date()
    asked = asking.asked_of(scope, scope.me.id, on)
    faults = {
        name: fault
        for name, fact in stated.items()
        if (fault := stated_fault(fact, asked, claim.claimed_minutes))
    }
    if not faults and not is_one_each(stated.values()):
        faults = {next(iter(stated)): "Enter each of these once."}
    if faults:
        raise NotValid(faults)
    particulars.keep_facts(scope, claim, tuple(stated.values()))
    _changed(scope, claim, "claim.facts_stated", facts=len(stated))


@action(Permission.LOG_CLAIM)
def submit_claim(scope: Scope, claim_id: int, *, seen_version: int, reply: str = "") -> bool:
    """Send the claim to those who review it; gives `False` when just this was sent already.

    `reply` is what the claimant says to the one who returned it.

    Sent twice from the same page it is sent once: the version that the page showed can be sent only once (the schema
    says so too). Refuses with NotNow what was changed since, with NotValid what is missing, an hour that another claim
    of the same person holds, and a day on which the district has no rules for credit.
    """
    claims.lock_me(scope)
    claim = claims.to_step(scope, claim_id)
    if _was_sent(scope, claim, seen_version):
        return False
    to_state = advance(claim.state, Step.SUBMIT)
    if claim.version != seen_version:
        raise NotNow(
            "changed_meanwhile", "It was changed since you opened this page. Look at it again, then send it."
        )
    answers = reflections.answers(scope, claim_id)
    if claim.is_bundle:
        attach_to_parts(scope, claim)
    attach_check_ins(scope, claim, sets_times=False)
    scope.session.flush()  # what is complete is read from the rows
    _require_complete(scope, claim, answers)
    told = written(answer.answer for answer in answers)
    claim.reflection_words, claim.reflection_digest = told.words, told.digest
    claim.repeated_answers = told.repeated
    claim.school_id = scope.session.scalar(sa.select(Person.school_id).where(Person.id == scope.me.id))
    claim.submitted_at = scope.at
    set_out(scope, claim)
    take(scope, claim, Step.SUBMIT, to_state, comment=reply)
    scope.record(
        "claim.submitted",
        "claim",
        claim.id,
        version=seen_version,
        minutes=claim.claimed_minutes,
        words=claim.reflection_words,
    )
    return True


@action(Permission.LOG_CLAIM)
def withdraw_claim(scope: Scope, claim_id: int) -> None:
    """Take a claim back, or lay a draft aside. Nothing is lost: it can be put right and sent again."""
    claim = claims.to_step(scope, claim_id)
    if claim.state is ClaimState.WITHDRAWN:
        return
    from_state, seen_version = claim.state, claim.version
    take(scope, claim, Step.WITHDRAW, advance(claim.state, Step.WITHDRAW))
    scope.record("claim.withdrawn", "claim", claim.id, version=seen_version, from_state=from_state.value)


def _held_already(scope: Scope, event_id: int, session_id: int | None) -> int | None:
    """The claim that holds the event as a whole, or just this session of it."""
    held = one_event.my_claims(scope, event_id)
    for one in held:
        if one.session_id is None or one.session_id == session_id:
            return one.id
    if held and session_id is None:
        raise NotNow(
            "sessions_claimed", "You have logged sessions of this event. Log the others in the same way."
        )
    return None


def _begun(scope: Scope, facts: SessionFacts, zone: str) -> Claim:
    return beginning.draft(
        scope,
        title=facts.title,
        host=facts.host,
        kind=facts.kind,
        category=facts.category,
        link=facts.link,
        zone=zone,
    )


def _changed(scope: Scope, claim: Claim, what: str, **facts: object) -> None:
    claim.version += 1
    claim.updated_at = scope.at
    scope.record(what, "claim", claim.id, version=claim.version, **facts)


def _log_faults(time: AttendedTime) -> dict[str, str]:
    """What stands against a log: its days are those between the first and the last one."""
    if time.log is None:
        return {}
    if not time.log:
        return {"log": "Enter at least one day on which you took part, and how long."}
    fault = log_fault(time.log)
    return {"log": fault} if fault else {}


def _split_so_far(scope: Scope, claim: Claim) -> Split:
    """The claim's split; while it has no minutes yet, the one that its event proposes."""
    if claim.claimed_minutes is None and claim.event_id is not None:
        return details.split_of_event(scope, claim.event_id)
    return details.split_of_claim(scope, claim.id)


def _whole_time(claim: Claim, span: int) -> int:
    """The minutes of somebody who was there all the time: who stayed through the breaks gets none for them."""
    lasted = _session_minutes(claim)
    if lasted is not None and lasted < span <= lasted + claim.break_minutes:
        return lasted
    return span


def _session_minutes(claim: Claim) -> int | None:
    if claim.session_starts_at is None or claim.session_ends_at is None:
        return None
    return session_minutes(claim.session_starts_at, claim.session_ends_at) - claim.break_minutes


def _was_sent(scope: Scope, claim: Claim, seen_version: int) -> bool:
    """Whether just this version was sent already, and has not come back."""
    if claim.state in EDITABLE_STATES:
        return False
    sent = sa.select(ClaimStep.id).where(
        ClaimStep.claim_id == claim.id,
        ClaimStep.seen_version == seen_version,
        ClaimStep.step == Step.SUBMIT,
    )
    return scope.session.scalar(sent) is not None


def _require_complete(scope: Scope, claim: Claim, answers: tuple[AnswerRow, ...]) -> None:
    row = claims.own_claim(scope, claim.id)
    lacking = sending.lacking(scope, row, evidence.evidence(scope, claim.id), answers)
    if faults := sending.against_sending(lacking, sending.obstacles(scope, row)):
        raise NotValid(faults)
