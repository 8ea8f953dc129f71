"""A statement of progress to a licence: everything that its sheet says, as one value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from pdtracker.domain.licence_progress import BucketProgress, CountedActivity, LicenceProgress
from pdtracker.domain.regimes import words
from pdtracker.domain.regimes.cycles import Cycle
from pdtracker.domain.regimes.describing import layer_sentences
from pdtracker.domain.regimes.parcel import NOTHING
from pdtracker.domain.regimes.quantities import Unit, figure
from pdtracker.domain.regimes.rules import Confidence, Op


@dataclass(frozen=True, slots=True)
class StatedRules:
    """The rules by which a statement is counted, where they are from, and how sure that is.

    `duties` are what the licensing body asks people to keep and to do beside the hours; `on_top` what a district or
    provider asks for beyond it, each in its own name.
    """

    name: str
    version: str
    effective: date | None
    source: str
    checked_on: date
    confidence: Confidence
    unit: Unit
    duties: tuple[str, ...]
    on_top: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StatedRequirement:
    """One line of what is asked for: the whole, or a part of it with a minimum or a maximum.

    `terms` say what is counted, and whether at least or at most so many. `missing` is what a minimum lacks by what is
    decided; a maximum lacks nothing.
    """

    name: str
    terms: str
    held: Fraction
    pending: Fraction
    asked: Fraction
    missing: Fraction

    @property
    def amounts(self) -> tuple[str, str, str, str]:
        """Asked, held, waiting and missing as figures; a dash where there is nothing to say."""
        return (
            figure(self.asked),
            figure(self.held),
            figure(self.pending) if self.pending else "–",
            figure(self.missing) if self.missing else "–",
        )


@dataclass(frozen=True, slots=True)
class StatedActivity:
    """One activity of the record: its days, what it was, its minutes by category, and what it counts.

    `reason` says why it counts nothing, or less than its time.
    """

    on: date
    ends_on: date
    title: str
    about: str
    category: str
    minutes: int
    units: Fraction
    is_waiting: bool
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceStatement:
    """What a statement states. `signed` are adjustments and attestations, each with who signed it and when.

    `sponsor` is the district's own number with the licensing body, empty without one.
    """

    district: str
    place: str
    person: str
    school: str | None
    licence: str
    rules: StatedRules
    cycle: Cycle
    as_of: date
    earned: Fraction
    pending: Fraction
    required: Fraction
    to_go: Fraction
    carry_over: Fraction
    sentence: str
    requirements: tuple[StatedRequirement, ...]
    missing: tuple[str, ...]
    signed: tuple[str, ...]
    notes: tuple[str, ...]
    activities: tuple[StatedActivity, ...]
    verify_address: str
    sponsor: str = ""


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose statement it is, and the district that draws it up."""

    district: str
    place: str
    person: str
    school: str | None
    licence: str
    verify_address: str


@dataclass(frozen=True, slots=True)
class Attended:
    """What the record knows of an activity beside its worth: its minutes by the names of their categories."""

    title: str
    about: str
    spent: tuple[tuple[str, int], ...]


def statement_of(
    holder: Holder, progress: LicenceProgress, signers: Sequence[str], attended: Mapping[str, Attended]
) -> LicenceStatement:
    """The statement of where somebody stands.

    `signers` are who signed something about the licence, `attended` tells each activity by its id. Activities outside
    the cycle are left out unless a minimum looks back to them.
    """
    unsigned, signed = _by_signature(progress, signers)
    return LicenceStatement(
        district=holder.district,
        place=holder.place,
        person=holder.person,
        school=holder.school,
        licence=holder.licence,
        rules=_rules(progress),
        cycle=progress.cycle,
        as_of=progress.as_of,
        earned=progress.earned,
        pending=progress.pending,
        required=progress.required,
        to_go=progress.to_go,
        carry_over=progress.carry_over,
        sentence=progress.sentence,
        requirements=(_total(progress), *(_requirement(one) for one in progress.buckets)),
        missing=tuple(one.sentence for one in progress.missing),
        signed=signed,
        notes=unsigned,
        activities=tuple(_activities(progress, attended)),
        verify_address=holder.verify_address,
    )


def _rules(progress: LicenceProgress) -> StatedRules:
    version = progress.version
    return StatedRules(
        name=version.name,
        version=version.version,
        effective=version.effective,
        source=version.source,
        checked_on=version.checked_on,
        confidence=version.confidence,
        unit=version.unit,
        duties=version.duties,
        on_top=tuple(
            f"{layer.name} asks for more on top: {' '.join(layer_sentences(layer, version))}"
            for layer in progress.layers
        ),
    )


def _by_signature(
    progress: LicenceProgress, signers: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The notes that nobody signed, and those that somebody did; shortfalls are told by themselves."""
    begins = tuple(f"{name} {verb} " for name in signers for verb in ("changed", "attested"))
    short = {one.sentence for one in progress.missing}
    notes = [one for one in progress.notes if one not in short]
    signed = tuple(one for one in notes if one.startswith(begins)) if begins else ()
    return tuple(one for one in notes if one not in signed), signed


def _total(progress: LicenceProgress) -> StatedRequirement:
    return StatedRequirement(
        name="In total",
        terms=f"{progress.unit.many}, at least" if progress.required else "this regime names no number",
        held=progress.earned,
        pending=progress.pending,
        asked=progress.required,
        missing=max(NOTHING, progress.required - progress.earned),
    )


def _requirement(bucket: BucketProgress) -> StatedRequirement:
    is_minimum = bucket.op is Op.MIN
    counted = "activities" if bucket.is_number else bucket.unit.many
    return StatedRequirement(
        name=bucket.name[:1].upper() + bucket.name[1:],
        terms=f"{counted}, at {'least' if is_minimum else 'most'}",
        held=bucket.held,
        pending=bucket.pending,
        asked=bucket.asked,
        missing=max(NOTHING, bucket.asked - bucket.held) if is_minimum else NOTHING,
    )


def _activities(progress: LicenceProgress, attended: Mapping[str, Attended]) -> Iterator[StatedActivity]:
    titles = {known: one.title for known, one in attended.items()}
    for one in progress.activities:
        activity, what = one.parcel.activity, attended[one.id]
        if activity.ends_on in progress.cycle or _serves_later(one):
            yield StatedActivity(
                on=activity.on,
                ends_on=activity.ends_on,
                title=what.title,
                about=what.about,
                category=_split(what.spent),
                minutes=activity.minutes,
                units=one.units,
                is_waiting=one.is_waiting,
                reason=_reason(one, titles),
            )


def _serves_later(one: CountedActivity) -> bool:
    """Whether a minimum of this cycle looks back to what lies before it."""
    return any(say is words.outside and arguments[2] for say, arguments in one.parcel.told)


def _split(spent: Sequence[tuple[str, int]]) -> str:
    """`Pedagogy`, or of several each with its minutes."""
    if len(spent) == 1:
        return spent[0][0]
    return ", ".join(f"{name} {minutes}" for name, minutes in spent)


def _reason(one: CountedActivity, titles: Mapping[str, str]) -> str:
    """What was done to it beyond its conversion: the last rule that said something."""
    told = one.reasons_naming(titles)
    return told[-1] if told and (not one.units or len(told) > 1) else ""
