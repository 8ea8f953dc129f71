"""From a checkout to an environment: what is built, when, and what is said when it can't be."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import shutil
import subprocess
import sys
import sysconfig
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from pdtracker import bootstrap
from pdtracker.resources import PACKAGE


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A small checkout whose locks are empty, so that building takes pip but no packages."""
    home = tmp_path / "checkout"
    package = home / "pdtracker"
    package.mkdir(parents=True)
    for name in ("__init__.py", "__main__.py", "bootstrap.py", "terminal.py"):
        shutil.copy(PACKAGE / name, package)
    (package / "cli.py").write_text("import sys\n\ndef main():\n    print(sys.prefix)\n    return 7\n")
    (home / "pyproject.toml").write_text(
        '[project]\ndependencies = ["no-such-package"]\noptional-dependencies.test = ["no-such-tool"]\n'
    )
    (home / "requirements.txt").write_text("# runtime\n")
    (home / "requirements-server.txt").write_text("# runtime and PostgreSQL\n")
    (home / "requirements-test.txt").write_text("# runtime and tools\n")
    return home


def test_an_old_python_can_read_the_file_that_turns_it_away() -> None:
    ast.parse((PACKAGE / "__main__.py").read_text(encoding="utf-8"), feature_version=(3, 0))


@pytest.mark.slow
def test_two_starts_at_once_build_one_environment_and_run_inside_it(checkout: Path) -> None:
    command = [sys.executable, "-m", "pdtracker", "serve"]
    starts = [
        subprocess.Popen(command, cwd=checkout, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    answers = [(*start.communicate(timeout=120), start.returncode) for start in starts]
    assert [(out.strip(), status) for out, _, status in answers] == [(str(checkout / ".venv"), 7)] * 2
    assert sum("First start" in told for _, told, _ in answers) == 1
    digest = hashlib.sha256((checkout / "requirements.txt").read_bytes()).hexdigest()
    assert (checkout / ".venv" / bootstrap.STAMP).read_text() == f"requirements.txt {digest}\n"


def test_packages_are_compiled_once_even_where_nothing_else_may_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    python = bootstrap.environment_python(tmp_path)
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    packages = Path(sysconfig.get_path("purelib", "venv", {"base": str(tmp_path)}))
    packages.mkdir(parents=True)
    (packages / "good.py").write_text("answer = 42\n")
    (packages / "for_another_python.py").write_text("print 42\n")
    bootstrap._compile(tmp_path)
    assert [file.name.partition(".")[0] for file in packages.rglob("*.pyc")] == ["good"]


def build(environment: Path, stamp: str) -> None:
    """Something that looks like an environment that was built."""
    python = bootstrap.environment_python(environment)
    python.parent.mkdir(parents=True)
    python.touch()
    (environment / bootstrap.STAMP).write_text(stamp)


class Started(Exception):
    """Stands where the process would have been replaced."""


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which locks were built from; the start inside the environment becomes an exception."""
    built: list[str] = []

    def build_from(home: Path, environment: Path, lock: str) -> None:
        built.append(lock)

    def start(environment: Path, arguments: list[str]) -> None:
        raise Started

    monkeypatch.setattr(bootstrap, "_build", build_from)
    monkeypatch.setattr(bootstrap, "_start_again", start)
    return built


@pytest.mark.parametrize(
    ("stamped", "command", "expected"),
    [
        (None, "serve", ["requirements.txt"]),
        (None, "test", ["requirements-test.txt"]),
        ("requirements.txt", "serve", []),
        ("requirements.txt", "test", ["requirements-test.txt"]),
        ("requirements-test.txt", "test", []),
        ("requirements-test.txt", "serve", []),
        ("requirements-server.txt", "serve", []),
    ],
)
def test_each_command_gets_the_environment_that_it_needs(
    checkout: Path, builds: list[str], stamped: str | None, command: str, expected: list[str]
) -> None:
    if stamped:
        build(checkout / ".venv", bootstrap.stamp_of(checkout / stamped))
    with pytest.raises(Started):
        bootstrap.enter([command], checkout)
    assert builds == expected


@pytest.mark.parametrize(
    ("stamped", "expected"),
    [
        (None, ["requirements-server.txt"]),
        ("requirements.txt", ["requirements-server.txt"]),
        ("requirements-test.txt", []),
    ],
)
def test_postgresql_brings_its_driver(
    checkout: Path,
    builds: list[str],
    monkeypatch: pytest.MonkeyPatch,
    stamped: str | None,
    expected: list[str],
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://owner@db/pdtracker")
    if stamped:
        build(checkout / ".venv", bootstrap.stamp_of(checkout / stamped))
    with pytest.raises(Started):
        bootstrap.enter(["db", "upgrade"], checkout)
    assert builds == expected


def test_an_interrupted_build_is_done_again(checkout: Path, builds: list[str]) -> None:
    bootstrap._make_empty(checkout / ".venv", "requirements.txt")
    assert bootstrap.environment_python(checkout / ".venv").exists()
    with pytest.raises(Started):
        bootstrap.enter(["serve"], checkout)
    assert builds == ["requirements.txt"]


def test_an_environment_of_somebody_else_is_never_emptied(
    checkout: Path, builds: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = checkout / ".venv"
    build(environment, "somebody's\n")
    (environment / bootstrap.STAMP).unlink()
    with pytest.raises(Started):
        bootstrap.enter(["serve"], checkout)
    monkeypatch.setattr(sys, "prefix", str(environment))
    with pytest.raises(SystemExit) as ended:
        bootstrap.enter(["serve"], checkout)
    assert f"-m pip install --require-hashes -r {checkout / 'requirements.txt'}" in str(ended.value)
    assert builds == []


def test_an_environment_of_somebody_else_that_holds_all_is_used(
    checkout: Path, builds: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    build(checkout / ".venv", "somebody's\n")
    (checkout / ".venv" / bootstrap.STAMP).unlink()
    monkeypatch.setattr(sys, "prefix", str(checkout / ".venv"))
    (checkout / "pyproject.toml").write_text('[project]\ndependencies = ["Flask>=3"]\n')
    version = bootstrap._version("flask")
    (checkout / "requirements-test.txt").write_text(f"flask=={version} \\\n    --hash=sha256:0\n")
    bootstrap.enter(["serve"], checkout)
    assert builds == []


def test_a_changed_lock_is_built_again_with_the_test_tools_that_were_there(
    checkout: Path, builds: list[str]
) -> None:
    build(checkout / ".venv", bootstrap.stamp_of(checkout / "requirements-test.txt"))
    (checkout / "requirements-test.txt").write_text("# something newer\n")
    with pytest.raises(Started):
        bootstrap.enter(["serve"], checkout)
    assert builds == ["requirements-test.txt"]


def test_an_environment_whose_python_is_gone_is_built_again(checkout: Path, builds: list[str]) -> None:
    build(checkout / ".venv", bootstrap.stamp_of(checkout / "requirements.txt"))
    bootstrap.environment_python(checkout / ".venv").unlink()
    with pytest.raises(Started):
        bootstrap.enter(["serve"], checkout)
    assert builds == ["requirements.txt"]


def test_an_environment_that_holds_the_pinned_dependencies_is_used_as_it_is(
    checkout: Path, builds: list[str]
) -> None:
    (checkout / "pyproject.toml").write_text('[project]\ndependencies = ["Flask>=3"]\n')
    version = bootstrap._version("flask")
    (checkout / "requirements-test.txt").write_text(f"flask=={version} \\\n    --hash=sha256:0\n")
    bootstrap.enter(["serve"], checkout)
    assert builds == []


def test_an_installed_package_builds_nothing(tmp_path: Path, builds: list[str]) -> None:
    bootstrap.enter(["serve"], tmp_path)
    assert builds == []


def test_a_python_without_ensurepip_is_told_what_to_install(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = importlib.util.find_spec

    def find(name: str, package: str | None = None) -> ModuleSpec | None:
        return None if name == "ensurepip" else real(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", find)
    with pytest.raises(SystemExit) as ended:
        bootstrap.enter(["serve"], checkout)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    assert f"sudo apt install python{version}-venv" in str(ended.value)
    assert "Fedora" in str(ended.value)


def test_a_folder_that_cannot_be_written_is_named(checkout: Path) -> None:
    # A folder where the lock file should be: nobody can open it, not even root.
    (checkout / ".venv.lock").mkdir()
    with pytest.raises(SystemExit) as ended:
        bootstrap.enter(["serve"], checkout)
    assert f"can't write to {checkout}" in str(ended.value)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("WARNING: Retrying ... NewConnectionError('...')\nERROR: No matching", "index can't be reached"),
        ("ERROR: Could not find a version that satisfies x (from versions: none)", "index can't be reached"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "its hash differs"),
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("error: something nobody thought of", "error: something nobody thought of"),
    ],
)
def test_a_failed_download_is_explained(told: str, expected: str) -> None:
    assert expected in bootstrap._why_pip_failed(told)
