"""Puts a PDF file together from prepared objects: the same values always give the same bytes.

reportlab reads and cuts the typefaces; the file itself is written here, because a certificate needs what its canvas
does not offer (structure, marked content, attachments, metadata) and because most of each file is ready beforehand.
Objects that are dictionaries go compressed into one object stream, streams stand for themselves. Nothing else is in a
file: header, streams, the last of which is the cross-reference table, and the end. `comparison` relies on that.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from pdtracker.pdf.faces import RARE_LETTERS, SANS, Face, FontCut, rare_cut
from pdtracker.pdf.metadata import PRODUCER, Facts, packet
from pdtracker.pdf.objects import (
    END,
    FREE,
    HARD,
    HEADER,
    LEVEL,
    Element,
    Objects,
    Ornament,
    Page,
    Picture,
    date_words,
    elements,
    font,
    intent,
    laid_out,
    ornament_object,
    page_object,
    picture_object,
    table_of,
    text_string,
)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside the file."""

    name: str
    description: str
    media_type: str
    data: bytes
    relationship: str = "Source"


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
    objects = Objects(level=HARD if len(pages) > 1 else LEVEL)
    catalog, tree = objects.reserve(), objects.reserve()
    fonts = " ".join(f"/{name} {font(objects, cut, face)} 0 R" for name, face, cut in _fonts(faces, rare))
    images = " ".join(
        [
            *(f"/Im{place} {picture_object(objects, picture)} 0 R" for place, picture in enumerate(pictures)),
            *(f"/{each.name} {ornament_object(objects, each)} 0 R" for each in ornaments),
        ]
    )
    resources = objects.add(f"<</Font <<{fonts}>>" + (f" /XObject <<{images}>>" if images else "") + ">>")
    folder = objects.reserve()
    numbers = [page_object(objects, page, place, folder, resources, size) for place, page in enumerate(pages)]
    kids = " ".join(f"{number} 0 R" for number in numbers)
    objects.put(folder, f"<</Type /Pages /Count {len(numbers)} /Kids [{kids}]>>")
    _structure(objects, tree, root, numbers, pages)
    metadata = objects.stream("/Type /Metadata /Subtype /XML", packet(facts))
    intents = f" /OutputIntents [{intent(objects)} 0 R]" if facts.conforms else ""
    files = [(text_string(each.name), _attachment(objects, each, facts.at)) for each in attachments]
    # A name tree is in the order of its names.
    named = " ".join(f"{name} {number} 0 R" for name, number in sorted(files))
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
        f" /CreationDate ({date_words(facts.at)}) /ModDate ({date_words(facts.at)})>>"
    )
    return _bound(objects, catalog, info, hashlib.sha256(facts.identity).digest()[:16])


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


def _structure(
    objects: Objects, tree: int, root: Element, numbers: Sequence[int], pages: Sequence[Page]
) -> None:
    """The structure tree and, for each page, the way back from marked content to its element."""
    top, back = elements(objects, tree, root, numbers, pages)
    nums = " ".join(f"{place} {number} 0 R" for place, number in enumerate(back))
    objects.put(
        tree,
        f"<</Type /StructTreeRoot /K {top} 0 R /ParentTree <</Nums [{nums}]>> /ParentTreeNextKey {len(pages)}>>",
    )


def _attachment(objects: Objects, attachment: Attachment, at: datetime) -> int:
    subtype = attachment.media_type.replace("/", "#2F")
    stream = objects.stream(
        f"/Type /EmbeddedFile /Subtype /{subtype} /Filter /FlateDecode"
        f" /Params <</Size {len(attachment.data)} /CreationDate ({date_words(at)}) /ModDate ({date_words(at)})>>",
        zlib.compress(attachment.data, objects.level),
    )
    name = text_string(attachment.name)
    return objects.add(
        f"<</Type /Filespec /F {name} /UF {name} /Desc {text_string(attachment.description)} /AFRelationship"
        f" /{attachment.relationship}"
        f" /EF <</F {stream} 0 R /UF {stream} 0 R>>>>"
    )


# The file


def _bound(objects: Objects, catalog: int, info: int, identity: bytes) -> bytes:
    """Header, streams, the object stream with everything else, and the cross-reference stream."""
    out, rows, at = laid_out(objects, len(HEADER))
    table = FREE + rows + b"\x01" + at.to_bytes(4) + b"\0\0"
    last = table_of(zlib.compress(table, objects.level), len(table) // len(FREE), catalog, info, identity)
    return b"".join((HEADER, *out, last, END % at))
