"""Evidence: several pieces, each added once; files are on the disk before a row names them."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from pdtracker.actions.evidence import add_file, add_link, add_word, file_name, keep_file, remove_evidence
from pdtracker.blobs import BlobStore
from pdtracker.domain.evidence import FILE_LIMIT_BYTES, MOST_PIECES, EvidenceKind
from pdtracker.domain.refusals import NotHere, NotNow, NotPermitted, NotValid
from pdtracker.exchange.attachments import MediaType
from pdtracker.models.claims import Evidence
from pdtracker.models.ids import new_id
from pdtracker.queries import evidence
from pdtracker.scope import Scope
from tests.claiming import a_draft, a_sent_claim
from tests.factories import Cast

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture
def ada(cast: Cast) -> Scope:
    return cast.scope("ada")


@pytest.fixture
def store(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "evidence")


def test_a_link_and_one_s_word_are_added_once_each(ada: Scope) -> None:
    claim_id = a_draft(ada)
    for _ in range(2):
        add_link(ada, claim_id, "https://notes.example/1", note="")
        add_word(ada, claim_id, note="I asked about the drill.")
    assert [piece.kind.value for piece in evidence.evidence(ada, claim_id)] == ["link", "attestation"]


def test_a_file_is_kept_by_its_content_in_the_district_s_folder(
    ada: Scope, store: BlobStore, tmp_path: Path
) -> None:
    claim_id = a_draft(ada)
    for _ in range(2):
        kept = keep_file(ada, store, claim_id, io.BytesIO(PDF), "../../notes\u202e.exe.pdf")
        add_file(ada, claim_id, kept, note="")
    (piece,) = evidence.evidence(ada, claim_id)
    assert (piece.file_name, piece.media_type, piece.size_bytes) == (
        "notes.exe.pdf",
        "application/pdf",
        len(PDF),
    )
    assert store.path(ada.district.id, piece.file_sha256 or "").read_bytes() == PDF
    assert [path.name for path in (tmp_path / "evidence").iterdir()] == [str(ada.district.id)]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"<!doctype html><script>alert(1)</script>", "Choose a PDF, JPEG or PNG file."),
        (b"", "empty"),
        (b"%PDF-1.4\n" + b"0" * FILE_LIMIT_BYTES, "larger than 10 MB"),
        (b"%PDF-1.4\n" + b"0" * 5000, "ends too early"),
        (b"PK\x03\x04" + b"0" * 100, "Choose a PDF, JPEG or PNG file."),
    ],
)
def test_other_files_are_refused_and_leave_nothing(
    ada: Scope, store: BlobStore, tmp_path: Path, content: bytes, sentence: str
) -> None:
    claim_id = a_draft(ada)
    with pytest.raises(NotValid) as refusal:
        keep_file(ada, store, claim_id, io.BytesIO(content), "notes.pdf")
    assert sentence in refusal.value.errors["file"]
    assert list((tmp_path / "evidence").rglob("*")) == []


def test_nobody_stores_files_for_a_claim_that_is_not_theirs_or_waits(
    cast: Cast, ada: Scope, store: BlobStore
) -> None:
    with pytest.raises(NotHere):
        keep_file(ada, store, a_draft(cast.scope("dee")), io.BytesIO(PDF), "x.pdf")
    with pytest.raises(NotNow):
        keep_file(ada, store, a_sent_claim(ada), io.BytesIO(PDF), "x.pdf")


def test_what_was_removed_is_gone_from_the_page_and_can_be_added_again(ada: Scope) -> None:
    claim_id = a_draft(ada)
    piece = add_link(ada, claim_id, "https://notes.example/1", note="")
    remove_evidence(ada, claim_id, piece)
    remove_evidence(ada, claim_id, piece)
    assert evidence.evidence(ada, claim_id) == ()
    assert add_link(ada, claim_id, "https://notes.example/1", note="") != piece


def test_what_was_recorded_at_the_event_is_not_the_claimant_s_to_take_out(ada: Scope) -> None:
    claim_id = a_draft(ada)
    piece = new_id()
    with ada.session.writing():
        ada.session.add(
            Evidence(
                id=piece, claim_id=claim_id, kind=EvidenceKind.CHECK_IN, note="", minutes=60, added_at=ada.at
            )
        )
    with pytest.raises(NotPermitted):
        remove_evidence(ada, claim_id, piece)
    assert [row.minutes for row in evidence.evidence(ada, claim_id)] == [60]


def test_evidence_of_another_claim_is_not_removed(ada: Scope) -> None:
    first = a_draft(ada)
    piece = add_link(ada, first, "https://notes.example/1", note="")
    with pytest.raises(NotHere):
        remove_evidence(ada, a_draft(ada), piece)


def test_there_is_an_end_to_evidence(ada: Scope) -> None:
    claim_id = a_draft(ada)
    for number in range(MOST_PIECES):
        add_link(ada, claim_id, f"https://notes.example/{number}", note="")
    with pytest.raises(NotValid, match="thing to put right"):
        add_word(ada, claim_id, note="And more.")


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("photo.JPEG", "photo.png"),
        ("C:\\Users\\ada\\my notes.png", "my notes.png"),
        ("/etc/passwd", "passwd.png"),
        ("..", "evidence.png"),
        ("", "evidence.png"),
        ('a"b<c>|d.png', "abcd.png"),
        ("line\r\nSet-Cookie: x.png", "lineSet-Cookie x.png"),
        ("Nguyễn Thị Minh.png", "Nguyễn Thị Minh.png"),
        ("\u202egnp.exe.png", "gnp.exe.png"),
        ("x" * 300 + ".png", "x" * 100 + ".png"),
    ],
)
def test_a_file_s_name_is_made_harmless(name: str, plain: str) -> None:
    assert file_name(name, MediaType.PNG) == plain
