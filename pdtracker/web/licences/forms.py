"""The forms of licences: their terms, the day asked about, and what is signed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Final

from pdtracker.domain.licence_terms import NAME_CHARACTERS, LicenceTerms
from pdtracker.domain.regimes.cycles import Cycle
from pdtracker.domain.regimes.quantities import figure
from pdtracker.domain.regimes.rules import Prorate, Version
from pdtracker.domain.when import date_text
from pdtracker.queries.licensing import HeldLicence
from pdtracker.web.forms import (
    AmountField,
    ChooseField,
    ChooseSomeField,
    DayField,
    Form,
    KeyField,
    LineField,
    ParagraphsField,
    needed,
)

MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_REASON_CHARACTERS: Final = 1000
_TERMS: Final = frozenset({"name", "starts", "ends", "facts", "fte", "years_practised", "carry_in", "target"})


class IssueForm(Form):
    """When a licence was issued, and in which month its holder was born: what a cycle hangs on."""

    issued = DayField(
        "When was it issued?", description="It stands on the licence. The first time, or the last renewal."
    )
    month = ChooseField(
        "Your month of birth",
        choices={"": "Choose"} | {str(place): name for place, name in enumerate(MONTHS, start=1)},
        default="",
    )

    @property
    def birth_month(self) -> int | None:
        """The chosen month's number."""
        return int(self.month.data) if self.month.data else None


class LicenceForm(Form):
    """A licence's terms in one cycle."""

    name = LineField(
        "What is it called?",
        [needed("Enter what it says on the licence, such as Professional certificate, grades 5 to 9.")],
        limit=NAME_CHARACTERS,
        description="As it stands on the licence, such as Professional certificate, grades 5 to 9.",
    )
    starts = DayField("First day", [needed("Enter the first day of the cycle.")])
    ends = DayField("Last day", [needed("Enter the last day of the cycle.")])
    facts = ChooseSomeField("What is true of the holder?", description="It changes what is asked for.")
    fte = AmountField(
        "FTE", [needed("Enter your FTE: 1 is full time.")], description="1 is full time, 0.5 half."
    )
    years_practised = AmountField(
        "Years practised in this cycle", description="Leave it empty if it is the whole cycle."
    )
    carry_in = AmountField("Brought from the last cycle", description="Leave it empty if nothing was.")
    target = AmountField(
        "A target of your own",
        description="Only if the authority set a higher one. An administrator signs for a lower one.",
    )

    def offer(self, versions: Sequence[Version]) -> None:
        """The facts that the regime asks about, in its words."""
        known = {word: means for one in versions for word, means in one.words["facts"].items()}
        self.facts.choices = {word: means[0].upper() + means[1:] for word, means in known.items()}
        if not known:
            # What the page doesn't ask can't be answered wrongly.
            self.facts.data = []

    def fill(self, held: HeldLicence) -> None:
        """What is known of a licence."""
        self.process(
            formdata=None,
            name=held.name,
            starts=held.cycle.start,
            ends=held.cycle.end,
            facts=sorted(held.person.facts),
            fte=held.person.fte,
            years_practised=held.person.years_practised,
            carry_in=held.person.carry_in or None,
            target=held.person.target,
        )

    def beside(self, other: LicenceForm) -> tuple[Difference, ...]:
        """Where the two say something else, in the form's order."""
        return tuple(
            Difference(field.label.text, _shown(theirs), _shown(field))
            for field, theirs in zip(self, other, strict=True)
            if field.name in _TERMS and _shown(field) != _shown(theirs)
        )

    def terms(self, regime: str) -> LicenceTerms:
        """The terms as an action takes them; of a form without faults."""
        return LicenceTerms(
            regime=regime,
            name=self.name.data or "",
            starts_on=self.starts.data or date.min,
            ends_on=self.ends.data or date.min,
            facts=frozenset(self.facts.data or ()),
            fte=Fraction(0) if self.fte.data is None else self.fte.data,
            years_practised=self.years_practised.data,
            target=self.target.data,
            carry_in=self.carry_in.data or Fraction(0),
        )


@dataclass(frozen=True, slots=True)
class Difference:
    """One of the terms as it stands by somebody else's change, and as it was typed here."""

    label: str
    theirs: str
    ours: str


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """Who changed the licence while somebody had its form open, when, and where the two differ."""

    by_name: str
    when: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which of the form's questions matter under a regime; the others stand folded."""

    facts: bool
    fte: bool
    years_practised: bool
    carry_in: bool

    @classmethod
    def under(cls, versions: Sequence[Version]) -> Asked:
        """What any of its versions asks about."""
        return cls(
            facts=any(one.words["facts"] for one in versions),
            fte=any(one.target.prorate is Prorate.FTE or one.target.exempt_below_fte for one in versions),
            years_practised=any(one.target.prorate is Prorate.YEARS_PRACTISED for one in versions),
            carry_in=any(one.carry_over is not None for one in versions),
        )


class OnForm(Form):
    """The day that a page asks about."""

    on = DayField("On another day")


class AdjustmentForm(Form):
    """A change to sign."""

    units = AmountField(
        "Credit, more or less", description="Such as 5, or -5. Leave it empty to change nothing of it."
    )
    category = ChooseField(
        "What the credit is of", default="", description="So that it serves the minimum that asks for it."
    )
    target = AmountField("Another target", description="What the cycle asks for from now on.")
    ends = DayField("Another last day")
    reason = ParagraphsField(
        "Reason",
        [needed("Enter the reason. It stands beside your name.")],
        limit=_REASON_CHARACTERS,
        description="The licence’s holder and every auditor reads it.",
    )
    idempotency_key = KeyField()

    def offer(self, versions: Sequence[Version]) -> None:
        """The categories that the regime knows."""
        self.category.choices = {"": "Nothing in particular"} | _meanings(versions, "categories")


class AttestationForm(Form):
    """A fact to sign."""

    fact = ChooseField("What do you attest?", [needed("Choose from the list.")])
    note = ParagraphsField("Note", limit=_REASON_CHARACTERS, description="Such as where the proof is kept.")
    idempotency_key = KeyField()

    def offer(self, versions: Sequence[Version]) -> None:
        """The facts that the regime knows."""
        self.fact.choices = {"": "Choose"} | facts_of(versions)


class TakeBackForm(Form):
    """An attested fact to take back."""

    reason = ParagraphsField(
        "Reason",
        [needed("Enter the reason. It stands beside your name.")],
        limit=_REASON_CHARACTERS,
        description="The licence’s holder and every auditor reads it.",
    )
    idempotency_key = KeyField()


def facts_of(versions: Sequence[Version]) -> dict[str, str]:
    """The facts that a regime knows, each with its meaning as it begins a line."""
    return _meanings(versions, "facts")


def _meanings(versions: Sequence[Version], kind: str) -> dict[str, str]:
    known = {word: means for one in versions for word, means in one.words[kind].items()}
    return {word: means[0].upper() + means[1:] for word, means in known.items()}


def _shown(field: Any) -> str:
    """A field's value as people write it."""
    match field.data:
        case None | "" | []:
            return "empty"
        case date() as day:
            return date_text(day)
        case list() as words:
            return ", ".join(sorted(field.choices.get(word, word) for word in words))
        case Fraction() as amount:
            return figure(amount)
        case text:
            return str(text)


def cycle_defaults(cycle: Cycle | None) -> dict[str, object]:
    """The first and the last day as a form takes them."""
    return {} if cycle is None else {"starts": cycle.start, "ends": cycle.end}
