"""The colour profile that each file carries: sRGB, so that its colours mean the same on every screen and press.

Written here from the numbers of IEC 61966-2-1, adapted to D50 as profiles of ICC.1:2010 (version 4.2) are, in 508
bytes that never change. No other party's profile is shipped, so there is no other party's licence to keep.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from typing import Final

_DAY: Final = (2014, 10, 1, 0, 0, 0)
_D50: Final = (0xF6D6, 0x10000, 0xD32D)
_RED: Final = (0x6FA2, 0x38F5, 0x0390)
_GREEN: Final = (0x6299, 0xB785, 0x18DA)
_BLUE: Final = (0x24A0, 0x0F84, 0xB6CF)
_FROM_D65_TO_D50: Final = (0x10C42, 0x05DE, -0x0CDB, 0x0793, 0xFD8E, -0x045F, -0x025E, 0x03DC, 0xC06E)
_CURVE: Final = (0x26666, 0xF2A7, 0x0D59, 0x13D0, 0x0A5B)
"""2.4, 1/1.055, 0.055/1.055, 1/12.92, 0.04045: below the last a straight line, above it the power."""
_HEAD_BYTES: Final = 128


def _numbers(kind: bytes, values: Sequence[int], before: bytes = b"") -> bytes:
    """A tag's value of 16.16 fixed-point numbers."""
    return kind + bytes(4) + before + struct.pack(f">{len(values)}i", *values)


def _words(text: str) -> bytes:
    """A tag's value of one English text."""
    said = text.encode("utf-16-be")
    value = b"mluc" + bytes(4) + struct.pack(">II4sII", 1, 12, b"enUS", len(said), 28) + said
    return value + bytes(-len(value) % 4)


def _profile() -> bytes:
    """Header, table of tags, values; the three channels share one curve."""
    curve = _numbers(b"para", _CURVE, struct.pack(">HH", 3, 0))
    values = {
        b"desc": _words("sRGB"),
        b"cprt": _words("No rights reserved"),
        b"wtpt": _numbers(b"XYZ ", _D50),
        b"chad": _numbers(b"sf32", _FROM_D65_TO_D50),
        b"rXYZ": _numbers(b"XYZ ", _RED),
        b"gXYZ": _numbers(b"XYZ ", _GREEN),
        b"bXYZ": _numbers(b"XYZ ", _BLUE),
        b"rTRC": curve,
        b"gTRC": curve,
        b"bTRC": curve,
    }
    at = _HEAD_BYTES + 4 + 12 * len(values)
    table, body, places = struct.pack(">I", len(values)), b"", dict[bytes, int]()
    for name, value in values.items():
        if value not in places:
            places[value] = at + len(body)
            body += value
        table += struct.pack(">4sII", name, places[value], len(value))
    size = at + len(body)
    head = struct.pack(">I4xI4s4s4s6H4s", size, 0x04200000, b"mntr", b"RGB ", b"XYZ ", *_DAY, b"acsp")
    return (head + bytes(28) + struct.pack(">3i", *_D50)).ljust(_HEAD_BYTES, b"\0") + table + body


PROFILE: Final = _profile()
COMPONENTS: Final = 3
COMPRESSED: Final = zlib.compress(PROFILE, 9)
