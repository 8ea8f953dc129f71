"""One claim with everything that a reviewer has to know to decide it, gathered once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

import sqlalchemy as sa

from pdtracker.domain.claim import ClaimState, review_refusal
from pdtracker.domain.evidence import rank
from pdtracker.domain.log import LogDay
from pdtracker.domain.refusals import NotHere
from pdtracker.domain.split import Split
from pdtracker.domain.stated import AskedWord
from pdtracker.domain.when import instant, local
from pdtracker.models.claims import Claim
from pdtracker.models.credit import Award
from pdtracker.queries import (
    asking,
    automatic,
    bundles,
    checking,
    claims,
    details,
    evidence,
    follow_ups,
    histories,
    previewing,
    reflections,
    stand_ins,
    turns,
)
from pdtracker.queries.automatic import LookRow
from pdtracker.queries.bundles import PartRow, hosted_by
from pdtracker.queries.claims import ClaimRow
from pdtracker.queries.details import FactRow
from pdtracker.queries.evidence import EvidenceRow
from pdtracker.queries.follow_ups import Original
from pdtracker.queries.histories import ClaimCertificate, ClaimCredit, StepRow
from pdtracker.queries.previewing import Preview
from pdtracker.queries.reflections import AnswerRow
from pdtracker.queries.review_filters import Place, QueueFilter
from pdtracker.queries.reviews import (
    InQueue,
    in_queue,
)
from pdtracker.queries.standing import Standing, standing
from pdtracker.queries.standing import waiting as waiting_of
from pdtracker.scope import Scope

RECENT_CLAIMS = 5
_DECIDED_STATES = (ClaimState.CREDITED, ClaimState.DENIED, ClaimState.REVERSED)
_SENT_STATES = (ClaimState.SUBMITTED, ClaimState.RETURNED, *_DECIDED_STATES)


@dataclass(frozen=True, slots=True)
class RecentClaim:
    """An earlier claim of the same person, decided; `minutes` is what it is worth today."""

    id: int
    title: str
    state: ClaimState
    decided_at: datetime
    minutes: int


@dataclass(frozen=True, slots=True)
class Record:
    """The claimant's year: where they stand, their claims by state, and the last that were decided."""

    standing: Standing | None
    counts: Mapping[ClaimState, int]
    recent: tuple[RecentClaim, ...]


@dataclass(frozen=True, slots=True)
class Dossier:
    """A claim that somebody else sent, as it stands. `preview` and `queue` only while it waits.

    `is_my_turn`: its open review is the reader's, or that of who is away, whom `stands_in_for` names. `readers` can
    take it, by name. `look` is what automatic approval made of it.
    """

    claim: ClaimRow
    evidence: tuple[EvidenceRow, ...]
    answers: tuple[AnswerRow, ...]
    split: Split
    log: tuple[LogDay, ...]
    facts: tuple[FactRow, ...]
    asked: tuple[AskedWord, ...]
    steps: tuple[StepRow, ...]
    record: Record
    preview: Preview | None
    queue: InQueue | None
    credit: ClaimCredit | None
    certificate: ClaimCertificate | None
    original: Original | None
    parts: tuple[PartRow, ...]
    look: LookRow | None
    is_my_turn: bool
    stands_in_for: str
    readers: tuple[str, ...]

    @property
    def by_strength(self) -> tuple[EvidenceRow, ...]:
        """The evidence, the strongest first."""
        return tuple(sorted(self.evidence, key=lambda one: rank(one.kind, one.minutes)))


def dossier(scope: Scope, claim_id: int, chosen: QueueFilter, page: Place | None = None) -> Dossier:
    """The claim for its reviewer; the queue's filter and the page that it was opened from say what comes next.

    Raises NotHere for what one may not read, NotPermitted for one's own and those of events that one hosts.
    """
    claim = claims.claim(scope, claim_id)
    if refusal := review_refusal(scope.me.id, claim.person_id, _hosts(scope, claim)):
        raise refusal
    waits = claim.state is ClaimState.SUBMITTED
    stated = details.facts_of(scope, claim_id)
    on = local(claim.starts_at or scope.at, scope.district.zone).date()
    queue = in_queue(scope, chosen, page, Place(claim.waiting_since, claim.id)) if waits else None
    is_my_turn, away = stand_ins.turn_with(scope, claim_id) if waits else (False, "")
    return Dossier(
        claim=claim,
        evidence=evidence.evidence(scope, claim_id),
        answers=reflections.answers(scope, claim_id),
        split=details.split_of_claim(scope, claim_id),
        log=details.log_of(scope, claim_id) if claim.logged_minutes else (),
        facts=stated,
        asked=asking.asked_of(scope, claim.person_id, on) if stated else (),
        steps=histories.steps(scope, claim_id),
        record=_record(scope, claim),
        preview=_preview(scope, claim_id, queue) if waits else None,
        queue=queue,
        credit=None if waits else histories.credit_of(scope, claim_id),
        certificate=None if waits else histories.certificate_of(scope, claim_id),
        original=follow_ups.original_of(scope, claim_id) if claim.follow_up else None,
        parts=bundles.parts_of(scope, claim_id) if claim.is_bundle else (),
        look=automatic.look_of(scope, claim_id),
        is_my_turn=is_my_turn,
        stands_in_for=away,
        readers=_readers(scope, claim) if waits and not is_my_turn else (),
    )


def may_open(scope: Scope, claim_id: int) -> bool:
    """Whether the claim has a page on this desk: one finding leads to another claim. Two statements at most."""
    try:
        claim = claims.claim(scope, claim_id)
    except NotHere:
        return False
    return review_refusal(scope.me.id, claim.person_id, _hosts(scope, claim)) is None


def _hosts(scope: Scope, claim: ClaimRow) -> tuple[int, ...]:
    """The acting person, if they host the claim's event, or that of one of its parts."""
    if claim.event_id is None and not claim.is_bundle:
        return ()
    hosted = sa.select(Claim.id).where(Claim.id == claim.id, hosted_by(scope.me.id))
    return () if scope.session.scalar(hosted) is None else (scope.me.id,)


def _readers(scope: Scope, claim: ClaimRow) -> tuple[str, ...]:
    endorsed = turns.endorsers(scope, [claim.id] if claim.route.turn > 1 else []).get(claim.id, ())
    names = histories.reviewer_names(scope, claim.person_id)
    return turns.readers(names, claim.school_id, claim.route, endorsed)


def _preview(scope: Scope, claim_id: int, queue: InQueue | None) -> Preview | None:
    found = [queue.row] if queue else checking.checked(scope, _WAITING, {"claim": claim_id})
    return next(iter(previewing.previews(scope, found)), None)


def _record(scope: Scope, claim: ClaimRow) -> Record:
    """The claimant's school year of the activity, by the district's clock."""
    on = local(claim.starts_at or scope.at, scope.district.zone).date()
    stands = standing(scope, claim.person_id, waiting_of(scope, claim.person_id), on)
    return Record(stands, _counts(scope, claim.person_id, stands), _recent(scope, claim))


def _counts(scope: Scope, person_id: int, stands: Standing | None) -> Mapping[ClaimState, int]:
    """The person's claims by state: those of the school year, or of all time where no policy names one."""
    counted = sa.select(Claim.state, sa.func.count().label("claims")).where(
        Claim.person_id == person_id, Claim.state.in_(_SENT_STATES)
    )
    if stands is not None:
        first, last = stands.year
        zone = scope.district.zone
        counted = counted.where(
            Claim.starts_at >= instant(datetime.combine(first, time()), zone),
            Claim.starts_at < instant(datetime.combine(last + timedelta(days=1), time()), zone),
        )
    rows = scope.session.execute(counted.group_by(Claim.state))
    return {row.state: row.claims for row in rows}


def _recent(scope: Scope, claim: ClaimRow) -> tuple[RecentClaim, ...]:
    worth = (
        sa.select(sa.func.coalesce(sa.func.sum(Award.minutes), 0))
        .where(Award.claim_id == Claim.id)
        .correlate(Claim)
        .scalar_subquery()
    )
    rows = scope.session.execute(
        sa.select(Claim.id, Claim.title, Claim.state, Claim.decided_at, worth.label("minutes"))
        .where(
            Claim.person_id == claim.person_id,
            Claim.state.in_(_DECIDED_STATES),
            Claim.id != claim.id,
        )
        .order_by(Claim.decided_at.desc(), Claim.id.desc())
        .limit(RECENT_CLAIMS)
    )
    return tuple(RecentClaim(row.id, row.title, row.state, row.decided_at, int(row.minutes)) for row in rows)


_WAITING = sa.select(Claim.id).where(Claim.id == sa.bindparam("claim"), Claim.state == ClaimState.SUBMITTED)
