"""The audit trail in words: every action that is recorded has words of its own, and facts read as words."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import pdtracker
from pdtracker.domain.check_ins import Mark
from pdtracker.domain.look import Record
from pdtracker.domain.trail import ACTIONS, Area, actions_of, did, fact_words

HOUSE = Path(pdtracker.__file__).parent
AN_ACTION = re.compile(r"[a-z_]+\.[a-z_]+")
RECORDING = {"record", "Happened", "_tell"}


def recorded() -> set[str]:
    """The names of actions that the program's text hands to the trail, as far as they are written out."""
    found = set()
    for file in HOUSE.rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and _name_of(call.func) in RECORDING:
                found |= {
                    part.value
                    for each in call.args[:2]
                    for part in ast.walk(each)
                    if isinstance(part, ast.Constant)
                    and isinstance(part.value, str)
                    and AN_ACTION.fullmatch(part.value)
                }
    return found


def _name_of(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def test_every_recorded_action_has_words_and_an_area() -> None:
    found = recorded()
    assert len(found) > 90
    assert found - set(ACTIONS) == set()
    assert {f"check_in.{mark.value}" for mark in Mark} | {one.action for one in Record} <= set(ACTIONS)


def test_no_action_is_in_two_areas_or_has_the_words_of_another() -> None:
    every = [action for area in Area for action in actions_of(area)]
    assert len(every) == len(set(every)) == len(ACTIONS)
    words = [did(action) for action in every]
    assert sorted(words) == sorted(set(words))


def test_an_action_of_a_later_program_keeps_its_name() -> None:
    assert did("badge.given_away") == "badge: given away"


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({}, ()),
        ({"reason": "", "people": [], "from": None}, ()),
        ({"minutes": 0, "published": False}, (("minutes", "0"), ("published", "no"))),
        ({"from_state": "submitted"}, (("from state", "submitted"),)),
        ({"shares": [["content", 13, 15], ["ell", 8, 10]]}, (("shares", "content, 13, 15, ell, 8, 10"),)),
        ({"before": {"name": "Ada", "title": None}}, (("before", "name Ada"),)),
        ({"reason": "a" * 500}, (("reason", "a" * 200 + "…"),)),
    ],
)
def test_facts_read_as_words(facts: dict[str, object], told: tuple[tuple[str, str], ...]) -> None:
    assert fact_words(facts) == told
