"""What stands in the fields of a licensing body's form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pdtracker.domain.certificate import Snapshot
from pdtracker.pdf.faces import Face
from pdtracker.pdf.fields import PAD, Text
from pdtracker.pdf.form_layouts import LAYOUTS, Ask, FormLayout
from pdtracker.pdf.panel import attendance_words
from pdtracker.pdf.typeset import Step, fit
from pdtracker.pdf.words import (
    conversion_words,
    count_words,
    date_words,
    lower_first,
    span_of,
    time_words,
    units_text,
)


@dataclass(frozen=True, slots=True)
class Sizes:
    """Type sizes of a form: name, title, values and sums."""

    name: float
    title: float
    value: float
    sums: float


Answer = tuple[str, float, Sequence[str | Text]]
"""Label, share, and what stands there; empty texts are left out."""


def layout_of(s: Snapshot) -> FormLayout | None:
    """The form that the certificate is, None for one in the district's own design. Raises KeyError for another."""
    return LAYOUTS[s.form.regime] if s.form else None


def count_fields(s: Snapshot, layout: FormLayout) -> int:
    """How many fields stand above the sessions."""
    areas = len(s.form.areas) if s.form else 0
    return sum(areas if ask is Ask.AREAS else 1 for row in layout.rows for *_, ask in row)


def form_rows(
    s: Snapshot, layout: FormLayout, sizes: Sizes, table: int, room: float
) -> Iterator[list[Answer]]:
    """The form's rows; `table` is the number of the sessions' field, which others point to."""
    for row in layout.rows:
        shares = sum(share for _, share, _ in row)
        answers: list[Answer] = []
        for label, share, ask in row:
            if ask is Ask.AREAS:
                areas = s.form.areas if s.form else ()
                answers += [(area.name, share, [_amount(area.minutes)]) for area in areas]
            else:
                answers.append((label, share, answered(s, ask, sizes, table, room * share / shares)))
        yield answers


def answered(s: Snapshot, ask: Ask, sizes: Sizes, table: int, room: float) -> Sequence[str | Text]:
    """What stands in a field of this room."""
    match ask:
        case Ask.HOLDER:
            return _name(s, sizes, room)
        case Ask.TITLE:
            return [Text(s.title, sizes.title, Face.BOLD)]
        case Ask.NUMBER:
            number = (s.form.number if s.form else None) or ""
            return [Text(number, sizes.value, Face.BOLD) if number else ""]
        case Ask.TOTAL:
            counted = s.form.minutes if s.form else s.total_minutes
            return [Text(units_text(counted, s.unit.minutes), sizes.sums, Face.BOLD)]
        case Ask.MINUTES:
            return [Text(f"{s.total_minutes:,}", sizes.sums, Face.BOLD)]
        case Ask.UNIT:
            return [Text(_unit(s), 7.2)]
        case Ask.WHEN | Ask.WHERE | Ask.NATURE:
            return _occasion(s, ask, table)
        case _:
            return _said(s, ask)


def _said(s: Snapshot, ask: Ask) -> Sequence[str]:
    form, period = s.form, s.district.sponsor_period or ""
    told: dict[Ask, Sequence[str | None]] = {
        Ask.LICENCE: [s.holder.licence],
        Ask.ABOUT: [s.programme, f"Theme: {s.theme}" if s.theme else None],
        Ask.DESCRIPTION: [form.description if form else None],
        Ask.TOPIC: [form.topic if form else None],
        Ask.ATTENDANCE: [attendance_words(s.sessions)],
        Ask.REFLECTION: [s.reflection],
        Ask.ASSESSMENT: [form.assessment if form else None],
        Ask.PROVIDER: [s.district.name],
        Ask.PERIOD: [period[:1].upper() + period[1:]],
    }
    return [text for text in told[ask] if text]


def _name(s: Snapshot, sizes: Sizes, room: float) -> Sequence[Text]:
    steps = (Step(1, sizes.name, 11.5), Step(3, sizes.name, 10))
    size, name = fit(s.holder.name, Face.BOLD, room - 2 * PAD, steps, 0, True)
    return [Text(line, size, Face.BOLD) for line in name]


def _occasion(s: Snapshot, ask: Ask, table: int) -> Sequence[str]:
    """When, where or what kind: of a single session itself, of several what they have in common."""
    first, field = s.sessions[0], f"field\u00a0{table}"
    if len(s.sessions) == 1 and not s.counts_together:
        place = f": {first.place}" if first.place else ""
        if ask is Ask.WHEN:
            return [f"{date_words(first)}, {time_words(first)}"]
        if ask is Ask.NATURE:
            return [first.kind]
        return [f"{first.kind} · {first.delivery}{place}", f"Host: {first.host}"]
    if ask is Ask.WHEN:
        counted = count_words(len(s.sessions), "session", "sessions")
        return [f"{span_of(s.sessions)}; {counted}, listed in {field}"]
    if ask is Ask.NATURE:
        return [_listed([session.kind for session in s.sessions])]
    deliveries = _listed([session.delivery for session in s.sessions])
    return [f"{deliveries}; places and hosts in {field}"]


def _listed(words: Sequence[str]) -> str:
    first, *others = dict.fromkeys(words)
    return "; ".join([first, *(lower_first(other) for other in others)])


def _unit(s: Snapshot) -> str:
    told = conversion_words(s.unit)
    if s.form and s.form.minutes != s.total_minutes:
        return f"{told}; {s.total_minutes:,} minutes count as {s.form.minutes:,}"
    return told


def _amount(minutes: int) -> str:
    return f"{units_text(minutes, 60)} h  =  {minutes:,} min"
