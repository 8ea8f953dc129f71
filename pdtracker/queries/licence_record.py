"""What people did, as the facts that licensing bodies' rules count: credited claims, and those that wait.

Everything takes many people at once, in a number of statements that doesn't grow with them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from functools import cache, lru_cache
from typing import Final, NamedTuple

import sqlalchemy as sa

from pdtracker.domain.claim import ClaimState
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.licence import (
    APPROVED_PROVIDER,
    REFLECTED,
    FactAspect,
    FollowUpKind,
    category_minutes,
    kind_word,
)
from pdtracker.domain.refs import ref_of
from pdtracker.domain.regimes.facts import Activity
from pdtracker.domain.regimes.shelf import shelf
from pdtracker.domain.when import last_day, local
from pdtracker.models.bundles import ClaimPart
from pdtracker.models.claims import Claim, ClaimCategory, ClaimFact, StruckFact
from pdtracker.models.credit import Award
from pdtracker.models.events import Event, EventCoHost
from pdtracker.models.licences import ProviderApproval
from pdtracker.models.people import Person
from pdtracker.queries.attended import attended_by_category
from pdtracker.queries.bundles import parts_among
from pdtracker.queries.people import of_people_in_sight
from pdtracker.queries.regime_layers import Layers, layers_of
from pdtracker.scope import Scope

_REMEMBERED: Final = 8192


@dataclass(frozen=True, slots=True)
class Fact:
    """What was stated of a claim beyond its time and category; evidence to the body of a regime, or to all (empty)."""

    aspect: FactAspect
    word: str
    minutes: int | None
    amount: Fraction | None
    dated_on: date | None
    regime: str


class Done(NamedTuple):
    """A claim that counts or waits: its days by the district's clock, and its minutes by category.

    A tuple for the same reason as an `Activity`: there are as many of them.
    """

    claim_id: int
    person_id: int
    is_waiting: bool
    title: str
    kind: EventKind
    on: date
    ends_on: date
    spent: Mapping[CreditCategory, int]
    reflected_on: date | None
    hosts: frozenset[int]
    facts: tuple[Fact, ...]
    follow_up: FollowUpKind | None = None
    # What a bundle is about, unless its claimant states another topic.
    topic: str | None = None

    @property
    def minutes(self) -> int:
        """Minutes attended, of all categories."""
        return sum(self.spent.values())

    def counts_for(self, regime: str) -> bool:
        """Whether a regime is told of it: what only followed something adds nothing where its level isn't known."""
        return self.follow_up is None or self.follow_up.value in _words_of(regime)["levels"]


@dataclass(frozen=True, slots=True)
class Approval:
    """That a licensing body approved an organization, from a day to another, both included."""

    since: date
    until: date | None
    number: str = ""

    def covers(self, on: date, ends_on: date) -> bool:
        """Whether it held all the while."""
        return self.since <= on and (self.until is None or ends_on <= self.until)


@dataclass(frozen=True, slots=True)
class Record:
    """What some people did. `activities` tells it in the words of one regime."""

    done: Mapping[int, Sequence[Done]]
    approvals: Mapping[tuple[str, int], Sequence[Approval]]
    layers: Layers

    def provider_number(self, one: Done, regime: str) -> str:
        """Under which number a licensing body approved one of its hosts for its days; empty where none is known."""
        known = (
            approval for host in sorted(one.hosts) for approval in self.approvals.get((regime, host), ())
        )
        return next((found.number for found in known if found.covers(one.on, one.ends_on)), "")

    def activities(self, person_id: int, regime: str, *, waiting: bool) -> tuple[Activity, ...]:
        """What a person did, as facts for a regime; with `waiting` their claims that nobody has decided yet as well."""
        decided, hoped = self.both(person_id, regime)
        return hoped if waiting else decided

    def both(self, person_id: int, regime: str) -> tuple[tuple[Activity, ...], tuple[Activity, ...]]:
        """The activities without and with the claims that wait; each is told once for both."""
        categories = self.layers.categories(regime)
        told = [
            (one.is_waiting, self._activity(one, regime, categories))
            for one in self.done.get(person_id, ())
            if one.counts_for(regime)
        ]
        hoped = tuple(activity for _, activity in told)
        return tuple(activity for is_waiting, activity in told if not is_waiting), hoped

    def prospective(self, done: Done, regime: str) -> Activity:
        """What nobody attended yet, as facts for a regime."""
        return self._activity(done, regime, self.layers.categories(regime))

    def titles(self, person_id: int) -> dict[str, str]:
        """The title of each activity by its id, which is the claim's reference."""
        return {ref_of(one.claim_id): one.title for one in self.done.get(person_id, ())}

    def _activity(self, one: Done, regime: str, categories: Collection[str]) -> Activity:
        plain = Activity(
            id=ref_of(one.claim_id),
            on=one.on,
            ends_on=one.ends_on,
            minutes=one.minutes,
            kind=kind_word(one.kind, (), ()),
            categories=category_minutes(one.spent, categories),
            topic=one.topic,
            evidence=self._shown(one, regime),
        )
        # Of most nothing was stated.
        return _with_facts(plain, one, regime, categories) if one.facts else plain

    def _shown(self, one: Done, regime: str) -> dict[str, date | None]:
        """What the claim shows by itself."""
        shown: dict[str, date | None] = {}
        if one.reflected_on is not None:
            shown[REFLECTED] = one.reflected_on
        for host in sorted(one.hosts) if self.approvals else ():
            for approval in self.approvals.get((regime, host), ()):
                if approval.covers(one.on, one.ends_on):
                    shown[APPROVED_PROVIDER] = approval.since
        return shown


def _with_facts(plain: Activity, one: Done, regime: str, categories: Collection[str]) -> Activity:
    """The activity with what was stated of it, as far as the regime knows the words and it was stated to its body."""
    stated: dict[FactAspect, list[Fact]] = defaultdict(list)
    for fact in one.facts:
        if fact.regime in ("", regime):
            stated[fact.aspect].append(fact)
    words, counted, minutes = _words_of(regime), dict(plain.categories), plain.minutes
    for fact in stated[FactAspect.CATEGORY]:
        if fact.word in categories:
            counted[fact.word] = min(fact.minutes or minutes, minutes)
    return plain._replace(
        quantities={
            fact.word: fact.amount for fact in stated[FactAspect.QUANTITY] if fact.amount is not None
        },
        kind=kind_word(one.kind, _named(stated[FactAspect.KIND]), words["kinds"]),
        categories=counted,
        topic=_first(_named(stated[FactAspect.TOPIC])) or one.topic,
        level=_first([word for word in _named(stated[FactAspect.LEVEL]) if word in words["levels"]]),
        repeat_key=_first(_named(stated[FactAspect.REPEAT_KEY])),
        evidence={
            **plain.evidence,
            **{fact.word: fact.dated_on for fact in stated[FactAspect.EVIDENCE]},
        },
    )


def records(scope: Scope, person_ids: Collection[int]) -> Record:
    """What those people did whose credit one may look at. Seven statements, however many people.

    And one for the hosts of bundles where there are any, and one for the parts of those that wait.
    """
    wanted = _wanted(scope, person_ids)
    rows = scope.session.execute(_CLAIMS.where(*wanted).order_by(Claim.starts_at, Claim.id))
    claims = [_ClaimRow._make(row) for row in rows]
    credited, proposed = _credited(scope, person_ids), _proposed(scope, wanted)
    hosts, stated = _co_hosts(scope, wanted), _stated(scope, wanted)
    shared = _hosts_of_all_parts(scope, [row.id for row in claims if row.is_bundle])
    parts = parts_among(scope, [row.id for row in claims if row.is_bundle and _waits(row)])
    zone = scope.district.zone
    found: dict[int, list[Done]] = defaultdict(list)
    for row in claims:
        if _waits(row):
            spent = attended_by_category(row, proposed.get(row.id, {}), parts.get(row.id, ()), zone)
        else:
            spent = credited.get(row.id, {})
        if spent:
            found[row.person_id].append(
                _done(
                    row,
                    spent,
                    (shared if row.is_bundle else hosts).get(row.id, ()),
                    stated.get(row.id, ()),
                    zone,
                )
            )
    return Record(found, _approvals(scope), layers_of(scope))


def if_sent(
    scope: Scope, claim_id: int, spent: Mapping[CreditCategory, int], *, has_reflection: bool
) -> Done | None:
    """A claim of one's own as it would wait if it were sent now; `None` while its days aren't there.

    `spent` are the minutes that a reviewer would credit as attended. Three statements.
    """
    wanted = (Claim.id == claim_id, Claim.person_id == scope.me.id)
    found = scope.session.execute(_CLAIMS.where(*wanted)).one_or_none()
    if found is None:
        return None
    row = _ClaimRow._make(found)._replace(
        state=ClaimState.SUBMITTED, submitted_at=scope.at, reflection_words=int(has_reflection)
    )
    hosts = _hosts_of_all_parts(scope, [row.id]) if row.is_bundle else _co_hosts(scope, wanted)
    return _done(
        row, spent, hosts.get(row.id, ()), _stated(scope, wanted).get(row.id, ()), scope.district.zone
    )


def _wanted(scope: Scope, person_ids: Collection[int]) -> tuple[sa.ColumnElement[bool], ...]:
    """The claims of these people that count or wait, as far as one may look at them."""
    in_sight = of_people_in_sight(scope)
    seen = (Claim.person_id.in_(sa.select(Person.id).where(*in_sight)),) if in_sight else ()
    return Claim.person_id.in_(person_ids), Claim.state.in_(_COUNTING_OR_WAITING), *seen


def _credited(scope: Scope, person_ids: Collection[int]) -> Mapping[int, dict[CreditCategory, int]]:
    """The minutes attended that the ledger holds for each claim, by category, what was taken back taken off.

    Of all claims of these people: only those that one may look at are asked for in it.
    """
    found: dict[int, dict[CreditCategory, int]] = {}
    attended = sa.cast(
        sa.func.sum(sa.func.coalesce(Award.instructional_minutes, Award.minutes)), sa.BigInteger
    )
    for claim_id, category, minutes in scope.session.execute(
        sa.select(Award.claim_id, Award.category, attended)
        .where(Award.person_id.in_(person_ids))
        .group_by(Award.claim_id, Award.category)
    ):
        if minutes > 0:
            found.setdefault(claim_id, {})[category] = minutes
    return found


def _proposed(
    scope: Scope, wanted: Sequence[sa.ColumnElement[bool]]
) -> Mapping[int, dict[CreditCategory, int]]:
    """How the minutes of waiting claims are split over categories, where they are."""
    found: dict[int, dict[CreditCategory, int]] = defaultdict(dict)
    for claim_id, category, minutes in scope.session.execute(
        sa.select(ClaimCategory.claim_id, ClaimCategory.category, ClaimCategory.minutes)
        .join(Claim, _of_claim(ClaimCategory))
        .where(*wanted, Claim.state == ClaimState.SUBMITTED)
    ):
        found[claim_id][category] = minutes
    return found


def _co_hosts(scope: Scope, wanted: Sequence[sa.ColumnElement[bool]]) -> Mapping[int, Collection[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for claim_id, organization_id in scope.session.execute(
        sa.select(Claim.id, EventCoHost.organization_id)
        .join(Event, Event.id == Claim.event_id)
        .join(EventCoHost, EventCoHost.event_id == Event.id)
        .where(*wanted)
    ):
        found[claim_id].append(organization_id)
    return found


def _hosts_of_all_parts(scope: Scope, claim_ids: Collection[int]) -> Mapping[int, Collection[int]]:
    """The organizations that host every session of a bundle: the provider was approved only if it was of each."""
    if not claim_ids:
        return {}
    first = sa.select(ClaimPart.claim_id, ClaimPart.id, Event.organization_id).outerjoin(
        Event, Event.id == ClaimPart.event_id
    )
    beside = (
        sa.select(ClaimPart.claim_id, ClaimPart.id, EventCoHost.organization_id)
        .join(Event, Event.id == ClaimPart.event_id)
        .join(EventCoHost, EventCoHost.event_id == Event.id)
    )
    of_these = ClaimPart.claim_id.in_(claim_ids)
    found: dict[int, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for claim_id, part_id, organization_id in scope.session.execute(
        sa.union_all(first.where(of_these), beside.where(of_these))
    ):
        hosts = found[claim_id][part_id]
        if organization_id is not None:
            hosts.add(organization_id)
    return {claim_id: frozenset(set.intersection(*parts.values())) for claim_id, parts in found.items()}


def _stated(scope: Scope, wanted: Sequence[sa.ColumnElement[bool]]) -> Mapping[int, list[Fact]]:
    found: dict[int, list[Fact]] = defaultdict(list)
    for row in scope.session.execute(
        sa.select(
            ClaimFact.claim_id,
            ClaimFact.aspect,
            ClaimFact.word,
            ClaimFact.minutes,
            ClaimFact.amount,
            ClaimFact.dated_on,
            ClaimFact.regime,
        )
        .join(Claim, _of_claim(ClaimFact))
        .where(*wanted, ~sa.exists(sa.select(StruckFact.id).where(StruckFact.fact_id == ClaimFact.id)))
        .order_by(ClaimFact.claim_id, ClaimFact.word)
    ):
        found[row.claim_id].append(
            Fact(row.aspect, row.word, row.minutes, row.amount, row.dated_on, row.regime)
        )
    return found


def _approvals(scope: Scope) -> Mapping[tuple[str, int], list[Approval]]:
    """The approvals that the district knows of, by regime and organization. They are few."""
    found: dict[tuple[str, int], list[Approval]] = defaultdict(list)
    for row in scope.session.execute(_APPROVALS):
        found[row.regime, row.organization_id].append(
            Approval(row.approved_from, row.approved_until, row.number)
        )
    return found


def _of_claim(other: type[ClaimCategory | ClaimFact]) -> sa.ColumnElement[bool]:
    return sa.and_(Claim.district_id == other.district_id, Claim.id == other.claim_id)


class _ClaimRow(NamedTuple):
    """A row of `_CLAIMS`; a result's own rows look each name up anew, which takes longer than all the rest."""

    id: int
    person_id: int
    state: ClaimState
    title: str
    kind: EventKind
    category: CreditCategory
    starts_at: datetime
    ends_at: datetime
    session_starts_at: datetime | None
    session_ends_at: datetime | None
    break_minutes: int
    claimed_minutes: int | None
    reflection_words: int
    submitted_at: datetime | None
    follow_up: FollowUpKind | None
    is_bundle: bool
    organization_id: int | None


def _waits(row: _ClaimRow) -> bool:
    return row.state is ClaimState.SUBMITTED


def _done(
    row: _ClaimRow,
    spent: Mapping[CreditCategory, int],
    co_hosts: Collection[int],
    facts: Collection[Fact],
    zone: str,
) -> Done:
    on, ends_on = _days(row.starts_at, row.ends_at, zone)
    reflected_at = row.submitted_at if row.reflection_words else None
    return Done(
        claim_id=row.id,
        person_id=row.person_id,
        is_waiting=_waits(row),
        title=row.title,
        kind=row.kind,
        on=on,
        ends_on=ends_on,
        spent=spent,
        reflected_on=None if reflected_at is None else local(reflected_at, zone).date(),
        hosts=_hosts(row.organization_id, tuple(co_hosts)),
        facts=tuple(facts),
        follow_up=row.follow_up,
        topic=row.title if row.is_bundle else None,
    )


@lru_cache(maxsize=_REMEMBERED)
def _days(starts_at: datetime, ends_at: datetime, zone: str) -> tuple[date, date]:
    """The first and the last day by the district's clock. Many people attend one event, so it is asked again."""
    on = local(starts_at, zone).date()
    return on, max(on, last_day(ends_at, zone))


@lru_cache(maxsize=_REMEMBERED)
def _hosts(organization_id: int | None, co_hosts: tuple[int, ...]) -> frozenset[int]:
    return frozenset(co_hosts) if organization_id is None else frozenset({organization_id, *co_hosts})


def _named(facts: Sequence[Fact]) -> list[str]:
    return [fact.word for fact in facts]


def _first(words: Sequence[str]) -> str | None:
    return min(words, default=None)


@cache
def _words_of(regime: str) -> Mapping[str, frozenset[str]]:
    """The kinds and levels that any version of a regime knows."""
    versions = shelf()[regime]
    return {
        name: frozenset().union(*(version.words[name] for version in versions))
        for name in ("kinds", "levels")
    }


_COUNTING_OR_WAITING = (ClaimState.CREDITED, ClaimState.SUBMITTED)
# Made once: to put a statement together takes longer than to run it.
_CLAIMS = (
    sa.select(
        Claim.id,
        Claim.person_id,
        Claim.state,
        Claim.title,
        Claim.kind,
        Claim.category,
        Claim.starts_at,
        Claim.ends_at,
        Claim.session_starts_at,
        Claim.session_ends_at,
        Claim.break_minutes,
        Claim.claimed_minutes,
        Claim.reflection_words,
        Claim.submitted_at,
        Claim.follow_up,
        Claim.is_bundle,
        Event.organization_id,
    )
    .select_from(Claim)
    .outerjoin(Event, Event.id == Claim.event_id)
    .where(Claim.starts_at.is_not(None), Claim.ends_at.is_not(None))
)
_APPROVALS = sa.select(
    ProviderApproval.regime,
    ProviderApproval.organization_id,
    ProviderApproval.approved_from,
    ProviderApproval.approved_until,
    ProviderApproval.number,
)
