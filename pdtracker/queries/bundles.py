"""Bundles: their parts, the events that these hold, and how far the ones that are being gathered have come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from pdtracker.domain.bundle import (
    Bundle,
    BundleRule,
    Gathered,
    Gathering,
    PartMinutes,
    days_between,
)
from pdtracker.domain.claim import HOLDING_STATES, ClaimState
from pdtracker.domain.evidence import EvidenceKind, Piece
from pdtracker.domain.hours import minutes_text
from pdtracker.domain.kinds import EventKind
from pdtracker.domain.refs import ref_of
from pdtracker.domain.refusals import NotHere
from pdtracker.domain.telling import session_text
from pdtracker.domain.when import session_minutes
from pdtracker.models.bundles import ClaimPart
from pdtracker.models.claims import Claim, Evidence
from pdtracker.models.events import EventHost
from pdtracker.scope import Scope

PART = "part_"
"""What the name of a part begins with where a reviewer comments on it."""


@dataclass(frozen=True, slots=True)
class RecordedRow:
    """What was recorded at a part's event, in words; `minutes` for how long, where it tells that."""

    kind: EvidenceKind
    note: str
    minutes: int | None


@dataclass(frozen=True, slots=True)
class PartRow:
    """One part of a bundle."""

    id: int
    claim_id: int
    event_id: int | None
    title: str
    host: str
    hashtag: str | None
    session_starts_at: datetime | None
    session_ends_at: datetime | None
    starts_at: datetime
    ends_at: datetime
    zone: str
    minutes: int
    longer_reason: str
    link: str | None
    note: str
    recorded: tuple[RecordedRow, ...] = ()

    @property
    def field(self) -> str:
        """The name under which a reviewer comments on it."""
        return PART + ref_of(self.id)

    @property
    def session_minutes(self) -> int:
        """How long the session was for the rules: by the calendar, else from start to end."""
        if self.session_starts_at is not None and self.session_ends_at is not None:
            return session_minutes(self.session_starts_at, self.session_ends_at)
        return session_minutes(self.starts_at, self.ends_at)

    @property
    def when(self) -> str:
        """When one was there."""
        return session_text(self.starts_at, self.ends_at, self.zone, is_live=True)

    @property
    def evidence(self) -> frozenset[EvidenceKind]:
        """Which forms of evidence it has."""
        forms = ((EvidenceKind.LINK, self.link), (EvidenceKind.ATTESTATION, self.note))
        return frozenset(kind for kind, given in forms if given) | {one.kind for one in self.recorded}

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """What shows it, as an award keeps it."""
        recorded = [Piece(one.kind, one.note, one.minutes, part=self.title) for one in self.recorded]
        own = ((EvidenceKind.LINK, self.link), (EvidenceKind.ATTESTATION, self.note))
        return (*recorded, *(Piece(kind, given, part=self.title) for kind, given in own if given))

    @property
    def recorded_minutes(self) -> int | None:
        """The longest that was recorded; `None` where nothing tells it."""
        return max((one.minutes for one in self.recorded if one.minutes is not None), default=None)

    @property
    def words(self) -> str:
        """All of it as people read it, for what a reviewer says about it."""
        first = f"{self.title}, {self.host}"
        shown = "\n".join(filter(None, (self.link, self.note)))
        return "\n".join(
            filter(None, (first, self.when, minutes_text(self.minutes), self.longer_reason, shown))
        )


@dataclass(frozen=True, slots=True)
class OpenBundle:
    """A bundle that is still being gathered. `minutes` is what it has so far."""

    id: int
    topic: str
    kind: EventKind
    minutes: int

    def gathering(self, rule: BundleRule) -> Gathering:
        """How far it has come by these rules."""
        return Gathering(self.topic, self.minutes, rule.threshold_minutes)


def parts_of(scope: Scope, claim_id: int) -> tuple[PartRow, ...]:
    """The parts of a claim that the caller has found readable, the earliest first. One statement."""
    return parts_among(scope, [claim_id]).get(claim_id, ())


def parts_among(scope: Scope, claim_ids: Collection[int]) -> Mapping[int, tuple[PartRow, ...]]:
    """The parts of each of these bundles, the earliest first. One statement; none without a bundle."""
    found: dict[int, list[PartRow]] = defaultdict(list)
    if claim_ids:
        rows = scope.session.execute(_PARTS, {"claims": list(claim_ids)})
        # One row for each piece that was recorded, or a single one without.
        for _, pieces in groupby(rows, lambda row: row.id):
            first, *others = pieces
            recorded = [RecordedRow(*row[-3:]) for row in (first, *others) if row[-3] is not None]
            part = PartRow(*first[:-3])
            found[first.claim_id].append(replace(part, recorded=tuple(recorded)) if recorded else part)
    return {claim_id: tuple(parts) for claim_id, parts in found.items()}


def part(scope: Scope, claim_id: int, part_id: int) -> PartRow:
    """One part of a claim that the caller has found readable. Raises NotHere. One statement."""
    found = next((one for one in parts_of(scope, claim_id) if one.id == part_id), None)
    if found is None:
        raise NotHere
    return found


def bundle_of(topic: str, parts: Sequence[PartRow], zone: str) -> Bundle | None:
    """The parts as the rules count them; `None` without any."""
    if not parts:
        return None
    starts = [one.starts_at for one in parts]
    minutes = tuple(PartMinutes(one.minutes, one.session_minutes) for one in parts)
    return Bundle(topic, minutes, days_between(min(starts), max(starts), zone))


def gathered(parts: Iterable[PartRow]) -> tuple[Gathered, ...]:
    """The parts for the rules that say what a bundle lacks."""
    return tuple(
        Gathered(one.title, one.starts_at, one.ends_at, one.zone, one.minutes, bool(one.evidence))
        for one in parts
    )


def open_bundles(scope: Scope, kind: EventKind | None = None) -> tuple[OpenBundle, ...]:
    """One's own bundles that can still be added to, the newest first; of one kind, or of all. One statement."""
    wanted = sa.select(Claim.id, Claim.title, Claim.kind, sa.func.coalesce(Claim.claimed_minutes, 0)).where(
        Claim.person_id == scope.me.id,
        Claim.is_bundle,
        Claim.state.in_((ClaimState.DRAFT, ClaimState.RETURNED)),
    )
    if kind is not None:
        wanted = wanted.where(Claim.kind == kind)
    return tuple(OpenBundle(*row) for row in scope.session.execute(wanted.order_by(Claim.id.desc())))


def of_event(event_id: int) -> sa.ColumnElement[bool]:
    """Whether a claim is of an event, by itself or by one of its parts; not what follows such a claim."""
    return sa.and_(
        sa.or_(Claim.event_id == event_id, Claim.id.in_(with_part(event_id))), Claim.follow_up.is_(None)
    )


def with_part(event_id: int) -> sa.Select[int]:
    """The claims that have an event as a part."""
    return sa.select(ClaimPart.claim_id).where(ClaimPart.event_id == event_id)


def held_events(person_id: int) -> sa.CompoundSelect[int | None]:
    """The ids of the events that a person holds, by a claim or by a part of one."""
    return _held_events(person_id)


def events_with_drafts(person_id: int) -> sa.CompoundSelect[Any]:
    """The same, each with whether the claim is a draft, which was never sent."""
    return _held_events(person_id, (Claim.state == ClaimState.DRAFT).label("is_draft"))


# Any: columns of the claim beside the event's id.
def _held_events(person_id: int, *more: Any) -> sa.CompoundSelect[Any]:
    return sa.union_all(
        sa.select(Claim.event_id, *more).where(
            Claim.person_id == person_id, Claim.event_id.is_not(None), Claim.state.in_(HOLDING_STATES)
        ),
        sa.select(ClaimPart.event_id, *more)
        .join(Claim, _of_claim())
        .where(
            ClaimPart.person_id == person_id, ClaimPart.event_id.is_not(None), Claim.state.in_(HOLDING_STATES)
        ),
    )


# Any: a bound person, one of the statement around it, or a number.
def hosted_by(person_id: Any) -> sa.ColumnElement[bool]:
    """Whether a person hosts the event of the claim of the statement around it, or that of one of its parts."""
    own = sa.exists(
        sa.select(EventHost.id)
        .where(EventHost.event_id == Claim.event_id, EventHost.person_id == person_id)
        .correlate_except(EventHost)
    )
    of_a_part = sa.exists(
        sa.select(EventHost.id)
        .join(ClaimPart, ClaimPart.event_id == EventHost.event_id)
        .where(
            ClaimPart.district_id == Claim.district_id,
            ClaimPart.claim_id == Claim.id,
            EventHost.person_id == person_id,
        )
        .correlate_except(ClaimPart, EventHost)
    )
    return sa.or_(own, sa.and_(Claim.is_bundle, of_a_part))


def part_count() -> sa.ScalarSelect[int]:
    """How many parts the claim of the statement around it has."""
    return (
        sa.select(sa.func.count())
        .select_from(ClaimPart)
        .where(ClaimPart.claim_id == Claim.id)
        .correlate(Claim)
        .scalar_subquery()
    )


def _of_claim() -> sa.ColumnElement[bool]:
    return sa.and_(Claim.district_id == ClaimPart.district_id, Claim.id == ClaimPart.claim_id)


# Made once: to put a statement together takes longer than to run it.
_PARTS: sa.Select[*tuple[Any, ...]] = (
    sa.select(
        ClaimPart.id,
        ClaimPart.claim_id,
        ClaimPart.event_id,
        ClaimPart.title,
        ClaimPart.host,
        ClaimPart.hashtag,
        ClaimPart.session_starts_at,
        ClaimPart.session_ends_at,
        ClaimPart.starts_at,
        ClaimPart.ends_at,
        ClaimPart.zone,
        ClaimPart.minutes,
        ClaimPart.longer_reason,
        ClaimPart.link,
        ClaimPart.note,
        Evidence.kind.label("recorded_kind"),
        Evidence.note.label("recorded_note"),
        Evidence.minutes.label("recorded_minutes"),
    )
    .outerjoin(
        Evidence,
        sa.and_(
            Evidence.district_id == ClaimPart.district_id,
            Evidence.claim_id == ClaimPart.claim_id,
            Evidence.event_id == ClaimPart.event_id,
            Evidence.removed_at.is_(None),
        ),
    )
    .where(ClaimPart.claim_id.in_(sa.bindparam("claims", expanding=True)))
    .order_by(ClaimPart.starts_at, ClaimPart.id, Evidence.id)
)
