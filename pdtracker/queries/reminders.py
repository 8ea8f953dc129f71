"""Who is to be reminded of what: drafts that lie, claims that wait for their reviewers, cycles that end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from pdtracker.domain.access import Role
from pdtracker.domain.claim import ClaimState
from pdtracker.domain.licence_standing import StandingState, gap_words
from pdtracker.domain.reminders import STALE_AFTER, ReminderKind, ReminderTerms
from pdtracker.domain.when import instant
from pdtracker.models.claims import Claim
from pdtracker.models.licences import Licence
from pdtracker.models.people import Membership, Person
from pdtracker.models.reminders import Reminder, ReminderPolicy
from pdtracker.models.standings import LicenceStandingRow
from pdtracker.queries.bundles import hosted_by
from pdtracker.queries.turns import has_no_route, turn_of
from pdtracker.scope import Scope

REVIEWERS_AT_ONCE = 20
ESCALATED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class LyingDraft:
    """A draft that its owner left lying."""

    claim_id: int
    title: str
    begun_at: datetime
    person_id: int
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class LongWait:
    """A claim that waits, and a reviewer who can decide it."""

    claim_id: int
    title: str
    claimant: str
    since: datetime
    person_id: int
    name: str
    email: str

    @property
    def about(self) -> str:
        """What tells this wait from the next of the same claim."""
        return self.since.isoformat()


@dataclass(frozen=True, slots=True)
class EndingCycle:
    """A licence whose cycle ends soon with something missing."""

    licence_id: int
    licence: str
    ends_on: date
    gaps: tuple[str, ...]
    missing: str
    person_id: int
    name: str
    email: str


def reminder_terms(scope: Scope) -> ReminderTerms:
    """The district's policy, or that of the house. One statement."""
    row = scope.session.execute(
        sa.select(
            ReminderPolicy.log_days,
            ReminderPolicy.reflection_days,
            ReminderPolicy.review_days,
            ReminderPolicy.cycle_days,
            ReminderPolicy.escalation_days,
        )
    ).one_or_none()
    return ReminderTerms(*row) if row is not None else ReminderTerms()


def lying_drafts(scope: Scope, days: int, limit: int) -> tuple[LyingDraft, ...]:
    """Drafts of what is over that nobody touched for so many days, and whose owners weren't reminded. One statement."""
    touched_before = scope.at - timedelta(days=days)
    over_at = sa.func.coalesce(Claim.ends_at, Claim.session_ends_at, Claim.created_at)
    rows = scope.session.execute(
        sa.select(
            Claim.id,
            Claim.title,
            Claim.created_at,
            Person.id.label("person_id"),
            Person.name,
            Person.email,
        )
        .join(Person, sa.and_(Person.district_id == Claim.district_id, Person.id == Claim.person_id))
        .where(
            Claim.state == ClaimState.DRAFT,
            Claim.updated_at <= touched_before,
            Claim.updated_at > touched_before - STALE_AFTER,
            over_at <= scope.at,
            Person.left_at.is_(None),
            ~_reminded(ReminderKind.REFLECTION, Claim.id, Claim.person_id),
        )
        .order_by(Claim.updated_at, Claim.id)
        .limit(limit)
        .with_for_update(of=Claim, skip_locked=True)
    )
    return tuple(LyingDraft(*row) for row in rows)


def long_waits(scope: Scope, days: int) -> tuple[LongWait, ...]:
    """Claims that wait for so many days, with reviewers who weren't told of this wait. Two statements.

    A claim is its school's reviewers'; those of the whole district are told where the school has none. Nobody is told
    of a claim that they can't decide (their own, or of an event that they host), and nobody twice on one day. Some
    reviewers at once, each with everything that waits for them, the longest first.
    """
    reviewers = scope.session.scalars(
        sa.select(Person.id)
        .select_from(Claim)
        .join(Membership, _decides())
        .join(Person, Person.id == Membership.person_id)
        .where(*_waits(scope, days))
        .distinct()
        .order_by(Person.id)
        .limit(REVIEWERS_AT_ONCE)
    ).all()
    if not reviewers:
        return ()
    claimant = aliased(Person)
    rows = scope.session.execute(
        _long_waits(claimant)
        .join(claimant, claimant.id == Claim.person_id)
        .join(Membership, _decides())
        .join(Person, Person.id == Membership.person_id)
        .where(*_waits(scope, days), Person.id.in_(reviewers))
        .distinct()
        .order_by(Person.id, Claim.waiting_since, Claim.id)
    )
    return tuple(LongWait(*row) for row in rows)


def too_long_waits(scope: Scope, days: int) -> tuple[LongWait, ...]:
    """Claims that wait for so many days at one review, with the administrators who weren't told of this wait.

    Nobody is told of their own claim. One letter a day at most, the longest wait first. One statement.
    """
    claimant = aliased(Person)
    rows = scope.session.execute(
        _long_waits(claimant)
        .join(claimant, sa.and_(claimant.district_id == Claim.district_id, claimant.id == Claim.person_id))
        .join(
            Membership,
            sa.and_(
                Membership.district_id == Claim.district_id,
                Membership.role == Role.ADMINISTRATOR,
                Membership.person_id != Claim.person_id,
            ),
        )
        .join(Person, sa.and_(Person.district_id == Claim.district_id, Person.id == Membership.person_id))
        .where(*_waits(scope, days, ReminderKind.ESCALATION))
        .order_by(Person.id, Claim.waiting_since, Claim.id)
        .limit(ESCALATED_AT_ONCE)
    )
    return tuple(LongWait(*row) for row in rows)


def ending_cycles(scope: Scope, days: int, limit: int) -> tuple[EndingCycle, ...]:
    """Cycles that end within so many days, by the last count with something missing. One statement."""
    today = scope.today
    rows = scope.session.execute(
        sa.select(
            LicenceStandingRow.licence_id,
            Licence.name.label("licence"),
            LicenceStandingRow.ends_on,
            LicenceStandingRow.gap_names,
            LicenceStandingRow.missing,
            Person.id.label("person_id"),
            Person.name,
            Person.email,
        )
        .join(Licence, Licence.id == LicenceStandingRow.licence_id)
        .join(Person, Person.id == LicenceStandingRow.person_id)
        .where(
            LicenceStandingRow.ends_on >= today,
            LicenceStandingRow.ends_on <= today + timedelta(days=days),
            LicenceStandingRow.state != StandingState.MET,
            Licence.closed_at.is_(None),
            Person.left_at.is_(None),
            ~_reminded(
                ReminderKind.CYCLE,
                LicenceStandingRow.licence_id,
                LicenceStandingRow.person_id,
                sa.cast(LicenceStandingRow.ends_on, sa.Text),
            ),
        )
        .order_by(LicenceStandingRow.ends_on, LicenceStandingRow.licence_id)
        .limit(limit)
    )
    return tuple(
        EndingCycle(
            row.licence_id,
            row.licence,
            row.ends_on,
            gap_words(row.gap_names),
            row.missing,
            row.person_id,
            row.name,
            row.email,
        )
        for row in rows
    )


def _long_waits(claimant: type[Person]) -> sa.Select[*tuple[Any, ...]]:
    """The columns of `LongWait`, of claims with their claimant and whom to tell; both are still to be joined."""
    return sa.select(
        Claim.id,
        Claim.title,
        claimant.name.label("claimant"),
        Claim.waiting_since,
        Person.id.label("person_id"),
        Person.name,
        Person.email,
    ).select_from(Claim)


def _decides() -> sa.ColumnElement[bool]:
    """Whether a membership makes its person one who decides the claim of the statement around it."""
    of_school, reviewer = aliased(Membership), aliased(Person)
    has_own = sa.exists(
        sa.select(of_school.id)
        .join(reviewer, reviewer.id == of_school.person_id)
        .where(
            of_school.role == Role.REVIEWER,
            of_school.school_id == Claim.school_id,
            of_school.person_id != Claim.person_id,
            reviewer.left_at.is_(None),
            ~hosted_by(of_school.person_id),
        )
        .correlate(Claim)
    )
    of_the_school = sa.or_(
        Membership.school_id == Claim.school_id,
        sa.and_(Membership.school_id.is_(None), ~has_own),
    )
    return sa.and_(
        Membership.role == Role.REVIEWER,
        sa.or_(sa.and_(has_no_route(), of_the_school), turn_of(Membership.person_id)),
        Membership.person_id != Claim.person_id,
        ~hosted_by(Membership.person_id),
    )


def _waits(
    scope: Scope, days: int, kind: ReminderKind = ReminderKind.REVIEW
) -> Sequence[sa.ColumnElement[bool]]:
    waiting_before = scope.at - timedelta(days=days)
    midnight = instant(datetime.combine(scope.today, time()), scope.district.zone)
    told_today = sa.exists(
        sa.select(Reminder.id).where(
            Reminder.person_id == Membership.person_id,
            Reminder.kind == kind,
            Reminder.at >= midnight,
        )
    )
    told_of_it = sa.exists(
        sa.select(Reminder.id).where(
            Reminder.kind == kind,
            Reminder.subject_id == Claim.id,
            Reminder.person_id == Membership.person_id,
            # A claim that was returned and sent again waits anew.
            Reminder.at > Claim.waiting_since,
        )
    )
    return (
        Claim.state == ClaimState.SUBMITTED,
        Claim.waiting_since <= waiting_before,
        Claim.waiting_since > waiting_before - STALE_AFTER,
        Person.left_at.is_(None),
        ~told_today,
        ~told_of_it,
    )


def _reminded(
    kind: ReminderKind,
    subject_id: sa.orm.InstrumentedAttribute[int],
    person_id: sa.orm.InstrumentedAttribute[int],
    about: sa.ColumnElement[str] | None = None,
) -> sa.ColumnElement[bool]:
    conditions = [
        Reminder.kind == kind,
        Reminder.subject_id == subject_id,
        Reminder.person_id == person_id,
    ]
    if about is not None:
        conditions.append(Reminder.about == about)
    return sa.exists(sa.select(Reminder.id).where(*conditions))
