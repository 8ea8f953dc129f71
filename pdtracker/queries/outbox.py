"""The outbox as workers and administrators see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from pdtracker.db import DistrictSession
from pdtracker.models.districts import District
from pdtracker.models.records import MailState, OutboxMail
from pdtracker.scope import DistrictFacts, Scope


def districts(session: DistrictSession) -> tuple[DistrictFacts, ...]:
    """Every district of the installation, by name. One statement."""
    rows = session.execute(
        sa.select(
            District.id, District.slug, District.name, District.place, District.zone, District.sponsor_number
        ).order_by(District.name)
    )
    return tuple(DistrictFacts(*row) for row in rows)


def has_due_mail(scope: Scope) -> bool:
    """Whether a letter of the district is due. One statement, from the index of queued letters."""
    return bool(
        scope.session.scalar(
            sa.select(
                sa.exists(
                    sa.select(OutboxMail.id).where(
                        OutboxMail.state
                        == sa.bindparam(
                            "queued", MailState.QUEUED, OutboxMail.state.type, literal_execute=True
                        ),
                        OutboxMail.not_before <= scope.at,
                    )
                )
            ).select_from(sa.select(sa.literal(1).label("one")).subquery())
        )
    )


@dataclass(frozen=True, slots=True)
class MailCounts:
    """How the outbox stands: letters that wait, and letters that were given up."""

    queued: int
    overdue: int
    failed: int


def mail_counts(scope: Scope, overdue_since: datetime) -> MailCounts:
    """How many letters wait, how many of them should have left before `overdue_since`, how many failed."""
    row = scope.session.execute(
        sa.select(
            sa.func.count().filter(OutboxMail.state == MailState.QUEUED),
            sa.func.count().filter(
                OutboxMail.state == MailState.QUEUED, OutboxMail.not_before < overdue_since
            ),
            sa.func.count().filter(OutboxMail.state == MailState.FAILED),
        ).select_from(OutboxMail)
    ).one()
    return MailCounts(*row)
