"""Facts for rules, gathered for a whole batch in a number of statements that doesn't grow with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from pdtracker.domain.claim import ClaimState
from pdtracker.domain.credit import CreditPolicy, policy_for
from pdtracker.domain.days import DayLoad, Spent, fullest_of, spent_by_log
from pdtracker.domain.hours import hours_phrase
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.log import LogDay
from pdtracker.domain.refusals import NotNow
from pdtracker.domain.split import Split, split_of
from pdtracker.domain.when import local, overlaps, short_day, span_text
from pdtracker.models.bundles import ClaimPart
from pdtracker.models.claims import Claim, ClaimCategory, ClaimDay
from pdtracker.models.credit import Award
from pdtracker.models.districts import CreditPolicy as CreditPolicyRow
from pdtracker.queries.bundles import PartRow, parts_among
from pdtracker.scope import Scope

_A_DAY = timedelta(days=1)
_YEAR_STARTS = (7, 1)


@dataclass(frozen=True, slots=True)
class PolicyEdition:
    """A policy with the id of its row, which an award names."""

    id: int
    policy: CreditPolicy


def policies(scope: Scope) -> tuple[PolicyEdition, ...]:
    """Every edition of the district's credit policy. One statement."""
    rows = scope.session.execute(_POLICIES)
    return tuple(PolicyEdition(row.id, CreditPolicy.from_document(row.document)) for row in rows)


def edition_for(editions: Iterable[PolicyEdition], on: date) -> PolicyEdition:
    """The edition in force on a day; refuses with `NotNow` when there is none."""
    known = {id(edition.policy): edition for edition in editions}
    return known[id(policy_for((edition.policy for edition in known.values()), on))]


def year_starts(editions: Iterable[PolicyEdition], on: date) -> tuple[int, int]:
    """Month and day with which the school year begins, by the edition in force on a day; July 1 without one."""
    try:
        return edition_for(editions, on).policy.year_starts
    except NotNow:
        return _YEAR_STARTS


def step_on(editions: Iterable[PolicyEdition], on: date) -> int:
    """The minutes of the steps in which credit is given on a day; single ones without an edition."""
    try:
        return edition_for(editions, on).policy.step_minutes
    except NotNow:
        return 1


def years_around(editions: Collection[PolicyEdition], days: Collection[date]) -> tuple[date, date]:
    """The first and the last day of all school years that these days lie in, by the policies in force on them."""
    years = [
        edition.policy.year_of(on)
        for on in set(days)
        for edition in editions
        if edition.policy.applies_on(on)
    ]
    return min([*days, *(first for first, _ in years)]), max([*days, *(last for _, last in years)])


@dataclass(slots=True)
class Credited:
    """Credited minutes of some people by day and kind; grows while a batch is decided."""

    _minutes: dict[int, dict[tuple[date, EventKind], int]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(int))
    )

    def add(self, person_id: int, on: date, kind: EventKind, minutes: int) -> None:
        """Count minutes that were just credited, so that the next claim of the batch sees them."""
        self._minutes[person_id][on, kind] += minutes

    def in_year(self, person_id: int, year: tuple[date, date]) -> Mapping[str, int]:
        """Minutes by kind within a school year, both days included."""
        by_kind: dict[str, int] = defaultdict(int)
        for (on, kind), minutes in self._minutes[person_id].items():
            if year[0] <= on <= year[1]:
                by_kind[kind.value] += minutes
        return by_kind


def credited(scope: Scope, person_ids: Collection[int], since: date, until: date) -> Credited:
    """What these people are credited with between two days. One statement."""
    found = Credited()
    rows = scope.session.execute(_CREDITED, {"people": list(person_ids), "since": since, "until": until})
    for person_id, on, kind, minutes in rows:
        found.add(person_id, on, kind, int(minutes))
    return found


def splits(scope: Scope, claim_ids: Collection[int]) -> Mapping[int, Split]:
    """The categories of each claim that is split over several; the others are missing. One statement."""
    found: dict[int, dict[CreditCategory, int]] = defaultdict(dict)
    for claim_id, category, minutes in scope.session.execute(_SPLITS, {"claims": list(claim_ids)}):
        found[claim_id][category] = minutes
    return {claim_id: split for claim_id, parts in found.items() if (split := split_of(parts))}


@dataclass(frozen=True, slots=True)
class Holder:
    """A claim that holds its time, its event, or both, against others of the same person.

    `minutes` are those that stand credited, else those that were claimed. A bundle holds what its `parts` hold, with
    the minutes that were claimed for each, and nothing between them; one with a `log` has spent the days of it.
    """

    id: int
    person_id: int
    event_id: int | None
    state: ClaimState
    title: str
    kind: EventKind
    starts_at: datetime | None
    ends_at: datetime | None
    zone: str
    minutes: int | None
    parts: tuple[PartRow, ...] = ()
    session_id: int | None = None
    log: tuple[LogDay, ...] = ()

    @classmethod
    def of_nothing(
        cls, claim_id: int, person_id: int, state: ClaimState, title: str, kind: EventKind, zone: str
    ) -> Holder:
        """A claim that holds neither time nor event: it follows one that does."""
        return cls(claim_id, person_id, None, state, title, kind, None, None, zone, None)

    @property
    def events(self) -> frozenset[int]:
        """The events that it holds."""
        held = (self.event_id, *(part.event_id for part in self.parts))
        return frozenset(event_id for event_id in held if event_id is not None)

    def has_in_common(self, other: Holder) -> bool:
        """Whether both hold the same event, or the same session of it; a whole event holds its sessions too."""
        both = self.events & other.events
        if self.session_id is None or other.session_id is None:
            return bool(both)
        return bool(both) and self.session_id == other.session_id

    @property
    def stretches(self) -> tuple[Holder, ...]:
        """What holds a time of its own: each of its parts, else itself; none while no time was entered."""
        if self.parts:
            return tuple(self._part(part) for part in self.parts)
        return () if self.starts_at is None or self.ends_at is None else (self,)

    @property
    def spent(self) -> tuple[Spent, ...]:
        """Its minutes and when they lay, of each part or day of its log; none while no time was entered."""
        if self.log and self.minutes is not None:
            return spent_by_log(self.title, self.log, self.minutes, self.zone)
        return tuple(
            Spent(one.title, one.starts_at, one.ends_at, one.minutes)
            for one in self.stretches
            if one.starts_at is not None and one.ends_at is not None and one.minutes is not None
        )

    def shares_a_moment(self, other: Holder) -> bool:
        """Whether two stretches of fixed hours overlap."""
        if self.starts_at is None or self.ends_at is None or other.starts_at is None or other.ends_at is None:
            return False
        return overlaps(self.starts_at, self.ends_at, other.starts_at, other.ends_at)

    def _part(self, part: PartRow) -> Holder:
        return replace(
            self,
            title=part.title,
            event_id=part.event_id,
            starts_at=part.starts_at,
            ends_at=part.ends_at,
            zone=part.zone,
            minutes=part.minutes,
            parts=(),
            session_id=None,
        )


@dataclass(slots=True)
class Held:
    """What some people's claims hold; grows while a batch is decided."""

    _holders: dict[int, list[Holder]] = field(default_factory=lambda: defaultdict(list))

    def add(self, holder: Holder) -> None:
        """Let a claim hold its time and event from here on."""
        self._holders[holder.person_id].append(holder)

    def at_time(self, claim: Holder, states: Collection[ClaimState]) -> Holder | None:
        """What of the person's first other claim in one of these states shares a moment with this one.

        Of a bundle that is one of its parts. A forum that is open for a month keeps nobody from a chat on its second
        evening: only fixed hours hold time.
        """
        others = [one for one in self._holders[claim.person_id] if one.id != claim.id]
        return _sharing(claim, others, states)

    def at_time_of_another(self, claim: Holder, states: Collection[ClaimState]) -> Holder | None:
        """The same, of what is for another event or session than this one."""
        others = [one for one in self._holders[claim.person_id] if not one.has_in_common(claim)]
        return _sharing(claim, others, states)

    def of_event(self, claim: Holder) -> Holder | None:
        """The person's first other claim of the same event or session, or with it among its parts."""
        others = self._holders[claim.person_id]
        return next((one for one in others if one.id != claim.id and one.has_in_common(claim)), None)

    def day_of(self, claim: Holder, states: Collection[ClaimState], zone: str) -> DayLoad | None:
        """How full its days are with the person's other claims in these states; `None` while it has no time."""
        others = [one for one in self._holders[claim.person_id] if one.id != claim.id and one.state in states]
        return fullest_of(claim.spent, [spent for one in others for spent in one.spent], zone)


def _sharing(claim: Holder, others: Iterable[Holder], states: Collection[ClaimState]) -> Holder | None:
    """The first stretch of these that shares a moment with one of the claim's."""
    if not claim.kind.is_live:
        return None
    for other in others:
        if other.state not in states or not other.kind.is_live:
            continue
        for theirs in other.stretches:
            if any(theirs.shares_a_moment(mine) for mine in claim.stretches):
                return theirs
    return None


def require_unheld(credited: Held, claim: Holder) -> None:
    """Refuse a claim of an hour or event that is credited to the person already: nobody earns a thing twice."""
    if (same := credited.of_event(claim)) is not None:
        raise NotNow("credited_already", f"They have credit for this event already: {same.title}.")
    other = credited.at_time(claim, [ClaimState.CREDITED])
    if other is None or other.starts_at is None or other.ends_at is None:
        return
    day = short_day(local(other.starts_at, other.zone))
    raise NotNow(
        "credited_already",
        f"They have credit for this time already: {other.title}, {day},"
        f" {span_text(other.starts_at, other.ends_at, other.zone)}.",
    )


def require_room(scope: Scope, credited: Held, claim: Holder) -> None:
    """Refuse credit with which the person would have more hours on a day than it has, whatever kinds they are of."""
    load = credited.day_of(claim, [ClaimState.CREDITED], scope.district.zone)
    if load is not None and load.is_impossible:
        raise NotNow(
            "day_full",
            f"With it they would have credit for {hours_phrase(load.minutes)} {load.when}{load.beside}.",
        )


def held(scope: Scope, claims: Collection[Holder], states: Collection[ClaimState]) -> Held:
    """What the people of these claims hold by claims in these states, wherever it can meet these.

    One statement, one for the parts of bundles where there are any, and one for the logs of what has no fixed hours.
    """
    found = Held()
    starts = [claim.starts_at for claim in claims if claim.starts_at is not None]
    ends = [claim.ends_at for claim in claims if claim.ends_at is not None]
    if not starts or not ends:
        return found
    # What only lies on the same day meets it as well. A bundle is found by its days from first to last, and tells by
    # its parts what it really holds.
    first, last = min(starts) - _A_DAY, max(ends) + _A_DAY
    standing = (
        sa.select(sa.cast(sa.func.sum(Award.minutes), sa.BigInteger))
        .where(Award.claim_id == Claim.id)
        .correlate(Claim)
        .scalar_subquery()
    )
    events = frozenset[int]().union(*(claim.events for claim in claims))
    rows = scope.session.execute(
        sa.select(
            Claim.id,
            Claim.person_id,
            Claim.event_id,
            Claim.state,
            Claim.title,
            Claim.kind,
            Claim.starts_at,
            Claim.ends_at,
            Claim.zone,
            sa.case((Claim.state == ClaimState.CREDITED, standing), else_=Claim.claimed_minutes).label(
                "minutes"
            ),
            Claim.session_id,
            Claim.is_bundle,
        )
        .where(
            Claim.person_id.in_({claim.person_id for claim in claims}),
            Claim.state.in_(states),
            Claim.follow_up.is_(None),
            sa.or_(
                sa.and_(Claim.starts_at < last, Claim.ends_at > first),
                Claim.event_id.in_(events),
                sa.exists().where(ClaimPart.claim_id == Claim.id, ClaimPart.event_id.in_(events)),
            ),
        )
        .order_by(Claim.starts_at, Claim.id)
    ).all()
    parts = parts_among(scope, [row.id for row in rows if row.is_bundle])
    logs = logs_among(scope, [row.id for row in rows if not row.kind.is_live])
    for row in rows:
        of_parts, of_days = parts.get(row.id, ()), logs.get(row.id, ())
        found.add(replace(Holder(*row[:-2]), parts=of_parts, session_id=row.session_id, log=of_days))
    return found


def logs_among(scope: Scope, claim_ids: Collection[int]) -> Mapping[int, tuple[LogDay, ...]]:
    """The days of each of these claims that has a log; the others are missing. One statement, of no claims none."""
    if not claim_ids:
        return {}
    found: dict[int, list[LogDay]] = defaultdict(list)
    for claim_id, on, minutes in scope.session.execute(_LOGS, {"claims": list(claim_ids)}):
        found[claim_id].append(LogDay(on, minutes))
    return {claim_id: tuple(sorted(days)) for claim_id, days in found.items()}


# Made once: to put a statement together takes longer than to run it.
_SPLITS = sa.select(ClaimCategory.claim_id, ClaimCategory.category, ClaimCategory.minutes).where(
    ClaimCategory.claim_id.in_(sa.bindparam("claims", expanding=True))
)
_LOGS = sa.select(ClaimDay.claim_id, ClaimDay.spent_on, ClaimDay.minutes).where(
    ClaimDay.claim_id.in_(sa.bindparam("claims", expanding=True))
)
_POLICIES = sa.select(CreditPolicyRow.id, CreditPolicyRow.document)
_CREDITED = (
    sa.select(Award.person_id, Award.activity_on, Award.kind, sa.func.sum(Award.minutes).label("minutes"))
    .where(
        Award.person_id.in_(sa.bindparam("people", expanding=True)),
        Award.activity_on.between(sa.bindparam("since"), sa.bindparam("until")),
    )
    .group_by(Award.person_id, Award.activity_on, Award.kind)
)
