"""A report's bytes as text: which encoding, and what is no text at all."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pdtracker.domain.refusals import Mistyped
from pdtracker.exchange.limits import REPORT, Limits

LIMIT_BYTES: Final = REPORT.bytes

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
ENCODINGS: Final = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16, big-endian",
    "cp1252": "Windows, Western European",
}
"""What a person can choose, with its words."""

_SAMPLE_BYTES: Final = 4096
_NOT_TEXT: Final = (
    (b"%PDF", "This is a PDF. Choose the report as a CSV or Excel file."),
    (b"\xd0\xcf\x11\xe0", "This is an old Excel file. Save it as .xlsx or CSV and choose that."),
    (b"\x1f\x8b", "This file is compressed. Unpack it and choose the report itself."),
)


@dataclass(frozen=True, slots=True)
class Text:
    """A file's text and the name of the encoding that it came in."""

    body: bytes
    encoding: str

    def lines(self) -> Iterator[str]:
        """Its lines with what ends them, CRLF, LF or CR; decoded one after the other, never all at once."""
        return io.TextIOWrapper(io.BytesIO(self.body), self.encoding, errors="replace", newline="")


def decoded(data: bytes, encoding: str | None = None, limits: Limits = REPORT) -> Text:
    """The text of a report or a roster. Raises Mistyped, with what to do, for a file that is none.

    A mark at the beginning decides, then strict UTF-8, then the NUL bytes of UTF-16; what is left is taken for
    cp1252. `encoding` is what somebody chose instead.
    """
    if not data.strip():
        raise Mistyped("This file is empty. Choose another one.")
    if len(data) > limits.bytes:
        raise Mistyped(f"This file has more than {limits.bytes // 1024**2} MB. {limits.advice}")
    for magic, sentence in _NOT_TEXT:
        if data.startswith(magic):
            raise Mistyped(sentence)
    for mark, marked in _MARKS:
        if data.startswith(mark):
            return Text(data[len(mark) :], encoding or marked)
    if encoding:
        return Text(data, encoding)
    return _unmarked(data, limits)


def _unmarked(data: bytes, limits: Limits) -> Text:
    sample = data[:_SAMPLE_BYTES]
    wide = _wide_encoding(sample)
    if wide:
        return Text(data, wide)
    if _is_binary(sample):
        raise Mistyped(f"This is no {limits.thing}: it isn’t text. Choose a CSV, text or Excel file.")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return Text(data, "cp1252")
    return Text(data, "utf-8")


def _wide_encoding(sample: bytes) -> str | None:
    """UTF-16 by where its NUL bytes stand: Latin text has one in nearly every pair."""
    pairs = len(sample) // 2
    if not pairs:
        return None
    if sample[1::2].count(0) > pairs * 0.6:
        return "utf-16-le"
    return "utf-16-be" if sample[0::2].count(0) > pairs * 0.6 else None


def _is_binary(sample: bytes) -> bool:
    """More than a stray control character: some reports hold single NUL bytes."""
    odd = sum(byte < 32 and byte not in b"\t\n\r\x0c" for byte in sample)
    return odd > max(4, len(sample) // 20)
