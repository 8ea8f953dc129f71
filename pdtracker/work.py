"""Jobs carried out: taken under a lease, one part after the other, laid down after a while for what else is due.

A part is done in one transaction with what the job says of it. Whoever kills a worker loses the part in its hands and
nothing else: after the lease another worker goes on where the job stands.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from pdtracker.actions.bulk import decide_part, undo_part
from pdtracker.actions.issuing import Issuer
from pdtracker.actions.jobs import end_job
from pdtracker.actions.leases import LeaseLost, Taken, postpone_job, refuse_part, rest_job, take_job
from pdtracker.blobs import BlobStore
from pdtracker.collecting import Ended, Hand, collect
from pdtracker.db import Database, DistrictSession
from pdtracker.domain.job import MOST_ATTEMPTS, JobKind, JobStep
from pdtracker.domain.refusals import NotPermitted, Refusal
from pdtracker.packing import pack
from pdtracker.queries.jobs import ItemRow, due_jobs, is_cancel_asked, next_item, tally
from pdtracker.queries.outbox import districts
from pdtracker.queries.people import member
from pdtracker.scope import DistrictFacts, Scope

SLICE = timedelta(seconds=2)
"""So long a worker stays with a job before it looks for letters and for more urgent jobs."""

_FAULT = "Something went wrong with this one, and it was left as it is. Open it to decide it by itself."

logger = logging.getLogger("pdtracker.work")


@dataclass(frozen=True, slots=True)
class Shop:
    """What a worker works with: the database, what certificates need, the files, its name, the clock, when to stop."""

    database: Database
    issuer: Issuer
    store: BlobStore
    owner: str
    clock: Callable[[], datetime]
    is_stopping: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Run:
    """A job in hand."""

    shop: Shop
    session: DistrictSession
    district: DistrictFacts
    taken: Taken

    def scope(self) -> Scope:
        """Who asked for the job, with the roles that they have now. Raises NotPermitted for who has left."""
        found = member(self.session, self.taken.by_person_id or 0)
        if found is None or found.left_at is not None:
            raise NotPermitted("left", "Who asked for this is nobody of the district any more.")
        return Scope(
            self.session,
            self.district,
            self.shop.clock(),
            found.person,
            found.roles,
            found.review_school_ids,
        )

    def house(self) -> Scope:
        """The house itself, in this district."""
        return Scope(self.session, self.district, self.shop.clock())


def carry_on(shop: Shop) -> bool:
    """Work for a while on the most urgent job that is due, of any district; whether there was one."""
    with shop.database.session(None, installation=True) as doors:
        waiting = due_jobs(doors, shop.clock())
        known = {district.id: district for district in districts(doors)} if waiting else {}
    for one in waiting:
        with shop.database.session(one.district_id) as session:
            taken = take_job(session, one.id, owner=shop.owner, at=shop.clock())
            if taken is not None:
                _work(Run(shop, session, known[one.district_id], taken))
                return True
    return False


def _work(run: Run) -> None:
    """Bring a job further. What it meets that isn't of one part alone lets it wait, and ends it at last."""
    try:
        if run.taken.attempts > MOST_ATTEMPTS:
            _end(run, JobStep.GIVE_UP, "It was begun again and again, and each time its worker died over it.")
        elif run.taken.kind in _FILES:
            _make_file(run)
        else:
            _work_off(run)
    except LeaseLost:
        logger.warning("another worker has the job", extra={"job": run.taken.id})
    except NotPermitted as refusal:
        _end(run, JobStep.FAIL, refusal.sentence)
    except Exception as error:
        logger.exception("a job stumbled", extra={"job": run.taken.id})
        why = f"{type(error).__name__}: {error}"
        if run.taken.attempts >= MOST_ATTEMPTS:
            _end(run, JobStep.GIVE_UP, why)
        else:
            postpone_job(run.session, run.taken, run.shop.clock(), why)


def _work_off(run: Run) -> None:
    until = run.shop.clock() + SLICE
    while not is_cancel_asked(run.session, run.taken.id):
        item = next_item(run.session, run.taken.id)
        if item is None:
            _end(run, JobStep.FINISH, "")
            return
        _do_part(run, item)
        if run.shop.is_stopping() or run.shop.clock() >= until:
            rest_job(run.session, run.taken.id, run.taken.owner, run.shop.clock())
            return
    _end(run, JobStep.CANCEL, "")


def _make_file(run: Run) -> None:
    """Make a file in one go, some parts at a time: half of one can't be laid down for another worker."""
    shop = run.shop
    hand = Hand(run.taken, run.scope, shop.store, shop.clock, shop.is_stopping)
    match _FILES[run.taken.kind](hand):
        case Ended.WHOLE:
            _end(run, JobStep.FINISH, "")
        case Ended.CANCELLED:
            _end(run, JobStep.CANCEL, "")
        case Ended.STOPPED:
            rest_job(run.session, run.taken.id, run.taken.owner, shop.clock())


def _do_part(run: Run, item: ItemRow) -> None:
    """Do one part; what is wrong with it is told in the report, and the others go on."""
    try:
        _PARTS[run.taken.kind](run, item)
    except (LeaseLost, NotPermitted, sa.exc.DBAPIError):
        raise
    except Refusal as refusal:
        _refuse(run, item, refusal.code, refusal.sentence)
    except Exception:
        logger.exception("a part of a job failed", extra={"job": run.taken.id, "part": item.id})
        _refuse(run, item, "fault", _FAULT)


def _refuse(run: Run, item: ItemRow, code: str, sentence: str) -> None:
    refuse_part(
        run.session,
        run.taken.id,
        run.taken.owner,
        item.id,
        run.shop.clock(),
        code=code,
        sentence=sentence,
    )


def _end(run: Run, step: JobStep, error: str) -> None:
    found = tally(run.session, run.taken.id)
    report = {
        "done": found.done,
        "minutes": found.minutes,
        "refused": found.refused,
        "waiting": found.waiting,
    }
    end_job(run.house(), run.taken.id, run.taken.owner, step, error=error, report=report)


def _decide(run: Run, item: ItemRow) -> None:
    decide_part(run.scope(), run.taken, item, run.shop.issuer)


def _undo(run: Run, item: ItemRow) -> None:
    undo_part(run.scope(), run.taken, item)


_PARTS: Mapping[JobKind, Callable[[Run, ItemRow], None]] = {
    JobKind.DECIDE_CLAIMS: _decide,
    JobKind.UNDO_DECISIONS: _undo,
}

_FILES: Mapping[JobKind, Callable[[Hand], Ended]] = {
    JobKind.COLLECT_CERTIFICATES: collect,
    JobKind.AUDIT_PACK: pack,
}
