"""What a certificate states that sums up others: only what they state, added up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from pdtracker.domain.certificate import (
    AppliedPolicy,
    Approval,
    CertifiedCategory,
    CreditUnit,
    Snapshot,
)
from pdtracker.domain.certified_sessions import CertifiedSession
from pdtracker.domain.certified_summaries import CertifiedSummary, SummedCertificate
from pdtracker.domain.summary import Span, SummaryKind
from pdtracker.domain.telling import all_of, count_of

_HOUR: Final = CreditUnit("hour", "hours", 60)


def summary_of(span: Span, parts: Sequence[Snapshot]) -> Snapshot:
    """The newest of these certificates, stating what all of them state; it has no number of its own yet.

    What counted together is one session with what was credited for it, so that all of it adds up.
    """
    newest = max(parts, key=lambda part: (part.approval.on, part.issued_at))
    units = {part.unit for part in parts}
    return Snapshot(
        template=newest.template,
        serial=newest.serial,
        code=newest.code,
        issued_at=newest.issued_at,
        issued_on=newest.issued_on,
        district=newest.district,
        holder=newest.holder,
        title=span.title,
        programme=span.name if span.kind is SummaryKind.PROGRAMME else None,
        theme=None,
        sessions=tuple(session for part in parts for session in _sessions(part)),
        categories=_categories(parts),
        unit=units.pop() if len(units) == 1 else _HOUR,
        policy=_policy(parts),
        reflection=_reflection(parts),
        approval=_approval(parts, newest),
        verify_address=newest.verify_address,
        key=newest.key,
        retention=newest.retention,
        summary=CertifiedSummary(
            span.kind,
            span.first_on,
            span.last_on,
            tuple(SummedCertificate(part.serial, part.code, part.total_minutes) for part in parts),
        ),
    )


def _sessions(part: Snapshot) -> tuple[CertifiedSession, ...]:
    if not part.counts_together:
        return part.sessions
    first = min(part.sessions, key=lambda session: session.starts_at)
    together = replace(
        first,
        title=part.title,
        host=all_of(_each_once(session.host for session in part.sessions)),
        ends_at=max(session.ends_at for session in part.sessions),
        attendance=f"{count_of(len(part.sessions), 'session', 'sessions').capitalize()} that count together, reviewed",
        minutes=tuple((category.name, category.minutes) for category in part.categories),
        attended_minutes=None,
    )
    return (together,)


def _categories(parts: Sequence[Snapshot]) -> tuple[CertifiedCategory, ...]:
    minutes: dict[str, int] = {}
    short: dict[str, str] = {}
    for part in parts:
        for category in part.categories:
            minutes[category.name] = minutes.get(category.name, 0) + category.minutes
            short[category.name] = category.short
    return tuple(CertifiedCategory(name, short[name], total) for name, total in minutes.items())


def _policy(parts: Sequence[Snapshot]) -> AppliedPolicy:
    return AppliedPolicy(
        all_of(_each_once(part.policy.name for part in parts)),
        all_of(_each_once(part.policy.edition for part in parts)),
    )


def _reflection(parts: Sequence[Snapshot]) -> str | None:
    written = sum(part.reflection is not None for part in parts)
    return f"Written reflections on {written:,} of {len(parts):,} activities, reviewed" if written else None


def _approval(parts: Sequence[Snapshot], newest: Snapshot) -> Approval:
    roles = _each_once(part.approval.role for part in parts)
    return Approval(
        all_of(_each_once(part.approval.name for part in parts)),
        roles[0] if len(roles) == 1 else "Reviewers",
        newest.approval.on,
    )


def _each_once(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
