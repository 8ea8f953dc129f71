"""Licences for tests: the least valid one, credit for it, and what is signed about it."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

import sqlalchemy as sa

from pdtracker.actions.reviews import Wish, approve_claims
from pdtracker.domain.claim import ClaimState
from pdtracker.domain.kinds import CreditCategory
from pdtracker.domain.licence import FactAspect
from pdtracker.models.claims import ClaimCategory, ClaimFact
from pdtracker.models.events import Event
from pdtracker.models.ids import new_id
from pdtracker.models.licences import (
    AdoptedRegime,
    LicenceAdjustment,
    LicenceAttestation,
    ProviderApproval,
    RegimeLayer,
)
from pdtracker.scope import Scope
from tests.factories import AN_ISSUER, CYCLE, a_claim


def an_adjustment(signer: Scope, licence_id: int, **more: Any) -> None:
    """Five units more, signed today."""
    _add(
        signer,
        LicenceAdjustment(
            **{
                "licence_id": licence_id,
                "units": Fraction(5),
                "target": None,
                "ends_on": None,
                "reason": "Hours at another district",
                "signed_on": signer.today,
                **_signed_by(signer),
                **more,
            }
        ),
    )


def an_attestation(signer: Scope, licence_id: int, fact: str, **more: Any) -> None:
    """That a fact holds, signed today."""
    _add(
        signer,
        LicenceAttestation(
            **{
                "licence_id": licence_id,
                "fact": fact,
                "note": "",
                "signed_on": signer.today,
                **_signed_by(signer),
                **more,
            }
        ),
    )


def an_approval(scope: Scope, event_id: int, since: date, until: date | None = None, **more: Any) -> None:
    """That the host of an event is an approved provider in New York."""
    scope.session.rollback()
    organization_id = scope.session.scalar(sa.select(Event.organization_id).where(Event.id == event_id))
    _add(
        scope,
        ProviderApproval(
            **{
                "organization_id": organization_id,
                "regime": "new-york-ctle",
                "number": "2187",
                "approved_from": since,
                "approved_until": until,
                "created_at": scope.at,
                **more,
            }
        ),
    )


def a_layer(scope: Scope, rules: str, **more: Any) -> None:
    """What the district asks on top of New York's rules."""
    regime = more.get("regime", "new-york-ctle")
    _add(
        scope,
        RegimeLayer(
            **{
                "regime": regime,
                "edition": 1,
                "effective_from": CYCLE[0],
                "document": f'layer = "district"\nunder = "{regime}"\nname = "Maplewood"\n{rules}',
                "by_person_id": scope.me.id,
                "by_name": scope.me.name,
                "published_at": scope.at,
                **more,
            }
        ),
    )


def an_adoption(scope: Scope, regime: str = "new-york-ctle", **more: Any) -> None:
    """A regime whose licences the district's people hold."""
    _add(
        scope,
        AdoptedRegime(
            **{"regime": regime, "sponsor_number": "", "adopted_at": scope.at, "retired_at": None, **more}
        ),
    )


def a_credited_claim(teacher: Scope, reviewer: Scope, ended_at: datetime | None = None, **more: Any) -> int:
    """A claim of an hour, approved; it ended so long before now as no other of these did, if it doesn't say when."""
    claim_id = a_waiting_claim(teacher, ended_at, **more)
    approve_claims(reviewer, [Wish(claim_id, 1)], AN_ISSUER, key=secrets.token_hex(16))
    return claim_id


def a_waiting_claim(teacher: Scope, ended_at: datetime | None = None, **more: Any) -> int:
    """A claim of an hour that nobody has decided."""
    minutes = more.get("claimed_minutes", 60)
    end = ended_at or teacher.at - timedelta(hours=1)
    hour = {"starts_at": end - timedelta(minutes=minutes), "ends_at": end}
    return a_claim(teacher, ClaimState.SUBMITTED, **(hour | more))


def a_split(scope: Scope, claim_id: int, **minutes: int) -> None:
    """The minutes of a claim by category: `ell=15, pedagogy=45`."""
    _add(
        scope,
        *(
            ClaimCategory(claim_id=claim_id, category=CreditCategory(name), minutes=part)
            for name, part in minutes.items()
        ),
    )


def a_fact(scope: Scope, claim_id: int, aspect: FactAspect, word: str, **more: Any) -> None:
    """What was stated of a claim."""
    empty = {"minutes": None, "amount": None, "dated_on": None}
    _add(scope, ClaimFact(claim_id=claim_id, aspect=aspect, word=word, **(empty | more)))


def _signed_by(signer: Scope) -> dict[str, Any]:
    return {
        "id": new_id(),
        "by_person_id": signer.me.id,
        "by_name": signer.me.name,
        "by_title": signer.me.title,
        "signed_at": signer.at,
    }


def _add(scope: Scope, *rows: Any) -> None:
    with scope.session.writing():
        scope.session.add_all(rows)
