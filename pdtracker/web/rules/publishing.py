"""What every page has that publishes rules: a form that is looked at before it counts, and its versions in a list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from wtforms import HiddenField

from pdtracker.domain.when import date_text, local
from pdtracker.scope import Scope
from pdtracker.web.forms import Form, KeyField

_OF_ONE_STEP: Final = frozenset({"digest", "csrf_token"})


class LookedAtForm(Form):
    """What is typed is shown once more, in words, before it is published; `digest` tells what was shown."""

    digest = HiddenField()
    idempotency_key = KeyField()

    def carried(self, *left_out: str) -> list[tuple[str, Any]]:
        """Everything that was typed, for the next step."""
        return [
            (field.name, str(value))
            for field in self
            if field.name not in _OF_ONE_STEP.union(left_out)
            for value in field.raw_data or ()
        ]

    def was_looked_at(self, digest: str) -> bool:
        """Whether what would be published is what was shown; if not, the form says what to do."""
        if self.digest.data == digest:
            return True
        self.form_errors.append("It is not what you looked at. Look at it once more, then publish it.")
        return False


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version in the list: from when it holds, who published it, what it says, and where it stands today."""

    title: str
    published: str
    said: tuple[str, ...]
    sign: str
    standing: str

    @classmethod
    def of(
        cls, number: int, effective_from: date, published: str, said: tuple[str, ...], standing: str
    ) -> VersionLine:
        """The line of a version that is In force, To come, or Past."""
        sign = {"In force": "ok", "To come": "wait", "Past": "off"}[standing]
        return cls(f"Version {number}, from {date_text(effective_from)}", published, said, sign, standing)


def published_words(who: Scope, at: datetime, by_name: str) -> str:
    """`on July 1, 2026 by Cam Okafor`, by the district's clock."""
    return f"on {date_text(local(at, who.district.zone).date())} by {by_name}"
