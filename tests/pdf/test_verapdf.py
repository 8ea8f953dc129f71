"""veraPDF's engine finds nothing in any paper that breaks PDF/A-3b or PDF/UA-1, and says what it finds elsewhere."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from pdtracker.domain.certificate import Template
from pdtracker.pdf.certificate import render
from tests.harness.parts import verapdf_jar
from tests.pdf.papers import PAPERS
from tests.pdf.sheets import CASES, signed

DRIVER = Path(__file__).parents[1] / "harness" / "Conformance.java"
PROFILES = ("3b", "ua1")

Ask = Callable[[Mapping[str, bytes]], dict[tuple[str, str], list[str]]]
"""Files by name -> for each name and profile "ok" or "failed", and then the rules that are broken."""


@pytest.fixture
def verapdf(tmp_path: Path) -> Ask:
    """Asks the engine about some files at once: it takes long to start."""

    def ask(files: Mapping[str, bytes]) -> dict[tuple[str, str], list[str]]:
        for name, data in files.items():
            (tmp_path / f"{name}.pdf").write_bytes(data)
        answer = subprocess.run(
            ["java", "-cp", str(verapdf_jar()), str(DRIVER), "PDFA-3B,PDFUA-1"]
            + [str(tmp_path / f"{name}.pdf") for name in files],
            capture_output=True,
            text=True,
            check=False,
        )
        assert answer.returncode in (0, 1), answer.stderr
        said: dict[tuple[str, str], list[str]] = {}
        for line in answer.stdout.splitlines():
            file, profile, word, *_ = line.split("\t")
            said.setdefault((Path(file).stem, profile), []).append(word)
        return said

    return ask


@pytest.mark.slow
def test_every_paper_conforms(verapdf: Ask) -> None:
    said = verapdf({name: draw() for name, draw in PAPERS.items()})
    assert said == {(name, profile): ["ok"] for name in PAPERS for profile in PROFILES}


@pytest.mark.slow
def test_what_does_not_conform_is_found(verapdf: Ask) -> None:
    """The first version said nothing of itself, and its rows had no equal columns."""
    old = replace(CASES["eight"], template=Template("modern", 1))
    assert verapdf({"old": render(*signed(old))}) == {
        ("old", "3b"): ["failed", "6.2.4.3-2", "6.6.4-1"],
        ("old", "ua1"): ["failed", "5-1", "7.2-43"],
    }
