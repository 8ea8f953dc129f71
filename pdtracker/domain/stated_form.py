"""What the form of a licensing body states beyond a certificate's own facts, frozen with the certificate."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from pdtracker.domain.canonical import Json, items, members, nfc, nfc_or_none, text_of, text_or_none, whole_of

_REGIME: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class FormArea:
    """An area of learning as the body names it, with the minutes credited in it."""

    name: str
    minutes: int


@dataclass(frozen=True, slots=True)
class StatedForm:
    """The body's form: which, and what it asks for. Raises ValueError for what no certificate can state.

    `number` is the provider's number with the body. `minutes` are those that count there, after its own rounding:
    80 minutes are 75 where quarter hours count.
    """

    regime: str
    minutes: int
    areas: tuple[FormArea, ...]
    number: str | None = None
    topic: str | None = None
    description: str | None = None
    assessment: str | None = None
    notice: str | None = None

    def __post_init__(self) -> None:
        if not _REGIME.fullmatch(self.regime):
            raise ValueError("a regime has small letters, digits and hyphens")
        if self.minutes < 0 or any(area.minutes < 0 for area in self.areas):
            raise ValueError("minutes are not negative")

    @property
    def texts(self) -> tuple[str, ...]:
        """What people or bodies wrote."""
        told = (self.number, self.topic, self.description, self.assessment, self.notice)
        return (*(area.name for area in self.areas), *(text for text in told if text))


def form_document(form: StatedForm) -> Json:
    """The form as a snapshot states it."""
    return {
        "regime": form.regime,
        "minutes": form.minutes,
        "areas": [{"name": nfc(area.name), "minutes": area.minutes} for area in form.areas],
        "number": nfc_or_none(form.number),
        "topic": nfc_or_none(form.topic),
        "description": nfc_or_none(form.description),
        "assessment": nfc_or_none(form.assessment),
        "notice": nfc_or_none(form.notice),
    }


def read_form(value: object) -> StatedForm:
    """The form that a snapshot states. Raises ValueError."""
    d = members(value, "regime minutes areas number topic description assessment notice")
    return StatedForm(
        text_of(d["regime"]),
        whole_of(d["minutes"]),
        tuple(_area(each) for each in items(d["areas"])),
        text_or_none(d["number"]),
        text_or_none(d["topic"]),
        text_or_none(d["description"]),
        text_or_none(d["assessment"]),
        text_or_none(d["notice"]),
    )


def _area(value: object) -> FormArea:
    d = members(value, "name minutes")
    return FormArea(text_of(d["name"]), whole_of(d["minutes"]))
