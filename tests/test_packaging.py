"""What a wheel carries."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from pdtracker import resources
from pdtracker.resources import resource

HOME = resource("pyproject.toml").parent


@pytest.mark.slow
def test_a_wheel_holds_all_that_the_program_reads(tmp_path: Path) -> None:
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=HOME,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
        archive.extractall(tmp_path / "installed")
    package = {
        f"pdtracker/{file.relative_to(HOME / 'pdtracker').as_posix()}"
        for file in (HOME / "pdtracker").rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    beside = {
        f"pdtracker/_bundled/{file.relative_to(HOME).as_posix()}"
        for folder in ("templates", "migrations")
        for file in (HOME / folder).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert package | beside | {"pdtracker/_bundled/config.py"} <= inside
    assert not [name for name in inside if name.startswith("tests/")]
    # The package that was unpacked finds what it carries, and not the checkout.
    asked = "from pdtracker.resources import resource; print(resource('config.py'), resource('templates'))"
    found = subprocess.run(
        [sys.executable, "-c", asked], cwd=tmp_path / "installed", capture_output=True, text=True, check=True
    )
    bundled = tmp_path / "installed" / "pdtracker" / "_bundled"
    assert found.stdout.split() == [str(bundled / "config.py"), str(bundled / "templates")]


def test_a_checkout_finds_what_stands_beside_the_package() -> None:
    assert resource("migrations") == resources.PACKAGE.parent / "migrations"


def test_what_is_nowhere_is_told_by_name() -> None:
    with pytest.raises(FileNotFoundError, match="no-such-thing is neither in"):
        resource("no-such-thing")
