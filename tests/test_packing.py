"""Audit packs: everything about one event or one person in one ZIP, whose hashes say when something was changed."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator

import pypdfium2
import pytest
import sqlalchemy as sa

from pdtracker.actions.audit_packs import ask_pack, note_fetched
from pdtracker.actions.check_ins import check_in_by_short_code
from pdtracker.blobs import BlobStore
from pdtracker.domain.audit_pack import PackOf
from pdtracker.domain.claim import ClaimState
from pdtracker.domain.job import JobState
from pdtracker.domain.refusals import NotHere, NotPermitted
from pdtracker.models.claims import Claim, Evidence, EvidenceKind, ReflectionAnswer
from pdtracker.models.ids import new_id
from pdtracker.models.records import AuditEntry
from pdtracker.queries.collecting import made_file
from pdtracker.work import carry_on
from tests.checking_in import a_desk, sent, short_code_at
from tests.factories import NOW, SECRET, Cast, a_certificate, a_claim
from tests.working import a_shop, stands

ANSWER = "=cmd()|I read 藏 pages and <b>more</b>"


@pytest.fixture
def credited(cast: Cast) -> int:
    """A credited claim of Ada for an event of the calendar, with an answer and a file of evidence."""
    a_certificate(cast.scope("ada"), cast.scope("bo"))
    scope = cast.operator()
    claim_id = scope.session.scalars(sa.select(Claim.id)).one()
    with cast.scope("ada").session as session, session.writing():
        answer = {"position": 9, "question": "What?", "answer": ANSWER, "version": 1, "saved_at": NOW}
        session.insert_rows(ReflectionAnswer, [{"id": new_id(), "claim_id": claim_id, **answer}])
        session.insert_rows(Evidence, list(_files(cast, claim_id)))
    return claim_id


def _files(cast: Cast, claim_id: int) -> Iterator[dict[str, object]]:
    """One that is kept, and one whose bytes are gone."""
    store = BlobStore(cast.settings.evidence)
    with store.workroom() as room:
        (room / "notes").write_bytes(b"what I noted")
        kept = store.keep(cast.maplewood.id, room / "notes").sha256
    for name, sha256 in (("../notes.txt", kept), ("lost.pdf", "0" * 64)):
        yield {
            "id": new_id(),
            "claim_id": claim_id,
            "event_id": None,
            "kind": EvidenceKind.FILE,
            "link": None,
            "note": "",
            "file_sha256": sha256,
            "file_name": name,
            "media_type": "text/plain",
            "size_bytes": 12,
            "minutes": None,
            "added_at": NOW,
            "removed_at": None,
        }


def made(cast: Cast, of: PackOf, subject_id: int) -> tuple[int, zipfile.ZipFile]:
    """What Cam asks for, carried out: the job, and its file."""
    job_id = ask_pack(cast.scope("cam"), of, subject_id, key="k")
    while carry_on(a_shop(cast)):
        pass
    assert stands(cast, job_id).state is JobState.DONE, stands(cast, job_id).last_error
    row = made_file(cast.scope("cam"), job_id)
    assert row is not None
    path = BlobStore(cast.settings.evidence).path(cast.maplewood.id, row.sha256)
    return job_id, zipfile.ZipFile(path)


def rows(archive: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig"))))


def test_a_person_s_pack_holds_claims_answers_decisions_credit_and_files(cast: Cast, credited: int) -> None:
    a_claim(cast.scope("ada"), ClaimState.DRAFT, title="Nobody else's yet")
    _, archive = made(cast, PackOf.PERSON, cast.person_ids["ada"])
    with archive:
        (claim,) = rows(archive, "claims.csv")
        assert (claim["person"], claim["state"]) == ("Ada Lindqvist", ClaimState.CREDITED.label)
        assert [row["answer"] for row in rows(archive, "reflections.csv")][-1] == f"'{ANSWER}"
        assert "Bo Tran" in {row["by"] for row in rows(archive, "decisions.csv")}
        assert sum(int(row["minutes"]) for row in rows(archive, "credit.csv")) > 0
        assert "approved a claim" in {row["did"] for row in rows(archive, "trail.csv")}
        assert json.loads(archive.read("policies.json"))[0]["rules"]
        found = {row["file name"]: row["file in this pack"] for row in rows(archive, "evidence.csv")}
        assert archive.read(found["../notes.txt"]) == b"what I noted"
        assert ".." not in found["../notes.txt"]
        assert found["lost.pdf"] == "not in this pack"


def test_every_file_is_what_index_and_manifest_say(cast: Cast, credited: int) -> None:
    _, archive = made(cast, PackOf.PERSON, cast.person_ids["ada"])
    with archive:
        told = {one["name"]: one["sha256"] for one in json.loads(archive.read("manifest.json"))["files"]}
        assert set(told) == set(archive.namelist()) - {"manifest.json"}
        for name, sha256 in told.items():
            assert hashlib.sha256(archive.read(name)).hexdigest() == sha256
        assert {row["file"] for row in rows(archive, "index.csv")} == set(told) - {"index.csv"}


def test_the_cover_is_tagged_and_names_what_is_missing(cast: Cast, credited: int) -> None:
    _, archive = made(cast, PackOf.PERSON, cast.person_ids["ada"])
    with archive:
        data = archive.read("cover.pdf")
    document = pypdfium2.PdfDocument(data)
    words = "".join(page.get_textpage().get_text_range() for page in document)
    assert "Audit pack of a person" in words
    assert "lost.pdf, evidence of Ada Lindqvist: missing or altered" in words.replace("\r\n", " ")
    assert document.is_tagged()


def test_an_event_s_pack_holds_the_claims_for_it_alone(cast: Cast, credited: int) -> None:
    a_claim(cast.scope("ada"), ClaimState.SUBMITTED, title="Another")
    desk = a_desk(cast)
    event_id = desk.event_id
    check_in_by_short_code(cast.scope("ada"), short_code_at(desk, NOW), key=SECRET, sent=sent(NOW))
    with cast.scope("ada").session as session, session.writing():
        session.execute(sa.update(Claim).where(Claim.id == credited).values(event_id=event_id))
    _, archive = made(cast, PackOf.EVENT, event_id)
    with archive:
        assert len(rows(archive, "claims.csv")) == 1
        (row,) = rows(archive, "roster.csv")
        assert (row["name"], row["what"], row["at"]) == ("Ada Lindqvist", "in", "2014-10-20T16:00:00+00:00")


def test_that_it_was_made_and_fetched_stands_in_the_trail(cast: Cast, credited: int) -> None:
    job_id, archive = made(cast, PackOf.PERSON, cast.person_ids["ada"])
    archive.close()
    note_fetched(cast.scope("cam"), job_id)
    entries = cast.operator().session.execute(
        sa.select(AuditEntry.action, AuditEntry.subject_id)
        .where(AuditEntry.action.startswith("audit_pack"))
        .order_by(AuditEntry.seq)
    )
    ada = cast.person_ids["ada"]
    assert [tuple(row) for row in entries] == [("audit_pack.made", ada), ("audit_pack.fetched", ada)]


def test_nobody_else_asks_and_nothing_of_another_district_is_packed(cast: Cast) -> None:
    with pytest.raises(NotPermitted):
        ask_pack(cast.scope("bo"), PackOf.PERSON, cast.person_ids["ada"], key="k")
    with pytest.raises(NotHere):
        ask_pack(cast.scope("cam"), PackOf.PERSON, cast.person_ids["dee"], key="k")
