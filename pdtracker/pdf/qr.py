"""The QR code of a certificate's address, made by XOR.

All addresses of an installation have one length, so their codes have one version and mask, and a QR matrix of fixed
version and mask is affine over GF(2) in the bits of its text: error correction is linear, the mask is a constant. The
code of an address is therefore the code of a base address, XOR one precomputed matrix for each bit that differs. The
matrices come from segno, once for each installation's address; making a code is then a few XORs of long integers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import segno

QUIET_MODULES: Final = 4

_BASE: Final = "0"


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code as a one-bit image: rows of `side` modules, each row padded to whole bytes, 1 is dark."""

    side: int
    rows: bytes


@dataclass(frozen=True, slots=True)
class _Frame:
    """What codes of one prefix and length share."""

    version: int
    mask: int
    error: str
    side: int
    base: int


def code_of(prefix: str, tail: str) -> Code:
    """The QR code of `prefix + tail`, both ASCII; error correction M, or better where it costs no room."""
    frame = _frame(prefix, len(tail))
    bits = frame.base
    for place, letter in enumerate(tail):
        bits ^= _difference(prefix, len(tail), place, letter)
    return Code(frame.side, bits.to_bytes(frame.side * _row_bytes(frame.side)))


@lru_cache(maxsize=16)
def _frame(prefix: str, length: int) -> _Frame:
    code = segno.make(prefix + _BASE * length, error="m", mode="byte", micro=False)
    side = len(code.matrix)
    return _Frame(int(code.version), code.mask, code.error, side, _bits(code))


@lru_cache(maxsize=16384)
def _difference(prefix: str, length: int, place: int, letter: str) -> int:
    """What a letter at this place changes against the base letter."""
    if not letter.isascii():
        raise ValueError("an address is ASCII")
    differing, total = ord(letter) ^ ord(_BASE), 0
    for bit in range(7):
        if differing >> bit & 1:
            total ^= _bit_difference(prefix, length, place, bit)
    return total


@lru_cache(maxsize=4096)
def _bit_difference(prefix: str, length: int, place: int, bit: int) -> int:
    frame = _frame(prefix, length)
    changed = chr(ord(_BASE) ^ 1 << bit)
    text = prefix + _BASE * place + changed + _BASE * (length - place - 1)
    code = segno.make(
        text.encode(),
        error=frame.error,
        version=frame.version,
        mask=frame.mask,
        mode="byte",
        boost_error=False,
    )
    return frame.base ^ _bits(code)


def _bits(code: segno.QRCode) -> int:
    """The matrix as one number, row after row, each padded to whole bytes."""
    side = len(code.matrix)
    padding = 8 * _row_bytes(side) - side
    total = 0
    for row in code.matrix:
        for module in row:
            total = total << 1 | module & 1
        total <<= padding
    return total


def _row_bytes(side: int) -> int:
    return -(-side // 8)
