"""Each version of each template is drawn for ever as on its first day.

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
from pdtracker.domain.certificate_design import FORM_VERSION
from pdtracker.domain.state_forms import StateForm
from pdtracker.pdf.certificate import TEMPLATES, has_badge, render
from pdtracker.pdf.faces import Face
from pdtracker.pdf.verdict import FileMatch, Finding, examine
from pdtracker.signing import verify
from tests.pdf.forms import CASE_NAMES, formed
from tests.pdf.papers import chosen
from tests.pdf.sheets import CASES, DESIGNS, key, signed

VERSIONS = (
    ("modern", 1),
    ("modern", 2),
    ("modern", 3),
    ("modern", 4),
    ("modern", 5),
    ("classic", 1),
    ("classic", 2),
    ("plain", 1),
    ("plain", 2),
    ("plain", 3),
    ("plain", FORM_VERSION),
)
FORMS = (("plain", 2), ("plain", FORM_VERSION))
BADGE = b"e30.e30.AAAA"
FIRST_DAYS: dict[tuple[str, int], dict[str, str]] = {
    (design, version): json.loads(Path(__file__).with_name(f"{design}-{version}.json").read_text())
    for design, version in VERSIONS
}


def drawn_under(template: tuple[str, int], name: str) -> bytes:
    if template in FORMS:
        form, _, case_name = name.partition(", ")
        chosen_form = StateForm(form) if case_name else StateForm.TEXAS
        sheet = formed(case_name or "eight", chosen_form, version=template[1])
        return render(*signed(sheet), badge=BADGE if has_badge(sheet) else None)
    if name == "as chosen":
        return chosen(template[0])
    case = CASES[name]
    made = replace(case, template=Template(*template, case.template.paper))
    return render(*signed(made), badge=BADGE if has_badge(made) else None)


def drawings(template: tuple[str, int]) -> list[str]:
    """What is watched of a template: every case, and for those that show it what a district chose."""
    if template in FORMS:
        return [f"{form.value}, {case}" for form in StateForm for case in CASE_NAMES]
    return [*CASES, "as chosen"] if DESIGNS[template[0]] == template[1] else list(CASES)


def digest(data: bytes) -> str:
    """One digest of everything in the file: content, structure, typefaces, metadata and the record."""
    seen = hashlib.sha256()
    with pikepdf.open(io.BytesIO(data)) as document:
        for each in document.objects:
            if isinstance(each, pikepdf.Stream) and each.get("/Type") == "/XRef":
                continue  # where the objects stand, which follows from how hard they are compressed
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
    assert set(TEMPLATES) == set(VERSIONS)


@pytest.mark.parametrize(
    ("template", "name"), [(template, name) for template in VERSIONS for name in drawings(template)]
)
def test_a_certificate_is_drawn_as_on_the_first_day(template: tuple[str, int], name: str) -> None:
    assert digest(drawn_under(template, name)) == FIRST_DAYS[template][name]


@pytest.mark.parametrize("template", VERSIONS)
def test_a_certificate_of_each_version_is_genuine_as_it_was_issued(template: tuple[str, int]) -> None:
    verdict = examine(
        drawn_under(template, "eight"), {key().kid: key().public}, verify, lambda *told: told[2] == BADGE
    )
    assert (verdict.finding, verdict.file) == (Finding.GENUINE, FileMatch.IDENTICAL)
    assert verdict.snapshot is not None
    assert (verdict.snapshot.template.name, verdict.snapshot.template.version) == template


@pytest.mark.parametrize("face", list(Face))
def test_the_letters_have_their_first_outlines_and_widths(face: Face) -> None:
    told = json.dumps([[code, round(wide)] for code, wide in sorted(face.file.charWidths.items())]).encode()
    first = FIRST_DAYS["modern" if face.is_sans else "classic", 1]
    assert hashlib.sha256(told).hexdigest() == first[face.value]
