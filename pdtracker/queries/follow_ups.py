"""Follow-ups: what of one's credited claims can be answered now, what it would bring, and the original behind it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from pdtracker.domain.claim import ClaimState
from pdtracker.domain.follow_up import FollowShare, rule_for
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.licence import FollowUpKind
from pdtracker.domain.refusals import NotHere
from pdtracker.domain.telling import session_text
from pdtracker.models.claims import Claim, FollowUp
from pdtracker.models.credit import Award, EntryKind
from pdtracker.models.people import Person
from pdtracker.queries import facts, reflections
from pdtracker.queries.facts import PolicyEdition
from pdtracker.queries.reflections import AnswerRow
from pdtracker.scope import Scope


@dataclass(frozen=True, slots=True)
class FollowUpRow:
    """One follow-up of a claim of one's own. `answer_id` is the claim that answers it, once there is one.

    `minutes` are those of the original learning: what was attended, as its credit stands today. `step_minutes` are
    those of the policy of the day on which it can be answered, today or later.
    """

    id: int
    kind: FollowUpKind
    due_on: date
    closes_on: date
    percent: int
    answer_id: int | None
    claim_id: int
    state: ClaimState
    title: str
    host: str
    event_kind: EventKind
    starts_at: datetime
    ends_at: datetime
    zone: str
    minutes: int
    step_minutes: int

    @property
    def when(self) -> str:
        """When the original was."""
        return session_text(self.starts_at, self.ends_at, self.zone, is_live=self.event_kind.is_live)

    @property
    def share(self) -> FollowShare:
        """What an answer counts for."""
        return FollowShare(self.kind, self.percent)

    @property
    def worth(self) -> str:
        """What an answer is worth."""
        return self.share.worth(self.minutes, self.step_minutes)

    @property
    def is_standing(self) -> bool:
        """Whether the credit that it follows stands."""
        return self.state is ClaimState.CREDITED

    def is_open(self, today: date) -> bool:
        """Whether it can be answered today."""
        return self.is_standing and self.due_on <= today <= self.closes_on


@dataclass(frozen=True, slots=True)
class Original:
    """The claim that another one follows, as whoever answers or decides that one reads it."""

    id: int
    title: str
    host: str
    when: str
    minutes: int
    closes_on: date
    is_standing: bool
    answers: tuple[AnswerRow, ...]


@dataclass(frozen=True, slots=True)
class ToAsk:
    """A follow-up whose day has come, and whom to ask."""

    id: int
    kind: FollowUpKind
    closes_on: date
    title: str
    starts_at: datetime
    person_id: int
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class HeldTime:
    """When a session was, and in which zone that is told."""

    starts_at: datetime
    ends_at: datetime
    zone: str


@dataclass(frozen=True, slots=True)
class CategoryMinutes:
    """What of the original learning was of one category."""

    category: CreditCategory
    minutes: int


def open_follow_ups(scope: Scope, editions: Collection[PolicyEdition]) -> tuple[FollowUpRow, ...]:
    """One's own follow-ups that can be answered today and that no claim answers yet, the first to close first.

    `editions` are those of the district's policy. One statement.
    """
    today = scope.today
    rows = scope.session.execute(
        _select_follow_ups()
        .where(
            FollowUp.person_id == scope.me.id,
            FollowUp.due_on <= today,
            FollowUp.closes_on >= today,
            FollowUp.follow_claim_id.is_(None),
            Claim.state == ClaimState.CREDITED,
        )
        .order_by(FollowUp.closes_on, FollowUp.id)
    )
    return tuple(_row(scope, row, editions) for row in rows)


def follow_up(scope: Scope, follow_up_id: int) -> FollowUpRow:
    """A follow-up of a claim of one's own. Raises NotHere. Two statements."""
    row = scope.session.execute(
        _select_follow_ups().where(FollowUp.id == follow_up_id, FollowUp.person_id == scope.me.id)
    ).one_or_none()
    if row is None:
        raise NotHere
    return _row(scope, row, facts.policies(scope))


def of_claim(scope: Scope, claim_id: int) -> tuple[FollowUpRow, ...]:
    """What a claim of one's own can still bring, in the order of the days. One statement, two if there is anything."""
    rows = scope.session.execute(
        _select_follow_ups()
        .where(FollowUp.claim_id == claim_id, FollowUp.person_id == scope.me.id)
        .order_by(FollowUp.due_on, FollowUp.id)
    ).all()
    editions = facts.policies(scope) if rows else ()
    return tuple(_row(scope, row, editions) for row in rows)


def to_answer(scope: Scope, follow_up_id: int) -> FollowUp:
    """The same as an entity, locked until the transaction ends. Raises NotHere."""
    found = scope.session.scalar(
        sa.select(FollowUp)
        .where(FollowUp.id == follow_up_id, FollowUp.person_id == scope.me.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotHere
    return found


def original_of(scope: Scope, claim_id: int) -> Original | None:
    """What a claim follows, for whoever may read that one; `None` for one that follows nothing. Two statements."""
    row = scope.session.execute(
        _select_follow_ups().where(FollowUp.follow_claim_id == claim_id)
    ).one_or_none()
    if row is None:
        return None
    found = _row(scope, row, ())
    return Original(
        found.claim_id,
        found.title,
        found.host,
        found.when,
        found.minutes,
        found.closes_on,
        found.is_standing,
        reflections.answers(scope, found.claim_id),
    )


def questions_for(scope: Scope, found: FollowUpRow) -> tuple[str, ...]:
    """What is asked: by the policy under which the original was credited. Two statements."""
    policy_id = scope.session.scalar(
        sa.select(Award.policy_id)
        .where(Award.claim_id == found.claim_id, Award.entry == EntryKind.CREDIT)
        .order_by(Award.id.desc())
        .limit(1)
    )
    rules = [
        rule
        for edition in facts.policies(scope)
        if edition.id == policy_id
        for rule in (rule_for(edition.policy.follow_ups, found.kind),)
        if rule is not None
    ]
    return rules[0].asked if rules else ()


def minutes_by_category(scope: Scope, claim_id: int) -> tuple[CategoryMinutes, ...]:
    """The minutes of the original learning in each category, the most first. One statement."""
    minutes = sa.func.sum(_LEARNED)
    rows = scope.session.execute(
        sa.select(Award.category, minutes.label("minutes"))
        .where(Award.claim_id == claim_id)
        .group_by(Award.category)
        .having(minutes > 0)
        .order_by(minutes.desc(), Award.category)
    )
    return tuple(CategoryMinutes(row.category, int(row.minutes)) for row in rows)


def to_ask(scope: Scope, limit: int) -> tuple[ToAsk, ...]:
    """Follow-ups whose day has come and that nobody was asked about, locked; another worker takes others.

    Left out is what somebody began to answer by themselves, and who has left. One statement.
    """
    today = scope.today
    rows = scope.session.execute(
        sa.select(
            FollowUp.id,
            FollowUp.kind,
            FollowUp.closes_on,
            Claim.title,
            Claim.starts_at,
            Person.id.label("person_id"),
            Person.name,
            Person.email,
        )
        .join(Claim, sa.and_(Claim.district_id == FollowUp.district_id, Claim.id == FollowUp.claim_id))
        .join(Person, sa.and_(Person.district_id == Claim.district_id, Person.id == Claim.person_id))
        .where(
            FollowUp.asked_at.is_(None),
            FollowUp.due_on <= today,
            FollowUp.closes_on >= today,
            FollowUp.follow_claim_id.is_(None),
            Claim.state == ClaimState.CREDITED,
            Person.left_at.is_(None),
        )
        .order_by(FollowUp.due_on, FollowUp.id)
        .limit(limit)
        .with_for_update(of=FollowUp, skip_locked=True)
    )
    return tuple(
        ToAsk(row.id, row.kind, row.closes_on, row.title, row.starts_at, row.person_id, row.name, row.email)
        for row in rows
        # What is credited has its time.
        if row.starts_at is not None
    )


def held_times(scope: Scope, answer_ids: Collection[int]) -> Mapping[int, HeldTime]:
    """When the sessions were that these claims follow, by the claims' ids. At most one statement."""
    if not answer_ids:
        return {}
    rows = scope.session.execute(
        sa.select(FollowUp.follow_claim_id, Claim.starts_at, Claim.ends_at, Claim.zone)
        .join(Claim, sa.and_(Claim.district_id == FollowUp.district_id, Claim.id == FollowUp.claim_id))
        .where(FollowUp.follow_claim_id.in_(answer_ids))
    )
    return {
        row.follow_claim_id: HeldTime(row.starts_at, row.ends_at, row.zone)
        for row in rows
        if row.follow_claim_id is not None and row.starts_at is not None and row.ends_at is not None
    }


def answering(scope: Scope, claim_ids: Collection[int]) -> tuple[Claim, ...]:
    """The claims that follow these, as entities, locked until the transaction ends, in the order of their ids."""
    following = sa.select(FollowUp.follow_claim_id).where(
        FollowUp.claim_id.in_(claim_ids), FollowUp.follow_claim_id.is_not(None)
    )
    return tuple(
        scope.session.scalars(
            sa.select(Claim)
            .where(Claim.id.in_(following))
            .order_by(Claim.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


# What was attended, before the district's own minimum, steps and caps; of old entries only what was credited is known.
_LEARNED = sa.func.coalesce(Award.instructional_minutes, Award.minutes)


def _row(scope: Scope, row: sa.Row[Any], editions: Collection[PolicyEdition]) -> FollowUpRow:
    told: list[Any] = [*row, facts.step_on(editions, max(scope.today, row.due_on))]
    return FollowUpRow(*told)


def _select_follow_ups() -> sa.Select[*tuple[Any, ...]]:
    """The columns of `FollowUpRow`, in its order."""
    award = aliased(Award)
    attended = sa.func.coalesce(award.instructional_minutes, award.minutes)
    learned = (
        sa.select(sa.cast(sa.func.coalesce(sa.func.sum(attended), 0), sa.BigInteger))
        .where(award.claim_id == Claim.id)
        .correlate(Claim)
        .scalar_subquery()
    )
    return sa.select(
        FollowUp.id,
        FollowUp.kind,
        FollowUp.due_on,
        FollowUp.closes_on,
        FollowUp.percent,
        FollowUp.follow_claim_id,
        Claim.id.label("claim_id"),
        Claim.state,
        Claim.title,
        Claim.host,
        Claim.kind.label("event_kind"),
        Claim.starts_at,
        Claim.ends_at,
        Claim.zone,
        learned.label("minutes"),
    ).join(Claim, sa.and_(Claim.district_id == FollowUp.district_id, Claim.id == FollowUp.claim_id))
