"""What a check-in does for a claim: it becomes evidence, and says from when to when somebody was there.

No action by itself: `claims` and `bundles` call it within their own, and `fresh_drafts` for many at once.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa

from pdtracker.actions.drafting import AttendedSpan, Proven
from pdtracker.domain.attendance import Flag, SessionHours, Stay, minutes_of
from pdtracker.domain.check_ins import Mark, Means
from pdtracker.domain.evidence import EvidenceKind
from pdtracker.models.bundles import ClaimPart
from pdtracker.models.check_ins import CheckIn, CheckInDesk
from pdtracker.models.claims import Claim, Evidence
from pdtracker.models.ids import new_id
from pdtracker.queries import check_ins
from pdtracker.queries.agendas import agenda_of
from pdtracker.queries.check_ins import Attendance
from pdtracker.scope import Scope

_CHECKED_IN = (EvidenceKind.CHECK_IN, EvidenceKind.CODE)
_DOUBTED = {Flag.END_ASSUMED, Flag.OUTSIDE}


def attach_check_ins(scope: Scope, claim: Claim, *, sets_times: bool) -> None:
    """Put what the claimant's check-ins at the claim's event show into the claim, as one piece of evidence.

    Of an end that nobody saw it shows the minutes that somebody did see, so that a reviewer is told. `sets_times` lets
    a new draft begin with its times, where none of them is assumed.
    """
    if claim.event_id is None or claim.follow_up is not None:
        return
    hours = _hours_of_session(scope, claim)
    at_event = check_ins.attendance_of(
        scope, claim.event_id, [claim.person_id], session_id=claim.session_id, within=hours
    )
    found = at_event.get(claim.person_id, ())
    if not bring_up_to_date(scope, claim, found, pieces_of(scope, [claim.id]).get(claim.id)):
        return
    if sets_times and found and not is_doubted(found):
        for name, value in span_of(found).columns.items():
            setattr(claim, name, value)


def _hours_of_session(scope: Scope, claim: Claim) -> SessionHours | None:
    """The hours of the claim's session as they were copied, with the event's breaks; nothing of a whole event."""
    starts_at, ends_at = claim.session_starts_at, claim.session_ends_at
    if claim.session_id is None or claim.event_id is None or starts_at is None or ends_at is None:
        return None
    breaks = agenda_of(scope, claim.event_id).breaks
    return SessionHours(
        starts_at, ends_at, claim.zone, tuple(Stay(one.starts_at, one.ends_at) for one in breaks)
    )


def attach_to_parts(scope: Scope, claim: Claim) -> None:
    """The same for each part of a bundle whose claimant checked in to its event."""
    parts = sa.select(ClaimPart.event_id).where(ClaimPart.claim_id == claim.id)
    checked_in_to = sa.select(CheckInDesk.event_id).where(
        CheckInDesk.event_id.in_(parts),
        sa.exists(
            sa.select(CheckIn.id).where(
                CheckIn.district_id == CheckInDesk.district_id,
                CheckIn.desk_id == CheckInDesk.id,
                CheckIn.person_id == claim.person_id,
            )
        ),
    )
    for event_id in scope.session.scalars(checked_in_to.distinct()).all():
        found = check_ins.attendance_of(scope, event_id, [claim.person_id]).get(claim.person_id, ())
        piece = pieces_of(scope, [claim.id], event_id).get(claim.id)
        bring_up_to_date(scope, claim, found, piece, of_part=event_id)


def pieces_of(scope: Scope, claim_ids: Collection[int], event_id: int | None = None) -> dict[int, Evidence]:
    """The piece in which each of these claims has its check-ins; of a bundle those at this event. One statement."""
    rows = scope.session.scalars(
        sa.select(Evidence)
        .where(
            Evidence.claim_id.in_(claim_ids),
            sa.or_(Evidence.event_id.is_(None), Evidence.event_id == event_id),
            Evidence.kind.in_(_CHECKED_IN),
            Evidence.removed_at.is_(None),
        )
        .order_by(Evidence.id.desc())
    )
    return {piece.claim_id: piece for piece in rows}


def bring_up_to_date(
    scope: Scope,
    claim: Claim,
    found: Sequence[Attendance],
    piece: Evidence | None,
    *,
    of_part: int | None = None,
) -> bool:
    """Let the claim's piece say what the log says now; gives whether it changed.

    Called again it is the same piece: people check out after they began to write. Where every line was struck it goes.
    `of_part` is the event of the part of a bundle that it shows.
    """
    if not found:
        if piece is not None:
            piece.removed_at = scope.at
            scope.record("evidence.removed", "claim", claim.id, evidence=piece.id, kind=piece.kind.value)
        return piece is not None
    proven = proven_by(found)
    told = (proven.kind, proven.words, proven.minutes)
    if piece is None:
        piece = Evidence(
            id=new_id(),
            claim_id=claim.id,
            event_id=of_part,
            kind=proven.kind,
            note=proven.words,
            minutes=proven.minutes,
            added_at=scope.at,
        )
        scope.session.add(piece)
    elif (piece.kind, piece.note, piece.minutes) == told:
        return False
    else:
        piece.kind, piece.note, piece.minutes = told
    scope.record(
        "evidence.recorded",
        "claim",
        claim.id,
        evidence=piece.id,
        kind=piece.kind.value,
        minutes=proven.minutes,
    )
    return True


def proven_by(found: Sequence[Attendance]) -> Proven:
    """What check-ins show, with the minutes that somebody saw."""
    minutes = sum(one.found.proven_minutes for one in found)
    return Proven(_kind(found), _words(found), minutes, {})


def span_of(found: Sequence[Attendance]) -> AttendedSpan:
    """From when to when somebody was there; where an end is assumed, the hours of what they checked in to."""
    hours = [one.desk.hours for one in found]
    first, last = min(each.starts_at for each in hours), max(each.ends_at for each in hours)
    if is_doubted(found):
        return AttendedSpan(first, last, sum(int(minutes_of(each.counted)) for each in hours))
    stays = [stay for one in found for stay in one.found.stays]
    return AttendedSpan(
        max(min(stay.joined_at for stay in stays), first),
        min(max(stay.left_at for stay in stays), last),
        sum(one.found.minutes for one in found),
    )


def is_doubted(found: Sequence[Attendance]) -> bool:
    """Whether an end is assumed, or something lies outside the hours: then nobody's times begin with it."""
    return any(_DOUBTED & set(one.found.flags) for one in found)


def _kind(found: Sequence[Attendance]) -> EvidenceKind:
    came = [sign for one in found for sign in one.found.signs if sign.mark is Mark.IN]
    only_codes = all(sign.means is Means.SHORT_CODE for sign in came)
    return EvidenceKind.CODE if only_codes and came else EvidenceKind.CHECK_IN


def _words(found: Sequence[Attendance]) -> str:
    if len(found) == 1:
        words = found[0].words
        return f"{words[:1].upper()}{words[1:]}."
    return " ".join(f"{one.desk.title}: {one.words}." for one in found)
