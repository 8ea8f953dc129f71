"""Certificates within their district: the holder's own, the list, revoking one and issuing one again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, request, url_for
from wtforms import HiddenField
from wtforms.validators import AnyOf, Regexp

from pdtracker.actions import certificates as actions
from pdtracker.actions.summing_up import sum_up_mine
from pdtracker.domain.access import Permission
from pdtracker.domain.refs import id_of, ref_of
from pdtracker.domain.refusals import NotHere, NotNow, NotPermitted, NotValid
from pdtracker.domain.statement import statement
from pdtracker.domain.summary import SummaryKind
from pdtracker.domain.when import date_text, local, moment_text, time_text
from pdtracker.installation import issuer_of
from pdtracker.queries.certificates import Issued, Listed, certificate, certificates_page
from pdtracker.queries.histories import certificate_of, credit_of
from pdtracker.queries.people import PersonRow, is_in_sight, person
from pdtracker.queries.reissuing import is_responsible, proved_snapshot, require_responsible
from pdtracker.queries.summaries import summary_with
from pdtracker.queries.verification import Standing, pdf_of, standing_of
from pdtracker.web import answers, requests
from pdtracker.web.answers import Answer
from pdtracker.web.doors import confirmed, permitted, signed_in
from pdtracker.web.forms import Form, LineField, ParagraphsField, needed
from pdtracker.web.requests import at, scope

certificates = Blueprint("certificates", __name__)

REASON_CHARACTERS = 400
_WORDS_CHARACTERS = 100


class WordsForm(Form):
    """The search box of the list."""

    words = LineField("Holder, title or code", limit=_WORDS_CHARACTERS)


class ReasonForm(Form):
    """Why a certificate is revoked or issued again."""

    reason = ParagraphsField(
        "Reason",
        [needed("Say why. Everyone who checks the certificate sees it.")],
        limit=REASON_CHARACTERS,
        description="Everyone who checks the certificate sees it, for ever. One sentence is enough; name nobody.",
    )


class SummaryForm(Form):
    """Of what one wants one certificate: a programme, a school year or a licence cycle."""

    kind = HiddenField(validators=[AnyOf([kind.value for kind in SummaryKind])])
    subject = HiddenField(validators=[Regexp(r"[0-9]{1,19}\Z")])


@dataclass(frozen=True, slots=True)
class Row:
    """A certificate of the list."""

    certificate: Listed
    issued_on: str
    leaves: str


@certificates.get("/<slug:district>/certificates")
@permitted(Permission.SEE_ALL_TRANSCRIPTS)
def index() -> Answer:
    """All that were issued, or one person's, newest first."""
    form = WordsForm(request.args)
    words = form.words.data or "" if form.validate() else ""
    holder = _holder()
    found = certificates_page(scope(), before=_before(), words=words, person_id=holder.id if holder else None)
    asked: dict[str, Any] = {"person": ref_of(holder.id) if holder else None, "words": words or None}
    older = None
    if found.older is not None:
        older = url_for("certificates.index", before=ref_of(found.older), **asked)
    return answers.page(
        "certificates/index.html",
        rows=[_row(listed) for listed in found.rows],
        form=form,
        words=words,
        holder=holder,
        older=older,
        may_collect=scope().may(Permission.COLLECT_CERTIFICATES),
        newest=url_for("certificates.index", **asked) if "before" in request.args else None,
    )


@certificates.get("/<slug:district>/certificates/<serial>")
@signed_in
def show(serial: str) -> Answer:
    """One certificate for its holder and for who may look at their credit; also before it leaves the house."""
    issued = certificate(scope(), serial)
    standing = standing_of(issued, at()).standing
    zone = scope().district.zone
    news = issued.news
    may_change = standing is Standing.VALID and is_responsible(scope(), issued)
    return answers.page(
        "certificates/show.html",
        issued=issued,
        told=statement(issued.snapshot),
        parts=[category.minutes for category in issued.snapshot.categories],
        standing=standing,
        leaves=_leaves(issued),
        news=news,
        told_on=date_text(local(news.at, zone)) if news else "",
        told_at=moment_text(news.at, at(), zone) if news else "",
        issued_at=moment_text(issued.issued_at, at(), zone),
        credit=credit_of(scope(), issued.claim_id) if issued.claim_id is not None else None,
        summaries=summary_with(scope(), issued.id) if issued.claim_id is not None else (),
        is_mine=issued.person_id == scope().me.id,
        may_revoke=may_change and scope().may(Permission.REVOKE_CERTIFICATES),
        may_reissue=may_change and scope().may(Permission.ISSUE_CERTIFICATES),
        may_issue_anew=_may_issue_anew(issued, standing),
        may_list=scope().may(Permission.SEE_ALL_TRANSCRIPTS),
        holder=ref_of(issued.person_id) if is_in_sight(scope(), issued.person_id) else None,
        address=requests.wiring().settings.base_url + url_for("verify.show", code=issued.code),
        linkedin=_linkedin(issued),
    )


@certificates.post("/<slug:district>/certificates/summaries")
@permitted(Permission.LOG_CLAIM)
def sum_up() -> Answer:
    """One certificate of one's own of a programme, year or cycle; the same wish twice leads to the same one."""
    form = SummaryForm()
    if not form.validate():
        raise NotHere
    serial = sum_up_mine(
        scope(),
        issuer_of(requests.wiring().settings),
        SummaryKind(form.kind.data or ""),
        int(form.subject.data or 0),
    )
    return answers.see(
        "certificates.show", serial=serial, saying="Here it is. It stands on your transcript, too."
    )


@certificates.get("/<slug:district>/certificates/<serial>.pdf")
@signed_in
def show_pdf(serial: str) -> Answer:
    """The certificate itself, once it has left the house: a PDF in the world can't be called back."""
    issued = certificate(scope(), serial)
    if standing_of(issued, at()).standing is Standing.WITHHELD:
        raise NotNow(
            "not_released", f"The PDF is ready {_leaves(issued) or 'never: the decision was undone'}."
        )
    return answers.file(
        lambda: pdf_of(issued),
        "application/pdf",
        f"certificate-{issued.code}.pdf",
        tag=issued.sha256,
        keep=False,
    )


@certificates.get("/<slug:district>/certificates/<serial>/revocation")
@permitted(Permission.REVOKE_CERTIFICATES)
def ask_revocation(serial: str) -> Answer:
    """Before revoking: what it is, and what will be said of it."""
    return _revocation(_standing(serial), ReasonForm(formdata=None))


@certificates.post("/<slug:district>/certificates/<serial>/revocation")
@permitted(Permission.REVOKE_CERTIFICATES)
@confirmed
def revoke(serial: str) -> Answer:
    """Revoke it, with the reason."""
    issued = _standing(serial)
    form = ReasonForm()
    if form.validate():
        try:
            actions.revoke_certificate(
                scope(), serial, reason=form.reason.data or "", issuer=issuer_of(requests.wiring().settings)
            )
        except NotValid as refusal:
            form.take(refusal)
        else:
            return answers.see(
                "certificates.show",
                serial=serial,
                saying=f"Revoked. {issued.snapshot.holder.name} gets a letter with the reason.",
            )
    return _revocation(issued, form, 422)


@certificates.get("/<slug:district>/certificates/<serial>/reissue")
@permitted(Permission.ISSUE_CERTIFICATES)
def ask_reissue(serial: str) -> Answer:
    """Before issuing it again: what stays, and what takes its place."""
    return _reissue(_reissuable(serial), ReasonForm(formdata=None))


@certificates.post("/<slug:district>/certificates/<serial>/reissue")
@permitted(Permission.ISSUE_CERTIFICATES)
def reissue(serial: str) -> Answer:
    """Issue it again under the holder's name of today."""
    issued = _reissuable(serial)
    form = ReasonForm()
    if form.validate():
        try:
            successor = actions.reissue_certificate(
                scope(), serial, reason=form.reason.data or "", issuer=issuer_of(requests.wiring().settings)
            )
        except NotValid as refusal:
            form.take(refusal)
        else:
            return answers.see(
                "certificates.show", serial=successor, saying="Issued again. The old one leads to this one."
            )
    return _reissue(issued, form, 422)


@certificates.get("/<slug:district>/certificates/<serial>/successor")
@permitted(Permission.ISSUE_CERTIFICATES)
def ask_anew(serial: str) -> Answer:
    """Before a new one is issued for credit that stands though its certificate was revoked: what stays revoked."""
    return _anew(_revoked(serial), ReasonForm(formdata=None))


@certificates.post("/<slug:district>/certificates/<serial>/successor")
@permitted(Permission.ISSUE_CERTIFICATES)
def issue_anew(serial: str) -> Answer:
    """Issue a new one; the revoked one stays revoked."""
    issued = _revoked(serial)
    form = ReasonForm()
    if form.validate():
        try:
            new = actions.issue_certificate(
                scope(),
                _claim_of(issued),
                reason=form.reason.data or "",
                issuer=issuer_of(requests.wiring().settings),
            )
        except NotValid as refusal:
            form.take(refusal)
        else:
            return answers.see(
                "certificates.show", serial=new, saying="A new one is issued. The old one stays revoked."
            )
    return _anew(issued, form, 422)


def _linkedin(issued: Issued) -> str:
    """Where LinkedIn offers to add it to one's profile, with its fields filled in."""
    snapshot = issued.snapshot
    fields = {
        "startTask": "CERTIFICATION_NAME",
        "name": snapshot.title,
        "organizationName": snapshot.district.name,
        "issueYear": snapshot.issued_on.year,
        "issueMonth": snapshot.issued_on.month,
        "certUrl": snapshot.address,
        "certId": snapshot.code,
    }
    return f"https://www.linkedin.com/profile/add?{urlencode(fields)}"


def _standing(serial: str) -> Issued:
    """A certificate that something can still be said of."""
    issued = certificate(scope(), serial)
    require_responsible(scope(), issued)
    standing = standing_of(issued, at()).standing
    if standing is Standing.WITHHELD:
        raise NotNow("not_released", "It hasn’t left the house yet. Undo the decision instead.")
    if standing is not Standing.VALID:
        raise NotNow("said_before", f"This certificate is already {standing.value}.")
    return issued


def _reissuable(serial: str) -> Issued:
    """A certificate whose facts are proved, so that they may be signed once more."""
    issued = _standing(serial)
    proved_snapshot(scope(), issued)
    return issued


def _revoked(serial: str) -> Issued:
    """A revoked certificate whose credit stands, and that no other one followed yet."""
    issued = certificate(scope(), serial)
    require_responsible(scope(), issued)
    if standing_of(issued, at()).standing is not Standing.REVOKED:
        raise NotNow("not_revoked", "This certificate isn’t revoked. Issue it again instead.")
    newest = certificate_of(scope(), _claim_of(issued))
    if newest is not None and newest.serial != serial:
        raise NotNow("followed", "A new certificate was issued for this credit already.")
    proved_snapshot(scope(), issued)
    return issued


def _claim_of(issued: Issued) -> int:
    """The claim that it stands on."""
    if issued.claim_id is None:
        raise NotNow("summed_up", "It sums up others: it comes again when one more of them comes in.")
    return issued.claim_id


def _may_issue_anew(issued: Issued, standing: Standing) -> bool:
    """Whether the page of a revoked one leads to a new one."""
    if standing is not Standing.REVOKED or not scope().may(Permission.ISSUE_CERTIFICATES):
        return False
    try:
        _revoked(issued.serial)
    except (NotHere, NotNow, NotPermitted):
        return False
    return True


def _anew(issued: Issued, form: ReasonForm, status: int = 200) -> Answer:
    return answers.page(
        "certificates/anew.html",
        status,
        issued=issued,
        told=statement(issued.snapshot),
        name_of_today=person(scope(), issued.person_id).name,
        form=form,
    )


def _revocation(issued: Issued, form: ReasonForm, status: int = 200) -> Answer:
    return answers.page(
        "certificates/revocation.html", status, issued=issued, told=statement(issued.snapshot), form=form
    )


def _reissue(issued: Issued, form: ReasonForm, status: int = 200) -> Answer:
    return answers.page(
        "certificates/reissue.html",
        status,
        issued=issued,
        told=statement(issued.snapshot),
        name_of_today=person(scope(), issued.person_id).name,
        form=form,
    )


def _leaves(issued: Issued) -> str:
    """`at 4:35 pm`, for what is still in the house."""
    if issued.release_at <= at() or issued.news is not None:
        return ""
    return f"at {time_text(local(issued.release_at, scope().zone))}"


def _row(listed: Listed) -> Row:
    zone = scope().district.zone
    leaves = f"Leaves at {time_text(local(listed.release_at, zone))}" if listed.release_at > at() else ""
    return Row(listed, date_text(local(listed.issued_at, zone)), leaves)


def _holder() -> PersonRow | None:
    """The person whose certificates are asked for, if one may look at them."""
    told = request.args.get("person")
    if not told:
        return None
    try:
        person_id = id_of(told)
    except ValueError as error:
        raise NotHere from error
    if not is_in_sight(scope(), person_id):
        raise NotHere
    return person(scope(), person_id)


def _before() -> int | None:
    try:
        return id_of(request.args["before"])
    except (KeyError, ValueError):
        return None
