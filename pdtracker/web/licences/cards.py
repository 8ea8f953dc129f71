"""What pages say about a licence: its sentence, its meter in its own unit, its buckets and activities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from types import MappingProxyType

from pdtracker.domain.hours import NBSP
from pdtracker.domain.licence_progress import (
    BucketProgress,
    CountedActivity,
    Course,
    LicenceProgress,
    day_words,
)
from pdtracker.domain.regimes.meanings import plain
from pdtracker.domain.regimes.parcel import NOTHING
from pdtracker.domain.regimes.quantities import Unit, figure
from pdtracker.domain.regimes.rules import Confidence, Op, Version
from pdtracker.domain.when import date_text
from pdtracker.queries.licensing import HeldLicence, Signed
from pdtracker.web.drawing import Meter, minutes_meter, ring_minutes, things_meter
from pdtracker.web.licences.mending import Mend, mends_of

_SIGNS: Mapping[Course, str] = MappingProxyType(
    {Course.MET: "ok", Course.ON_TRACK: "half", Course.BEHIND: "warn", Course.ENDED_SHORT: "no"}
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A drawing with the words for who can't see it, and what a ring of it stands for."""

    meter: Meter | None
    label: str
    under: str


@dataclass(frozen=True, slots=True)
class Card:
    """One licence at a glance."""

    id: int
    name: str
    regime: str
    cycle: str
    sentence: str
    state: tuple[str, str]
    meter: Shown
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BucketRow:
    """A minimum or maximum with its meter."""

    title: str
    sentence: str
    state: tuple[str, str]
    meter: Shown
    note: str


@dataclass(frozen=True, slots=True)
class ActivityRow:
    """An activity with what it counts and why."""

    claim_id: int
    title: str
    day: str
    units: str
    question: str
    reasons: tuple[str, ...]
    is_waiting: bool
    counts: bool
    mends: tuple[Mend, ...]


@dataclass(frozen=True, slots=True)
class SignedRow:
    """What somebody signed, in words."""

    what: str
    who: str
    said: str
    # Of a fact that still holds: the address where it can be taken back.
    take_back: str = ""


def card(held: HeldLicence, progress: LicenceProgress) -> Card:
    """A licence with where its holder stands."""
    return Card(
        id=held.id,
        name=held.name,
        regime=progress.version.name,
        cycle=f"{date_text(progress.cycle.start)} to {date_text(progress.cycle.end)}",
        sentence=progress.sentence,
        state=state_of(progress),
        meter=meter_of(progress.unit, progress.earned, progress.pending, progress.required),
        marks=marks(progress.version),
    )


def state_of(progress: LicenceProgress) -> tuple[str, str]:
    """The sign and the words of how it goes."""
    return _SIGNS[progress.course], progress.course_words


def parts_of(progress: LicenceProgress) -> list[tuple[str, str]]:
    """The sentence with its figures set apart: `("62", " of"), ("100 clock hours", " earned"), ...`."""
    unit = progress.unit
    if progress.required:
        parts = [(unit.short(progress.earned), " of"), (unit.words(progress.required), " earned")]
    else:
        parts = [(unit.words(progress.earned), " earned")]
    if progress.entered:
        parts.append((unit.short(progress.entered), f"{NBSP}of{NBSP}them entered by hand"))
    if progress.pending:
        parts.append((unit.short(progress.pending), f"{NBSP}waiting"))
    if progress.to_go:
        end = day_words(progress.cycle.end, progress.as_of)
        parts.append((unit.short(progress.to_go), f"{NBSP}to{NBSP}go by {end}"))
    figures, words = parts[-1]
    return [(_glued(part), words) for part, words in (*parts[:-1], (figures, words + progress.still))]


def _glued(part: str) -> str:
    """A figure such as `41 1/3` stays on one line; hours with their minutes would be too long for a phone."""
    return part if part.endswith(("minute", "minutes")) else part.replace(" ", NBSP)


def marks(version: Version) -> tuple[str, ...]:
    """What to know before one relies on its rules."""
    weak = ("Weak source: check with the authority",) if version.confidence is Confidence.WEAK else ()
    return (*weak, *(("Historic rules",) if version.is_historic else ()))


def meter_of(unit: Unit, earned: Fraction, pending: Fraction, required: Fraction) -> Shown:
    """The drawing in the unit's own amounts; a ring is an hour's worth of it, or ten."""
    whole = max(required, earned + pending)
    to_go = max(NOTHING, required - earned - pending)
    meter = minutes_meter(*(_minutes(unit, amount) for amount in (earned, pending, required)))
    ring = Fraction(ring_minutes(_minutes(unit, whole)), unit.minutes)
    figures = f"{unit.short(earned)} earned, {unit.short(pending)} waiting, {unit.short(to_go)} to go, in {unit.many}"
    if meter is None:
        return Shown(None, "", "")
    if not meter.rings:
        return Shown(meter, f"A bar: {figures}", "")
    rings = f"A row of {meter.rings} ring{'' if meter.rings == 1 else 's'}, one for each {unit.words(ring)}"
    return Shown(meter, f"{rings}: {figures}", "" if ring == 1 else f"Each ring is {unit.words(ring)}.")


def bucket_row(one: BucketProgress) -> BucketRow:
    """A bucket in words."""
    if one.is_number:
        held, waiting = int(one.held), int(one.pending)
        meter = things_meter(held, max(0, int(one.asked) - held))
        shown = Shown(meter, f"{one.sentence}, {waiting} waiting", "")
    else:
        shown = meter_of(one.unit, one.held, one.pending, one.asked)
    return BucketRow(
        title=one.name[0].upper() + one.name[1:],
        sentence=one.sentence,
        state=_bucket_state(one),
        meter=shown,
        note="The same credit can't fill another such minimum." if one.is_exclusive else "",
    )


def activity_rows(
    held: HeldLicence, progress: LicenceProgress, titles: dict[str, str], claim_ids: dict[str, int]
) -> list[ActivityRow]:
    """The activities of the record that lie in the cycle or count for it, newest first."""
    return [
        _activity_row(one, held, progress.unit, titles, claim_ids[one.id])
        for one in progress.activities
        if one.units or one.parcel.activity.ends_on in progress.cycle
    ]


def signed_row(one: Signed, unit: Unit, means: dict[str, str], take_back: str) -> SignedRow:
    """`5 clock hours more`, `the target is 80 clock hours`, `holds a certificate in ...`."""
    told = []
    if one.fact:
        verb = "Taken back" if one.is_end else "Attested"
        told.append(f"{verb}: {means.get(one.fact, plain(one.fact))}")
    if one.units is not None:
        of = f" of {means.get(one.category, plain(one.category))}" if one.category else ""
        told.append(f"{unit.words(abs(one.units))}{of} {'more' if one.units > 0 else 'less'}")
    if one.target is not None:
        told.append(f"the target is {unit.words(one.target)}")
    if one.ends_on is not None:
        told.append(f"the cycle ends on {date_text(one.ends_on)}")
    what = "; ".join(told)
    who = ", ".join(filter(None, (one.by_name, one.by_title)))
    by = f"Signed by {who} on {date_text(one.signed_on)}"
    if one.taken_back is not None:
        by += f". Taken back on {date_text(one.taken_back.on)}"
    return SignedRow(what[0].upper() + what[1:], by, one.said, take_back)


def span_words(start: date, end: date) -> str:
    """A cycle in words."""
    return f"{date_text(start)} to {date_text(end)}"


def _activity_row(
    one: CountedActivity, held: HeldLicence, unit: Unit, titles: dict[str, str], claim_id: int
) -> ActivityRow:
    units = unit.words(one.units)
    return ActivityRow(
        claim_id=claim_id,
        title=titles[one.id],
        day=date_text(one.on),
        units=units,
        question=f"Why {units}?" if one.units else "Why nothing?",
        reasons=one.reasons_naming(titles) or (f"It counts {units}.",),
        is_waiting=one.is_waiting,
        counts=bool(one.units),
        mends=mends_of(one, held, claim_id),
    )


def _bucket_state(one: BucketProgress) -> tuple[str, str]:
    if one.op is Op.MAX:
        return ("ok", "Full") if one.held >= one.asked else ("off", "Room left")
    if one.is_met:
        return "ok", "Met"
    if one.to_go:
        return "todo", f"{figure(one.to_go) if one.is_number else one.unit.short(one.to_go)}{NBSP}to go"
    return "wait", "Waiting"


def _minutes(unit: Unit, amount: Fraction) -> int:
    return int(amount * unit.minutes)
