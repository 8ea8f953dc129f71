"""How a district's certificates look: chosen here, looked at in samples, kept version by version."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Blueprint, request
from flask_wtf.file import FileField
from wtforms import BooleanField, RadioField
from wtforms.validators import InputRequired

from pdtracker.actions import certificate_designs as actions
from pdtracker.domain.access import Permission
from pdtracker.domain.appearance import AMOUNT, NAME_LETTERS, TITLE_LETTERS, Design
from pdtracker.domain.certificate_design import (
    CertificateDesign,
    DesignWish,
    WishedPicture,
    WishedSignatory,
)
from pdtracker.domain.refusals import NotHere, NotValid
from pdtracker.domain.state_forms import FormChoice, StateForm
from pdtracker.domain.when import date_text, local
from pdtracker.pdf.certificate import has_badge, render
from pdtracker.pdf.samples import Sample, sample_of
from pdtracker.queries.certificate_designs import (
    DesignVersion,
    design_versions,
    kept_pictures,
    named_pictures,
    pictures_of,
)
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import UPLOAD_LIMIT_BYTES, accepts, permitted
from pdtracker.web.forms import ChooseField, Form, KeyField, LineField
from pdtracker.web.requests import scope

certificate_design = Blueprint("certificate_design", __name__)

_PAPERS = {"letter": "Letter", "a4": "A4"}
_FORMS = {
    FormChoice.NONE.value: "Nobody gets one",
    FormChoice.BY_LICENCE.value: "Each by licence",
    **{one.value: f"All: {one.label}" for one in StateForm},
}
_NO_KEY = bytes(32)
_NO_BADGE = b""
_NO_SIGNATURE = bytes(64)
_PICTURE = "PNG or JPEG, up to 4 MB."
_LOGO = (
    "PNG, JPEG or SVG, up to 4 MB. An SVG has flat shapes in full colours, text as outlines, no gradients."
)
_SIGNATURE = f"Optional. Dark ink on white paper will do; the paper becomes clear. {_PICTURE}"


class DesignForm(Form):
    """What a district chooses."""

    design = RadioField(
        "Design", [InputRequired("Choose a design.")], choices={one.value: one.label for one in Design}
    )
    paper = RadioField("Paper", [InputRequired("Choose letter or A4.")], choices=_PAPERS)
    state_form = ChooseField(
        "State form",
        choices=_FORMS,
        default=FormChoice.NONE.value,
        description="Who gets a form with the fields that a licensing body asks for, in its unit, instead of the design"
        " above. Seal, signatures and paper stay yours.",
    )
    accent = LineField(
        "Accent colour",
        limit=7,
        description="Such as #0d5c55. It must read on white paper. Empty: the design’s own. Plain has no colour.",
    )
    statement = LineField(
        "What it says of the holder",
        limit=200,
        description=f"One line between name and title, with {AMOUNT} where the hours stand: has completed {AMOUNT} of"
        " approved professional learning in. Empty: the design’s own.",
    )
    logo = FileField("Seal or logo", description=_LOGO)
    no_logo = BooleanField("Take the seal or logo away")
    name_1 = LineField("Name", limit=NAME_LETTERS)
    title_1 = LineField("Office", limit=TITLE_LETTERS)
    signature_1 = FileField("Signature", description=_SIGNATURE)
    no_signature_1 = BooleanField("Take this signature away")
    name_2 = LineField("Name", limit=NAME_LETTERS)
    title_2 = LineField("Office", limit=TITLE_LETTERS)
    signature_2 = FileField("Signature", description=_SIGNATURE)
    no_signature_2 = BooleanField("Take this signature away")
    idempotency_key = KeyField()

    @property
    def wish(self) -> DesignWish:
        """What the form says, once it is valid."""
        return DesignWish(
            Design(self.design.data),
            self.paper.data,
            (self.accent.data or "").lower(),
            self.statement.data or "",
            _picture("logo", self.no_logo.data),
            (self._signatory(1), self._signatory(2)),
            self.state_form.data or "",
        )

    def _signatory(self, number: int) -> WishedSignatory:
        picture = _picture(f"signature_{number}", self[f"no_signature_{number}"].data)
        return WishedSignatory(self[f"name_{number}"].data or "", self[f"title_{number}"].data or "", picture)


def _picture(field: str, is_removed: bool) -> WishedPicture:
    file = request.files.get(field)
    uploaded = file.stream.read() if file is not None and file.filename else None
    return WishedPicture(uploaded, is_removed)


@certificate_design.get("/<slug:district>/certificate-design")
@permitted(Permission.MANAGE_DISTRICT)
def ask() -> Answer:
    """The form, with what stands, and every version that there was."""
    versions = design_versions(scope().session)
    return _page(_filled(versions[0].design if versions else None), versions)


@certificate_design.post("/<slug:district>/certificate-design")
@permitted(Permission.MANAGE_DISTRICT)
@accepts(UPLOAD_LIMIT_BYTES)
def choose() -> Answer:
    """Choose it for every certificate from now on."""
    form = DesignForm()
    if form.validate():
        try:
            actions.choose_design(scope(), form.wish, key=form.idempotency_key.data or "")
        except NotValid as refusal:
            form.take(refusal)
        else:
            return answers.see(
                "certificate_design.ask",
                saying="Chosen. New certificates look like this; those that were issued stay as they are.",
            )
    return _page(form, design_versions(scope().session), HTTPStatus.UNPROCESSABLE_ENTITY)


@certificate_design.post("/<slug:district>/certificate-design/sample/<sample>")
@permitted(Permission.MANAGE_DISTRICT)
@accepts(UPLOAD_LIMIT_BYTES)
def show_sample(sample: str) -> Answer:
    """A sample of what the form says, as PDF; nothing is kept of it. Or the form again."""
    if sample not in set(Sample):
        raise NotHere
    form, who = DesignForm(), scope()
    if form.validate():
        try:
            design, uploaded = actions.read_wish(who, form.wish)
        except NotValid as refusal:
            form.take(refusal)
        else:
            made = sample_of(who.district.name, who.district.place, design, Sample(sample), who.at)
            kept = {**kept_pictures(who.session, named_pictures(made)), **uploaded}
            logo, inked = pictures_of(design.mark, design.appearance.signatures, kept)
            return answers.file(
                lambda: render(
                    made, _NO_SIGNATURE, _NO_KEY, logo, inked, _NO_BADGE if has_badge(made) else None
                ),
                "application/pdf",
                f"sample-{sample}.pdf",
                keep=False,
            )
    return _page(form, design_versions(who.session), HTTPStatus.UNPROCESSABLE_ENTITY)


def _page(form: DesignForm, versions: tuple[DesignVersion, ...], status: int = HTTPStatus.OK) -> Answer:
    who = scope()
    signed = versions[0].design.appearance.signatories if versions else ()
    return answers.page(
        "certificates/design.html",
        status,
        form=form,
        signing=[
            (
                number,
                form[f"name_{number}"],
                form[f"title_{number}"],
                form[f"signature_{number}"],
                form[f"no_signature_{number}"],
                len(signed) >= number and signed[number - 1].signature is not None,
            )
            for number in (1, 2)
        ],
        has_logo=bool(versions and versions[0].design.mark),
        samples=list(Sample),
        papers=_PAPERS,
        forms=_FORMS,
        versions=[(one, date_text(local(one.at, who.zone).date())) for one in versions],
        details={
            Design.MODERN.value: "Clear and large; in its ring each dot is a minute. For screen and portfolio.",
            Design.CLASSIC.value: "Engraved frame, serif type and a seal. For the wall.",
            Design.PLAIN.value: "Numbered fields, black on white. For licensing offices, copies and fax.",
        },
    )


def _filled(stands: CertificateDesign | None) -> DesignForm:
    if stands is None:
        return DesignForm(formdata=None, design=Design.MODERN.value, paper="letter")
    values: dict[str, Any] = {}
    for number, who in enumerate(stands.appearance.signatories, 1):
        values |= {f"name_{number}": who.name, f"title_{number}": who.title}
    return DesignForm(
        formdata=None,
        design=stands.design.value,
        paper=stands.paper,
        accent=stands.appearance.accent or "",
        statement=stands.appearance.statement or "",
        state_form=stands.form,
        **values,
    )
