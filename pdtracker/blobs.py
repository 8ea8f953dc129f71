"""Evidence files, kept by the hash of their content: a folder per district, nothing ever overwritten.

A row that names a file is written only after the file is on the disk (`keep` returns after fsync), so a row never
points at nothing. A file without a row (the request failed in between) costs only its space, until it is removed.

Who brings the bytes of a file again and who removes it may meet: the first makes the file young, or finds it gone and
keeps their own; the second takes it aside first and puts it back when it is young.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

_CHUNK_BYTES = 64 * 1024
_HEX = frozenset("0123456789abcdef")
_SHA256_LETTERS = 64
_ASIDE = ".aside"


class TooLarge(ValueError):
    """More came in than the limit allows; nothing was kept."""


@dataclass(frozen=True, slots=True)
class Blob:
    """What was kept: the SHA-256 of its bytes in hexadecimal, which is its name, and their number."""

    sha256: str
    size_bytes: int


class BlobStore:
    """The files of one installation below one folder, readable by its owner only."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def workroom(self) -> Iterator[Path]:
        """A private folder on the same disk, for files that are still looked at; it goes with all that is in it."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".coming-", dir=self._folder) as room:
            yield Path(room)

    def keep(self, district_id: int, file: Path) -> Blob:
        """Keep a file of the workroom; when this returns, it is on the disk. The same bytes are kept once."""
        blob = _blob_of(file)
        target = self.path(district_id, blob.sha256)
        try:
            os.utime(target)
        except FileNotFoundError:
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file.chmod(0o600)
            _to_disk(file)
            # Two at once bring the same bytes: whoever comes second replaces them by themselves.
            file.replace(target)
        for folder in (target.parent, target.parent.parent, self._folder):
            _to_disk(folder)
        return blob

    def path(self, district_id: int, sha256: str) -> Path:
        """Where the bytes of this hash are, or would be."""
        if len(sha256) != _SHA256_LETTERS or not _HEX.issuperset(sha256):
            raise ValueError("not a SHA-256")
        return self._folder / str(int(district_id)) / sha256[:2] / sha256

    def is_whole(self, district_id: int, sha256: str) -> bool:
        """Whether the bytes of this hash are there, and are those that were brought."""
        try:
            return _blob_of(self.path(district_id, sha256)).sha256 == sha256
        except (OSError, ValueError):
            return False

    def untouched_since(self, district_id: int, moment: datetime) -> Iterator[str]:
        """The hashes of a district's files that nobody brought since `moment`."""
        for file in sorted(self._folder.glob(f"{int(district_id)}/??/*")):
            whole = file.with_suffix("")
            if file.suffix == _ASIDE:
                # Whoever took it aside died before it was decided.
                file.replace(whole)
            if _brought_at(whole) < moment:
                yield whole.name

    def remove(self, district_id: int, sha256: str, moment: datetime) -> bool:
        """Remove a file that no row names; it stays, and the answer is no, when somebody brought it since `moment`."""
        file = self.path(district_id, sha256)
        aside = file.with_suffix(_ASIDE)
        file.rename(aside)
        if _brought_at(aside) >= moment:
            aside.replace(file)
            return False
        aside.unlink()
        return True


def receive(stream: BinaryIO, room: Path, limit_bytes: int) -> Path:
    """Write what comes in to a new file of the room, chunk by chunk. Raises TooLarge after `limit_bytes`."""
    target = room / secrets.token_hex(8)
    left = limit_bytes
    with target.open("xb") as file:
        while chunk := stream.read(_CHUNK_BYTES):
            left -= len(chunk)
            if left < 0:
                raise TooLarge(f"more than {limit_bytes} bytes")
            file.write(chunk)
    return target


def _blob_of(file: Path) -> Blob:
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256")
    return Blob(digest.hexdigest(), file.stat().st_size)


def _brought_at(file: Path) -> datetime:
    return datetime.fromtimestamp(file.stat().st_mtime, UTC)


def _to_disk(path: Path) -> None:
    """Wait until a file's bytes, or a folder's names, are on the disk."""
    flags = os.O_RDONLY
    # Windows can't open folders, and keeps their names safe by itself.
    with suppress(PermissionError):
        descriptor = os.open(path, flags)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
