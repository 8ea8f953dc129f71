"""A certificate's file is genuine only when a trusted key signed it and its page shows what was signed."""

from __future__ import annotations

import io
import random
import time
import zlib
from collections.abc import Callable
from dataclasses import replace

import pikepdf
import pytest

from pdtracker.domain.certificate import Holder
from pdtracker.domain.codes import kid_of
from pdtracker.pdf.certificate import render
from pdtracker.pdf.logos import prepare_logo, read_logo
from pdtracker.pdf.reading import LIMIT_BYTES, BrokenCertificate, NotACertificate, read_certificate
from pdtracker.pdf.record import NAME, NotARecord, SignedRecord
from pdtracker.pdf.verdict import FileMatch, Finding, Verdict, examine
from pdtracker.signing import new_key, sign, verify
from tests.pdf.sheets import CASES, PRIVATE, key, signed, snapshot
from tests.pdf.test_certificate import logo_png

KEYS = {key().kid: key().public}
GENUINE = render(*signed(CASES["three"]))
OTHER = render(*signed(snapshot(holder="Mallory Reyes", seed="m")))


def judge(data: bytes) -> Verdict:
    return examine(data, KEYS, verify)


@pytest.mark.parametrize("name", list(CASES))
def test_what_was_issued_is_genuine_and_identical(name: str) -> None:
    verdict = judge(render(*signed(CASES[name])))
    assert (verdict.finding, verdict.file, verdict.snapshot) == (
        Finding.GENUINE,
        FileMatch.IDENTICAL,
        CASES[name],
    )


def test_a_certificate_with_a_logo_is_genuine() -> None:
    logo = read_logo(prepare_logo(logo_png()))
    plain = CASES["three"]
    made = replace(plain, district=replace(plain.district, mark=logo.digest))
    data = render(*signed(made), logo)
    assert judge(data).file == FileMatch.IDENTICAL
    other = read_logo(prepare_logo(logo_png((400, 400))))
    forged = replace(plain, district=replace(plain.district, mark=other.digest))
    swapped = with_attachment(render(*signed(forged), other), record_of(data))
    assert judge(swapped).finding == Finding.ALTERED


def saved(data: bytes, change: Callable[[pikepdf.Pdf], None] = lambda document: None, **how: object) -> bytes:
    """The file as another program saves it after a change."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        change(document)
        document.save(out, fix_metadata_version=False, **how)  # type: ignore[arg-type]
    return out.getvalue()


def test_without_the_key_the_file_is_whole_but_unknown() -> None:
    verdict = examine(GENUINE, {}, verify)
    assert (verdict.finding, verdict.file) == (Finding.UNKNOWN_KEY, FileMatch.IDENTICAL)
    assert key().kid in verdict.reasons[0]


def test_a_forger_with_a_key_of_their_own_is_never_genuine() -> None:
    forger = new_key()
    made = replace(CASES["three"], key=forger.kid)
    data = render(made, sign(forger.private, made.to_bytes()), forger.public)
    assert judge(data).finding == Finding.UNKNOWN_KEY
    posing = replace(made, key=key().kid)
    data = render(posing, sign(forger.private, posing.to_bytes()), forger.public)
    assert judge(data).finding == Finding.ALTERED
    assert examine(data, {}, verify).finding == Finding.ALTERED
    assert examine(data, {key().kid: forger.public}, verify).finding == Finding.ALTERED
    assert kid_of(forger.public) == forger.kid


# Attacks on the file


def record_of(data: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(data)) as document:
        return document.attachments[NAME].get_file().read_bytes()


def with_attachment(data: bytes, attached: bytes) -> bytes:
    """The same pages with another file under the record's name."""

    def exchange(document: pikepdf.Pdf) -> None:
        document.Root.AF[0].EF.F.write(attached)

    return saved(data, exchange)


def content_changed(old: bytes, new: bytes) -> Callable[[pikepdf.Pdf], None]:
    def change(document: pikepdf.Pdf) -> None:
        page = document.pages[0]
        content = page.Contents.read_bytes()
        assert old in content
        page.Contents.write(content.replace(old, new))

    return change


def add_text(document: pikepdf.Pdf) -> None:
    page = document.pages[0]
    page.contents_add(pikepdf.Stream(document, b"BT /B0 20 Tf 300 300 Td (99 hours) Tj ET"))


def add_note(document: pikepdf.Pdf) -> None:
    document.pages[0].Annots = document.make_indirect(
        [
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.FreeText,
                Rect=[100, 100, 400, 200],
                Contents="12 hours",
                DA="/Helv 20 Tf",
            )
        ]
    )


def add_page(document: pikepdf.Pdf) -> None:
    document.add_blank_page()


def hide_page(document: pikepdf.Pdf) -> None:
    with pikepdf.open(io.BytesIO(OTHER)) as other:
        document.pages.insert(0, other.pages[0])
        document.Root.Pages.Count = 2


def turn_page(document: pikepdf.Pdf) -> None:
    document.pages[0].Rotate = 90


def crop_page(document: pikepdf.Pdf) -> None:
    document.pages[0].CropBox = [0, 0, 792, 300]


def add_action(document: pikepdf.Pdf) -> None:
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('x')")


def other_title(document: pikepdf.Pdf) -> None:
    document.docinfo["/Title"] = "Certificate of Professional Learning: Mallory Reyes"


def other_widths(document: pikepdf.Pdf) -> None:
    document.pages[0].Resources.Font.X0.Widths[20] = 2


def other_letters(document: pikepdf.Pdf) -> None:
    """The outlines of another weight: the same codes draw other shapes."""
    fonts = document.pages[0].Resources.Font
    program = fonts.R0.FontDescriptor.FontFile2.read_bytes()
    fonts.X0.FontDescriptor.FontFile2.write(program)


def other_text_behind_the_letters(document: pikepdf.Pdf) -> None:
    cmap = document.pages[0].Resources.Font.X0.ToUnicode
    cmap.write(cmap.read_bytes().replace(b"<33> <0033>", b"<33> <0039>"))


def other_structure(document: pikepdf.Pdf) -> None:
    document.Root.StructTreeRoot.K.ActualText = "99 hours"


def second_record(document: pikepdf.Pdf) -> None:
    document.attachments["more.json"] = b"{}"


def other_metadata(document: pikepdf.Pdf) -> None:
    document.Root.Metadata.write(document.Root.Metadata.read_bytes().replace(b"Ada", b"Eva"))


@pytest.mark.parametrize(
    "attack",
    [
        content_changed(b"(3.5 )", b"(9.5 )"),
        content_changed(b"Ada Lindqvist", b"Eva Lindqvist"),
        content_changed(b"BI /W", b"BI  /W"),
        add_text,
        add_note,
        add_page,
        hide_page,
        turn_page,
        crop_page,
        add_action,
        other_title,
        other_widths,
        other_letters,
        other_text_behind_the_letters,
        other_structure,
        second_record,
        other_metadata,
    ],
)
def test_a_page_that_shows_other_than_was_signed_is_altered(attack: Callable[[pikepdf.Pdf], None]) -> None:
    assert judge(saved(GENUINE, attack)).finding == Finding.ALTERED


def test_another_records_attachment_on_a_page_is_altered() -> None:
    assert judge(with_attachment(GENUINE, record_of(OTHER))).finding == Finding.ALTERED


def test_the_code_of_another_certificate_on_the_page_is_altered() -> None:
    with pikepdf.open(io.BytesIO(OTHER)) as other:
        content = other.pages[0].Contents.read_bytes()
    theirs = content[content.index(b"BI /W") : content.index(b"EI Q")]

    def exchange(document: pikepdf.Pdf) -> None:
        own = document.pages[0].Contents.read_bytes()
        at, end = own.index(b"BI /W"), own.index(b"EI Q")
        document.pages[0].Contents.write(own[:at] + theirs + own[end:])

    assert judge(saved(GENUINE, exchange)).finding == Finding.ALTERED


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Ada Lindqvist", b"Eva Lindqvist"),
        (b'"total_minutes":210', b'"total_minutes":990'),
        (b'"minutes":90', b'"minutes":99'),
        (b"2014-11-07", b"2015-11-07"),
        (b'"kid":"', b'"kid": "'),
        (b'"algorithm":"Ed25519"', b'"algorithm":"none"'),
    ],
)
def test_an_edited_record_is_altered(old: bytes, new: bytes) -> None:
    record = record_of(GENUINE)
    assert old in record
    assert judge(with_attachment(GENUINE, record.replace(old, new))).finding == Finding.ALTERED


def test_a_name_changed_on_page_and_record_alike_is_altered() -> None:
    made, signature, public = signed(CASES["three"])
    assert (
        judge(render(replace(made, holder=Holder("Eva Lindqvist")), signature, public)).finding
        == Finding.ALTERED
    )


def test_an_update_appended_to_the_file_is_altered() -> None:
    with pikepdf.open(io.BytesIO(GENUINE)) as document:
        contents = document.pages[0].Contents.objgen[0]
        size = int(document.trailer.Size)
    body = zlib.compress(b"BT /B0 40 Tf 100 300 Td (99 hours) Tj ET")
    start = len(GENUINE)
    update = b"%d 0 obj\n<</Filter /FlateDecode /Length %d>>\nstream\n%b\nendstream\nendobj\n" % (
        contents,
        len(body),
        body,
    )
    previous = GENUINE.rindex(b"startxref")
    at = int(GENUINE[previous:].split()[1])
    table = (
        b"xref\n%d 1\n%010d 00000 n \ntrailer\n<</Size %d /Root 1 0 R /Prev %d>>\nstartxref\n%d\n%%%%EOF\n"
        % (
            contents,
            start,
            size,
            at,
            start + len(update),
        )
    )
    assert judge(GENUINE + update + table).finding == Finding.ALTERED
    assert judge(GENUINE + b"\r\n").finding == Finding.ALTERED
    assert judge(GENUINE + GENUINE).finding == Finding.ALTERED


# Files of any kind


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"%PDF-",
        b"%PDF-1.7\n%%EOF",
        b"<html>%PDF-1.7",
        b"%PDF-1.7\n" + b"<<" * 50_000,
        b"%PDF-1.7\n" + b"[" * 100_000 + b"\nstartxref\n9\n%%EOF",
        b"%PDF-1.7\n" + b"1 0 obj\n" * 50_000,
        bytes(LIMIT_BYTES + 1),
        GENUINE[:200],
        GENUINE[: len(GENUINE) // 2],
        GENUINE[::-1],
    ],
)
def test_other_files_are_not_certificates(data: bytes) -> None:
    began = time.process_time()
    verdict = judge(data)
    assert verdict.finding == Finding.NOT_A_CERTIFICATE
    assert verdict.reasons[0].endswith(".")
    assert time.process_time() - began < 2


def test_a_pdf_without_a_record_is_not_a_certificate() -> None:
    def take_out(document: pikepdf.Pdf) -> None:
        del document.attachments[NAME]

    assert isinstance(read_certificate(saved(GENUINE, take_out)), NotACertificate)


def test_a_record_that_unpacks_without_end_is_refused() -> None:
    def exchange(document: pikepdf.Pdf) -> None:
        document.Root.AF[0].EF.F.write(bytes(60_000_000))

    data = saved(GENUINE, exchange)
    began = time.process_time()
    assert judge(data).finding in (Finding.NOT_A_CERTIFICATE, Finding.ALTERED)
    assert time.process_time() - began < 2


@pytest.mark.parametrize("attached", [b"", b"{}", b"[]", b"null", b"\xff", b"[" * 90_000, b'{"snapshot":1}'])
def test_a_broken_record_is_altered(attached: bytes) -> None:
    data = with_attachment(GENUINE, attached)
    assert isinstance(read_certificate(data), BrokenCertificate)
    assert judge(data).finding == Finding.ALTERED


def test_a_record_is_read_only_as_it_was_written() -> None:
    record = record_of(GENUINE)
    assert SignedRecord.from_bytes(record).to_bytes() == record
    for wrong in (
        record + b"\n",
        record[:-1],
        record.upper(),
        record.replace(b'"signature":"', b'"signature":"zz'),
    ):
        with pytest.raises(NotARecord):
            SignedRecord.from_bytes(wrong)
    assert verify(
        key().public, SignedRecord.from_bytes(record).canonical, SignedRecord.from_bytes(record).signature
    )
    assert PRIVATE not in record


def test_no_flipped_bit_makes_another_certificate_genuine() -> None:
    """A bit may change how a stream is packed and not what it says; then the file states the signed facts."""
    dice = random.Random(20141014)
    for _ in range(120):
        changed = bytearray(GENUINE)
        changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
        verdict = judge(bytes(changed))
        assert verdict.file != FileMatch.IDENTICAL
        if verdict.finding == Finding.GENUINE:
            assert verdict.snapshot == CASES["three"]


def test_noise_in_the_file_never_raises() -> None:
    dice = random.Random(7)
    for _ in range(60):
        at, size = dice.randrange(len(GENUINE)), dice.randrange(1, 400)
        noise = dice.randbytes(dice.randrange(0, 400))
        assert judge(GENUINE[:at] + noise + GENUINE[at + size :]).file != FileMatch.IDENTICAL
