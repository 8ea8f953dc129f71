"""The bench of collections writes whole files. How long it takes, and how much memory, is its own answer."""

from __future__ import annotations

from pdtracker.bench.collection import measure


def test_each_form_has_its_ratio_and_its_growth() -> None:
    figures = measure(rounds=1, samples=2, many=20)
    assert [figure.name for figure in figures] == [
        "drawing alone : ZIP of 2",
        "drawing alone : print PDF of 2",
        "ZIP, memory grown from 2 to 20",
        "print PDF, memory grown from 2 to 20",
    ]
    assert all(figure.value > 0 for figure in figures[:2])
    assert all(figure.value >= 0 and "MB" in figure.told for figure in figures[2:])
