"""The two tables of a statement: what is asked for, and the activities behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pdtracker.domain.licence_statement import LicenceStatement, StatedActivity, StatedRequirement
from pdtracker.domain.regimes.quantities import figure
from pdtracker.pdf.faces import Face
from pdtracker.pdf.flow import Flow
from pdtracker.pdf.palette import INK, RUST, SOFT
from pdtracker.pdf.sheet import Sheet
from pdtracker.pdf.table_column import HEAD_HEIGHT, TableColumn, table_head
from pdtracker.pdf.typeset import text_width, wrap
from pdtracker.pdf.words import short_day_text, span_text, tie

TEXT: Final = 8.0
SMALL: Final = 7.2
LEADING: Final = 10.2
PAD: Final = 6.0
GUTTER: Final = 12.0
WAITING: Final = "waiting"


def requirements(flow: Flow, statement: LicenceStatement) -> None:
    """The whole and each part of it: asked, held, waiting, missing."""
    rows = statement.requirements
    columns = _from_the_right(flow, ("Asked", "Earned", "Waiting", "Missing"), [one.amounts for one in rows])
    named = TableColumn("Requirement", flow.left, columns[0].left - GUTTER)
    names = [wrap(one.name, Face.SEMI, TEXT, named.room) for one in rows]
    terms = [wrap(one.terms, Face.REGULAR, SMALL, named.room) for one in rows]

    def draw(place: int, top: float) -> None:
        _requirement(flow.sheet, rows[place], names[place], terms[place], named, columns, top)

    flow.table(
        lambda top: table_head(flow.sheet, (named, *columns), top),
        [(len(name) + len(term)) * LEADING + PAD for name, term in zip(names, terms, strict=True)],
        draw,
        HEAD_HEIGHT,
    )


def activities(flow: Flow, statement: LicenceStatement) -> None:
    """Every activity with what it counts, the newest first; waiting ones say so."""
    rows = statement.activities
    if not rows:
        flow.paragraph("No activity is on record for this cycle.")
        return
    amounts = [(f"{one.minutes:,}", figure(one.units)) for one in rows]
    unit = statement.rules.unit.many
    minutes, units = _from_the_right(flow, ("Minutes", unit[0].upper() + unit[1:]), amounts)
    category_room = min(104.0, max(text_width(one.category, Face.REGULAR, TEXT) for one in rows) + 2)
    edge = minutes.left - GUTTER
    category = TableColumn("Category", edge - max(category_room, 40.0), edge)
    widest = max(text_width(short_day_text(one.ends_on), Face.REGULAR, TEXT) for one in rows)
    day = TableColumn("Date", flow.left, flow.left + widest + 2)
    what = TableColumn("Activity · kind", day.right + GUTTER, category.left - GUTTER)
    columns = (day, what, category, minutes, units)
    cells = [_cells(one, columns) for one in rows]

    def draw(place: int, top: float) -> None:
        _activity(flow.sheet, cells[place], columns, top)

    flow.table(
        lambda top: table_head(flow.sheet, columns, top), [one.height for one in cells], draw, HEAD_HEIGHT
    )


@dataclass(frozen=True, slots=True)
class _Cells:
    """One activity, set."""

    day: tuple[str, ...]
    title: tuple[str, ...]
    about: tuple[str, ...]
    reason: tuple[str, ...]
    category: tuple[str, ...]
    minutes: str
    units: str
    is_waiting: bool

    @property
    def height(self) -> float:
        lines = max(
            len(self.title) + len(self.about) + len(self.reason),
            len(self.category),
            len(self.day),
            2 if self.is_waiting else 1,
        )
        return lines * LEADING + PAD


def _cells(one: StatedActivity, columns: Sequence[TableColumn]) -> _Cells:
    day, what, category, *_ = columns
    return _Cells(
        wrap(tie(span_text(one.on, one.ends_on)), Face.REGULAR, TEXT, day.room),
        wrap(one.title, Face.SEMI, TEXT, what.room),
        wrap(one.about, Face.REGULAR, SMALL, what.room),
        wrap(tie(one.reason), Face.REGULAR, SMALL, what.room) if one.reason else (),
        wrap(one.category, Face.REGULAR, TEXT, category.room),
        f"{one.minutes:,}",
        figure(one.units),
        one.is_waiting,
    )


def _from_the_right(
    flow: Flow, heads: Sequence[str], amounts: Sequence[Sequence[str]]
) -> tuple[TableColumn, ...]:
    """Columns of figures, as wide as their widest, against the right margin."""
    found, right = [], flow.right
    for place in range(len(heads) - 1, -1, -1):
        widest = max([text_width(row[place], Face.BOLD, TEXT) for row in amounts], default=0)
        left = right - max(widest, text_width(heads[place], Face.SEMI, 7))
        found.append(TableColumn(heads[place], left, right, "right"))
        right = left - GUTTER
    return tuple(reversed(found))


def _requirement(
    sheet: Sheet,
    row: StatedRequirement,
    name: Sequence[str],
    terms: Sequence[str],
    named: TableColumn,
    columns: Sequence[TableColumn],
    top: float,
) -> None:
    with sheet.group("TR"):
        with sheet.row_head():
            below = sheet.lines(named.at, top, name, Face.SEMI, TEXT, LEADING, INK)
            sheet.lines(named.at, below, terms, Face.REGULAR, SMALL, LEADING, SOFT)
        for column, amount in zip(columns, row.amounts, strict=True):
            is_short = column is columns[-1] and bool(row.missing)
            with sheet.tag("TD"):
                face, colour = (Face.BOLD, RUST) if is_short else (Face.REGULAR, INK)
                sheet.lines(column.at, top, [amount], face, TEXT, LEADING, colour, "right")


def _activity(sheet: Sheet, cells: _Cells, columns: Sequence[TableColumn], top: float) -> None:
    day, what, category, minutes, units = columns
    with sheet.group("TR"):
        with sheet.tag("TD"):
            sheet.lines(day.at, top, cells.day, Face.REGULAR, TEXT, LEADING, INK)
        with sheet.row_head():
            below = sheet.lines(what.at, top, cells.title, Face.SEMI, TEXT, LEADING, INK)
            below = sheet.lines(what.at, below, cells.about, Face.REGULAR, SMALL, LEADING, SOFT)
            sheet.lines(what.at, below, cells.reason, Face.REGULAR, SMALL, LEADING, RUST)
        with sheet.tag("TD"):
            sheet.lines(category.at, top, cells.category, Face.REGULAR, TEXT, LEADING, INK)
        with sheet.tag("TD"):
            sheet.lines(minutes.at, top, [cells.minutes], Face.REGULAR, TEXT, LEADING, INK, "right")
        with sheet.tag("TD"):
            face = Face.REGULAR if cells.is_waiting else Face.SEMI
            below = sheet.lines(units.at, top, [cells.units], face, TEXT, LEADING, INK, "right")
            if cells.is_waiting:
                sheet.lines(units.at, below, [WAITING], Face.REGULAR, SMALL, LEADING, SOFT, "right")
