"""Rules of equivalence for tests: an edition for Maplewood that counts applying, recordings and logs."""

from __future__ import annotations

from typing import Any

from pdtracker.domain.credit import CreditPolicy
from pdtracker.domain.equivalence import ApplicationRule, RecordingRule
from pdtracker.domain.kinds import EventKind
from pdtracker.models.districts import CreditPolicy as CreditPolicyRow
from tests.factories import NOW, Cast
from tests.waiting import FIRST_SESSION_AT

LIVE = (EventKind.WEBINAR, EventKind.HASHTAG_CHAT)


def publish(cast: Cast, **rules: Any) -> CreditPolicy:
    """An edition of the district's rules in force from the first session on."""
    policy = CreditPolicy(
        **{
            "name": "Connected",
            "edition": "2",
            "effective_from": FIRST_SESSION_AT.date(),
            "application": ApplicationRule(kinds=LIVE),
            "recordings": RecordingRule(kinds=LIVE, summary_words=20),
            "logged_kinds": (EventKind.BOOK_CLUB,),
            **rules,
        }
    )
    scope = cast.operator()
    with scope.session.writing():
        scope.session.add(
            CreditPolicyRow(
                name=policy.name, edition=policy.edition, document=policy.to_document(), created_at=NOW
            )
        )
    return policy
