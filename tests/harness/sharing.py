"""What is made once in a run of the suite, whichever worker asks for it first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import fasteners
import pytest


def made_once(tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """The folder `name` of this run as `make` filled it; to be read only, since all workers have the same one."""
    own = tmp_path_factory.getbasetemp()
    # Workers have folders of their own within that of the run.
    shared = (own.parent if own.name.startswith("popen-") else own) / name
    shared.mkdir(exist_ok=True)
    finished = shared / "finished"
    with fasteners.InterProcessLock(shared / "lock"):
        if not finished.exists():
            make(shared)
            finished.touch()
    return shared
