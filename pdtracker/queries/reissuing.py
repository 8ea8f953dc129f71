"""Whether something may be said of a certificate, and what a successor may be built from: only what is proved."""

from __future__ import annotations

from typing import Final

from pdtracker.domain.certificate import Snapshot
from pdtracker.domain.claim import Step
from pdtracker.domain.refusals import NotHere, NotNow, NotPermitted
from pdtracker.queries.certificates import Issued
from pdtracker.queries.reviewing import require_reviewable, responsibility, standing_credit
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

    One statement. Raises NotPermitted.
    """
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

    One statement. Raises NotNow with a sentence.
    """
    snapshot = sound_snapshot(issued)
    if snapshot is None:
        raise NotNow("not_sound", _UNSOUND)
    standing = standing_credit(scope, [issued.claim_id])
    if snapshot.total_minutes != sum(credit.minutes for credit in standing):
        raise NotNow("other_credit", _OTHER_CREDIT)
    return snapshot
