"""The one statement that reads waiting claims with everything that the checks look at beside them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from pdtracker.domain.attendance_import import ImportState
from pdtracker.domain.claim import AGAINST_STATES, LIVE_STATES, ClaimState
from pdtracker.domain.evidence import EvidenceKind
from pdtracker.domain.matching import Standing
from pdtracker.models.base import DayAfter, DayBefore
from pdtracker.models.claims import Claim, Evidence
from pdtracker.models.credit import Award
from pdtracker.models.districts import School
from pdtracker.models.imports import AttendanceImport, AttendanceLine
from pdtracker.models.people import Person
from pdtracker.queries.claims import logged_minutes
from pdtracker.queries.policy_steps import is_sampled

BITS: Final = {kind: 1 << place for place, kind in enumerate(EvidenceKind)}
"""A bit for each form of evidence: so one sum tells all that a claim has."""


def _with_facts(claim: type[Claim]) -> sa.Select[*tuple[Any, ...]]:
    """Claims with the facts that the checks need, the longest waiting first."""
    other, same = aliased(Claim), aliased(Claim)
    author = aliased(Person)
    standing = (
        sa.select(sa.cast(sa.func.sum(Award.minutes), sa.BigInteger))
        .where(Award.claim_id == other.id)
        .correlate(other)
        .scalar_subquery()
    )
    mine, theirs = aliased(Evidence), aliased(Evidence)
    same_link = sa.exists(
        sa.select(mine.id)
        .join(theirs, sa.and_(theirs.district_id == mine.district_id, theirs.link == mine.link))
        .where(
            mine.claim_id == claim.id,
            mine.removed_at.is_(None),
            theirs.claim_id == other.id,
            theirs.removed_at.is_(None),
        )
        .correlate(claim, other)
    )
    twin = aliased(Claim)
    first_twin = (
        sa.select(twin.id)
        .where(
            twin.reflection_digest == claim.reflection_digest,
            twin.id != claim.id,
            # To deny the one copy must not clear the other.
            twin.state.in_(sorted(LIVE_STATES | AGAINST_STATES)),
        )
        .order_by(twin.id)
        .limit(1)
        .correlate(claim)
        .scalar_subquery()
    )
    shown_by = (
        sa.select(sa.cast(sa.func.sum(sa.distinct(sa.case(BITS, value=Evidence.kind))), sa.BigInteger))
        .where(Evidence.claim_id == claim.id, Evidence.removed_at.is_(None))
        .correlate(claim)
        .scalar_subquery()
    )
    recorded = (
        sa.select(sa.func.max(Evidence.minutes))
        .where(Evidence.claim_id == claim.id, Evidence.removed_at.is_(None))
        .correlate(claim)
        .scalar_subquery()
    )
    report = aliased(AttendanceImport)
    counts_without_them = (
        sa.select(report.format)
        .where(
            _counts_for(report, claim),
            claim.follow_up.is_(None),
            ~_is_in_a_report(claim),
        )
        .order_by(report.id.desc())
        .limit(1)
        .correlate(claim)
        .scalar_subquery()
    )
    return (
        sa.select(
            claim.id,
            claim.event_id,
            claim.version,
            claim.state,
            claim.person_id,
            Person.name.label("person_name"),
            School.name.label("school_name"),
            claim.title,
            claim.host,
            claim.kind,
            claim.category,
            claim.starts_at,
            claim.ends_at,
            claim.zone,
            claim.claimed_minutes,
            claim.session_starts_at,
            claim.session_ends_at,
            claim.break_minutes,
            claim.longer_reason,
            sa.func.coalesce(claim.application_minutes, 0).label("application_minutes"),
            claim.is_recording,
            logged_minutes(claim).label("logged_minutes"),
            claim.reflection_words,
            claim.repeated_answers,
            claim.waiting_since,
            claim.follow_up,
            claim.follow_up_percent,
            claim.is_bundle,
            shown_by.label("shown_by"),
            recorded.label("recorded_minutes"),
            counts_without_them.label("missing_from"),
            is_sampled(claim).label("is_sampled"),
            other.id.label("other_id"),
            other.is_bundle.label("other_is_bundle"),
            other.title.label("other_title"),
            other.starts_at.label("other_starts_at"),
            other.ends_at.label("other_ends_at"),
            other.kind.label("other_kind"),
            other.state.label("other_state"),
            sa.case((other.state == ClaimState.CREDITED, standing), else_=other.claimed_minutes).label(
                "other_minutes"
            ),
            same_link.label("other_same_link"),
            same.id.label("same_id"),
            same.title.label("same_title"),
            same.person_id.label("same_person_id"),
            same.state.label("same_state"),
            author.name.label("same_author"),
        )
        .join(Person, sa.and_(Person.district_id == claim.district_id, Person.id == claim.person_id))
        .outerjoin(School, sa.and_(School.district_id == claim.district_id, School.id == claim.school_id))
        .outerjoin(
            other,
            sa.and_(
                other.district_id == claim.district_id,
                other.person_id == claim.person_id,
                other.id != claim.id,
                other.follow_up.is_(None),
                other.state.in_(sorted(LIVE_STATES)),
                other.starts_at < DayAfter(claim.ends_at),
                other.ends_at > DayBefore(claim.starts_at),
            ),
        )
        .outerjoin(same, sa.and_(same.district_id == claim.district_id, same.id == first_twin))
        .outerjoin(author, sa.and_(author.district_id == same.district_id, author.id == same.person_id))
        .order_by(claim.waiting_since, claim.id, other.starts_at, other.id)
    )


def _is_in_a_report(claim: type[Claim]) -> sa.Exists:
    """Whether the person is in a report that counts of what they claim."""
    line, report = aliased(AttendanceLine), aliased(AttendanceImport)
    return sa.exists(
        sa.select(line.id)
        .join(report, sa.and_(report.district_id == line.district_id, report.id == line.import_id))
        .where(
            line.person_id == claim.person_id,
            line.standing == Standing.MATCHED,
            _counts_for(report, claim),
        )
        .correlate(claim)
    )


def _counts_for(report: type[AttendanceImport], claim: type[Claim]) -> sa.ColumnElement[bool]:
    """Whether a report counts of what is claimed: of a session its own, or one of the whole event."""
    return sa.and_(
        report.event_id == claim.event_id,
        report.state == ImportState.COMMITTED,
        sa.or_(
            claim.session_id.is_(None), report.session_id.is_(None), report.session_id == claim.session_id
        ),
    )


# Made once: to put this statement together takes longer than to run it.
_CLAIM = aliased(Claim)
_FACTS = _with_facts(_CLAIM)


@lru_cache(maxsize=128)
def facts_of(page: sa.Select[int]) -> sa.Select[*tuple[Any, ...]]:
    """The claims of a page, a select of their ids, each once for every other claim near it."""
    return _FACTS.where(_CLAIM.id.in_(page))
