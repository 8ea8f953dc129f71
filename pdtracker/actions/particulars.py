"""How the parts of a claim are kept: its split over categories, its log of days, its facts for licences.

No action by itself: `claims` calls it within its own.
"""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from pdtracker.domain.log import LogDay
from pdtracker.domain.split import Split, main_category, split_fault
from pdtracker.domain.stated import StatedFact
from pdtracker.models.claims import Claim, ClaimCategory, ClaimDay, ClaimFact
from pdtracker.models.ids import new_id
from pdtracker.queries import details
from pdtracker.scope import Scope


def keep_split(scope: Scope, claim: Claim, split: Split) -> None:
    """Let the claim be split so, in its minutes; one category alone becomes the claim's own."""
    if split == details.split_of_claim(scope, claim.id):
        return
    claim.category = main_category(split, claim.category)
    scope.session.execute(sa.delete(ClaimCategory).where(ClaimCategory.claim_id == claim.id))
    if len(split) > 1:
        scope.session.insert_rows(
            ClaimCategory,
            [
                {"id": new_id(), "claim_id": claim.id, "category": category, "minutes": minutes}
                for category, minutes in split
            ],
        )


def split_of_minutes_fault(split: Split, minutes: int | None) -> str:
    """Why a claim of so many minutes can't be split so; empty when it can. Without minutes nothing is split."""
    if minutes is None:
        return "Add a session first: then its hours can be of several categories." if split else ""
    return split_fault(split, minutes)


def keep_log(scope: Scope, claim: Claim, days: Sequence[LogDay]) -> None:
    """Let the claim have this log."""
    scope.session.execute(sa.delete(ClaimDay).where(ClaimDay.claim_id == claim.id))
    if days:
        scope.session.insert_rows(
            ClaimDay,
            [
                {"id": new_id(), "claim_id": claim.id, "spent_on": day.on, "minutes": day.minutes}
                for day in days
            ],
        )


def keep_facts(scope: Scope, claim: Claim, facts: Sequence[StatedFact]) -> None:
    """Let the claim state these facts."""
    scope.session.execute(sa.delete(ClaimFact).where(ClaimFact.claim_id == claim.id))
    if facts:
        scope.session.insert_rows(
            ClaimFact,
            [
                {
                    "id": new_id(),
                    "claim_id": claim.id,
                    "aspect": fact.aspect,
                    "word": fact.word,
                    "regime": fact.regime,
                    "minutes": fact.minutes,
                    "amount": fact.amount,
                    "dated_on": fact.dated_on,
                }
                for fact in facts
            ],
        )
