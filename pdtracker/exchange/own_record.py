"""A person's own record as a ZIP: a page to read, one JSON document, a table for each kind of thing, the files."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import IO, Final, Protocol

from pdtracker.exchange.csv_out import write_csv

MEDIA_TYPE: Final = "application/zip"

# The date of every entry: the same record gives the same bytes.
_EPOCH = (2014, 1, 1, 0, 0, 0)
_UNSAFE = re.compile(r"[^\w.-]+")
_STYLE = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "dl{border-top:1px solid #999;padding:.5rem 0;margin:0}dt{font-weight:600}"
    "dd{margin:0 0 .25rem;overflow-wrap:anywhere}"
)


class Part(Protocol):
    """All things of one kind."""

    @property
    def name(self) -> str:
        """What they are."""

    @property
    def columns(self) -> Sequence[str]:
        """What is kept of each."""

    @property
    def rows(self) -> Sequence[Sequence[str | int | None]]:
        """The things."""


def write_record(
    out: IO[bytes], heading: Mapping[str, str], parts: Sequence[Part], files: Iterable[tuple[str, Path]]
) -> None:
    """Writes the ZIP. `heading` says whose record it is and when; `files` are names and where each lies."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        _put(made, "index.html", _page(heading, parts).encode())
        document = {"about": dict(heading)} | {
            part.name: [dict(zip(part.columns, row, strict=True)) for row in part.rows] for part in parts
        }
        _put(made, "record.json", json.dumps(document, ensure_ascii=False, indent=1).encode())
        for part in parts:
            table = io.BytesIO()
            write_csv(table, part.columns, part.rows)
            _put(made, f"tables/{part.name}.csv", table.getvalue())
        for number, (name, path) in enumerate(files, 1):
            if path.is_file():
                made.write(path, f"files/{number:03}-{_UNSAFE.sub('_', name)[-80:]}")


def _put(made: zipfile.ZipFile, name: str, data: bytes) -> None:
    made.writestr(zipfile.ZipInfo(name, _EPOCH), data, zipfile.ZIP_DEFLATED)


def _page(heading: Mapping[str, str], parts: Sequence[Part]) -> str:
    title = escape(f"The record of {heading['name']}")
    said = [f"<h1>{title}</h1>", _terms(heading.items())]
    for part in parts:
        said.append(f"<h2>{escape(_words(part.name))}</h2>")
        said += [
            _terms((_words(name), str(value)) for name, value in _filled(part.columns, row))
            for row in part.rows
        ]
    head = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>'
    )
    return f"{head}<main>{''.join(said)}</main></html>"


def _filled(names: Sequence[str], row: Sequence[str | int | None]) -> Iterable[tuple[str, str | int]]:
    return [(name, value) for name, value in zip(names, row, strict=True) if value not in (None, "")]


def _terms(pairs: Iterable[tuple[str, str]]) -> str:
    return (
        "<dl>"
        + "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in pairs)
        + "</dl>"
    )


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()
