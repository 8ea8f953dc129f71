"""The form of a policy for automatic approval, as an administrator types it, and its conditions in an address."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from wtforms import BooleanField, IntegerField

from pdtracker.domain.automatic import AutomaticPolicy, Conditions
from pdtracker.domain.evidence import EvidenceKind
from pdtracker.domain.kinds import EventKind
from pdtracker.web.forms import (
    ChooseField,
    ChooseSomeField,
    DayField,
    HoursField,
    between,
    needed,
)
from pdtracker.web.rules.publishing import LookedAtForm

_ENOUGH: Final = {
    EvidenceKind.CHECK_IN.value: "A check-in and check-out, or a report with times",
    EvidenceKind.REPORT.value: "A report with times only",
}
USUAL: Final = Conditions(frozenset({EventKind.WEBINAR}), 120, EvidenceKind.CHECK_IN, 10)
"""What the first form begins with; nothing of it holds before somebody publishes it."""


class AutomaticForm(LookedAtForm):
    """When a claim is approved without a person, and how many are looked at all the same."""

    effective_from = DayField(
        "In force from",
        [needed("Enter the first day.")],
        description="Tomorrow at the earliest, so that everybody can read it first. For claims sent from then on.",
    )
    kinds = ChooseSomeField("Of which kinds", choices={kind.value: kind.label for kind in EventKind})
    up_to = HoursField(
        "Up to how many hours",
        [needed("Enter the most hours, such as 2.")],
        description="What is longer goes to a person.",
    )
    evidence = ChooseField("Evidence, at least", choices=_ENOUGH)
    audit_percent = IntegerField(
        "Drawn for a person, in 100",
        [between(1, 100, "Enter a whole number between 1 and 100.")],
        description="So many of those it could approve go to a reviewer all the same. Nobody can pick which.",
    )
    shortens_paths = BooleanField(
        "Stand in for several reviews",
        description="Also where your review path asks for two reviews or more. Without it, people take those.",
    )

    def policy(self) -> AutomaticPolicy | None:
        """What was typed; `None` when the form has faults, which then stand at the fields."""
        if not self.validate() or self.effective_from.data is None:
            return None
        return AutomaticPolicy(self.effective_from.data, self._conditions())

    def asked(self) -> Conditions | None:
        """The conditions alone, as an address has them; `None` when they can't be read."""
        for name in ("effective_from", "digest", "idempotency_key"):
            del self[name]
        return self._conditions() if self.validate() and self.kinds.data else None

    def _conditions(self) -> Conditions:
        return Conditions(
            frozenset(EventKind(kind) for kind in self.kinds.data or ()),
            self.up_to.data or 0,
            EvidenceKind(self.evidence.data),
            self.audit_percent.data or 0,
            bool(self.shortens_paths.data),
        )


def filled(asked: Conditions, today: date) -> AutomaticForm:
    """The form as it begins: with these conditions, from tomorrow on."""
    return AutomaticForm(
        formdata=None,
        effective_from=today + timedelta(days=1),
        kinds=sorted(asked.kinds),
        up_to=asked.up_to_minutes,
        evidence=asked.evidence.value,
        audit_percent=asked.audit_percent,
        shortens_paths=asked.shortens_paths,
    )


def in_address(asked: Conditions) -> dict[str, Any]:
    """Conditions as the query of an address has them, for the lists of a dry run."""
    return {
        "kinds": sorted(asked.kinds),
        "up_to": f"{asked.up_to_minutes} min",
        "evidence": asked.evidence.value,
        "audit_percent": asked.audit_percent,
        "shortens_paths": "y" if asked.shortens_paths else None,
    }
