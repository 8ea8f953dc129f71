"""For load balancers: is the process alive, and can it serve."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from flask import Blueprint, Response, jsonify, make_response

from pdtracker import migrating
from pdtracker.actions.rates import Limit, count_try
from pdtracker.web import requests
from pdtracker.web.doors import public

health = Blueprint("health", __name__)

# One row a day, written to see whether it can be: nobody asks too often.
_WRITES = Limit("ready", "", timedelta(days=1), 2**40)


@health.get("/healthz")
@public
def alive() -> Response:
    """The process answers; it asks nobody else."""
    return _said("ok", 200)


@health.get("/readyz")
@public
def ready() -> Response:
    """The database answers, has the schema that this program knows, and takes what is written."""
    wiring = requests.wiring()
    try:
        revision = migrating.revision_of(wiring.database.engine)
    except sa.exc.SQLAlchemyError:
        return _said("The database doesn't answer.", 503)
    if revision != migrating.head():
        return _said("The database has another schema. Run: pdtracker db upgrade", 503)
    if not count_try(
        wiring.database, [_WRITES], key=wiring.settings.secret_key, at=requests.at(), is_hasty=True
    ):
        return _said("The database takes nothing: its disk may be full.", 503)
    return _said("ok", 200)


def _said(sentence: str, status: int) -> Response:
    answer = make_response(jsonify(status=sentence), status)
    answer.headers["Cache-Control"] = "no-store"
    return answer
