"""Claims with what the machine found beside them, and what they would be worth: facts of a whole page, then rules.

The number of statements doesn't depend on the number of rows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from pdtracker.domain.bundle import Bundle
from pdtracker.domain.checks import (
    Beside,
    Check,
    CheckFacts,
    CheckGroup,
    Overlap,
    PartFacts,
    SameText,
    check_bundle,
    check_claim,
    check_follow_up,
    check_part,
    group_of,
)
from pdtracker.domain.claim import AGAINST_STATES, LIVE_STATES, ClaimState
from pdtracker.domain.credit import Credit, CreditFacts, CreditPolicy, credit, minutes_left
from pdtracker.domain.days import Spent, fullest, fullest_of
from pdtracker.domain.evidence import EvidenceKind
from pdtracker.domain.follow_up import FollowShare
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.refusals import Refusal
from pdtracker.domain.report_words import source_words
from pdtracker.domain.split import Split
from pdtracker.domain.text import folded
from pdtracker.domain.when import local, overlaps
from pdtracker.models.base import DayAfter, DayBefore
from pdtracker.models.claims import Claim, Evidence
from pdtracker.models.credit import Award
from pdtracker.models.districts import School
from pdtracker.models.people import Person
from pdtracker.queries import facts
from pdtracker.queries.bundles import PartRow, bundle_of, parts_among
from pdtracker.queries.claims import logged_minutes
from pdtracker.queries.imports import missing_from
from pdtracker.queries.reviewing import lasted_of
from pdtracker.scope import Scope

_BITS: Final = {kind: 1 << place for place, kind in enumerate(EvidenceKind)}
"""A bit for each form of evidence: so one sum tells all that a claim has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedClaim:
    """A claim that waits, with the findings of the checks and the group of the queue that they put it in.

    Of a bundle also its `parts`, with the findings of each.
    """

    id: int
    version: int
    state: ClaimState
    person_id: int
    person_name: str
    school_name: str | None
    title: str
    host: str
    kind: EventKind
    category: CreditCategory
    starts_at: datetime
    ends_at: datetime
    zone: str
    minutes: int
    session_minutes: int | None
    application_minutes: int
    is_recording: bool
    logged_minutes: int
    reflection_words: int
    waiting_since: datetime
    follow_share: FollowShare | None
    checks: tuple[Check, ...]
    group: CheckGroup
    parts: tuple[PartRow, ...] = ()
    part_checks: tuple[tuple[Check, ...], ...] = ()
    bundle: Bundle | None = None

    @property
    def asked_minutes(self) -> int:
        """What is asked for: what was claimed, of a follow-up the share of the original's minutes."""
        return self.minutes if self.follow_share is None else self.follow_share.of(self.minutes)

    @property
    def holder(self) -> facts.Holder:
        """What it would hold if it were approved; its event is nobody else's while it waits."""
        if self.follow_share is not None:
            return facts.Holder.of_nothing(
                self.id, self.person_id, self.state, self.title, self.kind, self.zone
            )
        return facts.Holder(
            self.id,
            self.person_id,
            None,
            self.state,
            self.title,
            self.kind,
            self.starts_at,
            self.ends_at,
            self.zone,
            self.minutes,
            self.parts,
        )


@dataclass(frozen=True, slots=True)
class Preview:
    """What a claim would be worth if it were approved now, after those before it; or why it can't be."""

    claim: CheckedClaim
    credit: Credit | None
    refusal: Refusal | None


@dataclass(frozen=True, slots=True)
class _Near:
    """Another live claim of the person within a day of a claim; of a credited one the minutes that were granted."""

    spent: Spent
    kind: EventKind
    state: ClaimState
    has_same_link: bool

    @classmethod
    def of(cls, row: Any, parts: Sequence[PartRow]) -> Iterator[_Near]:
        """The claim itself; of a bundle each of its parts, and nothing between them."""
        spent = [Spent(one.title, one.starts_at, one.ends_at, one.minutes) for one in parts] or [
            Spent(row.other_title, row.other_starts_at, row.other_ends_at, row.other_minutes)
        ]
        for one in spent:
            yield cls(one, row.other_kind, row.other_state, row.other_same_link)


class Rules:
    """The policies and the standing credit that a page of claims is checked against. Two statements."""

    def __init__(self, scope: Scope, person_ids: Collection[int], days: Collection[date]) -> None:
        self._editions = facts.policies(scope)
        self._credited = facts.credited(scope, person_ids, *facts.years_around(self._editions, days))
        self._in_force: dict[date, CreditPolicy] = {}

    def cap_left(self, person_id: int, kind: EventKind, on: date) -> int | None:
        """How many more minutes of this kind can count; `None` without a cap or without a policy."""
        try:
            policy = self._policy(on)
        except Refusal:
            return None
        by_kind = self._credited.in_year(person_id, policy.year_of(on))
        return minutes_left(policy, kind, by_kind, sum(by_kind.values()))

    def worth(self, claim: CheckedClaim, on: date, split: Split) -> Credit:
        """What the claim would be worth."""
        policy = self._policy(on)
        by_kind = self._credited.in_year(claim.person_id, policy.year_of(on))
        return credit(
            policy,
            CreditFacts(
                claimed_minutes=claim.minutes,
                session_minutes=claim.session_minutes,
                kind=claim.kind,
                category=claim.category,
                activity_on=on,
                credited_this_year_by_kind=by_kind,
                credited_this_year=sum(by_kind.values()),
                follow_share=claim.follow_share,
                split=split,
                application_minutes=claim.application_minutes,
                is_recording=claim.is_recording,
                reflection_words=claim.reflection_words,
                logged_minutes=claim.logged_minutes,
                bundle=claim.bundle,
            ),
        )

    def add(self, claim: CheckedClaim, on: date, worth: Credit) -> None:
        """Let the next one of the same person stand behind it."""
        self._credited.add(claim.person_id, on, claim.kind, worth.minutes)

    def _policy(self, on: date) -> CreditPolicy:
        if on not in self._in_force:
            self._in_force[on] = facts.edition_for(self._editions, on).policy
        return self._in_force[on]


def checked(scope: Scope, page: sa.Select[int], values: Mapping[str, Any]) -> list[CheckedClaim]:
    """The claims of a page (a select of their ids, cut before anything is joined to it), the longest waiting first.

    `page` is a statement that is kept, with `values` for what it asks. Three statements, and one each for the
    parts of bundles and the reports of events where there are any.
    """
    joined = scope.session.execute(_facts_of(page), values).all()
    if not joined:
        return []
    # A claim has one row for each other claim near it.
    found = [list(same) for _, same in groupby(joined, key=attrgetter("id"))]
    rows = [same[0] for same in found]
    bundles = {row.id for row in joined if row.is_bundle} | {
        row.other_id for row in joined if row.other_is_bundle
    }
    parts = parts_among(scope, bundles)
    nearby = [
        [
            near
            for row in same
            if row.other_title is not None
            for near in _Near.of(row, parts.get(row.other_id, ()))
        ]
        for same in found
    ]
    days = [local(row.starts_at, scope.district.zone).date() for row in rows]
    rules = Rules(scope, {row.person_id for row in rows}, days)
    missing = missing_from(
        scope, {(row.event_id, row.person_id) for row in rows if row.event_id and row.follow_up is None}
    )
    return [
        _checked(
            scope,
            row,
            near,
            rules,
            on,
            parts.get(row.id, ()),
            missing.get((row.event_id, row.person_id), ""),
        )
        for row, near, on in zip(rows, nearby, days, strict=True)
    ]


def previews(scope: Scope, claims: Sequence[CheckedClaim]) -> list[Preview]:
    """What each of these claims would be worth if all were approved in this order. Four statements."""
    if not claims:
        return []
    days = [local(claim.starts_at, scope.district.zone).date() for claim in claims]
    rules = Rules(scope, {claim.person_id for claim in claims}, days)
    held = facts.held(scope, [claim.holder for claim in claims], [ClaimState.CREDITED])
    splits = facts.splits(scope, [claim.id for claim in claims])
    found = []
    for claim, on in zip(claims, days, strict=True):
        try:
            facts.require_unheld(held, claim.holder)
            worth = rules.worth(claim, on, splits.get(claim.id, ()))
            credited = replace(claim.holder, state=ClaimState.CREDITED, minutes=worth.minutes)
            facts.require_room(scope, held, credited)
            rules.add(claim, on, worth)
            found.append(Preview(claim, worth, None))
            held.add(credited)
        except Refusal as refusal:
            found.append(Preview(claim, None, refusal))
    return found


def _checked(
    scope: Scope,
    row: Any,
    nearby: Sequence[_Near],
    rules: Rules,
    on: date,
    parts: Sequence[PartRow],
    missing: str,
) -> CheckedClaim:
    share = FollowShare.of_columns(row.follow_up, row.follow_up_percent)
    bundle = bundle_of(row.title, parts, scope.district.zone)
    lasted = lasted_of(row, bundle)
    cap_left = rules.cap_left(row.person_id, row.kind, on)
    gathered = [_part_facts(row, one, nearby) for one in parts]
    known = _check_facts(scope, row, () if share or bundle else nearby, lasted, cap_left)
    known = replace(known, missing_from=source_words(missing) if missing else "")
    if share is not None:
        found = check_follow_up(known, share)
    elif bundle is not None:
        spent = [Spent(one.title, one.starts_at, one.ends_at, one.minutes) for one in parts]
        day = fullest_of(spent, [other.spent for other in nearby], scope.district.zone)
        found = check_bundle(replace(known, day=day), gathered)
    else:
        found = check_claim(known)
    return CheckedClaim(
        id=row.id,
        version=row.version,
        state=row.state,
        person_id=row.person_id,
        person_name=row.person_name,
        school_name=row.school_name,
        title=row.title,
        host=row.host,
        kind=row.kind,
        category=row.category,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        zone=row.zone,
        minutes=row.claimed_minutes,
        session_minutes=lasted,
        application_minutes=row.application_minutes,
        is_recording=row.is_recording,
        logged_minutes=row.logged_minutes,
        reflection_words=row.reflection_words,
        waiting_since=row.waiting_since,
        follow_share=share,
        checks=found,
        group=group_of(found),
        parts=tuple(parts),
        part_checks=tuple(check_part(one, row.kind, scope.zone) for one in gathered),
        bundle=bundle,
    )


def _part_facts(row: Any, part: PartRow, nearby: Sequence[_Near]) -> PartFacts:
    spent = Spent(part.title, part.starts_at, part.ends_at, part.minutes)
    return PartFacts(
        part.title,
        part.minutes,
        part.session_minutes,
        part.longer_reason,
        part.evidence,
        tuple(_overlaps(spent, row.kind, nearby)),
        part.recorded_minutes,
    )


def _check_facts(
    scope: Scope, row: Any, nearby: Sequence[_Near], lasted: int | None, cap_left: int | None
) -> CheckFacts:
    same_text = (_same_text(row),) if row.same_title is not None else ()
    return CheckFacts(
        kind=row.kind,
        minutes=row.claimed_minutes,
        session_minutes=lasted,
        longer_reason=row.longer_reason,
        cap_left_minutes=cap_left,
        evidence=frozenset(kind for kind, bit in _BITS.items() if (row.shown_by or 0) & bit),
        recorded_minutes=row.recorded_minutes,
        reflection_words=row.reflection_words,
        repeated_answers=row.repeated_answers,
        overlaps=tuple(_overlaps(_spent(row), row.kind, nearby)),
        beside=tuple(_beside(row, nearby, scope.district.zone)),
        day=fullest(_spent(row), [other.spent for other in nearby], scope.district.zone),
        same_text=same_text,
        zone=scope.zone,
    )


def _overlaps(spent: Spent, kind: EventKind, nearby: Sequence[_Near]) -> Iterator[Overlap]:
    """The others that share a moment with it, where both have fixed hours."""
    for other in nearby:
        then = other.spent
        if (
            kind.is_live
            and other.kind.is_live
            and overlaps(spent.starts_at, spent.ends_at, then.starts_at, then.ends_at)
        ):
            yield Overlap(then.title, then.starts_at, then.ends_at, other.state is ClaimState.CREDITED)


def _beside(row: Any, nearby: Sequence[_Near], zone: str) -> Iterator[Beside]:
    """The others on its days, where one of the two has no fixed hours."""
    first, last = _spent(row).days(zone)
    for other in nearby:
        then = other.spent
        begins, ends = then.days(zone)
        if (row.kind.is_live and other.kind.is_live) or begins > last or first > ends:
            continue
        # Of a forum that was open for a month nobody asks what else was in that month.
        one_day = first == last and begins == ends
        same = "evidence link" if one_day and other.has_same_link else ""
        if folded(row.title) == folded(then.title):
            same = "title"
        if same or (one_day and not row.kind.is_live):
            yield Beside(then.title, then.starts_at, then.ends_at, other.kind.is_live, same)


def _same_text(row: Any) -> SameText:
    stands = row.same_state.label.lower() if row.same_state in AGAINST_STATES else ""
    colleague = "" if row.same_person_id == row.person_id else row.same_author
    return SameText(row.same_title, colleague, stands, row.same_id)


def _spent(row: Any) -> Spent:
    return Spent(row.title, row.starts_at, row.ends_at, row.claimed_minutes)


def _with_facts(claim: type[Claim]) -> sa.Select[*tuple[Any, ...]]:
    """Claims with the facts that the checks need, the longest waiting first."""
    other, same = aliased(Claim), aliased(Claim)
    author = aliased(Person)
    standing = (
        sa.select(sa.cast(sa.func.sum(Award.minutes), sa.BigInteger))
        .where(Award.claim_id == other.id)
        .correlate(other)
        .scalar_subquery()
    )
    mine, theirs = aliased(Evidence), aliased(Evidence)
    same_link = sa.exists(
        sa.select(mine.id)
        .join(theirs, sa.and_(theirs.district_id == mine.district_id, theirs.link == mine.link))
        .where(
            mine.claim_id == claim.id,
            mine.removed_at.is_(None),
            theirs.claim_id == other.id,
            theirs.removed_at.is_(None),
        )
        .correlate(claim, other)
    )
    twin = aliased(Claim)
    first_twin = (
        sa.select(twin.id)
        .where(
            twin.reflection_digest == claim.reflection_digest,
            twin.id != claim.id,
            # To deny the one copy must not clear the other.
            twin.state.in_(sorted(LIVE_STATES | AGAINST_STATES)),
        )
        .order_by(twin.id)
        .limit(1)
        .correlate(claim)
        .scalar_subquery()
    )
    shown_by = (
        sa.select(sa.cast(sa.func.sum(sa.distinct(sa.case(_BITS, value=Evidence.kind))), sa.BigInteger))
        .where(Evidence.claim_id == claim.id, Evidence.removed_at.is_(None))
        .correlate(claim)
        .scalar_subquery()
    )
    recorded = (
        sa.select(sa.func.max(Evidence.minutes))
        .where(Evidence.claim_id == claim.id, Evidence.removed_at.is_(None))
        .correlate(claim)
        .scalar_subquery()
    )
    return (
        sa.select(
            claim.id,
            claim.event_id,
            claim.version,
            claim.state,
            claim.person_id,
            Person.name.label("person_name"),
            School.name.label("school_name"),
            claim.title,
            claim.host,
            claim.kind,
            claim.category,
            claim.starts_at,
            claim.ends_at,
            claim.zone,
            claim.claimed_minutes,
            claim.session_starts_at,
            claim.session_ends_at,
            claim.break_minutes,
            claim.longer_reason,
            sa.func.coalesce(claim.application_minutes, 0).label("application_minutes"),
            claim.is_recording,
            logged_minutes(claim).label("logged_minutes"),
            claim.reflection_words,
            claim.repeated_answers,
            claim.waiting_since,
            claim.follow_up,
            claim.follow_up_percent,
            claim.is_bundle,
            shown_by.label("shown_by"),
            recorded.label("recorded_minutes"),
            other.id.label("other_id"),
            other.is_bundle.label("other_is_bundle"),
            other.title.label("other_title"),
            other.starts_at.label("other_starts_at"),
            other.ends_at.label("other_ends_at"),
            other.kind.label("other_kind"),
            other.state.label("other_state"),
            sa.case((other.state == ClaimState.CREDITED, standing), else_=other.claimed_minutes).label(
                "other_minutes"
            ),
            same_link.label("other_same_link"),
            same.id.label("same_id"),
            same.title.label("same_title"),
            same.person_id.label("same_person_id"),
            same.state.label("same_state"),
            author.name.label("same_author"),
        )
        .join(Person, sa.and_(Person.district_id == claim.district_id, Person.id == claim.person_id))
        .outerjoin(School, sa.and_(School.district_id == claim.district_id, School.id == claim.school_id))
        .outerjoin(
            other,
            sa.and_(
                other.district_id == claim.district_id,
                other.person_id == claim.person_id,
                other.id != claim.id,
                other.follow_up.is_(None),
                other.state.in_(sorted(LIVE_STATES)),
                other.starts_at < DayAfter(claim.ends_at),
                other.ends_at > DayBefore(claim.starts_at),
            ),
        )
        .outerjoin(same, sa.and_(same.district_id == claim.district_id, same.id == first_twin))
        .outerjoin(author, sa.and_(author.district_id == same.district_id, author.id == same.person_id))
        .order_by(claim.waiting_since, claim.id, other.starts_at, other.id)
    )


# Made once: to put this statement together takes longer than to run it.
_CLAIM = aliased(Claim)
_FACTS = _with_facts(_CLAIM)


@lru_cache(maxsize=128)
def _facts_of(page: sa.Select[int]) -> sa.Select[*tuple[Any, ...]]:
    return _FACTS.where(_CLAIM.id.in_(page))
