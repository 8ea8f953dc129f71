"""Evidence files, given out to be saved: to their claimant and to those who may read the claim."""

from __future__ import annotations

from flask import Blueprint, send_file

from pdtracker.blobs import BlobStore
from pdtracker.domain.refusals import NotHere
from pdtracker.queries import claims
from pdtracker.queries import evidence as evidence_rows
from pdtracker.web import requests
from pdtracker.web.answers import Answer
from pdtracker.web.doors import signed_in
from pdtracker.web.requests import scope

evidence = Blueprint("evidence", __name__)


@evidence.get("/<slug:district>/claims/<ref:claim_id>/evidence/<ref:evidence_id>")
@signed_in
def download(claim_id: int, evidence_id: int) -> Answer:
    """The file as an attachment: it is never shown as a page of ours, whatever it holds."""
    claim = claims.claim(scope(), claim_id)
    row = evidence_rows.file(scope(), claim.id, evidence_id)
    path = BlobStore(requests.wiring().settings.evidence).path(scope().district.id, row.file_sha256 or "")
    if not path.is_file():
        raise NotHere
    answer = send_file(
        path, mimetype=row.media_type, as_attachment=True, download_name=row.file_name, max_age=0
    )
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer
