"""For load balancers: is the process alive, and can it serve."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, Response, jsonify, make_response

from pdtracker import migrating
from pdtracker.web import requests
from pdtracker.web.doors import public

health = Blueprint("health", __name__)


@health.get("/healthz")
@public
def alive() -> Response:
    """The process answers; it asks nobody else."""
    return _said("ok", 200)


@health.get("/readyz")
@public
def ready() -> Response:
    """The database answers and has the schema that this program knows."""
    try:
        revision = migrating.revision_of(requests.wiring().database.engine)
    except sa.exc.SQLAlchemyError:
        return _said("The database doesn't answer.", 503)
    if revision != migrating.head():
        return _said("The database has another schema. Run: pdtracker db upgrade", 503)
    return _said("ok", 200)


def _said(sentence: str, status: int) -> Response:
    answer = make_response(jsonify(status=sentence), status)
    answer.headers["Cache-Control"] = "no-store"
    return answer
