"""`pdtracker serve`: the production server for one machine."""

from __future__ import annotations

import argparse
import socket
from typing import Any
from wsgiref.types import WSGIApplication

import waitress

from pdtracker import logs, migrating
from pdtracker.app import create_app
from pdtracker.blobs import BlobStore
from pdtracker.db import Database
from pdtracker.domain.refusals import Refusal
from pdtracker.installation import issuer_of
from pdtracker.jobs import Worker
from pdtracker.mail import post_of
from pdtracker.settings import Settings, load_settings
from pdtracker.terminal import say

THREADS = 8


def register(subparsers: Any) -> None:
    """Adds `serve`."""
    subparsers.add_parser("serve", help="serve the site; on SQLite with the worker inside").set_defaults(
        run=_run
    )


def _run(_arguments: argparse.Namespace) -> int:
    settings = load_settings()
    logs.set_up(settings.log_level)
    require_schema(settings)
    database = Database(settings.database_url, pool_size=THREADS)
    listening = listen(settings.host, settings.port)
    say(f"Serving {settings.base_url} on {settings.host}:{listening.getsockname()[1]}. Stop with Ctrl-C.")
    serve(create_app(settings, database=database), settings, database, listening)
    return 0


def require_schema(settings: Settings) -> None:
    """Bring SQLite to the newest schema; refuse a PostgreSQL database that isn't there, since others use it too."""
    if settings.is_sqlite:
        settings.instance.mkdir(parents=True, exist_ok=True)
        migrating.upgrade(settings.database_url)
    elif migrating.current(settings.database_url) != migrating.head():
        raise Refusal(
            "schema", "The database isn't at the newest schema. As its owner, run: pdtracker db upgrade"
        )


def listen(host: str, port: int) -> socket.socket:
    """A socket that is bound before anything else starts; refuses a port that is taken, with what to do."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        # Two that only bind may share a port on Linux; who listens has it alone.
        listening.listen()
    except PermissionError as error:
        listening.close()
        raise Refusal("port", f"Port {port} needs more rights. Choose one above 1023: PORT=8080") from error
    except OSError as error:
        listening.close()
        raise Refusal(
            "port", f"Port {port} on {host} is taken ({error.strerror}). Choose another one: PORT={port + 1}"
        ) from error
    return listening


def serve(app: WSGIApplication, settings: Settings, database: Database, listening: socket.socket) -> None:
    """Serve until interrupted; on SQLite the worker runs in a thread of this process."""
    worker = Worker(
        database,
        post_of(settings),
        BlobStore(settings.evidence),
        base_url=settings.base_url,
        issuer=issuer_of(settings),
    )
    if settings.is_sqlite:
        worker.start()
    try:
        waitress.serve(
            app, sockets=[listening], threads=THREADS, ident=None, clear_untrusted_proxy_headers=True
        )
    finally:
        worker.stop()
        database.dispose()
