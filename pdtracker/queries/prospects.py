"""Prospects: what an event would count for one's licences, and which events would fill what a licence lacks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import Any, Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from pdtracker.domain.calendar import EventTime
from pdtracker.domain.credit import Credit
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.licence import CATEGORY_WORDS
from pdtracker.domain.prospect import Prospect, as_shown, conditions_of, prospect_of
from pdtracker.domain.regimes.buckets import Missing
from pdtracker.domain.regimes.evaluation import TOTAL, Evaluation
from pdtracker.domain.regimes.quantities import Unit
from pdtracker.domain.regimes.rules import Op
from pdtracker.domain.when import last_day, local
from pdtracker.models.events import Event, EventCategory, EventCoHost, EventState, Organization
from pdtracker.queries.bundles import held_events
from pdtracker.queries.event_filters import visible
from pdtracker.queries.licence_record import Done, Record, if_sent, records
from pdtracker.queries.licensing import HeldLicence, Rules, current, licences_of
from pdtracker.queries.one_event import EventFacts
from pdtracker.scope import Scope

CANDIDATES = 48
"""So many events are tried against a licence: the next ones, those of the categories that it lacks first."""

_MINUTES_TRIED = 60
_NO_EVENT_AFTER: Final = date(2100, 12, 31)


@dataclass(frozen=True, slots=True)
class LicenceProspect:
    """What an event or a claim would be worth for one licence of one's own.

    Of an event without fixed hours `is_per_hour` of taking part.
    `name` is the regime's.
    """

    licence_id: int
    name: str
    prospect: Prospect
    is_per_hour: bool

    @property
    def sentence(self) -> str:
        """The prospect in a sentence."""
        told = self.prospect.sentence(self.name)
        return f"{told}, by the hour" if self.is_per_hour and self.prospect.counts else told


@dataclass(frozen=True, slots=True)
class HelpingEvent:
    """An event that comes, and what it would add."""

    id: int
    title: str
    host: str
    kind: EventKind
    time: EventTime
    prospect: Prospect


@dataclass(frozen=True, slots=True)
class Gap:
    """What a licence lacks beside what waits, and the next events that would count towards it, the first first.

    `categories` are those that it asks for, empty where every category serves. `topic_minimum` is from how much on
    the rules count a topic, in their `unit`; 0 where they don't ask. The events of a total that stands beside
    minimums (`is_besides`) are those that fill none of them.
    """

    missing: Missing
    categories: tuple[CreditCategory, ...]
    events: tuple[HelpingEvent, ...]
    unit: Unit
    topic_minimum: Fraction
    is_besides: bool


def event_prospects(scope: Scope, facts: EventFacts) -> tuple[LicenceProspect, ...]:
    """What an event would count for each licence of one's own, beside what is credited and what waits.

    Three statements without a licence, else ten and one for the event, however long the record is.
    """
    on = local(facts.time.starts_at, scope.district.zone).date()
    held = current(licences_of(scope, [scope.me.id]), on)
    if not held:
        return ()
    record = records(scope, [scope.me.id])
    hosts = frozenset({facts.host.id, *(one.id for one in facts.co_hosts)})
    split = _splits(scope, [facts.id]).get(facts.id)
    done = _as_done(scope, facts.id, facts.title, facts.kind, facts.time, hosts, split or {}, facts.category)
    return _for_each(held, record, done, is_per_hour=facts.time.minutes is None)


def claim_prospects(
    scope: Scope, claim_id: int, credit: Credit, *, has_reflection: bool
) -> tuple[LicenceProspect, ...]:
    """What a claim of one's own would count for each licence that one holds on its day, if it were sent now.

    It goes by the minutes that the district would take as attended, as it will when the claim is approved. Three
    statements without a licence, else thirteen at most, however long the record is.
    """
    held = licences_of(scope, [scope.me.id])
    spent = {one.category: one.instructional_minutes for one in credit.shares if one.instructional_minutes}
    if not held or not spent:
        return ()
    done = if_sent(scope, claim_id, spent, has_reflection=has_reflection)
    if done is None:
        return ()
    return _for_each(current(held, done.on), records(scope, [scope.me.id]), done, is_per_hour=False)


def gaps(scope: Scope, held: HeldLicence, record: Record) -> tuple[Gap, ...]:
    """What a licence lacks beside what waits, each with the events that would count towards it. Three statements.

    What fills a minimum fills the total as well, so that stands beside them only where it lacks more than they do.
    """
    before = _evaluated(record, held)
    parts = [one for one in before.missing if one.what != TOTAL]
    filled = sum((one.amount for one in parts), Fraction(0))
    lacking = [*parts, *(one for one in before.missing if one.what == TOTAL and one.amount > filled)]
    asked = max(
        before.version.restrictions.topic_minimum,
        *(one.restrictions.topic_minimum for one in record.layers.under(before.version, held.cycle)),
        Fraction(0),
    )
    if not lacking or scope.at >= _end(scope, held):
        return ()
    wanted = {one.what: _categories(before, one.what) for one in lacking}
    tried = _tried(scope, held, record, before, {category for some in wanted.values() for category in some})
    filling = {one.what: tuple(event for event in tried if event.prospect.fills(one.what)) for one in parts}
    named = {event.id for events in filling.values() for event in events}
    others = tuple(event for event in tried if event.prospect.added > 0 and event.id not in named)
    return tuple(
        Gap(
            one,
            wanted[one.what],
            filling.get(one.what, others),
            before.unit,
            asked,
            is_besides=one.what == TOTAL and bool(parts),
        )
        for one in lacking
    )


def _for_each(
    held: Iterable[HeldLicence], record: Record, done: Done, *, is_per_hour: bool
) -> tuple[LicenceProspect, ...]:
    """What something would count for each licence, beside the record."""
    found = []
    for one in held:
        if not done.counts_for(one.regime):
            continue
        before = _evaluated(record, one)
        prospect = _prospect(record, one, done, before)
        found.append(LicenceProspect(one.id, before.version.name, prospect, is_per_hour))
    return tuple(found)


def _tried(
    scope: Scope,
    held: HeldLicence,
    record: Record,
    before: Evaluation,
    preferred: Collection[CreditCategory],
) -> list[HelpingEvent]:
    rows = _candidates(scope, held, preferred)
    ids = [row.id for row in rows]
    splits, co_hosts = _splits(scope, ids), _co_hosts(scope, ids)
    found = []
    for row in rows:
        happens = EventTime(row.starts_at, row.ends_at, row.zone, row.has_hours)
        hosts = frozenset({row.organization_id, *co_hosts.get(row.id, ())})
        split = splits.get(row.id, {})
        done = _as_done(scope, row.id, row.title, row.kind, happens, hosts, split, row.category)
        prospect = _prospect(record, held, done, before)
        if prospect.counts:
            found.append(HelpingEvent(row.id, row.title, row.host, row.kind, happens, prospect))
    return found


def _evaluated(record: Record, held: HeldLicence) -> Evaluation:
    """The record with what waits, by the end of the cycle: an event that comes has happened by then."""
    activities = record.activities(held.person_id, held.regime, waiting=True)
    return Rules(record.layers).evaluate(held, activities, _closing(held))


def _prospect(record: Record, held: HeldLicence, done: Done, before: Evaluation) -> Prospect:
    version = before.version
    layers = record.layers.under(version, before.cycle)
    gates = [
        gate
        for rules in (version.restrictions, *(layer.restrictions for layer in layers))
        for gate in rules.gates
        if gate.holders.include(held.person.facts)
    ]
    plain = record.prospective(done, held.regime)
    conditions = conditions_of(gates, plain)
    activity = as_shown(plain, conditions)
    activities = (*record.activities(held.person_id, held.regime, waiting=True), activity)
    after = Rules(record.layers).evaluate(held, activities, _closing(held))
    return prospect_of(before, after, activity.id, conditions)


def _as_done(
    scope: Scope,
    event_id: int,
    title: str,
    kind: EventKind,
    happens: EventTime,
    hosts: frozenset[int],
    split: Mapping[CreditCategory, int],
    category: CreditCategory,
) -> Done:
    """The event as if the person had been there from its beginning to its end and written about it."""
    zone = scope.district.zone
    on = local(happens.starts_at, zone).date()
    ends_on = on if happens.ends_at is None else max(on, last_day(happens.ends_at, zone))
    return Done(
        claim_id=event_id,
        person_id=scope.me.id,
        is_waiting=True,
        title=title,
        kind=kind,
        on=on,
        ends_on=ends_on,
        spent=split or {category: happens.minutes or _MINUTES_TRIED},
        reflected_on=ends_on,
        hosts=hosts,
        facts=(),
    )


def _categories(before: Evaluation, what: str) -> tuple[CreditCategory, ...]:
    """The categories that serve a shortfall; none where every one does."""
    names = what.split(" + ")
    words = [
        one.bucket.selector.categories
        for one in before.buckets
        if one.bucket.op is Op.MIN and one.bucket.id in names
    ]
    if not all(words):
        return ()
    asked = frozenset[str]().union(*words)
    return tuple(one for one in CreditCategory if not asked.isdisjoint(CATEGORY_WORDS[one]))


def _end(scope: Scope, held: HeldLicence) -> datetime:
    """The moment at which the cycle is over. No event lies later than the last year, however far a cycle reaches."""
    last = min(held.cycle_on(_closing(held)).end, _NO_EVENT_AFTER)
    midnight = datetime.combine(last + timedelta(days=1), time(), ZoneInfo(scope.district.zone))
    return midnight.astimezone(UTC)


def _closing(held: HeldLicence) -> date:
    """A day by which everything in the cycle has happened, and everything that was signed about it holds."""
    signed = max((one.on for one in held.adjustments), default=held.cycle.end)
    return max(signed, held.cycle_on(signed).end)


def _candidates(
    scope: Scope, held: HeldLicence, preferred: Collection[CreditCategory]
) -> Sequence[sa.Row[*tuple[Any, ...]]]:
    """The next events before the cycle ends that one holds no claim for. One statement."""
    claimed = held_events(held.person_id)
    split = sa.select(EventCategory.event_id).where(EventCategory.category.in_(preferred))
    fits = sa.or_(Event.category.in_(preferred), Event.id.in_(split))
    return scope.session.execute(
        sa.select(
            Event.id,
            Event.title,
            Event.kind,
            Event.category,
            Event.organization_id,
            Organization.name.label("host"),
            Event.starts_at,
            Event.ends_at,
            Event.zone,
            Event.has_hours,
        )
        .join(Organization, Organization.id == Event.organization_id)
        .where(
            visible(scope),
            Event.state == EventState.PUBLISHED,
            Event.starts_at > scope.at,
            Event.starts_at < _end(scope, held),
            Event.id.not_in(claimed),
        )
        .order_by(*((sa.case((fits, 0), else_=1),) if preferred else ()), Event.starts_at, Event.id)
        .limit(CANDIDATES)
    ).all()


def _splits(scope: Scope, event_ids: Collection[int]) -> Mapping[int, dict[CreditCategory, int]]:
    """How these events' minutes are split over categories, where their hosts say so. One statement."""
    found: dict[int, dict[CreditCategory, int]] = defaultdict(dict)
    rows: Iterable[Any] = scope.session.execute(
        sa.select(EventCategory.event_id, EventCategory.category, EventCategory.minutes).where(
            EventCategory.event_id.in_(event_ids)
        )
    )
    for row in rows:
        found[row.event_id][row.category] = row.minutes
    return found


def _co_hosts(scope: Scope, event_ids: Collection[int]) -> Mapping[int, list[int]]:
    """The organizations that host these events beside the first. One statement."""
    found: dict[int, list[int]] = defaultdict(list)
    for event_id, organization_id in scope.session.execute(
        sa.select(EventCoHost.event_id, EventCoHost.organization_id).where(
            EventCoHost.event_id.in_(event_ids)
        )
    ):
        found[event_id].append(organization_id)
    return found
