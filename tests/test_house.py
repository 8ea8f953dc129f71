"""The layout of the house is a test: who may import whom, types, style, templates, locks."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from pdtracker.resources import resource

HOME = resource("pyproject.toml").parent
PACKAGE = HOME / "pdtracker"
PROJECT = tomllib.loads((HOME / "pyproject.toml").read_text(encoding="utf-8"))

CLOCK_ROOMS = ("web", "commands", "jobs.py", "mail.py", "bench")
SQL_ROOMS = ("db.py", "migrating.py", "audit.py", "models")
# Modules that may make markup by hand; each escapes what it is given.
MARKUP_MODULES = frozenset({"pdtracker/web/drawing.py", "pdtracker/web/face.py", "pdtracker/web/fields.py"})
LONGEST_MODULE_LINES = 500


def tool(*arguments: str) -> None:
    """Runs a linter of this environment and shows what it found when it found something."""
    ran = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=HOME,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if ran.returncode != 0:
        pytest.fail(f"{' '.join(arguments)}\n{ran.stdout}{ran.stderr}", pytrace=False)


def test_rooms_import_only_what_the_plan_allows() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        cwd=HOME,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if ran.returncode != 0:
        _, _, broken = ran.stdout.rpartition("Broken contracts")
        pytest.fail(broken + ran.stderr, pytrace=False)


def test_the_code_has_no_lint() -> None:
    tool("ruff", "check", "--quiet", "--output-format", "concise", ".")


def test_the_code_is_formatted() -> None:
    tool("ruff", "format", "--check", "--quiet", "--output-format", "concise", ".")


@pytest.mark.slow
def test_the_types_are_strict_and_right() -> None:
    tool("mypy")


def test_the_templates_have_no_lint() -> None:
    tool("djlint", "templates", "--lint", "--quiet")


@pytest.mark.parametrize(("about", "rooms"), [("clock", SQL_ROOMS), ("sql", CLOCK_ROOMS)])
def test_a_room_that_may_do_one_banned_thing_may_not_do_the_other(about: str, rooms: tuple[str, ...]) -> None:
    # Ruff excepts a file from all banned names or from none; this looks at the other half.
    banned = PROJECT["tool"]["ruff"]["lint"]["flake8-tidy-imports"]["banned-api"]
    names = {
        name: told["msg"]
        for name, told in banned.items()
        if name.startswith("datetime.") == (about == "clock")
    }
    table = ", ".join(f'"{name}".msg = "{message}"' for name, message in names.items())
    present = [str(PACKAGE / room) for room in rooms if (PACKAGE / room).exists()]
    option = f"lint.flake8-tidy-imports.banned-api = {{ {table} }}"
    tool("ruff", "check", "--isolated", "--quiet", "--select", "TID251", "--config", option, *present)


def test_the_domain_imports_nothing_but_the_standard_library_and_itself() -> None:
    foreign = [
        f"{file.relative_to(HOME)}: {name}"
        for file in sorted((PACKAGE / "domain").rglob("*.py"))
        for name in imported_names(file)
        if name.split(".")[0] not in sys.stdlib_module_names and not name.startswith("pdtracker.domain")
    ]
    assert foreign == []


def test_the_package_itself_is_only_its_docstring() -> None:
    body = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8")).body
    assert [type(node) for node in body] == [ast.Expr]


def test_modules_stay_readable() -> None:
    long = {
        str(file.relative_to(HOME)): lines
        for file in PACKAGE.rglob("*.py")
        # It leaves the house alone, in one file that whoever checks can read from top to bottom.
        if file != PACKAGE / "exchange" / "kit" / "verify.py"
        and (lines := file.read_text(encoding="utf-8").count("\n")) > LONGEST_MODULE_LINES
    }
    assert long == {}, "about 300 lines is the signal to split by noun"


def test_markup_is_made_by_templates() -> None:
    by_hand = [
        str(file.relative_to(HOME))
        for file in sorted(PACKAGE.rglob("*.py"))
        if re.search(r"\bMarkup\(", file.read_text(encoding="utf-8"))
    ]
    assert set(by_hand) <= MARKUP_MODULES


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        (r"\|\s*safe\b", "`|safe` switches escaping off"),
        (r"autoescape\s+false", "escaping stays on"),
        (r"<style[\s>]", "the policy refuses inline styles"),
        (r"\sstyle\s*=", "the policy refuses style attributes"),
        (r"\son[a-z]+\s*=\s*[\"'{]", "the policy refuses inline handlers"),
        (r"<script(?![^>]*\ssrc=)", "the policy refuses inline scripts"),
        (r"javascript:", "the policy refuses script addresses"),
        (r"\s[a-z-]+=\{\{", "an attribute without quotes can be broken out of"),
    ],
)
def test_templates_keep_the_security_policy(pattern: str, why: str) -> None:
    comments = re.compile(r"\{#.*?#\}", re.DOTALL)
    found = [
        f"{file.relative_to(HOME)}: {match.group().strip()}"
        for file in sorted((HOME / "templates").rglob("*.html"))
        for match in re.finditer(pattern, comments.sub("", file.read_text(encoding="utf-8")))
    ]
    assert found == [], why


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-server.txt", "requirements-test.txt"])
def test_a_lock_names_hashes_and_no_address(name: str) -> None:
    lock = (HOME / name).read_text(encoding="utf-8")
    assert re.findall(r"https?://|^-|@ file|index", lock, re.MULTILINE) == []
    assert all("--hash=sha256:" in entry for entry in entries(lock).values())


def test_the_locks_hold_what_the_project_asks_for() -> None:
    runtime = entries((HOME / "requirements.txt").read_text(encoding="utf-8"))
    testing = entries((HOME / "requirements-test.txt").read_text(encoding="utf-8"))
    project = PROJECT["project"]
    assert needed(project["dependencies"]) <= set(runtime)
    assert {name for needs in project["optional-dependencies"].values() for name in needed(needs)} <= set(
        testing
    )
    # The environment with the test tools serves every command, so both have to agree.
    assert runtime.items() <= testing.items()


def needed(requirements: list[str]) -> set[str]:
    """The names that requirements begin with, but the project's own."""
    names = {re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0].lower() for line in requirements}
    return names - {"pdtracker"}


def entries(lock: str) -> dict[str, str]:
    """Name -> the lock's lines for it; a name can be pinned twice, for different Pythons."""
    found: dict[str, str] = {}
    for entry in re.split(r"(?m)^(?=[A-Za-z0-9])", lock):
        if entry.strip():
            name = entry.split("==")[0]
            found[name] = found.get(name, "") + entry
    return found


def imported_names(file: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
