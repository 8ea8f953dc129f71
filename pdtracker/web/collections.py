"""Certificates as one file: which ones, in what form, how far it is, and the file until it expires."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from flask import Blueprint, jsonify, redirect, request, send_file, url_for

from pdtracker.actions.collecting import ask_collection
from pdtracker.blobs import BlobStore
from pdtracker.domain.access import Permission
from pdtracker.domain.collecting import KEPT, Collection, Form
from pdtracker.domain.job import ItemState, JobKind
from pdtracker.domain.refs import id_of, ref_of
from pdtracker.domain.refusals import NotHere, NotNow, NotValid
from pdtracker.domain.when import moment_text
from pdtracker.queries import collecting as kept
from pdtracker.queries import jobs
from pdtracker.queries.collecting import FileRow
from pdtracker.queries.people import schools
from pdtracker.queries.programmes import programmes
from pdtracker.web import answers, requests
from pdtracker.web.answers import Answer
from pdtracker.web.doors import permitted
from pdtracker.web.forms import ChooseField, DayField, KeyField
from pdtracker.web.periods import PeriodForm
from pdtracker.web.requests import scope

collections = Blueprint("collections", __name__)

logger = logging.getLogger(__name__)

_KILOBYTE: Final = 1000
_GONE: Final = "This file has expired. Ask for it once more: it is made in a minute."
_NOT_WHOLE: Final = "This file is no longer what was made, so it isn’t given out. Ask for it once more."


class CollectionForm(PeriodForm):
    """Which certificates: the choices of school and programme are filled in for the page."""

    first = DayField("Issued from", name="from")
    last = DayField("Issued to", name="to")
    school = ChooseField("School", choices={"": "All schools"}, default="", validate_choice=False)
    programme = ChooseField("Programme", choices={"": "All events"}, default="", validate_choice=False)

    def offer(self) -> None:
        """What there is to choose from."""
        self.school.choices = {"": "All schools", **{ref_of(one.id): one.name for one in schools(scope())}}
        self.programme.choices = {
            "": "All events",
            **{ref_of(one.id): one.name for one in programmes(scope())},
        }

    def wanted(self) -> Collection:
        """What was chosen. Raises NotValid with a sentence at the field, and NotHere for what isn't here."""
        period = self.period()
        try:
            school_id = id_of(self.school.data) if self.school.data else None
            programme_id = id_of(self.programme.data) if self.programme.data else None
        except ValueError as error:
            raise NotHere from error
        first, last = period or (None, None)
        return kept.named(scope(), Collection(school_id, programme_id, first, last))


class OrderForm(CollectionForm):
    """The same, with the form in which they are wanted."""

    form = ChooseField("Form", choices={one.value: one.label for one in Form})
    idempotency_key = KeyField()


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file that can be fetched: where, what it is, how large, until when."""

    page: str
    name: str
    size: str
    until: str


@collections.get("/<slug:district>/certificates/collections")
@permitted(Permission.COLLECT_CERTIFICATES)
def index() -> Answer:
    """Which certificates there are of a school, a programme or some days, and the files that were made."""
    form = CollectionForm(request.args)
    try:
        wanted = form.wanted()
    except NotValid as refusal:
        form.take(refusal)
        return _page(form, None, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _page(form, wanted)


@collections.post("/<slug:district>/certificates/collections")
@permitted(Permission.COLLECT_CERTIFICATES)
def ask() -> Answer:
    """Have them put into one file, as a job."""
    form = OrderForm()
    if not form.validate():
        raise NotValid({"form": "Load the page again and press one of its buttons."})
    try:
        wanted = form.wanted()
        job_id = ask_collection(scope(), wanted, Form(form.form.data), key=form.idempotency_key.data or "")
    except NotValid as refusal:
        form.take(refusal)
        return _page(form, None, HTTPStatus.UNPROCESSABLE_ENTITY)
    return redirect(url_for("collections.show", job_id=job_id), HTTPStatus.SEE_OTHER)


@collections.get("/<slug:district>/certificates/collections/<ref:job_id>")
@permitted(Permission.COLLECT_CERTIFICATES)
def show(job_id: int) -> Answer:
    """How far it is; when it is over, the file, and what was left out."""
    who = scope()
    job = jobs.own_job(who, job_id, JobKind.COLLECT_CERTIFICATES)
    left_out, more = jobs.items(who, job_id, ItemState.REFUSED, after=_place())
    file = kept.made_file(who, job_id)
    return answers.page(
        "certificates/collection.html",
        job=job,
        form=Form(job.payload["form"]),
        words=job.payload["words"],
        found=jobs.tally(who.session, job_id),
        file=_entry(job_id, file) if file else None,
        days=KEPT.days,
        stops=job.is_open and job.cancel_asked_at is not None,
        since=moment_text(job.created_at, who.at, who.zone),
        left_out=left_out,
        older=_further(job_id, more) if more is not None else None,
        newer=url_for("collections.show", job_id=job_id) if "from" in request.args else None,
    )


@collections.get("/<slug:district>/certificates/collections/<ref:job_id>/progress.json")
@permitted(Permission.COLLECT_CERTIFICATES)
def progress(job_id: int) -> Answer:
    """How far it is, for the page that shows it."""
    job = jobs.own_job(scope(), job_id, JobKind.COLLECT_CERTIFICATES)
    return jsonify(done=job.done, total=job.total, is_open=job.is_open)


@collections.get("/<slug:district>/certificates/collections/<ref:job_id>/file")
@permitted(Permission.COLLECT_CERTIFICATES)
def download(job_id: int) -> Answer:
    """The file, for who asked for it."""
    jobs.own_job(scope(), job_id, JobKind.COLLECT_CERTIFICATES)
    row = kept.made_file(scope(), job_id)
    if row is None:
        raise NotNow("no_file", _GONE)
    store = BlobStore(requests.wiring().settings.evidence)
    if not store.is_whole(scope().district.id, row.sha256):
        logger.critical("a collection is missing or altered", extra={"job": job_id, "sha256": row.sha256})
        raise NotNow("not_whole", _NOT_WHOLE)
    path = store.path(scope().district.id, row.sha256)
    answer = send_file(path, mimetype=row.media_type, as_attachment=True, download_name=row.name, max_age=0)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _page(form: CollectionForm, wanted: Collection | None, status: int = HTTPStatus.OK) -> Answer:
    form.offer()
    who = scope()
    asked = {
        name: request.values[name]
        for name in ("school", "programme", "from", "to")
        if request.values.get(name)
    }
    return answers.page(
        "certificates/collections.html",
        status,
        form=form,
        order=OrderForm(formdata=None),
        forms=list(Form),
        asked=asked,
        words=wanted.words() if wanted else "",
        found=kept.found(who, wanted) if wanted else None,
        open=_open(jobs.own_recent_jobs(who, JobKind.COLLECT_CERTIFICATES)),
        files=_files(kept.own_files(who, JobKind.COLLECT_CERTIFICATES)),
        days=KEPT.days,
    )


def _open(rows: Sequence[jobs.JobRow]) -> list[tuple[str, str]]:
    """Addresses and words of those that go on."""
    return [
        (
            url_for("collections.show", job_id=one.id),
            f"{one.done:,} of {one.total:,} drawn so far: {one.payload['words']}",
        )
        for one in rows
        if one.is_open
    ]


def _files(rows: Mapping[int, FileRow]) -> list[FileEntry]:
    return [_entry(job_id, row) for job_id, row in rows.items()]


def _entry(job_id: int, row: FileRow) -> FileEntry:
    return FileEntry(
        url_for("collections.show", job_id=job_id),
        row.name,
        _size_words(row.size_bytes),
        moment_text(row.expires_at, requests.at(), scope().zone),
    )


def _size_words(size_bytes: int) -> str:
    """`640 KB`, `4.2 MB`."""
    if size_bytes < _KILOBYTE**2:
        return f"{max(1, size_bytes // _KILOBYTE):,} KB"
    return f"{size_bytes / _KILOBYTE**2:,.1f} MB"


def _further(job_id: int, place: int) -> str:
    more: dict[str, Any] = {"from": ref_of(place)}
    return url_for("collections.show", job_id=job_id, **more)


def _place() -> int | None:
    word = request.args.get("from", "")
    try:
        return id_of(word) if word else None
    except ValueError:
        raise NotHere from None
