"""What the forms of licensing bodies state of a batch of claims: licences, provider numbers, words on activities."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from pdtracker.domain.licence import FactAspect
from pdtracker.domain.state_forms import ActivityWords, HeldLicence
from pdtracker.models.claims import Claim, ClaimFact, StruckFact
from pdtracker.models.events import Event
from pdtracker.models.licences import AdoptedRegime, Licence
from pdtracker.scope import Scope


@dataclass(frozen=True, slots=True)
class _Fact:
    id: int
    aspect: FactAspect
    word: str


@dataclass(frozen=True, slots=True)
class FormFacts:
    """Licences by person, the district's numbers by regime, calendar entries and stated facts by claim."""

    licences: Mapping[int, tuple[HeldLicence, ...]]
    numbers: Mapping[str, str]
    summaries: Mapping[int, str]
    facts: Mapping[int, list[_Fact]]

    def words(self, claim_id: int, struck: Collection[int]) -> ActivityWords:
        """What was said of the claim's activity, without the facts that its approval strikes."""
        standing = [fact for fact in self.facts.get(claim_id, ()) if fact.id not in struck]
        topics = [fact.word for fact in standing if fact.aspect is FactAspect.TOPIC]
        return ActivityWords(
            topics[0] if topics else "",
            self.summaries.get(claim_id, ""),
            frozenset(fact.word for fact in standing if fact.aspect is FactAspect.EVIDENCE),
        )


def form_facts(scope: Scope, claim_ids: Collection[int], person_ids: Collection[int]) -> FormFacts:
    """What forms need of these claims and their people. Four statements."""
    return FormFacts(_licences(scope, person_ids), _numbers(scope), *_told(scope, claim_ids))


def _licences(scope: Scope, person_ids: Collection[int]) -> dict[int, tuple[HeldLicence, ...]]:
    rows = scope.session.execute(
        sa.select(Licence.person_id, Licence.regime, Licence.starts_on, Licence.ends_on)
        .where(Licence.person_id.in_(person_ids), Licence.closed_at.is_(None))
        .order_by(Licence.starts_on, Licence.id)
    )
    found: dict[int, list[HeldLicence]] = defaultdict(list)
    for row in rows:
        found[row.person_id].append(HeldLicence(row.regime, row.starts_on, row.ends_on))
    return {person_id: tuple(held) for person_id, held in found.items()}


def _numbers(scope: Scope) -> dict[str, str]:
    rows = scope.session.execute(
        sa.select(AdoptedRegime.regime, AdoptedRegime.sponsor_number).where(
            AdoptedRegime.retired_at.is_(None)
        )
    )
    return {row.regime: row.sponsor_number for row in rows}


def _told(scope: Scope, claim_ids: Collection[int]) -> tuple[dict[int, str], dict[int, list[_Fact]]]:
    told = scope.session.execute(
        sa.select(Claim.id, Event.summary)
        .join(Event, Event.id == Claim.event_id)
        .where(Claim.id.in_(claim_ids))
    )
    summaries = {row.id: row.summary for row in told}
    stated = scope.session.execute(
        sa.select(ClaimFact.id, ClaimFact.claim_id, ClaimFact.aspect, ClaimFact.word)
        .outerjoin(
            StruckFact,
            sa.and_(StruckFact.district_id == ClaimFact.district_id, StruckFact.fact_id == ClaimFact.id),
        )
        .where(
            ClaimFact.claim_id.in_(claim_ids),
            ClaimFact.aspect.in_((FactAspect.TOPIC, FactAspect.EVIDENCE)),
            StruckFact.id.is_(None),
        )
        .order_by(ClaimFact.id)
    )
    facts: dict[int, list[_Fact]] = defaultdict(list)
    for row in stated:
        facts[row.claim_id].append(_Fact(row.id, row.aspect, row.word))
    return summaries, facts
