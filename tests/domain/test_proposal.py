"""What an event of one's own lacks."""

from __future__ import annotations

from typing import Any

import pytest

from pdtracker.domain.calendar import EventTime
from pdtracker.domain.proposal import co_hosts_of, proposal_faults
from tests.calendars import hours, proposal, window


def test_a_whole_proposal_lacks_nothing() -> None:
    assert proposal_faults(proposal()) == {}
    assert proposal_faults(proposal(time=window("2014-10-01", "2014-10-31"))) == {}


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"title": ""}, "title"),
        ({"host": ""}, "host"),
        ({"time": EventTime(hours("2014-10-20T16:00").starts_at, None, "America/New_York", False)}, "ends"),
        ({"time": hours("2014-10-20T16:00", 0)}, "ends"),
        ({"time": hours("2014-10-20T16:00", -5)}, "ends"),
        ({"time": hours("2014-10-20T16:00", 1441)}, "ends"),
        ({"time": window("2014-10-01", "2015-10-31")}, "ends"),
    ],
)
def test_what_is_missing_or_out_of_order_is_named_at_its_field(more: dict[str, Any], field: str) -> None:
    told = {"title": "Our own book talk"} | more
    assert list(proposal_faults(proposal(**told))) == [field]


def test_co_hosts_are_named_once_and_beside_the_host() -> None:
    named = co_hosts_of(["Edcamp", "oak street school", "EDCAMP", "A library"], "Oak Street School")
    assert named == ("Edcamp", "A library")
