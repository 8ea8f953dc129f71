"""What somebody says is a badge: JSON, a token, or a picture with one inside; read and proved, never trusted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from pdtracker.exchange.linked_data.contexts import CREDENTIALS
from pdtracker.exchange.open_badges import baking, sealing
from pdtracker.exchange.open_badges.baking import NoBadgeInside
from pdtracker.exchange.open_badges.credential import Document
from pdtracker.exchange.open_badges.sealing import Broken, Fits, NoSuchKey, Signer

LIMIT_BYTES: Final = 2_097_152
"""The longest badge or record that is read; a badge has some kilobytes."""
_HEAD_BYTES: Final = 4096
_KINDS: Final = frozenset({"OpenBadgeCredential", "AchievementCredential", "ClrCredential"})
_NOT_JSON: Final = "It is neither a badge as JSON nor a token."


class Form(StrEnum):
    """The forms that a badge comes in."""

    JSON = "json"
    TOKEN = "jwt"  # noqa: S105 - a form's name
    PNG = "png"
    SVG = "svg"


@dataclass(frozen=True, slots=True)
class NoBadge:
    """The file holds no badge; the reason is a sentence."""

    reason: str


@dataclass(frozen=True, slots=True)
class BrokenBadge:
    """A badge whose proof doesn't hold, or that nobody's proof covers; the reason is a sentence."""

    reason: str
    credential: Document


@dataclass(frozen=True, slots=True)
class KeylessBadge:
    """A badge that names a key which it doesn't bring along."""

    reason: str
    credential: Document


@dataclass(frozen=True, slots=True)
class SoundBadge:
    """A badge whose proof holds: what it says, without the proof, and by whose key.

    `text` is the badge as it stands in the file.
    """

    credential: Document
    signer: Signer
    form: Form
    text: str


ReadBadge = NoBadge | BrokenBadge | KeylessBadge | SoundBadge


def looks_like_badge(data: bytes) -> bool:
    """Whether a file begins as badges do; all others are read as PDF."""
    head = data[:_HEAD_BYTES].lstrip(b"\xef\xbb\xbf \t\r\n")
    return (
        baking.is_png(data) or head.startswith((b"{", b"eyJ")) or (head.startswith(b"<") and b"<svg" in head)
    )


def read_badge(data: bytes, fits: Fits) -> ReadBadge:
    """The badge in a file, with its proof checked. Never raises."""
    if len(data) > (baking.LIMIT_BYTES if baking.is_png(data) else LIMIT_BYTES):
        return NoBadge("The file is larger than any badge.")
    try:
        form, text = _opened(data)
    except NoBadgeInside as problem:
        return NoBadge(str(problem))
    if len(text) > LIMIT_BYTES:
        return NoBadge("The file is larger than any badge.")
    if text.startswith("eyJ"):
        return _read_token(text, form, fits)
    try:
        document = json.loads(text, object_pairs_hook=_once)
        # Half a letter can be neither shown nor looked for.
        sealing.written(document).encode()
    except (ValueError, RecursionError):
        return NoBadge(_NOT_JSON)
    return _read_document(document, form, text, fits)


def _opened(data: bytes) -> tuple[Form, str]:
    if baking.is_png(data):
        return Form.PNG, baking.of_png(data)
    try:
        text = data.decode("utf-8-sig").strip()
    except UnicodeDecodeError as problem:
        raise NoBadgeInside(_NOT_JSON) from problem
    if text.startswith("<"):
        return Form.SVG, baking.of_svg(data)
    return (Form.TOKEN if text.startswith("eyJ") else Form.JSON), text


def _once(pairs: list[tuple[str, Any]]) -> Document:
    """An object that names nothing twice: of two values one would be read by some, the other by others."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("named twice")
    return found


def _read_token(text: str, form: Form, fits: Fits) -> ReadBadge:
    try:
        credential, signer = sealing.token_signer(text, fits)
    except Broken as problem:
        return BrokenBadge(str(problem), {})
    except NoSuchKey as problem:
        return KeylessBadge(str(problem), {})
    except (ValueError, RecursionError):
        return NoBadge(_NOT_JSON)
    if not _is_badge(credential):
        return NoBadge("The token holds no badge.")
    return SoundBadge(credential, signer, form, text)


def _read_document(document: object, form: Form, text: str, fits: Fits) -> ReadBadge:
    if not isinstance(document, dict) or not _is_badge(document):
        return NoBadge("It is JSON, but no Open Badge 3.0.")
    credential = {word: value for word, value in document.items() if word != "proof"}
    try:
        signer = sealing.signer_of(document, fits)
    except Broken as problem:
        return BrokenBadge(str(problem), credential)
    except NoSuchKey as problem:
        return KeylessBadge(str(problem), credential)
    return SoundBadge(credential, signer, form, text)


def _is_badge(document: Mapping[str, Any]) -> bool:
    contexts, kinds = document.get("@context"), document.get("type")
    return (
        isinstance(contexts, list)
        and contexts[:1] == [CREDENTIALS]
        and isinstance(kinds, list)
        and any(isinstance(kind, str) and kind in _KINDS for kind in kinds)
    )
