"""The demo with what it has none of by itself and a walk through all of it, both made once in a run.

Every worker reads the same file and the same walk, so that a share of the pages is the same share for all of them.
"""

from __future__ import annotations

import pickle
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.harness.sharing import made_once
from tests.loaded_demo import Demo, copied_demo, demo_of
from tests.web.every_page import ACTORS, Asked, asked, distinct_pages, furnish

EveryPage = list[tuple[str, Asked]]
_DATABASE, _WALK = "pdtracker.db", "walk"


@dataclass(frozen=True, slots=True)
class Furnished:
    """Where the furnished demo lies, and what its addresses answered to each actor."""

    folder: Path
    walk: Mapping[str, list[Asked]]

    @property
    def every_page(self) -> EveryPage:
        """Every page with the actor who opens it; of those that look alike one."""
        return distinct_pages(self.walk)

    @contextmanager
    def copy(self, folder: Path) -> Iterator[Demo]:
        """A demo of one's own, in which everything stands as when it was walked through."""
        for part in self.folder.iterdir():
            if part.is_dir():
                shutil.copytree(part, folder / part.name)
        with demo_of(copied_demo(self.folder / _DATABASE, folder), folder) as made:
            yield made


@pytest.fixture(scope="session")
def furnished(demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Furnished:
    """The furnished demo, which all workers of this run share."""

    def make(folder: Path) -> None:
        with demo_of(copied_demo(demo_file, folder), folder) as made:
            furnish(made)
        # Walked through in a copy: to sign in writes.
        walked = folder / "walked"
        walked.mkdir()
        with Furnished(folder, {}).copy(walked) as made:
            walk = {actor: asked(made, actor) for actor in ACTORS}
        shutil.rmtree(walked)
        (folder / _WALK).write_bytes(pickle.dumps(walk))

    folder = made_once(tmp_path_factory, "furnished", make)
    return Furnished(folder, pickle.loads((folder / _WALK).read_bytes()))
