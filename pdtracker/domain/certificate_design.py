"""The design that a district chose for its certificates: a version that is kept, and followed by the next."""

from __future__ import annotations

from collections.abc import Sequence
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
from pdtracker.domain.state_forms import FormChoice, StateForm

NEWEST: Final = {Design.MODERN: 5, Design.CLASSIC: 2, Design.PLAIN: 3}
"""The version of each design under which certificates are issued now."""
FORM_VERSION: Final = 4
"""The version of the plain design that draws the forms of licensing bodies."""


@dataclass(frozen=True, slots=True)
class CertificateDesign:
    """Design, paper, the digest of seal or logo (None without one), and what else was chosen.

    `form` says who gets the form of a licensing body in place of the design: nobody (empty), each by licence, or all
    that of one regime, which it names.
    """

    design: Design
    paper: str
    mark: str | None
    appearance: Appearance
    form: str = FormChoice.NONE.value

    def __post_init__(self) -> None:
        if not is_form(self.form):
            raise ValueError(f"no form of a licensing body: {self.form}")

    @property
    def form_template(self) -> Template:
        """The template under which a licensing body's form is issued."""
        return Template(Design.PLAIN.value, FORM_VERSION, self.paper)

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
            "form": self.form,
        }

    @classmethod
    def from_document(cls, document: object) -> CertificateDesign:
        """The design that a row keeps. Raises ValueError for anything else."""
        names = "design paper mark appearance"
        is_older = (
            isinstance(document, dict) and "form" not in document
        )  # of the days before there were forms
        d = members(document, names if is_older else f"{names} form")
        return cls(
            Design(text_of(d["design"])),
            text_of(d["paper"]),
            text_or_none(d["mark"]),
            read_appearance(d["appearance"]),
            text_of(d.get("form", FormChoice.NONE.value)),
        )


def is_form(choice: str) -> bool:
    """Whether it says who gets a licensing body's form."""
    return choice in set(FormChoice) or choice in set(StateForm)


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
    form: str = FormChoice.NONE.value


def wish_faults(wish: DesignWish) -> dict[str, str]:
    """What is wrong with a wish, by the fields of the form; empty when nothing is."""
    faults: dict[str, str] = {}
    if wish.paper not in PAPERS:
        faults["paper"] = "Choose letter or A4."
    if not is_form(wish.form):
        faults["state_form"] = "Choose from the list."
    if wish.accent and (fault := accent_fault(wish.accent)):
        faults["accent"] = fault
    if wish.statement and (fault := statement_fault(wish.statement)):
        faults["statement"] = fault
    return faults | _signatory_faults(wish.signatories)


def _signatory_faults(signatories: Sequence[WishedSignatory]) -> dict[str, str]:
    faults: dict[str, str] = {}
    for number, who in enumerate(signatories, 1):
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
