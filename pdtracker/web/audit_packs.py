"""Audit packs: everything about one event or one person in one file, asked for, made by a job, fetched."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Final

from flask import Blueprint, jsonify, redirect, request, send_file, url_for

from pdtracker.actions.audit_packs import ask_pack, note_fetched
from pdtracker.blobs import BlobStore
from pdtracker.domain.access import Permission
from pdtracker.domain.audit_pack import PackOf, Table
from pdtracker.domain.collecting import KEPT
from pdtracker.domain.job import JobKind
from pdtracker.domain.look import Record
from pdtracker.domain.refs import id_of
from pdtracker.domain.refusals import NotHere, NotNow
from pdtracker.domain.when import moment_text
from pdtracker.queries import collecting as kept
from pdtracker.queries import jobs
from pdtracker.queries.audit_packs import pack_subject
from pdtracker.web import answers, looking, requests
from pdtracker.web.answers import Answer
from pdtracker.web.doors import permitted
from pdtracker.web.forms import Form, KeyField, LineField
from pdtracker.web.requests import scope

packs = Blueprint("packs", __name__)

logger = logging.getLogger(__name__)

_GONE: Final = "This pack has expired. Ask for it once more: it is made in a minute."
_NOT_WHOLE: Final = "This file is no longer what was made, so it isn’t given out. Ask for it once more."


class PackForm(Form):
    """Of what a pack is wanted: `event-…` or `person-…`."""

    of = LineField("Of", limit=40)
    idempotency_key = KeyField()


@packs.get("/<slug:district>/audit/packs")
@permitted(Permission.SEE_AUDIT)
def index() -> Answer:
    """What a pack of an event or a person would hold, to be asked for; and the packs that one asked for."""
    asked = request.args.get("of", "")
    who = scope()
    return answers.page(
        "trail/packs.html",
        form=PackForm(formdata=None, data={"of": asked}),
        asked=asked,
        subject=pack_subject(who, *_named(asked)) if asked else None,
        tables=[(table.value, table.says) for table in Table],
        rows=[*_open(), *_files()],
        days=KEPT.days,
    )


@packs.post("/<slug:district>/audit/packs")
@permitted(Permission.SEE_AUDIT)
def ask() -> Answer:
    """Have it made."""
    form = PackForm()
    of, subject_id = _named(form.of.data or "")
    job_id = ask_pack(scope(), of, subject_id, key=form.idempotency_key.data or "")
    return redirect(url_for("packs.show", job_id=job_id), HTTPStatus.SEE_OTHER)


@packs.get("/<slug:district>/audit/packs/<ref:job_id>")
@permitted(Permission.SEE_AUDIT)
def show(job_id: int) -> Answer:
    """How far it is; when it is over, the file."""
    who = scope()
    job = jobs.own_job(who, job_id, JobKind.AUDIT_PACK)
    file = kept.made_file(who, job_id)
    return answers.page(
        "trail/pack.html",
        job=job,
        words=job.payload["words"],
        file=file,
        until=moment_text(file.expires_at, who.at, who.zone) if file else None,
        since=moment_text(job.created_at, who.at, who.zone),
        days=KEPT.days,
    )


@packs.get("/<slug:district>/audit/packs/<ref:job_id>/progress.json")
@permitted(Permission.SEE_AUDIT)
def progress(job_id: int) -> Answer:
    """How far it is, for the page that shows it."""
    job = jobs.own_job(scope(), job_id, JobKind.AUDIT_PACK)
    return jsonify(done=job.done, total=job.total, is_open=job.is_open)


@packs.post("/<slug:district>/audit/packs/<ref:job_id>/file")
@permitted(Permission.SEE_AUDIT)
def fetch(job_id: int) -> Answer:
    """The file, for who asked for it. It is a record that leaves the house, so the trail keeps that it was given."""
    who = scope()
    job = jobs.own_job(who, job_id, JobKind.AUDIT_PACK)
    row = kept.made_file(who, job_id)
    if row is None:
        raise NotNow("no_file", _GONE)
    store = BlobStore(requests.wiring().settings.evidence)
    if not store.is_whole(who.district.id, row.sha256):
        logger.critical("an audit pack is missing or altered", extra={"job": job_id, "sha256": row.sha256})
        raise NotNow("not_whole", _NOT_WHOLE)
    note_fetched(who, job_id)
    path = store.path(who.district.id, row.sha256)
    answer = send_file(path, mimetype=row.media_type, as_attachment=True, download_name=row.name, max_age=0)
    answer.headers["Cache-Control"] = "private, no-store"
    if job.payload["of"] == PackOf.PERSON.value:
        return looking.noted(answer, int(job.payload["id"]), Record.TRANSCRIPT)
    return answer


def _open() -> list[tuple[str, str, str, str]]:
    return [
        (
            url_for("packs.show", job_id=one.id),
            one.payload["words"],
            f"{one.done:,} of {one.total:,} claims packed so far",
            "wait",
        )
        for one in jobs.own_recent_jobs(scope(), JobKind.AUDIT_PACK)
        if one.is_open
    ]


def _files() -> list[tuple[str, str, str, str]]:
    who = scope()
    return [
        (
            url_for("packs.show", job_id=job_id),
            row.name,
            f"Kept until {moment_text(row.expires_at, who.at, who.zone)}",
            "ok",
        )
        for job_id, row in kept.own_files(who, JobKind.AUDIT_PACK).items()
    ]


def _named(words: str) -> tuple[PackOf, int]:
    name, _, ref = words.partition("-")
    try:
        return PackOf(name), id_of(ref)
    except ValueError as error:
        raise NotHere from error
