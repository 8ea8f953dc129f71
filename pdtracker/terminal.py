"""What a command shows on a terminal while it works: plain lines, and one bar for long work. Standard library only."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Self

BAR_WIDTH = 24


def say(sentence: str) -> None:
    """Tells the person at the terminal what is going on, beside the command's own output."""
    print(sentence, file=sys.stderr, flush=True)


class Progress:
    """One long piece of work: a bar that moves on a terminal, a first and a last line in a log.

    >>> with Progress("Making claims", 40_000) as progress:
    ...     progress.step(1_000)
    """

    def __init__(self, label: str, total: int) -> None:
        self._label = label
        self._total = max(total, 1)
        self._so_far = 0
        self._shown_percent = -1
        self._moves = sys.stderr.isatty()

    def __enter__(self) -> Self:
        if self._moves:
            self._show()
        else:
            say(f"{self._label}: {self._total:,} to go")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._moves:
            print(file=sys.stderr, flush=True)
        elif kind is None:
            say(f"{self._label}: {self._so_far:,} done")

    def step(self, count: int = 1) -> None:
        """So many more are done."""
        self._so_far = min(self._so_far + count, self._total)
        if self._moves and self._so_far * 100 // self._total != self._shown_percent:
            self._show()

    def done(self, then: str = "") -> None:
        """All of it is done; `then` says what follows under the same bar."""
        self._so_far = self._total
        if self._moves:
            self._show(f", {then}" if then else "")

    def _show(self, ending: str = "") -> None:
        self._shown_percent = self._so_far * 100 // self._total
        full = BAR_WIDTH * self._so_far // self._total
        bar = "#" * full + "-" * (BAR_WIDTH - full)
        print(
            f"\r{self._label} [{bar}] {self._so_far:,} of {self._total:,}{ending}",
            end="",
            file=sys.stderr,
            flush=True,
        )
