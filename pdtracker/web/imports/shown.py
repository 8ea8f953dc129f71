"""How imports and their lines are told on pages."""

from __future__ import annotations

from dataclasses import dataclass

from pdtracker.domain.access import Permission
from pdtracker.domain.attendance import SessionHours, Stay
from pdtracker.domain.attendance_import import ImportState, LineOutcome
from pdtracker.domain.hours import minutes_text
from pdtracker.domain.matching import Standing
from pdtracker.domain.report_words import FLAG_WORDS, source_words
from pdtracker.domain.when import DASH, local, month_day, span_text
from pdtracker.queries.imports import ImportRow
from pdtracker.queries.report_lines import Elsewhere, LineRow
from pdtracker.scope import Scope

STATES = {
    ImportState.PENDING: ("wait", "Waits to be confirmed"),
    ImportState.COMMITTED: ("ok", "Counts"),
    ImportState.UNDONE: ("off", "Undone"),
    ImportState.REPLACED: ("off", "Replaced by a newer export"),
}
SIGNS = {
    Standing.MATCHED: "ok",
    Standing.UNSURE: "wait",
    Standing.UNKNOWN: "todo",
    Standing.NOBODY: "off",
}
OUTCOMES = {
    LineOutcome.DRAFTED: "A draft is begun for them",
    LineOutcome.ATTACHED: "Evidence joined their claim",
    LineOutcome.DECIDED: "Their claim is decided, nothing changed",
    LineOutcome.NOTHING: "They log no claims here",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One line in words."""

    row: LineRow
    name: str
    minutes: str
    spans: str
    flags: tuple[str, ...]
    elsewhere: str
    sign: str
    words: str


def state_of(one: ImportRow) -> tuple[str, str]:
    """The sign and the words of an import's state."""
    return STATES[one.state]


def words_of(one: ImportRow) -> str:
    """`Zoom report, 34 people, 30 matched, 2 need a decision`."""
    people = f"{one.line_count:,} {'person' if one.line_count == 1 else 'people'}"
    told = [source_words(one.format), people, f"{one.counts[Standing.MATCHED]:,} matched"]
    unsure = one.counts[Standing.UNSURE]
    if unsure and one.state is ImportState.PENDING:
        told.append(f"{unsure:,} {'needs' if unsure == 1 else 'need'} a decision")
    return ", ".join(told)


def shown(who: Scope, hours: SessionHours, row: LineRow) -> Shown:
    """One line, as this reader may see it."""
    spans = [_span(stay, hours) for stay in row.stays]
    return Shown(
        row=row,
        name=row.name or row.email or row.number,
        minutes="Came" if row.tenths is None else minutes_text(row.tenths // 10),
        spans=", ".join(spans[:3]) + (f" and {len(spans) - 3} more" if len(spans) > 3 else ""),
        flags=tuple(FLAG_WORDS[flag] for flag in row.flags),
        elsewhere=_elsewhere(who, row.elsewhere),
        sign=SIGNS[row.standing],
        words=_standing(row),
    )


def _span(stay: Stay, hours: SessionHours) -> str:
    """`4:02–5:28 pm`; with its day where that is none of the session's."""
    span, on = span_text(stay.joined_at, stay.left_at, hours.zone), local(stay.joined_at, hours.zone).date()
    days = {local(end, hours.zone).date() for end in (hours.starts_at, hours.ends_at)}
    return span if on in days or DASH + " " in span else f"{month_day(on)}, {span}"


def _standing(row: LineRow) -> str:
    if row.outcome is not None and row.person is not None:
        outcome = OUTCOMES[row.outcome]
        return f"{row.person.name}: {outcome[:1].lower()}{outcome[1:]}"
    if row.person is not None and row.matched_by is not None:
        return f"{row.person.name}, {row.matched_by.label}"
    if row.standing is Standing.NOBODY and row.tenths is not None and row.tenths < 10 and not row.decided_by:
        return "No minute within the session"
    return row.standing.label


def _elsewhere(who: Scope, other: Elsewhere | None) -> str:
    """Nobody earns two things for one minute. What the other claim is, is for those who may see claims."""
    if other is None:
        return ""
    if not who.may(Permission.SEE_REVIEWS):
        return "Has another claim at that time"
    span = span_text(other.starts_at, other.ends_at, other.zone)
    return f"Claims \N{LEFT DOUBLE QUOTATION MARK}{other.title}\N{RIGHT DOUBLE QUOTATION MARK} at that time, {span}"
