"""Templates of letters: a district's own words around what a letter says, with places that are filled in.

What the letter says stands in one place and can't be left out, so no template hides a decision or a reason. Values are
put in once: a place in a value stays the text that it is. A subject is one line, whatever is put into it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from pdtracker.domain.letters import Letter
from pdtracker.domain.mailing import LetterKind
from pdtracker.domain.refusals import NotValid

SUBJECT_CHARACTERS: Final = 120
BODY_CHARACTERS: Final = 4000
_LONGEST_SUBJECT: Final = 250

PLACES: Mapping[str, str] = MappingProxyType(
    {
        "subject": "what the letter is about, in a line",
        "letter": "all that it says",
        "name": "its reader’s name",
        "district": "the district’s name",
    }
)
"""What can stand in braces, and what is put there."""

TEMPLATED: Final = (
    LetterKind.DECISION,
    LetterKind.REVIEW,
    LetterKind.REMINDER,
    LetterKind.LICENCE,
    LetterKind.EVENT,
    LetterKind.PROPOSAL,
    LetterKind.DISCUSSION,
    LetterKind.DIGEST,
)
"""The kinds that a district can put into its own words. What is about an account people know by its looks."""

_PLACE: Final = re.compile(r"\{([^{}\n]*)\}")
_BREAKS: Final = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class LetterTemplate:
    """Subject and text, with places in braces."""

    subject: str
    body: str

    @property
    def is_original(self) -> bool:
        """Whether letters leave as the house writes them."""
        return self == ORIGINAL


ORIGINAL: Final = LetterTemplate("{subject}", "{letter}")


def require_sound(template: LetterTemplate) -> None:
    """Refuse with NotValid a template that would leave something out, or has a place that nothing is put into."""
    faults = {
        field: fault
        for field, text, needed in (
            ("subject", template.subject, "subject"),
            ("body", template.body, "letter"),
        )
        if (fault := _fault(text, needed))
    }
    if "subject" not in faults and "{letter}" in template.subject:
        faults["subject"] = "A subject is one line, and {letter} has many. Use {subject}."
    if faults:
        raise NotValid(faults)


def filled(template: LetterTemplate, subject: str, body: str, *, name: str, district: str) -> tuple[str, str]:
    """The letter in these words: its subject in one line, and its plain text."""
    values = {"subject": subject, "letter": body.strip("\n"), "name": name, "district": district}
    told = _BREAKS.sub(" ", _put(template.subject, values)).strip()
    return told[:_LONGEST_SUBJECT], _put(template.body, values).strip("\n") + "\n"


def example(kind: LetterKind, name: str, district: str) -> Letter:
    """A letter to look at a template with. It names nothing that is anybody's."""
    lines = [
        f"Dear {name},",
        "",
        f"This is an example of letters about this: {kind.label}.",
        "- What the letter says stands here, with its reasons.",
        "",
        f"{district} wrote nothing else yet.",
        "",
    ]
    return Letter("An example of a letter", "\n".join(lines), kind)


def _put(text: str, values: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda place: values.get(place[1], place[0]), text)


def _fault(text: str, needed: str) -> str:
    for place in _PLACE.findall(text):
        if place not in PLACES:
            known = ", ".join(f"{{{each}}}" for each in PLACES)
            return f"Nothing is put into {{{place}}}. Use {known}."
    if text.count(f"{{{needed}}}") != 1:
        return f"Put {{{needed}}} where it belongs, once: without it the letter would say nothing."
    if "{" in (rest := _PLACE.sub("", text)) or "}" in rest:
        return "A brace stands alone. Braces hold the places, such as {name}."
    return ""
