"""What a check-in does for a claim: it becomes evidence, and says from when to when somebody was there.

No action by itself: `claims` calls it within its own.
"""

from __future__ import annotations

import sqlalchemy as sa

from pdtracker.domain.attendance import Flag
from pdtracker.domain.check_ins import Mark, Means
from pdtracker.domain.evidence import EvidenceKind
from pdtracker.models.claims import Claim, Evidence
from pdtracker.models.ids import new_id
from pdtracker.queries import check_ins
from pdtracker.queries.check_ins import Attendance
from pdtracker.scope import Scope

_CHECKED_IN = (EvidenceKind.CHECK_IN, EvidenceKind.CODE)


def attach_check_ins(scope: Scope, claim: Claim, *, sets_times: bool) -> None:
    """Put what the claimant's check-ins at the claim's event show into the claim, as one piece of evidence.

    Of an end that nobody saw it shows the minutes that somebody did see, so that a reviewer is told. `sets_times` lets
    a new draft begin with its times, where none of them is assumed. Called again it is the same piece, brought up to
    date: people check out after they began to write.
    """
    if claim.event_id is None or claim.follow_up is not None:
        return
    found = check_ins.attendance_of(scope, claim.event_id, [claim.person_id]).get(claim.person_id, ())
    if not found:
        return
    minutes = sum(one.found.proven_minutes for one in found)
    told = {"kind": _kind(found), "note": _words(found), "minutes": minutes}
    piece = scope.session.scalars(
        sa.select(Evidence)
        .where(Evidence.claim_id == claim.id, Evidence.kind.in_(_CHECKED_IN), Evidence.removed_at.is_(None))
        .order_by(Evidence.id)
        .limit(1)
    ).one_or_none()
    if piece is None:
        piece = Evidence(id=new_id(), claim_id=claim.id, added_at=scope.at, **told)
        scope.session.add(piece)
    elif (piece.kind, piece.note, piece.minutes) == tuple(told.values()):
        return
    else:
        piece.kind, piece.note, piece.minutes = _kind(found), _words(found), minutes
    scope.record(
        "evidence.recorded", "claim", claim.id, evidence=piece.id, kind=piece.kind.value, minutes=minutes
    )
    if sets_times and not any({Flag.END_ASSUMED, Flag.OUTSIDE} & set(one.found.flags) for one in found):
        _set_times(claim, found)


def _set_times(claim: Claim, found: tuple[Attendance, ...]) -> None:
    hours = [one.desk.hours for one in found]
    stays = [stay for one in found for stay in one.found.stays]
    claim.starts_at = max(min(stay.joined_at for stay in stays), min(each.starts_at for each in hours))
    claim.ends_at = min(max(stay.left_at for stay in stays), max(each.ends_at for each in hours))
    claim.claimed_minutes = sum(one.found.minutes for one in found)


def _kind(found: tuple[Attendance, ...]) -> EvidenceKind:
    came = [sign for one in found for sign in one.found.signs if sign.mark is Mark.IN]
    only_codes = all(sign.means is Means.SHORT_CODE for sign in came)
    return EvidenceKind.CODE if only_codes and came else EvidenceKind.CHECK_IN


def _words(found: tuple[Attendance, ...]) -> str:
    if len(found) == 1:
        words = found[0].words
        return f"{words[:1].upper()}{words[1:]}."
    return " ".join(f"{one.desk.title}: {one.words}." for one in found)
