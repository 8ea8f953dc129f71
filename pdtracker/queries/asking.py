"""What the licences that somebody holds ask about an activity, and what they called their topics before."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from pdtracker.domain.licence import FactAspect
from pdtracker.domain.regimes.cycles import Cycle
from pdtracker.domain.regimes.facts import Facts, Person
from pdtracker.domain.regimes.shelf import shelf
from pdtracker.domain.regimes.versions import governing
from pdtracker.domain.stated import AskedWord, asked_words, fact_words
from pdtracker.domain.when import local
from pdtracker.models.claims import Claim, ClaimFact
from pdtracker.models.licences import Licence
from pdtracker.queries import details
from pdtracker.queries.claims import ClaimRow
from pdtracker.scope import Scope

_SUGGESTIONS = 20


def asked_of(scope: Scope, person_id: int, on: date) -> tuple[AskedWord, ...]:
    """What the person's open licences ask about an activity of this day; nothing without any. One statement."""
    rows = scope.session.execute(
        sa.select(Licence.regime, Licence.starts_on, Licence.ends_on)
        .where(
            Licence.person_id == person_id,
            Licence.closed_at.is_(None),
            Licence.starts_on <= on,
            Licence.ends_on >= on,
        )
        .order_by(Licence.starts_on, Licence.id)
    )
    versions = []
    for row in rows:
        if row.regime in shelf():
            facts = Facts(cycle=Cycle(row.starts_on, row.ends_on), person=Person(), as_of=on, activities=())
            versions.append(governing(shelf()[row.regime], facts, on))
    return asked_words(versions)


def told_facts(scope: Scope, claim: ClaimRow) -> tuple[tuple[str, str], ...]:
    """What the claim states for licences, in words, each with why an approval left it out. Two statements at most.

    The caller has found the claim readable.
    """
    stated = details.facts_of(scope, claim.id)
    if not stated:
        return ()
    on = local(claim.starts_at or scope.at, scope.district.zone).date()
    asked = asked_of(scope, claim.person_id, on)
    return tuple((fact_words(row.fact, asked), row.struck) for row in stated)


def earlier_topics(scope: Scope, person_id: int) -> tuple[str, ...]:
    """The topics of the person's claims, as they wrote them, by name. One statement."""
    topics = (
        sa.select(ClaimFact.word)
        .join(Claim, sa.and_(Claim.district_id == ClaimFact.district_id, Claim.id == ClaimFact.claim_id))
        .where(Claim.person_id == person_id, ClaimFact.aspect == FactAspect.TOPIC)
        .distinct()
        .order_by(ClaimFact.word)
        .limit(_SUGGESTIONS)
    )
    return tuple(scope.session.scalars(topics))
