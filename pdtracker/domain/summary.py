"""Summaries: over what certificates are summed up, which of them belong together, and what becomes of a summary.

A summary certifies no hour of its own: each stands on the certificate of its session, too. It follows those
certificates: when more come in, or one is taken back, a new edition takes its place.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from pdtracker.domain.when import DASH, date_text, school_year_text

LEAST_PARTS: Final = 2
"""One certificate alone says by itself what a summary of it would say."""
MOST_PARTS: Final = 300
"""More would be longer than any certificate may be."""


class SummaryKind(StrEnum):
    """Over what certificates are summed up, if the district chooses so."""

    PROGRAMME = "programme"
    YEAR = "year"
    CYCLE = "cycle"

    @property
    def label(self) -> str:
        """What there is one certificate of."""
        return _LABELS[self]


_LABELS: Final = {
    SummaryKind.PROGRAMME: "Each programme",
    SummaryKind.YEAR: "Each school year",
    SummaryKind.CYCLE: "Each licence cycle",
}


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """One programme, school year or licence cycle. `subject_id` is the programme's or licence's; a year has its own."""

    kind: SummaryKind
    subject_id: int
    first_on: date
    last_on: date
    name: str

    @classmethod
    def of_year(cls, first_on: date, last_on: date) -> Span:
        """A school year, known by its first day."""
        return cls(SummaryKind.YEAR, first_on.toordinal(), first_on, last_on, "")

    @property
    def key(self) -> tuple[SummaryKind, int]:
        """What stays the same when a programme is renamed or a cycle lasts longer."""
        return self.kind, self.subject_id

    @property
    def title(self) -> str:
        """What the certificate is of."""
        match self.kind:
            case SummaryKind.PROGRAMME:
                return self.name
            case SummaryKind.YEAR:
                return f"School year {school_year_text(self.first_on, self.last_on)}"
            case SummaryKind.CYCLE:
                return f"{self.name}, {date_text(self.first_on)} {DASH} {date_text(self.last_on)}"

    def is_over(self, on: date) -> bool:
        """Whether its last day has gone."""
        return self.last_on < on


@dataclass(frozen=True, slots=True)
class Part:
    """A certificate that can be summed up: of which decision, and of an activity on which day.

    `kinds` are what the policy of that day sums up, `year` is the school year that it lies in; `programme` is its own.
    """

    certificate_id: int
    step_id: int
    on: date
    minutes: int
    kinds: Collection[SummaryKind]
    year: tuple[date, date]
    programme: Span | None = None


@dataclass(frozen=True, slots=True)
class Earlier:
    """The newest edition of a summary: of which certificates and decisions, and whether it stands."""

    certificate_id: int
    edition: int
    stands: bool
    part_ids: frozenset[int]
    step_ids: frozenset[int]


class Change(StrEnum):
    """What is to be done about a summary."""

    ISSUE = "issue"
    SUPERSEDE = "supersede"
    REVOKE = "revoke"


def summed_up(parts: Iterable[Part], cycles: Sequence[Span]) -> Mapping[Span, tuple[Part, ...]]:
    """Which of one person's certificates belong together: each in its programme, its year and the cycles of its day."""
    found: dict[Span, list[Part]] = {}
    for part in sorted(parts, key=lambda one: (one.on, one.certificate_id)):
        for span in _spans_of(part, cycles):
            found.setdefault(span, []).append(part)
    return {span: tuple(some) for span, some in found.items()}


def change_of(parts: Sequence[Part], earlier: Earlier | None, *, is_wanted: bool) -> Change | None:
    """What these parts make of a summary; `None`: nothing.

    `is_wanted` when its span is over or its holder asks for it; one that stands follows its parts anyhow. One that
    was revoked as it is comes again only of other certificates. More than one certificate holds leave one that stands
    as it is, but only while all that it states is true.
    """
    if len(parts) > MOST_PARTS:
        steps = {part.step_id for part in parts}
        is_untrue = earlier is not None and earlier.stands and not earlier.step_ids <= steps
        return Change.REVOKE if is_untrue else None
    if earlier is not None and earlier.stands:
        if not parts:
            return Change.REVOKE
        return None if {part.step_id for part in parts} == earlier.step_ids else Change.SUPERSEDE
    if len(parts) < LEAST_PARTS or not is_wanted:
        return None
    if earlier is not None and {part.certificate_id for part in parts} == earlier.part_ids:
        return None
    return Change.ISSUE


def _spans_of(part: Part, cycles: Sequence[Span]) -> Iterator[Span]:
    if SummaryKind.PROGRAMME in part.kinds and part.programme is not None:
        yield part.programme
    if SummaryKind.YEAR in part.kinds:
        yield Span.of_year(*part.year)
    if SummaryKind.CYCLE in part.kinds:
        yield from (span for span in cycles if span.first_on <= part.on <= span.last_on)
