"""The bench draws what it says it draws. How long it takes is its own answer, never a test's."""

from __future__ import annotations

import io
from pathlib import Path

import pypdf

from pdtracker.bench.certificate import certificate, measure, subjects, tutorial_page


def test_both_ways_show_the_same_facts(tmp_path: Path) -> None:
    (subject,) = subjects(tmp_path, 1)
    for way in (certificate, tutorial_page):
        text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(way(subject))).pages)
        for word in (subject.snapshot.holder.name, subject.snapshot.approval.name, subject.snapshot.serial):
            assert word in text


def test_each_figure_has_its_value_and_spread() -> None:
    figures = measure(rounds=2, samples=2)
    assert "tutorial page : certificate" in [figure.name for figure in figures]
    for figure in figures:
        assert figure.value > 0
        assert 0 < figure.low <= figure.high
