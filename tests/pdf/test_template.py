"""Each version of the modern template is drawn for ever as on its first day.

Certificates were issued under it: when one of these digests changes, old files are no longer what we would issue, and
every verifier calls them altered. A changed design is a new version of the template beside these. The digests are of
all objects with their streams decoded, so another zlib does not change them.
"""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest

from pdtracker.domain.certificate import Template
from pdtracker.pdf.certificate import TEMPLATES, render
from pdtracker.pdf.faces import Face
from pdtracker.pdf.verdict import FileMatch, Finding, examine
from pdtracker.signing import verify
from tests.pdf.sheets import CASES, key, signed

FIRST_DAYS: dict[int, dict[str, str]] = {
    version: json.loads(Path(__file__).with_name(f"modern-{version}.json").read_text()) for version in (1, 2)
}


def drawn_under(version: int, name: str) -> bytes:
    case = CASES[name]
    return render(*signed(replace(case, template=Template("modern", version, case.template.paper))))


def digest(data: bytes) -> str:
    """One digest of everything in the file: content, structure, typefaces, metadata and the record."""
    seen = hashlib.sha256()
    with pikepdf.open(io.BytesIO(data)) as document:
        for each in document.objects:
            if isinstance(each, pikepdf.Stream):
                for name, value in sorted(each.items()):
                    told = value.unparse() if isinstance(value, pikepdf.Object) else str(value).encode()
                    if name not in ("/Length", "/Filter"):
                        seen.update(name.encode() + told)
                seen.update(each.read_bytes())
            else:
                seen.update(each.unparse())
        seen.update(document.trailer.ID.unparse())
    return seen.hexdigest()


def test_every_version_is_watched() -> None:
    assert set(TEMPLATES) == {("modern", version) for version in FIRST_DAYS}


@pytest.mark.parametrize("version", list(FIRST_DAYS))
@pytest.mark.parametrize("name", list(CASES))
def test_a_certificate_is_drawn_as_on_the_first_day(name: str, version: int) -> None:
    assert digest(drawn_under(version, name)) == FIRST_DAYS[version][name]


@pytest.mark.parametrize("version", list(FIRST_DAYS))
def test_a_certificate_of_each_version_is_genuine_as_it_was_issued(version: int) -> None:
    verdict = examine(drawn_under(version, "eight"), {key().kid: key().public}, verify)
    assert (verdict.finding, verdict.file) == (Finding.GENUINE, FileMatch.IDENTICAL)
    assert verdict.snapshot is not None
    assert verdict.snapshot.template.version == version


@pytest.mark.parametrize("face", list(Face))
def test_the_letters_have_their_first_outlines_and_widths(face: Face) -> None:
    told = json.dumps([[code, round(wide)] for code, wide in sorted(face.file.charWidths.items())]).encode()
    assert hashlib.sha256(told).hexdigest() == FIRST_DAYS[1][face.value]
