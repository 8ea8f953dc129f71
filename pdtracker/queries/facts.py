"""Facts for rules, gathered for a whole batch in a number of statements that doesn't grow with it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa

from pdtracker.domain.credit import CreditPolicy, policy_for
from pdtracker.domain.evidence import EvidenceKind
from pdtracker.domain.kinds import EventKind
from pdtracker.models.claims import Evidence
from pdtracker.models.credit import Award
from pdtracker.models.districts import CreditPolicy as CreditPolicyRow
from pdtracker.scope import Scope


@dataclass(frozen=True, slots=True)
class PolicyEdition:
    """A policy with the id of its row, which an award names."""

    id: int
    policy: CreditPolicy


def policies(scope: Scope) -> tuple[PolicyEdition, ...]:
    """Every edition of the district's credit policy. One statement."""
    rows = scope.session.execute(sa.select(CreditPolicyRow.id, CreditPolicyRow.document))
    return tuple(PolicyEdition(row.id, CreditPolicy.from_document(row.document)) for row in rows)


def edition_for(editions: Iterable[PolicyEdition], on: date) -> PolicyEdition:
    """The edition in force on a day; refuses with `NotNow` when there is none."""
    known = {id(edition.policy): edition for edition in editions}
    return known[id(policy_for((edition.policy for edition in known.values()), on))]


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
    rows = scope.session.execute(
        sa.select(Award.person_id, Award.activity_on, Award.kind, sa.func.sum(Award.minutes).label("minutes"))
        .where(Award.person_id.in_(person_ids), Award.activity_on.between(since, until))
        .group_by(Award.person_id, Award.activity_on, Award.kind)
    )
    for row in rows:
        found.add(row.person_id, row.activity_on, row.kind, int(row.minutes))
    return found


def evidence_kinds(scope: Scope, claim_ids: Collection[int]) -> Mapping[int, frozenset[EvidenceKind]]:
    """Which forms of evidence each claim has; a claim without any is missing. One statement."""
    kinds: dict[int, set[EvidenceKind]] = defaultdict(set)
    rows = scope.session.execute(
        sa.select(Evidence.claim_id, Evidence.kind)
        .where(Evidence.claim_id.in_(claim_ids), Evidence.removed_at.is_(None))
        .distinct()
    )
    for row in rows:
        kinds[row.claim_id].add(row.kind)
    return {claim_id: frozenset(found) for claim_id, found in kinds.items()}
