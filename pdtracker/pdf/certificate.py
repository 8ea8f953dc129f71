"""A certificate's PDF: drawn from its snapshot alone, with the signed record attached.

`render` is pure. The same snapshot, signature, key and logo give the same bytes in every process; what a reader sees
and what was signed can therefore be compared, and no PDF needs to be kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from typing import Final, assert_never

from pdtracker.domain.appearance import Design
from pdtracker.domain.certificate import Snapshot, Template
from pdtracker.domain.glyphs import MissingGlyph
from pdtracker.pdf import classic, modern, plain
from pdtracker.pdf.document import Attachment, write
from pdtracker.pdf.faces import SANS, Face
from pdtracker.pdf.first_sheet import FirstSheet
from pdtracker.pdf.form_fields import layout_of
from pdtracker.pdf.form_layouts import LAYOUTS
from pdtracker.pdf.letters import missing_letters
from pdtracker.pdf.logos import Logo, picture_of
from pdtracker.pdf.metadata import Facts
from pdtracker.pdf.modern import HEADING
from pdtracker.pdf.objects import Picture
from pdtracker.pdf.pictures import Pictures
from pdtracker.pdf.record import BADGE_NAME, NAME, SignedRecord
from pdtracker.pdf.schedule import draw_schedule
from pdtracker.pdf.sheet import Sheet

SIZES: Final = {"letter": (792.0, 612.0), "a4": (841.89, 595.276)}
TEMPLATES: Final[Mapping[tuple[str, int], type[Sheet]]] = {
    ("modern", 1): FirstSheet,
    ("modern", 2): Sheet,
    ("modern", 3): Sheet,
    ("modern", 4): Sheet,
    ("modern", 5): Sheet,
    ("classic", 1): Sheet,
    ("classic", 2): Sheet,
    ("plain", 1): Sheet,
    ("plain", 2): Sheet,
    ("plain", 3): Sheet,
    ("plain", 4): Sheet,
}
"""The designs and what their pages are drawn on. Version 2 of modern looks as version 1 does, and conforms; version 3
shows what a district chose. Version 2 of plain is the form of a licensing body. Versions 4 and 5 of modern are 2 and 3
with the badge attached, 2 of classic is 1 with it, 3 of plain is 1, and 4 of plain is 2."""
BADGED: Final = frozenset({("modern", 4), ("modern", 5), ("classic", 2), ("plain", 3), ("plain", 4)})
"""The templates whose files carry the certificate's badge beside its signed record."""


class UnknownTemplate(ValueError):
    """The snapshot was issued under a template that this version does not have."""


def render(
    snapshot: Snapshot,
    signature: bytes,
    public_key: bytes,
    logo: Logo | None = None,
    signatures: Sequence[Logo] = (),
    badge: bytes | None = None,
) -> bytes:
    """The PDF of the certificate.

    `badge` is the token that was made at its issue, None under a template without one; the other raises ValueError.
    `logo` is the one whose digest the snapshot names, None when it names none, and `signatures` are those of who signs,
    in that order; others raise ValueError.
    Raises MissingGlyph for a letter that the faces lack, UnknownTemplate for a template that is not ours.
    """
    return drawn_on(sheet_for(snapshot), snapshot, signature, public_key, logo, signatures, badge)


def sheet_for(snapshot: Snapshot) -> Sheet:
    """The empty sheet that the certificate is drawn on. Raises UnknownTemplate."""
    pages = TEMPLATES.get((snapshot.template.name, snapshot.template.version))
    if pages is None:
        raise UnknownTemplate(f"{snapshot.template.name} {snapshot.template.version}")
    if (snapshot.form.regime if snapshot.form else None) not in _forms(snapshot.template):
        raise UnknownTemplate(f"{snapshot.template.name} {snapshot.template.version}, its form")
    return pages(SIZES[snapshot.template.paper])


_FORMS: Final = (("plain", 2), ("plain", 4))
"""The templates that draw forms of licensing bodies."""


def _forms(template: Template) -> Collection[str | None]:
    """The forms that the template draws, by their regimes; None stands for a certificate that is no form."""
    return LAYOUTS.keys() if (template.name, template.version) in _FORMS else (None,)


def draw(
    snapshot: Snapshot, logo: Logo | None = None, signatures: Sequence[Logo] = ()
) -> tuple[Sheet, list[Picture]]:
    """The certificate's pages with the pictures on them, for a print run. Raises as `render` does."""
    sheet, pictures = sheet_for(snapshot), Pictures(logo, signatures)
    pictures.check(snapshot)
    check_letters(snapshot)
    _draw_pages(sheet, snapshot, hashlib.sha256(snapshot.to_bytes()).hexdigest(), pictures)
    return sheet, [picture_of(picture) for picture in pictures.all]


def drawn_on(
    sheet: Sheet,
    snapshot: Snapshot,
    signature: bytes,
    public_key: bytes,
    logo: Logo | None,
    signatures: Sequence[Logo] = (),
    badge: bytes | None = None,
) -> bytes:
    """The PDF of the certificate, drawn on this sheet. Raises as `render` does."""
    if (badge is not None) != has_badge(snapshot):
        raise ValueError("a certificate has its badge with it just where its template says so")
    pictures = Pictures(logo, signatures)
    pictures.check(snapshot)
    check_letters(snapshot)
    canonical = snapshot.to_bytes()
    _draw_pages(sheet, snapshot, hashlib.sha256(canonical).hexdigest(), pictures)
    record = SignedRecord(snapshot, canonical, signature, public_key)
    is_first_modern = (snapshot.template.name, snapshot.template.version) in _ALL_FACES
    layout = layout_of(snapshot)
    return write(
        Facts(
            title=f"{layout.heading if layout else HEADING}: {snapshot.holder.name}",
            author=snapshot.district.name,
            subject=snapshot.title,
            at=snapshot.issued_at,
            identity=canonical,
            conforms=sheet.conforms,
        ),
        (sheet.width, sheet.height),
        sheet.pages,
        sheet.root,
        sheet.rare,
        [picture_of(picture) for picture in pictures.all],
        _attachments(record, badge),
        SANS if is_first_modern else [face for face in Face if face in sheet.used],
        sheet.ornaments,
    )


def has_badge(snapshot: Snapshot) -> bool:
    """Whether its file carries its badge."""
    return (snapshot.template.name, snapshot.template.version) in BADGED


def _attachments(record: SignedRecord, badge: bytes | None) -> list[Attachment]:
    held = [Attachment(NAME, "The signed record of this certificate", "application/json", record.to_bytes())]
    if badge is not None:
        held.append(
            Attachment(
                BADGE_NAME,
                "The same as an Open Badge 3.0, for programs",
                "application/jwt",
                badge,
                "Alternative",
            )
        )
    return held


_ALL_FACES: Final = (("modern", 1), ("modern", 2), ("modern", 4))
"""The templates whose files carry all weights of Open Sans, used or not."""


def _draw_pages(sheet: Sheet, s: Snapshot, fingerprint: str, pictures: Pictures) -> None:
    """The face in the snapshot's design, and the schedule where the sessions had no room on it."""
    match Design(s.template.name):
        case Design.MODERN:
            dress = modern.dress_of(s)
            listed = modern.draw_face(sheet, s, fingerprint, pictures, dress)
        case Design.CLASSIC:
            small = [text for where, text in _texts(s) if where not in _LARGE]
            dress = classic.dress_of(s, small)
            listed = classic.draw_face(sheet, s, fingerprint, pictures, dress)
        case Design.PLAIN:
            dress = plain.DRESS
            listed = plain.draw_face(sheet, s, fingerprint, pictures)
        case design:
            assert_never(design)
    if not listed:
        draw_schedule(sheet, s, fingerprint, dress)


_HOLDER: Final = "the holder’s name"
_SIGNER: Final = "the name of who signs"
_LARGE: Final = (_HOLDER, _SIGNER)
"""What changes its face alone when a serif face lacks a letter of it."""


def check_letters(snapshot: Snapshot) -> None:
    """Raises MissingGlyph when the faces lack a letter: it names the letter, the place and the person."""
    if not missing_letters("".join(text for _, text in _texts(snapshot))):
        return
    for where, text in _texts(snapshot):
        if letters := missing_letters(text):
            raise MissingGlyph(snapshot.holder.name, where, text, letters)


def _texts(s: Snapshot) -> list[tuple[str, str]]:
    """Every text that a district, a host or a person wrote, with the words for where it stands."""
    texts = [
        (_HOLDER, s.holder.name),
        ("the licence", s.holder.licence or ""),
        ("the title", s.title),
        ("the programme", s.programme or ""),
        ("the theme", s.theme or ""),
        ("the district’s name", s.district.name),
        ("the district’s place", s.district.place),
        ("the sponsor number", s.district.sponsor_number or ""),
        ("the sponsor’s period of approval", s.district.sponsor_period or ""),
        ("the unit", s.unit.one + s.unit.many),
        ("the policy", s.policy.name + s.policy.edition),
        ("the words on the reflection", s.reflection or ""),
        ("the approver’s name", s.approval.name),
        ("the approver’s role", s.approval.role),
        ("the notice on keeping", s.retention or ""),
    ]
    texts += [("the words on what counts", change.words) for change in s.changes]
    texts += [("a category", category.name + category.short) for category in s.categories]
    if s.appearance:
        texts.append(("the sentence of the certificate", s.appearance.statement or ""))
        for each in s.appearance.signatories:
            texts += [(_SIGNER, each.name), ("the office of who signs", each.title)]
    if s.form:
        texts += [("what the form states", text) for text in s.form.texts]
    for session in s.sessions:
        texts += [
            ("a session’s title", session.title),
            ("a host", session.host),
            ("a session’s kind", session.kind),
            ("a session’s delivery", session.delivery),
            ("a session’s place", session.place or ""),
            ("the words on attendance", session.attendance),
        ]
    return texts
