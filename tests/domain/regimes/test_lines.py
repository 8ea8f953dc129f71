"""The scan finds the line on which a value stands, and never one further than it knows."""

from __future__ import annotations

from pdtracker.domain.regimes.lines import line_of, lines_of

TEXT = '''\
name = "x"          # [not.a.table]
says = """
fake = 1
[fake]
"""
[cycle]
years = 5
[[cycle.period]]
start = 2015-01-01
[[cycle.period]]
start = 2020-01-01
[[bucket]]
id = "a = 1 # ["
[[bucket]]
instead = { units = 60, if_person = [
  "nbct",
] }
activities = [
  { minutes = 60 },
  { minutes = 90,
    kind = "x" },
]
last = 1
'''


def test_every_key_is_found_where_it_stands() -> None:
    lines = lines_of(TEXT)
    assert lines["name",] == 1
    assert lines["cycle", "years"] == 7
    assert lines["cycle", "period", 1, "start"] == 11
    assert lines["bucket", 0, "id"] == 13
    assert lines["bucket", 1, "instead", "if_person"] == 15
    assert lines["bucket", 1, "activities", 0, "minutes"] == 19
    assert lines["bucket", 1, "activities", 1, "kind"] == 21
    assert lines["bucket", 1, "last"] == 23


def test_what_stands_in_a_text_is_no_key() -> None:
    lines = lines_of(TEXT)
    assert ("fake",) not in lines
    assert ("not", "a", "table") not in lines


def test_a_path_that_isnt_there_gets_the_line_of_what_is_around_it() -> None:
    lines = lines_of(TEXT)
    assert line_of(lines, ("bucket", 1, "name")) == 14
    assert line_of(lines, ("bucket", 7, "name")) == 12
    assert line_of(lines, ("target", "units")) == 1
