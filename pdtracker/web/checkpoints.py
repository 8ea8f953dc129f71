"""Checkpoints of the audit trail: who keeps them outside of the house, and those that the house wrote itself."""

from __future__ import annotations

import json
from http import HTTPStatus

from flask import Blueprint, url_for

from pdtracker.actions.checkpoints import name_officers
from pdtracker.domain.access import Permission
from pdtracker.domain.checkpoint import Officer, short_hash
from pdtracker.domain.refusals import NotValid
from pdtracker.domain.when import moment_text
from pdtracker.queries.checkpoints import checkpoints_document, keepers, written_checkpoints
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import confirmed, permitted
from pdtracker.web.forms import AddressField, Form, NameField
from pdtracker.web.requests import scope, wiring

checkpoints = Blueprint("checkpoints", __name__)

SHOWN = 31


class OfficersForm(Form):
    """Two people, or nobody."""

    first_name = NameField("Name")
    first_email = AddressField("E-mail")
    second_name = NameField("Name")
    second_email = AddressField("E-mail")

    @property
    def first(self) -> Officer:
        """The first of them."""
        return Officer(self.first_name.data or "", self.first_email.data or "")

    @property
    def second(self) -> Officer:
        """The other one."""
        return Officer(self.second_name.data or "", self.second_email.data or "")


@checkpoints.get("/<slug:district>/audit/checkpoints")
@permitted(Permission.SEE_AUDIT)
def show() -> Answer:
    """Who keeps the checkpoints, and the last of them."""
    told: dict[str, str] = {}
    for place, officer in zip(("first", "second"), keepers(scope().session).officers, strict=False):
        told |= {f"{place}_name": officer.name, f"{place}_email": officer.email}
    return _page(OfficersForm(formdata=None, data=told))


@checkpoints.post("/<slug:district>/audit/checkpoints")
@permitted(Permission.MANAGE_DISTRICT)
@confirmed
def name() -> Answer:
    """Other officers, or nobody."""
    form = OfficersForm()
    if form.validate():
        address = f"{wiring().settings.base_url.rstrip('/')}{url_for('checkpoints.show')}"
        try:
            name_officers(scope(), form.first, form.second, address=address)
        except NotValid as refusal:
            form.take(refusal)
        else:
            return answers.see("checkpoints.show", saying="Saved. They hear of it, as do those before them.")
    return _page(form, HTTPStatus.UNPROCESSABLE_ENTITY)


@checkpoints.get("/<slug:district>/audit/checkpoints.json")
@permitted(Permission.SEE_AUDIT)
def show_json() -> Answer:
    """All checkpoints of the district, as `audit verify` reads them."""
    who = scope()
    kept = list(written_checkpoints(who.session, who.district.slug))
    document = json.dumps(checkpoints_document(kept), ensure_ascii=False, indent=2)
    name = f"checkpoints-{who.district.slug}-{who.today.isoformat()}.json"
    return answers.file(document.encode, "application/json", name, keep=True)


def _page(form: OfficersForm, status: int = HTTPStatus.OK) -> Answer:
    who = scope()
    kept = keepers(who.session)
    return answers.page(
        "trail/checkpoints.html",
        status,
        form=form,
        officers=kept.officers,
        named=moment_text(kept.named_at, who.at, who.zone) if kept.named_at else None,
        rows=[
            (one.seq, short_hash(one.hash), one.key, moment_text(one.at, who.at, who.zone))
            for one in written_checkpoints(who.session, who.district.slug, SHOWN)
        ],
    )
