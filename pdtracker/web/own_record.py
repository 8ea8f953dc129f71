"""What a district keeps about oneself, all of it, to take along."""

from __future__ import annotations

from typing import IO

from flask import Blueprint

from pdtracker.blobs import BlobStore
from pdtracker.domain.canonical import instant_text
from pdtracker.exchange.own_record import MEDIA_TYPE, write_record
from pdtracker.queries.own_record import own_record
from pdtracker.web import answers, requests
from pdtracker.web.answers import Answer
from pdtracker.web.counted import count_look
from pdtracker.web.doors import signed_in
from pdtracker.web.requests import scope

taking_along = Blueprint("own_record", __name__)

_PER_MINUTE = 10


@taking_along.get("/<slug:district>/own-record")
@signed_in
def download() -> Answer:
    """The ZIP, made while it is asked for."""
    count_look(f"own record {scope().me.id}", _PER_MINUTE)
    who, record = scope(), own_record(scope())
    store = BlobStore(requests.wiring().settings.evidence)
    heading = {
        "name": who.me.name,
        "email": who.me.email,
        "district": who.district.name,
        "taken_at": instant_text(who.at),
        "times": "UTC",
    }

    def write(out: IO[bytes]) -> None:
        files = [(file.name, store.path(who.district.id, file.sha256)) for file in record.files]
        write_record(out, heading, record.parts, files)

    return answers.download(write, MEDIA_TYPE, f"{who.district.slug}-own-record.zip")
