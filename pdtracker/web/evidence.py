"""Evidence files, given out to be saved: to their claimant and to those who may read the claim."""

from __future__ import annotations

import logging

from flask import Blueprint, send_file

from pdtracker.blobs import BlobStore
from pdtracker.queries import claims
from pdtracker.queries import evidence as evidence_rows
from pdtracker.web import answers, requests
from pdtracker.web.answers import Answer
from pdtracker.web.doors import signed_in
from pdtracker.web.requests import scope

evidence = Blueprint("evidence", __name__)

logger = logging.getLogger(__name__)

_NOT_WHOLE = (
    "This file is no longer what was brought, so it isn’t given out. We have a note of it:"
    " whoever runs the server can bring it back from a backup."
)


@evidence.get("/<slug:district>/claims/<ref:claim_id>/evidence/<ref:evidence_id>")
@signed_in
def download(claim_id: int, evidence_id: int) -> Answer:
    """The file as an attachment, if it is what was brought: it is never shown as a page of ours."""
    claim = claims.claim(scope(), claim_id)
    row = evidence_rows.file(scope(), claim.id, evidence_id)
    store, sha256 = BlobStore(requests.wiring().settings.evidence), row.file_sha256 or ""
    if not store.is_whole(scope().district.id, sha256):
        logger.critical("evidence is missing or altered", extra={"evidence": row.id, "sha256": sha256})
        return answers.page("errors/500.html", 500, sentence=_NOT_WHOLE)
    path = store.path(scope().district.id, sha256)
    answer = send_file(
        path, mimetype=row.media_type, as_attachment=True, download_name=row.file_name, max_age=0
    )
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
