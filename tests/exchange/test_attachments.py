"""Files are what their bytes say; pictures are drawn anew and keep nothing but pixels."""

from __future__ import annotations

import io
import struct
import time
import zlib
from pathlib import Path

import pytest
from PIL import Image

from pdtracker.domain.refusals import Mistyped
from pdtracker.exchange.attachments import MediaType, accept

GPS = 0x8825
ORIENTATION = 0x0112


def _file(folder: Path, content: bytes) -> Path:
    file = folder / "coming"
    file.write_bytes(content)
    return file


def _picture(form: str, size: tuple[int, int] = (40, 30), mode: str = "RGB", **more: object) -> bytes:
    held = io.BytesIO()
    Image.new(mode, size, "red" if mode == "RGB" else 1).save(held, form, **more)
    return held.getvalue()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _png_bomb(width: int, height: int) -> bytes:
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + _chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + _chunk(b"IEND", b"")


@pytest.mark.parametrize(("form", "media_type"), [("PNG", MediaType.PNG), ("JPEG", MediaType.JPEG)])
def test_pictures_are_taken(tmp_path: Path, form: str, media_type: MediaType) -> None:
    file = _file(tmp_path, _picture(form))
    assert accept(file) is media_type
    with Image.open(file) as picture:
        assert (picture.format, picture.size) == (form, (40, 30))


def test_where_a_photograph_was_taken_is_not_kept_and_it_stands_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[GPS] = {1: "N", 2: (42.0, 21.0, 0.0)}
    exif[ORIENTATION] = 6
    file = _file(tmp_path, _picture("JPEG", exif=exif, comment=b"taken at home"))
    accept(file)
    with Image.open(file) as picture:
        assert dict(picture.getexif()) == {}
        assert "comment" not in picture.info
        assert picture.size == (30, 40)


def test_what_hides_behind_a_picture_is_not_kept(tmp_path: Path) -> None:
    file = _file(tmp_path, _picture("PNG") + b"<script>alert(1)</script>PK\x03\x04")
    accept(file)
    assert b"script" not in file.read_bytes()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_pictures_of_every_mode_are_taken(tmp_path: Path, mode: str) -> None:
    held = io.BytesIO()
    Image.new(mode, (8, 8)).save(held, "PNG")
    assert accept(_file(tmp_path, held.getvalue())) is MediaType.PNG


@pytest.mark.parametrize(
    ("width", "height"), [(5001, 5000), (60_000, 60_000), (2**31 - 1, 2**31 - 1), (1, 30_000_000)]
)
def test_a_png_bomb_is_refused_before_it_takes_memory(tmp_path: Path, width: int, height: int) -> None:
    began = time.perf_counter()
    with pytest.raises(Mistyped):
        accept(_file(tmp_path, _png_bomb(width, height)))
    assert time.perf_counter() - began < 30


def test_a_text_bomb_in_a_png_is_refused(tmp_path: Path) -> None:
    text = _chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"0" * 80_000_000, 9))
    whole = _picture("PNG")
    with pytest.raises(Mistyped):
        accept(_file(tmp_path, whole[:33] + text + whole[33:]))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><body>I am a PDF</body></html>",
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        b"GIF89a" + b"\0" * 100,
        b"PK\x03\x04" + b"\0" * 100,
        b"MZ" + b"\0" * 100,
        b"\x89PNG\r\n\x1a\n",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 500,
        b"\xff\xd8\xff\xe0" + b"\0" * 500,
        b"%PDF-1.7 and then nothing",
        b"  %PDF-1.7\n%%EOF",
        b"plain words",
    ],
)
def test_everything_else_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(Mistyped):
        accept(_file(tmp_path, content))


def test_a_cut_off_picture_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Mistyped, match="damaged"):
        accept(_file(tmp_path, _picture("PNG", (400, 400))[:-40]))


def test_a_pdf_is_kept_as_it_came(tmp_path: Path) -> None:
    content = b"%PDF-1.4\n<script>harmless when saved</script>\n%%EOF"
    file = _file(tmp_path, content)
    assert accept(file) is MediaType.PDF
    assert file.read_bytes() == content
