"""How a draft begins: an empty claim of the acting person, with the district's questions as they are asked today.

No action by itself: `claims` and `bundles` call it within theirs.
"""

from __future__ import annotations

from pdtracker.domain.claim import ClaimState
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.models.claims import Claim, ReflectionAnswer
from pdtracker.models.ids import new_id
from pdtracker.queries import reflections
from pdtracker.scope import Scope


def draft(
    scope: Scope, *, title: str, host: str, kind: EventKind, category: CreditCategory, link: str, zone: str
) -> Claim:
    """A claim of one's own that says what it is about and nothing else yet; not stored."""
    return Claim(
        id=new_id(),
        person_id=scope.me.id,
        school_id=scope.me.school_id,
        state=ClaimState.DRAFT,
        version=1,
        title=title,
        host=host,
        kind=kind,
        category=category,
        link=link or None,
        zone=zone,
        longer_reason="",
        reflection_words=0,
        created_at=scope.at,
        updated_at=scope.at,
        waiting_since=scope.at,
    )


def keep_draft(scope: Scope, claim: Claim, **facts: object) -> int:
    """Store the draft with the district's questions as they are asked today; gives its id."""
    scope.session.add(claim)
    scope.session.flush()  # the answers point at the claim
    scope.session.add_all(
        ReflectionAnswer(
            claim_id=claim.id,
            position=number,
            question=prompt.question,
            answer="",
            version=1,
            saved_at=scope.at,
        )
        for number, prompt in enumerate(reflections.prompts(scope), start=1)
    )
    scope.record("claim.begun", "claim", claim.id, **facts)
    return claim.id
