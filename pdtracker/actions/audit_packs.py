"""Audit packs asked for, kept for who asked when they are whole, and each time that one leaves the house."""

from __future__ import annotations

from pdtracker.actions.jobs import Part, enqueue
from pdtracker.actions.leases import Taken, hold
from pdtracker.blobs import Blob
from pdtracker.domain.access import Permission
from pdtracker.domain.audit_pack import MEDIA_TYPE, MOST_CLAIMS, PackOf, PackSubject
from pdtracker.domain.collecting import KEPT
from pdtracker.domain.job import JobKind
from pdtracker.domain.refusals import NotHere, NotNow
from pdtracker.models.ids import new_id
from pdtracker.models.jobs import JobFile
from pdtracker.queries.audit_packs import pack_claims, pack_subject
from pdtracker.queries.jobs import own_job
from pdtracker.scope import Scope, action


@action(Permission.SEE_AUDIT)
def ask_pack(scope: Scope, of: PackOf, subject_id: int, *, key: str) -> int:
    """Ask for everything about an event or a person as one file; gives the job's id.

    The same `key` again is the same job. Raises NotHere, and NotNow for more claims than go into one pack.
    """
    subject = pack_subject(scope, of, subject_id)
    found = pack_claims(scope, subject, MOST_CLAIMS + 1)
    if len(found) > MOST_CLAIMS:
        raise NotNow(
            "too_many", f"There are more than {MOST_CLAIMS:,} claims. Ask for single people instead."
        )
    payload = {"of": of.value, "id": subject_id, "words": subject.words}
    parts = [Part(one.id, 0, one.person_name, one.title) for one in found]
    return enqueue(scope, JobKind.AUDIT_PACK, parts, key=f"{scope.me.id}:{key}", payload=payload)


@action(Permission.SEE_AUDIT)
def keep_pack(scope: Scope, taken: Taken, subject: PackSubject, blob: Blob, claims: int) -> None:
    """Keep the file for who asked for it. Raises LeaseLost where the job is another worker's by now."""
    hold(scope.session, taken.id, taken.owner, scope.at)
    scope.session.add(
        JobFile(
            id=new_id(),
            job_id=taken.id,
            name=subject.file_name(f"{scope.today:%Y-%m-%d}"),
            media_type=MEDIA_TYPE,
            sha256=blob.sha256,
            size_bytes=blob.size_bytes,
            made_at=scope.at,
            expires_at=scope.at + KEPT,
        )
    )
    scope.record("audit_pack.made", subject.of.value, subject.id, claims=claims, sha256=blob.sha256)


@action(Permission.SEE_AUDIT)
def note_written(scope: Scope, subject: PackSubject, claims: int, sha256: str) -> None:
    """Note that an operator wrote a pack to a file of their own."""
    scope.record("audit_pack.made", subject.of.value, subject.id, claims=claims, sha256=sha256)


@action(Permission.SEE_AUDIT)
def note_fetched(scope: Scope, job_id: int) -> None:
    """Note that somebody was given their pack. Raises NotHere for a job that isn't theirs."""
    job = own_job(scope, job_id, JobKind.AUDIT_PACK)
    if "of" not in job.payload:
        raise NotHere
    scope.record("audit_pack.fetched", str(job.payload["of"]), int(job.payload["id"]))
