"""Badges inside pictures: put into a PNG or an SVG, and taken out again, each in the one place that 1EdTech names.

The picture itself is one drawing for all, so that a badge looks the same for ever and a changed picture is found.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Final
from xml.etree import ElementTree

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_KEYWORD: Final = b"openbadgecredential"
_TEXT: Final = b"iTXt"
_FIRST_BYTES: Final = len(_PNG) + 25
"""The signature and the first chunk, which has to stay the first."""
_NAMESPACE: Final = "https://purl.imsglobal.org/ob/v3p0"
_MOST_CHUNKS: Final = 20_000
LIMIT_BYTES: Final = 10_485_760


class NoBadgeInside(ValueError):
    """The picture holds no badge; the message says it in a sentence."""


def baked_png(badge: str) -> bytes:
    """The picture as PNG with the badge in it."""
    picture = _bundled("badge.png")
    body = _KEYWORD + b"\0\0\0\0\0" + badge.encode()
    chunk = struct.pack(">I", len(body)) + _TEXT + body + struct.pack(">I", zlib.crc32(_TEXT + body))
    return picture[:_FIRST_BYTES] + chunk + picture[_FIRST_BYTES:]


def baked_svg(badge: str) -> bytes:
    """The picture as SVG with the badge in it."""
    head, end, rest = _bundled("badge.svg").partition(b">")
    return head + end + _element(badge) + rest


def is_png(data: bytes) -> bool:
    """Whether it begins as a PNG does."""
    return data.startswith(_PNG)


def of_png(data: bytes) -> str:
    """The badge in a PNG. Raises NoBadgeInside."""
    found = [body for kind, body in _chunks(data) if kind == _TEXT and body.startswith(_KEYWORD + b"\0")]
    if not found:
        raise NoBadgeInside("The picture holds no badge. Programs that save a picture anew leave it out.")
    if len(found) > 1:
        raise NoBadgeInside("The picture holds more than one badge.")
    rest = found[0].removeprefix(_KEYWORD + b"\0")
    parts = rest[2:].split(b"\0", 2)
    if not rest.startswith(b"\0") or len(parts) < 3:
        raise NoBadgeInside("The badge in the picture is packed in a way that badges aren’t.")
    return _text(parts[2])


def of_svg(data: bytes) -> str:
    """The badge in an SVG. Raises NoBadgeInside."""
    # In other encodings the declaration has other bytes, and among them zeros.
    if b"<!ENTITY" in data or b"\0" in data:
        raise NoBadgeInside("The drawing declares entities, which we don’t read.")
    try:
        root = ElementTree.fromstring(data)  # noqa: S314 - without entities, and within the limit
    except (ElementTree.ParseError, ValueError, LookupError) as problem:
        raise NoBadgeInside("The drawing is broken.") from problem
    found = root.findall(f".//{{{_NAMESPACE}}}credential")
    if len(found) != 1:
        raise NoBadgeInside("The drawing holds no badge." if not found else "It holds more than one badge.")
    return (found[0].get("verify") or found[0].text or "").strip()


def is_our_picture(data: bytes, badge: str) -> bool:
    """Whether nothing in the file but the badge differs from the picture that we bake badges into."""
    return data in (baked_png(badge), baked_svg(badge))


def _element(badge: str) -> bytes:
    # The one thing that would end the quotation is written so that JSON reads it as the same.
    quoted = badge.replace("]]>", "]]\\u003e")
    return f"\n<openbadges:credential><![CDATA[{quoted}]]></openbadges:credential>".encode()


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_PNG)
    for _ in range(_MOST_CHUNKS):
        if at + 12 > len(data):
            break
        (length,) = struct.unpack_from(">I", data, at)
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        check = data[at + 8 + length : at + 12 + length]
        if len(check) < 4 or struct.pack(">I", zlib.crc32(kind + body)) != check:
            raise NoBadgeInside("The picture is broken.")
        yield kind, body
        if kind == b"IEND":
            if at + 12 + length != len(data):
                raise NoBadgeInside("Something stands behind the picture’s end.")
            return
        at += 12 + length
    raise NoBadgeInside("The picture is broken.")


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as problem:
        raise NoBadgeInside("The badge in the picture is no text.") from problem


@cache
def _bundled(name: str) -> bytes:
    return files("pdtracker.exchange.open_badges").joinpath(name).read_bytes()
