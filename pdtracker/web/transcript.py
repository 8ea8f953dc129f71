"""A person's transcript: page, PDF, CSV and learner record of one and the same period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Blueprint, request, url_for

from pdtracker.domain.access import Permission
from pdtracker.domain.ceds import CEDS_KINDS
from pdtracker.domain.codes import code_text
from pdtracker.domain.hours import hours_phrase, hours_short
from pdtracker.domain.look import Record
from pdtracker.domain.policy import KindCap
from pdtracker.domain.refs import id_of, ref_of
from pdtracker.domain.refusals import NotHere, NotValid
from pdtracker.domain.summary import Change
from pdtracker.domain.telling import count_of
from pdtracker.domain.when import date_text, local, month_day, school_year_text, short_date, time_text
from pdtracker.exchange.csv_out import MEDIA_TYPE, Cell, csv_bytes
from pdtracker.installation import issuer_of
from pdtracker.pdf import transcript as sheet
from pdtracker.queries.badges import learner_record_of
from pdtracker.queries.summaries import Gathered, SummaryLine, gathered
from pdtracker.queries.transcript import Line, Period, Transcript, sheet_of
from pdtracker.queries.transcript import transcript as transcript_of
from pdtracker.web import answers, requests
from pdtracker.web.answers import Answer
from pdtracker.web.doors import signed_in
from pdtracker.web.looking import noted
from pdtracker.web.periods import FIRST_YEAR, LAST_YEAR, PeriodForm
from pdtracker.web.requests import at, scope

transcript = Blueprint("transcript", __name__)

CSV_HEADER = (
    "Date",
    "Title",
    "Host",
    "Kind",
    "Category",
    "Minutes",
    "Hours",
    "Entry",
    "Decided on",
    "Decided by",
    "Policy",
    "Why",
    "Certificate",
    "Certificate status",
    # In the words of CEDS, for files that states take.
    "CEDS Activity Type",
    "CEDS Delivery Method",
    "CEDS Instructional Delivery Mode",
)


@dataclass(frozen=True, slots=True)
class Row:
    """One session of the page."""

    line: Line
    day: str
    categories: str
    certificate: str
    certificate_state: str
    taken_back: str


@dataclass(frozen=True, slots=True)
class Cap:
    """The most that counts in a year, and how much of it is used."""

    title: str
    used_minutes: int
    limit_minutes: int
    is_full: bool


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """What stands on one certificate, or could. `ask` is what its holder may do, `comes` when it comes by itself."""

    title: str
    words: str
    certificate: SummaryLine | None
    code: str
    ask: str
    wish: Mapping[str, str]
    comes: str


@transcript.get("/<slug:district>/transcript")
@signed_in
def show() -> Answer:
    """The transcript of a school year, or between two days."""
    form = PeriodForm(request.args)
    try:
        period = form.period()
    except NotValid as refusal:
        if not form.errors:
            form.take(refusal)
        return _noted(_page(found := _transcript(None), form, 422), found)
    return _noted(_page(found := _transcript(period), form), found)


@transcript.get("/<slug:district>/transcript.pdf")
@signed_in
def show_pdf() -> Answer:
    """The same as PDF."""
    found = _transcript(PeriodForm(request.args).period())
    values = sheet_of(found, scope(), issuer_of(requests.wiring().settings).verify_address)
    shown = answers.file(lambda: sheet.render(values), "application/pdf", _name_of(found, "pdf"), keep=False)
    return _noted(shown, found)


@transcript.get("/<slug:district>/transcript.csv")
@signed_in
def show_csv() -> Answer:
    """The same as CSV, one row for each entry of the ledger."""
    found = _transcript(PeriodForm(request.args).period())
    rows = [cells for line in reversed(found.lines) for cells in _cells(line)]
    shown = answers.file(lambda: csv_bytes(CSV_HEADER, rows), MEDIA_TYPE, _name_of(found, "csv"), keep=True)
    return _noted(shown, found)


@transcript.get("/<slug:district>/transcript.json")
@signed_in
def show_record() -> Answer:
    """Its certificates that stand, as one signed document for other programs (CLR 2.0)."""
    found = _transcript(PeriodForm(request.args).period())
    secrets = issuer_of(requests.wiring().settings).secrets
    told = learner_record_of(scope(), found.person_id, found.person_name, _serials(found), secrets)
    shown = answers.file(told.encode, "application/vc+ld+json", _name_of(found, "json"), keep=True)
    return _noted(shown, found)


def _serials(found: Transcript) -> list[str]:
    return [line.certificate.serial for line in found.lines if line.certificate is not None]


def _noted(answer: Answer, found: Transcript) -> Answer:
    return noted(answer, found.person_id, Record.TRANSCRIPT)


def _transcript(period: Period | None) -> Transcript:
    """One's own, which everybody has, or that of somebody in sight; else nobody knows of it."""
    return transcript_of(scope(), _person_id(), period, _year_of())


def _person_id() -> int:
    told = request.args.get("person")
    if not told:
        return scope().me.id
    try:
        return id_of(told)
    except ValueError as error:
        raise NotHere from error


def _year_of() -> date:
    """A day of the school year in the address; today without one."""
    told = request.args.get("year", "")
    if told.isascii() and told.isdigit() and FIRST_YEAR <= int(told) < LAST_YEAR:
        # A school year begins in the year that names it, and holds that year's last day.
        return date(int(told), 12, 31)
    return local(at(), scope().district.zone).date()


def _page(found: Transcript, form: PeriodForm, status: int = 200) -> Answer:
    is_mine = found.person_id == scope().me.id
    person = None if is_mine else ref_of(found.person_id)
    first, last = found.period
    chosen: dict[str, Any] = {"person": person, "from": first.isoformat(), "to": last.isoformat()}
    return answers.page(
        "transcript/show.html",
        status,
        found=found,
        form=form,
        is_mine=is_mine,
        person=person,
        period=f"{date_text(first)} to {date_text(last)}",
        year_name=school_year_text(first, last) if found.standing else "",
        until=month_day(last),
        is_over=last < local(at(), scope().district.zone).date(),
        years=[_year(found, year, person) for year in found.years],
        rows=[_row(line) for line in found.lines],
        caps=_caps(found),
        pdf=url_for("transcript.show_pdf", **chosen),
        csv=url_for("transcript.show_csv", **chosen),
        record=url_for("transcript.show_record", **chosen) if _has_certificates(found) else None,
        latest=_latest(found, person),
        licences=_licences(found.person_id, is_mine=is_mine),
        summaries=[
            _summary(one, is_mine=is_mine)
            for one in gathered(scope(), [found.person_id])
            if one.span.first_on <= last and first <= one.span.last_on
        ],
    )


def _summary(one: Gathered, *, is_mine: bool) -> SummaryRow:
    """What stands on one certificate, or could; its holder may ask for it before its time."""
    stands = one.earlier is not None and one.earlier.stands
    change = one.change(scope().today, is_asked=True)
    may_ask = is_mine and change in (Change.ISSUE, Change.SUPERSEDE)
    return SummaryRow(
        title=one.span.title if one.parts else one.line.title if one.line else "",
        words=f"{hours_phrase(one.minutes)} in {count_of(len(one.parts), 'activity', 'activities')}",
        certificate=one.line if stands else None,
        code=code_text(one.line.code) if one.line else "",
        ask=("Bring it up to date" if stands else "Make it now") if may_ask else "",
        wish={"kind": one.span.kind.value, "subject": str(one.span.subject_id)},
        comes="" if stands or change is None else f"It is made after {date_text(one.span.last_on)}.",
    )


def _has_certificates(found: Transcript) -> bool:
    """Whether there is one that left the house and stands."""
    return any(
        line.certificate is not None and line.certificate.news is None and line.certificate.release_at <= at()
        for line in found.lines
    )


def _licences(person_id: int, *, is_mine: bool) -> str | None:
    """The page of the person's licences, for who may open it."""
    if is_mine and scope().may(Permission.KEEP_LICENCES):
        return url_for("licences.index")
    return (
        url_for("licences.of_person", person_id=person_id)
        if scope().may(Permission.SEE_ALL_TRANSCRIPTS)
        else None
    )


def _year(found: Transcript, year: Period, person: str | None) -> tuple[str, str, bool]:
    address = url_for("transcript.show", year=year[0].year, person=person)
    return school_year_text(*year), address, year == found.period


def _latest(found: Transcript, person: str | None) -> tuple[str, str] | None:
    """The school year that has the newest entry, for a period that has none."""
    on = found.last_activity_on
    for year in found.years:
        if on is not None and year[0] <= on <= year[1]:
            return school_year_text(*year), url_for("transcript.show", year=year[0].year, person=person)
    return None


def _row(line: Line) -> Row:
    return Row(
        line=line,
        day=_day(line.on),
        categories=_category_words(line),
        certificate=code_text(line.certificate.code) if line.certificate else "",
        certificate_state=_certificate_state(line),
        taken_back=_taken_back(line),
    )


def _day(on: date) -> str:
    return short_date(on, local(at(), scope().district.zone))


def _category_words(line: Line) -> str:
    """`Pedagogy`, or of several each with its hours."""
    if len(line.categories) == 1:
        return line.categories[0][0].label
    return " · ".join(f"{category.label} {hours_short(minutes)}" for category, minutes in line.categories)


def _certificate_state(line: Line) -> str:
    certificate = line.certificate
    if certificate is None:
        return ""
    if certificate.news is not None:
        return certificate.news.value.capitalize()
    if certificate.release_at > at():
        return f"Leaves at {time_text(local(certificate.release_at, scope().zone))}"
    return ""


def _taken_back(line: Line) -> str:
    taken = line.taken_back
    if taken is None:
        return ""
    on = date_text(local(taken.awarded_at, scope().district.zone))
    return f"{hours_phrase(-taken.minutes)} taken back on {on} by {taken.by_name}: {taken.reason}"


def _caps(found: Transcript) -> Sequence[Cap]:
    return [_cap(found, cap) for cap in found.standing.policy.caps] if found.standing else []


def _cap(found: Transcript, cap: KindCap) -> Cap:
    used = found.minutes_of(cap.kind)
    what = cap.kind.plural.lower() if cap.kind else "everything together"
    return Cap(
        f"At most {hours_phrase(cap.minutes_per_year)} from {what}",
        used,
        cap.minutes_per_year,
        used >= cap.minutes_per_year,
    )


def _cells(line: Line) -> list[tuple[Cell, ...]]:
    zone = scope().district.zone
    certificate = line.certificate
    state = _certificate_state(line) or "Valid" if certificate else None
    ceds = CEDS_KINDS[line.kind]
    return [
        (
            line.on.isoformat(),
            line.title,
            line.host,
            line.kind.label,
            entry.category.label,
            entry.minutes,
            _decimal(entry.minutes),
            "Taken back" if entry.takes_back else "Credit",
            local(entry.awarded_at, zone).date().isoformat(),
            entry.by_name,
            entry.policy_name,
            entry.reason if entry.takes_back else " ".join(step.sentence for step in entry.trace),
            certificate.code if certificate else None,
            state,
            ceds.activity_type,
            ceds.delivery_method,
            ceds.delivery_mode,
        )
        for entry in line.entries
    ]


def _decimal(minutes: int) -> Decimal:
    """Hours for reckoning on; the minutes beside them are exact."""
    return (Decimal(minutes) / 60).quantize(Decimal("0.01"))


def _name_of(found: Transcript, ending: str) -> str:
    first, last = found.period
    return f"transcript-{first.isoformat()}-{last.isoformat()}.{ending}"
