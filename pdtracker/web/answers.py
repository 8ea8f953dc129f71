"""Answers: pages, redirects, and the one place that turns refusals and failures into them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from wsgiref.util import FileWrapper

import sqlalchemy as sa
from flask import (
    Flask,
    Response,
    current_app,
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from pdtracker.actions.rates import TooManyTries
from pdtracker.domain.refusals import NotHere, NotNow, NotPermitted, NotValid, Refusal
from pdtracker.web import keeping, requests
from pdtracker.web.doors import FactorDue, ProofDue, SignInEnded, StaleForm
from pdtracker.web.face import writable

logger = logging.getLogger(__name__)

Answer = AnyResponse | str

RETRY_AFTER_SECONDS = 30

_IN_MEMORY_BYTES = 1 << 20
_PIECE_BYTES = 1 << 16

_STATUS: Mapping[type[Refusal], int] = {NotHere: 404, NotPermitted: 403, NotNow: 409, NotValid: 422}
_OWN_PAGES = frozenset({400, 403, 404, 405, 409, 413, 429})
# Where there is no page of its own, the nearest that says the right thing.
_NEAREST = {401: 403, 410: 404, 411: 400, 414: 400, 415: 400, 422: 400, 431: 400}


def page(template: str, status: int = HTTPStatus.OK, **values: Any) -> Response:
    """A page."""
    return make_response(writable(render_template(template, **values)), status)


def refused(template: str, **values: Any) -> Response:
    """The form again, with its sentences and everything that was typed: 422."""
    return page(template, HTTPStatus.UNPROCESSABLE_ENTITY, **values)


def see(endpoint: str, *, saying: str | None = None, kind: str = "ok", **values: Any) -> AnyResponse:
    """On to another page after a good form (303), which begins with one sentence about what happened."""
    if saying is not None:
        flash(saying, kind)
    return redirect(url_for(endpoint, **values), HTTPStatus.SEE_OTHER)


def file(
    make: Callable[[], bytes], media_type: str, name: str, *, tag: str | None = None, keep: bool
) -> Response:
    """A file to look at, or to `keep`; `make` runs only when the browser doesn't have it already by its `tag`."""
    if tag is not None and request.if_none_match.contains(tag):
        response = Response(status=HTTPStatus.NOT_MODIFIED)
    else:
        response = Response(make(), mimetype=media_type)
        response.headers.set("Content-Disposition", "attachment" if keep else "inline", filename=name)
    if tag is not None:
        response.set_etag(tag)
        response.headers["Cache-Control"] = "private, no-cache"
    return response


def download(write: Callable[[IO[bytes]], None], media_type: str, name: str) -> Response:
    """A file of any length to keep: it is written to the disk first, then sent piece by piece."""
    # Closed by the response when it is sent or given up.
    out = SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115
    write(out)
    length = out.tell()
    out.seek(0)
    response = Response(FileWrapper(out, _PIECE_BYTES), mimetype=media_type)
    response.content_length = length
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def wants_json() -> bool:
    """Whether the request comes from a script or program rather than from a person's browser window."""
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def register(app: Flask) -> None:
    """Answer every refusal and every failure."""
    app.register_error_handler(Refusal, _refusal)
    app.register_error_handler(SignInEnded, _sign_in_ended)
    app.register_error_handler(StaleForm, _stale_form)
    app.register_error_handler(ProofDue, _proof_due)
    app.register_error_handler(FactorDue, _factor_due)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(sa.exc.OperationalError, _database_away)
    app.register_error_handler(sa.exc.TimeoutError, _database_away)
    app.register_error_handler(Exception, _failure)


def _refusal(refusal: Refusal) -> AnyResponse:
    if isinstance(refusal, TooManyTries):
        kept = None if wants_json() else keeping.ask_to_wait(refusal.sentence)
        answer = kept or _told(429, refusal.sentence, refusal.code)
        answer.headers["Retry-After"] = str(refusal.wait_seconds)
        return answer
    status = next((code for kind, code in _STATUS.items() if isinstance(refusal, kind)), 409)
    logger.info("refused", extra={"reason": refusal.code, "status": status})
    sentence = refusal.sentence
    errors: Mapping[str, str] = refusal.errors if isinstance(refusal, NotValid) else {}
    if errors and not wants_json():
        sentence = " ".join(errors.values())
    return _told(status, sentence, refusal.code, errors)


def _http(error: HTTPException) -> AnyResponse:
    if error.code is None or error.code < 400:
        # Routing redirects by raising.
        return error.get_response()
    if error.code >= 500:
        return _away(error.code)
    answer = _told(error.code, None, HTTPStatus(error.code).name.lower())
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            answer.headers[name] = value
    return answer


def _sign_in_ended(_error: SignInEnded) -> AnyResponse:
    if wants_json():
        return _json(401, "Your sign-in ended. Sign in again; what you typed is still here.", "signed_out")
    return keeping.ask_to_sign_in()


def _stale_form(_error: StaleForm) -> AnyResponse:
    if wants_json():
        return _json(400, "This page is older than your sign-in. Load it again.", "stale_form")
    return keeping.ask_to_send_again() or _told(400, None, "stale_form")


def _proof_due(_error: ProofDue) -> AnyResponse:
    if wants_json():
        return _json(403, "Enter your password again on the page of what you want to do.", "proof_due")
    return keeping.ask_for_proof()


def _factor_due(_error: FactorDue) -> AnyResponse:
    sentence = (
        "Your district asks reviewers and administrators for a second factor."
        " Set yours up on the page of your account, then do this again."
    )
    kept = None if wants_json() else keeping.ask_after(sentence)
    return kept or _told(403, sentence, "second_factor_due")


def _database_away(error: sa.exc.SQLAlchemyError) -> AnyResponse:
    logger.error("database_away", exc_info=error)
    return _away(503)


def _failure(error: Exception) -> AnyResponse:
    logger.critical("failed", exc_info=error)
    return _away(500)


def _told(
    status: int, sentence: str | None, code: str, errors: Mapping[str, str] | None = None
) -> AnyResponse:
    if wants_json():
        return _json(status, sentence or HTTPStatus(status).phrase, code, errors)
    shown = status if status in _OWN_PAGES else _NEAREST.get(status, 400)
    return page(f"errors/{shown}.html", status, sentence=sentence)


def _away(status: int) -> AnyResponse:
    """A page that needs neither database nor session, because one of them may be what failed."""
    reference = requests.visit().request_id
    shown = 500 if status == 500 else 503
    if wants_json():
        answer = _json(status, "We are away for a moment. Try again in a minute.", "away")
    else:
        template = current_app.jinja_env.get_template(f"errors/{shown}.html")
        answer = make_response(template.render(reference=reference), status)
    if shown == 503:
        answer.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return answer


def _json(status: int, sentence: str, code: str, errors: Mapping[str, str] | None = None) -> Response:
    return make_response(jsonify(sentence=sentence, code=code, errors=dict(errors or {})), status)
