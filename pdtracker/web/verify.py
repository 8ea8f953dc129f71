"""Verification for everybody: by code, by QR or by the PDF itself, without an account and without a cookie."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import segno
from flask import Blueprint, Response, jsonify, request, url_for
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from werkzeug.utils import redirect

from pdtracker.domain.canonical import canonical
from pdtracker.domain.codes import number_of
from pdtracker.domain.refusals import NotHere
from pdtracker.domain.statement import Statement, statement
from pdtracker.domain.status_list import Purpose
from pdtracker.domain.when import date_text, local
from pdtracker.installation import issuer_of
from pdtracker.queries import badge_verification, kept_keys, status_lists, verification
from pdtracker.queries.certificates import Successor, district_of_slug, every_public_key
from pdtracker.queries.verification import Standing, Status, Verdict
from pdtracker.web import answers, requests
from pdtracker.web.answers import Answer
from pdtracker.web.counted import count_look
from pdtracker.web.doors import UPLOAD_LIMIT_BYTES, accepts, public, public_question
from pdtracker.web.forms import Form, LineField
from pdtracker.web.headers import CAMERA_PERMISSIONS

logger = logging.getLogger(__name__)

verify = Blueprint("verify", __name__)

# A licensing office checks a pile within the hour; whoever guesses among 2^80 codes gets nowhere at this pace.
LOOKS_PER_MINUTE: Final = 300
FILES_PER_MINUTE: Final = 60
LISTS_PER_MINUTE: Final = 60
KEYS_KEPT_SECONDS: Final = 3600

_SIXTEEN = "A code has 16 letters and digits, in groups of four on the certificate. Look at it again."
_NO_CODE = "Enter the code, or choose the file below."
_NO_PDF = "Choose the certificate’s PDF file, or its badge."


class CodeForm(Form):
    """The code from a certificate."""

    code = LineField(
        "Code on the certificate",
        description="16 letters and digits. Spaces, dashes and small letters are fine, and O counts as 0.",
    )


class FileForm(Form):
    """The certificate itself."""

    file = FileField(
        "Or choose the file",
        description="The PDF, or its badge as PNG, SVG, JSON or JWT, up to 10 MB. It is checked and then forgotten.",
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """A certificate as its public page shows it. `told_on` is the day of the revocation or of the newer one."""

    told: Statement
    standing: Standing
    parts: Sequence[int]
    told_on: str
    reason: str
    successor: Successor | None
    code: str
    address: str
    matrix: Sequence[Sequence[int]]


@verify.after_request
def keep_it_quiet(response: Response) -> Response:
    """No search engine lists it, and no page that it leads to learns the code."""
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@verify.get("/verify")
@public
def ask() -> Answer:
    """Type the code, or choose the PDF."""
    if "code" not in request.args:
        return _form(CodeForm(formdata=None), FileForm(formdata=None))
    return _to_code(CodeForm(formdata=request.args))


@verify.post("/verify")
@public_question
@accepts(UPLOAD_LIMIT_BYTES)
def answer() -> Answer:
    """On to the code's page, or the answer about the file."""
    file = request.files.get("file")
    if file is not None and file.filename:
        return _of_file(file)
    if file is None:
        return _to_code(CodeForm())
    files = FileForm(formdata=None)
    files.file.errors = [_NO_PDF]
    return _form(CodeForm(formdata=None), files, HTTPStatus.UNPROCESSABLE_ENTITY)


@verify.get("/verify/<code>")
@public
def show(code: str) -> Answer:
    """The certificate of a code or serial, its status first."""
    found = _found(code)
    if answers.wants_json():
        return _json(found)
    return _misspelled("verify.show", code, found) or _answer(found)


@verify.get("/verify/<code>.json")
@public
def show_json(code: str) -> Answer:
    """The same for programs."""
    return _json(_found(code))


@verify.get("/verify/<code>.pdf")
@public
def show_pdf(code: str) -> Answer:
    """The certificate itself, drawn from what was signed."""
    found = _found(code)
    issued = found.issued
    if issued is None or found.snapshot is None:
        return _answer(found)
    return _misspelled("verify.show_pdf", code, found) or answers.file(
        lambda: verification.pdf_of(issued),
        "application/pdf",
        f"certificate-{issued.code}.pdf",
        tag=issued.sha256,
        keep=False,
    )


@verify.get("/.well-known/pdtracker-keys.json")
@public
def keys() -> Answer:
    """The public keys of every district, which prove certificates without us."""
    wiring = requests.wiring()
    response = jsonify(kept_keys.keys_document(every_public_key(wiring.database), wiring.settings.base_url))
    return _for_everybody(response, KEYS_KEPT_SECONDS)


@verify.get("/.well-known/pdtracker-status/<slug:of>/revocation.json")
@public
def revocations(of: str) -> Answer:
    """Which of the district's certificates are no longer in force, as a signed list of bits."""
    return _status_list(of, Purpose.REVOCATION)


@verify.get("/.well-known/pdtracker-status/<slug:of>/refresh.json")
@public
def refreshes(of: str) -> Answer:
    """Which of them a newer one replaced."""
    return _status_list(of, Purpose.REFRESH)


def _status_list(slug: str, purpose: Purpose) -> Answer:
    """A district's list, the same for everybody for some minutes; absent until the district has a key."""
    count_look("status-list", LISTS_PER_MINUTE)
    wiring = requests.wiring()
    district_id = district_of_slug(requests.installation_session(), slug)
    if district_id is None:
        raise NotHere
    told = status_lists.published(
        requests.district_session(district_id),
        status_lists.Publisher.of(wiring.settings.base_url, issuer_of(wiring.settings).secrets),
        purpose,
        requests.at(),
    )
    if told is None:
        raise NotHere
    data = canonical(told)
    response = Response(data, mimetype="application/vc")
    response.set_etag(hashlib.sha256(data).hexdigest()[:32])
    response.make_conditional(request)
    return _for_everybody(response, status_lists.KEPT_SECONDS)


def _for_everybody(response: Response, seconds: int) -> Response:
    """It may be kept for so long, and read by any page of the world."""
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _form(codes: CodeForm, files: FileForm, status: int = HTTPStatus.OK) -> Answer:
    requests.visitor()
    page = answers.page("verify/ask.html", status, codes=codes, files=files)
    # Here alone a certificate's square is looked for by the camera.
    page.headers["Permissions-Policy"] = CAMERA_PERMISSIONS
    return page


def _to_code(form: CodeForm) -> Answer:
    """On to the page of what was typed; impossible codes are asked for again, with the reason."""
    number = number_of(form.code.data or "") if form.validate() else None
    if number is not None:
        return redirect(url_for("verify.show", code=number), HTTPStatus.SEE_OTHER)
    if not form.code.errors:
        form.code.errors = [_SIXTEEN if form.code.data else _NO_CODE]
    return _form(form, FileForm(formdata=None), HTTPStatus.UNPROCESSABLE_ENTITY)


def _found(code: str) -> verification.Answer:
    count_look("verify", LOOKS_PER_MINUTE)
    return verification.of_number(
        requests.installation_session(), requests.district_session, code, requests.at()
    )


def _of_file(file: FileStorage) -> Answer:
    count_look("verify-file", FILES_PER_MINUTE)
    found = badge_verification.of_any_file(
        requests.installation_session(), requests.district_session, file.stream.read(), requests.at()
    )
    return _json(found) if answers.wants_json() else _answer(found, of_file=True)


def _misspelled(endpoint: str, code: str, found: verification.Answer) -> Answer | None:
    """On to the one address of a certificate, from every spelling and from its serial."""
    if found.issued is None or code == found.issued.code:
        return None
    return redirect(url_for(endpoint, code=found.issued.code), HTTPStatus.MOVED_PERMANENTLY)


def _json(found: verification.Answer) -> Answer:
    response = jsonify(verification.document_of(found))
    if found.verdict is Verdict.UNKNOWN:
        response.status_code = HTTPStatus.NOT_FOUND
    return response


def _answer(found: verification.Answer, *, of_file: bool = False) -> Answer:
    """The page that says it: the certificate with its status first, or in words what the file is instead."""
    requests.visitor()
    if found.verdict is Verdict.ALTERED and not of_file:
        logger.critical("record_damaged", extra={"certificate": found.issued.id if found.issued else None})
    shown = _shown(found.original or found)
    match found.verdict:
        case Verdict.UNKNOWN:
            return answers.page("verify/unknown.html", HTTPStatus.NOT_FOUND, codes=CodeForm(formdata=None))
        case Verdict.GENUINE | Verdict.REVOKED | Verdict.SUPERSEDED if shown is not None:
            return answers.page("verify/show.html", shown=shown, found=found, of_file=of_file)
        case _:
            return answers.page("verify/other.html", shown=shown, found=found, of_file=of_file)


def _shown(found: verification.Answer) -> Shown | None:
    snapshot, status = found.snapshot, found.status
    if snapshot is None:
        return None
    address = f"{requests.wiring().settings.base_url}{url_for('verify.show', code=snapshot.code)}"
    return Shown(
        told=statement(snapshot),
        standing=status.standing if status else Standing.UNTOLD,
        parts=[category.minutes for category in snapshot.categories],
        told_on=_told_on(found, status),
        reason=status.reason if status else "",
        successor=status.successor if status else None,
        code=snapshot.code,
        address=address,
        matrix=segno.make(address, error="m", micro=False).matrix,
    )


def _told_on(found: verification.Answer, status: Status | None) -> str:
    if status is None or status.at is None or found.issued is None:
        return ""
    return date_text(local(status.at, found.issued.zone))
