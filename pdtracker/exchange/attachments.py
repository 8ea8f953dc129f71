"""Files that people attach as evidence: what they really are, and pictures drawn anew.

A name or a browser's word about a file is worth nothing; its bytes decide. Pictures are decoded and written again, so
that nothing but pixels is kept: no place where a photograph was taken, no second file behind the first. PDF files are
kept as they came, and only ever given out to be saved, never shown within our pages.
"""

from __future__ import annotations

import struct
from enum import StrEnum
from pathlib import Path

import puremagic
from PIL import Image, ImageOps

from pdtracker.domain.refusals import Mistyped

MOST_PIXELS = 25_000_000
_HEAD_BYTES = 2048
_TAIL_BYTES = 2048
_JPEG_QUALITY = 88
_PNG_MODES = frozenset({"1", "L", "LA", "P", "RGB", "RGBA"})

_WANTED = "Choose a PDF, JPEG or PNG file."

# Beyond this Pillow itself warns, and refuses twice as much, before it gives out memory.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS


class MediaType(StrEnum):
    """The forms that are taken."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"

    @property
    def ending(self) -> str:
        """The ending of a file's name."""
        return {MediaType.PDF: ".pdf", MediaType.JPEG: ".jpg", MediaType.PNG: ".png"}[self]


def accept(file: Path) -> MediaType:
    """What the file is; a picture is replaced by itself drawn anew. Raises Mistyped for anything else."""
    media_type = _sniffed(file)
    if media_type is MediaType.PDF:
        _require_whole_pdf(file)
    else:
        _draw_anew(file, media_type)
    return media_type


def _sniffed(file: Path) -> MediaType:
    with file.open("rb") as opened:
        head = opened.read(_HEAD_BYTES)
    if not head:
        raise Mistyped("This file is empty. Choose another one.")
    try:
        found = {match.mime_type for match in puremagic.magic_string(head) if match.offset == 0}
    except (puremagic.PureError, ValueError):
        raise Mistyped(_WANTED) from None
    for media_type in MediaType:
        if media_type.value in found:
            return media_type
    raise Mistyped(_WANTED)


def _require_whole_pdf(file: Path) -> None:
    with file.open("rb") as opened:
        if not opened.read(5) == b"%PDF-":
            raise Mistyped(_WANTED)
        opened.seek(0, 2)
        opened.seek(max(0, opened.tell() - _TAIL_BYTES))
        if b"%%EOF" not in opened.read():
            raise Mistyped("This PDF file ends too early. Save it again and choose it once more.")


def _draw_anew(file: Path, media_type: MediaType) -> None:
    too_large = f"This picture has more than {MOST_PIXELS // 1_000_000} million pixels. Save it smaller."
    try:
        with Image.open(file, formats=[media_type.name]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Mistyped(too_large)
            picture.load()
            # A phone writes how it was held beside the pixels; without that word the pixels must stand upright.
            upright = ImageOps.exif_transpose(picture)
        _write(upright, file, media_type)
    except Mistyped:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Mistyped(too_large) from None
    except (OSError, ValueError, SyntaxError, EOFError, struct.error, OverflowError, MemoryError):
        raise Mistyped("This picture is damaged. Save it again, or choose another one.") from None


def _write(picture: Image.Image, file: Path, media_type: MediaType) -> None:
    """Write pixels and nothing else."""
    if "transparency" in picture.info:
        picture = picture.convert("RGBA")
    picture.info.clear()
    if media_type is MediaType.JPEG:
        drawn = picture if picture.mode in {"L", "RGB"} else picture.convert("RGB")
        drawn.save(file, format="JPEG", quality=_JPEG_QUALITY)
        return
    drawn = picture if picture.mode in _PNG_MODES else picture.convert("RGB")
    drawn.save(file, format="PNG", compress_level=4)
