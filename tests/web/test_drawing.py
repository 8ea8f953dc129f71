"""Rings can be counted, arcs are exact, and a drawing never says more than its minutes."""

from __future__ import annotations

import re
from datetime import date

import segno
from hypothesis import given
from hypothesis import strategies as st

from pdtracker.web.drawing import (
    MonthDay,
    dots,
    minutes_meter,
    month_squares,
    qr_drawing,
    ring_minutes,
    seal,
    things_meter,
)


def test_fifteen_hours_are_fifteen_rings() -> None:
    meter = minutes_meter(450, 120, 900)
    assert meter is not None
    assert meter.rings == 15
    assert meter.thread.count("M") == 14
    assert meter.filled.count("z") == 8  # seven whole rings and a half
    assert meter.filled.endswith("M173.2 11L173.2 2.6A8.4 8.4 0 0 1 173.2 19.4z")
    assert meter.bands.count("M") == 3  # a half, a whole, a half
    assert meter.seams.count("M") == 2  # both ends of the waiting half, where it meets the approved one


def test_up_to_twenty_hours_a_ring_is_an_hour_and_above_that_ten() -> None:
    assert ring_minutes(20 * 60) == 60
    assert ring_minutes(20 * 60 + 1) == 600
    assert _rings(0, 0, 20 * 60) == 20
    assert _rings(0, 0, 150 * 60) == 15


def test_above_sixty_rings_it_is_a_bar() -> None:
    assert _rings(0, 0, 600 * 60) == 60
    assert _rings(0, 0, 600 * 60 + 1) == 0


def test_what_is_more_than_required_is_drawn_as_well() -> None:
    assert _rings(17 * 60, 0, 15 * 60) == 17


def test_nothing_at_all_is_no_drawing() -> None:
    assert minutes_meter(0, 0, 0) is None
    assert things_meter(0, 0) is None
    assert dots(0) is None


def test_half_an_hour_that_is_required_is_half_a_ring() -> None:
    meter = minutes_meter(60, 0, 150)
    assert meter is not None
    assert meter.rings == 3
    assert meter.outline.endswith("M56.2 11L56.2 3.2A7.8 7.8 0 0 1 56.2 18.8z")


def test_more_than_thirty_things_go_in_rows_of_twenty() -> None:
    meter = things_meter(40, 5)
    assert meter is not None
    assert meter.rings == 45
    assert float(meter.height) == 22 + 2 * 26


@given(st.integers(0, 50_000), st.integers(0, 50_000), st.integers(0, 50_000))
def test_a_meter_has_a_ring_for_each_begun_unit(approved: int, waiting: int, required: int) -> None:
    meter = minutes_meter(approved, waiting, required)
    whole = max(required, approved + waiting)
    if meter is None:
        assert whole == 0
        return
    rings = -(-whole // ring_minutes(whole))
    assert meter.rings == (rings if rings <= 60 else 0)
    assert bool(meter.filled) == (approved > 0)
    assert bool(meter.bands) == (waiting > 0)
    _is_a_path(meter.thread + meter.outline + meter.filled + meter.bands + meter.seams)


@given(st.integers(1, 600))
def test_a_duration_has_a_dot_for_each_begun_hour(minutes: int) -> None:
    drawing = dots(minutes)
    assert drawing is not None
    assert drawing.filled.count("z") == drawing.outline.count("z") == -(-minutes // 60)


def test_a_duration_above_ten_hours_is_only_a_figure() -> None:
    assert dots(601) is None


@given(st.lists(st.integers(0, 3_000), max_size=9))
def test_a_seal_shows_every_texture_that_its_categories_need(parts: list[int]) -> None:
    drawing = seal(parts)
    assert drawing.ticks.count("M") == 60
    _is_a_path(drawing.solid + drawing.edges + drawing.hatch + drawing.dots)


def test_one_category_is_a_whole_ring() -> None:
    assert seal([90]).solid == "M100 24A76 76 0 0 1 100 176A76 76 0 0 1 100 24z"


def test_a_qr_drawing_is_the_code() -> None:
    rows = [list(row) for row in segno.make("https://pdtracker.example/verify/K7QF").matrix]
    drawing = qr_drawing(rows, quiet=4)
    drawn = [[0] * len(rows) for _ in rows]
    for x, y, width in re.findall(r"M(\d+) (\d+)\.5h(\d+)", drawing.path):
        for step in range(int(width)):
            drawn[int(y) - 4][int(x) - 4 + step] = 1
    assert drawn == rows
    assert drawing.size == len(rows) + 8


def test_a_month_begins_on_its_sunday_and_knows_today() -> None:
    day = MonthDay("/events?day=2014-10-14", "October 14, 2 events, today")
    weeks = month_squares(2014, 10, {date(2014, 10, 14): day}, date(2014, 10, 14))
    assert [len(week) for week in weeks] == [7] * 5
    assert weeks[0][:3] == (None, None, None)  # October 1, 2014 was a Wednesday
    square = weeks[2][2]
    assert square is not None
    assert (square.number, square.today, square.day) == (14, True, day)


def _rings(approved: int, waiting: int, required: int) -> int:
    meter = minutes_meter(approved, waiting, required)
    assert meter is not None
    return meter.rings


def _is_a_path(path: str) -> None:
    assert re.fullmatch(r"(?:[MLHVhA][-\d. ]*|z)*", path), path
