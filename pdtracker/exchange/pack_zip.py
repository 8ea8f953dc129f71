"""An audit pack as a ZIP: lists and files one after the other, each with its hash in an index and a manifest."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import IO, Any, Final, cast

from pdtracker.domain.audit_pack import INDEX, MANIFEST, PackedFile
from pdtracker.exchange.csv_out import Cell, write_csv

_HEADER: Final = ("file", "what", "sha256", "bytes")
_PIECE_BYTES: Final = 1 << 16


class PackZip:
    """The ZIP while it is written to `out`, piece by piece; `close` makes it whole."""

    def __init__(self, out: IO[bytes], at: datetime) -> None:
        self._zip = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED)
        self._at = at
        self.files: list[PackedFile] = []

    def table(self, name: str, says: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
        """A list, row by row."""
        with self._opened(name, says) as out:
            write_csv(out, header, rows)

    def content(self, name: str, says: str, data: bytes) -> None:
        """A file that is in hand."""
        with self._opened(name, says) as out:
            out.write(data)

    def copy(self, name: str, says: str, source: IO[bytes]) -> None:
        """A file from the disk."""
        with self._opened(name, says) as out:
            while piece := source.read(_PIECE_BYTES):
                out.write(piece)

    def close(self, about: Mapping[str, Any]) -> None:
        """The index, and the manifest, which names the index's hash as well; `about` says what the pack is of."""
        rows = [(one.name, one.says, one.sha256, one.size_bytes) for one in self.files]
        self.table(INDEX, "this list", _HEADER, rows)
        files = [
            {"name": one.name, "sha256": one.sha256, "bytes": one.size_bytes, "what": one.says}
            for one in self.files
        ]
        told = json.dumps({**about, "files": files}, ensure_ascii=False, indent=1)
        self.content(MANIFEST, "all of it for programs", told.encode())
        self._zip.close()

    def give_up(self) -> None:
        """No more of it: what is written is no pack."""
        self._zip.close()

    @contextmanager
    def _opened(self, name: str, says: str) -> Iterator[IO[bytes]]:
        member = zipfile.ZipInfo(name, self._at.timetuple()[:6])
        member.compress_type = zipfile.ZIP_DEFLATED
        member.external_attr = 0o100644 << 16
        # How long it becomes nobody knows yet: it may be longer than 4 GB.
        with self._zip.open(member, "w", force_zip64=True) as opened:
            out = _Hashed(opened)
            yield cast("IO[bytes]", out)
        self.files.append(PackedFile(name, says, out.hash.hexdigest(), out.size))


class _Hashed(io.BufferedIOBase):
    """What is written goes on as it is, and is counted and hashed on its way."""

    def __init__(self, out: IO[bytes]) -> None:
        super().__init__()
        self._out = out
        self.hash = hashlib.sha256()
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        content = bytes(data)
        self.hash.update(content)
        self.size += len(content)
        self._out.write(content)
        return len(content)
