"""A dry run: what a new edition of the credit policy would have made of credit that was given, before it is published.

Whole school years of whole people are counted again, claim by claim in the order in which they were decided, as
crediting does: a cap cuts what was decided last. Once by the editions that are in force, once by the new one. What was
taken back since is no part of either, so that a difference is always one of the rules.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache

from pdtracker.domain.credit import CreditFacts, TraceStep, credit
from pdtracker.domain.kinds import EventKind
from pdtracker.domain.policy import CreditPolicy, policy_for
from pdtracker.domain.refusals import NotNow, NotValid
from pdtracker.domain.when import school_year


@dataclass(frozen=True, slots=True)
class StandingAward:
    """A claim that is credited, with the facts of which its credit is computed, and when it was decided."""

    claim_id: int
    person_id: int
    person_name: str
    title: str
    decided_at: datetime
    step_id: int
    facts: CreditFacts

    @property
    def order(self) -> tuple[datetime, int]:
        """Its place in the order in which claims were decided."""
        return self.decided_at, self.step_id


@dataclass(frozen=True, slots=True)
class Worth:
    """What one claim comes to under one set of rules, and the sentence of the last rule that changed it."""

    minutes: int
    why: str


@dataclass(frozen=True, slots=True)
class Change:
    """A claim that the new edition would have credited otherwise."""

    award: StandingAward
    before: int
    after: int
    why: str


@dataclass(frozen=True, slots=True)
class ShortPerson:
    """Somebody who reached what a school year asks for, and would not have."""

    person_id: int
    person_name: str
    year: tuple[date, date]
    minutes: int
    required_minutes: int


@dataclass(frozen=True, slots=True)
class DryRun:
    """What would have changed: of so many awards of so many people these, the newest activity first."""

    awards: int
    people: int
    changes: tuple[Change, ...]
    short: tuple[ShortPerson, ...]
    before_minutes: int
    after_minutes: int


@dataclass(slots=True)
class _Known:
    """Minutes of one person by kind, for each school year and each day on which one can begin."""

    starts: frozenset[tuple[int, int]]
    _minutes: dict[tuple[date, date], dict[str, int]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(int))
    )

    def add(self, on: date, kind: EventKind, minutes: int) -> None:
        for starts in self.starts:
            self._minutes[_year(on, starts)][kind.value] += minutes

    def in_year(self, year: tuple[date, date]) -> Mapping[str, int]:
        return dict(self._minutes[year])


def dry_run(
    awards: Iterable[StandingAward],
    editions: Sequence[CreditPolicy],
    new: CreditPolicy,
    period: tuple[date, date],
) -> DryRun:
    """Count these awards by the editions in force and by the new one, and tell where the two differ.

    `awards` are all of some people's within the school years that meet the period; of them those of the period, both
    days included, are told about. The new edition stands for every day, whenever it begins.
    """
    standing = sorted(awards, key=lambda award: award.order)
    before, after = recount(standing, editions), recount(standing, [_always(new)])
    told = [award for award in standing if period[0] <= award.facts.activity_on <= period[1]]
    changes = [
        Change(
            award, before[award.claim_id].minutes, after[award.claim_id].minutes, after[award.claim_id].why
        )
        for award in told
        if before[award.claim_id].minutes != after[award.claim_id].minutes
    ]
    return DryRun(
        awards=len(told),
        people=len({award.person_id for award in told}),
        changes=tuple(
            sorted(changes, key=lambda one: (one.award.facts.activity_on, one.award.order), reverse=True)
        ),
        short=_short(standing, told, before, after, editions, new),
        before_minutes=sum(before[award.claim_id].minutes for award in told),
        after_minutes=sum(after[award.claim_id].minutes for award in told),
    )


def recount(standing: Sequence[StandingAward], editions: Sequence[CreditPolicy]) -> Mapping[int, Worth]:
    """What each claim comes to by these editions, in the order in which they stand."""
    starts = frozenset(edition.year_starts for edition in editions)
    known: dict[int, _Known] = defaultdict(lambda: _Known(starts))
    in_force: dict[date, CreditPolicy | None] = {}
    found = {}
    for award in standing:
        on = award.facts.activity_on
        if on not in in_force:
            in_force[on] = _in_force(editions, on)
        worth = _worth(award.facts, in_force[on], known[award.person_id])
        known[award.person_id].add(on, award.facts.kind, worth.minutes)
        found[award.claim_id] = worth
    return found


def years_of(period: tuple[date, date], editions: Iterable[CreditPolicy]) -> tuple[date, date]:
    """The first and last day of the school years that meet a period, whichever edition names them."""
    years = [school_year(on, edition.year_starts) for edition in editions for on in period]
    return min(first for first, _ in years), max(last for _, last in years)


def _worth(facts: CreditFacts, policy: CreditPolicy | None, known: _Known) -> Worth:
    if policy is None:
        return Worth(0, "No edition is in force on that day.")
    if policy.caps_for(facts.kind):
        # Nothing else asks what is credited already, and to copy facts takes as long as to count them.
        by_kind = known.in_year(_year(facts.activity_on, policy.year_starts))
        facts = replace(facts, credited_this_year_by_kind=by_kind, credited_this_year=sum(by_kind.values()))
    try:
        given = credit(policy, facts)
    except NotValid as refusal:
        return Worth(0, next(iter(refusal.errors.values())))
    return Worth(given.minutes, _telling(given.trace).sentence)


@lru_cache(maxsize=8192)
def _year(on: date, starts: tuple[int, int]) -> tuple[date, date]:
    return school_year(on, starts)


def _telling(trace: Sequence[TraceStep]) -> TraceStep:
    """The last rule that changed something, else the last of all."""
    return next((step for step in reversed(trace) if step.before != step.after), trace[-1])


def _in_force(editions: Sequence[CreditPolicy], on: date) -> CreditPolicy | None:
    try:
        return policy_for(editions, on)
    except NotNow:
        return None


def _always(new: CreditPolicy) -> CreditPolicy:
    return replace(new, effective_from=date.min, effective_until=None)


def _short(
    standing: Sequence[StandingAward],
    told: Sequence[StandingAward],
    before: Mapping[int, Worth],
    after: Mapping[int, Worth],
    editions: Sequence[CreditPolicy],
    new: CreditPolicy,
) -> tuple[ShortPerson, ...]:
    """Who reached what was asked in a school year of the period, and would not reach what would be asked."""
    years = {(award.person_id, _year(award.facts.activity_on, new.year_starts)) for award in told}
    sums: dict[tuple[int, tuple[date, date]], list[int]] = defaultdict(lambda: [0, 0])
    names = {}
    for award in standing:
        key = award.person_id, _year(award.facts.activity_on, new.year_starts)
        if key in years:
            sums[key][0] += before[award.claim_id].minutes
            sums[key][1] += after[award.claim_id].minutes
            names[award.person_id] = award.person_name
    found = []
    for (person_id, year), (had, would_have) in sums.items():
        asked = _in_force(editions, year[1])
        reached = asked is not None and had >= asked.required_minutes
        if reached and would_have < new.required_minutes:
            found.append(ShortPerson(person_id, names[person_id], year, would_have, new.required_minutes))
    return tuple(sorted(found, key=lambda one: (one.person_name.casefold(), one.person_id, one.year)))
