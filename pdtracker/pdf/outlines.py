"""Rebuilds a cut TrueType font: without hinting programs, and with letters put together from base and marks.

A letter that the typeface lacks but can be spelled (Ṣ is S with a dot below) becomes a composite outline: the base, and
each mark centred above or below it, higher over capitals, lower under descenders. Hinting goes, because its programs
would not fit such letters, today's readers pass over it, and it is a third of the bytes. A schwa is an e that stands on
its head.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from reportlab.pdfbase.ttfonts import TTFontMaker

_WORDS: Final = 0x0001
_XY: Final = 0x0002
_SCALE: Final = 0x0008
_MORE: Final = 0x0020
_XY_SCALE: Final = 0x0040
_MATRIX: Final = 0x0080
_INSTRUCTIONS: Final = 0x0100
_TALL: Final = 1.15  # times the x-height: above it a mark has to rise
_DEEP: Final = -0.1  # times the x-height: below it a mark has to sink
_BELOW: Final = 0.12  # times the x-height: air over a mark that was drawn for above and stands below


class Box(NamedTuple):
    """Where the ink of an outline is, in units of the font."""

    left: int
    bottom: int
    right: int
    top: int


class Spelled(NamedTuple):
    """A letter to put together: the code whose outline is its base, and the codes of its marks."""

    code: int
    marks: tuple[tuple[int, bool], ...]
    """Code of each mark's outline, and whether it stands below."""
    turned: float = 0.0
    """Not 0: the base stands on its head, so many times its size."""


def place(base: Box, mark: Box, below: bool, x_height: int) -> tuple[int, int, Box]:
    """How far a mark moves to stand over or under the base, and the box of both."""
    across = (base.left + base.right - mark.left - mark.right) // 2
    if not below:
        up = base.top - x_height if base.top > _TALL * x_height else 0
    else:
        sunk = min(0, base.bottom) if base.bottom < _DEEP * x_height else 0
        up = sunk if mark.top <= 0 else sunk - mark.top - round(_BELOW * x_height)
    both = Box(
        min(base.left, mark.left + across),
        min(base.bottom, mark.bottom + up),
        max(base.right, mark.right + across),
        max(base.top, mark.top + up),
    )
    return across, up, both


def box_of(glyph: bytes) -> Box:
    """The box that an outline states; all zero for a blank."""
    return Box(*struct.unpack_from(">2x4h", glyph)) if glyph else Box(0, 0, 0, 0)


def rebuilt(program: bytes, spelled: Sequence[Spelled], x_height: int) -> bytes:
    """The font with the same codes, plain outlines, and the spelled letters at their codes."""
    tables = _tables(program)
    glyphs = [_plain_glyph(glyph) for glyph in _glyphs(tables)]
    codes = _codes(tables["cmap"])
    metrics = _metrics(tables, len(glyphs))
    for letter in spelled:
        base = codes[letter.code]
        if letter.turned:
            glyphs.append(_turned(glyphs, base, letter.turned))
        else:
            marks = [(codes[mark], below) for mark, below in letter.marks]
            glyphs.append(_composed(glyphs, base, marks, x_height))
        metrics.append((round(metrics[base][0] * (letter.turned or 1)), box_of(glyphs[-1]).left))
        codes[letter.code] = len(glyphs) - 1
    at, places = 0, [0]
    for glyph in glyphs:
        at += len(glyph)
        places.append(at)
    depth = struct.unpack_from(">H", tables["maxp"], 30)[0] + 1
    maker = TTFontMaker()
    maker.add("hhea", tables["hhea"][:34] + struct.pack(">H", len(glyphs)))
    maker.add("hmtx", b"".join(struct.pack(">Hh", *metric) for metric in metrics))
    maker.add("cmap", tables["cmap"][:22] + struct.pack(f">{len(codes)}H", *codes))
    maker.add("head", tables["head"][:50] + struct.pack(">h", 1) + tables["head"][52:])
    maker.add(
        "maxp",
        tables["maxp"][:4]
        + struct.pack(">H", len(glyphs))
        + tables["maxp"][6:26]
        + struct.pack(">HHH", 0, 8, depth),
    )
    maker.add("glyf", b"".join(glyphs))
    maker.add("loca", struct.pack(f">{len(places)}L", *places))
    made: bytes = maker.makeStream()
    return made


def _tables(program: bytes) -> dict[str, bytes]:
    count = struct.unpack_from(">H", program, 4)[0]
    entries = [struct.unpack_from(">4s4xLL", program, 12 + 16 * number) for number in range(count)]
    return {tag.decode(): program[start : start + length] for tag, start, length in entries}


def _glyphs(tables: dict[str, bytes]) -> list[bytes]:
    loca = tables["loca"]
    if struct.unpack_from(">h", tables["head"], 50)[0] == 0:
        places = [2 * half for half in struct.unpack(f">{len(loca) // 2}H", loca)]
    else:
        places = list(struct.unpack(f">{len(loca) // 4}L", loca))
    return [tables["glyf"][start:stop] for start, stop in pairwise(places)]


def _codes(cmap: bytes) -> list[int]:
    """Outline by code; reportlab writes one table of format 6 that begins at code 0."""
    return list(struct.unpack_from(f">{(len(cmap) - 22) // 2}H", cmap, 22))


def _metrics(tables: dict[str, bytes], count: int) -> list[tuple[int, int]]:
    """Advance and left bearing of each outline; the last advance holds for all that follow it."""
    full = struct.unpack_from(">H", tables["hhea"], 34)[0]
    metrics = [struct.unpack_from(">Hh", tables["hmtx"], 4 * number) for number in range(full)]
    for number in range(count - full):
        metrics.append(
            (metrics[full - 1][0], struct.unpack_from(">h", tables["hmtx"], 4 * full + 2 * number)[0])
        )
    return metrics


def _composed(glyphs: Sequence[bytes], base: int, marks: Sequence[tuple[int, bool]], x_height: int) -> bytes:
    box, parts = box_of(glyphs[base]), [(base, 0, 0)]
    for mark, below in marks:
        across, up, box = place(box, box_of(glyphs[mark]), below, x_height)
        parts.append((mark, across, up))
    out = struct.pack(">h4h", -1, *box)
    for number, (glyph, across, up) in enumerate(parts):
        more = _MORE if number < len(parts) - 1 else 0
        out += struct.pack(">HHhh", _WORDS | _XY | more, glyph, across, up)
    return out + bytes(-len(out) % 4)


def turned_box(base: Box, scale: float) -> Box:
    """The box of an outline on its head: it stands where the outline stood."""
    right, top = base.left + scale * (base.right - base.left), base.bottom + scale * (base.top - base.bottom)
    return Box(base.left, base.bottom, round(right), round(top))


def _turned(glyphs: Sequence[bytes], base: int, scale: float) -> bytes:
    box = box_of(glyphs[base])
    across, up = round(box.left + scale * box.right), round(box.bottom + scale * box.top)
    out = struct.pack(">h4h", -1, *turned_box(box, scale))
    out += struct.pack(">HHhhh", _WORDS | _XY | _SCALE, base, across, up, round(-scale * 16384))
    return out + bytes(-len(out) % 4)


def _plain_glyph(glyph: bytes) -> bytes:
    """One outline without its instructions, padded to four bytes."""
    if not glyph:
        return b""
    contours = struct.unpack_from(">h", glyph)[0]
    plain = _plain_composite(glyph) if contours < 0 else _plain_outline(glyph, contours)
    return plain + bytes(-len(plain) % 4)


def _plain_outline(glyph: bytes, contours: int) -> bytes:
    at = 10 + 2 * contours
    instructions = struct.unpack_from(">H", glyph, at)[0]
    return glyph[:at] + b"\0\0" + glyph[at + 2 + instructions :]


def _plain_composite(glyph: bytes) -> bytes:
    at, out = 10, bytearray(glyph[:10])
    more = True
    while more:
        flags = struct.unpack_from(">H", glyph, at)[0]
        size = 4 + (4 if flags & _WORDS else 2)
        size += 2 if flags & _SCALE else 0
        size += 4 if flags & _XY_SCALE else 0
        size += 8 if flags & _MATRIX else 0
        out += struct.pack(">H", flags & ~_INSTRUCTIONS) + glyph[at + 2 : at + size]
        at += size
        more = bool(flags & _MORE)
    return bytes(out)
