"""What is said of a claim."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pdtracker.domain.claim import ClaimState, Step
from pdtracker.domain.telling import (
    all_of,
    count_of,
    entered_text,
    number,
    one_of,
    session_text,
    stand_in_words,
    state_text,
    step_text,
    waiting_since,
    with_whom,
)

ZONE = "America/New_York"
START = datetime(2014, 10, 14, 23, 0, tzinfo=UTC)
END = datetime(2014, 10, 15, 0, 0, tzinfo=UTC)
DAYS_LATER = datetime(2014, 10, 18, 0, 0, tzinfo=UTC)


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "is_live", "said"),
    [
        (None, None, True, ""),
        (START, END, True, "Tuesday, October 14, 2014, 7:00–8:00 pm"),
        (START, None, True, "Tuesday, October 14, 2014"),
        (START, DAYS_LATER, False, "October 14–17, 2014"),
        (START.replace(hour=4), START.replace(day=17, hour=4), False, "October 14–16, 2014"),
        (START, END, False, "October 14, 2014"),
        (START, None, False, "from October 14, 2014"),
        (START, DAYS_LATER, True, "October 14, 2014, 7:00 pm – October 17, 2014, 8:00 pm"),
    ],
)
def test_when_a_session_was(
    starts_at: datetime | None, ends_at: datetime | None, is_live: bool, said: str
) -> None:
    assert plain(session_text(starts_at, ends_at, ZONE, is_live=is_live)) == said


def test_what_was_understood_of_typed_times_names_their_zone() -> None:
    said = plain(entered_text(START, END, "America/Chicago", is_live=True))
    assert said == "Tuesday, October 14, 2014, 6:00–7:00 pm, Central Time"
    assert plain(entered_text(START, END, ZONE, is_live=False)) == "October 14, 2014"
    assert entered_text(None, None, ZONE, is_live=True) == ""


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ((), ""),
        (("Ruth",), "Ruth"),
        (("Ruth", "Bo"), "Ruth or Bo"),
        (("Ruth", "Bo", "Cam"), "Ruth, Bo or Cam"),
        (("Ruth", "Bo", "Cam", "Hal"), "Ruth, Bo or 2 others"),
    ],
)
def test_one_of_several_people(names: tuple[str, ...], said: str) -> None:
    assert plain(one_of(names)) == said
    assert plain(all_of(names)) == said.replace(" or ", " and ")


def test_whose_turn_it_is() -> None:
    assert with_whom(("Bo",), START, END, ZONE) == "With Bo since today"
    assert with_whom(("Bo",), START, DAYS_LATER, ZONE) == "With Bo since Tuesday"
    assert "Nobody reviews" in with_whom((), START, END, ZONE)
    assert waiting_since(START, datetime(2014, 10, 15, 12, 0, tzinfo=UTC), ZONE) == "since yesterday"


def test_numbers_are_words_up_to_nine() -> None:
    assert [number(count) for count in (0, 1, 9, 10, 1240)] == ["no", "one", "nine", "10", "1,240"]
    assert count_of(1, "thing", "things") == "one thing"


def test_every_state_and_step_has_its_words() -> None:
    assert all(state_text(state) for state in ClaimState)
    assert state_text(ClaimState.RETURNED, 2) == "Returned to you, two things to change"
    assert {step_text(step, "Bo") for step in Step} >= {"Sent by Bo", "Decision undone by Bo"}


def test_who_is_away_is_told_with_who_stands_in_if_they_could_decide() -> None:
    pairs = [("Hal Whitfield", "Bo Tran"), ("Rex Alder", "Kim Lee")]
    assert stand_in_words(["Bo Tran", "Ruth Adeyemi"], pairs) == "Hal Whitfield stands in for Bo Tran."
    assert stand_in_words(["Ruth Adeyemi"], pairs) == ""
