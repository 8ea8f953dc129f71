"""`pdtracker bench`: what the program costs, each figure beside an anchor that is measured in the same run."""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pdtracker.bench import (
    approval,
    calendar,
    certificate,
    collection,
    compliance,
    credit,
    pages,
    roster,
    rules,
)
from pdtracker.bench.data import LARGE, SMALL, many_claims
from pdtracker.bench.measuring import Figure, Unit
from pdtracker.domain.refusals import Refusal
from pdtracker.settings import load_settings
from pdtracker.terminal import say

DATA = "data"
BENCHES: Mapping[str, Callable[[Path], list[Figure]]] = {
    "certificate": lambda _folder: certificate.measure(),
    "collection": lambda _folder: collection.measure(),
    "queue": pages.queue,
    "scale": pages.scale,
    "approval": lambda _folder: approval.approval(),
    "rules": lambda _folder: rules.measure(),
    "compliance": compliance.compliance,
    "credit": credit.credit,
    "calendar": calendar.calendar,
    "roster": roster.roster,
}
_SHORT_SECONDS = 0.1
_DATA_BYTES = 3_000_000_000


def register(subparsers: Any) -> None:
    """Adds `bench`."""
    parser = subparsers.add_parser(
        "bench",
        help="measure what the program costs, beside anchors of the same run",
        description="Measures what the program costs, each figure beside an anchor that is measured in the same run. "
        f"`bench {DATA}` only makes the claims that `scale`, `compliance` and `credit` need, up to {LARGE:,}, once, "
        "in the instance folder.",
    )
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"{DATA}, {', '.join(BENCHES)}; all without one"
    )
    parser.add_argument("--json", action="store_true", help="print the figures for programs")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    unknown = sorted(set(arguments.names) - {DATA, *BENCHES})
    if unknown:
        raise Refusal("bench", f"There is no {unknown[0]}. Choose from: {DATA}, {', '.join(BENCHES)}")
    wanted = arguments.names or list(BENCHES)
    folder = load_settings().instance / "bench"
    if {DATA, "scale", "compliance", "credit"} & set(wanted):
        _make_data(folder)
    figures: dict[str, list[Figure]] = {}
    for name in wanted:
        if name in BENCHES:
            say(f"Measuring: {name}")
            figures[name] = BENCHES[name](folder)
    if arguments.json:
        print(json.dumps({name: [_told(figure) for figure in found] for name, found in figures.items()}))
    else:
        _print(figures)
    return 0


def _make_data(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(folder).free < _DATA_BYTES:
        raise Refusal("bench", f"{LARGE:,} claims need {_DATA_BYTES / 1e9:.0f} GB in {folder}. Make room.")
    for count in (SMALL, compliance.FIFTH, LARGE):
        many_claims(folder, count)


def _told(figure: Figure) -> dict[str, Any]:
    return asdict(figure) | {"met": figure.is_met}


def _print(figures: Mapping[str, Sequence[Figure]]) -> None:
    rows: list[tuple[str, ...]] = [("", "", "min", "median", "max", "runs", "goal", "")]
    for name, found in figures.items():
        rows += [(name, *[""] * 7), *(_row(figure) for figure in found)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        first, *others = (
            text.ljust(width) if column in (0, 7) else text.rjust(width)
            for column, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        print("  ".join((first, *others)).rstrip())


def _row(figure: Figure) -> tuple[str, ...]:
    goal = met = ""
    if figure.goal is not None:
        goal = f"{'at least' if figure.goal.at_least else 'at most'} {_text(figure.goal.limit, figure.unit)}"
        met = "met" if figure.is_met else "MISSED"
    spread = (_text(value, figure.unit) for value in (figure.low, figure.middle, figure.high))
    return (
        f"  {figure.name}",
        _text(figure.value, figure.unit),
        *spread,
        str(figure.runs),
        goal,
        f"{met:<6}  {figure.told}",
    )


def _text(value: float, unit: Unit) -> str:
    match unit:
        case Unit.TIMES:
            return f"{value:,.2f}x" if value < 10 else f"{value:,.1f}x"
        case Unit.SECONDS:
            return f"{value:.2f} s" if value >= _SHORT_SECONDS else f"{value * 1e3:.2f} ms"
        case Unit.BYTES | Unit.STATEMENTS:
            return f"{value:,.0f}"
