"""The discussion of an event, for the people of one district, and a district's switch for all of them."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, current_app, request
from wtforms import HiddenField

from pdtracker.actions import discussions as actions
from pdtracker.domain.access import Permission
from pdtracker.domain.discussion import (
    REASON_CHARACTERS,
    WORDS_CHARACTERS,
    require_changeable,
    require_discussed,
    require_moderator,
    require_reportable,
)
from pdtracker.domain.refs import id_of
from pdtracker.domain.refusals import NotHere, NotValid
from pdtracker.domain.when import moment_text
from pdtracker.queries.discussions import (
    ContributionRow,
    closed_since,
    contribution,
    contributions,
    waiting_reports,
)
from pdtracker.queries.hosting import speaks_for
from pdtracker.queries.one_event import EventFacts, event
from pdtracker.scope import Scope
from pdtracker.web import answers, requests
from pdtracker.web.answers import Answer
from pdtracker.web.doors import permitted
from pdtracker.web.forms import Form, KeyField, LineField, ParagraphsField, needed
from pdtracker.web.requests import scope, wiring

ON_A_PAGE = 25
MOST_REPORTS = 50
KEEP, HIDE = "keep", "hide"

discussing = Blueprint("discussing", __name__)


class ContributionForm(Form):
    """What somebody has to say."""

    words = ParagraphsField(
        "What do you want to say?",
        [needed("Write a few words.")],
        limit=WORDS_CHARACTERS,
        description="Plain words. Everybody of your district reads them, with your name; nobody else does.",
    )
    idempotency_key = KeyField()


class ReportForm(Form):
    """Why words don't belong where they stand."""

    reason = LineField(
        "What is wrong with it?",
        [needed("Say what is wrong with it.")],
        limit=REASON_CHARACTERS,
        description="Who hosts the event and your administrators read this.",
    )


class HidingForm(Form):
    """Hide words, or leave them."""

    decision = HiddenField(default="")
    reason = LineField(
        "If you hide it: why?",
        limit=REASON_CHARACTERS,
        description="Everybody reads this in place of the words, with your name.",
    )


@discussing.get("/events/<ref:event_id>/discussion")
@permitted(Permission.SEE_EVENTS)
def show(event_id: int) -> Answer:
    """A page of what was said, and the form to say more."""
    return _page(event_id, ContributionForm(formdata=None))


@discussing.post("/events/<ref:event_id>/discussion")
@permitted(Permission.SEE_EVENTS)
def add(event_id: int) -> Answer:
    """Say something."""
    form, who = ContributionForm(), scope()
    _require_open(who, event(who, event_id))
    if form.validate():
        _count(who)
        try:
            said = actions.contribute(
                who,
                event_id,
                form.words.data or "",
                address=requests.address_of("discussing.show", event_id=event_id),
                key=form.idempotency_key.data or "",
            )
        except NotValid as refusal:
            form.take(refusal)
        else:
            return answers.see("discussing.one", event_id=event_id, contribution_id=said, saying="Said.")
    return _page(event_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)


@discussing.get("/events/<ref:event_id>/discussion/<ref:contribution_id>")
@permitted(Permission.SEE_EVENTS)
def one(event_id: int, contribution_id: int) -> Answer:
    """One contribution, with what this person can do about it."""
    return _one(event_id, contribution_id)


@discussing.post("/events/<ref:event_id>/discussion/<ref:contribution_id>")
@permitted(Permission.SEE_EVENTS)
def change(event_id: int, contribution_id: int) -> Answer:
    """Change one's own words."""
    form, who = ContributionForm(), scope()
    facts, said = event(who, event_id), contribution(who, event_id, contribution_id)
    require_changeable(said, is_mine=said.by_id == who.me.id)
    _require_open(who, facts)
    if form.validate():
        _count(who)
        try:
            actions.change_contribution(who, event_id, contribution_id, form.words.data or "")
        except NotValid as refusal:
            form.take(refusal)
        else:
            return _onwards(event_id, contribution_id, "Changed.")
    return _one(event_id, contribution_id, words=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@discussing.post("/events/<ref:event_id>/discussion/<ref:contribution_id>/withdrawal")
@permitted(Permission.SEE_EVENTS)
def withdraw(event_id: int, contribution_id: int) -> Answer:
    """Take one's own words back."""
    actions.withdraw_contribution(scope(), event_id, contribution_id)
    return _onwards(event_id, contribution_id, "Withdrawn. Your words are gone.")


@discussing.post("/events/<ref:event_id>/discussion/<ref:contribution_id>/reports")
@permitted(Permission.SEE_EVENTS)
def report(event_id: int, contribution_id: int) -> Answer:
    """Tell who hosts the event that words don't belong there."""
    form, who = ReportForm(), scope()
    said = contribution(who, event_id, contribution_id)
    require_reportable(said, is_mine=said.by_id == who.me.id)
    if form.validate():
        actions.count_report(wiring().database, who.me.id, key=str(current_app.secret_key), at=who.at)
        try:
            actions.report_contribution(
                who,
                event_id,
                contribution_id,
                form.reason.data or "",
                address=requests.address_of(
                    "discussing.one", event_id=event_id, contribution_id=contribution_id
                ),
            )
        except NotValid as refusal:
            form.take(refusal)
        else:
            return _onwards(event_id, contribution_id, "Reported. Who hosts the event looks at it.")
    return _one(event_id, contribution_id, reporting=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@discussing.post("/events/<ref:event_id>/discussion/<ref:contribution_id>/hiding")
@permitted(Permission.SEE_EVENTS)
def hide(event_id: int, contribution_id: int) -> Answer:
    """Hide words with a reason, leave them as they are, or show them again."""
    form, who = HidingForm(), scope()
    contribution(who, event_id, contribution_id)
    require_moderator(speaks_for_it=speaks_for(who, event_id))
    if form.validate() and form.decision.data in (KEEP, HIDE):
        try:
            if form.decision.data == HIDE:
                actions.hide_contribution(
                    who,
                    event_id,
                    contribution_id,
                    form.reason.data or "",
                    address=requests.address_of(
                        "discussing.one", event_id=event_id, contribution_id=contribution_id
                    ),
                )
            else:
                actions.keep_contribution(who, event_id, contribution_id)
        except NotValid as refusal:
            form.take(refusal)
        else:
            hidden = form.decision.data == HIDE
            return _onwards(event_id, contribution_id, "Hidden." if hidden else "It is shown.")
    return _one(event_id, contribution_id, hiding=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@discussing.get("/<slug:district>/discussions")
@permitted(Permission.MANAGE_EVENTS)
def reported() -> Answer:
    """What was reported in the district, and whether it has discussions at all."""
    who = scope()
    rows = [(row, moment_text(row.at, who.at, who.zone)) for row in waiting_reports(who, MOST_REPORTS)]
    return answers.page(
        "events/reports.html",
        rows=rows,
        is_closed=closed_since(who) is not None,
        may_close=who.may(Permission.MANAGE_DISTRICT),
        district_name=who.district.name,
    )


@discussing.post("/<slug:district>/discussions/closure")
@permitted(Permission.MANAGE_DISTRICT)
def close() -> Answer:
    """The district has no discussions."""
    actions.close_discussions(scope())
    return answers.see("discussing.reported", saying="There are no discussions now. What was said is kept.")


@discussing.post("/<slug:district>/discussions/opening")
@permitted(Permission.MANAGE_DISTRICT)
def reopen() -> Answer:
    """The district has discussions again."""
    actions.open_discussions(scope())
    return answers.see("discussing.reported", saying="Discussions are open, with all that was said before.")


def _page(event_id: int, form: ContributionForm, status: int = HTTPStatus.OK) -> Answer:
    who = scope()
    facts = event(who, event_id)
    moderates = speaks_for(who, event_id)
    closed_at = closed_since(who)
    after = _after()
    found = contributions(who, event_id, after=after, limit=ON_A_PAGE) if closed_at is None else None
    return answers.page(
        "events/discussion.html",
        status,
        event=facts,
        form=form,
        rows=[
            (row, moment_text(row.at, who.at, who.zone), _reads(row, who, moderates=moderates))
            for row in found.rows
        ]
        if found
        else [],
        later=found.last if found else None,
        is_first=after is None,
        is_closed=closed_at is not None,
        is_open=closed_at is None and facts.state == "published",
        moderates=moderates,
        me=who.me.id,
        may_manage=who.may(Permission.MANAGE_EVENTS),
        district_name=who.district.name,
    )


def _one(
    event_id: int,
    contribution_id: int,
    *,
    words: ContributionForm | None = None,
    reporting: ReportForm | None = None,
    hiding: HidingForm | None = None,
    status: int = HTTPStatus.OK,
) -> Answer:
    who = scope()
    facts = event(who, event_id)
    said = contribution(who, event_id, contribution_id)
    moderates = speaks_for(who, event_id)
    is_mine = said.by_id == who.me.id
    is_closed = closed_since(who) is not None
    if is_closed and not (is_mine or moderates):
        raise NotHere
    is_shown = said.withdrawn_at is None and said.hidden_at is None
    return answers.page(
        "events/contribution.html",
        status,
        event=facts,
        said=said,
        when=moment_text(said.at, who.at, who.zone),
        reads=_reads(said, who, moderates=moderates),
        can_change=is_mine and is_shown and not is_closed and facts.state == "published",
        can_withdraw=is_mine and said.withdrawn_at is None,
        can_hide=moderates and said.withdrawn_at is None,
        can_report=is_shown and not is_mine and not moderates,
        words=words or ContributionForm(formdata=None, words=said.words),
        reporting=reporting or ReportForm(formdata=None),
        hiding=hiding or HidingForm(formdata=None),
    )


def _reads(row: ContributionRow, who: Scope, *, moderates: bool) -> bool:
    """Whether the person reads the words: hidden ones are for their author and for who may hide them."""
    if row.withdrawn_at is not None:
        return False
    return row.hidden_at is None or moderates or row.by_id == who.me.id


def _require_open(who: Scope, facts: EventFacts) -> None:
    require_discussed(
        facts.kind.noun,
        who.district.name,
        is_closed=closed_since(who) is not None,
        is_published=facts.state == "published",
    )


def _count(who: Scope) -> None:
    actions.count_contribution(wiring().database, who.me.id, key=str(current_app.secret_key), at=who.at)


def _onwards(event_id: int, contribution_id: int, saying: str) -> Answer:
    return answers.see("discussing.one", event_id=event_id, contribution_id=contribution_id, saying=saying)


def _after() -> int | None:
    try:
        return id_of(request.args.get("after", ""))
    except ValueError:
        return None
