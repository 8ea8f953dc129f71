"""The parts of a PDF file as objects: fonts, pictures, pages, the structure, and how objects are laid out in a file.

Objects that are dictionaries go compressed into an object stream, streams stand for themselves.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from pdtracker.pdf import srgb
from pdtracker.pdf.faces import FIRST_CODE, Face, FontCut

HEADER: Final = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
DATA_BEGINS: Final = b">>\nstream\n"
DATA_ENDS: Final = b"\nendstream\nendobj\n"
END: Final = b"startxref\n%d\n%%%%EOF\n"
"""Ends the file with the place of the cross-reference table."""

LEVEL: Final = 1
"""How hard streams are compressed: harder costs time and saves little."""
HARD: Final = 9
"""How hard those of a file with several pages are: it is seldom drawn, and the longest has to stay small."""
FREE: Final = b"\0\0\0\0\0\xff\xff"
"""The row of object 0 in the cross-reference table."""
_SIMPLE: Final = re.compile(r"[ -'*-\[\]-~]*")


@dataclass(slots=True)
class Element:
    """One element of the structure: its role, what is said of it, and its parts (elements, or marked content)."""

    role: str
    attributes: str = ""
    kids: list[Element | tuple[int, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Picture:
    """A prepared image: RGB samples and their opacity, both compressed; or the compressed strokes of a drawing."""

    width: int
    height: int
    colours: bytes
    opacity: bytes
    strokes: bytes = b""


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


class Objects:
    """Numbered objects: whole streams as bytes, and bodies without one as text, for the object stream.

    Their numbers follow `before`, the last one that is given already. `level` is how hard they are compressed.
    """

    def __init__(self, before: int = 0, level: int = LEVEL) -> None:
        self.before, self.level = before, level
        self.bodies: list[bytes | str | None] = []

    @property
    def last(self) -> int:
        """The last number that is given."""
        return self.before + len(self.bodies)

    def reserve(self) -> int:
        """A number whose body comes later."""
        self.bodies.append(None)
        return self.last

    def put(self, number: int, body: str) -> int:
        """The body of a number that was reserved."""
        self.bodies[number - self.before - 1] = body
        return number

    def add(self, body: str) -> int:
        """A body without a stream."""
        self.bodies.append(body)
        return self.last

    def stream(self, entries: str, data: bytes) -> int:
        """A stream with its dictionary's other entries."""
        head = f"<<{entries} /Length {len(data)}".encode("latin-1")
        self.bodies.append(head + DATA_BEGINS + data + DATA_ENDS)
        return self.last


def text_string(text: str) -> str:
    """A PDF text string: plain where ASCII can say it, else UTF-16."""
    if _SIMPLE.fullmatch(text):
        return f"({text})"
    return f"<FEFF{text.encode('utf-16-be').hex().upper()}>"


# Parts


def font(objects: Objects, cut: FontCut, face: Face) -> int:
    """An embedded font."""
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


def intent(objects: Objects) -> int:
    """What the colours mean, for whatever prints or shows them."""
    profile = objects.stream(f"/N {srgb.COMPONENTS} /Filter /FlateDecode", srgb.COMPRESSED)
    return objects.add(
        "<</Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB) /Info (sRGB IEC61966-2.1)"
        f" /DestOutputProfile {profile} 0 R>>"
    )


def picture_object(objects: Objects, picture: Picture) -> int:
    """An image with its opacity, or a drawing; either fills the square of one unit."""
    if picture.strokes:
        return objects.stream(
            f"/Type /XObject /Subtype /Form /BBox [0 0 {picture.width} {picture.height}]"
            f" /Matrix [{1 / picture.width:.7f} 0 0 {1 / picture.height:.7f} 0 0] /Resources <<>> /Filter /FlateDecode",
            picture.strokes,
        )
    shape = (
        f"/Type /XObject /Subtype /Image /Width {picture.width} /Height {picture.height} /BitsPerComponent 8"
    )
    opacity = objects.stream(f"{shape} /ColorSpace /DeviceGray /Filter /FlateDecode", picture.opacity)
    return objects.stream(
        f"{shape} /ColorSpace /DeviceRGB /SMask {opacity} 0 R /Filter /FlateDecode", picture.colours
    )


def ornament_object(objects: Objects, ornament: Ornament) -> int:
    """A drawing that is repeated."""
    box = " ".join(f"{side:g}" for side in ornament.box)
    return objects.stream(
        f"/Type /XObject /Subtype /Form /BBox [{box}] /Resources <<>> /Filter /FlateDecode", ornament.strokes
    )


def page_object(
    objects: Objects, page: Page, place: int, folder: int, resources: int, size: tuple[float, float]
) -> int:
    """A page, `place` pages after the first of the file."""
    content = objects.stream("/Filter /FlateDecode", zlib.compress(page.content, objects.level))
    return objects.add(
        f"<</Type /Page /Parent {folder} 0 R /MediaBox [0 0 {size[0]:g} {size[1]:g}] /Resources {resources} 0 R"
        f" /Contents {content} 0 R /StructParents {place} /Tabs /S>>"
    )


def elements(
    objects: Objects, tree: int, root: Element, numbers: Sequence[int], pages: Sequence[Page]
) -> tuple[int, list[int]]:
    """Puts the elements of a structure; gives its root's number, and for each page the way back from marked content."""
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
    return top, back


def date_words(at: datetime) -> str:
    """A moment as PDF writes it."""
    return at.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ")


# In the file


def laid_out(objects: Objects, at: int) -> tuple[list[bytes], bytes, int]:
    """The objects as they stand in a file from `at` on: the streams, then all other bodies in one object stream.

    With their rows of the cross-reference table, the object stream's last, and where they end.
    """
    out: list[bytes] = []
    holder = objects.last + 1
    table = bytearray()
    heads: list[str] = []
    inside: list[str] = []
    length, held = 0, b"\x02" + holder.to_bytes(4)
    for number, body in enumerate(objects.bodies, objects.before + 1):
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
    packed = zlib.compress((head + "\n".join(inside)).encode("latin-1"), objects.level)
    whole = b"%d 0 obj\n<</Type /ObjStm /N %d /First %d /Filter /FlateDecode /Length %d%b%b%b" % (
        holder,
        len(heads),
        len(head),
        len(packed),
        DATA_BEGINS,
        packed,
        DATA_ENDS,
    )
    table += b"\x01" + at.to_bytes(4) + b"\0\0"
    out.append(whole)
    return out, bytes(table), at + len(whole)


def table_of(rows: bytes, size: int, catalog: int, info: int, identity: bytes) -> bytes:
    """The cross-reference stream, the last of `size` objects, from its compressed rows."""
    name = identity.hex().encode()
    return (
        b"%d 0 obj\n<</Type /XRef /Size %d /W [1 4 2] /Root %d 0 R /Info %d 0 R /ID [<%b> <%b>] /Filter /FlateDecode"
        b" /Length %d%b%b%b"
        % (size - 1, size, catalog, info, name, name, len(rows), DATA_BEGINS, rows, DATA_ENDS)
    )
