"""A certificate's PDF: drawn from its snapshot alone, with the signed record attached.

`render` is pure. The same snapshot, signature, key and logo give the same bytes in every process; what a reader sees
and what was signed can therefore be compared, and no PDF needs to be kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Final

from pdtracker.domain.certificate import Snapshot
from pdtracker.domain.glyphs import MissingGlyph
from pdtracker.pdf.document import Attachment, write
from pdtracker.pdf.first_sheet import FirstSheet
from pdtracker.pdf.letters import missing_letters
from pdtracker.pdf.logos import Logo, picture_of
from pdtracker.pdf.metadata import Facts
from pdtracker.pdf.modern import HEADING, draw_face
from pdtracker.pdf.record import NAME, SignedRecord
from pdtracker.pdf.schedule import draw_schedule
from pdtracker.pdf.sheet import Sheet

SIZES: Final = {"letter": (792.0, 612.0), "a4": (841.89, 595.276)}
TEMPLATES: Final[Mapping[tuple[str, int], type[Sheet]]] = {("modern", 1): FirstSheet, ("modern", 2): Sheet}
"""The designs and what their pages are drawn on. Version 2 looks as version 1 does, and conforms."""


class UnknownTemplate(ValueError):
    """The snapshot was issued under a template that this version does not have."""


def render(snapshot: Snapshot, signature: bytes, public_key: bytes, logo: Logo | None = None) -> bytes:
    """The PDF of the certificate.

    `logo` is the one whose digest the snapshot names, None when it names none; another raises ValueError.
    Raises MissingGlyph for a letter that the faces lack, UnknownTemplate for a template that is not ours.
    """
    pages = TEMPLATES.get((snapshot.template.name, snapshot.template.version))
    if pages is None:
        raise UnknownTemplate(f"{snapshot.template.name} {snapshot.template.version}")
    return drawn_on(pages(SIZES[snapshot.template.paper]), snapshot, signature, public_key, logo)


def drawn_on(
    sheet: Sheet, snapshot: Snapshot, signature: bytes, public_key: bytes, logo: Logo | None
) -> bytes:
    """The PDF of the certificate, drawn on this sheet. Raises as `render` does."""
    if (logo.digest if logo else None) != snapshot.district.mark:
        raise ValueError("the logo is not the one that the snapshot names")
    check_letters(snapshot)
    canonical = snapshot.to_bytes()
    fingerprint = hashlib.sha256(canonical).hexdigest()
    if not draw_face(sheet, snapshot, fingerprint, logo):
        draw_schedule(sheet, snapshot, fingerprint)
    record = SignedRecord(snapshot, canonical, signature, public_key)
    return write(
        Facts(
            title=f"{HEADING}: {snapshot.holder.name}",
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
        [picture_of(logo)] if logo else [],
        [Attachment(NAME, "The signed record of this certificate", "application/json", record.to_bytes())],
    )


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
        ("the holder’s name", s.holder.name),
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
