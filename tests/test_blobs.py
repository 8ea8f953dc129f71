"""Files by their content: whole on the disk or not there, and within their district's folder."""

from __future__ import annotations

import hashlib
import io
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pdtracker.blobs import BlobStore, TooLarge, receive


def test_a_file_is_kept_under_its_hash_and_its_owner_only_reads_it(tmp_path: Path) -> None:
    store = BlobStore(tmp_path / "evidence")
    with store.workroom() as room:
        blob = store.keep(7, receive(io.BytesIO(b"notes"), room, 100))
    assert blob.sha256 == hashlib.sha256(b"notes").hexdigest()
    path = store.path(7, blob.sha256)
    assert path.read_bytes() == b"notes"
    assert path.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "evidence").stat().st_mode & 0o077 == 0


def test_it_is_on_the_disk_when_keep_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without fsync of the file and of its folder a power cut could leave a row that names nothing."""
    synced: list[str] = []
    real = os.fsync

    def sync(number: int) -> None:
        synced.append(str(Path(f"/proc/self/fd/{number}").readlink()))
        real(number)

    monkeypatch.setattr(os, "fsync", sync)
    store = BlobStore(tmp_path / "evidence")
    with store.workroom() as room:
        file = receive(io.BytesIO(b"notes"), room, 100)
        blob = store.keep(7, file)
    folder = str(store.path(7, blob.sha256).parent)
    assert synced[0] == str(file)
    assert folder in synced


def test_too_much_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    store = BlobStore(tmp_path / "evidence")
    with pytest.raises(TooLarge), store.workroom() as room:
        receive(io.BytesIO(b"0" * 101), room, 100)
    assert list((tmp_path / "evidence").iterdir()) == []


def test_the_same_bytes_from_many_sides_at_once_are_kept_once(tmp_path: Path) -> None:
    store, gate = BlobStore(tmp_path / "evidence"), threading.Barrier(8)

    def keep(_: int) -> str:
        with store.workroom() as room:
            file = receive(io.BytesIO(b"notes" * 1000), room, 10_000)
            gate.wait()
            return store.keep(7, file).sha256

    with ThreadPoolExecutor(8) as pool:
        (sha256,) = set(pool.map(keep, range(8)))
    assert store.path(7, sha256).read_bytes() == b"notes" * 1000
    assert sum(path.is_file() for path in (tmp_path / "evidence").rglob("*")) == 1


@pytest.mark.parametrize("name", ["", "..", "../" * 21 + "x", "A" * 64, "0" * 63, "0" * 65])
def test_only_a_hash_is_a_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="not a SHA-256"):
        BlobStore(tmp_path).path(7, name)
