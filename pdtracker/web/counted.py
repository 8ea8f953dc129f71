"""Counting what strangers look at, so that nobody asks for all of it."""

from __future__ import annotations

import logging
from datetime import timedelta

from flask import request

from pdtracker.actions.accounts import network
from pdtracker.actions.rates import Limit, count_try
from pdtracker.web import requests

logger = logging.getLogger(__name__)


def count_look(name: str, tries: int) -> None:
    """Count one look by whoever asks; raises TooManyTries beyond so many in a minute. `name` says at what."""
    wiring = requests.wiring()
    limit = Limit(name, network(request.remote_addr or ""), timedelta(minutes=1), tries)
    if not count_try(
        wiring.database, [limit], key=wiring.settings.secret_key, at=requests.at(), is_hasty=True
    ):
        # A full disk or a long writer keeps nobody from what only reads.
        logger.warning("look_not_counted")
