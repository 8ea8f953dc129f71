"""What a claimant does with a bundle: begin it, name its topic, add short sessions, change them, take them out.

It is sent, reviewed and credited as any other claim.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from pdtracker.actions import beginning, particulars
from pdtracker.actions.checked_in import attach_to_parts
from pdtracker.actions.idempotency import Asked, answered, keep_answer
from pdtracker.actions.moving import take
from pdtracker.actions.taking_along import take_along
from pdtracker.domain.access import Permission
from pdtracker.domain.bundle import MOST_PARTS, BundleRule, hosts_words, overlap_among, part_fault
from pdtracker.domain.calendar import EventTime
from pdtracker.domain.claim import ClaimState, Step, advance
from pdtracker.domain.draft import ClaimDraft, claim_faults, longer_fault
from pdtracker.domain.hours import MAX_DAY_MINUTES
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.listed_split import listed_of, regathered
from pdtracker.domain.refs import is_id
from pdtracker.domain.refusals import NotHere, NotNow, NotValid
from pdtracker.domain.split import Split
from pdtracker.domain.when import date_text, local, session_minutes
from pdtracker.models.bundles import ClaimPart
from pdtracker.models.claims import Claim
from pdtracker.models.ids import new_id
from pdtracker.queries import bundles, claims, details, facts, one_event
from pdtracker.queries.bundles import PartRow
from pdtracker.scope import Scope, action

_TIME_FIELDS = ("starts", "ends", "minutes")
_UNSHOWN = "Add a link, or say in a sentence what you did there."


@dataclass(frozen=True, slots=True, kw_only=True)
class Attended:
    """When one was at a session, and what shows it: a link, one's word, both, or neither where it was recorded.

    `minutes` is `None` for all that lie between start and end.
    """

    starts_at: datetime
    ends_at: datetime
    zone: str
    minutes: int | None
    longer_reason: str
    link: str
    note: str


@dataclass(frozen=True, slots=True)
class OwnSession:
    """A session that no calendar lists."""

    title: str
    host: str


@dataclass(frozen=True, slots=True)
class _Held:
    """What a part copies of its session; `hours` are those that the calendar states."""

    event_id: int | None
    title: str
    host: str
    hashtag: str | None
    time: EventTime | None

    @property
    def hours(self) -> tuple[datetime, datetime] | tuple[None, None]:
        if self.time is None or not self.time.has_hours or self.time.ends_at is None:
            return None, None
        return self.time.starts_at, self.time.ends_at


@action(Permission.LOG_CLAIM)
def begin_bundle(scope: Scope, topic: str, kind: EventKind, category: CreditCategory, *, key: str) -> int:
    """Begin to gather short sessions of one kind on one topic; gives the claim's id. The same form twice is one."""
    claims.lock_me(scope)
    asked = Asked(key, "begin_bundle", {"topic": topic, "kind": kind, "category": category})
    if (before := answered(scope, asked)) is not None:
        return int(before["claim"])
    if not kind.is_live:
        raise NotValid({"kind": "Choose a kind with fixed hours."})
    claim = beginning.draft(
        scope, title=topic, host="", kind=kind, category=category, link="", zone=scope.zone
    )
    claim.is_bundle = True
    claim_id = beginning.keep_draft(scope, claim, bundle=kind.value)
    keep_answer(scope, asked, {"claim": claim_id})
    return claim_id


@action(Permission.LOG_CLAIM)
def change_bundle(
    scope: Scope, claim_id: int, topic: str, split: Split | None, application_minutes: int | None
) -> None:
    """Say what the sessions have in common, of which categories they were, and how long it was applied in class.

    `split` is `None` to keep the one that there is, in proportion to the minutes. Refuses with NotValid at title,
    split or application.
    """
    claim = claims.bundle_to_edit(scope, claim_id)
    faults = {}
    if not topic.strip():
        faults["title"] = "Enter the topic that the sessions have in common."
    if not 0 <= (application_minutes or 0) <= MAX_DAY_MINUTES:
        faults["application"] = "Enter between 1 minute and 24 hours, or nothing."
    if split is not None and (fault := particulars.split_of_minutes_fault(split, claim.claimed_minutes)):
        faults["split"] = fault
    if faults:
        raise NotValid(faults)
    claim.title, claim.application_minutes = topic, application_minutes or None
    if split is not None:
        particulars.keep_split(scope, claim, split)
    _changed(scope, claim, "bundle.changed")


@action(Permission.LOG_CLAIM)
def add_part(
    scope: Scope,
    claim_id: int,
    session: OwnSession | int,
    attended: Attended,
    *,
    key: str = "",
    from_draft: int | None = None,
) -> int:
    """Add a short session to a bundle, one's own or an event by its id; gives the part's id.

    The same event, or the same form (`key`), twice is one. A draft of the session by itself (`from_draft`) is laid
    aside. Refuses with NotValid at starts, ends, minutes, evidence or event, and what `event_for_claim` refuses.
    """
    claims.lock_me(scope)
    claim = claims.bundle_to_edit(scope, claim_id)
    told = session if isinstance(session, int) else [session.title, session.host]
    asked = Asked(
        key,
        "add_part",
        {
            "claim": claim_id,
            "session": told,
            "starts": attended.starts_at.isoformat(),
            "ends": attended.ends_at.isoformat(),
            "minutes": attended.minutes,
        },
    )
    if (before := answered(scope, asked)) is not None:
        return int(before["part"])
    if from_draft is not None:
        _lay_aside(scope, from_draft)
    parts = bundles.parts_of(scope, claim_id)
    if isinstance(session, int):
        if there := next((one for one in parts if one.event_id == session), None):
            return there.id
        held = _of_event(scope, claim, session)
    else:
        held = _Held(None, session.title, session.host, None, None)
    if len(parts) >= MOST_PARTS:
        raise NotValid({"starts": f"A bundle has at most {MOST_PARTS} sessions. Send it, and begin another."})
    minutes = _sound_minutes(scope, claim, parts, held, attended)
    starts_at, ends_at = held.hours
    part = ClaimPart(
        id=new_id(),
        claim_id=claim.id,
        person_id=claim.person_id,
        event_id=held.event_id,
        title=held.title,
        host=held.host,
        hashtag=held.hashtag,
        session_starts_at=starts_at,
        session_ends_at=ends_at,
        added_at=scope.at,
        **_columns(attended, minutes),
    )
    scope.session.add(part)
    scope.session.flush()  # the sum of the parts is read from them
    if held.event_id is not None:
        take_along(scope, claim, held.event_id)
        attach_to_parts(scope, claim)
    _refuse_unshown(scope, part)
    _sum_up(scope, claim, parts)
    _changed(scope, claim, "part.added", part=part.id, event=held.event_id, minutes=minutes)
    keep_answer(scope, asked, {"part": part.id})
    return part.id


@action(Permission.LOG_CLAIM)
def change_part(
    scope: Scope, claim_id: int, part_id: int, attended: Attended, session: OwnSession | None = None
) -> None:
    """Say otherwise when one was there and what shows it; of one's own session also what it was."""
    claims.lock_me(scope)
    claim = claims.bundle_to_edit(scope, claim_id)
    part = _part(scope, claim_id, part_id)
    if part is None:
        raise NotHere
    before = bundles.parts_of(scope, claim_id)
    others = [one for one in before if one.id != part_id]
    if session is not None and part.event_id is None:
        part.title, part.host = session.title, session.host
    minutes = _sound_minutes(scope, claim, others, _as_held(part), attended)
    for name, value in _columns(attended, minutes).items():
        setattr(part, name, value)
    scope.session.flush()  # the sum of the parts is read from them
    _refuse_unshown(scope, part)
    _sum_up(scope, claim, before)
    _changed(scope, claim, "part.changed", part=part.id, minutes=minutes)


@action(Permission.LOG_CLAIM)
def take_out_part(scope: Scope, claim_id: int, part_id: int) -> None:
    """Take a session out of a bundle; it can be logged by itself again. Twice is once.

    The last one stays in a bundle that was sent before: without any there is nothing to send again.
    """
    claims.lock_me(scope)
    claim = claims.bundle_to_edit(scope, claim_id)
    part = _part(scope, claim_id, part_id)
    if part is None:
        return
    before = bundles.parts_of(scope, claim_id)
    if claim.state is ClaimState.RETURNED and len(before) == 1:
        raise NotNow(
            "last_part", "Add another session before you take out the last one, or withdraw the claim."
        )
    scope.session.delete(part)
    scope.session.flush()  # the sum of the parts is read from them
    _sum_up(scope, claim, before)
    _changed(
        scope,
        claim,
        "part.removed",
        part=part_id,
        title=part.title,
        minutes=part.minutes,
        event=part.event_id,
    )


def _part(scope: Scope, claim_id: int, part_id: int) -> ClaimPart | None:
    if not is_id(part_id):
        return None
    return scope.session.scalar(
        sa.select(ClaimPart).where(ClaimPart.claim_id == claim_id, ClaimPart.id == part_id)
    )


def _of_event(scope: Scope, claim: Claim, event_id: int) -> _Held:
    """What a part copies of an event. Refuses one of another kind, and one that is claimed already."""
    # The event comes through the scope: another district's does not exist here.
    event = one_event.event_for_claim(scope, event_id)
    if event.kind is not claim.kind:
        raise NotNow(
            "other_kind",
            f"This bundle gathers {claim.kind.plural.lower()}. Begin another one for {event.kind.plural.lower()}.",
        )
    if one_event.my_claim(scope, event_id) is not None:
        raise NotNow("held_already", "You claim this session already. Open it from your claims.")
    return _Held(event.id, event.title, event.host, event.hashtag, event.time)


def _as_held(part: ClaimPart) -> _Held:
    """A part's session as it was copied."""
    time = None
    if part.session_starts_at is not None and part.session_ends_at is not None:
        time = EventTime(part.session_starts_at, part.session_ends_at, part.zone, has_hours=True)
    return _Held(part.event_id, part.title, part.host, part.hashtag, time)


def _columns(attended: Attended, minutes: int) -> dict[str, object]:
    return {
        "starts_at": attended.starts_at,
        "ends_at": attended.ends_at,
        "zone": attended.zone,
        "minutes": minutes,
        "longer_reason": attended.longer_reason,
        "link": attended.link or (None if attended.note.strip() else ""),
        "note": attended.note if attended.note.strip() else "",
    }


def _sound_minutes(
    scope: Scope, claim: Claim, others: Sequence[PartRow], held: _Held, attended: Attended
) -> int:
    """How long one was there. Refuses what no single session could be, and what other parts hold."""
    minutes, lasts = attended.minutes, attended.ends_at > attended.starts_at
    if minutes is None and lasts:
        minutes = session_minutes(attended.starts_at, attended.ends_at)
    draft = _as_draft(claim, held, attended, minutes)
    found = claim_faults(draft, scope.at)
    faults = {field: found[field] for field in _TIME_FIELDS if field in found}
    if attended.minutes is None and faults.pop("minutes", "") and not faults:
        # No hours were typed: what is wrong is the end, and only when the times are right for themselves.
        faults["ends"] = longer_fault(draft, attended.starts_at, attended.ends_at)
    if held.event_id is None and not (attended.link or attended.note.strip()):
        faults["evidence"] = _UNSHOWN
    if faults or minutes is None:
        raise NotValid(faults)
    rule = _rule_on(scope, claim, attended)
    if fault := part_fault(rule, minutes):
        raise NotValid({"ends" if attended.minutes is None else "minutes": fault})
    spans = [(one.title, one.starts_at, one.ends_at) for one in others]
    if title := overlap_among(spans, attended.starts_at, attended.ends_at):
        raise NotValid(
            {"starts": f"“{title}” of this bundle was at that time too. Change the time here or there."}
        )
    if sum(one.minutes for one in others) + minutes > MAX_DAY_MINUTES:
        raise NotValid({"starts": "A bundle has at most 24 hours. Send it, and begin another."})
    return minutes


def _as_draft(claim: Claim, held: _Held, attended: Attended, minutes: int | None) -> ClaimDraft:
    """The part as a claim of its own would be checked."""
    starts_at, ends_at = held.hours
    return ClaimDraft(
        title=held.title,
        host=held.host,
        kind=claim.kind,
        starts_at=attended.starts_at,
        ends_at=attended.ends_at,
        zone=attended.zone,
        minutes=minutes,
        session_minutes=session_minutes(starts_at, ends_at) if starts_at and ends_at else None,
        longer_reason=attended.longer_reason,
        evidence_count=1,
        answers=(),
        held=held.time,
    )


def _refuse_unshown(scope: Scope, part: ClaimPart) -> None:
    """Refuses a part for which there is no link and no word, and nothing that was recorded at its event either."""
    scope.session.flush()  # what was recorded is read with the part
    if not bundles.part(scope, part.claim_id, part.id).evidence:
        raise NotValid({"evidence": _UNSHOWN})


def _rule_on(scope: Scope, claim: Claim, attended: Attended) -> BundleRule:
    """The rule for bundles on the day of a part. Refuses with NotValid where the district has none for its kind."""
    on = local(attended.starts_at, scope.district.zone).date()
    try:
        rule = facts.edition_for(facts.policies(scope), on).policy.bundles
    except NotNow:
        rule = None
    if rule is None or claim.kind not in rule.kinds:
        kinds = claim.kind.plural.lower()
        raise NotValid({"starts": f"Your district doesn’t count short {kinds} of {date_text(on)} together."})
    return rule


def _sum_up(scope: Scope, claim: Claim, before: Sequence[PartRow]) -> None:
    """Let the claim have the time of its parts: from the first to the last, the sum of their minutes, their hosts.

    `before` are the parts that it had: each session of the calendar brings and takes its own categories.
    """
    parts = bundles.parts_of(scope, claim.id)
    minutes = sum(one.minutes for one in parts)
    kept = _regathered(scope, claim, before, parts)
    claim.starts_at = min((one.starts_at for one in parts), default=None)
    claim.ends_at = max((one.ends_at for one in parts), default=None)
    claim.claimed_minutes = minutes or None
    claim.host = hosts_words([one.host for one in parts])
    tags = {one.hashtag for one in parts}
    claim.hashtag = tags.pop() if len(tags) == 1 else None
    particulars.keep_split(scope, claim, kept)


def _regathered(scope: Scope, claim: Claim, before: Sequence[PartRow], parts: Sequence[PartRow]) -> Split:
    """The claim's minutes by category, now that it has these parts; one category alone as well."""
    events = {one.event_id for one in (*before, *parts) if one.event_id is not None}
    categories = details.categories_of(scope, [claim.id], events)
    alone = ((claim.category, claim.claimed_minutes),) if claim.claimed_minutes else ()
    was, now = (
        listed_of(categories.listed, [(one.event_id, one.minutes) for one in some])
        for some in (before, parts)
    )
    so_far = categories.claimed.get(claim.id, alone)
    return regathered(so_far, was, now, sum(one.minutes for one in parts), claim.category)


def _lay_aside(scope: Scope, claim_id: int) -> None:
    """Lay a draft aside whose session is now a part; twice is once."""
    draft = claims.session_to_edit(scope, claim_id)
    if draft.state is ClaimState.WITHDRAWN:
        return
    seen_version, from_state = draft.version, draft.state
    take(scope, draft, Step.WITHDRAW, advance(draft.state, Step.WITHDRAW))
    scope.record("claim.withdrawn", "claim", draft.id, version=seen_version, from_state=from_state.value)
    scope.session.flush()  # its event is free from here on


def _changed(scope: Scope, claim: Claim, what: str, **told: object) -> None:
    claim.version += 1
    claim.updated_at = scope.at
    scope.record(what, "claim", claim.id, version=claim.version, **told)
