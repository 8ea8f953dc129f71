"""A file is the issued one only when every byte is ours: compression may differ, and nothing else."""

from __future__ import annotations

import io
import os
import random
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pikepdf
import pytest
from pypdf import PdfWriter

from pdtracker.pdf.certificate import render
from pdtracker.pdf.comparison import same_document
from pdtracker.pdf.verdict import FileMatch, Finding, Verdict, examine
from pdtracker.signing import verify
from tests.certifying import text_of, with_a_bit_flipped
from tests.pdf.sheets import CASES, key, signed, snapshot

GENUINE = render(*signed(CASES["three"]))
OTHER = render(*signed(snapshot(holder="Mallory Reyes", seed="m")))
FORGED = b"BT /FH 30 Tf 1 0 0 1 90 380 Tm (250 hours, Mallory Forger) Tj ET"
FLIPS = int(os.environ.get("PDTRACKER_FLIPS", "300"))


def judge(data: bytes) -> Verdict:
    return examine(data, {key().kid: key().public}, verify)


def is_altered(data: bytes) -> bool:
    return judge(data).finding == Finding.ALTERED


@dataclass
class Piece:
    """One object of a file in our layout."""

    head: bytes
    packed: bytes

    @property
    def number(self) -> int:
        return int(self.head.split()[0])

    @property
    def is_deflated(self) -> bool:
        return b"/FlateDecode" in self.head

    @property
    def text(self) -> bytes:
        return zlib.decompress(self.packed) if self.is_deflated else self.packed


class Laid:
    """A file taken apart, to be put together again with everything right about it but what a test changes."""

    def __init__(self, data: bytes) -> None:
        self.header = data[:15]
        self.pieces: list[Piece] = []
        at = 15
        while found := re.compile(rb"([0-9]+ 0 obj\n<<[^\0]*?/Length )([0-9]+)>>\nstream\n").match(data, at):
            end = found.end() + int(found[2])
            self.pieces.append(Piece(found[1], data[found.end() : end]))
            at = end + len(b"\nendstream\nendobj\n")

    def piece(self, mark: bytes) -> Piece:
        """The one whose dictionary or unpacked data has the mark."""
        return next(piece for piece in self.pieces if mark in piece.head or mark in piece.text)

    @property
    def content(self) -> Piece:
        return self.piece(b"BT ")

    @property
    def packed_objects(self) -> Piece:
        return self.piece(b"/Type /ObjStm")

    @property
    def table(self) -> Piece:
        return self.pieces[-1]

    def bytes(self, level: int = 6) -> bytes:
        """The file, with lengths and places that are right."""
        out, places = self.header, dict[int, int]()
        for piece in self.pieces:
            places[piece.number] = len(out)
            if piece is self.table:
                rows = bytearray(piece.text)
                for number, place in places.items():
                    rows[number * 7 + 1 : number * 7 + 5] = place.to_bytes(4)
                piece.packed = zlib.compress(rows, level)
            out += b"%b%d>>\nstream\n%b\nendstream\nendobj\n" % (piece.head, len(piece.packed), piece.packed)
        return out + b"startxref\n%d\n%%%%EOF\n" % places[self.table.number]


def changed(change: Callable[[Laid], None]) -> bytes:
    laid = Laid(GENUINE)
    change(laid)
    return laid.bytes()


def in_data(pick: Callable[[Laid], Piece], old: bytes, new: bytes) -> Callable[[Laid], None]:
    def change(laid: Laid) -> None:
        piece = pick(laid)
        assert old in piece.text
        text = piece.text.replace(old, new, 1)
        piece.packed = zlib.compress(text) if piece.is_deflated else text

    return change


# What may differ


@pytest.mark.parametrize("level", [1, 2, 6, 9])
def test_the_same_streams_deflated_otherwise_are_genuine_and_differ(level: int) -> None:
    laid = Laid(GENUINE)
    for piece in laid.pieces[:-1]:
        if piece.is_deflated:
            deflate = zlib.compressobj(level, strategy=zlib.Z_FILTERED)
            piece.packed = deflate.compress(piece.text) + deflate.flush()
    data = laid.bytes(level)
    assert data != GENUINE
    assert (judge(data).finding, judge(data).file) == (Finding.GENUINE, FileMatch.DIFFERS)
    assert text_of(data) == text_of(GENUINE)


@pytest.mark.parametrize("name", list(CASES))
def test_every_certificate_is_laid_out_so(name: str) -> None:
    data = render(*signed(CASES[name]))
    assert same_document(data, data)
    assert same_document(data, Laid(data).bytes())


# What another program writes


def saved_by_pikepdf(**how: object) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(GENUINE)) as document:
        document.save(out, fix_metadata_version=False, **how)  # type: ignore[arg-type]
    return out.getvalue()


def saved_by_pypdf() -> bytes:
    out = io.BytesIO()
    PdfWriter(clone_from=io.BytesIO(GENUINE)).write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"object_stream_mode": pikepdf.ObjectStreamMode.disable},
        {"object_stream_mode": pikepdf.ObjectStreamMode.generate},
        {"recompress_flate": True, "compress_streams": True},
        {"stream_decode_level": pikepdf.StreamDecodeLevel.generalized, "compress_streams": False},
        {"linearize": True},
    ],
)
def test_a_file_that_another_program_saved_is_altered_and_says_so(how: dict[str, object]) -> None:
    verdict = judge(saved_by_pikepdf(**how))
    assert verdict.finding == Finding.ALTERED
    assert "saved again by another program" in verdict.reasons[0]
    assert "Download the original" in verdict.reasons[1]
    assert is_altered(saved_by_pypdf())


# Second objects for readers that repair


SEPARATORS = [
    b"",
    b" ",
    b"\n",
    b"\r",
    b"\t",
    b"\0",
    b"\x0c",
    b"endobj ",
    b"/x ",
    b"%\x0c",
    b"% ",
    b"%\n",
    b"(",
    b"<<",
]


def second_objects(base: bytes) -> bytes:
    """Another content and other resources under the numbers that the page names."""
    page = re.search(rb"/Contents (\d+) 0 R", base), re.search(rb"/Resources (\d+) 0 R", base)
    assert page[0]
    assert page[1]
    resources = re.search(rb"[\r\n](%b 0 obj.*?endobj)" % page[1][1], base, re.DOTALL)
    assert resources
    font = b"/Font <</FH <</Type/Font/Subtype/Type1/BaseFont/Helvetica>> "
    return b"%b 0 obj\n<</Length %d>>\nstream\n%b\nendstream\nendobj %b\n" % (
        page[0][1],
        len(FORGED),
        FORGED,
        re.sub(rb"/Font\s*<<", font, resources[1], count=1),
    )


def with_short_rows(data: bytes) -> bytes:
    return re.sub(rb"(\d{10} \d{5} [nf])[ \r]\n", rb"\1\n", data)


@pytest.mark.parametrize("separator", SEPARATORS)
@pytest.mark.parametrize("damage", [with_short_rows, lambda data: data])
def test_second_objects_in_a_file_with_a_damaged_table(
    separator: bytes, damage: Callable[[bytes], bytes]
) -> None:
    base = saved_by_pypdf()
    at = base.rindex(b"\nxref") + 1
    hidden = separator + second_objects(base)
    data = damage(base[:at] + hidden + base[at:])
    data = re.sub(rb"startxref\s+\d+", b"startxref\n%d" % (at + len(hidden)), data)
    if separator == b" " and damage is with_short_rows:
        assert "250 hours, Mallory Forger" in text_of(data)  # a browser shows this
    assert is_altered(data)


def places() -> Iterator[int]:
    """Before and after every object, in the header's comment, and at the end."""
    yield from (0, 9, 14, 15)
    yield from (found.end() for found in re.finditer(rb"\nendobj\n", GENUINE))
    yield from (GENUINE.rindex(b"%%EOF"), len(GENUINE))


@pytest.mark.parametrize("separator", SEPARATORS)
def test_second_objects_anywhere_in_our_own_layout(separator: bytes) -> None:
    number = Laid(GENUINE).content.number
    second = b"%d 0 obj\n<</Length %d>>\nstream\n%b\nendstream\nendobj\n" % (number, len(FORGED), FORGED)
    for at in places():
        data = GENUINE[:at] + separator + second + GENUINE[at:]
        assert not same_document(GENUINE, data)
        table = data.rindex(b" 0 obj\n<</Type /XRef")
        table = data.rindex(b"\n", 0, table) + 1
        assert not same_document(GENUINE, re.sub(rb"startxref\n\d+", b"startxref\n%d" % table, data))


@pytest.mark.parametrize("position", [0, 3, -2])
def test_a_second_object_that_the_layout_allows_is_altered(position: int) -> None:
    def add(laid: Laid) -> None:
        head = b"%d 0 obj\n<</Filter /FlateDecode /Length " % laid.content.number
        laid.pieces.insert(position, Piece(head, zlib.compress(FORGED)))

    assert is_altered(changed(add))


def test_an_update_is_altered_wherever_it_stands() -> None:
    number = Laid(GENUINE).content.number
    start = len(GENUINE)
    body = b"%d 0 obj\n<</Length %d>>\nstream\n%b\nendstream\nendobj\n" % (number, len(FORGED), FORGED)
    table = b"xref\n%d 1\n%010d 00000 n \ntrailer\n<</Size 999 /Root 1 0 R /Prev %d>>\n" % (
        number,
        start,
        int(GENUINE.split()[-2]),
    )
    update = body + table + b"startxref\n%d\n%%%%EOF\n" % (start + len(body))
    assert is_altered(GENUINE + update)
    for data in (GENUINE + b"\n", GENUINE + b"\r\n", GENUINE + b"\0", GENUINE[:-1], GENUINE + b"%"):
        assert is_altered(data)
    assert not same_document(GENUINE, GENUINE + GENUINE)


# Forgeries that are sound in every place and length


def swap(one: Callable[[Laid], Piece], other: Callable[[Laid], Piece]) -> Callable[[Laid], None]:
    def change(laid: Laid) -> None:
        a, b = one(laid), other(laid)
        a.packed, b.packed = b.packed, a.packed

    return change


def exchange_content(laid: Laid) -> None:
    laid.content.packed = Laid(OTHER).content.packed


def reverse_objects(laid: Laid) -> None:
    laid.pieces[0], laid.pieces[1] = laid.pieces[1], laid.pieces[0]


def predict(laid: Laid) -> None:
    """The same data by way of a PNG predictor."""
    piece = laid.content
    piece.head = piece.head.replace(b" /Length ", b" /DecodeParms <</Predictor 12 /Columns 1>> /Length ")
    piece.packed = zlib.compress(b"".join(b"\0%c" % byte for byte in piece.text))


def filter_twice(laid: Laid) -> None:
    piece = laid.content
    piece.head = piece.head.replace(b"/Filter /FlateDecode", b"/Filter [/FlateDecode /FlateDecode]")
    piece.packed = zlib.compress(piece.packed)


def leave_plain(laid: Laid) -> None:
    piece = laid.content
    piece.packed, piece.head = piece.text, piece.head.replace(b"/Filter /FlateDecode ", b"")


def renumber_packed(laid: Laid) -> None:
    piece = laid.packed_objects
    piece.packed = zlib.compress(re.sub(rb"^(\d+ \d+ )(\d+)", rb"\g<1>1", piece.text))


def extend_packed(laid: Laid) -> None:
    piece = laid.packed_objects
    piece.head = re.sub(rb"/First", b"/Extends 5 0 R /First", piece.head)


def two_object_streams(laid: Laid) -> None:
    laid.pieces.insert(-1, Piece(laid.packed_objects.head, laid.packed_objects.packed))


def in_deflate(remake: Callable[[bytes], bytes]) -> Callable[[Laid], None]:
    def change(laid: Laid) -> None:
        laid.content.packed = remake(laid.content.packed)

    return change


def small_window(packed: bytes) -> bytes:
    deflate = zlib.compressobj(9, wbits=9)
    return deflate.compress(zlib.decompress(packed)) + deflate.flush()


@pytest.mark.parametrize(
    "attack",
    [
        in_data(lambda laid: laid.content, b"(3.5 )", b"(9.5 )"),
        in_data(lambda laid: laid.content, b"Ada Lindqvist", b"Eva Lindqvist"),
        in_data(lambda laid: laid.content, b"BI /W", b"BI  /W"),
        in_data(lambda laid: laid.packed_objects, b"Ada", b"Eva"),
        in_data(lambda laid: laid.packed_objects, b"/Tabs /S", b"/Rotate 90"),
        in_data(lambda laid: laid.packed_objects, b"/DisplayDocTitle true", b"/DisplayDocTitle null"),
        in_data(lambda laid: laid.piece(b"/Type /Metadata"), b"Ada", b"Eva"),
        in_data(lambda laid: laid.piece(b"begincmap"), b"begincmap", b"begincmap "),
        in_data(lambda laid: laid.table, b"\x02", b"\x01"),
        swap(lambda laid: laid.pieces[0], lambda laid: laid.pieces[2]),
        swap(lambda laid: laid.content, lambda laid: laid.piece(b"begincmap")),
        exchange_content,
        reverse_objects,
        predict,
        filter_twice,
        leave_plain,
        renumber_packed,
        extend_packed,
        two_object_streams,
        in_deflate(lambda packed: packed + b"\0"),
        in_deflate(lambda packed: packed + b"\n5 0 obj\n<<>>\nendobj\n"),
        in_deflate(lambda packed: packed + packed),
        in_deflate(lambda packed: packed[:-1]),
        in_deflate(lambda packed: packed[:-4] + bytes(4)),
        in_deflate(lambda packed: packed[2:]),
        in_deflate(small_window),
        in_deflate(lambda packed: zlib.compress(bytes(60_000_000))),
        in_deflate(lambda packed: b""),
    ],
)
def test_a_sound_file_with_one_thing_changed_is_never_genuine(attack: Callable[[Laid], None]) -> None:
    data = changed(attack)
    assert not same_document(GENUINE, data)
    assert judge(data).finding in (Finding.ALTERED, Finding.NOT_A_CERTIFICATE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (rb"/Length (\d+)>>", rb"/Length 0\1>>"),
        (rb"/Length (\d+)>>", rb"/Length +\1>>"),
        (rb"/Length (\d+)>>", rb"/Length \1 >>"),
        (rb"/Length (\d)(\d+)>>", rb"/Length \2>>"),
        (rb"/Length (\d+)>>", rb"/Length 9999999>>"),
        (rb"/Length (\d+)>>", rb"/Length 99999999999999999999>>"),
        (rb"/Length (\d+)>>", rb"/Length \1/Length 5>>"),
        (rb"startxref\n(\d+)", rb"startxref\n0\1"),
        (rb"startxref\n(\d+)", rb"startxref\n15"),
        (rb"startxref\n(\d+)", rb"startxref \n\1"),
        (rb"\nendobj\n", rb"\rendobj\n"),
        (rb"\nendstream\n", rb"\r\nendstream\n"),
        (rb"stream\n", rb"stream\r\n"),
        (rb"%PDF-1.7", rb"%PDF-1.4"),
        (rb"/XRef /Size \d+", rb"/XRef /Size 1"),
        (rb"/W \[1 4 2\]", rb"/W [1 4 2]/Prev 15"),
    ],
)
def test_a_number_or_a_blank_in_the_layout_is_altered(old: bytes, new: bytes) -> None:
    data = re.sub(old, new, GENUINE, count=1)
    assert data != GENUINE
    assert not same_document(GENUINE, data)
    assert judge(data).finding in (Finding.ALTERED, Finding.NOT_A_CERTIFICATE)


def test_packed_data_that_spell_an_object_are_altered() -> None:
    """A reader that scans for objects must find none in a stream: stored plain, this title would be one."""
    own = render(*signed(replace(CASES["three"], title="Chat on 5 0 obj")))
    for level, is_same in ((6, True), (0, False)):
        laid = Laid(own)
        piece = laid.piece(b"/EmbeddedFile")
        piece.packed = zlib.compress(piece.text, level)
        assert same_document(own, laid.bytes()) is is_same


def test_a_table_that_is_wrong_about_one_place_is_altered() -> None:
    laid = Laid(GENUINE)
    laid.bytes()
    rows = bytearray(laid.table.text)
    for at in range(0, len(rows), 7):
        wrong = rows[:]
        wrong[at + 4] ^= 1
        laid.table.packed = zlib.compress(wrong)
        start = GENUINE.rindex(b"%d 0 obj\n<</Type /XRef" % laid.table.number)
        data = GENUINE[:start] + b"%b%d>>\nstream\n%b\nendstream\nendobj\n" % (
            laid.table.head,
            len(laid.table.packed),
            laid.table.packed,
        )
        assert not same_document(GENUINE, data + b"startxref\n%d\n%%%%EOF\n" % start)


def test_a_flipped_bit_is_genuine_only_when_every_stream_unpacks_to_the_same() -> None:
    """PDTRACKER_FLIPS sets how many; each draws from one seeded row, so more flips contain the fewer."""
    chance = random.Random(20141014)
    own = [piece.text for piece in Laid(GENUINE).pieces]
    for _ in range(FLIPS):
        data = with_a_bit_flipped(GENUINE, chance)
        if same_document(GENUINE, data) or judge(data).finding == Finding.GENUINE:
            assert [piece.text for piece in Laid(data).pieces] == own
