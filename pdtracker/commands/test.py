"""`pdtracker test`: the whole suite of a checkout, in random order, on all cores."""

from __future__ import annotations

import argparse
import subprocess
import sys
from typing import Any

from pdtracker.resources import resource
from pdtracker.terminal import say


def register(subparsers: Any) -> None:
    """Adds `test`; what follows is handed to pytest."""
    parser = subparsers.add_parser(
        "test",
        help="run the whole suite",
        description="Runs the whole suite. Further arguments go to pytest: pdtracker test tests/domain -k hours",
    )
    parser.set_defaults(run=run, further=[])


def run(arguments: argparse.Namespace) -> int:
    """Runs pytest beside this process, so that Ctrl-C and its exit status are its own."""
    try:
        suite = resource("tests")
    except FileNotFoundError:
        say("The tests come with a checkout of pdtracker, not with the installed package.")
        return 1
    command = [sys.executable, "-m", "pytest", "-n", "auto", "--dist", "worksteal"]
    return subprocess.run([*command, *arguments.further], cwd=suite.parent, check=False).returncode
