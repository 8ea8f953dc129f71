"""Whether the records still say what the audit trail says that was done: claims, ledger, certificates, their news."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from pdtracker.db import DistrictSession
from pdtracker.domain.certificate import NotASnapshot, Snapshot
from pdtracker.domain.claim import ClaimState
from pdtracker.domain.when import local
from pdtracker.models.bundles import ClaimPart
from pdtracker.models.certificates import (
    Certificate,
    CertificateCode,
    CertificateNews,
    CertificateStatus,
    SummaryPart,
)
from pdtracker.models.claims import Claim, ClaimStep
from pdtracker.models.credit import Award, EntryKind
from pdtracker.models.districts import District
from pdtracker.models.records import AuditEntry

# Any: columns that are read by their names.
_Entry = sa.Row[*tuple[Any, ...]]

_BATCH: Final = 500
_TOLD: Final = (
    "claim.approved",
    "decision.undone",
    "certificate.revoked",
    "certificate.reissued",
    "certificate.issued",
    "certificate.summed_up",
)
# Where a claim can no longer be changed, so that it still says what was credited.
_CREDITED: Final = frozenset({ClaimState.CREDITED, ClaimState.REVERSED})


@dataclass(slots=True)
class _Trail:
    """What the audit trail tells of credit: facts of approvals by step, certificates by serial, and their news."""

    approvals: dict[int, Mapping[str, Any]] = field(default_factory=dict)
    serials: set[str] = field(default_factory=set)
    undone: set[int] = field(default_factory=set)
    revoked: set[int] = field(default_factory=set)
    # Certificates that were issued after a revoked one, which they don't supersede.
    anew: set[int] = field(default_factory=set)
    # The superseded one's serial by its successor's id.
    reissued: dict[int, str] = field(default_factory=dict)


def contradictions(session: DistrictSession) -> Iterator[str]:
    """Each record of the district that its audit trail or its signed facts contradict, as a sentence's beginning.

    The trail itself is proved by `audit.first_break`; what it tells is taken as true here. Eight statements.
    """
    trail = _trail(session)
    yield from _on_claims(session)
    yield from _on_events(session)
    yield from _in_the_ledger(session, trail)
    yield from _on_certificates(session, trail)
    yield from _on_codes(session)
    yield from _in_the_news(session, trail)


def _trail(session: DistrictSession) -> _Trail:
    trail = _Trail()
    rows = session.execute(
        sa.select(AuditEntry.action, AuditEntry.subject_id, AuditEntry.facts)
        .where(AuditEntry.action.in_(_TOLD))
        .order_by(AuditEntry.seq)
    ).yield_per(_BATCH)
    for row in rows:
        match row.action:
            case "claim.approved":
                trail.approvals[row.facts.get("step")] = row.facts | {"claim": row.subject_id}
                trail.serials.add(row.facts.get("certificate"))
            case "decision.undone":
                trail.undone.add(row.facts.get("step"))
            case "certificate.revoked":
                trail.revoked.add(row.subject_id)
            case "certificate.issued":
                trail.anew.add(row.subject_id)
                trail.serials.add(row.facts.get("serial"))
            case "certificate.summed_up" if row.facts.get("supersedes") is None:
                trail.anew.add(row.subject_id)
                trail.serials.add(row.facts.get("serial"))
            case _:
                trail.reissued[row.subject_id] = row.facts.get("supersedes")
                trail.serials.add(row.facts.get("serial"))
    trail.serials.discard(None)
    return trail


def _on_claims(session: DistrictSession) -> Iterator[str]:
    last = (
        sa.select(ClaimStep.to_state)
        .where(ClaimStep.claim_id == Claim.id)
        .order_by(ClaimStep.id.desc())
        .limit(1)
        .correlate(Claim)
        .scalar_subquery()
    )
    moved = sa.or_(last != Claim.state, sa.and_(last.is_(None), Claim.state != ClaimState.DRAFT))
    rows = session.execute(sa.select(Claim.id, Claim.state).where(moved).order_by(Claim.id)).yield_per(_BATCH)
    yield from (f"claim {row.id} is {row.state.value}, but no step led it there" for row in rows)


def _on_events(session: DistrictSession) -> Iterator[str]:
    """Events, or sessions of one, that are credited twice to the same person: by claims, or as parts of bundles.

    Claims of different sessions stand beside each other; a claim of the whole event beside none of them.
    """
    own = sa.select(Claim.person_id, Claim.event_id, Claim.session_id, Claim.id.label("claim_id")).where(
        Claim.event_id.is_not(None), Claim.follow_up.is_(None), Claim.state == ClaimState.CREDITED
    )
    of_parts = (
        sa.select(
            ClaimPart.person_id,
            ClaimPart.event_id,
            sa.cast(sa.null(), sa.BigInteger).label("session_id"),
            ClaimPart.claim_id,
        )
        .join(Claim, sa.and_(Claim.district_id == ClaimPart.district_id, Claim.id == ClaimPart.claim_id))
        .where(ClaimPart.event_id.is_not(None), Claim.state == ClaimState.CREDITED)
    )
    held = sa.union_all(own, of_parts).subquery()
    first, last = sa.func.min(held.c.claim_id), sa.func.max(held.c.claim_id)
    twice = (
        sa.select(held.c.event_id, first.label("first"), last.label("last"))
        .group_by(held.c.person_id, held.c.event_id)
        .having(first < last, sa.func.count() > sa.func.count(sa.distinct(held.c.session_id)))
        .order_by(held.c.event_id, first)
    )
    rows = session.execute(twice).yield_per(_BATCH)
    yield from (
        f"event {row.event_id} is credited to one person in claim {row.first} and in claim {row.last}"
        for row in rows
    )


def _in_the_ledger(session: DistrictSession, trail: _Trail) -> Iterator[str]:
    zone = session.scalars(sa.select(District.zone).where(District.id == session.district_id)).one()
    lost = dict(trail.approvals)
    rows = session.execute(
        sa.select(
            Award.claim_id,
            Award.person_id,
            Award.step_id,
            Award.entry,
            Award.category,
            Award.kind,
            Award.minutes,
            Award.instructional_minutes,
            Award.activity_on,
            Award.policy_name,
            ClaimStep.granted_minutes,
            ClaimStep.claim_id.label("step_claim_id"),
            Claim.person_id.label("claimant_id"),
            Claim.state,
            Claim.kind.label("claim_kind"),
            Claim.starts_at,
        )
        .join(ClaimStep, sa.and_(ClaimStep.district_id == Award.district_id, ClaimStep.id == Award.step_id))
        .join(Claim, sa.and_(Claim.district_id == Award.district_id, Claim.id == Award.claim_id))
        .order_by(Award.claim_id, Award.id)
    ).yield_per(_BATCH)
    for claim_id, entries in groupby(rows, lambda row: int(row.claim_id)):
        sum_, given = 0, list[_Entry]()
        for step_id, each in groupby(entries, lambda row: int(row.step_id)):
            same_step = list(each)
            sum_ += sum(entry.minutes for entry in same_step)
            if any(entry.claimant_id != entry.person_id for entry in same_step) or any(
                entry.step_claim_id != claim_id for entry in same_step
            ):
                yield f"the ledger's entry for decision {step_id} belongs to somebody else's claim"
            if any(entry.entry is EntryKind.CREDIT for entry in same_step):
                given = same_step
                yield from _of_credit(given, lost.pop(step_id, None))
            elif not _takes_back(same_step, given):
                yield f"the ledger's entry for step {step_id} takes back what was never given"
        last = given[0] if given else None
        if last is not None and last.state in _CREDITED and _differs(last, zone):
            yield f"the ledger's entry for decision {last.step_id} is of another kind or day than its claim"
        if sum_ < 0:
            yield f"claim {claim_id} has less than no credit"
    yield from (f"decision {step_id} has lost its entry in the ledger" for step_id in lost)


def _takes_back(taken: Sequence[_Entry], given: Sequence[_Entry]) -> bool:
    """Whether entries bring all that was given to nothing; what was nothing may stay as it is."""
    back = {_what(entry): entry for entry in taken}
    for entry in given:
        other = back.pop(_what(entry), None)
        if other is None:
            if entry.minutes or entry.instructional_minutes:
                return False
        elif (other.minutes, other.instructional_minutes) != (
            -entry.minutes,
            None if entry.instructional_minutes is None else -entry.instructional_minutes,
        ):
            return False
    return not back


def _differs(given: _Entry, zone: str) -> bool:
    claimed = given.claim_kind, local(given.starts_at, zone).date()
    return (given.kind, given.activity_on) != claimed


def _of_credit(entries: Sequence[_Entry], told: Mapping[str, Any] | None) -> Iterator[str]:
    first, minutes = entries[0], sum(entry.minutes for entry in entries)
    shares = sorted([entry.category.value, entry.minutes, entry.instructional_minutes] for entry in entries)
    # What was decided before there were several categories tells its one.
    held = {"claim": first.claim_id, "minutes": minutes, "policy": first.policy_name}
    if told is not None and "shares" in told:
        held["shares"], told = shares, {**told, "shares": sorted(told["shares"])}
    elif len(entries) == 1:
        held["category"] = first.category.value
    if told is None or any(held[name] != told[name] for name in held.keys() & told.keys()):
        yield f"the ledger's entry for decision {first.step_id} is not what was decided"
    elif first.granted_minutes != minutes:
        yield f"decision {first.step_id} granted other minutes than its entry holds"


def _what(entry: _Entry) -> tuple[object, ...]:
    """What an entry and the one that takes it back have in common."""
    return entry.person_id, entry.category, entry.kind, entry.activity_on, entry.policy_name


def _on_certificates(session: DistrictSession, trail: _Trail) -> Iterator[str]:
    given = (
        sa.select(sa.func.sum(Award.minutes))
        .where(
            Award.step_id == Certificate.step_id,
            Award.claim_id == Certificate.claim_id,
            Award.person_id == Certificate.person_id,
            Award.entry == EntryKind.CREDIT,
        )
        .correlate(Certificate)
        .scalar_subquery()
    )
    part = aliased(Certificate)
    given_in_parts = (
        sa.select(sa.func.sum(Award.minutes))
        .join(part, sa.and_(part.district_id == Award.district_id, part.step_id == Award.step_id))
        .join(
            SummaryPart,
            sa.and_(SummaryPart.district_id == part.district_id, SummaryPart.certificate_id == part.id),
        )
        .where(
            SummaryPart.summary_id == Certificate.id,
            Award.person_id == Certificate.person_id,
            Award.entry == EntryKind.CREDIT,
        )
        .correlate(Certificate)
        .scalar_subquery()
    )
    code_leads_here = sa.exists(
        sa.select(CertificateCode.code).where(
            CertificateCode.code == Certificate.code,
            CertificateCode.serial == Certificate.serial,
            CertificateCode.certificate_id == Certificate.id,
        )
    )
    rows = session.execute(
        sa.select(
            Certificate.serial,
            Certificate.code,
            Certificate.holder_name,
            Certificate.title,
            Certificate.minutes,
            Certificate.kid,
            # As it is stored: whatever else somebody put there is told, not stumbled over.
            sa.type_coerce(Certificate.snapshot, sa.types.NullType()).label("frozen"),
            sa.func.coalesce(given, given_in_parts).label("given"),
            code_leads_here.label("is_found"),
        ).order_by(Certificate.id)
    ).yield_per(_BATCH)
    lost = set(trail.serials)
    for row in rows:
        if row.serial not in trail.serials:
            yield f"certificate {row.serial} was never decided"
        lost.discard(row.serial)
        if row.minutes != row.given:
            yield f"certificate {row.serial} is not of the credit that its decision gave"
        if not row.is_found:
            yield f"certificate {row.serial} has lost its code"
        try:
            frozen = Snapshot.from_bytes(row.frozen) if isinstance(row.frozen, bytes) else None
        except NotASnapshot:
            frozen = None
        if frozen is None:
            yield f"certificate {row.serial} holds no signed facts"
        elif _shown(row) != _signed(frozen):
            yield f"certificate {row.serial} is listed with other facts than it was signed with"
    yield from (f"certificate {serial} was issued and is gone" for serial in sorted(lost))


def _shown(row: sa.Row[*tuple[Any, ...]]) -> tuple[object, ...]:
    return row.serial, row.code, row.holder_name, row.title, row.minutes, row.kid


def _signed(frozen: Snapshot) -> tuple[object, ...]:
    return frozen.serial, frozen.code, frozen.holder.name, frozen.title, frozen.total_minutes, frozen.key


def _on_codes(session: DistrictSession) -> Iterator[str]:
    leads = sa.exists(
        sa.select(Certificate.id).where(
            Certificate.id == CertificateCode.certificate_id,
            Certificate.code == CertificateCode.code,
            Certificate.serial == CertificateCode.serial,
        )
    )
    codes = session.scalars(sa.select(CertificateCode.code).where(~leads).order_by(CertificateCode.code))
    yield from (f"code {code} leads to no certificate" for code in codes.yield_per(_BATCH))


def _in_the_news(session: DistrictSession, trail: _Trail) -> Iterator[str]:
    """What was said of certificates, against what the trail and their editions tell."""
    news = CertificateStatus
    rows = session.execute(
        sa.select(
            Certificate.id,
            Certificate.serial,
            Certificate.step_id,
            Certificate.edition,
            news.news,
            news.successor_id,
        )
        .outerjoin(
            news, sa.and_(news.district_id == Certificate.district_id, news.certificate_id == Certificate.id)
        )
        .order_by(Certificate.id)
    ).yield_per(_BATCH)
    revoked, replaced = set(trail.revoked), dict(trail.reissued)
    successors: set[int] = set()
    for row in rows:
        if row.edition > 1:
            successors.add(row.id)
        if row.step_id in trail.undone and row.news is None:
            yield f"the recall of certificate {row.serial} was taken away"
        match row.news:
            case CertificateNews.REVOKED if row.id in revoked:
                revoked.discard(row.id)
            case CertificateNews.REVOKED:
                yield f"the revocation of certificate {row.serial} was never decided"
            case CertificateNews.SUPERSEDED if replaced.get(row.successor_id) == row.serial:
                del replaced[row.successor_id]
            case CertificateNews.SUPERSEDED:
                yield f"certificate {row.serial} was never issued again, but is said to be"
            case CertificateNews.RECALLED if row.step_id not in trail.undone:
                yield f"the recall of certificate {row.serial} was never decided"
    yield from (f"the revocation of certificate {number} was taken away" for number in sorted(revoked))
    yield from (
        f"certificate {serial} was issued again, but isn't superseded" for serial in replaced.values()
    )
    yield from (
        f"certificate {number} took the place of one that nobody issued again"
        for number in sorted(successors - trail.reissued.keys() - trail.anew)
    )
