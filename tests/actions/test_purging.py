"""What nobody needs any more goes, and nothing else."""

from __future__ import annotations

import io
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from pdtracker import jobs
from pdtracker.actions import purging
from pdtracker.actions.people import NewPerson, Roles, add_person
from pdtracker.actions.rates import Limit, count_try
from pdtracker.audit import first_break
from pdtracker.blobs import BlobStore, receive
from pdtracker.domain.access import Role
from pdtracker.models.claims import Evidence, EvidenceKind
from pdtracker.models.ids import new_id
from pdtracker.models.people import JoiningCode, SignIn
from pdtracker.models.records import AuditEntry, IdempotencyKey, Rate
from tests.factories import AN_ISSUER, Cast, a_certificate, a_claim

TODAY = datetime.now(UTC)
KEY = "only for tests"


@pytest.fixture
def store(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path / "evidence")


def _keep(store: BlobStore, district_id: int, content: bytes) -> Path:
    with store.workroom() as room:
        blob = store.keep(district_id, receive(io.BytesIO(content), room, 1000))
    return store.path(district_id, blob.sha256)


def _age(file: Path, days: float) -> None:
    moment = (TODAY - timedelta(days=days)).timestamp()
    os.utime(file, (moment, moment))


def _name(cast: Cast, file: Path, **more: Any) -> None:
    """A row that names the file."""
    scope = cast.scope("ada")
    row = {
        "id": new_id(),
        "claim_id": a_claim(scope),
        "kind": EvidenceKind.FILE,
        "link": None,
        "note": "",
        "file_sha256": file.name,
        "file_name": "notes.pdf",
        "media_type": "application/pdf",
        "size_bytes": 5,
        "added_at": scope.at,
        "removed_at": None,
    }
    with scope.session.writing():
        scope.session.add(Evidence(**(row | more)))


def _sign_in(cast: Cast, days: int, **more: Any) -> int:
    at = TODAY - timedelta(days=days)
    row = SignIn(
        **{
            "id": new_id(),
            "secret_hash": f"{new_id()}",
            "account_id": cast.account_ids["ada"],
            "created_at": at,
            "seen_at": at,
            "expires_at": at + timedelta(hours=12),
            "ended_at": None,
            "browser": "suite",
            **more,
        }
    )
    with cast.database.session(None, installation=True) as doors, doors.writing():
        doors.add(row)
        return row.id


def test_sign_ins_go_a_month_after_their_end(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purging, "AT_ONCE", 2)
    for _ in range(5):
        _sign_in(cast, 31)
    _sign_in(cast, 31, ended_at=TODAY - timedelta(days=31))
    kept = {_sign_in(cast, 0), _sign_in(cast, 29), _sign_in(cast, 29, ended_at=TODAY - timedelta(days=29))}
    assert purging.purge_sign_ins(cast.database, TODAY) == 6
    with cast.database.session(None, installation=True) as doors:
        assert set(doors.scalars(sa.select(SignIn.id))) == kept
    assert purging.purge_sign_ins(cast.database, TODAY) == 0


def test_counters_go_when_their_windows_are_long_over(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purging, "AT_ONCE", 2)
    for days in (0, 1, 3, 4, 5, 6, 7):
        limit = Limit("trying", "ada", timedelta(minutes=1), 3)
        count_try(cast.database, [limit], key=KEY, at=TODAY - timedelta(days=days))
    assert purging.purge_rates(cast.database, TODAY) == 5
    with cast.database.session(None, installation=True) as doors:
        left = doors.scalars(sa.select(Rate.window_starts_at)).all()
    assert len(left) == 2
    assert all(TODAY - at < timedelta(days=2) for at in left)


def test_codes_that_ran_out_and_old_keys_go_with_an_entry(cast: Cast) -> None:
    for number, days in enumerate((15, 3)):
        new = NewPerson(
            name="Gus Peters",
            email=f"gus{number}@maplewood.example",
            title="",
            school_id=None,
            roles=Roles(roles=frozenset({Role.TEACHER})),
        )
        add_person(cast.scope("cam", TODAY - timedelta(days=days)), new)
    for days in (91, 89):
        at = TODAY - timedelta(days=days)
        a_certificate(cast.scope("ada", at), cast.scope("bo", at))
    district = cast.operator(at=TODAY)
    assert purging.purge_district(district) == purging.Purged(codes=1, keys=1)
    assert purging.purge_district(district) == purging.Purged(codes=0, keys=0)
    session = district.session
    assert session.scalar(sa.select(sa.func.count()).select_from(JoiningCode)) == 1
    assert session.scalar(sa.select(sa.func.count()).select_from(IdempotencyKey)) == 1
    purged = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "district.purged")).all()
    assert [entry.facts for entry in purged] == [{"codes": 1, "keys": 1}]
    assert first_break(session) is None


def test_files_go_that_no_row_names_for_a_day(cast: Cast, store: BlobStore) -> None:
    here, there = cast.maplewood.id, cast.riverton.id
    orphan, elsewhere = _keep(store, here, b"orphan"), _keep(store, there, b"named here only")
    young = _keep(store, here, b"young")
    named, removed = _keep(store, here, b"named here only"), _keep(store, here, b"taken off")
    _name(cast, named)
    _name(cast, removed, removed_at=TODAY - timedelta(days=400))
    for file in (orphan, elsewhere, named, removed):
        _age(file, 1.1)
    assert purging.purge_files(cast.operator(at=TODAY), store) == 1
    assert [file.exists() for file in (orphan, young, named, removed, elsewhere)] == [
        False, True, True, True, True
    ]  # fmt: skip
    # The same bytes in another district are another file.
    assert purging.purge_files(cast.operator(cast.riverton, at=TODAY), store) == 1
    assert not elsewhere.exists()


def test_a_file_that_is_brought_again_meanwhile_stays(tmp_path: Path, store: BlobStore) -> None:
    """`keep` makes it young; without that the row that comes next would name nothing."""
    file, before = _keep(store, 7, b"notes"), TODAY - timedelta(days=1)
    _age(file, 2)
    assert list(store.untouched_since(7, before)) == [file.name]
    assert _keep(store, 7, b"notes") == file
    assert not store.remove(7, file.name, before)
    assert file.read_bytes() == b"notes"
    assert list(store.untouched_since(7, before)) == []


def test_a_file_taken_aside_by_who_died_comes_back(store: BlobStore) -> None:
    file = _keep(store, 7, b"notes")
    file.rename(file.with_suffix(".aside"))
    _keep(store, 7, b"others")
    assert list(store.untouched_since(7, TODAY - timedelta(days=1))) == []
    assert file.read_bytes() == b"notes"


def test_the_worker_purges_once_a_day(cast: Cast, store: BlobStore, monkeypatch: pytest.MonkeyPatch) -> None:
    _sign_in(cast, 31)
    orphan = _keep(store, cast.maplewood.id, b"orphan")
    _age(orphan, 2)
    rounds: list[datetime] = []
    purge = jobs.purge

    def counted(*told: Any) -> None:
        rounds.append(told[-1])
        purge(*told)

    monkeypatch.setattr(jobs, "purge", counted)
    monkeypatch.setattr(jobs, "POLL_SECONDS", 0.01)
    worker = jobs.Worker(cast.database, _NoPost(), store, base_url="http://localhost", issuer=AN_ISSUER)
    worker.start()
    deadline = datetime.now(UTC) + timedelta(seconds=60)
    while orphan.exists() and datetime.now(UTC) < deadline:
        worker._stop.wait(0.02)
    worker._stop.wait(0.1)
    worker.stop()
    assert not orphan.exists()
    assert len(rounds) == 1
    with cast.database.session(None, installation=True) as doors:
        assert doors.scalar(sa.select(sa.func.count()).select_from(SignIn)) == 0


class _NoPost:
    def deliver(self, message: object) -> None:
        raise AssertionError("no letter is due")
