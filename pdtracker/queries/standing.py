"""Where a person stands in the school year, and what a claim would be worth by the rules that are in force."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from pdtracker.domain.bundle import Bundle
from pdtracker.domain.claim import ClaimState
from pdtracker.domain.credit import Credit, CreditFacts, CreditPolicy, credit
from pdtracker.domain.follow_up import FollowShare
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.progress import Progress
from pdtracker.domain.refusals import NotNow, NotValid
from pdtracker.domain.split import Split
from pdtracker.domain.when import local
from pdtracker.models.claims import Claim
from pdtracker.queries import facts
from pdtracker.queries.bundles import PartRow, bundle_of, parts_among
from pdtracker.queries.claims import ClaimRow, select_claims
from pdtracker.queries.facts import Credited, Holder, PolicyEdition
from pdtracker.scope import Scope

# A school year is at most a year to either side of a day in it.
_A_YEAR = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Claimed:
    """What the rules ask of a claim that waits or is being written.

    `session_minutes` is how long the session was for the rules, `on` the day that the claim counts for. The `split`
    changes nothing of the whole: who shows only sums leaves it out.
    """

    kind: EventKind
    category: CreditCategory
    minutes: int | None
    session_minutes: int | None
    on: date | None
    application_minutes: int
    is_recording: bool
    logged_minutes: int
    reflection_words: int
    follow_share: FollowShare | None = None
    split: Split = ()
    bundle: Bundle | None = None

    @classmethod
    def of(cls, claim: ClaimRow, zone: str, parts: Sequence[PartRow] = ()) -> Claimed:
        """The facts of a claim, its day by the clock of the district's `zone`; of a bundle with its `parts`."""
        bundle = bundle_of(claim.title, parts, zone)
        on = local(claim.starts_at, zone).date() if claim.starts_at else None
        return cls(
            claim.kind,
            claim.category,
            claim.minutes,
            claim.counted_minutes if bundle is None else bundle.session_minutes,
            on,
            claim.application_minutes,
            claim.is_recording,
            claim.logged_minutes,
            claim.reflection_words,
            claim.follow_share,
            bundle=bundle,
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """Progress in the school year of a day, and the policy that asks for it."""

    progress: Progress
    policy: CreditPolicy
    year: tuple[date, date]


def standing(
    scope: Scope,
    person_id: int,
    waiting: Collection[Claimed],
    on: date,
    editions: Collection[PolicyEdition] | None = None,
) -> Standing | None:
    """Where a person stands on a day; `waiting` are their claims that nobody has decided yet. Two statements.

    A waiting claim counts with what the rules would give for it today. `None` when no policy is in force.
    `editions` are the district's, where the caller has them; then it is one statement.
    """
    editions = facts.policies(scope) if editions is None else editions
    try:
        year = facts.edition_for(editions, on).policy.year_of(on)
    except NotNow:
        return None
    known = facts.credited(scope, [person_id], year[0] - _A_YEAR, year[1] + _A_YEAR)
    return standing_by(editions, known, person_id, waiting, on)


def standing_by(
    editions: Collection[PolicyEdition],
    known: Credited,
    person_id: int,
    waiting: Collection[Claimed],
    on: date,
) -> Standing | None:
    """The same from facts that the caller has: `known` has to hold the whole school year of `on`."""
    try:
        policy = facts.edition_for(editions, on).policy
    except NotNow:
        return None
    year = policy.year_of(on)
    approved = sum(known.in_year(person_id, year).values())
    hoped = sum(
        expected.minutes
        for claim in waiting
        if (expected := _expected(person_id, claim, editions, known, year)) is not None
    )
    return Standing(Progress(approved, hoped, policy.required_minutes, year[1]), policy, year)


def expected_credit(scope: Scope, person_id: int, claim: Claimed) -> Credit | None:
    """What a claim would be worth if it were approved as it stands now; `None` while facts or rules are missing."""
    if claim.on is None or claim.minutes is None:
        return None
    known = facts.credited(scope, [person_id], claim.on - _A_YEAR, claim.on + _A_YEAR)
    return _expected(person_id, claim, facts.policies(scope), known, None)


def other_year(scope: Scope, on: date | None) -> tuple[date, date] | None:
    """The school year for which a day counts, unless it is the one that runs or nobody knows. One statement."""
    if on is None:
        return None
    try:
        year = facts.edition_for(facts.policies(scope), on).policy.year_of(on)
    except NotNow:
        return None
    return None if year[0] <= scope.today <= year[1] else year


def waiting(scope: Scope, person_id: int) -> tuple[Claimed, ...]:
    """A person's claims that wait for a decision, oldest activity first.

    One statement, and one for the parts of bundles where there are any.
    """
    rows = scope.session.execute(
        select_claims()
        .where(Claim.person_id == person_id, Claim.state == ClaimState.SUBMITTED)
        .order_by(Claim.starts_at, Claim.id)
    )
    return hoped_of(scope, [ClaimRow(*row) for row in rows])


def hoped_of(scope: Scope, claims: Sequence[ClaimRow]) -> tuple[Claimed, ...]:
    """The facts of those waiting claims that could all be approved, one behind the other.

    Whose time or event is credited by then brings nothing, and would be refused. One statement, and one for the parts
    of bundles on each side where there are any.
    """
    parts = parts_among(scope, [claim.id for claim in claims if claim.is_bundle])
    holders = [holder_of(claim, parts.get(claim.id, ())) for claim in claims]
    held = facts.held(scope, holders, [ClaimState.CREDITED])
    found = []
    for claim, holder in zip(claims, holders, strict=True):
        try:
            if claim.follow_up is None:
                facts.require_unheld(held, holder)
        except NotNow:
            continue
        held.add(replace(holder, state=ClaimState.CREDITED))
        found.append(Claimed.of(claim, scope.district.zone, parts.get(claim.id, ())))
    return tuple(found)


def with_waiting(
    scope: Scope,
    person_id: int,
    known: Credited,
    editions: Collection[PolicyEdition],
    year: tuple[date, date],
) -> int:
    """Let what is credited know what a person's waiting claims would add in a year; gives how many add something.

    One statement, and what `hoped_of` takes.
    """
    worths = [_expected(person_id, claim, editions, known, year) for claim in waiting(scope, person_id)]
    return sum(worth is not None and worth.minutes > 0 for worth in worths)


def claimed_of(scope: Scope, claims: Sequence[ClaimRow]) -> tuple[Claimed, ...]:
    """The facts of these claims, of bundles with their parts. One statement, none without a bundle."""
    parts = parts_among(scope, [claim.id for claim in claims if claim.is_bundle])
    return tuple(Claimed.of(claim, scope.district.zone, parts.get(claim.id, ())) for claim in claims)


def holder_of(claim: ClaimRow, parts: tuple[PartRow, ...]) -> Holder:
    """What a claim holds against the others of its claimant."""
    return Holder(
        claim.id,
        claim.person_id,
        claim.event_id,
        claim.state,
        claim.title,
        claim.kind,
        claim.starts_at,
        claim.ends_at,
        claim.zone,
        claim.minutes,
        parts,
        claim.session_id,
    )


def _expected(
    person_id: int,
    claim: Claimed,
    editions: Collection[PolicyEdition],
    known: Credited,
    year: tuple[date, date] | None,
) -> Credit | None:
    """The credit of one more claim beside what is known, which then knows it; only in `year` if that is given."""
    on = claim.on
    if on is None or claim.minutes is None or (year is not None and not year[0] <= on <= year[1]):
        return None
    try:
        policy = facts.edition_for(editions, on).policy
        by_kind = known.in_year(person_id, policy.year_of(on))
        worth = credit(
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
                split=claim.split,
                application_minutes=claim.application_minutes,
                is_recording=claim.is_recording,
                reflection_words=claim.reflection_words,
                logged_minutes=claim.logged_minutes,
                bundle=claim.bundle,
            ),
        )
    except (NotNow, NotValid):
        return None
    known.add(person_id, on, claim.kind, worth.minutes)
    return worth
