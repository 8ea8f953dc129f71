"""Puts a PDF file together from prepared objects: the same values always give the same bytes.

reportlab reads and cuts the typefaces; the file itself is written here, because a certificate needs what its canvas
does not offer (structure, marked content, attachments, metadata) and because most of each file is ready beforehand.
Objects that are dictionaries go compressed into one object stream, streams stand for themselves. Nothing else is in a
file: header, streams, the last of which is the cross-reference table, and the end. `comparison` relies on that.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from pdtracker.pdf import srgb
from pdtracker.pdf.faces import FIRST_CODE, RARE_LETTERS, SANS, Face, FontCut, rare_cut
from pdtracker.pdf.metadata import PRODUCER, Facts, packet

HEADER: Final = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
DATA_BEGINS: Final = b">>\nstream\n"
DATA_ENDS: Final = b"\nendstream\nendobj\n"
END: Final = b"startxref\n%d\n%%%%EOF\n"
"""Ends the file with the place of the cross-reference table."""

_LEVEL: Final = 1
_SIMPLE: Final = re.compile(r"[ -'*-\[\]-~]*")


@dataclass(slots=True)
class Element:
    """One element of the structure: its role, what is said of it, and its parts (elements, or marked content)."""

    role: str
    attributes: str = ""
    kids: list[Element | tuple[int, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside the file."""

    name: str
    description: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Picture:
    """A prepared image: RGB samples and their opacity, both compressed."""

    width: int
    height: int
    colours: bytes
    opacity: bytes


@dataclass(frozen=True, slots=True)
class Ornament:
    """A prepared drawing, compressed, that takes its colour from where it is used; `box` is all that it may cover."""

    name: str
    box: tuple[float, float, float, float]
    strokes: bytes


@dataclass(frozen=True, slots=True)
class Page:
    """A drawn page: its content and the number of marked pieces in it, as (element, number) in the order of numbers."""

    content: bytes
    owners: Sequence[Element]


class _Objects:
    """Numbered objects: whole streams as bytes, and bodies without one as text, for the object stream."""

    def __init__(self) -> None:
        self.bodies: list[bytes | str | None] = []

    def reserve(self) -> int:
        self.bodies.append(None)
        return len(self.bodies)

    def put(self, number: int, body: str) -> int:
        self.bodies[number - 1] = body
        return number

    def add(self, body: str) -> int:
        self.bodies.append(body)
        return len(self.bodies)

    def stream(self, entries: str, data: bytes) -> int:
        head = f"<<{entries} /Length {len(data)}".encode("latin-1")
        self.bodies.append(head + DATA_BEGINS + data + DATA_ENDS)
        return len(self.bodies)


def write(
    facts: Facts,
    size: tuple[float, float],
    pages: Sequence[Page],
    root: Element,
    rare: dict[Face, str],
    pictures: Sequence[Picture],
    attachments: Sequence[Attachment],
    faces: Sequence[Face] = SANS,
    ornaments: Sequence[Ornament] = (),
) -> bytes:
    """The file. `rare` holds the letters of each face that the everyday fonts lack, in the order of their codes.

    `faces` are those that the pages are set in, `ornaments` what they repeat.
    """
    objects = _Objects()
    catalog, tree = objects.reserve(), objects.reserve()
    fonts = " ".join(f"/{name} {_font(objects, cut, face)} 0 R" for name, face, cut in _fonts(faces, rare))
    images = " ".join(
        [
            *(f"/Im{place} {_picture(objects, picture)} 0 R" for place, picture in enumerate(pictures)),
            *(f"/{each.name} {_ornament(objects, each)} 0 R" for each in ornaments),
        ]
    )
    resources = objects.add(f"<</Font <<{fonts}>>" + (f" /XObject <<{images}>>" if images else "") + ">>")
    folder = objects.reserve()
    numbers = [_page(objects, page, place, folder, resources, size) for place, page in enumerate(pages)]
    kids = " ".join(f"{number} 0 R" for number in numbers)
    objects.put(folder, f"<</Type /Pages /Count {len(numbers)} /Kids [{kids}]>>")
    _structure(objects, tree, root, numbers, pages)
    metadata = objects.stream("/Type /Metadata /Subtype /XML", packet(facts))
    intents = f" /OutputIntents [{_intent(objects)} 0 R]" if facts.conforms else ""
    files = [(text_string(each.name), _attachment(objects, each, facts.at)) for each in attachments]
    named = " ".join(f"{name} {number} 0 R" for name, number in files)
    held = " ".join(f"{number} 0 R" for _, number in files)
    objects.put(
        catalog,
        f"<</Type /Catalog /Pages {folder} 0 R /Lang {text_string(facts.language)} /MarkInfo <</Marked true>>"
        f" /StructTreeRoot {tree} 0 R /Metadata {metadata} 0 R /ViewerPreferences <</DisplayDocTitle true>>"
        + (f" /Names <</EmbeddedFiles <</Names [{named}]>>>> /AF [{held}]" if files else "")
        + f"{intents}>>",
    )
    info = objects.add(
        f"<</Title {text_string(facts.title)} /Author {text_string(facts.author)} /Subject {text_string(facts.subject)}"
        f" /Creator ({PRODUCER}) /Producer ({PRODUCER})"
        f" /CreationDate ({_date(facts.at)}) /ModDate ({_date(facts.at)})>>"
    )
    return _bound(objects, catalog, info, hashlib.sha256(facts.identity).digest()[:16])


def text_string(text: str) -> str:
    """A PDF text string: plain where ASCII can say it, else UTF-16."""
    if _SIMPLE.fullmatch(text):
        return f"({text})"
    return f"<FEFF{text.encode('utf-16-be').hex().upper()}>"


# Parts


def font_name(face: Face, number: int) -> str:
    """The resource name of a face's font: number 0 is the everyday one."""
    return f"{face.tag}{number}"


def _fonts(faces: Sequence[Face], rare: dict[Face, str]) -> Iterable[tuple[str, Face, FontCut]]:
    for face in faces:
        yield font_name(face, 0), face, face.everyday
        letters = rare.get(face, "")
        for number, at in enumerate(range(0, len(letters), RARE_LETTERS)):
            held = tuple(letters[at : at + RARE_LETTERS])
            yield font_name(face, number + 1), face, rare_cut(face, held, number)


def _font(objects: _Objects, cut: FontCut, face: Face) -> int:
    program = objects.stream(f"/Filter /FlateDecode /Length1 {cut.program_bytes}", cut.program)
    to_unicode = objects.stream("/Filter /FlateDecode", cut.to_unicode)
    descriptor = objects.add(
        f"<</Type /FontDescriptor /FontName /{cut.name} {face.descriptor} /FontFile2 {program} 0 R>>"
    )
    widths = " ".join(map(str, cut.widths))
    return objects.add(
        f"<</Type /Font /Subtype /TrueType /BaseFont /{cut.name} /FirstChar {FIRST_CODE}"
        f" /LastChar {FIRST_CODE + len(cut.widths) - 1} /Widths [{widths}] /FontDescriptor {descriptor} 0 R"
        f" /ToUnicode {to_unicode} 0 R>>"
    )


def _intent(objects: _Objects) -> int:
    """What the colours mean, for whatever prints or shows them."""
    profile = objects.stream(f"/N {srgb.COMPONENTS} /Filter /FlateDecode", srgb.COMPRESSED)
    return objects.add(
        "<</Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB) /Info (sRGB IEC61966-2.1)"
        f" /DestOutputProfile {profile} 0 R>>"
    )


def _picture(objects: _Objects, picture: Picture) -> int:
    shape = (
        f"/Type /XObject /Subtype /Image /Width {picture.width} /Height {picture.height} /BitsPerComponent 8"
    )
    opacity = objects.stream(f"{shape} /ColorSpace /DeviceGray /Filter /FlateDecode", picture.opacity)
    return objects.stream(
        f"{shape} /ColorSpace /DeviceRGB /SMask {opacity} 0 R /Filter /FlateDecode", picture.colours
    )


def _ornament(objects: _Objects, ornament: Ornament) -> int:
    box = " ".join(f"{side:g}" for side in ornament.box)
    return objects.stream(
        f"/Type /XObject /Subtype /Form /BBox [{box}] /Resources <<>> /Filter /FlateDecode", ornament.strokes
    )


def _page(
    objects: _Objects, page: Page, place: int, folder: int, resources: int, size: tuple[float, float]
) -> int:
    content = objects.stream("/Filter /FlateDecode", zlib.compress(page.content, _LEVEL))
    return objects.add(
        f"<</Type /Page /Parent {folder} 0 R /MediaBox [0 0 {size[0]:g} {size[1]:g}] /Resources {resources} 0 R"
        f" /Contents {content} 0 R /StructParents {place} /Tabs /S>>"
    )


def _structure(
    objects: _Objects, tree: int, root: Element, numbers: Sequence[int], pages: Sequence[Page]
) -> None:
    """The structure tree and, for each page, the way back from marked content to its element."""
    known: dict[int, int] = {}

    def add(element: Element, parent: int) -> int:
        number = objects.reserve()
        known[id(element)] = number
        if len(element.kids) == 1 and isinstance(only := element.kids[0], tuple):
            body = f"<</S /{element.role} /P {parent} 0 R /Pg {numbers[only[0]]} 0 R /K {only[1]}{element.attributes}>>"
            return objects.put(number, body)
        kids, page = [], None
        for kid in element.kids:
            if isinstance(kid, Element):
                kids.append(f"{add(kid, number)} 0 R")
            elif page in (None, kid[0]):
                page = kid[0]
                kids.append(str(kid[1]))
            else:
                kids.append(f"<</Type /MCR /Pg {numbers[kid[0]]} 0 R /MCID {kid[1]}>>")
        where = "" if page is None else f" /Pg {numbers[page]} 0 R"
        inside = kids[0] if len(kids) == 1 else f"[{' '.join(kids)}]"
        body = f"<</S /{element.role} /P {parent} 0 R{where} /K {inside}{element.attributes}>>"
        return objects.put(number, body)

    top = add(root, tree)
    back = [
        objects.add("[" + " ".join(f"{known[id(owner)]} 0 R" for owner in page.owners) + "]")
        for page in pages
    ]
    nums = " ".join(f"{place} {number} 0 R" for place, number in enumerate(back))
    objects.put(
        tree,
        f"<</Type /StructTreeRoot /K {top} 0 R /ParentTree <</Nums [{nums}]>> /ParentTreeNextKey {len(pages)}>>",
    )


def _attachment(objects: _Objects, attachment: Attachment, at: datetime) -> int:
    subtype = attachment.media_type.replace("/", "#2F")
    stream = objects.stream(
        f"/Type /EmbeddedFile /Subtype /{subtype} /Filter /FlateDecode"
        f" /Params <</Size {len(attachment.data)} /CreationDate ({_date(at)}) /ModDate ({_date(at)})>>",
        zlib.compress(attachment.data, _LEVEL),
    )
    name = text_string(attachment.name)
    return objects.add(
        f"<</Type /Filespec /F {name} /UF {name} /Desc {text_string(attachment.description)} /AFRelationship /Source"
        f" /EF <</F {stream} 0 R /UF {stream} 0 R>>>>"
    )


def _date(at: datetime) -> str:
    return at.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ")


# The file


def _bound(objects: _Objects, catalog: int, info: int, identity: bytes) -> bytes:
    """Header, streams, the object stream with everything else, and the cross-reference stream."""
    out, at = [HEADER], len(HEADER)
    bodies = objects.bodies
    holder = len(bodies) + 1
    table = bytearray(b"\0\0\0\0\0\xff\xff")  # object 0, free
    heads: list[str] = []
    inside: list[str] = []
    length, held = 0, b"\x02" + holder.to_bytes(4)
    for number, body in enumerate(bodies, 1):
        if body is None:
            raise ValueError(f"object {number} was reserved and not written")
        if isinstance(body, bytes):
            whole = b"%d 0 obj\n%b" % (number, body)
            table += b"\x01" + at.to_bytes(4) + b"\0\0"
            out.append(whole)
            at += len(whole)
        else:
            table += held + len(heads).to_bytes(2)
            heads.append(f"{number} {length}")
            inside.append(body)
            length += len(body) + 1
    head = " ".join(heads) + "\n"
    packed = zlib.compress((head + "\n".join(inside)).encode("latin-1"), _LEVEL)
    whole = b"%d 0 obj\n<</Type /ObjStm /N %d /First %d /Filter /FlateDecode /Length %d%b%b%b" % (
        holder,
        len(heads),
        len(head),
        len(packed),
        DATA_BEGINS,
        packed,
        DATA_ENDS,
    )
    table += b"\x01" + at.to_bytes(4) + b"\0\0" + b"\x01" + (at + len(whole)).to_bytes(4) + b"\0\0"
    out.append(whole)
    at += len(whole)
    rows, name = zlib.compress(table, _LEVEL), identity.hex().encode()
    out.append(
        b"%d 0 obj\n<</Type /XRef /Size %d /W [1 4 2] /Root %d 0 R /Info %d 0 R /ID [<%b> <%b>] /Filter /FlateDecode"
        b" /Length %d%b%b%b"
        % (holder + 1, holder + 2, catalog, info, name, name, len(rows), DATA_BEGINS, rows, DATA_ENDS)
    )
    out.append(END % at)
    return b"".join(out)
