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


def test_each_anchor_has_its_ratio_and_spread() -> None:
    rows = measure(rounds=2, samples=2)
    assert [row.name.split(" : ")[1] for row in rows] == ["certificate"] * len(rows)
    for row in rows:
        assert row.rounds == 2
        assert 0 < row.lowest <= row.highest
