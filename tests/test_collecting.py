"""Certificates collected by a worker: chosen by filter, drawn into one file, kept for who asked until it expires."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace
from datetime import timedelta

import pypdfium2
import pytest
import sqlalchemy as sa

from pdtracker import collecting as worker
from pdtracker.actions.collecting import ask_collection
from pdtracker.actions.jobs import cancel_job, purge_job_files
from pdtracker.actions.purging import purge_files
from pdtracker.blobs import BlobStore
from pdtracker.domain.access import Role
from pdtracker.domain.collecting import KEPT, Collection, Form, name_within
from pdtracker.domain.job import ItemState, JobState
from pdtracker.domain.refusals import NotHere, NotPermitted, NotValid
from pdtracker.models.districts import School
from pdtracker.models.records import AuditEntry
from pdtracker.queries import collecting, jobs
from pdtracker.work import carry_on
from tests.certifying import LATER, Numbers, certified, pdf, revoke, tamper
from tests.factories import Cast
from tests.waiting import give_roles
from tests.working import a_shop, stands

ALL = Collection()


def three(cast: Cast) -> list[Numbers]:
    """Three certificates of Ada's, issued on three days."""
    return [
        certified(cast, LATER - timedelta(days=3 - number), title=f"Session {number}") for number in range(3)
    ]


def made(cast: Cast, form: Form, wanted: Collection = ALL) -> tuple[int, bytes]:
    """What Cam asks for, carried out: the job, and the bytes of its file."""
    job_id = ask_collection(cast.scope("cam", LATER), wanted, form, key="k")
    while carry_on(a_shop(cast, LATER)):
        pass
    row = collecting.made_file(cast.scope("cam", LATER), job_id)
    assert row is not None
    data = BlobStore(cast.settings.evidence).path(cast.maplewood.id, row.sha256).read_bytes()
    assert len(data) == row.size_bytes
    return job_id, data


def left_out(cast: Cast, job_id: int) -> list[str]:
    rows, _ = jobs.items(cast.scope("cam", LATER), job_id, ItemState.REFUSED, after=None)
    return [f"{row.code}: {row.sentence}" for row in rows]


def test_a_zip_holds_each_file_as_its_holder_has_it(cast: Cast) -> None:
    numbers = three(cast)
    job_id, data = made(cast, Form.ZIP)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        rows = list(csv.DictReader(io.StringIO(archive.read("index.csv").decode("utf-8-sig"))))
        assert {row["code"] for row in rows} == {one.code for one in numbers}
        for one in numbers:
            assert archive.read(name_within("Ada Lindqvist", one.code)) == pdf(cast, one)
    job = stands(cast, job_id)
    assert (job.state, job.done, job.total) == (JobState.DONE, 3, 3)
    scope = cast.scope("cam")
    facts = scope.session.scalars(
        sa.select(AuditEntry.facts).where(AuditEntry.action == "certificate.collected")
    ).one()
    assert (facts["certificates"], facts["left_out"], facts["form"]) == (3, 0, "zip")


def test_a_print_file_holds_the_pages_of_all(cast: Cast) -> None:
    three(cast)
    _, data = made(cast, Form.PRINT)
    document = pypdfium2.PdfDocument(data)
    text = [page.get_textpage().get_text_range() for page in document]
    document.close()
    assert len(text) == 3
    assert all(f"Session {number}" in "".join(text) for number in range(3))


@pytest.mark.parametrize("form", Form)
def test_one_that_is_damaged_is_told_and_the_others_go_on(cast: Cast, owner_url: str, form: Form) -> None:
    good, bad, _ = three(cast)
    tamper(cast, owner_url, bad, sha256="0" * 64)
    job_id, data = made(cast, form)
    assert stands(cast, job_id).state is JobState.DONE
    (told,) = left_out(cast, job_id)
    assert told.startswith("not_sound: Our record of it doesn’t fit its signature.")
    if form is Form.ZIP:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert len(archive.namelist()) == 3
            assert name_within("Ada Lindqvist", good.code) in archive.namelist()


def test_what_was_revoked_is_not_taken_and_what_is_meanwhile_is_left_out(cast: Cast) -> None:
    first, second, _ = three(cast)
    revoke(cast, first)
    job_id = ask_collection(cast.scope("cam", LATER), ALL, Form.ZIP, key="k")
    assert stands(cast, job_id).total == 2
    revoke(cast, second)
    while carry_on(a_shop(cast, LATER)):
        pass
    assert left_out(cast, job_id) == ["gone: It was revoked or superseded since this was asked for."]


def test_a_filter_takes_a_school_and_days_of_issue(cast: Cast) -> None:
    three(cast)
    scope = cast.scope("cam", LATER)
    names = {row.name: row.id for row in scope.session.execute(sa.select(School.id, School.name))}
    found = {
        name: collecting.found(scope, Collection(school_id=number)).certificates
        for name, number in names.items()
    }
    assert sorted(found.values()) == [0, 3]
    day = (LATER - timedelta(days=2)).date()
    assert collecting.found(scope, Collection(first=day, last=day)).certificates == 1
    assert collecting.found(scope, Collection(programme_id=7)).certificates == 0
    before = day.replace(year=2010)
    with pytest.raises(NotValid) as refused:
        ask_collection(scope, Collection(first=before, last=before), Form.ZIP, key="k")
    assert refused.value.errors["school"].startswith("No certificate is in this.")
    with pytest.raises(NotHere):
        ask_collection(scope, Collection(school_id=7), Form.ZIP, key="k")


def test_only_an_administrator_asks_and_only_they_fetch(cast: Cast) -> None:
    three(cast)
    with pytest.raises(NotPermitted):
        ask_collection(cast.scope("bo", LATER), ALL, Form.ZIP, key="k")
    job_id, _ = made(cast, Form.ZIP)
    assert collecting.made_file(cast.scope("bo", LATER), job_id) is None
    assert collecting.made_file(cast.scope("dee", LATER), job_id) is None


def test_asking_twice_is_asking_once(cast: Cast) -> None:
    three(cast)
    cam = cast.scope("cam", LATER)
    first = ask_collection(cam, ALL, Form.ZIP, key="k")
    assert ask_collection(cam, ALL, Form.ZIP, key="k") == first
    assert ask_collection(cam, ALL, Form.PRINT, key="k") != first


def test_a_file_goes_when_it_expires(cast: Cast) -> None:
    three(cast)
    job_id, _ = made(cast, Form.ZIP)
    store = BlobStore(cast.settings.evidence)
    row = collecting.made_file(cast.scope("cam", LATER), job_id)
    assert row is not None
    later = cast.operator(at=LATER + KEPT)
    assert collecting.made_file(cast.scope("cam", LATER + KEPT), job_id) is None
    assert purge_files(replace(later, at=LATER + timedelta(days=9000)), store) == 0
    assert purge_job_files(later) == 1
    assert purge_job_files(later) == 0
    assert purge_files(replace(later, at=LATER + timedelta(days=9000)), store) == 1
    assert not store.path(cast.maplewood.id, row.sha256).exists()


def test_a_worker_that_stops_leaves_nothing_and_the_next_begins_anew(cast: Cast) -> None:
    three(cast)
    job_id = ask_collection(cast.scope("cam", LATER), ALL, Form.ZIP, key="k")
    carry_on(replace(a_shop(cast, LATER), is_stopping=lambda: True))
    assert (stands(cast, job_id).state, stands(cast, job_id).done) == (JobState.QUEUED, 0)
    folder = cast.settings.evidence
    assert not folder.exists() or [file for file in folder.rglob("*") if file.is_file()] == []
    while carry_on(a_shop(cast, LATER, "second")):
        pass
    assert (stands(cast, job_id).state, stands(cast, job_id).done) == (JobState.DONE, 3)


def test_it_stops_when_it_is_cancelled_and_no_file_is_kept(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    three(cast)
    job_id = ask_collection(cast.scope("cam", LATER), ALL, Form.ZIP, key="k")

    def cancelled() -> bool:
        if stands(cast, job_id).cancel_asked_at is None:
            cancel_job(cast.scope("cam", LATER), job_id)
        return False

    # Two batches: the wish is seen before the second.
    monkeypatch.setattr(worker, "AT_ONCE", 1)
    carry_on(replace(a_shop(cast, LATER), is_stopping=cancelled))
    assert stands(cast, job_id).state is JobState.CANCELLED
    assert collecting.made_file(cast.scope("cam", LATER), job_id) is None


def test_who_has_lost_the_role_gets_nothing(cast: Cast) -> None:
    three(cast)
    job_id = ask_collection(cast.scope("cam", LATER), ALL, Form.ZIP, key="k")
    give_roles(cast, "cam", Role.REVIEWER)
    while carry_on(a_shop(cast, LATER)):
        pass
    assert stands(cast, job_id).state is JobState.FAILED
