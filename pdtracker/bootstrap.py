"""The environment of a checkout: built from the hash lock when it is missing or out of date, then entered.

Standard library only. A checkout keeps its environment in `.venv`; the stamp inside it names the lock that it was
built from and that lock's SHA-256. It is written before the build without the SHA-256 and completed after it, so that
an interrupted build is seen and done again, and a `.venv` that somebody else made is never emptied.
An installed pdtracker, or one in an environment that already holds what the lock asks for, is left as it is.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from pdtracker.terminal import Progress, say

RUNTIME_LOCK = "requirements.txt"
SERVER_LOCK = "requirements-server.txt"
TEST_LOCK = "requirements-test.txt"
STAMP = "pdtracker-lock"


class CannotBuild(Exception):
    """The environment can't be built; the message says why and what to do."""


def enter(arguments: Sequence[str], checkout: Path | None = None) -> None:
    """Returns when this Python can run pdtracker; otherwise builds the environment and starts again inside it."""
    home = checkout or Path(__file__).resolve().parent.parent
    if not (home / RUNTIME_LOCK).is_file() or not (home / "pyproject.toml").is_file():
        return
    wants_tests = list(arguments[:1]) == ["test"]
    environment = home / ".venv"
    inside = environment.is_dir() and os.path.realpath(sys.prefix) == os.path.realpath(environment)
    lock = _lock_to_use(environment, wants_tests)
    current = _is_current(home, environment, lock)
    if inside and current:
        return
    is_others = _is_others(environment)
    if not current and (is_others or not inside) and _already_installed(home, wants_tests):
        return
    if inside and is_others:
        sys.exit(_incomplete(home, environment, lock))
    if not current and not is_others:
        try:
            _build(home, environment, lock)
        except CannotBuild as reason:
            sys.exit(str(reason))
    _start_again(environment, arguments)


def environment_python(environment: Path) -> Path:
    """The interpreter of a virtual environment."""
    if os.name == "nt":
        return environment / "Scripts" / "python.exe"
    return environment / "bin" / "python"


def stamp_of(lock: Path) -> str:
    """What the stamp of an environment says that was built from `lock`."""
    return f"{lock.name} {hashlib.sha256(lock.read_bytes()).hexdigest()}\n"


def _lock_to_use(environment: Path, wants_tests: bool) -> str:
    """The smallest that serves the command; an environment that holds more is never built back to a smaller one."""
    stamp = _stamp(environment)
    if wants_tests or stamp.startswith(f"{TEST_LOCK} "):
        return TEST_LOCK
    if os.environ.get("DATABASE_URL", "").startswith("postgres") or stamp.startswith(f"{SERVER_LOCK} "):
        return SERVER_LOCK
    return RUNTIME_LOCK


def _stamp(environment: Path) -> str:
    try:
        return (environment / STAMP).read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""


def _is_current(home: Path, environment: Path, lock: str) -> bool:
    return _stamp(environment) == stamp_of(home / lock) and environment_python(environment).exists()


def _is_others(environment: Path) -> bool:
    """Whether it is a whole environment that pdtracker has not made."""
    return environment_python(environment).exists() and not (environment / STAMP).exists()


def _incomplete(home: Path, environment: Path, lock: str) -> str:
    return (
        f"pdtracker did not make {environment}, so it leaves it as it is, and something is missing there.\n"
        "Install what pdtracker needs:\n"
        f"  {environment_python(environment)} -m pip install --require-hashes -r {home / lock}\n"
        "or take that folder away, and pdtracker makes its own."
    )


def _already_installed(home: Path, wants_tests: bool) -> bool:
    """Whether this Python, which is not that of `.venv`, has pdtracker installed or each pinned dependency."""
    if _version("pdtracker") is not None and (not wants_tests or _version("pytest") is not None):
        return True
    with (home / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    wanted = list(project["dependencies"])
    if wants_tests:
        wanted += [
            need for need in project["optional-dependencies"]["test"] if not need.startswith("pdtracker[")
        ]
    pins = _pins((home / TEST_LOCK).read_text(encoding="utf-8"))
    names = (re.split(r"[^A-Za-z0-9._-]", need, maxsplit=1)[0].lower() for need in wanted)
    return all(_version(name) in pins.get(name, ()) for name in names)


def _pins(lock: str) -> dict[str, set[str]]:
    """The versions that a lock allows for each name; there can be two, for different Pythons."""
    pins: dict[str, set[str]] = {}
    for name, version in re.findall(r"(?m)^([A-Za-z0-9._-]+)==([^ ;\\]+)", lock):
        pins.setdefault(name.lower(), set()).add(version)
    return pins


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _build(home: Path, environment: Path, lock: str) -> None:
    """Builds `.venv` from the lock; a second process that wants the same waits and finds it ready."""
    _check_this_python()
    with _alone(home):
        if _is_current(home, environment, lock):
            return
        if lock != RUNTIME_LOCK and any(
            _is_current(home, environment, smaller) for smaller in (RUNTIME_LOCK, SERVER_LOCK)
        ):
            say(
                f"Adding {'the test tools' if lock == TEST_LOCK else 'what PostgreSQL needs'} to {environment}"
            )
        else:
            say(
                f"{'The dependencies have changed' if _stamp(environment) else 'First start'}: making {environment}"
            )
            _make_empty(environment, lock)
        _install(home / lock, environment)
        _compile(environment)
        (environment / STAMP).write_text(stamp_of(home / lock), encoding="ascii")


def _check_this_python() -> None:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        raise CannotBuild(
            f"This Python ({sys.executable}) comes without venv and ensurepip, which pdtracker needs once, "
            "to make its environment. Install them and run the same command again:\n"
            f"  Debian, Ubuntu:  sudo apt install python{version}-venv\n"
            "  Fedora, RHEL:    sudo dnf install python3-pip\n"
            "  others:          a complete Python from python.org/downloads"
        )


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Holds the right to build. SQLite's file lock is the standard library's only lock for every system."""
    file = home / ".venv.lock"
    try:
        with _connected(file, wait_seconds=0) as connection:
            connection.execute("BEGIN EXCLUSIVE")
            yield
            return
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise CannotBuild(_not_writable(home)) from error
    say("Another pdtracker is making the environment; waiting for it.")
    with _connected(file, wait_seconds=900) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        yield


@contextmanager
def _connected(file: Path, wait_seconds: float) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(file, isolation_level=None, timeout=wait_seconds)
    try:
        yield connection
    finally:
        connection.close()


def _not_writable(folder: Path) -> str:
    return (
        f"pdtracker can't write to {folder}, where it keeps its environment (.venv). "
        "Make the folder yours (chown), or copy it to a place of yours, and run the same command again."
    )


def _make_empty(environment: Path, lock: str) -> None:
    try:
        if environment.exists():
            shutil.rmtree(environment)
        environment.mkdir()
        (environment / STAMP).write_text(f"{lock} being installed\n", encoding="ascii")
    except OSError as error:
        raise CannotBuild(_not_writable(environment.parent)) from error
    base = getattr(sys, "_base_executable", None) or sys.executable
    made = subprocess.run([base, "-m", "venv", str(environment)], capture_output=True, text=True, check=False)
    if made.returncode != 0:
        said = (made.stdout + made.stderr).strip()
        raise CannotBuild(f"The environment {environment} could not be made. Python said:\n{said}")


def _install(lock: Path, environment: Path) -> None:
    """Installs exactly what the lock pins; a file whose hash differs is refused by pip."""
    total = len(_pins(lock.read_text(encoding="utf-8")))
    command = [
        str(environment_python(environment)), "-m", "pip", "install", "--disable-pip-version-check", "--no-input",
        "--no-deps", "--require-hashes", "--no-compile", "--progress-bar", "off", "-r", str(lock),
    ]  # fmt: skip
    # A person's own pip settings hold, but for the two that would refuse to install here.
    settings = os.environ | {"PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0"}
    told: list[str] = []
    with Progress("Fetching packages", total) as progress:
        with subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=settings,
        ) as pip:
            for line in pip.stdout or ():
                told.append(line)
                if line.startswith("Collecting "):
                    progress.step()
                elif line.startswith("Installing collected packages"):
                    progress.done("installing them")
        if pip.returncode != 0:
            raise CannotBuild(_why_pip_failed("".join(told)))


def _compile(environment: Path) -> None:
    """Compiles the packages once, on all cores: pip would take one, and the first start would do it one by one.

    Where PYTHONDONTWRITEBYTECODE is set, every start would. What can't be compiled is left to those who import it.
    """
    packages = sysconfig.get_path("purelib", "venv", {"base": str(environment)})
    command = [str(environment_python(environment)), "-m", "compileall", "-qq", "-j", "0", packages]
    subprocess.run(command, capture_output=True, check=False)


def _why_pip_failed(told: str) -> str:
    tail = "\n".join(told.strip().splitlines()[-6:])
    if "DO NOT MATCH THE HASHES" in told:
        reason = (
            "A downloaded package is not the one that the lock names (its hash differs), so it was not installed. "
            "Check which package index or proxy this machine uses."
        )
    elif "No space left" in told:
        reason = (
            "The disk is full: pdtracker's environment needs about 120 MB, with the test tools about 700 MB."
        )
    elif re.search(
        r"ConnectionError|NameResolutionError|ConnectTimeout|ProxyError|from versions: none", told
    ):
        reason = (
            "The packages could not be fetched: the package index can't be reached. "
            "Check the network (or PIP_INDEX_URL and HTTPS_PROXY) and run the same command again."
        )
    else:
        reason = (
            "pip could not install the packages. Run the same command again; if it stays so, this is why:"
        )
    return f"{reason}\n\npip's last lines:\n{tail}"


def _start_again(environment: Path, arguments: Sequence[str]) -> NoReturn:
    command = [str(environment_python(environment)), "-m", "pdtracker", *arguments]
    if os.name == "nt":
        # exec on Windows returns to the shell at once, so the parent has to stay.
        sys.exit(subprocess.run(command, check=False).returncode)
    os.execv(command[0], command)  # noqa: S606 - our own interpreter
