"""An explanation as people read it on a terminal, and as a document for programs. Amounts there are decimal texts."""

from __future__ import annotations

from collections.abc import Iterator

from pdtracker.domain.hours import hours_phrase, minutes_text
from pdtracker.domain.licence_progress import CountedActivity
from pdtracker.domain.refs import ref_of
from pdtracker.domain.regimes.quantities import amount_text
from pdtracker.domain.when import date_text
from pdtracker.queries.explaining import ExplainedLicence, Explanation
from pdtracker.queries.transcript import Entry, Line


def lines_of(found: Explanation) -> Iterator[str]:
    """The explanation, line by line."""
    paper = found.transcript
    yield ", ".join(filter(None, (paper.person_name, paper.school_name)))
    first, last = paper.period
    standing = paper.standing.progress.sentence if paper.standing else "No policy is in force"
    yield f"\nBy the district's policy, {date_text(first)} to {date_text(last)}: {standing}."
    for line in paper.lines:
        yield f"\n{date_text(line.on)}  {line.title}: {hours_phrase(line.minutes)}"
        for entry in line.entries:
            yield f"  {_entry_title(entry)}"
            yield from (f"    {reason}" for reason in _reasons(entry))
    for one in found.licences:
        yield from _licence_lines(one)


def document_of(found: Explanation) -> dict[str, object]:
    """The explanation for programs."""
    paper = found.transcript
    progress = paper.standing.progress if paper.standing else None
    return {
        "person": {"id": ref_of(paper.person_id), "name": paper.person_name, "school": paper.school_name},
        "on": found.on.isoformat(),
        "district": {
            "from": paper.period[0].isoformat(),
            "to": paper.period[1].isoformat(),
            "approved_minutes": paper.total_minutes,
            "waiting_minutes": progress.waiting_minutes if progress else 0,
            "required_minutes": progress.required_minutes if progress else 0,
            "claims": [_claim(line) for line in paper.lines],
        },
        "licences": [_licence(one) for one in found.licences],
    }


def _licence_lines(one: ExplainedLicence) -> Iterator[str]:
    progress = one.progress
    span = f"{date_text(progress.cycle.start)} to {date_text(progress.cycle.end)}"
    yield f"\n{one.held.name}, by {progress.version.name}, {span}: {progress.sentence}."
    if progress.pace is not None:
        yield f"  {progress.pace.sentence}."
    yield from (f"  {bucket.name}: {bucket.sentence}." for bucket in progress.buckets)
    yield from (f"  {note}" for note in progress.notes)
    for activity in progress.activities:
        waits = ", waiting" if activity.is_waiting else ""
        units = progress.unit.words(activity.units)
        yield f"\n{date_text(activity.on)}  {one.titles[activity.id]}{waits}: {units}"
        yield from (f"    {reason}" for reason in activity.reasons_naming(one.titles))


def _entry_title(entry: Entry) -> str:
    verb = "Taken back" if entry.takes_back else "Credited"
    return f"{verb} by {entry.by_name}, {entry.category.label}, {minutes_text(entry.minutes)}, by {entry.policy_name}"


def _reasons(entry: Entry) -> Iterator[str]:
    yield from (step.sentence for step in entry.trace)
    if entry.reason:
        yield entry.reason


def _claim(line: Line) -> dict[str, object]:
    return {
        "id": ref_of(line.claim_id),
        "title": line.title,
        "on": line.on.isoformat(),
        "minutes": line.minutes,
        "entries": [
            {
                "category": entry.category.value,
                "minutes": entry.minutes,
                "policy": entry.policy_name,
                "by": entry.by_name,
                "reasons": list(_reasons(entry)),
            }
            for entry in line.entries
        ],
    }


def _licence(one: ExplainedLicence) -> dict[str, object]:
    progress = one.progress
    return {
        "id": ref_of(one.held.id),
        "name": one.held.name,
        "regime": progress.version.regime,
        "version": progress.version.version,
        "unit": progress.unit.id,
        "cycle": {"start": progress.cycle.start.isoformat(), "end": progress.cycle.end.isoformat()},
        "earned": amount_text(progress.earned),
        "pending": amount_text(progress.pending),
        "required": amount_text(progress.required, up=True),
        "to_go": amount_text(progress.to_go, up=True),
        "missing": [
            {"what": lack.what, "amount": amount_text(lack.amount, up=True)} for lack in progress.missing
        ],
        "carry_over": amount_text(progress.carry_over),
        "pace": None if progress.pace is None else progress.pace.sentence,
        "buckets": [
            {
                "id": bucket.id,
                "op": bucket.op.value,
                "held": amount_text(bucket.held),
                "pending": amount_text(bucket.pending),
                "asked": amount_text(bucket.asked, up=True),
                "cut": amount_text(bucket.cut),
            }
            for bucket in progress.buckets
        ],
        "notes": list(progress.notes),
        "activities": [_activity(activity, one) for activity in progress.activities],
    }


def _activity(activity: CountedActivity, one: ExplainedLicence) -> dict[str, object]:
    return {
        "id": activity.id,
        "title": one.titles[activity.id],
        "on": activity.on.isoformat(),
        "waiting": activity.is_waiting,
        "units": amount_text(activity.units),
        "reasons": list(activity.reasons_naming(one.titles)),
    }
