"""The command line: finds the command's module, reads its arguments, runs it, and tells refusals in one sentence.

Exit statuses: 0 done, 1 refused, 64 not understood, 69 no database, 78 not configured, 130 interrupted, 141 nobody
read on. A command's own answers (`certificate verify`: 2 for revoked) are its own; that is why argparse's 2 for a wrong
argument is not used.
"""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import sys
import tomllib
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any, NoReturn

from sqlalchemy.exc import OperationalError

from pdtracker import commands
from pdtracker.domain.refusals import NotValid, Refusal
from pdtracker.resources import resource
from pdtracker.settings import SettingError

EXIT_REFUSED = 1
EXIT_USAGE = 64
EXIT_UNAVAILABLE = 69
EXIT_CONFIGURATION = 78
EXIT_INTERRUPTED = 130
EXIT_UNREAD = 141

# Typed alone, `pdtracker` shows itself.
DEFAULT_NOUN = "demo"


class Parser(argparse.ArgumentParser):
    """A parser whose complaints end with EX_USAGE, so that they are never taken for a command's answer."""

    def error(self, message: str) -> NoReturn:
        """Tells what was not understood."""
        self.print_usage(sys.stderr)
        self.exit(EXIT_USAGE, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit status."""
    told = list(sys.argv[1:] if arguments is None else arguments)
    try:
        parsed = _parse(told or [DEFAULT_NOUN])
        status: int = parsed.run(parsed)
    except SettingError as error:
        print(f"pdtracker: {error}", file=sys.stderr)
        return EXIT_CONFIGURATION
    except NotValid as refusal:
        for name, sentence in refusal.errors.items():
            print(f"pdtracker: {name}: {sentence}", file=sys.stderr)
        return EXIT_REFUSED
    except Refusal as refusal:
        print(f"pdtracker: {refusal.sentence}", file=sys.stderr)
        return EXIT_REFUSED
    except OperationalError as error:
        # Away, locked, full: the driver's own line says which, the statement and the stack help nobody here.
        said = str(error.orig).strip().partition("\n")[0]
        print(
            f"pdtracker: The database can't be used: {said}. Is it running, and does DATABASE_URL name it?",
            file=sys.stderr,
        )
        return EXIT_UNAVAILABLE
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        # `pdtracker ... | head`: nobody reads on. The interpreter's own flush at exit must not complain either.
        # The command broke off before its answer, and 0 would be one: a revoked certificate would pass for genuine.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_UNREAD
    return status


def _parse(told: Sequence[str]) -> argparse.Namespace:
    """What was typed; a command that has `further` in its defaults takes what it does not know itself."""
    parser = _parser(told)
    parsed, further = parser.parse_known_args(told)
    if further and not hasattr(parsed, "further"):
        parser.error(f"unrecognized arguments: {' '.join(further)}")
    if further:
        parsed.further = further
    return parsed


def _parser(told: Sequence[str]) -> Parser:
    parser = Parser(
        prog="pdtracker",
        description="Connected learning that counts: claims, credit and certificates that anyone can check. "
        f"Without a command: {DEFAULT_NOUN}.",
    )
    parser.add_argument("--version", action="version", version=f"pdtracker {_version()}")
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True)
    for module in _modules(told):
        module.register(subparsers)
    return parser


def _modules(told: Sequence[str]) -> list[Any]:
    """The module of the noun that was typed; all of them for `--help` or a noun that doesn't exist.

    Importing one only keeps `certificate verify` from loading the web.
    """
    # What begins with an underscore is a part of a command.
    names = [
        name for found in pkgutil.iter_modules(commands.__path__) if not (name := found.name).startswith("_")
    ]
    noun = told[0] if told else DEFAULT_NOUN
    wanted = [name for name in names if name.rstrip("_") == noun]
    return [importlib.import_module(f"{commands.__name__}.{name}") for name in wanted or names]


def _version() -> str:
    """The installed version, or in a checkout the one that pyproject.toml names."""
    try:
        return version("pdtracker")
    except PackageNotFoundError:
        with resource("pyproject.toml").open("rb") as file:
            return str(tomllib.load(file)["project"]["version"])
