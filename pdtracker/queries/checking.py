"""Claims with what the machine found beside them: the facts of a whole page, then the checks.

The number of statements doesn't depend on the number of rows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

import sqlalchemy as sa

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
from pdtracker.domain.claim import AGAINST_STATES, ClaimState
from pdtracker.domain.credit import Credit, CreditFacts, CreditPolicy, credit, minutes_left
from pdtracker.domain.days import Spent, fullest_of, spent_by_log
from pdtracker.domain.follow_up import FollowShare
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.listed_split import listed_of
from pdtracker.domain.log import LogDay
from pdtracker.domain.refusals import Refusal
from pdtracker.domain.report_words import source_words
from pdtracker.domain.split import Split
from pdtracker.domain.text import folded
from pdtracker.domain.when import local, overlaps
from pdtracker.queries import facts
from pdtracker.queries.bundles import PartRow, bundle_of, parts_among
from pdtracker.queries.details import Categories, categories_of
from pdtracker.queries.facts_beside import BITS, facts_of
from pdtracker.queries.reviewing import lasted_of
from pdtracker.scope import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedClaim:
    """A claim that waits, with the findings of the checks and the group of the queue that they put it in.

    Of a bundle also its `parts`, with the findings of each. `is_sampled`: drawn for a person, though automatic
    approval could have taken it.
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
    log: tuple[LogDay, ...] = ()
    is_sampled: bool = False

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
            log=self.log,
        )


@dataclass(frozen=True, slots=True)
class _Near:
    """Another live claim of the person within a day of a claim; of a credited one the minutes that were granted."""

    spent: Spent
    kind: EventKind
    state: ClaimState
    has_same_link: bool
    by_day: tuple[Spent, ...]
    """The days of its log, where it has one."""

    @property
    def stretches(self) -> tuple[Spent, ...]:
        """Its minutes as far as it is known on which days they lay."""
        return self.by_day or (self.spent,)

    @classmethod
    def of(cls, row: Any, parts: Sequence[PartRow], log: Sequence[LogDay], zone: str) -> Iterator[_Near]:
        """The claim itself; of a bundle each of its parts, and nothing between them."""
        by_day = spent_by_log(row.other_title, log, row.other_minutes or 0, zone)
        spent = [Spent(one.title, one.starts_at, one.ends_at, one.minutes) for one in parts] or [
            Spent(row.other_title, row.other_starts_at, row.other_ends_at, row.other_minutes)
        ]
        for one in spent:
            yield cls(one, row.other_kind, row.other_state, row.other_same_link, by_day)


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

    `page` is a statement that is kept, with `values` for what it asks. Four statements, and one for the
    parts of bundles where there are any.
    """
    joined = scope.session.execute(facts_of(page), values).all()
    if not joined:
        return []
    # A claim has one row for each other claim near it.
    found = [list(same) for _, same in groupby(joined, key=attrgetter("id"))]
    rows = [same[0] for same in found]
    bundles = {row.id for row in joined if row.is_bundle} | {
        row.other_id for row in joined if row.other_is_bundle
    }
    parts = parts_among(scope, bundles)
    logs = facts.logs_among(scope, _without_hours(joined))
    categories = _categories(scope, rows, parts)
    nearby = [
        [
            near
            for row in same
            if row.other_title is not None
            for near in _Near.of(
                row, parts.get(row.other_id, ()), logs.get(row.other_id, ()), scope.district.zone
            )
        ]
        for same in found
    ]
    days = [local(row.starts_at, scope.district.zone).date() for row in rows]
    rules = Rules(scope, {row.person_id for row in rows}, days)
    return [
        _checked(scope, row, near, rules, on, parts.get(row.id, ()), logs.get(row.id, ()), categories)
        for row, near, on in zip(rows, nearby, days, strict=True)
    ]


def _checked(
    scope: Scope,
    row: Any,
    nearby: Sequence[_Near],
    rules: Rules,
    on: date,
    parts: Sequence[PartRow],
    log: tuple[LogDay, ...],
    categories: Categories,
) -> CheckedClaim:
    share = FollowShare.of_columns(row.follow_up, row.follow_up_percent)
    bundle = bundle_of(row.title, parts, scope.district.zone)
    lasted = lasted_of(row, bundle)
    cap_left = rules.cap_left(row.person_id, row.kind, on)
    gathered = [_part_facts(row, one, nearby) for one in parts]
    known = replace(
        _check_facts(scope, row, () if share or bundle else nearby, log, lasted, cap_left),
        split=categories.claimed.get(row.id) or ((row.category, row.claimed_minutes),),
        listed=listed_of(
            categories.listed,
            [(one.event_id, one.minutes) for one in parts] or [(row.event_id, row.claimed_minutes)],
        ),
    )
    if share is not None:
        found = check_follow_up(known, share)
    elif bundle is not None:
        spent = [Spent(one.title, one.starts_at, one.ends_at, one.minutes) for one in parts]
        day = fullest_of(spent, _all_spent(nearby), scope.district.zone)
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
        log=log,
        is_sampled=row.is_sampled,
    )


def _without_hours(joined: Sequence[Any]) -> set[int]:
    """The claims, and those near them, that can have a log."""
    mine = {row.id for row in joined if row.logged_minutes}
    return mine | {row.other_id for row in joined if row.other_kind and not row.other_kind.is_live}


def _all_spent(nearby: Sequence[_Near]) -> list[Spent]:
    return [spent for other in nearby for spent in other.stretches]


def _categories(scope: Scope, rows: Sequence[Any], parts: Mapping[int, Sequence[PartRow]]) -> Categories:
    held = (row for found in rows for row in parts.get(found.id, (found,)))
    events = {row.event_id for row in held if row.event_id is not None}
    return categories_of(scope, [row.id for row in rows], events)


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
    scope: Scope,
    row: Any,
    nearby: Sequence[_Near],
    log: Sequence[LogDay],
    lasted: int | None,
    cap_left: int | None,
) -> CheckFacts:
    zone = scope.district.zone
    by_day = spent_by_log(row.title, log, row.claimed_minutes, zone)
    same_text = (_same_text(row),) if row.same_title is not None else ()
    return CheckFacts(
        kind=row.kind,
        minutes=row.claimed_minutes,
        session_minutes=lasted,
        longer_reason=row.longer_reason,
        cap_left_minutes=cap_left,
        evidence=frozenset(kind for kind, bit in BITS.items() if (row.shown_by or 0) & bit),
        logged_days=len(log),
        recorded_minutes=row.recorded_minutes,
        reflection_words=row.reflection_words,
        repeated_answers=row.repeated_answers,
        overlaps=tuple(_overlaps(_spent(row), row.kind, nearby)),
        beside=tuple(_beside(row, by_day, nearby, zone)),
        day=fullest_of(by_day or (_spent(row),), _all_spent(nearby), zone),
        same_text=same_text,
        missing_from=source_words(row.missing_from) if row.missing_from else "",
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


def _beside(row: Any, by_day: Sequence[Spent], nearby: Sequence[_Near], zone: str) -> Iterator[Beside]:
    """The others on its days, those of its log where it has one, where one of the two has no fixed hours."""
    first, last = _spent(row).days(zone)
    logged = {day.days(zone)[0] for day in by_day}
    for other in nearby:
        then = other.spent
        begins, ends = then.days(zone)
        if other.kind.is_live and begins == ends and begins in logged:
            yield Beside(then.title, then.starts_at, then.ends_at, has_hours=True)
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
