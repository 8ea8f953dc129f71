"""Writes a shutdown kit into a folder: whole or not at all, piece by piece, whatever there is of it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pdtracker.db import Database
from pdtracker.domain.refusals import Refusal
from pdtracker.exchange.kit.page import HERE, page
from pdtracker.queries.certificates import PublicKey, every_public_key
from pdtracker.queries.kept_keys import keys_document
from pdtracker.queries.outbox import districts
from pdtracker.queries.shutdown_kit import Archived, archived, sign_pages
from pdtracker.queries.status_lists import SCHEMA, Publisher, signed_lists
from pdtracker.scope import DistrictFacts


@dataclass
class Written:
    """What a kit came to hold: certificates of each district, and what was left out with its reason."""

    counts: dict[str, int] = field(default_factory=dict)
    left_out: int = 0


def write_archive(database: Database, publisher: Publisher, folder: Path, at: datetime) -> Written:
    """Write the kit into a folder that isn't there yet. Raises Refusal; then no part of one is left."""
    if folder.exists():
        raise Refusal("taken", f"{folder} is already there. Choose another name; a kit never replaces one.")
    draft = folder.with_name(f".{folder.name}.{os.getpid()}")
    try:
        draft.mkdir(parents=True)
        written = _write_all(database, publisher, draft, at)
        _sync(draft)
        draft.rename(folder)
        _sync(folder.parent)
    except OSError as error:
        raise Refusal("output", f"{folder} can’t be written: {error.strerror or error}.") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return written


def _write_all(database: Database, publisher: Publisher, draft: Path, at: datetime) -> Written:
    for name in ("certificates", "pages", "badges"):
        (draft / name).mkdir()
    with database.session(None) as session:
        places = districts(session)
    written, lists = Written(), []
    for place in places:
        lists += _write_district(database, publisher, draft, place, written, at)
    keys = every_public_key(database)
    kept = keys_document(keys, publisher.site, at)
    status: dict[str, Any] = {"schema": SCHEMA, "lists": lists}
    _write(draft / "keys.json", [json.dumps(kept, ensure_ascii=False, indent=2) + "\n"])
    _write(draft / "status.json", [json.dumps(status, ensure_ascii=False, indent=1) + "\n"])
    _write(draft / "verify.html", page(kept, status, _pages(draft, written)))
    _write(draft / "verify.py", [(HERE / "verify.py").read_text(encoding="utf-8")])
    _write(draft / "README.txt", [_read_me(publisher.site, keys, at)])
    files = {
        str(file.relative_to(draft)): _digest(file) for file in sorted(draft.rglob("*")) if file.is_file()
    }
    manifest = {"schema": "pdtracker.manifest/1", "made_at": kept["as_of"], "files": files}
    _write(draft / "manifest.json", [json.dumps(manifest, indent=1) + "\n"])
    return written


def _write_district(
    database: Database,
    publisher: Publisher,
    draft: Path,
    place: DistrictFacts,
    written: Written,
    at: datetime,
) -> list[Any]:
    """A district's certificates and pages; gives its status lists. A district without a key has nothing to tell."""
    with database.session(place.id) as session:
        lists = signed_lists(session, publisher, at, None)
        if not lists:
            return []
        digest, count = hashlib.sha256(), 0
        with (
            _opened(draft / "certificates" / f"{place.slug}.jsonl") as records,
            _opened(draft / "pages" / f"{place.slug}.txt") as rows,
            _opened(draft / "badges" / f"{place.slug}.jsonl") as badges,
        ):
            for one in archived(session, publisher.secrets, at):
                if not isinstance(one, Archived):
                    written.left_out += 1
                    with (draft / "left-out.txt").open("a", encoding="utf-8") as left_out:
                        left_out.write(f"{place.slug} {one.serial}: {one.reason}\n")
                    continue
                records.write(one.record + b"\n")
                rows.write(one.row.encode())
                badges.write(one.badge + b"\n")
                digest.update(one.row.encode())
                count += 1
        signed = sign_pages(session, publisher.secrets, place.slug, count, digest.hexdigest(), at)
    _write(draft / "pages" / f"{place.slug}.json", [json.dumps(signed) + "\n"])
    written.counts[place.slug] = count
    return list(lists.values())


def _pages(draft: Path, written: Written) -> Iterator[tuple[str, Iterator[str]]]:
    for slug in written.counts:
        yield (
            (draft / "pages" / f"{slug}.json").read_text(encoding="utf-8"),
            _lines(draft / "pages" / f"{slug}.txt"),
        )


def _lines(file: Path) -> Iterator[str]:
    with file.open(encoding="ascii") as opened:
        yield from opened


def _read_me(site: str, keys: Iterable[PublicKey], at: datetime) -> str:
    told = "\n".join(
        f"  {key.kid}  {key.district_name}, {key.valid_from:%Y-%m-%d} to"
        f" {f'{key.retired_at:%Y-%m-%d}' if key.retired_at else 'today'}"
        for key in keys
    )
    return (
        (HERE / "README.txt").read_text(encoding="utf-8").format(day=f"{at:%Y-%m-%d}", site=site, keys=told)
    )


def _write(file: Path, pieces: Iterable[str]) -> None:
    with _opened(file) as opened:
        for piece in pieces:
            opened.write(piece.encode())


@contextmanager
def _opened(file: Path) -> Iterator[Any]:
    """The file, on the disk when it is closed."""
    with file.open("wb") as opened:
        yield opened
        opened.flush()
        os.fsync(opened.fileno())


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _sync(folder: Path) -> None:
    """What the folder holds, on the disk; where the system can't, the files are."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
