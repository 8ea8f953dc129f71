"""The log: one JSON object on one line for each event, on standard error, without secrets."""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

HIDDEN = "(hidden)"
_SECRET = re.compile(r"password|secret|token|cookie|authorization|code|(^|_)key$", re.IGNORECASE)
_SECRET_IN_TEXT = re.compile(
    r"(?i)\b(password|secret|token|cookie|authorization|code|idempotency_key)\b"
    r"([\"']?\s*[=:]\s*[\"']?)(?:bearer\s+)?[^\s,;&'\"})\]]+"
)
_CREDENTIALS_IN_URL = re.compile(r"(?<=://)[^/\s@]+@")
_OWN = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """Writes a record as one line of JSON; what a person typed can't begin a second one."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": cleaned(record.getMessage()),
        }
        for name, value in record.__dict__.items():
            if name not in _OWN:
                line[name] = HIDDEN if _SECRET.search(name) else _value(value)
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = type(record.exc_info[1]).__name__
            # The message may quote a row, and a row may hold anything; the places in the code say enough.
            line["trace"] = [
                f"{frame.filename}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(record.exc_info[2])
            ]
        return json.dumps(line, ensure_ascii=True, default=str)


def cleaned(text: str) -> str:
    """The text without what follows words such as `password=`, and without credentials in addresses."""
    return _SECRET_IN_TEXT.sub(rf"\1\2{HIDDEN}", _CREDENTIALS_IN_URL.sub("", text))


def set_up(level: str) -> None:
    """Let everything that is logged in this process leave as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # It tells at "info" that it looked, and each probe of /readyz makes it look.
    logging.getLogger("alembic").setLevel("WARNING")


def _value(value: object) -> object:
    match value:
        case bool() | int() | None:
            return value
        case dict():
            return {
                str(name): HIDDEN if _SECRET.search(str(name)) else _value(inner)
                for name, inner in value.items()
            }
        case list() | tuple():
            return [_value(inner) for inner in value]
        case _:
            return cleaned(str(value))
