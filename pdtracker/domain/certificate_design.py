"""The design that a district chose for its certificates: a version that is kept, and followed by the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pdtracker.domain.appearance import (
    NAME_LETTERS,
    TITLE_LETTERS,
    Appearance,
    Design,
    accent_fault,
    appearance_document,
    read_appearance,
    statement_fault,
)
from pdtracker.domain.canonical import Json, members, text_of, text_or_none
from pdtracker.domain.certificate import PAPERS, Template

NEWEST: Final = {Design.MODERN: 3, Design.CLASSIC: 1, Design.PLAIN: 1}
"""The version of each design under which certificates are issued now."""


@dataclass(frozen=True, slots=True)
class CertificateDesign:
    """Design, paper, the digest of seal or logo (None without one), and what else was chosen."""

    design: Design
    paper: str
    mark: str | None
    appearance: Appearance

    @property
    def template(self) -> Template:
        """The template under which a certificate of this design is issued."""
        return Template(self.design.value, NEWEST[self.design], self.paper)

    def to_document(self) -> dict[str, Json]:
        """The design as a row keeps it."""
        return {
            "design": self.design.value,
            "paper": self.paper,
            "mark": self.mark,
            "appearance": appearance_document(self.appearance),
        }

    @classmethod
    def from_document(cls, document: object) -> CertificateDesign:
        """The design that a row keeps. Raises ValueError for anything else."""
        d = members(document, "design paper mark appearance")
        return cls(
            Design(text_of(d["design"])),
            text_of(d["paper"]),
            text_or_none(d["mark"]),
            read_appearance(d["appearance"]),
        )


@dataclass(frozen=True, slots=True)
class WishedPicture:
    """A picture that a form sends: the uploaded bytes, or that what stands goes or stays."""

    uploaded: bytes | None = None
    is_removed: bool = False


@dataclass(frozen=True, slots=True)
class WishedSignatory:
    """Who is to sign, as typed; without name and office nobody does."""

    name: str
    title: str
    signature: WishedPicture = WishedPicture()


@dataclass(frozen=True, slots=True)
class DesignWish:
    """A design as a form sends it."""

    design: Design
    paper: str
    accent: str
    statement: str
    logo: WishedPicture
    signatories: tuple[WishedSignatory, WishedSignatory]


def wish_faults(wish: DesignWish) -> dict[str, str]:
    """What is wrong with a wish, by the fields of the form; empty when nothing is."""
    faults: dict[str, str] = {}
    if wish.paper not in PAPERS:
        faults["paper"] = "Choose letter or A4."
    if wish.accent and (fault := accent_fault(wish.accent)):
        faults["accent"] = fault
    if wish.statement and (fault := statement_fault(wish.statement)):
        faults["statement"] = fault
    for number, who in enumerate(wish.signatories, 1):
        if who.title and not who.name:
            faults[f"name_{number}"] = "Enter the name of who signs, or leave both empty."
        if who.name and not who.title:
            faults[f"title_{number}"] = "Enter the office, such as Superintendent of Schools."
        if len(who.name) > NAME_LETTERS:
            faults[f"name_{number}"] = f"Use at most {NAME_LETTERS} letters."
        if len(who.title) > TITLE_LETTERS:
            faults[f"title_{number}"] = f"Use at most {TITLE_LETTERS} letters."
        if not who.name and not who.title and who.signature.uploaded:
            faults[f"name_{number}"] = "Enter the name of who signs, or take the signature away."
    return faults
