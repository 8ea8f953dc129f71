"""What a refused form has to say: one sentence for each field to put right, and where to find the field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wtforms import Field, FieldList, Form, FormField, RadioField
from wtforms.widgets import HiddenInput

_NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")


@dataclass(frozen=True, slots=True)
class Fault:
    """A sentence of the error summary; `target` is the id of the control that it links to, or empty."""

    target: str
    sentence: str


def form_faults(form: Form) -> tuple[Fault, ...]:
    """Every field's first sentence in the form's order, nested forms and lists included, then the form's own."""
    return (*_faults(iter(form)), *(Fault("", sentence) for sentence in form.form_errors))


def faults_title(count: int) -> str:
    """The heading of the error summary: "One thing to put right", "Two things to put right"."""
    word = _NUMBERS[count] if count < len(_NUMBERS) else str(count)
    return f"{word} thing{'' if count == 1 else 's'} to put right"


def control_id(field: Field) -> str:
    """The id that a link to this field must name: a group of radio buttons is reached by its first button."""
    return f"{field.id}-0" if isinstance(field, RadioField) else str(field.id)


def described_by(field: Field, *others: str) -> str | None:
    """The ids of everything said about a control, in the order in which it should be heard: hint, fault, others."""
    ids = [f"{field.id}-hint"] if field.description else []
    if field.errors:
        ids.append(f"{field.id}-why")
    return " ".join((*ids, *filter(None, others))) or None


def _faults(fields: Iterator[Field]) -> Iterator[Fault]:
    for field in fields:
        if isinstance(field, FormField):
            yield from _faults(iter(field.form))
        elif isinstance(field, FieldList) and any(entry.errors for entry in field.entries):
            yield from _faults(iter(field.entries))
        elif field.errors:
            # What no control shows can't be led to: a hidden value, a button's.
            widget: object = field.widget
            is_shown = widget is not None and not isinstance(widget, HiddenInput)
            yield Fault(control_id(field) if is_shown else "", str(field.errors[0]))
