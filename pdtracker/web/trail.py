"""The audit trail: who did what and when, narrowed in the address; the same as CSV with every hash."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Final

from flask import Blueprint, request, url_for

from pdtracker.domain.access import Permission
from pdtracker.domain.refs import id_of, ref_of
from pdtracker.domain.refusals import NotHere, NotValid
from pdtracker.domain.trail import Area, did, fact_words
from pdtracker.domain.when import date_text, local, moment_text
from pdtracker.exchange import csv_out
from pdtracker.queries.trail import Entry, Subject, TrailFilter, end_of_trail, whole_trail
from pdtracker.queries.trail import trail as page_of
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import permitted
from pdtracker.web.forms import ChooseField, LineField
from pdtracker.web.periods import PeriodForm
from pdtracker.web.requests import at, scope

trail = Blueprint("trail", __name__)

CSV_HEADER: Final = (
    "Number",
    "At",
    "By",
    "Did",
    "Action",
    "Subject",
    "Subject id",
    "Facts",
    "Hash before",
    "Hash",
)
_NAME_CHARACTERS: Final = 100
_NUMBER: Final = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)
# Where a page tells of the subject, under which argument.
_PAGES: Final = {
    "claim": ("review.show", "claim_id"),
    "person": ("people.show", "person_id"),
    "event": ("events.show", "event_id"),
}


class TrailForm(PeriodForm):
    """What of the trail is looked for."""

    who = LineField("Name", limit=_NAME_CHARACTERS)
    area = ChooseField(
        "What", default="", choices={"": "Everything", **{one.value: one.label for one in Area}}
    )


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as the page shows it. `href` leads to its subject, `alike` to the other entries that tell of that."""

    seq: int
    when: str
    by: str
    did: str
    href: str | None
    alike: str
    facts: tuple[tuple[str, str], ...]


@trail.get("/<slug:district>/audit")
@permitted(Permission.SEE_AUDIT)
def show() -> Answer:
    """A page of the trail, the newest entries first."""
    form = TrailForm(request.args)
    try:
        chosen = _chosen(form)
    except NotValid as refusal:
        if not form.errors:
            form.take(refusal)
        chosen = TrailFilter()
    found = page_of(scope(), chosen, before=_before())
    query = _query()
    zone = scope().zone
    return answers.page(
        "trail/show.html",
        422 if form.errors else 200,
        form=form,
        rows=[_row(entry) for entry in found.entries],
        end=end_of_trail(scope()),
        narrowed=_narrowed(form) if query and not form.errors else "",
        of_one=chosen.subject is not None,
        looked_back_to=moment_text(found.looked_back_to, at(), zone) if found.looked_back_to else None,
        older=url_for("trail.show", **query, before=found.before) if found.before else None,
        newest=url_for("trail.show", **query) if "before" in request.args else None,
        csv=url_for("trail.show_csv", **query),
    )


@trail.get("/<slug:district>/audit.csv")
@permitted(Permission.SEE_AUDIT)
def show_csv() -> Answer:
    """Every entry that fits, the oldest first, with what its hash is made of."""
    entries = whole_trail(scope(), _chosen(TrailForm(request.args)))
    name = f"audit-{local(at(), scope().district.zone).date().isoformat()}.csv"
    return answers.download(
        lambda out: csv_out.write_csv(out, CSV_HEADER, map(_cells, entries)), csv_out.MEDIA_TYPE, name
    )


def _chosen(form: TrailForm) -> TrailFilter:
    """What the address asks for. Raises NotValid with a sentence at the field."""
    form.period()
    zone = scope().district.zone
    since, until = form.first.at_zone(zone), form.last.at_zone(zone, is_over=True)
    return TrailFilter(
        since=since,
        until=until,
        who=form.who.data or "",
        area=Area(form.area.data) if form.area.data else None,
        subject=_subject(request.args.get("of", "")),
    )


def _subject(text: str) -> Subject | None:
    if not text:
        return None
    name, _, ref = text.rpartition("-")
    try:
        return Subject(name, id_of(ref))
    except ValueError as error:
        raise NotHere from error


def _before() -> int | None:
    text = request.args.get("before", "")
    if text and not _NUMBER.fullmatch(text):
        raise NotHere
    return int(text) if text else None


def _query() -> dict[str, Any]:
    """The address's own words, without the page."""
    return {name: value for name, value in request.args.items() if name != "before" and value}


def _narrowed(form: TrailForm) -> str:
    """In words what the entries are narrowed to."""
    told = [Area(form.area.data).label if form.area.data else "Everything"]
    if form.who.data:
        told.append(f"by “{form.who.data}”")
    if form.first.data and form.last.data:
        told.append(f"from {date_text(form.first.data)} to {date_text(form.last.data)}")
    return ", ".join(told)


def _row(entry: Entry) -> Row:
    return Row(
        seq=entry.seq,
        when=moment_text(entry.at, at(), scope().zone),
        by=entry.by_name if entry.by_person_id is not None else "The program",
        did=did(entry.action),
        href=_page_of(entry),
        alike=url_for("trail.show", of=f"{entry.subject}-{ref_of(entry.subject_id)}"),
        facts=fact_words(entry.facts),
    )


def _page_of(entry: Entry) -> str | None:
    if entry.subject not in _PAGES:
        return None
    endpoint, argument = _PAGES[entry.subject]
    values: dict[str, Any] = {argument: entry.subject_id}
    return url_for(endpoint, **values)


def _cells(entry: Entry) -> tuple[csv_out.Cell, ...]:
    return (
        entry.seq,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.by_name,
        did(entry.action),
        entry.action,
        entry.subject,
        entry.subject_id,
        json.dumps(entry.facts, sort_keys=True, ensure_ascii=False),
        entry.previous_hash,
        entry.hash,
    )
