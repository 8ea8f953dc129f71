"""Whether something may be said of a certificate, and what a successor may be built from: only what is proved."""

from __future__ import annotations

from typing import Final

from pdtracker.domain.certificate import Snapshot
from pdtracker.domain.claim import Step
from pdtracker.domain.refusals import NotHere, NotNow, NotPermitted
from pdtracker.queries.certificates import Issued
from pdtracker.queries.reviewing import require_reviewable, responsibility, standing_credit
from pdtracker.queries.summaries import claims_of_parts
from pdtracker.queries.verification import sound_snapshot
from pdtracker.scope import Scope

_UNSOUND: Final = (
    "Our record of this certificate doesn\N{RIGHT SINGLE QUOTATION MARK}t fit its signature, so it can"
    "\N{RIGHT SINGLE QUOTATION MARK}t be issued again. Ask whoever runs the server to look at it."
)
_OTHER_CREDIT: Final = (
    "The credit that stands for this session isn\N{RIGHT SINGLE QUOTATION MARK}t what this certificate says,"
    " so it can\N{RIGHT SINGLE QUOTATION MARK}t be issued again. Ask whoever runs the server to look at it."
)


def require_responsible(scope: Scope, issued: Issued) -> None:
    """Refuse to revoke or reissue what one couldn't take back: one's own, and what other schools decide.

    Of a summary it is one's own that one leaves to others. One statement. Raises NotPermitted.
    """
    if issued.claim_id is None:
        if issued.person_id == scope.me.id:
            raise NotPermitted("own_claim", "Nobody does this with their own certificate.")
        return
    claim = responsibility(scope, issued.claim_id)
    if claim is None:
        raise NotHere
    require_reviewable(scope, claim, Step.REVERSE)


def is_responsible(scope: Scope, issued: Issued) -> bool:
    """Whether they may. One statement."""
    try:
        require_responsible(scope, issued)
    except NotPermitted:
        return False
    return True


def proved_snapshot(scope: Scope, issued: Issued) -> Snapshot:
    """The facts that may be signed once more: their signature fits, and the ledger holds the same minutes.

    One statement, two of a summary. Raises NotNow with a sentence.
    """
    snapshot = sound_snapshot(issued)
    if snapshot is None:
        raise NotNow("not_sound", _UNSOUND)
    claims = claims_of_parts(scope, issued.id) if issued.claim_id is None else [issued.claim_id]
    standing = standing_credit(scope, claims)
    if snapshot.total_minutes != sum(credit.minutes for credit in standing):
        raise NotNow("other_credit", _OTHER_CREDIT)
    return snapshot
