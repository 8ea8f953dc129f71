"""The review queue: its page beside what Jinja alone takes, and with a million claims beside ten thousand."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

from pdtracker.bench.data import LARGE, SMALL, many_claims
from pdtracker.bench.desk import open_desk
from pdtracker.bench.measuring import ROUNDS, Figure, Goal, Unit, beside, counted, in_turn

TIMES: Final = 10
_DEEP_PAGES = 40


def queue(folder: Path, *, small: int = SMALL, rounds: int = ROUNDS, times: int = TIMES) -> list[Figure]:
    """The page of the queue, signed in, beside its own template with the rows in memory."""
    with open_desk(many_claims(folder, small, small=small), folder) as desk:
        length = len(desk.page().encode())
        statements = len(desk.statements)
        pages, templates = [], []
        for _ in range(rounds):
            pages.append(0.0)
            templates.append(0.0)
            for _ in range(times):
                began = time.process_time()
                desk.page()
                pages[-1] += (time.process_time() - began) / times
                templates[-1] += desk.template_seconds / times
    return [
        beside("queue page : its template alone", pages, templates, Goal(1.8)),
        counted(
            "queue page, statements", Unit.STATEMENTS, [statements], Goal(8), f"a page of {length:,} bytes"
        ),
    ]


def scale(
    folder: Path, *, small: int = SMALL, large: int = LARGE, rounds: int = ROUNDS, times: int = TIMES
) -> list[Figure]:
    """The page of the queue with many claims behind it beside the same with few: the first page and a deep one."""
    few_url, many_url = many_claims(folder, small, small=small), many_claims(folder, large, small=small)
    with open_desk(few_url, folder) as few, open_desk(many_url, folder) as many:
        deep = many.last_path(_DEEP_PAGES)
        few.page()
        many.page()
        statements = len(many.statements) / len(few.statements)
        taken = in_turn(
            {"few": few.page, "many": many.page, "deep": lambda: many.page(deep)}, rounds=rounds, times=times
        )
    ratio = f"{large:,} claims : {small:,}"
    return [
        beside(f"queue, {ratio}", taken["many"], taken["few"], Goal(1.2)),
        beside(f"queue far down, {ratio}", taken["deep"], taken["few"], Goal(1.2)),
        counted(f"queue, statements, {ratio}", Unit.TIMES, [statements], Goal(1.0)),
    ]
