"""What differs between two descriptions of an event, and what those who come have to hear of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pdtracker.domain.event_change import Aspect, Change, changes, concern_who_comes
from pdtracker.domain.kinds import CreditCategory
from tests.calendars import hours, proposal, window

BEFORE = proposal(time=hours("2014-10-20T16:00"))


def test_nothing_differs_from_itself() -> None:
    assert changes(BEFORE, replace(BEFORE)) == ()


def test_a_change_says_before_and_after_in_the_hosts_zone() -> None:
    (change,) = changes(BEFORE, replace(BEFORE, time=hours("2014-10-21T17:00", 90)))
    assert change == Change(
        Aspect.TIME,
        "Monday, October\u00a020, 2014, 4:00\u20135:00\u00a0pm Eastern Time",
        "Tuesday, October\u00a021, 2014, 5:00\u20136:30\u00a0pm Eastern Time",
    )


def test_a_window_says_its_days() -> None:
    (change,) = changes(BEFORE, replace(BEFORE, time=window("2014-10-01", "2014-10-31")))
    assert change.after == "October\u00a01\u201331, 2014"


def test_changes_come_in_the_order_of_the_form() -> None:
    split = ((CreditCategory.CONTENT, 40), (CreditCategory.PEDAGOGY, 20))
    found = changes(
        BEFORE,
        replace(BEFORE, summary="Bring it.", title="Another talk", split=split, programme_id=7),
        names={7: "Connected Educator Month 2014"},
    )
    assert [change.aspect for change in found] == [
        Aspect.TITLE,
        Aspect.CATEGORY,
        Aspect.PROGRAMME,
        Aspect.SUMMARY,
    ]
    assert found[1].after.replace("\u00a0", " ") == "Content 40 minutes, Pedagogy 20 minutes"
    assert found[2].after == "Connected Educator Month 2014"


@pytest.mark.parametrize(
    ("more", "concerns"),
    [
        ({"time": hours("2014-10-20T17:00")}, True),
        ({"platform": "Gym"}, True),
        ({"link": "https://elsewhere.example/"}, True),
        ({"title": "Our book talk"}, False),
        ({"summary": "Bring the book."}, False),
    ],
)
def test_who_comes_has_to_hear_of_time_and_place_only(more: dict[str, object], concerns: bool) -> None:
    assert concern_who_comes(changes(BEFORE, replace(BEFORE, **more))) is concerns  # type: ignore[arg-type]
