"""Certificates as forms of licensing bodies, to set in tests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pdtracker.domain.appearance import Appearance
from pdtracker.domain.certificate import Snapshot, Template
from pdtracker.domain.kinds import CreditCategory
from pdtracker.domain.state_forms import ASSESSED, ActivityWords, StateForm, stated_form
from tests.pdf.sheets import CASES

WORDS = ActivityWords(
    "Connected learning",
    "How literacy leaders use shared notes. Teachers leave with a plan for one unit, a rubric, and a partner in another"
    " district with whom they compare student work in the spring.",
    frozenset({ASSESSED}),
)
_CATEGORIES = {each.label: each for each in CreditCategory}
CASE_NAMES = ("one", "eight", "hard", "hard25", "together", "vietnamese")
"""What every form is drawn for."""


def formed(
    case: str | Snapshot,
    form: StateForm,
    paper: str = "letter",
    words: ActivityWords = WORDS,
    version: int = 2,
    **more: Any,
) -> Snapshot:
    """The certificate as this form, with what a district chose for it; version 2 has no badge with it."""
    made = CASES[case] if isinstance(case, str) else case
    minutes = {_CATEGORIES[each.name]: each.minutes for each in made.categories}
    return replace(
        made,
        template=Template("plain", version, paper),
        unit=form.unit,
        appearance=Appearance(**more),
        form=stated_form(form, minutes, "RCDT 34-049-1120-17", words),
    )
