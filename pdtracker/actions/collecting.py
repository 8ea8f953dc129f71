"""Certificates asked for as one file, its parts as they go through, and the file when it is whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from pdtracker.actions.jobs import Part, enqueue
from pdtracker.actions.leases import Taken, hold
from pdtracker.blobs import Blob
from pdtracker.db import DistrictSession
from pdtracker.domain.access import Permission
from pdtracker.domain.collecting import KEPT, MOST_AT_ONCE, Collection, Form
from pdtracker.domain.job import ItemState, JobKind
from pdtracker.domain.refusals import NotValid, Refusal
from pdtracker.models.ids import new_id
from pdtracker.models.jobs import Job, JobFile, JobItem
from pdtracker.queries.collecting import named, to_collect
from pdtracker.scope import Scope, action


@action(Permission.COLLECT_CERTIFICATES)
def ask_collection(scope: Scope, collection: Collection, form: Form, *, key: str) -> int:
    """Ask for the certificates of a filter as one file; gives the job's id.

    The same `key` and form again is the same job. Those that stand now are in it. Raises NotValid when there are none,
    or too many.
    """
    asked = named(scope, collection)
    found = to_collect(scope, asked, MOST_AT_ONCE + 1)
    if not found:
        raise NotValid(
            {"school": "No certificate is in this. Choose another school, programme or other days."}
        )
    if len(found) > MOST_AT_ONCE:
        raise NotValid({"first": f"There are more than {MOST_AT_ONCE:,}. Choose a school, or fewer days."})
    payload: Mapping[str, Any] = {"form": form.value, "words": asked.words(), **asked.facts()}
    parts = [Part(one.id, 0, one.holder, one.title) for one in found]
    return enqueue(
        scope, JobKind.COLLECT_CERTIFICATES, parts, key=f"{scope.me.id}:{form.value}:{key}", payload=payload
    )


def begin_again(session: DistrictSession, taken: Taken, at: datetime) -> None:
    """Every part waits, whatever another worker did of a file that was never whole. Raises LeaseLost."""
    with session.writing():
        hold(session, taken.id, taken.owner, at)
        session.execute(sa.update(Job).where(Job.id == taken.id).values(done=0))
        session.execute(
            sa.update(JobItem)
            .where(JobItem.job_id == taken.id)
            .values(state=ItemState.WAITING, minutes=0, code="", sentence="")
        )


def note_parts(
    session: DistrictSession,
    taken: Taken,
    at: datetime,
    drawn: Sequence[int],
    refused: Mapping[int, Refusal],
) -> None:
    """What became of some parts, by their ids. Raises LeaseLost where the job is another worker's by now."""
    with session.writing():
        hold(session, taken.id, taken.owner, at, parts=len(drawn) + len(refused))
        session.execute(sa.update(JobItem).where(JobItem.id.in_(drawn)).values(state=ItemState.DONE))
        for item_id, refusal in refused.items():
            session.execute(
                sa.update(JobItem)
                .where(JobItem.id == item_id)
                .values(state=ItemState.REFUSED, code=refusal.code, sentence=refusal.sentence)
            )


@action(Permission.COLLECT_CERTIFICATES)
def keep_collection(scope: Scope, taken: Taken, blob: Blob, drawn: int, refused: int) -> None:
    """Keep the file for who asked for it. Raises LeaseLost where the job is another worker's by now."""
    hold(scope.session, taken.id, taken.owner, scope.at)
    form = Form(taken.payload["form"])
    scope.session.add(
        JobFile(
            id=new_id(),
            job_id=taken.id,
            name=f"certificates-{scope.at:%Y-%m-%d}.{form.ending}",
            media_type=form.media_type,
            sha256=blob.sha256,
            size_bytes=blob.size_bytes,
            made_at=scope.at,
            expires_at=scope.at + KEPT,
        )
    )
    told = {name: taken.payload[name] for name in ("school", "programme", "from", "to")}
    scope.record(
        "certificate.collected",
        "job",
        taken.id,
        form=form.value,
        certificates=drawn,
        left_out=refused,
        chosen={name: words for name, words in told.items() if words},
    )
