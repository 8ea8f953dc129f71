"""A logo is made small and harmless once, and is then known by its pixels."""

from __future__ import annotations

import io
import random
import struct
import zlib
from dataclasses import replace

import pytest
from PIL import Image

from pdtracker.pdf.logos import PREPARED_BYTES, NotALogo, picture_of, prepare_logo, read_logo
from tests.pdf.test_certificate import logo_png


def test_preparing_twice_changes_nothing() -> None:
    prepared = prepare_logo(logo_png())
    assert prepare_logo(prepared) == prepared
    assert read_logo(prepare_logo(prepared)).digest == read_logo(prepared).digest


def test_a_noisy_photograph_is_made_small_enough() -> None:
    noise = Image.frombytes("RGB", (700, 500), random.Random(1).randbytes(700 * 500 * 3))
    out = io.BytesIO()
    noise.save(out, "JPEG")
    logo = read_logo(prepare_logo(out.getvalue()))
    picture = picture_of(logo)
    assert len(picture.colours) + len(picture.opacity) <= PREPARED_BYTES


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">L", len(body)) + kind + body + struct.pack(">L", zlib.crc32(kind + body))


def bomb(side: int) -> bytes:
    head = struct.pack(">LLBBBBB", side, side, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(1000)))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "data",
    [b"", b"GIF89a", b"<svg/>", logo_png()[:500], bomb(60_000), bomb(6_000), bytes(5_000_000)],
    ids=["nothing", "gif", "svg", "cut", "bomb", "large", "long"],
)
def test_other_files_are_no_logo(data: bytes) -> None:
    with pytest.raises(NotALogo, match=r"Use a"):
        prepare_logo(data)


def test_another_pixel_is_another_logo() -> None:
    logo = read_logo(prepare_logo(logo_png()))
    colours = bytes([logo.colours[0] ^ 1]) + logo.colours[1:]
    assert replace(logo, colours=colours).digest != logo.digest
    with pytest.raises(NotALogo, match="do not fill"):
        replace(logo, width=logo.width + 1)
