"""`pdtracker demo`: from nothing to the first page, on this machine only."""

from __future__ import annotations

import argparse
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from pdtracker.commands import demo as command
from pdtracker.commands.demo import LOOPBACK
from pdtracker.demo.instance import day_of
from pdtracker.domain.refusals import Refusal
from pdtracker.resources import resource
from pdtracker.settings import load_settings

# Far more than a demo takes on a machine that runs the rest of the suite beside it: only a hang is ended.
LIMIT_SECONDS = 900


@contextmanager
def started(instance: Path, **environment: str) -> Iterator[tuple[str, list[str]]]:
    """The address of a demo that runs in a process of its own, and what it said until then."""
    process = subprocess.Popen(
        [sys.executable, "-m", "pdtracker"],
        env=os.environ | {"PDTRACKER_INSTANCE": str(instance), "PORT": "0"} | environment,
        cwd=resource("config.py").parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    too_long = threading.Timer(LIMIT_SECONDS, process.kill)
    too_long.start()
    told: list[str] = []
    try:
        assert process.stdout is not None
        for line in process.stdout:
            told.append(line)
            if found := re.search(r"The demo is ready: (\S+)", line):
                yield found[1], told
                break
        else:
            pytest.fail("".join(told))
    finally:
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate()
        told.append(rest)
        too_long.cancel()
    assert process.returncode in (0, 130), "".join(told)


def page(address: str) -> str:
    with urlopen(address, timeout=30) as answer:
        text: str = answer.read().decode()
    return text


@pytest.mark.slow
def test_a_fresh_instance_shows_its_first_page_and_its_sign_ins_and_so_does_the_second_start(
    tmp_path: Path,
) -> None:
    instance = tmp_path / "instance"
    with started(instance) as (address, told):
        assert address.startswith(f"http://{LOOPBACK}:")
        assert "<h1" in page(address)
        sign_in = page(f"{address}/sign-in")
        for name in ("ada@maplewood", "bo@maplewood", "cam@maplewood", "dee@riverton"):
            assert f"{name}.example" in sign_in
    assert "connected-educator" in "".join(told)
    assert any("Loading the demo" in line for line in told)
    with started(instance) as (address, told):
        assert "<h1" in page(address)
    assert not any("Loading the demo" in line for line in told)


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment that says nothing but where the instance is."""
    for name in ("DATABASE_URL", "HOST", "PORT", "BASE_URL", "SMTP_URL", "EVIDENCE_URL", "LOG_LEVEL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PDTRACKER_INSTANCE", str(tmp_path / "instance"))
    return monkeypatch


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7"])
def test_it_binds_to_loopback_whatever_host_says(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], host: str
) -> None:
    environment.setenv("HOST", host)
    environment.setenv("PORT", "0")
    settings, listening = command.demo_settings(load_settings())
    with listening:
        assert listening.getsockname()[0] == settings.host == LOOPBACK
    assert f"HOST={host} is left aside" in capsys.readouterr().err


def test_a_taken_port_that_was_asked_for_is_told_with_what_to_do(environment: pytest.MonkeyPatch) -> None:
    with closing(socket.socket()) as taken:
        taken.bind((LOOPBACK, 0))
        taken.listen()
        port = taken.getsockname()[1]
        environment.setenv("PORT", str(port))
        with pytest.raises(Refusal) as refused:
            command.demo_settings(load_settings())
    assert f"Port {port}" in refused.value.sentence
    assert "PORT=" in refused.value.sentence


def test_without_a_wish_the_next_free_port_is_taken_and_the_address_says_so(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(socket.socket()) as taken:
        taken.bind((LOOPBACK, 0))
        taken.listen()
        port = taken.getsockname()[1]
        listening = command.listen_near(port)
        with listening:
            found = listening.getsockname()[1]
    assert port < found < port + 10
    assert f"Port {port} is taken" in capsys.readouterr().err


def test_a_database_of_somebody_elses_choice_is_refused(environment: pytest.MonkeyPatch) -> None:
    for url in ("postgresql://district@db.example/pd", "sqlite:////var/lib/pdtracker/pdtracker.db"):
        environment.setenv("DATABASE_URL", url)
        environment.setenv("SECRET_KEY", "x" * 64)
        with pytest.raises(Refusal, match="Unset DATABASE_URL"):
            command.demo_settings(load_settings())


def test_letters_go_to_the_folder_even_when_a_server_is_named(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment.setenv("SMTP_URL", "smtp://mail.district.example")
    environment.setenv("PORT", "0")
    settings, listening = command.demo_settings(load_settings())
    listening.close()
    assert settings.smtp_url is None
    assert "sends no mail" in capsys.readouterr().err


@pytest.mark.parametrize(("age", "told"), [(0, False), (6, False), (7, True), (40, True)])
def test_an_old_demo_says_so_and_how_to_get_a_new_one(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], age: int, told: bool
) -> None:
    def ready(settings: Any, *, now: Any, fresh: bool) -> Any:
        assert not fresh
        return day_of(now) - timedelta(days=age)

    served: list[str] = []
    environment.setenv("PORT", "0")
    environment.setattr(command, "ready_demo", ready)
    environment.setattr(command.logs, "set_up", lambda level: None)
    environment.setattr(
        command, "serve", lambda app, settings, database, listening: served.append(settings.base_url)
    )
    assert command._run(argparse.Namespace(fresh=False)) == 0
    written = capsys.readouterr()
    assert ("demo --fresh" in written.err) == told
    assert f"The demo is ready: {served[0]}" in written.out
    assert "ada@maplewood.example" in written.out
