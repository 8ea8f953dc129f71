"""The files of a roster: those of an archive that a roster is made of, or a single one.

An archive is unpacked in memory and only as far as the files that are read: what it says of its sizes is measured.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Final

from pdtracker.domain.refusals import Mistyped
from pdtracker.exchange.limits import ROSTER

LIMIT_BYTES: Final = 48 * 1024 * 1024
"""Of what is brought, packed or not."""

ARCHIVE: Final = b"PK\x03\x04"
_EMPTY_ARCHIVE: Final = b"PK\x05\x06"
_WORKBOOK_PART: Final = "[Content_Types].xml"
_READ: Final = frozenset(
    {
        "manifest.csv",
        "orgs.csv",
        "users.csv",
        "roles.csv",
        "school.csv",
        "teacher.csv",
        "schools.csv",
        "teachers.csv",
        "staff.csv",
    }
)
_LISTS: Final = (".csv", ".txt", ".tsv", ".xlsx")
_MOST_PARTS: Final = 1_000
_MOST_RATIO: Final = 150
"""Lists pack to a tenth; what packs far better was made to fill the memory."""

_SMALL_BYTES: Final = 1024 * 1024
_CHUNK_BYTES: Final = 256 * 1024

_DAMAGED: Final = "This archive can’t be unpacked. Pack the files anew, without a password, and choose that."
_TOO_LARGE: Final = f"This archive holds too much for a roster. {ROSTER.advice}"
_NOTHING: Final = (
    "This archive holds no roster that we know: no users.csv, teachers.csv or Teacher.csv, no single list."
)


def files_of(data: bytes, name: str) -> Mapping[str, bytes]:
    """The files of what somebody brought, by their names. Raises Mistyped, with what to do, for what is no roster."""
    if len(data) > LIMIT_BYTES:
        raise Mistyped(f"This file has more than {LIMIT_BYTES // 1024**2} MB. {ROSTER.advice}")
    if not data.startswith((ARCHIVE, _EMPTY_ARCHIVE)):
        return {name: data}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if any(part.filename == _WORKBOOK_PART for part in parts):
                return {name: data}
            if len(parts) > _MOST_PARTS:
                raise Mistyped(_TOO_LARGE)
            return _unpacked(archive, _chosen(parts))
    except Mistyped:
        raise
    except Exception:  # noqa: BLE001 - the errors of archives, which are many and not all told
        raise Mistyped(_DAMAGED) from None


def is_read(name: str) -> bool:
    """Whether a file of this name belongs to one of the formats."""
    return name.casefold() in _READ


def single_list(names: Iterable[str]) -> str | None:
    """The only list among files that no format knows; `None` when there is none, or a choice."""
    lists = [name for name in names if name.casefold().endswith(_LISTS)]
    return lists[0] if len(lists) == 1 else None


def _chosen(parts: Iterable[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """The files that are read, by their names without the folder. Raises Mistyped for names that lead elsewhere."""
    known: dict[str, zipfile.ZipInfo] = {}
    others: dict[str, zipfile.ZipInfo] = {}
    for part in parts:
        path = PurePosixPath(part.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in part.filename:
            raise Mistyped("This archive names files outside of itself. Pack the roster’s files anew.")
        if part.is_dir() or path.name.startswith(".") or "__MACOSX" in path.parts:
            continue
        found = known if is_read(path.name) else others
        if found is known and path.name.casefold() in {name.casefold() for name in known}:
            raise Mistyped(f"This archive holds {path.name} twice. Pack the files of one roster.")
        found[path.name] = part
    if known:
        return known
    if (alone := single_list(others)) is not None:
        return {alone: others[alone]}
    raise Mistyped(_NOTHING)


def _unpacked(archive: zipfile.ZipFile, chosen: Mapping[str, zipfile.ZipInfo]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    room = ROSTER.bytes
    for name, part in chosen.items():
        if part.flag_bits & 1:
            raise Mistyped(_DAMAGED)
        limit = min(room, max(_SMALL_BYTES, part.compress_size * _MOST_RATIO))
        chunks = []
        with archive.open(part) as opened:
            while chunk := opened.read(_CHUNK_BYTES):
                limit -= len(chunk)
                room -= len(chunk)
                if limit < 0:
                    raise Mistyped(_TOO_LARGE)
                chunks.append(chunk)
        files[name] = b"".join(chunks)
    return files
