"""What is wrong in FACTS is found again by its line."""

from __future__ import annotations

import json

import pytest

from pdtracker.domain.regimes.entry import BadFacts
from pdtracker.domain.regimes.facts_document import read_facts_json
from pdtracker.domain.regimes.json_lines import json_lines

TEXT = """{
  "cycle": {"start": "2020-01-01",
            "end": "2024-12-31"},
  "activities": [
    {"id": "a, \\"b\\": [", "on": "2021-05-01"},
    {
      "id": "c",
      "on": "2021-05-01",
      "sessions": [30,
                   "x"]
    }
  ]
}
"""


def test_every_value_has_its_line() -> None:
    found = json_lines(TEXT)
    assert found.of("cycle.start") == 2
    assert found.of("cycle.end") == 3
    assert found.of("activities[0].on") == 5
    assert found.of("activities[1]") == 6
    assert found.of("activities[1].sessions[1]") == 10
    assert (found.twin, found.constant, found.too_much) == (None, None, None)


def test_what_is_missing_is_told_with_the_line_of_what_should_hold_it() -> None:
    found = json_lines(TEXT)
    assert found.of("activities[1].minutes") == 6
    assert found.of("person.fte") == 1
    assert found.of("activities[9].evidence[3]") == 4


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        (TEXT, 10, "activities[1].sessions[1]: write whole minutes"),
        ('{\n"cycle": {"start": "2020-01-01",\n"start": "2020-01-01"}}', 3, "The key 'start' stands twice"),
        ('{"cycle":\n NaN}', 2, "NaN is no number"),
        ('{"cycle":\n\n' + "[" * 100_000, 3, "too deep or too long"),
        ('{"cycle":\n' + '{"a":' * 100_000, 2, "too deep or too long"),
        ('{"a": 1,\n"b": ' + "9" * 5000 + "}", 2, "too deep or too long"),
        ('{"cycle": {\n"start": }}', 2, "this isn't JSON"),
        ("", 1, "this isn't JSON"),
        ("[]", 1, "write an object"),
    ],
)
def test_a_refusal_names_the_line(text: str, line: int, sentence: str) -> None:
    with pytest.raises(BadFacts) as refused:
        read_facts_json(text)
    assert refused.value.line == line
    assert sentence in refused.value.sentence


def test_a_document_is_scanned_as_it_is_read() -> None:
    """The lines of what is written with an indent are those of its keys, whatever stands in the texts."""
    document = {"a": ["x\n{", {"b": '"', "c": [[], {}, None, -1.5e3, True]}], "d": {"e": "\\"}}
    text = json.dumps(document, indent=1)
    found = json_lines(text)
    lines = text.split("\n")
    for path, key in (("a", '"a"'), ("a[1].b", '"b"'), ("a[1].c[3]", "-1500.0"), ("d.e", '"e"')):
        assert key in lines[found.of(path) - 1]
