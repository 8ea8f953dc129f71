"""A district's commitment to personalised professional learning: its public page, and the page that publishes it."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import Blueprint

from pdtracker.actions import commitments as actions
from pdtracker.domain.access import Permission
from pdtracker.domain.calendar import days_text
from pdtracker.domain.commitment import WORDS_CHARACTERS, Promise, progress_of
from pdtracker.domain.refusals import NotHere, NotValid
from pdtracker.domain.when import date_text, local
from pdtracker.queries.accounts import district_by_slug
from pdtracker.queries.commitments import (
    CommitmentVersion,
    commitment_figures,
    commitment_versions,
)
from pdtracker.web import answers, requests
from pdtracker.web.answers import Answer
from pdtracker.web.doors import permitted, public
from pdtracker.web.forms import DayField, Form, KeyField, LineField, ParagraphsField
from pdtracker.web.requests import scope

commitments = Blueprint("commitments", __name__)


class CommitmentForm(Form):
    """What the district commits to."""

    words = ParagraphsField(
        "Why, in your own words",
        limit=WORDS_CHARACTERS,
        description="Two or three sentences. They stand above the promises.",
    )
    connected_share = LineField(Promise.CONNECTED_SHARE.question, limit=5, description="Percent.")
    decision_days = LineField(Promise.DECISION_DAYS.question, limit=5, description="Days.")
    teachers_credited = LineField(Promise.TEACHERS_CREDITED.question, limit=5, description="Percent.")
    until_on = DayField("It holds until")
    idempotency_key = KeyField()

    @property
    def entered(self) -> dict[Promise, str]:
        """What was entered for each promise."""
        return {promise: self._fields[promise.value].data or "" for promise in Promise}


@commitments.get("/commitments/<slug:of>")
@public
def show(of: str) -> Answer:
    """What a district commits to and how far it is kept, for everybody."""
    requests.visitor()
    district = district_by_slug(requests.installation_session(), of)
    if district is None:
        raise NotHere
    session = requests.district_session(district.id)
    versions = commitment_versions(session)
    if not versions:
        raise NotHere
    latest, at = versions[0], requests.at()
    today = local(at, district.zone).date()
    counted_until = min(today, latest.until_on)
    figures = commitment_figures(session, latest.from_on, counted_until, district.zone)
    told = [progress_of(pledge, figures) for pledge in latest.pledges]
    return answers.page(
        "commitments/show.html",
        district=district,
        latest=latest,
        told=told,
        kept=sum(one.is_kept is True for one in told),
        days_words=days_text(latest.from_on, latest.until_on),
        counted_words=days_text(latest.from_on, counted_until),
        is_over=latest.until_on < today,
        published_on=_day(latest.at, district.zone),
        earlier=[(one, _day(one.at, district.zone)) for one in versions[1:]],
    )


@commitments.get("/<slug:district>/commitment")
@permitted(Permission.MANAGE_DISTRICT)
def ask() -> Answer:
    """The form, with what stands, and every version that there was."""
    versions = commitment_versions(scope().session)
    return _page(_filled(versions[0] if versions else None), versions)


@commitments.post("/<slug:district>/commitment")
@permitted(Permission.MANAGE_DISTRICT)
def publish() -> Answer:
    """Publish a version."""
    form = CommitmentForm()
    if form.validate():
        try:
            actions.publish_commitment(
                scope(),
                form.words.data or "",
                form.entered,
                form.until_on.data,
                key=form.idempotency_key.data or "",
            )
        except NotValid as refusal:
            form.take(refusal)
        else:
            return answers.see("commitments.ask", saying="Published. Everybody can read it.")
    return _page(form, commitment_versions(scope().session), HTTPStatus.UNPROCESSABLE_ENTITY)


@commitments.post("/<slug:district>/commitment/withdrawal")
@permitted(Permission.MANAGE_DISTRICT)
def take_back() -> Answer:
    """Take it back."""
    actions.take_back_commitment(scope())
    return answers.see("commitments.ask", saying="Taken back. Its page says so.")


def _page(
    form: CommitmentForm, versions: tuple[CommitmentVersion, ...], status: int = HTTPStatus.OK
) -> Answer:
    who = scope()
    return answers.page(
        "commitments/edit.html",
        status,
        form=form,
        promises=[(form[promise.value], promise) for promise in Promise],
        versions=[(one, _day(one.at, who.zone), days_text(one.from_on, one.until_on)) for one in versions],
        is_public=bool(versions),
        stands=bool(versions and versions[0].pledges),
        slug=who.district.slug,
        district_name=who.district.name,
    )


def _filled(latest: CommitmentVersion | None) -> CommitmentForm:
    if latest is None or not latest.pledges:
        return CommitmentForm(formdata=None)
    values: dict[str, Any] = {pledge.promise.value: str(pledge.target) for pledge in latest.pledges}
    return CommitmentForm(formdata=None, words=latest.words, until_on=latest.until_on, **values)


def _day(at: datetime, zone: str) -> str:
    return date_text(local(at, zone).date())
