"""Many certificates as one file: what that costs beside drawing them alone, and what memory ten times as many take.

Each is of somebody else, so that no cache draws it twice. Memory is that of a process of its own, which draws a tenth
of them first: what it has taken by then is what any number needs.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from pdtracker.bench.certificate import BADGE, Subject, subjects
from pdtracker.bench.measuring import ROUNDS, Figure, Goal, Unit, beside, counted, in_turn
from pdtracker.collecting import Drawable, File, PagesToPrint, ZipOfFiles
from pdtracker.domain.certificate import Holder
from pdtracker.domain.codes import new_code, new_serial
from pdtracker.domain.collecting import Form
from pdtracker.pdf.certificate import render
from pdtracker.pdf.print_run import RunFacts

SAMPLES: Final = 60
MANY: Final = 10_000
GROWTH_BYTES: Final = 8 * 1_048_576
_AT: Final = datetime(2014, 11, 7, 15, tzinfo=UTC)
_KILOBYTE: Final = 1 if sys.platform == "darwin" else 1024


def measure(rounds: int = ROUNDS, samples: int = SAMPLES, many: int = MANY) -> list[Figure]:
    """How much of the speed of drawing is left in each form, and how memory grows."""
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        (subject,) = subjects(room, 1)
        cast = [_drawable(subject, number) for number in range(samples)]
        taken = in_turn(
            {
                "drawn": lambda: _draw(cast),
                **{form: _writing(room, form, cast) for form in Form},
            },
            rounds=rounds,
        )
        grown = {form: _growth(form, many) for form in Form}
    return [
        *(
            beside(
                f"drawing alone : {form.label} of {samples}",
                taken["drawn"],
                taken[form],
                Goal(0.9, at_least=True),
            )
            for form in Form
        ),
        *(
            counted(
                f"{form.label}, memory grown from {many // 10:,} to {many:,}",
                Unit.BYTES,
                [grown[form][0]],
                Goal(GROWTH_BYTES),
                f"the file has {grown[form][1] / 1e6:,.1f} MB",
            )
            for form in Form
        ),
    ]


def _draw(cast: list[Drawable]) -> None:
    for one in cast:
        render(one.snapshot, one.signature, one.public_key, one.logo, badge=one.badge)


def _writing(room: Path, form: Form, cast: list[Drawable]) -> Callable[[], None]:
    return lambda: _write(room / form.value, form, iter(cast))


def _write(path: Path, form: Form, cast: Iterator[Drawable]) -> None:
    with path.open("wb") as out:
        file: File = (
            ZipOfFiles(out, _AT)
            if form is Form.ZIP
            else PagesToPrint(out, RunFacts("Certificates", "Maplewood", "All that stand", _AT))
        )
        for one in cast:
            file.add(one)
        file.close()


def _growth(form: Form, many: int) -> tuple[int, int]:
    """By how many bytes memory grows while so many are written after a tenth of them, and the file's size."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as apart:
        return apart.submit(_grown, form, many).result()


def _grown(form: Form, many: int) -> tuple[int, int]:
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        (subject,) = subjects(room, 1)
        file = room / form.value
        _write(file, form, (_drawable(subject, number) for number in range(many // 10)))
        before = _peak_bytes()
        _write(file, form, (_drawable(subject, many + number) for number in range(many)))
        return _peak_bytes() - before, file.stat().st_size


def _peak_bytes() -> int:
    """The most memory that this process ever held; where the system tells, without what its parent held before."""
    told = Path("/proc/self/status")
    if told.exists():
        held = next(
            line for line in told.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM:")
        )
        return int(held.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KILOBYTE


def _drawable(subject: Subject, number: int) -> Drawable:
    """The subject's certificate for somebody else."""
    random = (number * 2_654_435_761).to_bytes(16)
    snapshot = replace(
        subject.snapshot,
        holder=Holder(f"Ada {_word(number)}", "New York State teacher ID ending 4417"),
        serial=new_serial(random),
        code=new_code(random[6:]),
    )
    return Drawable(snapshot, bytes(64), bytes(32), subject.logo, (), BADGE)


def _word(number: int) -> str:
    """A surname that only this number has."""
    letters = ""
    for _ in range(6):
        number, rest = divmod(number, 26)
        letters += chr(ord("a") + rest)
    return letters.capitalize()
