"""The command line: exit statuses that a script can rely on, and sentences for people."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from pdtracker import cli
from pdtracker.domain.refusals import NotHere
from pdtracker.resources import resource
from pdtracker.settings import SettingError


def registering(run: Any) -> SimpleNamespace:
    """A command's module with one command, `try`."""

    def register(subparsers: Any) -> None:
        subparsers.add_parser("try").set_defaults(run=run)

    return SimpleNamespace(register=register)


@pytest.fixture
def trying(monkeypatch: pytest.MonkeyPatch) -> Any:
    def use(run: Any) -> int:
        monkeypatch.setattr(cli, "_modules", lambda told: [registering(run)])
        return cli.main(["try"])

    return use


def raising(error: BaseException) -> Any:
    def run(arguments: object) -> int:
        raise error

    return run


def test_a_command_gives_its_own_exit_status(trying: Any) -> None:
    assert trying(lambda arguments: 2) == 2


@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (NotHere("no_district", "There is no such district."), 1, "pdtracker: There is no such district.\n"),
        (SettingError("PORT", "is wrong."), 78, "pdtracker: PORT is wrong.\n"),
        (
            OperationalError("SELECT 1", {}, Exception("connection refused\nIs the server running?")),
            69,
            "pdtracker: The database can't be used: connection refused. "
            "Is it running, and does DATABASE_URL name it?\n",
        ),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_what_stops_a_command_is_told_in_one_sentence(
    trying: Any, capsys: pytest.CaptureFixture[str], error: BaseException, status: int, sentence: str
) -> None:
    assert trying(raising(error)) == status
    assert capsys.readouterr().err == sentence


def test_a_mistake_in_the_program_is_not_hidden(trying: Any) -> None:
    with pytest.raises(ZeroDivisionError):
        trying(raising(ZeroDivisionError()))


@pytest.mark.parametrize(
    ("arguments", "status"),
    [(["no-such-noun"], 64), (["--no-such-option"], 64), (["test", "-h"], 0), (["-h"], 0)],
)
def test_a_mistyped_command_is_never_taken_for_an_answer(arguments: list[str], status: int) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == status


def test_every_command_registers_and_says_what_it_is_for(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    told = capsys.readouterr().out
    assert all(f"    {module.__name__.split('.')[-1].rstrip('_')} " in told for module in cli._modules([]))


def test_a_reader_that_leaves_early_hears_no_complaint_and_no_answer() -> None:
    script = (
        "import sys; from pdtracker import cli; from types import SimpleNamespace\n"
        "def run(arguments):\n    for _ in range(20000): print('a line of a long list')\n    return 0\n"
        "register = lambda subparsers: subparsers.add_parser('try').set_defaults(run=run)\n"
        "cli._modules = lambda told: [SimpleNamespace(register=register)]\n"
        "sys.exit(cli.main(['try']))"
    )
    command = [sys.executable, "-c", script]
    home = resource("pyproject.toml").parent
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=home) as lister:
        assert lister.stdout is not None
        assert lister.stderr is not None
        lister.stdout.readline()
        lister.stdout.close()
        assert lister.stderr.read() == b""
    assert lister.returncode == cli.EXIT_UNREAD
