"""What a certificate states, in the words of pages and commands; every word comes from its snapshot.

The sheet has wording of its own (`pdf.words`), which must never change; these words may.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from pdtracker.domain.certificate import CreditUnit, Snapshot
from pdtracker.domain.certified_sessions import CertifiedSession
from pdtracker.domain.codes import code_text
from pdtracker.domain.hours import minutes_text
from pdtracker.domain.when import DASH, date_text, day_text, time_text, zone_words

_FIGURE_DECIMALS = 100


@dataclass(frozen=True, slots=True)
class StatedSession:
    """One session: when it was by the clock of its place, how it was held, and what was credited for it.

    Of one that counts together with others it is what was attended.
    """

    title: str
    when: str
    how: str
    host: str
    attendance: str
    amount: str


@dataclass(frozen=True, slots=True)
class StatedCategory:
    """The minutes of one category, and the same in the certificate's unit."""

    name: str
    minutes: int
    amount: str


@dataclass(frozen=True, slots=True)
class SummedUp:
    """A certificate whose minutes another one sums up; `spelled` is its code in groups."""

    serial: str
    code: str
    spelled: str
    minutes: int
    amount: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A certificate's facts, ready to be read."""

    holder: str
    licence: str | None
    title: str
    programme: str | None
    theme: str | None
    issuer: str
    place: str
    sponsor: str | None
    issued_on: str
    sessions: tuple[StatedSession, ...]
    categories: tuple[StatedCategory, ...]
    minutes: int
    amount: str
    # How what was attended came to that; `None` where each session was credited for itself.
    reckoning: str | None
    unit: str
    conversion: str
    policy: str
    reflection: str | None
    approval: str
    retention: str | None
    serial: str
    code: str
    key: str
    fingerprint: str
    supersedes: str | None
    # What a licensing body's form states beyond that: labels and texts, none without one.
    form: tuple[tuple[str, str], ...]
    summed_up: tuple[SummedUp, ...]


def statement(snapshot: Snapshot) -> Statement:
    """The facts of a snapshot in words."""
    unit = snapshot.unit
    return Statement(
        holder=snapshot.holder.name,
        licence=snapshot.holder.licence,
        title=snapshot.title,
        programme=snapshot.programme,
        theme=snapshot.theme,
        issuer=snapshot.district.name,
        place=snapshot.district.place,
        sponsor=_sponsor(snapshot),
        issued_on=date_text(snapshot.issued_on),
        sessions=tuple(_session(session, unit) for session in snapshot.sessions),
        categories=tuple(
            StatedCategory(category.name, category.minutes, units_text(category.minutes, unit))
            for category in snapshot.categories
        ),
        minutes=snapshot.total_minutes,
        amount=units_text(snapshot.total_minutes, unit),
        reckoning=_reckoning(snapshot) if snapshot.counts_together else None,
        unit=unit.many[:1].upper() + unit.many[1:],
        conversion=f"1 {unit.one} is {unit.minutes} minutes of instruction",
        policy=f"{snapshot.policy.name}, edition {snapshot.policy.edition}",
        reflection=snapshot.reflection,
        approval=f"{snapshot.approval.name}, {snapshot.approval.role}, {date_text(snapshot.approval.on)}",
        retention=snapshot.retention,
        serial=snapshot.serial,
        code=code_text(snapshot.code),
        key=snapshot.key,
        fingerprint=code_text(snapshot.fingerprint()),
        supersedes=snapshot.supersedes,
        form=_form(snapshot),
        summed_up=tuple(
            SummedUp(one.serial, one.code, code_text(one.code), one.minutes, units_text(one.minutes, unit))
            for one in (snapshot.summary.certificates if snapshot.summary else ())
        ),
    )


def units_text(minutes: int, unit: CreditUnit) -> str:
    """Minutes in the unit, exact: `1.5`, `0.75`, and where two decimals can't say it `1 2/3`."""
    amount = Fraction(minutes, unit.minutes)
    whole, rest = divmod(amount, 1)
    hundredths = rest * _FIGURE_DECIMALS
    if hundredths.denominator == 1:
        decimals = f"{int(hundredths):02d}".rstrip("0")
        return f"{whole:,}.{decimals}" if decimals else f"{whole:,}"
    return f"{whole:,} {rest}" if whole else str(rest)


def session_when(session: CertifiedSession) -> str:
    """`Tuesday, October 14, 2014, 7:00–8:00 pm Eastern Time`; of a window of several days its days.

    By the offsets that the snapshot holds, so that no later time zone database says otherwise.
    """
    start, end = session.starts_at, session.ends_at
    # What ends at midnight ends on the day before.
    last = (end - timedelta(microseconds=1)).date() if end > start else end.date()
    if start.date() != last:
        return f"{date_text(start)} {DASH} {date_text(last)}"
    if start == end:
        return f"{day_text(start)}, {time_text(start)} {zone_words(session.zone)}"
    begins, ends = time_text(start), time_text(end)
    if begins[-2:] == ends[-2:]:
        begins = begins[:-3]
    return f"{day_text(start)}, {begins}{DASH}{ends} {zone_words(session.zone)}"


def _reckoning(snapshot: Snapshot) -> str:
    """`65 minutes attended; rounded down to quarter hours, 5 fewer; 60 minutes certified`."""
    changes = [
        f"{change.words[:1].lower()}{change.words[1:]}, {abs(change.minutes):,}"
        f" {'more' if change.minutes > 0 else 'fewer'}"
        for change in snapshot.changes
    ]
    attended = f"{minutes_text(snapshot.stated_minutes)} attended"
    return "; ".join([attended, *changes, f"{minutes_text(snapshot.total_minutes)} certified"])


def _session(session: CertifiedSession, unit: CreditUnit) -> StatedSession:
    delivery = session.delivery[:1].lower() + session.delivery[1:]
    parts = (session.kind, delivery, session.place)
    credited = "; ".join(
        f"{units_text(minutes, unit)} {unit.one if minutes == unit.minutes else unit.many} of {category}"
        for category, minutes in session.minutes
    )
    if session.attended_minutes is not None:
        credited = f"{minutes_text(session.attended_minutes)} attended"
    return StatedSession(
        title=session.title,
        when=session_when(session),
        how=", ".join(part for part in parts if part),
        host=session.host,
        attendance=session.attendance,
        amount=credited,
    )


def _form(s: Snapshot) -> tuple[tuple[str, str], ...]:
    form = s.form
    if form is None:
        return ()
    unit = s.unit.one if form.minutes == s.unit.minutes else s.unit.many
    areas = "; ".join(f"{area.name}: {minutes_text(area.minutes)}" for area in form.areas)
    told = (
        ("Counts as", f"{units_text(form.minutes, s.unit)} {unit}"),
        ("Areas", areas),
        ("Provider number", form.number),
        ("Topic", form.topic),
        ("Description", form.description),
        ("Assessment", form.assessment),
        ("Notice", form.notice),
    )
    return tuple((label, text) for label, text in told if text)


def _sponsor(snapshot: Snapshot) -> str | None:
    district = snapshot.district
    if district.sponsor_number is None:
        return None
    return ", ".join(part for part in (district.sponsor_number, district.sponsor_period) if part)
