"""The forms of the review desk: chosen claims with the versions that were on the screen, and what is said of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wtforms import Field, HiddenField
from wtforms.validators import AnyOf

from pdtracker.domain.checks import CheckGroup
from pdtracker.domain.claim import DECISIONS, Step
from pdtracker.domain.kinds import CreditCategory
from pdtracker.domain.refs import id_of, ref_of
from pdtracker.domain.refusals import Mistyped, NotValid
from pdtracker.domain.split import Split
from pdtracker.queries.reviews import (
    Spot,
)
from pdtracker.web.forms import MOST_CHOSEN, Form, HoursField, KeyField, LineField, ParagraphsField, RefsField
from pdtracker.web.reviews.asked import read_place
from pdtracker.web.split_fields import SPLIT, SplitFields

NOTE_CHARACTERS = 2000
COMMENT_CHARACTERS = 1000
ASK = "ask_"
"""What the name of the field for a comment on a field begins with."""

_MOST_VERSION_DIGITS = 9
_LOAD_AGAIN = "Load the page again and choose from its list."


@dataclass(frozen=True, slots=True)
class Seen:
    """A claim, and the version of it that was on the screen."""

    claim_id: int
    version: int

    def __str__(self) -> str:
        return f"{ref_of(self.claim_id)}.{self.version}"

    @classmethod
    def read(cls, text: str) -> Seen:
        """The claim that `str()` of it names. Raises ValueError for anything else."""
        ref, _, version = text.partition(".")
        if not (version.isascii() and version.isdigit() and len(version) <= _MOST_VERSION_DIGITS):
            raise ValueError("not a version")
        return cls(id_of(ref), int(version))


class SeenField(Field):
    """Chosen claims (checkboxes of one name), each once, in the order of the page."""

    data: list[Seen]

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Claims as `reference.version`."""
        self.data = []
        if len(valuelist) > MOST_CHOSEN:
            raise Mistyped(f"Choose at most {MOST_CHOSEN:,} at once.")
        try:
            found = [Seen.read(str(value)) for value in valuelist]
        except ValueError:
            raise Mistyped(_LOAD_AGAIN) from None
        self.data = list({seen.claim_id: seen for seen in found}.values())


class DecisionForm(Form):
    """A decision on one claim or on many. `confirm` asks to be shown first what would happen."""

    claim = SeenField("Claims")
    decision = HiddenField(validators=[AnyOf([step.value for step in DECISIONS], message="Choose a button.")])
    confirm = HiddenField()
    one = HiddenField()
    place = HiddenField()
    group = HiddenField()
    following = HiddenField()
    note = ParagraphsField("Note", limit=NOTE_CHARACTERS)
    idempotency_key = KeyField()

    @property
    def step(self) -> Step:
        """The decision, of a form that was found good."""
        return Step(self.decision.data or "")

    @property
    def spot(self) -> Spot | None:
        """Where the claim stood in the list; `None` when the form doesn't say."""
        try:
            place = read_place(self.place.data or "")
            return Spot(CheckGroup(self.group.data or ""), place) if place is not None else None
        except ValueError:
            return None

    @property
    def named(self) -> int | None:
        """The claim that the page named as the next one, if it named any."""
        try:
            return id_of(self.following.data) if self.following.data else None
        except ValueError:
            return None


class PackedSeenField(HiddenField):
    """Very many chosen claims in one hidden value, each once."""

    data: list[Seen]  # type: ignore[assignment]

    def _value(self) -> str:
        return " ".join(str(seen) for seen in self.data or ())

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Claims as `reference.version`, with a blank between them."""
        self.data = []
        try:
            found = [Seen.read(word) for value in valuelist for word in str(value).split()]
        except ValueError:
            raise Mistyped(_LOAD_AGAIN) from None
        self.data = list({seen.claim_id: seen for seen in found}.values())


class ManyForm(Form):
    """One decision on all claims of a filter, as they were when the page was made."""

    claims = PackedSeenField()
    decision = HiddenField(
        validators=[AnyOf([Step.APPROVE.value, Step.RETURN.value], message="Choose a button.")]
    )
    note = ParagraphsField("Note", limit=NOTE_CHARACTERS)
    idempotency_key = KeyField()


class OneForm(SplitFields, DecisionForm):
    """A decision on the page of one claim, where hours can be changed and single fields commented."""

    minutes = HoursField("Hours", description="Such as 1.5 or 1:30.")
    adjust_reason = LineField("Why you changed this")
    strike = RefsField("Facts that don\N{RIGHT SINGLE QUOTATION MARK}t hold")

    def name_claimant(self, first_name: str) -> None:
        """Say in the labels who reads what is written."""
        self.note.label.text = f"Note to {first_name}"
        self.note.description = "It goes with your decision. When you deny, it is the reason."
        self.adjust_reason.description = f"{first_name} sees it."

    def forget_hours(self, minutes: int | None, split: Split) -> None:
        """Offer the hours and categories of the claim as it is now, unless the reviewer had changed them."""
        if self.adjust_reason.data:
            return
        self.minutes.raw_data, self.minutes.data = None, minutes
        for part in self.parts:
            part.raw_data, part.data = None, dict(split).get(CreditCategory(part.name.removeprefix(SPLIT)))

    def comments(self) -> dict[str, str]:
        """What is asked for at each field that was commented."""
        return {
            name.removeprefix(ASK): field.data
            for name, field in self._fields.items()
            if name.startswith(ASK) and field.data
        }

    def comment_on(self, field: str) -> Field:
        """The field for the comment on a field."""
        found: Field = self[ASK + field]
        return found

    def take(self, refusal: NotValid) -> Form:
        """What an action says of a reason is said at the note, which carries it."""
        places = {"reason": "note", "split": self.at_fault}
        told = {places.get(name, name): sentence for name, sentence in refusal.errors.items()}
        return super().take(NotValid(told))


class StepsForm(Form):
    """Decisions to undo or to release."""

    step = RefsField("Decisions")
    back = HiddenField()


class ReversalForm(Form):
    """Credit to take back, and why."""

    claim = SeenField("Claim")
    reason = ParagraphsField("Why the credit is taken back", limit=NOTE_CHARACTERS)
    idempotency_key = KeyField()


def one_form(labels: Mapping[str, str]) -> type[OneForm]:
    """The form for a claim whose fields have these labels: one comment for each."""
    fields: dict[str, Field] = {
        ASK + name: ParagraphsField(f"Your comment on: {label}", limit=COMMENT_CHARACTERS)
        for name, label in labels.items()
    }
    fields |= {SPLIT + category.value: HoursField(category.label) for category in CreditCategory}
    return type("OneForm", (OneForm,), fields)
