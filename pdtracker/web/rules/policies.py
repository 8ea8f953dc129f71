"""A new edition of the credit policy: typed, looked at with what it would have changed, published from a date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from http import HTTPStatus

from flask import Blueprint, request

from pdtracker.actions.policies import publish_policy
from pdtracker.domain.access import Permission
from pdtracker.domain.dry_run import Change, DryRun, dry_run, years_of
from pdtracker.domain.hours import hours_phrase, hours_short
from pdtracker.domain.policy import CreditPolicy
from pdtracker.domain.policy_words import in_force, sentences
from pdtracker.domain.refusals import NotValid
from pdtracker.domain.telling import count_of
from pdtracker.domain.when import date_text, school_year_text, short_date
from pdtracker.queries import rulebook
from pdtracker.queries.rulebook import Edition
from pdtracker.queries.standing_awards import Record, standing_awards
from pdtracker.scope import Scope
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import permitted
from pdtracker.web.periods import FIRST_YEAR
from pdtracker.web.requests import scope
from pdtracker.web.rules.book import governing
from pdtracker.web.rules.policy_form import PolicyForm, filled

policies = Blueprint("policies", __name__)

_SHOWN = 50
# Where no policy says when a school year begins: month and day.
_SCHOOL_YEAR_STARTS = (7, 1)
_LONGEST_TRY = timedelta(days=5 * 366)


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """An award that would be another: whose, for what and when, before and after, and why."""

    person: str
    title: str
    on: str
    before: str
    after: str
    is_less: bool
    why: str


@dataclass(frozen=True, slots=True)
class Tried:
    """What a dry run found, in words."""

    answer: str
    period: str
    sums: str
    sample: str
    lines: Sequence[ChangeLine]
    page: int
    pages: int
    short: Sequence[str]


@policies.get("/<slug:district>/rules/policy/new")
@permitted(Permission.MANAGE_POLICY)
def ask() -> Answer:
    """The form, as the edition that begins last has it."""
    return _asking(_first(scope(), rulebook.editions(scope())), HTTPStatus.OK)


@policies.post("/<slug:district>/rules/policy/preview")
@permitted(Permission.MANAGE_POLICY)
def preview() -> Answer:
    """What would be published, and what it would have changed; or the form again, to change something."""
    form = PolicyForm()
    if request.form.get("step") == "edit":
        form.validate()
        return _asking(_unfaulted(form), HTTPStatus.OK)
    policy = _readable(form)
    if policy is None:
        return _asking(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _previewing(form, policy, HTTPStatus.OK)


@policies.post("/<slug:district>/rules/policy")
@permitted(Permission.MANAGE_POLICY)
def publish() -> Answer:
    """Publish exactly what was looked at."""
    form = PolicyForm()
    policy = form.policy()
    if policy is None:
        return _asking(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    if not form.was_looked_at(policy.digest):
        return _previewing(form, policy, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        policy_id = publish_policy(scope(), policy, key=form.idempotency_key.data or "")
    except NotValid as refusal:
        form.take(refusal)
        return _asking(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    return answers.see(
        "rules.edition",
        policy_id=policy_id,
        saying=f"Published. It holds for activities from {date_text(policy.effective_from)} on.",
    )


def _readable(form: PolicyForm) -> CreditPolicy | None:
    """The edition that was typed, if it could be published as it stands."""
    policy = form.policy()
    if policy is None:
        return None
    first, last = form.tried_from.data, form.tried_until.data
    if first is not None and last is not None and not first <= last <= first + _LONGEST_TRY:
        form.tried_until.errors = ["Enter a day on or after the first, at most five years later."]
    try:
        rulebook.require_publishable(scope(), policy)
    except NotValid as refusal:
        form.take(refusal)
        return None
    return policy


def _asking(form: PolicyForm, status: int) -> Answer:
    return answers.page("rules/policy_new.html", status, form=form)


def _previewing(form: PolicyForm, policy: CreditPolicy, status: int) -> Answer:
    who = scope()
    every = rulebook.editions(who)
    now = governing(every, policy.effective_from)
    period = _period(form, policy, who.today)
    form.tried_from.data, form.tried_until.data = period
    said, said_before = tuple(sentences(policy)), tuple(sentences(now.policy)) if now else ()
    return answers.page(
        "rules/policy_preview.html",
        status,
        form=form,
        policy=policy,
        days=in_force(policy, None),
        digest=policy.digest,
        carried=form.carried("tried_from", "tried_until"),
        said=said,
        gained=[one for one in said if one not in said_before],
        lost=[one for one in said_before if one not in said],
        before=now.policy.title if now else "",
        tried=_tried(who, every, policy, period),
    )


def _first(who: Scope, every: Sequence[Edition]) -> PolicyForm:
    today = who.today
    policy = (
        every[0].policy
        if every
        else CreditPolicy(
            name=f"{who.district.name} hours",
            edition="1",
            effective_from=today,
            year_starts=_SCHOOL_YEAR_STARTS,
        )
    )
    begins = _next_year(policy, today) if every else today
    taken = {one.policy.edition for one in every}
    names = (f"{begins.year}-{number}" for number in range(1, len(taken) + 2))
    return filled(policy, next(name for name in names if name not in taken), begins)


def _next_year(policy: CreditPolicy, today: date) -> date:
    """The first day of the school year after this one, or after the one in which the latest edition begins."""
    return policy.year_of(max(today, policy.effective_from))[1] + timedelta(days=1)


def _unfaulted(form: PolicyForm) -> PolicyForm:
    """The form as it was typed, without a word about what is wrong: nobody asked yet."""
    for field in form:
        field.errors = []
    return form


def _period(form: PolicyForm, policy: CreditPolicy, today: date) -> tuple[date, date]:
    """The days that are tried: those that were asked for, else the twelve months before the edition or today."""
    # No award is older than the first year that a report knows, or from a day to come.
    last = min(form.tried_until.data or policy.effective_from - timedelta(days=1), today)
    last = max(last, date(FIRST_YEAR, 12, 31))
    first = form.tried_from.data or last - timedelta(days=364)
    return (first, last) if first <= last <= first + _LONGEST_TRY else (last - timedelta(days=364), last)


def _tried(who: Scope, every: Sequence[Edition], policy: CreditPolicy, period: tuple[date, date]) -> Tried:
    known = [one.policy for one in every]
    record = standing_awards(who, *years_of(period, [*known, policy]))
    found = dry_run(record.awards, known, policy, period)
    pages = max(1, -(-len(found.changes) // _SHOWN))
    page = min(max(_whole(request.form.get("page", "")), 1), pages)
    today = who.today
    return Tried(
        answer=_answer(found),
        period=f"{date_text(period[0])} to {date_text(period[1])}",
        sums=f"{hours_phrase(found.before_minutes)} would have been {hours_phrase(found.after_minutes)}.",
        sample=_sample(record),
        lines=[_line(one, today) for one in found.changes[(page - 1) * _SHOWN : page * _SHOWN]],
        page=page,
        pages=pages,
        short=[
            f"{one.person_name}, {school_year_text(*one.year)}: {hours_phrase(one.minutes)} of "
            f"{hours_phrase(one.required_minutes)}"
            for one in found.short[:_SHOWN]
        ]
        + ([f"{len(found.short) - _SHOWN:,} more"] if len(found.short) > _SHOWN else []),
    )


def _answer(found: DryRun) -> str:
    if not found.awards:
        return "There is no credit in these days to try it on."
    changed = f"It would have changed {len(found.changes):,} of {found.awards:,} {_awards(found.awards)}"
    people = len({one.person_id for one in found.short})
    reach = (
        "nobody who reaches"
        if not people
        else f"{count_of(people, 'person who reaches', 'people who reach')}"
    )
    return f"{changed}; {reach} the hours asked for now would fall short of them."


def _awards(count: int) -> str:
    return "award" if count == 1 else "awards"


def _sample(record: Record) -> str:
    if record.is_whole:
        return ""
    return (
        f"Your district has much credit in these days, so it was tried on all credit of {record.chosen:,} of "
        f"{record.people:,} people, drawn by chance."
    )


def _line(one: Change, today: date) -> ChangeLine:
    return ChangeLine(
        one.award.person_name,
        one.award.title,
        short_date(one.award.facts.activity_on, today),
        hours_short(one.before),
        hours_short(one.after),
        one.after < one.before,
        one.why,
    )


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1
