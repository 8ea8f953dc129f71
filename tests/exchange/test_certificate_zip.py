"""Certificates as one ZIP: stored, with an index whose hashes fit."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from datetime import date

import pytest

from pdtracker.exchange import certificate_zip
from pdtracker.exchange.certificate_zip import HEADER, INDEX, CertificateZip, Entry

ON = date(2014, 11, 7)


def test_files_are_stored_as_they_are_and_the_index_fits_them() -> None:
    out = io.BytesIO()
    made = CertificateZip(out, ON)
    files = {f"Ada-{number}.pdf": b"%PDF" + bytes([number]) * 500 for number in range(3)}
    for name, data in files.items():
        made.add(Entry(name, "=Ada", "Chat, one", 60, ON, "CODE", "SERIAL"), data)
    made.close()
    with zipfile.ZipFile(out) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [*files, INDEX]
        assert {one.compress_type for one in archive.infolist()} == {zipfile.ZIP_STORED}
        assert {one.date_time for one in archive.infolist()} == {(2014, 11, 7, 0, 0, 0)}
        rows = list(csv.reader(io.StringIO(archive.read(INDEX).decode("utf-8-sig"))))
        assert tuple(rows[0]) == HEADER
        for row in rows[1:]:
            data = archive.read(row[0])
            assert (row[7], row[8]) == (hashlib.sha256(data).hexdigest(), str(len(data)))
            # A spreadsheet runs no holder's name.
            assert row[1] == "'=Ada"


def test_the_same_certificates_are_the_same_bytes() -> None:
    def made() -> bytes:
        out = io.BytesIO()
        archive = CertificateZip(out, ON)
        archive.add(Entry("a.pdf", "Ada", "Chat", 60, ON, "CODE", "SERIAL"), b"%PDF")
        archive.close()
        return out.getvalue()

    assert made() == made()


@pytest.mark.parametrize(("most", "largest"), [(2, 1 << 32), (1 << 16, 600)])
def test_many_or_far_files_are_found_by_the_larger_form(
    monkeypatch: pytest.MonkeyPatch, most: int, largest: int
) -> None:
    monkeypatch.setattr(certificate_zip, "_MOST", min(most, 0xFFFF))
    monkeypatch.setattr(certificate_zip, "_LARGEST", min(largest, 0xFFFFFFFF))
    out = io.BytesIO()
    made = CertificateZip(out, ON)
    for number in range(3):
        made.add(Entry(f"Zoë-{number}.pdf", "Zoë", "Chat", 60, ON, "CODE", "SERIAL"), bytes([number]) * 500)
    made.close()
    assert b"PK\x06\x06" in out.getvalue()
    # The small form says "look there" with the largest numbers that it has.
    whole = out.getvalue()
    if largest == 600:
        whole = whole.replace((600).to_bytes(4, "little"), b"\xff" * 4)
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        assert archive.testzip() is None
        assert [one.file_size for one in archive.infolist()][:3] == [500] * 3
        assert archive.namelist()[0] == "Zoë-0.pdf"
