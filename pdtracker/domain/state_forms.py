"""The licensing bodies whose form of a certificate we know: its unit, its areas, and what it tells the holder.

The fields and their sources stand in the regimes' own files; what each is called on paper belongs to the drawing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from pdtracker.domain.certificate import CreditUnit
from pdtracker.domain.kinds import CreditCategory
from pdtracker.domain.regimes.rounding import in_steps
from pdtracker.domain.regimes.shelf import shelf
from pdtracker.domain.stated_form import FormArea, StatedForm

ASSESSED: Final = "assessed"
"""The regimes' word for an assessment of learning that was passed."""
DESCRIPTION_LETTERS: Final = 280
TOPIC_LETTERS: Final = 120
_HOUR: Final = 60


class StateForm(StrEnum):
    """A form, by the name of its regime."""

    NEW_YORK = "new-york-ctle"
    ILLINOIS = "illinois"
    TEXAS = "texas-cpe"
    MASSACHUSETTS = "massachusetts-pdp"
    PENNSYLVANIA = "pennsylvania-act-48"
    NEW_JERSEY = "new-jersey"
    MICHIGAN = "michigan-scech"

    @property
    def label(self) -> str:
        """The regime's name on pages."""
        return shelf()[self.value][-1].name

    @property
    def unit(self) -> CreditUnit:
        """What its minutes are counted in."""
        return _UNITS[self]

    def counted(self, minutes: int) -> int:
        """The minutes that count there: 80 are 75 where only whole quarter hours do."""
        rounding = shelf()[self.value][-1].rounding
        if rounding is None:
            return minutes
        units = in_steps(Fraction(minutes, _HOUR), rounding.quantum, rounding.mode)
        return int(units * _HOUR)


class FormChoice(StrEnum):
    """Whether certificates are forms of licensing bodies. A `StateForm` by its name is the third way: one for all."""

    NONE = ""
    BY_LICENCE = "licence"


@dataclass(frozen=True, slots=True)
class HeldLicence:
    """A licence that somebody holds in a cycle."""

    regime: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class ActivityWords:
    """What was said of an activity: its topic, what it was about, and which evidence stands."""

    topic: str = ""
    description: str = ""
    evidence: frozenset[str] = frozenset()


def chosen_form(choice: str, held: Sequence[HeldLicence], on: date) -> StateForm | None:
    """The form for somebody with these licences and an activity of this day, None for the district's own design.

    By licence it is that of the first one that holds the day and whose form we know.
    """
    if choice == FormChoice.NONE:
        return None
    if choice != FormChoice.BY_LICENCE:
        return StateForm(choice)
    known = (
        one.regime for one in held if one.starts_on <= on <= one.ends_on and one.regime in set(StateForm)
    )
    return next(map(StateForm, known), None)


def stated_form(
    form: StateForm, minutes: Mapping[CreditCategory, int], number: str | None, words: ActivityWords
) -> StatedForm:
    """What the form states of credit with these minutes by category."""
    named = _AREAS.get(form, {})
    areas = [FormArea(name, minutes.get(category, 0)) for category, name in named.items()]
    areas += [FormArea(c.label, spent) for c, spent in minutes.items() if spent and c not in named]
    return StatedForm(
        regime=form.value,
        minutes=form.counted(sum(minutes.values())),
        areas=tuple(areas),
        number=number or None,
        topic=words.topic.strip()[:TOPIC_LETTERS] or None,
        description=shortened(words.description) or None,
        assessment="An assessment of learning was passed" if ASSESSED in words.evidence else None,
        notice=_NOTICES[form],
    )


def shortened(text: str) -> str:
    """The first sentences of a description that have room on a form; a first one that is longer ends at a word."""
    told = " ".join(text.split())
    if len(told) <= DESCRIPTION_LETTERS:
        return told
    head = told[:DESCRIPTION_LETTERS]
    sentences = max(head.rfind(end) for end in (". ", "? ", "! "))
    if sentences > 0:
        return head[: sentences + 1]
    return head[:-1].rpartition(" ")[0] + "\N{HORIZONTAL ELLIPSIS}"


_UNITS: Mapping[StateForm, CreditUnit] = MappingProxyType(
    {
        StateForm.NEW_YORK: CreditUnit("CTLE hour", "CTLE hours"),
        StateForm.ILLINOIS: CreditUnit("clock hour", "clock hours"),
        StateForm.TEXAS: CreditUnit("clock hour", "clock hours"),
        StateForm.MASSACHUSETTS: CreditUnit("PDP", "PDPs"),
        StateForm.PENNSYLVANIA: CreditUnit("Act 48 hour", "Act 48 hours"),
        StateForm.NEW_JERSEY: CreditUnit("hour", "hours"),
        StateForm.MICHIGAN: CreditUnit("SCECH", "SCECHs"),
    }
)

_AREAS: Mapping[StateForm, Mapping[CreditCategory, str]] = MappingProxyType(
    {
        StateForm.NEW_YORK: {
            CreditCategory.CONTENT: "Content",
            CreditCategory.PEDAGOGY: "Pedagogy",
            CreditCategory.ELL: "Language acquisition (ELL)",
        },
        StateForm.MASSACHUSETTS: {
            CreditCategory.CONTENT: "Content",
            CreditCategory.PEDAGOGY: "Pedagogy",
            CreditCategory.ELL: "SEI or ESL",
            CreditCategory.SWD: "Students with disabilities",
        },
    }
)
"""The areas that a form states in any case; others follow under their own names where there is credit in them."""

_NOTICES: Mapping[StateForm, str] = MappingProxyType(
    {
        StateForm.NEW_YORK: "Keep this certificate until three years after your registration period ends.",
        StateForm.ILLINOIS: "Enter these hours in ELIS within 60 days of completion. Keep this evidence for an audit.",
        StateForm.TEXAS: "Keep this record of your clock hours until your certificate is renewed.",
        StateForm.MASSACHUSETTS: "Points count from ten on one topic; shorter sessions on it can be bundled."
        " Keep this for five years from your renewal.",
        StateForm.PENNSYLVANIA: "The provider reports these hours to PERMS under your PPID."
        " Breaks and meals don’t count.",
        StateForm.NEW_JERSEY: "Counts toward the hours of your professional development plan for the school year.",
        StateForm.MICHIGAN: "Name and PIC must be those of MOECS. Welcome, breaks and meals don’t count.",
    }
)
