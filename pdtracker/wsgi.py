"""The application for a server with several processes: `gunicorn 'pdtracker.wsgi:application()'`."""

from __future__ import annotations

from flask import Flask

from pdtracker import logs
from pdtracker.app import create_app
from pdtracker.commands.serve import require_schema
from pdtracker.settings import load_settings


def application() -> Flask:
    """One process's application, from the environment.

    Raises SettingError for a setting that can't be used, and Refusal when the schema isn't the newest.
    """
    settings = load_settings()
    logs.set_up(settings.log_level)
    require_schema(settings)
    return create_app(settings)
