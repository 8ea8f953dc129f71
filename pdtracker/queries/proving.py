"""Whether the records still say what the audit trail says that was done: ledger, certificates and their news."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from pdtracker.db import DistrictSession
from pdtracker.domain.certificate import NotASnapshot, Snapshot
from pdtracker.models.certificates import Certificate, CertificateNews, CertificateStatus
from pdtracker.models.claims import ClaimStep
from pdtracker.models.credit import Award, EntryKind
from pdtracker.models.records import AuditEntry

_BATCH = 500


def contradictions(session: DistrictSession) -> Iterator[str]:
    """Each record of the district that its audit trail or its signed facts contradict, as a sentence's beginning.

    The trail itself is proved by `audit.first_break`; what it tells is taken as true here. Five statements.
    """
    yield from _in_the_ledger(session)
    yield from _on_certificates(session)
    yield from _in_the_news(session)


def _in_the_ledger(session: DistrictSession) -> Iterator[str]:
    told = {
        facts["step"]: (facts["minutes"], facts["category"])
        for facts in session.scalars(sa.select(AuditEntry.facts).where(AuditEntry.action == "claim.approved"))
    }
    given: dict[int, int] = {}
    rows = session.execute(
        sa.select(
            Award.claim_id,
            Award.step_id,
            Award.entry,
            Award.category,
            Award.minutes,
            ClaimStep.granted_minutes,
        )
        .join(ClaimStep, sa.and_(ClaimStep.district_id == Award.district_id, ClaimStep.id == Award.step_id))
        .order_by(Award.id)
    ).yield_per(_BATCH)
    for row in rows:
        given[row.claim_id] = given.get(row.claim_id, 0) + row.minutes
        if row.entry is EntryKind.CREDIT and told.pop(row.step_id, None) != (row.minutes, row.category.value):
            yield f"the ledger's entry for decision {row.step_id} is not what was decided"
        elif row.entry is EntryKind.CREDIT and row.granted_minutes != row.minutes:
            yield f"decision {row.step_id} granted other minutes than its entry holds"
    yield from (f"decision {step_id} has lost its entry in the ledger" for step_id in told)
    yield from (f"claim {claim_id} has less than no credit" for claim_id, sum_ in given.items() if sum_ < 0)


def _on_certificates(session: DistrictSession) -> Iterator[str]:
    rows = session.execute(
        sa.select(
            Certificate.serial,
            Certificate.code,
            Certificate.holder_name,
            Certificate.title,
            Certificate.minutes,
            Certificate.kid,
            Certificate.snapshot,
        ).order_by(Certificate.id)
    ).yield_per(_BATCH)
    for row in rows:
        try:
            frozen = Snapshot.from_bytes(row.snapshot)
        except NotASnapshot:
            yield f"certificate {row.serial} holds no signed facts"
            continue
        shown = (row.serial, row.code, row.holder_name, row.title, row.minutes, row.kid)
        signed = (
            frozen.serial,
            frozen.code,
            frozen.holder.name,
            frozen.title,
            frozen.total_minutes,
            frozen.key,
        )
        if shown != signed:
            yield f"certificate {row.serial} is listed with other facts than it was signed with"


def _in_the_news(session: DistrictSession) -> Iterator[str]:
    said = set(
        session.scalars(
            sa.select(CertificateStatus.certificate_id).where(
                CertificateStatus.news == CertificateNews.REVOKED
            )
        )
    )
    told = set(
        session.scalars(sa.select(AuditEntry.subject_id).where(AuditEntry.action == "certificate.revoked"))
    )
    yield from (f"the revocation of certificate {number} was taken away" for number in sorted(told - said))
    yield from (f"the revocation of certificate {number} was never decided" for number in sorted(said - told))
