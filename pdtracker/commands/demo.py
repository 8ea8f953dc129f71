"""`pdtracker demo`, or `pdtracker` alone: two districts with their people and calendar, on this machine only."""

from __future__ import annotations

import argparse
import logging
import os
import socket
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from pdtracker import logs
from pdtracker.app import create_app
from pdtracker.commands.serve import THREADS, listen, serve
from pdtracker.db import Database
from pdtracker.demo.instance import day_of, ready_demo
from pdtracker.demo.people import PASSWORD, people
from pdtracker.domain.refusals import Refusal
from pdtracker.domain.when import date_text
from pdtracker.settings import Settings, load_settings
from pdtracker.terminal import say
from pdtracker.web.requests import DemoSignIn

LOOPBACK = "127.0.0.1"
_PORTS_TO_TRY = 10
_STALE_DAYS = 6


def register(subparsers: Any) -> None:
    """Adds `demo`."""
    parser = subparsers.add_parser(
        "demo",
        help="serve the demo: two districts, a calendar, claims in every state (the same as no command)",
        description="Serves the demo on this machine only, from the instance folder; makes it at the first start.",
    )
    parser.add_argument(
        "--fresh", action="store_true", help="make the demo anew, dated around today; keeps nothing"
    )
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    settings, listening = demo_settings(load_settings())
    _set_up_log(settings)
    with listening:
        now = datetime.now(UTC)
        demo_on = ready_demo(settings, now=now, fresh=arguments.fresh)
        database = Database(settings.database_url, pool_size=THREADS)
        sign_ins = _sign_ins()
        app = create_app(settings, database=database, demo=sign_ins)
        print(_welcome(settings, sign_ins), flush=True)
        if (days := (day_of(now) - demo_on).days) > _STALE_DAYS:
            say(_stale(demo_on, days))
        serve(app, settings, database, listening)
    return 0


def _set_up_log(settings: Settings) -> None:
    """Say little unless LOG_LEVEL asks for more: people look for the address and the sign-ins here."""
    if _is_told("LOG_LEVEL"):
        logs.set_up(settings.log_level)
        return
    logs.set_up("WARNING")
    # A browser asks for a page and its parts at once; that some of them wait is no news.
    logging.getLogger("waitress.queue").setLevel("ERROR")


def demo_settings(settings: Settings) -> tuple[Settings, socket.socket]:
    """The settings of a demo, whatever the environment says of hosts and mail, and the socket that it listens on."""
    if settings.database_url != f"sqlite:///{(settings.instance / 'pdtracker.db').as_posix()}":
        raise Refusal(
            "demo_database",
            "The demo keeps a SQLite database of its own in the instance folder. Unset DATABASE_URL to see it, "
            "or serve the database that it names with: pdtracker serve",
        )
    if settings.host not in (LOOPBACK, "localhost"):
        say(f"The demo listens on this machine only ({LOOPBACK}): HOST={settings.host} is left aside.")
    if settings.smtp_url is not None:
        say(f"The demo sends no mail: SMTP_URL is left aside, letters go to {settings.mail_folder}.")
    listening = listen_near(settings.port)
    port: int = listening.getsockname()[1]
    base_url = settings.base_url if _is_told("BASE_URL") else f"http://{LOOPBACK}:{port}"
    return (
        replace(
            settings,
            host=LOOPBACK,
            port=port,
            base_url=base_url,
            smtp_url=None,
            evidence=settings.instance / "evidence",
        ),
        listening,
    )


def _is_told(name: str) -> bool:
    """Whether the environment says it, or it is the default."""
    return bool(os.environ.get(name, "").strip())


def listen_near(port: int) -> socket.socket:
    """Listen on the port that was asked for; where none was, on the next free one of a few."""
    if _is_told("PORT"):
        return listen(LOOPBACK, port)
    for candidate in range(port, port + _PORTS_TO_TRY):
        try:
            return listen(LOOPBACK, candidate)
        except Refusal:
            say(f"Port {candidate} is taken.")
    raise Refusal(
        "port", f"The ports {port} to {port + _PORTS_TO_TRY - 1} are taken. Choose one: PORT=9000 pdtracker"
    )


def _sign_ins() -> tuple[DemoSignIn, ...]:
    """The sign-ins to show: teachers first, as most visitors would begin, the other district last."""
    shown = [person for person in people() if person.shown_as]
    shown.sort(key=lambda person: (person.district != people()[0].district, person.name))
    return tuple(DemoSignIn(person.email, PASSWORD, person.shown_as or "") for person in shown)


def _welcome(settings: Settings, sign_ins: tuple[DemoSignIn, ...]) -> str:
    width = max(len(sign_in.email) for sign_in in sign_ins)
    lines = [f"  {sign_in.email:<{width}}  {sign_in.who}" for sign_in in sign_ins]
    return "\n".join(
        [
            f"The demo is ready: {settings.base_url}",
            "",
            f"Sign in with one of these and the password {PASSWORD}",
            *lines,
            "",
            f"Only this machine reaches it. Everything is kept in {settings.instance}. Stop with Ctrl-C.",
        ]
    )


def _stale(demo_on: date, days: int) -> str:
    return (
        f"This demo was made {days} days ago: its “yesterday” is the day before {date_text(demo_on)}. "
        "For one around today, with nothing kept of this one: pdtracker demo --fresh"
    )
