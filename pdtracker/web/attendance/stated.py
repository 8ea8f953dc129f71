"""The fields for what the claimant's licences ask about an activity, and the facts that they state."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from wtforms import BooleanField, Field, StringField

from pdtracker.domain.licence import FactAspect
from pdtracker.domain.refusals import Mistyped
from pdtracker.domain.regimes.quantities import figure
from pdtracker.domain.stated import TEXT_CHARACTERS, AskedWord, StatedFact
from pdtracker.web.forms import ChooseField, DayField, HoursField, LineField

FACT, DATED = "fact_", "dated_"
"""What the names of the fields begin with: of a fact, and of the day that it is dated."""

_AMOUNT = re.compile(r"[0-9]{1,4}(\.[0-9]{1,3})?")
_CHOSEN = (FactAspect.LEVEL, FactAspect.KIND)
_QUESTIONS: Mapping[FactAspect, str] = {
    FactAspect.TOPIC: "Topic",
    FactAspect.REPEAT_KEY: "Name of the course",
    FactAspect.LEVEL: "Level",
    FactAspect.KIND: "What you did there",
}


class AmountField(StringField):
    """How many of something, such as 3 or 0.5; `data` is exact, or `None` when nothing was typed."""

    data: Fraction | None  # type: ignore[assignment]  # text comes in, an exact number comes out

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else figure(self.data)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Digits with at most three decimals."""
        self.data = None
        typed = str(valuelist[0]).strip() if valuelist else ""
        if not typed:
            return
        if not (_AMOUNT.fullmatch(typed) and typed.isascii()):
            raise Mistyped("Enter a number such as 3 or 0.5.")
        self.data = Fraction(typed)


@dataclass(frozen=True, slots=True)
class Question:
    """What the page asks: the field, the one for its day if it has one, and its aspect."""

    aspect: FactAspect
    field: Field
    dated: Field | None


def fact_fields(asked: Collection[AskedWord]) -> dict[str, Any]:
    """A field for each word; of levels and kinds one list, of evidence a box and its day."""
    fields: dict[str, Any] = {}
    for one in asked:
        name = _name(one)
        match one.aspect:
            case FactAspect.TOPIC | FactAspect.REPEAT_KEY:
                fields[name] = LineField(
                    f"{_QUESTIONS[one.aspect]} ({', '.join(one.regimes)})",
                    limit=TEXT_CHARACTERS,
                    description=one.meaning,
                )
            case FactAspect.EVIDENCE:
                fields[name] = BooleanField(one.label)
                fields[_dated(one)] = DayField("On which day, if that is asked")
            case FactAspect.QUANTITY:
                fields[name] = AmountField(one.label)
            case FactAspect.CATEGORY:
                fields[name] = HoursField(one.label)
    for aspect in _CHOSEN:
        if words := [one for one in asked if one.aspect is aspect]:
            choices = {"": "Nothing of this", **{one.word: one.label for one in words}}
            fields[FACT + aspect.value] = ChooseField(_QUESTIONS[aspect], choices=choices, default="")
    return fields


def entered_facts(facts: Iterable[StatedFact], asked: Collection[AskedWord]) -> dict[str, Any]:
    """What was stated, as the form asks it; evidence for all bodies is told to each that asks for it."""
    entered: dict[str, Any] = {}
    for fact in facts:
        match fact.aspect:
            case FactAspect.TOPIC | FactAspect.REPEAT_KEY | FactAspect.LEVEL | FactAspect.KIND:
                entered[FACT + fact.aspect.value] = fact.word
            case FactAspect.EVIDENCE:
                for one in asked:
                    if fact.answers(one):
                        entered |= {_name(one): True, _dated(one): fact.dated_on}
            case FactAspect.QUANTITY:
                entered[_name(fact)] = fact.amount
            case FactAspect.CATEGORY:
                entered[_name(fact)] = fact.minutes
    return entered


def stated_facts(form: Mapping[str, Field], asked: Collection[AskedWord]) -> dict[str, StatedFact]:
    """The facts that were entered, each by the name of its field."""
    found: dict[str, StatedFact] = {}
    for one in asked:
        name = _name(one)
        if name not in form or not (data := form[name].data):
            continue
        match one.aspect:
            case FactAspect.EVIDENCE:
                found[name] = StatedFact(
                    one.aspect, one.word, dated_on=form[_dated(one)].data, regime=one.regime
                )
            case FactAspect.QUANTITY:
                found[name] = StatedFact(one.aspect, one.word, amount=data)
            case FactAspect.CATEGORY:
                found[name] = StatedFact(one.aspect, one.word, minutes=data)
            case _:
                found[name] = StatedFact(one.aspect, data)
    return found


def questions(form: Mapping[str, Field], asked: Collection[AskedWord]) -> Sequence[Question]:
    """What the page asks, in the order of the regimes' words."""
    by_name = {_name(one): one for one in asked}
    return [
        Question(
            one.aspect,
            form[name],
            form[_dated(one)] if one.aspect is FactAspect.EVIDENCE else None,
        )
        for name, one in by_name.items()
        if name in form
    ]


def _name(one: AskedWord | StatedFact) -> str:
    if one.aspect in (FactAspect.TOPIC, FactAspect.REPEAT_KEY, *_CHOSEN):
        return FACT + one.aspect.value
    return f"{FACT}{one.aspect.value}_{one.word}{_of(one)}"


def _dated(one: AskedWord) -> str:
    return f"{DATED}{one.word}{_of(one)}"


def _of(one: AskedWord | StatedFact) -> str:
    """What a name ends in where one body asks by itself."""
    return f"_{one.regime}" if one.regime else ""
