"""Signed data as JSON in its one canonical form (RFC 8785), and the strict reading of its values.

Only text, whole numbers, truth values, lists and objects: no floats, whose writing differs between programs.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final, TypeAlias

_LARGEST_WHOLE: Final = 2**53 - 1

Json: TypeAlias = "bool | int | str | Sequence[Json] | Mapping[str, Json] | None"


class NotThere(ValueError):
    """A value is missing, or of another kind than the schema says."""


def canonical(value: Json) -> bytes:
    """RFC 8785 for values without floats: keys by UTF-16 code units, whole numbers within 2^53 - 1, UTF-8.

    Raises ValueError for a lone surrogate, TypeError for a float or another type.
    """
    return json.dumps(_ordered(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _ordered(value: Json) -> Json:
    match value:
        case None | bool() | str():
            return value
        case int():
            if abs(value) > _LARGEST_WHOLE:
                raise ValueError("a whole number beyond 2^53 - 1")
            return value
        case Mapping():
            return {key: _ordered(value[key]) for key in sorted(value, key=_utf16)}
        case list() | tuple():
            return [_ordered(item) for item in value]
        case _:
            raise TypeError(f"{type(value).__name__} has no place in signed data")


def _utf16(key: str) -> bytes:
    return key.encode("utf-16-be")


def no_float(text: str) -> int:
    """For `json.loads`: refuses what is written as no whole number."""
    raise ValueError(f"{text[:20]} is not a whole number")


def instant_text(at: datetime) -> str:
    """RFC 3339 to the second, UTC as Z."""
    return at.replace(microsecond=0).isoformat().replace("+00:00", "Z")


def nfc(text: str) -> str:
    """The text in composed form."""
    return unicodedata.normalize("NFC", text)


def nfc_or_none(text: str | None) -> str | None:
    """The text in composed form, or none."""
    return None if text is None else nfc(text)


def members(value: object, names: str) -> dict[str, object]:
    """The object with exactly these members. Raises NotThere for anything else."""
    if not isinstance(value, dict) or set(value) != set(names.split()):
        raise NotThere("an object with other members than the schema's")
    return value


def items(value: object) -> list[object]:
    """The list. Raises NotThere for anything else."""
    if not isinstance(value, list):
        raise NotThere("not a list")
    return value


def text_of(value: object) -> str:
    """The text. Raises NotThere for anything else."""
    if not isinstance(value, str):
        raise NotThere("not a text")
    return value


def text_or_none(value: object) -> str | None:
    """The text, or none. Raises NotThere for anything else."""
    return None if value is None else text_of(value)


def whole_of(value: object) -> int:
    """The whole number; a boolean is none. Raises NotThere for anything else."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise NotThere("not a whole number")
    return value


def instant_of(value: object) -> datetime:
    """The moment with its offset. Raises NotThere, or ValueError for another form."""
    at = datetime.fromisoformat(text_of(value))
    if at.tzinfo is None:
        raise NotThere("an instant without its offset")
    return at.replace(tzinfo=UTC) if at.utcoffset() == timedelta(0) else at


def day_of(value: object) -> date:
    """The day. Raises NotThere, or ValueError for another form."""
    return date.fromisoformat(text_of(value))
