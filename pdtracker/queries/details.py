"""What a claim says beyond its own row: its split over categories, its log of days, and its facts for licences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from pdtracker.domain.kinds import CreditCategory
from pdtracker.domain.listed_split import in_order
from pdtracker.domain.log import LogDay
from pdtracker.domain.split import Split, split_of
from pdtracker.domain.stated import StatedFact
from pdtracker.models.claims import ClaimCategory, ClaimDay, ClaimFact, ClaimStep, StruckFact
from pdtracker.models.events import Event, EventCategory
from pdtracker.scope import Scope, Visitor


@dataclass(frozen=True, slots=True)
class FactRow:
    """A fact that the claimant stated. `struck` is why an approval left it out; empty while it stands."""

    id: int
    fact: StatedFact
    struck: str


def split_of_claim(scope: Scope, claim_id: int) -> Split:
    """The claim's minutes by category; empty where all are of one. One statement."""
    rows = scope.session.execute(
        sa.select(ClaimCategory.category, ClaimCategory.minutes).where(ClaimCategory.claim_id == claim_id)
    )
    return split_of({row.category: row.minutes for row in rows})


def split_of_event(who: Scope | Visitor, event_id: int) -> Split:
    """The minutes by category that an event proposes; empty where all are of one. One statement.

    The caller has found the event visible.
    """
    rows = who.session.execute(
        sa.select(EventCategory.category, EventCategory.minutes).where(EventCategory.event_id == event_id)
    )
    return split_of({row.category: row.minutes for row in rows})


@dataclass(frozen=True, slots=True)
class Categories:
    """Of claims the minutes by category where they are split, of events the weights of theirs."""

    claimed: Mapping[int, Split]
    listed: Mapping[int, Split]


def categories_of(scope: Scope, claim_ids: Collection[int], event_ids: Collection[int]) -> Categories:
    """The splits of these claims, and what the calendar lists these events as. One statement.

    An event that isn't split weighs 1 in its one category; one that the reader can't see isn't there.
    """
    claimed = sa.select(
        sa.literal(False), ClaimCategory.claim_id, ClaimCategory.category, ClaimCategory.minutes
    ).where(ClaimCategory.claim_id.in_(claim_ids))
    listed = (
        sa.select(
            sa.literal(True),
            Event.id,
            sa.func.coalesce(EventCategory.category, Event.category),
            sa.func.coalesce(EventCategory.minutes, 1),
        )
        .outerjoin(EventCategory, EventCategory.event_id == Event.id)
        .where(Event.id.in_(event_ids))
    )
    found: dict[bool, dict[int, list[tuple[CreditCategory, int]]]] = {
        False: defaultdict(list),
        True: defaultdict(list),
    }
    for is_listed, owner, category, minutes in scope.session.execute(sa.union_all(claimed, listed)):
        found[bool(is_listed)][owner].append((category, minutes))
    by_claim, by_event = (
        {owner: in_order(parts) for owner, parts in found[kind].items()} for kind in (False, True)
    )
    return Categories(by_claim, by_event)


def log_of(scope: Scope, claim_id: int) -> tuple[LogDay, ...]:
    """The claim's log, by day. One statement."""
    rows = scope.session.execute(
        sa.select(ClaimDay.spent_on, ClaimDay.minutes)
        .where(ClaimDay.claim_id == claim_id)
        .order_by(ClaimDay.spent_on)
    )
    return tuple(LogDay(row.spent_on, row.minutes) for row in rows)


def facts_of(scope: Scope, claim_id: int) -> tuple[FactRow, ...]:
    """The claim's facts for licences, as they were stated. One statement."""
    rows = scope.session.execute(
        sa.select(
            ClaimFact.id,
            ClaimFact.aspect,
            ClaimFact.word,
            ClaimFact.minutes,
            ClaimFact.amount,
            ClaimFact.dated_on,
            ClaimFact.regime,
            ClaimStep.adjust_reason,
        )
        .outerjoin(
            StruckFact,
            sa.and_(StruckFact.district_id == ClaimFact.district_id, StruckFact.fact_id == ClaimFact.id),
        )
        .outerjoin(
            ClaimStep,
            sa.and_(ClaimStep.district_id == StruckFact.district_id, ClaimStep.id == StruckFact.step_id),
        )
        .where(ClaimFact.claim_id == claim_id)
        .order_by(ClaimFact.id)
    )
    return tuple(
        FactRow(
            row.id,
            StatedFact(row.aspect, row.word, row.minutes, row.amount, row.dated_on, row.regime),
            row.adjust_reason or "",
        )
        for row in rows
    )
