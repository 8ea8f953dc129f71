"""Reads a certificate back from a PDF that anybody may have sent.

Whatever the file is, the answer is one of three values: a record, a record that cannot be read, or no certificate. No
exception of the PDF library leaves this module, sizes and decompression are limited, and nothing in the file is run.
"""

from __future__ import annotations

import io
import logging
from dataclasses import dataclass
from typing import Final

from pypdf import Configuration, PdfReader, apply_configuration
from pypdf.generic import ArrayObject, DictionaryObject, NumberObject, StreamObject

from pdtracker.domain.appearance import MOST_SIGNATORIES
from pdtracker.pdf.logos import Logo
from pdtracker.pdf.record import BADGE_NAME, NAME, RECORD_LIMIT_BYTES, NotARecord, SignedRecord

LIMIT_BYTES: Final = 1_048_576
STREAM_LIMIT_BYTES: Final = 4_194_304

LIMITS: Final = Configuration(
    maximum_declared_stream_length=STREAM_LIMIT_BYTES,
    array_based_stream_maximum_output_length=STREAM_LIMIT_BYTES,
    zlib_maximum_output_length=STREAM_LIMIT_BYTES,
    zlib_maximum_recovery_input_length=65_536,
    lzw_maximum_output_length=STREAM_LIMIT_BYTES,
    run_length_maximum_output_length=STREAM_LIMIT_BYTES,
    brotli_maximum_output_length=STREAM_LIMIT_BYTES,
    jbig2_maximum_output_length=STREAM_LIMIT_BYTES,
    image_maximum_buffer_size=STREAM_LIMIT_BYTES,
    stream_filters_maximum_length=2,
    stream_decoding_work_maximum_length=4 * STREAM_LIMIT_BYTES,
    array_maximum_element_count=20_000,
    dictionary_maximum_element_count=5_000,
    page_tree_maximum_entries=1_000,
    jbig2dec_binary=None,
)

logging.getLogger("pypdf").addHandler(
    logging.NullHandler()
)  # what is wrong with a file is told by the verdict


@dataclass(frozen=True, slots=True)
class ReadCertificate:
    """The signed record that the file carries, the badge beside it if there is one, and the pictures on its page.

    Of the pictures the logo comes first, then the signatures.
    """

    record: SignedRecord
    pictures: tuple[Logo, ...]
    badge: bytes | None = None


@dataclass(frozen=True, slots=True)
class BrokenCertificate:
    """The file carries something under a record's name that no certificate of ours carries."""

    reason: str


@dataclass(frozen=True, slots=True)
class NotACertificate:
    """The file is no certificate of ours."""

    reason: str


def read_certificate(data: bytes) -> ReadCertificate | BrokenCertificate | NotACertificate:
    """What the file carries. Nothing is verified here."""
    if len(data) > LIMIT_BYTES:
        return NotACertificate("The file is larger than any certificate.")
    if not data.startswith(b"%PDF-"):
        return NotACertificate("The file is not a PDF, whatever its name says.")
    try:
        with apply_configuration(LIMITS):
            reader = PdfReader(io.BytesIO(data), root_object_recovery_limit=500)
            attached = reader.attachments.get(NAME, [])
            badges = reader.attachments.get(BADGE_NAME, [])
            pictures = _pictures(reader) if attached else ()
    except Exception:  # noqa: BLE001 - the library's errors, and whatever a malformed file makes it run into
        return NotACertificate("The file can’t be read as a PDF.")
    if not attached:
        return NotACertificate("The PDF carries no signed record.")
    if len(attached) > 1 or len(attached[0]) > RECORD_LIMIT_BYTES:
        return BrokenCertificate("The PDF carries another record than a certificate has.")
    if len(badges) > 1:
        return BrokenCertificate("The PDF carries more badges than a certificate has.")
    try:
        return ReadCertificate(SignedRecord.from_bytes(attached[0]), pictures, *badges)
    except NotARecord:
        return BrokenCertificate("The attached record can’t be read as one that was issued.")


def _pictures(reader: PdfReader) -> tuple[Logo, ...]:
    """The first page's pictures as pixels or drawings, as many as a certificate may have; none when it shows none."""
    resources = reader.pages[0]["/Resources"].get_object()
    if not isinstance(resources, DictionaryObject) or "/XObject" not in resources:
        return ()
    held = resources["/XObject"].get_object()
    if not isinstance(held, DictionaryObject):
        return ()
    names = [name for number in range(MOST_SIGNATORIES + 1) if (name := f"/Im{number}") in held]
    found = [_picture(held[name].get_object()) for name in names]
    return tuple(each for each in found if each)


def _picture(picture: object) -> Logo | None:
    if isinstance(picture, StreamObject) and picture.get("/Subtype") == "/Form":
        box = picture["/BBox"]
        if not isinstance(box, ArrayObject) or len(box) != 4:
            return None
        return Logo(int(box[2]), int(box[3]), strokes=picture.get_data())
    opacity = picture["/SMask"].get_object() if isinstance(picture, StreamObject) else None
    if not isinstance(picture, StreamObject) or not isinstance(opacity, StreamObject):
        return None
    width, height = picture["/Width"], picture["/Height"]
    if not isinstance(width, NumberObject) or not isinstance(height, NumberObject):
        return None
    return Logo(int(width), int(height), picture.get_data(), opacity.get_data())
