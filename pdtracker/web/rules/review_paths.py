"""Who reviews claims: the path in words and its versions; a new one typed, looked at, and published from a day."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, request

from pdtracker.actions.review_paths import publish_path
from pdtracker.domain.access import Permission
from pdtracker.domain.refusals import NotValid
from pdtracker.domain.review_path import ReviewPath
from pdtracker.domain.when import date_text
from pdtracker.queries import review_paths as paths
from pdtracker.queries.review_paths import PathVersion
from pdtracker.scope import Scope
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import permitted, signed_in
from pdtracker.web.requests import scope
from pdtracker.web.rules.publishing import VersionLine, published_words
from pdtracker.web.rules.review_path_form import ReviewPathForm, filled, path_words, reviewed_words

review_paths = Blueprint("review_paths", __name__)


@review_paths.get("/<slug:district>/rules/reviews")
@signed_in
def show() -> Answer:
    """Who reviews claims now, and every version that there was."""
    who = scope()
    versions = paths.path_versions(who)
    now = paths.in_force(versions, who.today)
    return answers.page(
        "rules/review_path.html",
        said=reviewed_words(who, now),
        versions=[_line(who, one, now) for one in versions],
        may_manage=who.may(Permission.MANAGE_POLICY),
    )


@review_paths.get("/<slug:district>/rules/reviews/new")
@permitted(Permission.MANAGE_POLICY)
def ask() -> Answer:
    """The form, as the version that begins last has it."""
    who = scope()
    versions = paths.path_versions(who)
    return _asking(filled(versions[0].path if versions else None, who.today))


@review_paths.post("/<slug:district>/rules/reviews/preview")
@permitted(Permission.MANAGE_POLICY)
def preview() -> Answer:
    """What would be published, in words; or the form again, to change something."""
    form = ReviewPathForm()
    if request.form.get("step") == "edit":
        return _asking(form)
    path = _readable(form)
    if path is None:
        return _asking(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _previewing(form, path)


@review_paths.post("/<slug:district>/rules/reviews")
@permitted(Permission.MANAGE_POLICY)
def publish() -> Answer:
    """Publish exactly what was looked at."""
    form = ReviewPathForm()
    path = _readable(form)
    if path is None:
        return _asking(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    if not form.was_looked_at(path.digest):
        return _previewing(form, path, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        publish_path(scope(), path, key=form.idempotency_key.data or "")
    except NotValid as refusal:
        form.take(refusal)
        return _asking(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    return answers.see(
        "review_paths.show",
        saying=f"Published. It holds for claims that are first sent from {date_text(path.effective_from)} on.",
    )


def _readable(form: ReviewPathForm) -> ReviewPath | None:
    """The path that was typed, if it could be published as it stands."""
    who = scope()
    people = paths.reviewers(who)
    form.offer(who, people)
    path = form.path(people)
    if path is not None and (faults := paths.faults_of(who, path)):
        form.take(NotValid(faults))
        return None
    return path


def _asking(form: ReviewPathForm, status: int = HTTPStatus.OK) -> Answer:
    who = scope()
    form.offer(who, paths.reviewers(who))
    return answers.page("rules/review_path_new.html", status, form=form, rows=form.rows())


def _previewing(form: ReviewPathForm, path: ReviewPath, status: int = HTTPStatus.OK) -> Answer:
    who = scope()
    now = paths.in_force(paths.path_versions(who), path.effective_from)
    return answers.page(
        "rules/review_path_preview.html",
        status,
        form=form,
        digest=path.digest,
        begins=date_text(path.effective_from),
        said=path_words(who, path),
        before=reviewed_words(who, now),
        carried=form.carried(),
    )


def _line(who: Scope, one: PathVersion, now: PathVersion | None) -> VersionLine:
    if now is not None and one.id == now.id:
        standing = "In force"
    else:
        standing = "To come" if one.path.effective_from > who.today else "Past"
    published = f"Published {published_words(who, one.at, one.by_name)}."
    return VersionLine.of(
        one.version, one.path.effective_from, published, path_words(who, one.path), standing
    )
