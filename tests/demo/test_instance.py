"""The demo's place in an instance: whole or not there, and never in the place of anything else."""

from __future__ import annotations

import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pdtracker.actions.districts import NewDistrict, create_district
from pdtracker.db import Database
from pdtracker.demo import instance
from pdtracker.demo.instance import NotTheDemo, day_of, ready_demo
from pdtracker.demo.loading import content
from pdtracker.migrating import upgrade
from pdtracker.settings import Settings
from tests.factories import SECRET, settings_for

NOW = datetime.now(UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An instance folder that isn't there yet."""
    folder = tmp_path / "instance"
    return settings_for(f"sqlite:///{folder / 'pdtracker.db'}", folder)


@pytest.fixture
def loadings(demo_file: Path, monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The moments for which the demo was loaded; the loading itself is a copy, for it takes seconds."""
    moments: list[datetime] = []

    def load(
        database: Database, issuer: object, post: Any, store: object, *, base_url: str, now: datetime
    ) -> None:
        moments.append(now)
        shutil.copyfile(demo_file, database.url.database or "")
        post.folder.mkdir()
        (post.folder / "letter.eml").write_text(now.isoformat())

    monkeypatch.setattr(instance, "load_demo", load)
    return moments


def held(settings: Settings) -> date | None:
    database = Database(settings.database_url)
    try:
        return content(database).demo_on
    finally:
        database.dispose()


def names(settings: Settings) -> set[str]:
    return {path.name for path in settings.instance.iterdir()}


def own_installation(settings: Settings, slug: str = "maplewood") -> None:
    settings.instance.mkdir(parents=True, exist_ok=True)
    upgrade(settings.database_url)
    database = Database(settings.database_url)
    new = NewDistrict(slug=slug, name="Our district", place="Here", zone="America/New_York")
    create_district(database, new, secret=SECRET, at=NOW)
    database.dispose()


def test_an_empty_instance_gets_the_demo_with_its_letters(
    settings: Settings, loadings: list[datetime]
) -> None:
    assert ready_demo(settings, now=NOW, fresh=False) == day_of(NOW)
    assert held(settings) is not None
    assert (settings.mail_folder / "letter.eml").exists()
    assert names(settings) - {"pdtracker.db-wal", "pdtracker.db-shm"} == {
        "pdtracker.db",
        "mail",
        ".demo.lock",
        "evidence",
    }


def test_the_second_start_loads_nothing_and_says_how_old_the_demo_is(
    settings: Settings, loadings: list[datetime]
) -> None:
    ready_demo(settings, now=NOW, fresh=False)
    assert ready_demo(settings, now=NOW + timedelta(days=30), fresh=False) == held(settings)
    assert loadings == [NOW]


def test_loading_that_is_cut_off_leaves_nothing_to_serve(
    settings: Settings, loadings: list[datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(instance, "load_demo", cut_off)
        with pytest.raises(KeyboardInterrupt):
            ready_demo(settings, now=NOW, fresh=False)
    assert names(settings) == {".demo", ".demo.lock"}
    assert ready_demo(settings, now=NOW, fresh=False) == day_of(NOW)
    assert ".demo" not in names(settings)


def test_a_demo_that_was_not_loaded_to_its_end_is_never_taken_for_one(
    settings: Settings, loadings: list[datetime]
) -> None:
    # As if somebody had copied the file of a loading that was cut off.
    own_installation(settings, "maplewood")
    with pytest.raises(NotTheDemo):
        ready_demo(settings, now=NOW, fresh=True)


@pytest.mark.parametrize("fresh", [False, True])
def test_an_installation_of_ones_own_is_refused_and_left_as_it_is(
    settings: Settings, loadings: list[datetime], fresh: bool
) -> None:
    own_installation(settings, "northfield")
    before = (settings.instance / "pdtracker.db").read_bytes()
    with pytest.raises(NotTheDemo, match="pdtracker serve"):
        ready_demo(settings, now=NOW, fresh=fresh)
    assert (settings.instance / "pdtracker.db").read_bytes() == before
    assert loadings == []


@pytest.mark.parametrize("folder", ["mail", "evidence"])
@pytest.mark.parametrize("fresh", [False, True])
def test_files_of_an_installation_that_keeps_its_database_elsewhere_are_left_alone(
    settings: Settings, loadings: list[datetime], folder: str, fresh: bool
) -> None:
    kept = settings.instance / folder / "kept"
    kept.parent.mkdir(parents=True)
    kept.write_text("of a district on PostgreSQL")
    with pytest.raises(NotTheDemo, match="another installation"):
        ready_demo(settings, now=NOW, fresh=fresh)
    assert kept.exists()


@pytest.mark.parametrize("content_of_file", [b"", None])
def test_a_database_in_which_nothing_is_yet_makes_room(
    settings: Settings, loadings: list[datetime], content_of_file: bytes | None
) -> None:
    settings.instance.mkdir()
    if content_of_file is None:
        upgrade(settings.database_url)
    else:
        (settings.instance / "pdtracker.db").write_bytes(content_of_file)
    ready_demo(settings, now=NOW, fresh=False)
    assert held(settings) is not None


def test_a_file_that_is_no_database_of_ours_is_refused(settings: Settings, loadings: list[datetime]) -> None:
    settings.instance.mkdir()
    file = settings.instance / "pdtracker.db"
    file.write_bytes(b"a letter to my mother" * 500)
    with pytest.raises(NotTheDemo, match="not a database of pdtracker"):
        ready_demo(settings, now=NOW, fresh=True)
    assert file.read_bytes().startswith(b"a letter")


def test_a_fresh_demo_takes_the_place_of_the_old_one_with_everything_in_it(
    settings: Settings, loadings: list[datetime]
) -> None:
    ready_demo(settings, now=NOW, fresh=False)
    (settings.mail_folder / "of-the-old-one.eml").write_text("")
    settings.evidence.mkdir(exist_ok=True)
    (settings.evidence / "file").write_text("")
    later = NOW + timedelta(days=9)
    assert ready_demo(settings, now=later, fresh=True) == day_of(later)
    assert [path.name for path in settings.mail_folder.iterdir()] == ["letter.eml"]
    assert (settings.mail_folder / "letter.eml").read_text() == later.isoformat()
    assert not (settings.evidence / "file").exists()
    assert ".demo" not in names(settings)


def test_a_demo_with_a_district_of_somebodys_own_is_not_replaced(
    settings: Settings, loadings: list[datetime]
) -> None:
    ready_demo(settings, now=NOW, fresh=False)
    own_installation(settings, "northfield")
    with pytest.raises(NotTheDemo, match="northfield"):
        ready_demo(settings, now=NOW, fresh=True)
    assert loadings == [NOW]
    assert ready_demo(settings, now=NOW, fresh=False)


def test_a_demo_that_is_being_served_is_not_replaced(settings: Settings, loadings: list[datetime]) -> None:
    ready_demo(settings, now=NOW, fresh=False)
    served = Database(settings.database_url)
    # Its pool keeps the connection open, as that of a server does.
    content(served)
    with pytest.raises(NotTheDemo, match="Stop the demo"):
        ready_demo(settings, now=NOW, fresh=True)
    served.dispose()
    assert loadings == [NOW]
    assert ready_demo(settings, now=NOW, fresh=True)


def test_of_two_starts_at_once_the_second_waits_and_finds_the_demo_ready(
    settings: Settings, loadings: list[datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, load = threading.Event(), instance.load_demo

    def slowly(*arguments: Any, **named: Any) -> None:
        begun.set()
        time.sleep(0.2)
        load(*arguments, **named)

    monkeypatch.setattr(instance, "load_demo", slowly)
    with ThreadPoolExecutor() as starts:
        first = starts.submit(ready_demo, settings, now=NOW, fresh=False)
        assert begun.wait(30)
        second = starts.submit(ready_demo, settings, now=NOW, fresh=False)
        assert first.result() == day_of(NOW)
        assert second.result() is not None
    assert loadings == [NOW]
