"""`pdtracker worker`: the background worker as a process of its own."""

from __future__ import annotations

import argparse
import signal
from typing import Any

from pdtracker.blobs import BlobStore
from pdtracker.db import Database
from pdtracker.installation import issuer_of
from pdtracker.jobs import Worker
from pdtracker.mail import post_of
from pdtracker.settings import load_settings
from pdtracker.terminal import say


def register(subparsers: Any) -> None:
    """Adds `worker`."""
    subparsers.add_parser(
        "worker", help="deliver mail, carry out jobs and do what is due, until stopped"
    ).set_defaults(run=_run)


def _run(_arguments: argparse.Namespace) -> int:
    settings = load_settings()
    database = Database(settings.database_url, pool_size=2)
    worker = Worker(
        database,
        post_of(settings),
        BlobStore(settings.evidence),
        base_url=settings.base_url,
        issuer=issuer_of(settings),
    )
    signal.signal(signal.SIGTERM, lambda *_: worker.stop())
    signal.signal(signal.SIGINT, lambda *_: worker.stop())
    say("The worker is running. Stop it with Ctrl-C or SIGTERM; it finishes the letter or the part in hand.")
    worker.run()
    database.dispose()
    return 0
