"""Who takes part in a programme: the public list over all districts, and a district's own part in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from pdtracker.db import DistrictSession
from pdtracker.domain.participation import Counts, ParticipantKind, ParticipantState, added_up
from pdtracker.domain.refusals import NotHere
from pdtracker.models.claims import Claim
from pdtracker.models.credit import Award
from pdtracker.models.districts import District
from pdtracker.models.events import Event
from pdtracker.models.participation import Participant
from pdtracker.models.people import Person
from pdtracker.scope import Scope


@dataclass(frozen=True, slots=True)
class Participating:
    """One that takes part. `where` is a district's place; of others the district whose person speaks for it.

    `commitment` names the district whose public commitment can be read.
    """

    kind: ParticipantKind
    name: str
    link: str | None
    where: str
    commitment: str | None
    counts: Counts | None


@dataclass(frozen=True, slots=True)
class Participants:
    """Everybody who takes part, by kind and name, and the counts that districts chose to publish, added up."""

    rows: tuple[Participating, ...]
    counts: Counts | None
    counted_at: datetime | None
    publishing: int

    def of(self, kind: ParticipantKind) -> tuple[Participating, ...]:
        """Those of one kind."""
        return tuple(row for row in self.rows if row.kind is kind)


@dataclass(frozen=True, slots=True)
class OwnParticipant:
    """A participation of one's own district, whatever became of it."""

    id: int
    kind: ParticipantKind
    name: str
    link: str | None
    state: ParticipantState
    by_id: int | None
    by_name: str
    at: datetime
    reason: str
    publishes_counts: bool
    counted_at: datetime | None
    counts: Counts | None


def participants(doors: DistrictSession, programme_id: int) -> Participants:
    """Who is listed, over all districts. One statement, of a session on the tables that lead to districts.

    What two districts speak for stands once.
    """
    found = doors.execute(
        sa.select(
            Participant,
            District.name.label("district"),
            District.place,
            sa.case((District.committed_at.is_not(None), District.slug)).label("commitment"),
        )
        .join(District, District.id == Participant.district_id)
        .where(Participant.programme_id == programme_id, Participant.state == ParticipantState.LISTED)
        .order_by(Participant.id)
    ).all()
    rows: dict[tuple[ParticipantKind, str], Participating] = {}
    for one, district, place, commitment in found:
        is_district = one.kind is ParticipantKind.DISTRICT
        # Two districts may be called alike; what they speak for is the same.
        key = (one.kind, str(one.id) if is_district else one.name.casefold())
        rows.setdefault(
            key,
            Participating(
                one.kind,
                district if is_district else one.name,
                one.link,
                place if is_district else district,
                commitment if is_district else None,
                _counts(one),
            ),
        )
    counted = [one.counted_at for one, *_ in found if one.people is not None and one.counted_at is not None]
    published = [row.counts for row in rows.values() if row.counts is not None]
    return Participants(
        tuple(sorted(rows.values(), key=lambda row: (row.kind.value, row.name.casefold()))),
        added_up(published),
        min(counted, default=None),
        len(published),
    )


def own_participants(scope: Scope, programme_id: int) -> tuple[OwnParticipant, ...]:
    """The district's own part in a programme: itself first, then what its people speak for. One statement."""
    rows = scope.session.execute(
        sa.select(Participant, Person.name.label("by_name"))
        .outerjoin(Person, Person.id == Participant.proposed_by_id)
        .where(Participant.programme_id == programme_id)
        .order_by(Participant.kind, Participant.name, Participant.id)
    )
    return tuple(
        OwnParticipant(
            id=one.id,
            kind=one.kind,
            name=one.name,
            link=one.link,
            state=one.state,
            by_id=one.proposed_by_id,
            by_name=by_name or "The operator",
            at=one.proposed_at,
            reason=one.reason,
            publishes_counts=one.counts_chosen_at is not None,
            counted_at=one.counted_at,
            counts=_counts(one),
        )
        for one, by_name in rows
    )


def own_participant(scope: Scope, programme_id: int, participant_id: int) -> OwnParticipant:
    """One participation of the district in a programme; refuses with `NotHere`. One statement."""
    found = next((row for row in own_participants(scope, programme_id) if row.id == participant_id), None)
    if found is None:
        raise NotHere
    return found


def waiting_participants(scope: Scope, programme_id: int) -> int:
    """How many wait for an administrator. One statement."""
    return (
        scope.session.scalar(
            sa.select(sa.func.count(Participant.id)).where(
                Participant.programme_id == programme_id, Participant.state == ParticipantState.PROPOSED
            )
        )
        or 0
    )


def programme_counts(scope: Scope, programme_ids: Sequence[int]) -> Mapping[int, Counts]:
    """How many of the district's people have credit that stands for events of each programme, and how much.

    One statement. What was taken back is not in it.
    """
    earned = (
        sa.select(
            Event.programme_id.label("programme_id"),
            Award.person_id.label("person_id"),
            sa.func.sum(Award.minutes).label("minutes"),
        )
        .join(Claim, sa.and_(Claim.district_id == Award.district_id, Claim.id == Award.claim_id))
        .join(Event, Event.id == Claim.event_id)
        .where(Event.programme_id.in_(programme_ids))
        .group_by(Event.programme_id, Award.person_id)
        .having(sa.func.sum(Award.minutes) > 0)
        .subquery()
    )
    rows = scope.session.execute(
        sa.select(
            earned.c.programme_id,
            sa.func.count().label("people"),
            sa.cast(sa.func.sum(earned.c.minutes), sa.BigInteger).label("minutes"),
        ).group_by(earned.c.programme_id)
    )
    return {row.programme_id: Counts(row.people, row.minutes) for row in rows}


def _counts(one: Participant) -> Counts | None:
    if one.people is None or one.credited_minutes is None:
        return None
    return Counts(one.people, one.credited_minutes)
