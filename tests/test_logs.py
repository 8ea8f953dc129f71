"""The log: one line for each event, whatever was typed, and no secrets."""

from __future__ import annotations

import json
import logging

import pytest

from pdtracker.logs import HIDDEN, JsonLines, cleaned

CANARY = "c4n4ry-5ecret"


def _line(message: str, **extra: object) -> dict[str, object]:
    record = logging.makeLogRecord({"msg": message, "name": "suite", "levelname": "INFO", **extra})
    text = JsonLines().format(record)
    assert "\n" not in text
    told: dict[str, object] = json.loads(text)
    return told


@pytest.mark.parametrize(
    "text",
    ["two\nlines", '{"level": "forged"}\r\n{"a": 1}', "\u2028\u2029\x85", "\ud800", "\x00\x1b[31m", "عربي"],
)
def test_an_event_stays_on_one_line(text: str) -> None:
    assert _line(text, typed=text)["level"] == "info"


@pytest.mark.parametrize(
    "name",
    ["password", "new_password", "csrf_token", "cookie", "Authorization", "code", "secret_key", "api_key"],
)
def test_secrets_are_dropped_by_their_name(name: str) -> None:
    assert _line("event", **{name: CANARY})[name] == HIDDEN
    assert CANARY not in json.dumps(_line("event", inner={name: CANARY}))


@pytest.mark.parametrize(
    "message",
    [
        f"password={CANARY} and more",
        f"Authorization: Bearer {CANARY}",
        f"'token': '{CANARY}'",
        f"/verify?code={CANARY}&x=1",
        f"smtp://user:{CANARY}@mail.example:587 refused",
    ],
)
def test_secrets_are_dropped_from_sentences(message: str) -> None:
    assert CANARY not in cleaned(message)


def test_what_went_wrong_is_told_by_place_and_not_by_its_values() -> None:
    try:
        raise ValueError(CANARY)
    except ValueError as error:
        told = _line("failed", exc_info=(type(error), error, error.__traceback__))
    assert told["error"] == "ValueError"
    assert CANARY not in json.dumps(told)
    assert "test_logs.py" in str(told["trace"])
