"""Each kind of event has its codes in CEDS, and the page about them says the same."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pdtracker.domain.ceds import CEDS_KINDS, codes_of
from pdtracker.domain.event_facts import NOBODY_SAID, Audience, ForWhom, GradeBand
from pdtracker.domain.kinds import EventKind

PAGE = Path(__file__).parents[2] / "docs" / "ceds.md"
OPTIONS = Path(__file__).parents[3] / "shared" / "samples" / "ceds" / "ceds_pd_option_sets.csv"


def test_the_page_lists_every_kind_as_the_files_say_it() -> None:
    rows = [
        f"| {kind.label} | {told.activity_type} | {told.delivery_method} | {told.delivery_mode} |"
        for kind, told in CEDS_KINDS.items()
    ]
    assert set(CEDS_KINDS) == set(EventKind)
    assert [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")][
        1:
    ] == rows


def test_an_event_has_all_of_its_elements_once() -> None:
    whom = ForWhom(grades=(GradeBand.MIDDLE, GradeBand.MIDDLE), audience=Audience.LEADERS)
    told = {one.element: one.codes for one in codes_of(EventKind.HASHTAG_CHAT, whom)}
    assert told == {
        "P001442": ("P2P",),
        "P001431": ("Virtual",),
        "P001458": ("Online",),
        "P001279": ("06", "07", "08"),
        "P001492": ("Administrators",),
    }
    unsaid = {one.element: one.codes for one in codes_of(EventKind.WEBINAR, NOBODY_SAID)}
    assert (unsaid["P001279"], unsaid["P001492"]) == ((), ())


@pytest.mark.skipif(not OPTIONS.exists(), reason="the shared samples are not here")
def test_every_code_is_one_of_ceds() -> None:
    with OPTIONS.open(encoding="utf-8", newline="") as file:
        known = {cell for row in csv.reader(file) for cell in row}
    whole = ForWhom(grades=tuple(GradeBand))
    for kind in EventKind:
        for audience in Audience:
            for one in codes_of(kind, ForWhom(whole.grades, audience)):
                assert set(one.codes) <= known, one
