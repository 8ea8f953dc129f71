"""Version 1 of the modern template is drawn for ever as on its first day.

Certificates were issued under it: when one of these digests changes, old files are no longer what we would issue, and
every verifier calls them altered. A changed design is a new version of the template beside this one. The digests are
of decoded content and outlines, so another zlib does not change them.
"""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path

import pikepdf
import pytest

from pdtracker.pdf.certificate import render
from pdtracker.pdf.faces import Face
from tests.pdf.sheets import CASES, signed

FIRST_DAY: dict[str, str] = json.loads(Path(__file__).with_name("modern-1.json").read_text())


def digests(name: str) -> str:
    """One digest of all that a reader's eye or ear gets from the file."""
    seen = hashlib.sha256()
    with pikepdf.open(io.BytesIO(render(*signed(CASES[name])))) as document:
        for page in document.pages:
            seen.update(page.Contents.read_bytes())
            for font in page.Resources.Font.values():
                seen.update(font.FontDescriptor.FontFile2.read_bytes() + font.ToUnicode.read_bytes())
        seen.update(document.Root.Metadata.read_bytes())
        seen.update(document.attachments["certificate.json"].get_file().read_bytes())
    return seen.hexdigest()


@pytest.mark.parametrize("name", list(CASES))
def test_a_certificate_is_drawn_as_on_the_first_day(name: str) -> None:
    assert digests(name) == FIRST_DAY[name]


@pytest.mark.parametrize("face", list(Face))
def test_the_letters_have_their_first_outlines_and_widths(face: Face) -> None:
    told = json.dumps([[code, round(wide)] for code, wide in sorted(face.file.charWidths.items())]).encode()
    assert hashlib.sha256(told).hexdigest() == FIRST_DAY[face.value]
