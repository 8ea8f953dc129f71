"""The later life of a certificate: revoked with a reason, issued again or anew after that. Never removed.

What sums up a certificate that is revoked here follows it, in the same transaction.
"""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from pdtracker.actions import posting
from pdtracker.actions.issuing import Issue, Issuer, Press, open_press, write_certificates
from pdtracker.actions.posting import Reader
from pdtracker.actions.summing_up import keep_summary, settle_after
from pdtracker.domain import letters
from pdtracker.domain.access import Permission
from pdtracker.domain.certificate import Holder, Snapshot, Template
from pdtracker.domain.claim import Step
from pdtracker.domain.refusals import NotHere, NotNow, NotValid
from pdtracker.domain.when import local
from pdtracker.models.certificates import Certificate, CertificateNews, CertificateStatus
from pdtracker.models.ids import new_id
from pdtracker.models.people import Person
from pdtracker.queries.certificates import certificate
from pdtracker.queries.reissuing import proved_snapshot, require_responsible
from pdtracker.queries.reviewing import require_reviewable, to_decide
from pdtracker.queries.summaries import summary_row
from pdtracker.scope import Scope, action


@action(Permission.REVOKE_CERTIFICATES)
def revoke_certificate(scope: Scope, serial: str, *, reason: str, issuer: Issuer) -> int:
    """Say that a certificate is no longer valid, with the reason; gives its id. Nobody does so with their own.

    The credit in the ledger stays: `reviews.reverse_credit` takes back both.
    """
    reason = _reasoned(reason)
    standing = _standing(scope, serial)
    if standing.claim_id is None or standing.step_id is None:
        return _revoke_summary(scope, standing, reason, issuer)
    claim = to_decide(scope, [standing.claim_id])[standing.claim_id]
    require_reviewable(scope, claim, Step.REVERSE)
    scope.session.add(_status(scope, standing.id, CertificateNews.REVOKED, reason))
    letter = letters.revoked_letter(
        posting.decided(scope, claim, issuer),
        standing.code,
        local(scope.at, scope.district.zone),
        reason,
    )
    posting.post(
        scope,
        claim,
        letter,
        key=f"revoked:{standing.id}",
        step_id=standing.step_id,
        not_before=scope.at,
    )
    scope.record("certificate.revoked", "certificate", standing.id, reason=reason)
    settle_after(scope, issuer, standing.person_id)
    return standing.id


@action(Permission.ISSUE_CERTIFICATES)
def reissue_certificate(scope: Scope, serial: str, *, reason: str, issuer: Issuer) -> str:
    """Issue a certificate again, under the holder's name of today; gives the successor's serial.

    The facts of the sessions and the approval stay as they were frozen; it looks as certificates do today. The old one
    says what took its place.
    Nobody reissues their own, and a reviewer only those of their schools. Raises NotNow for a record that doesn't fit
    its signature or the ledger: nothing is signed that isn't proved.
    """
    reason = _reasoned(reason)
    old = _standing(scope, serial)
    if old.claim_id is None or old.step_id is None:
        return _reissue_summary(scope, old, reason, issuer)
    claim = to_decide(scope, [old.claim_id])[old.claim_id]
    require_reviewable(scope, claim, Step.REVERSE)
    snapshot, successor_id = _superseding(scope, old, reason, issuer)
    letter = letters.reissued_letter(posting.decided(scope, claim, issuer), old.code, snapshot.code, reason)
    posting.post(
        scope, claim, letter, key=f"reissued:{successor_id}", step_id=old.step_id, not_before=scope.at
    )
    return snapshot.serial


@action(Permission.ISSUE_CERTIFICATES)
def issue_certificate(scope: Scope, claim_id: int, *, reason: str, issuer: Issuer) -> str:
    """Issue a new certificate for credit that stands and whose certificate was revoked; gives its serial.

    Where one stands it is that one's, and nothing is written. The revoked one stays revoked, with its own code. Nobody
    issues their own, and a reviewer only those of their schools. Raises NotNow for a claim that was never credited, or
    whose credit was taken back.
    """
    claim = to_decide(scope, [claim_id]).get(claim_id)
    if claim is None:
        raise NotHere("no_claim", "There is no such claim in this district, or it was never sent.")
    require_reviewable(scope, claim, Step.REVERSE)
    newest, step_id, news = _newest_of(scope, claim_id)
    if news is None:
        return newest.serial
    reason = _reasoned(reason)
    earlier = proved_snapshot(scope, certificate(scope, newest.serial))
    snapshot, issued_id = _next_edition(scope, newest, earlier, issuer, supersedes=None)
    letter = letters.issued_anew_letter(
        posting.decided(scope, claim, issuer), newest.code, snapshot.code, reason
    )
    posting.post(scope, claim, letter, key=f"issued:{issued_id}", step_id=step_id, not_before=scope.at)
    scope.record(
        "certificate.issued",
        "certificate",
        issued_id,
        after=newest.serial,
        serial=snapshot.serial,
        reason=reason,
    )
    return snapshot.serial


def _revoke_summary(scope: Scope, standing: Certificate, reason: str, issuer: Issuer) -> int:
    """The same of one that sums up others; those stay as they are."""
    require_responsible(scope, certificate(scope, standing.serial))
    scope.session.add(_status(scope, standing.id, CertificateNews.REVOKED, reason))
    reader, address = _holder(scope, standing), issuer.verify_address + standing.code
    letter = letters.summary_revoked_letter(reader.name, standing.title, standing.code, reason, address)
    _post(scope, reader, letter, f"revoked:{standing.id}")
    scope.record("certificate.revoked", "certificate", standing.id, reason=reason)
    return standing.id


def _reissue_summary(scope: Scope, old: Certificate, reason: str, issuer: Issuer) -> str:
    """The same of one that sums up others: the next edition has the same ones."""
    require_responsible(scope, certificate(scope, old.serial))
    before = summary_row(scope, old.id)
    if before is None:
        raise NotHere
    snapshot, successor_id = _superseding(scope, old, reason, issuer)
    keep_summary(scope, before, successor_id, old.edition + 1)
    reader, count = _holder(scope, old), len(snapshot.summary.certificates) if snapshot.summary else 0
    letter = letters.summed_up_letter(
        reader.name, snapshot.title, snapshot.total_minutes, count, snapshot.address, old.code
    )
    _post(scope, reader, letter, f"reissued:{successor_id}")
    return snapshot.serial


def _superseding(scope: Scope, old: Certificate, reason: str, issuer: Issuer) -> tuple[Snapshot, int]:
    """Write the next edition in the place of one that is proved, and say so of that; the new facts and their id."""
    earlier = proved_snapshot(scope, certificate(scope, old.serial))
    snapshot, successor_id = _next_edition(scope, old, earlier, issuer, supersedes=earlier.serial)
    scope.session.add(_status(scope, old.id, CertificateNews.SUPERSEDED, reason, successor_id))
    scope.record(
        "certificate.reissued",
        "certificate",
        successor_id,
        supersedes=old.serial,
        serial=snapshot.serial,
        reason=reason,
    )
    return snapshot, successor_id


def _holder(scope: Scope, held: Certificate) -> Reader:
    """Whose certificate it is. One statement."""
    row = scope.session.execute(
        sa.select(Person.id, Person.email, Person.name).where(Person.id == held.person_id)
    ).one()
    return Reader(*row)


def _post(scope: Scope, reader: Reader, letter: letters.Letter, key: str) -> None:
    posting.queue_new(scope, [posting.queued(scope, reader, letter, key=key, not_before=scope.at)])


def _newest_of(scope: Scope, claim_id: int) -> tuple[Certificate, int, CertificateNews | None]:
    """The claim's newest certificate, its decision, and what was said of it: nothing, or that it was revoked.

    Two statements.
    """
    newest = scope.session.scalar(
        sa.select(Certificate)
        .where(Certificate.claim_id == claim_id)
        .order_by(Certificate.id.desc())
        .limit(1)
    )
    if newest is None or newest.step_id is None:
        raise NotNow("not_credited", "This claim isn't credited: a certificate takes an approval first.")
    news = scope.session.scalar(
        sa.select(CertificateStatus.news).where(CertificateStatus.certificate_id == newest.id).limit(1)
    )
    if news is CertificateNews.RECALLED:
        raise NotNow(
            "undone", "The approval of this claim was undone: a certificate takes another one first."
        )
    return newest, newest.step_id, news


def _next_edition(
    scope: Scope, old: Certificate, earlier: Snapshot, issuer: Issuer, *, supersedes: str | None
) -> tuple[Snapshot, int]:
    """Write the same facts once more, under the holder's name and in the looks of today; with its id."""
    person = scope.session.execute(
        sa.select(Person.name, Person.licence_ending).where(Person.id == old.person_id)
    ).one()
    press = open_press(scope, issuer, 1)
    serial, code = press.numbers()
    snapshot = replace(
        earlier,
        serial=serial,
        code=code,
        issued_at=scope.at,
        issued_on=scope.today,
        district=press.district,
        holder=Holder(
            person.name, f"Licence number ending {person.licence_ending}" if person.licence_ending else None
        ),
        verify_address=issuer.verify_address,
        key=press.kid,
        supersedes=supersedes,
        template=_template_now(press, earlier),
        appearance=press.appearance,
    )
    issuer.check_letters(snapshot)
    issue = Issue(snapshot, old.claim_id, old.person_id, old.step_id, old.edition + 1, scope.at)
    return snapshot, write_certificates(scope, press, [issue])[serial]


def _template_now(press: Press, earlier: Snapshot) -> Template:
    """The template of today; what was issued as a licensing body's form stays one, whatever was chosen since."""
    if earlier.form:
        return press.form_template
    return press.template if press.design else earlier.template


def _reasoned(reason: str) -> str:
    if not reason.strip():
        raise NotValid({"reason": "Say why. Everyone who checks the certificate sees it."})
    return reason.strip()


def _standing(scope: Scope, serial: str) -> Certificate:
    """The certificate, if it left the house and nothing was said of it since; locked against a second word."""
    found = scope.session.scalar(
        # Weak enough for a reversal that says the same of it at this moment: its row only points here.
        sa.select(Certificate).where(Certificate.serial == serial).with_for_update(key_share=True)
    )
    if found is None:
        raise NotHere
    if found.release_at > scope.at:
        raise NotNow("not_released", "It hasn't left the house yet. Undo the decision instead.")
    told = scope.session.scalar(
        sa.select(CertificateStatus.news).where(CertificateStatus.certificate_id == found.id).limit(1)
    )
    if told is not None:
        raise NotNow("said_before", f"This certificate is already {told.value}.")
    return found


def _status(
    scope: Scope, certificate_id: int, news: CertificateNews, reason: str, successor_id: int | None = None
) -> CertificateStatus:
    return CertificateStatus(
        id=new_id(),
        certificate_id=certificate_id,
        news=news,
        at=scope.at,
        by_person_id=scope.me.id,
        by_name=scope.me.name,
        reason=reason,
        successor_id=successor_id,
    )
