"""A district's logo: prepared once when it is uploaded, drawn from its pixels or shapes, known by their hash."""

from __future__ import annotations

import hashlib
import io
import struct
import warnings
import zlib
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

from PIL import Image

from pdtracker.pdf.drawings import HEAD, drawing_of, is_drawing, weight
from pdtracker.pdf.objects import Picture
from pdtracker.pdf.svg import NotADrawing, read_svg

LIMIT_BYTES: Final = 4_194_304
LIMIT_PIXELS: Final = 25_000_000
LONGEST_SIDE: Final = 480
PREPARED_BYTES: Final = 7_168
"""What a logo may add to each certificate."""
SIGNATURE_BYTES: Final = 4_096
"""What a signature may add."""
INK: Final = (20, 32, 31)
"""The colour in which a signature is printed, whatever pen or scanner it came from."""

_LEVELS: Final = 24
"""Steps of each colour that a logo keeps; finer ones are noise that costs bytes."""
_PAPER: Final = 214
"""What is lighter than this in a scanned signature is paper."""


class NotALogo(ValueError):
    """The file is not a picture that can stand on a certificate; the sentence says why."""


@dataclass(frozen=True)
class Logo:
    """Pixels, three bytes of colour and one of opacity for each; or a drawing: its `strokes`, and no pixels."""

    width: int
    height: int
    colours: bytes = b""
    opacity: bytes = b""
    strokes: bytes = b""

    def __post_init__(self) -> None:
        if self.strokes:
            if (
                min(self.width, self.height) < 1
                or self.colours
                or self.opacity
                or not is_drawing(self.strokes)
            ):
                raise NotALogo("These are no strokes of a drawing.")
            return
        pixels = self.width * self.height
        if (
            self.width < 1
            or self.height < 1
            or (len(self.colours), len(self.opacity)) != (3 * pixels, pixels)
        ):
            raise NotALogo("The pixels do not fill the picture.")

    @cached_property
    def digest(self) -> str:
        """SHA-256 of size and pixels or strokes: what a snapshot says of the logo on its sheet."""
        size = struct.pack(">LL", self.width, self.height)
        if self.strokes:
            return hashlib.sha256(HEAD + size + self.strokes).hexdigest()
        return hashlib.sha256(size + self.colours + self.opacity).hexdigest()


def prepare_logo(data: bytes) -> bytes:
    """What to keep of an uploaded PNG or JPEG: a PNG, re-encoded, at most 480 pixels a side; of an SVG: a drawing.

    Either adds at most 7 KB to a sheet. Raises NotALogo with a sentence.
    """
    if _is_svg(data):
        return _drawn(data)
    picture = _uploaded(data)
    red, green, blue, opacity = picture.split()
    steps = [round(round(value / 255 * _LEVELS) / _LEVELS * 255) for value in range(256)]
    rounded = Image.merge("RGBA", [each.point(steps) for each in (red, green, blue, opacity)])
    return _within(rounded, PREPARED_BYTES)


def prepare_signature(data: bytes) -> bytes:
    """The PNG to keep for an uploaded signature: dark ink on clear ground, at most 4 KB on a sheet.

    Raises NotALogo with a sentence.
    """
    picture = _uploaded(data)
    white = Image.new("RGBA", picture.size, (255, 255, 255, 255))
    light = Image.alpha_composite(white, picture).convert("L")
    # Eight steps from paper to ink: enough for smooth edges.
    strength = [
        0 if value > _PAPER else round((_PAPER - value) / _PAPER * 8) * 255 // 8 for value in range(256)
    ]
    opacity = light.point([min(255, 2 * each) for each in strength])
    box = opacity.getbbox()
    if box is None:
        raise NotALogo("The picture shows nothing. Use dark ink on white paper, or on a clear ground.")
    inked = Image.new("RGBA", picture.size, (*INK, 255))
    inked.putalpha(opacity)
    return _within(inked.crop(box), SIGNATURE_BYTES)


def _uploaded(data: bytes) -> Image.Image:
    """The uploaded picture without its clear edges, at most 480 pixels a side."""
    if len(data) > LIMIT_BYTES:
        raise NotALogo("Use a picture of at most 4 MB.")
    picture = _opened(data, ("PNG", "JPEG")).convert("RGBA")
    if box := picture.getchannel("A").getbbox():
        picture = picture.crop(box)
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return picture


def _within(picture: Image.Image, limit_bytes: int) -> bytes:
    """The picture as PNG, made smaller until it adds no more than this to a sheet."""
    while len(_picture(logo := _logo_of(picture)).colours) + len(_picture(logo).opacity) > limit_bytes:
        width, height = picture.size
        picture = picture.resize(
            (max(1, width * 9 // 10), max(1, height * 9 // 10)),
            Image.Resampling.NEAREST if width < 60 else Image.Resampling.LANCZOS,
        )
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _is_svg(data: bytes) -> bool:
    """Whether it begins as a text with markup does, not as a picture."""
    return data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def _drawn(data: bytes) -> bytes:
    try:
        width, height, strokes = drawing_of(read_svg(data))
    except NotADrawing as problem:
        raise NotALogo(str(problem)) from problem
    except (ValueError, OverflowError) as problem:
        raise NotALogo("The drawing shows nothing. Give its shapes a fill or a line.") from problem
    if not is_drawing(strokes):
        # What reaches so far beyond what shows, or is so long, could be kept and then on no sheet be drawn.
        raise NotALogo(
            "The drawing reaches too far beyond what shows of it, or has too many points. Crop and simplify it,"
            " or use a PNG."
        )
    if (added := weight(strokes)) > PREPARED_BYTES:
        raise NotALogo(
            f"The drawing has too much detail: it would add {added // 1024} KB to each certificate, and"
            f" {PREPARED_BYTES // 1024} KB is the most. Simplify it, or use a PNG."
        )
    return HEAD + f"{width} {height}\n".encode() + strokes


@lru_cache(maxsize=64)
def read_logo(prepared: bytes) -> Logo:
    """A prepared logo. Raises NotALogo."""
    if prepared.startswith(HEAD):
        size, _, strokes = prepared.removeprefix(HEAD).partition(b"\n")
        width, height = map(int, size.split())
        return Logo(width, height, strokes=strokes)
    return _logo_of(_opened(prepared, ("PNG",)).convert("RGBA"))


@lru_cache(maxsize=64)
def picture_of(logo: Logo) -> Picture:
    """The logo as an image object, compressed once."""
    return _picture(logo)


def _picture(logo: Logo) -> Picture:
    if logo.strokes:
        return Picture(logo.width, logo.height, b"", b"", zlib.compress(logo.strokes, 9))
    return Picture(logo.width, logo.height, zlib.compress(logo.colours, 9), zlib.compress(logo.opacity, 9))


def _opened(data: bytes, formats: tuple[str, ...]) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data), formats=formats)
            if picture.width * picture.height > LIMIT_PIXELS:
                raise NotALogo("Use a picture of at most 25 million pixels.")
            picture.load()
    except NotALogo:
        raise
    except Exception as problem:  # Pillow raises many kinds for broken files
        raise NotALogo("Use a PNG, JPEG or SVG picture; this file can’t be read as one.") from problem
    return picture


def _logo_of(picture: Image.Image) -> Logo:
    """Fully clear pixels become white, so that equal looks are equal bytes."""
    clear = Image.new("RGBA", picture.size, (255, 255, 255, 0))
    shown = Image.composite(picture, clear, picture.getchannel("A").point(lambda value: 255 if value else 0))
    return Logo(*picture.size, shown.convert("RGB").tobytes(), shown.getchannel("A").tobytes())
