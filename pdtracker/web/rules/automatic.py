"""Automatic approval: the policy in words, what it did, its seeds; a new version tried on the past and published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from flask import Blueprint, request, url_for

from pdtracker.actions.automatic import publish_automatic
from pdtracker.actions.issuing import Issuer
from pdtracker.domain.access import Permission
from pdtracker.domain.automatic import (
    AutomaticPolicy,
    Conditions,
    Left,
    month_of,
    opens_on,
    policy_faults,
    policy_sentences,
)
from pdtracker.domain.calendar import month_words
from pdtracker.domain.claim import ClaimState
from pdtracker.domain.hours import hours_phrase
from pdtracker.domain.refusals import NotHere, NotValid
from pdtracker.domain.telling import count_of
from pdtracker.domain.when import date_text, local
from pdtracker.installation import issuer_of
from pdtracker.queries import automatic as policies
from pdtracker.queries.automatic import Done, PolicyVersion, SeedRow
from pdtracker.queries.automatic_trial import MOST_TRIED, TRIED_DAYS, Trial, TriedClaim, trial
from pdtracker.scope import Scope
from pdtracker.web import answers, requests
from pdtracker.web.answers import Answer
from pdtracker.web.doors import permitted, signed_in
from pdtracker.web.forms import Form, KeyField
from pdtracker.web.requests import scope
from pdtracker.web.rules.automatic_form import USUAL, AutomaticForm, filled, in_address
from pdtracker.web.rules.publishing import VersionLine, published_words

automatic = Blueprint("automatic", __name__)

_SHOWN: Final = 200
"""So many claims a list of the dry run shows; the figure above it says how many there are."""


class EndForm(Form):
    """Automatic approval ends now."""

    idempotency_key = KeyField()


@dataclass(frozen=True, slots=True)
class SeedLine:
    """A month's seed: its digest, since when that is published, and the seed or when it is opened."""

    month: str
    digest: str
    sealed: str
    opened: str
    opens: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the dry run with the list that it counts."""

    words: str
    count: int
    href: str


@dataclass(frozen=True, slots=True)
class TriedLine:
    """A claim in a list of the dry run; no link to one's own."""

    person: str
    title: str
    href: str | None
    sign: str
    words: str


@automatic.get("/<slug:district>/rules/automatic")
@signed_in
def show() -> Answer:
    """Which claims are approved automatically now, what that did this month, and the seeds."""
    who = scope()
    versions = policies.policy_versions(who)
    now = policies.in_force(versions, who.today)
    coming = next((one for one in versions if one.policy.effective_from > who.today), None)
    return answers.page(
        "rules/automatic.html",
        said=said_of(now),
        published=_published(who, now) if now else "",
        is_on=now is not None and now.policy.conditions is not None,
        may_end=any(one is not None and one.policy.conditions is not None for one in (now, coming)),
        done=_done_words(policies.done_since(who, month_of(who.today))) if versions else (),
        seeds=[_seed_line(who, one) for one in policies.seeds(who)],
        versions=[_line(who, one, versions) for one in versions],
        may_manage=who.may(Permission.MANAGE_POLICY),
        form=EndForm(),
    )


@automatic.get("/<slug:district>/rules/automatic/new")
@permitted(Permission.MANAGE_POLICY)
def ask() -> Answer:
    """The form, as the last version has it."""
    who = scope()
    return _asking(filled(_usual(who), who.today))


@automatic.post("/<slug:district>/rules/automatic/preview")
@permitted(Permission.MANAGE_POLICY)
def preview() -> Answer:
    """What would be published, and what it would have decided lately; or the form again."""
    form = AutomaticForm()
    if request.form.get("step") == "edit":
        return _asking(form)
    policy = _readable(form)
    if policy is None:
        return _asking(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _previewing(form, policy)


@automatic.post("/<slug:district>/rules/automatic")
@permitted(Permission.MANAGE_POLICY)
def publish() -> Answer:
    """Publish exactly what was looked at."""
    form = AutomaticForm()
    policy = _readable(form)
    if policy is None:
        return _asking(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    if not form.was_looked_at(policy.digest):
        return _previewing(form, policy, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        publish_automatic(scope(), policy, _issuer(), key=form.idempotency_key.data or "")
    except NotValid as refusal:
        form.take(refusal)
        return _asking(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    return answers.see(
        "automatic.show",
        saying=f"Published. It holds for claims that are sent from {date_text(policy.effective_from)} on.",
    )


@automatic.post("/<slug:district>/rules/automatic/end")
@permitted(Permission.MANAGE_POLICY)
def end() -> Answer:
    """End automatic approval now, also what would begin later."""
    form = EndForm()
    if form.validate():
        ending = AutomaticPolicy(scope().today, None)
        publish_automatic(scope(), ending, _issuer(), key=form.idempotency_key.data or "")
    return answers.see(
        "automatic.show", saying="Ended. From now on a person decides every claim that waits or is sent."
    )


@automatic.get("/<slug:district>/rules/automatic/trial")
@permitted(Permission.MANAGE_POLICY)
def tried() -> Answer:
    """The claims behind one figure of the dry run."""
    who = scope()
    asked = (
        AutomaticForm(formdata=request.args, meta={"csrf": False}).asked() if request.args else _usual(who)
    )
    if asked is None:
        raise NotHere
    found = trial(who, asked, who.me.id)
    title, claims = _chosen(found, request.args.get("show", "decided"))
    return answers.page(
        "rules/automatic_trial.html",
        title=title,
        days=TRIED_DAYS,
        count=len(claims),
        is_cut=len(claims) > _SHOWN,
        lines=[_tried_line(who, one) for one in claims[:_SHOWN]],
    )


def _usual(who: Scope) -> Conditions:
    """The conditions of the last version that had any; before the first one those that a form begins with."""
    every = policies.policy_versions(who)
    return next((one.policy.conditions for one in every if one.policy.conditions), USUAL)


def said_of(found: PolicyVersion | None) -> tuple[str, ...]:
    """What the policy in force says, in sentences."""
    return policy_sentences(found.policy if found else AutomaticPolicy(scope().today, None))


def _issuer() -> Issuer:
    return issuer_of(requests.wiring().settings)


def _readable(form: AutomaticForm) -> AutomaticPolicy | None:
    """The version that was typed, if it could be published as it stands."""
    policy = form.policy()
    if policy is not None and (faults := policy_faults(policy, scope().today)):
        form.take(NotValid(faults))
        return None
    return policy


def _asking(form: AutomaticForm, status: int = HTTPStatus.OK) -> Answer:
    return answers.page("rules/automatic_new.html", status, form=form)


def _previewing(form: AutomaticForm, policy: AutomaticPolicy, status: int = HTTPStatus.OK) -> Answer:
    who, asked = scope(), policy.conditions
    if asked is None:
        raise NotHere
    found = trial(who, asked, who.me.id)
    return answers.page(
        "rules/automatic_preview.html",
        status,
        form=form,
        digest=policy.digest,
        begins=date_text(policy.effective_from),
        said=policy_sentences(policy),
        decided=len(found.decided),
        total=len(found.tried),
        days=TRIED_DAYS,
        drawn=round(len(found.decided) * asked.audit_percent / 100),
        most=MOST_TRIED if found.is_cut else 0,
        figures=_figures(found, asked),
        before=said_of(policies.in_force(policies.policy_versions(who), policy.effective_from)),
        carried=form.carried(),
    )


def _figures(found: Trial, asked: Conditions) -> Sequence[Figure]:
    """Each figure with its list: what it would have decided, what a person decided otherwise, what it left and why."""

    def figure(words: str, claims: Sequence[TriedClaim], show: str) -> Figure:
        href = url_for("automatic.tried", show=show, **in_address(asked))
        return Figure(words, len(claims), href)

    every = [
        figure("Approved automatically", found.decided, "decided"),
        figure("Of these, decided otherwise by a person", found.otherwise, "otherwise"),
        *(figure(f"Left to a person: {_lower(one.words)}", found.left(one), one.value) for one in Left),
    ]
    return [one for one in every if one.count]


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


def _chosen(found: Trial, show: str) -> tuple[str, Sequence[TriedClaim]]:
    if show == "decided":
        return "Would have been approved automatically", found.decided
    if show == "otherwise":
        return "Would have been approved, and a person decided otherwise", found.otherwise
    try:
        reason = Left(show)
    except ValueError:
        raise NotHere from None
    return f"Would have been left to a person: {_lower(reason.words)}", found.left(reason)


_SIGNS: Final = {
    ClaimState.CREDITED: "ok",
    ClaimState.RETURNED: "back",
    ClaimState.DENIED: "no",
    ClaimState.REVERSED: "off",
}


def _tried_line(who: Scope, one: TriedClaim) -> TriedLine:
    words = one.state.label
    if one.state is ClaimState.CREDITED:
        words = f"{words}, {hours_phrase(one.granted) if one.granted else 'no hours'}"
        if one.granted < one.claimed:
            words = f"{words} of {hours_phrase(one.claimed)}"
    href = None if one.person_id == who.me.id else url_for("review.show", claim_id=one.id)
    return TriedLine(one.person_name, one.title, href, _SIGNS[one.state], words)


def _done_words(done: Done) -> tuple[str, ...]:
    """What it did this month, and what people made of those that were drawn."""
    told = [
        f"{count_of(done.approved, 'claim', 'claims')} approved automatically this month".capitalize() + "."
    ]
    if done.taken_back:
        told.append(f"{count_of(done.taken_back, 'of them was', 'of them were')} taken back.".capitalize())
    if done.sampled:
        agreed = f"people approved {done.sampled_approved:,} of them and decided {done.sampled_otherwise:,} otherwise"
        told.append(f"{count_of(done.sampled, 'claim', 'claims')} drawn for a person; {agreed}.".capitalize())
    left = sum(done.left.values())
    if left:
        told.append(f"{count_of(left, 'claim', 'claims')} left to a person:".capitalize())
        told += [f"{done.left[one]:,}: {_lower(one.words)}." for one in Left if done.left.get(one)]
    return tuple(told)


def _seed_line(who: Scope, one: SeedRow) -> SeedLine:
    month = month_words(one.month_on.year, one.month_on.month)
    sealed = date_text(local(one.committed_at, who.district.zone).date())
    return SeedLine(month, one.digest, sealed, one.opened or "", date_text(opens_on(one.month_on)))


def _published(who: Scope, one: PolicyVersion) -> str:
    return f"Version {one.version}, published {published_words(who, one.at, one.by_name)}."


def _line(who: Scope, one: PolicyVersion, versions: Sequence[PolicyVersion]) -> VersionLine:
    begins, now = one.policy.effective_from, policies.in_force(versions, who.today)
    if now is not None and one.id == now.id:
        standing = "In force"
    else:
        is_to_come = begins > who.today and policies.in_force(versions, begins) == one
        standing = "To come" if is_to_come else "Past"
    published = f"Published {published_words(who, one.at, one.by_name)}."
    return VersionLine.of(one.version, begins, published, policy_sentences(one.policy), standing)
