"""Claims: one's own list, one claim with what became of it, the check of all answers, sending and withdrawing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flask import Blueprint, request, url_for

from pdtracker.actions.claims import withdraw_claim
from pdtracker.domain.access import Permission
from pdtracker.domain.claim import STEP_PERMISSION, UNDO_MINUTES, ClaimState, Step, steps_from
from pdtracker.domain.log import log_words
from pdtracker.domain.refs import id_of, ref_of
from pdtracker.domain.refusals import NotHere
from pdtracker.domain.split import split_words
from pdtracker.domain.telling import one_of, stand_in_words, state_text, step_text, waiting_since, with_whom
from pdtracker.domain.when import date_text, local, moment_text, time_text
from pdtracker.queries import (
    asking,
    bundles,
    claims,
    details,
    evidence,
    follow_ups,
    going,
    histories,
    reflections,
    turns,
)
from pdtracker.queries.claims import ClaimRow, OwnClaim
from pdtracker.queries.going import OwnEvent
from pdtracker.queries.histories import ClaimCertificate, StepRow
from pdtracker.queries.licence_lines import counts_for
from pdtracker.queries.stand_ins import standing_in_today
from pdtracker.queries.turns import Endorser
from pdtracker.scope import Scope
from pdtracker.web import answers, requests
from pdtracker.web.answers import Answer
from pdtracker.web.asking_person import asking_for_person
from pdtracker.web.doors import permitted, signed_in
from pdtracker.web.requests import scope

own_claims = Blueprint("claims", __name__)

STATE_SIGNS: Mapping[ClaimState, str] = {
    ClaimState.DRAFT: "draft",
    ClaimState.SUBMITTED: "wait",
    ClaimState.RETURNED: "back",
    ClaimState.WITHDRAWN: "off",
    ClaimState.DENIED: "no",
    ClaimState.CREDITED: "ok",
    ClaimState.REVERSED: "off",
}
_MOST_UNLOGGED = 3
_STEP_SIGNS: Mapping[Step, str] = {
    Step.SUBMIT: "ok",
    Step.WITHDRAW: "off",
    Step.RETURN: "back",
    Step.DENY: "no",
    Step.ENDORSE: "ok",
    Step.APPROVE: "ok",
    Step.REVERSE: "off",
    Step.UNDO: "todo",
}
SESSION_FIELDS = frozenset({"session", "title", "host", "kind", "category", "link"})
EVIDENCE_FIELDS = frozenset({"evidence", "file", "note"})
_FORWARD = frozenset({Step.SUBMIT, Step.ENDORSE, Step.APPROVE})
_WITH_WORDS = frozenset({Step.DENY, Step.APPROVE, Step.REVERSE})


class Tab(StrEnum):
    """The claims of one's list that lie alike."""

    ALL = "all"
    TO_DO = "to-do"
    WAITING = "waiting"
    APPROVED = "approved"
    CLOSED = "closed"


_TABS: Mapping[Tab, tuple[str, tuple[ClaimState, ...]]] = {
    Tab.ALL: ("All", tuple(ClaimState)),
    Tab.TO_DO: ("For you to do", (ClaimState.RETURNED, ClaimState.DRAFT)),
    Tab.WAITING: ("Waiting", (ClaimState.SUBMITTED,)),
    Tab.APPROVED: ("Approved", (ClaimState.CREDITED,)),
    Tab.CLOSED: ("Closed", (ClaimState.WITHDRAWN, ClaimState.DENIED, ClaimState.REVERSED)),
}


@dataclass(frozen=True, slots=True)
class TabEntry:
    """A tab with its figure."""

    label: str
    href: str
    count: int
    is_current: bool


@dataclass(frozen=True, slots=True)
class ListEntry:
    """A claim in the list."""

    id: int
    title: str
    href: str
    sign: str
    words: str
    meta: str
    minutes: int | None


@dataclass(frozen=True, slots=True)
class Bead:
    """Something that happened to a claim, or that comes."""

    sign: str
    title: str
    when: str
    words: str = ""
    tone: str | None = None
    is_done: bool = False
    is_next: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """What a reviewer asks for at one field, and where it can be changed."""

    label: str
    href: str
    words: str


@dataclass(frozen=True, slots=True)
class BeenTo:
    """An event that one registered for or marked, is over, and not logged."""

    title: str
    href: str
    meta: str
    ref: str


@dataclass(frozen=True, slots=True)
class Later:
    """What the claim can still bring."""

    title: str
    href: str
    words: str
    sign: str


@own_claims.get("/<slug:district>/claims")
@permitted(Permission.LOG_CLAIM)
def index() -> Answer:
    """One's own claims, newest first."""
    who, tab = scope(), _tab()
    page = claims.own_claims(who, _TABS[tab][1], before=_before())
    counts = claims.own_counts(who)
    names = histories.reviewer_names(who, who.me.id)
    endorsed = turns.endorsers(who, [row.claim.id for row in page.rows if row.claim.route.turn > 1])
    waits = any(row.claim.state is ClaimState.SUBMITTED for row in page.rows)
    standing_in = standing_in_today(who) if waits else ()
    return answers.page(
        "claims/index.html",
        tabs=[
            TabEntry(
                label,
                url_for("claims.index", show=None if one is Tab.ALL else one.value),
                sum(counts.get(state, 0) for state in states),
                one is tab,
            )
            for one, (label, states) in _TABS.items()
        ],
        rows=[_list_entry(row, names, endorsed.get(row.claim.id, ()), standing_in) for row in page.rows],
        unlogged=[_been_to(one) for one in _unlogged(tab)],
        any=bool(counts),
        older=_older(tab, page.older),
        newest=url_for("claims.index", show=request.args.get("show")) if _before() else None,
    )


@own_claims.get("/<slug:district>/claims/<ref:claim_id>")
@signed_in
def show(claim_id: int) -> Answer:
    """One claim: what became of it, and everything that was entered."""
    claim = claims.claim(scope(), claim_id)
    return answers.page("claims/show.html", **_claim_page(claim))


@own_claims.post("/<slug:district>/claims/<ref:claim_id>/withdrawal")
@permitted(Permission.LOG_CLAIM)
def withdraw(claim_id: int) -> Answer:
    """Take a claim back."""
    withdraw_claim(scope(), claim_id)
    return answers.see(
        "claims.show",
        claim_id=claim_id,
        saying="Withdrawn. Everything is kept, so you can put it right and send it again.",
    )


def _unlogged(tab: Tab) -> tuple[OwnEvent, ...]:
    """On the first page of all claims: what one had a place at and may have forgotten."""
    return going.my_unlogged(scope(), _MOST_UNLOGGED) if tab is Tab.ALL and _before() is None else ()


def _been_to(one: OwnEvent) -> BeenTo:
    event = one.event
    return BeenTo(
        event.title,
        url_for("events.show", event_id=event.id),
        f"{event.host}, {event.time.when_words(scope().zone)}",
        ref_of(event.id),
    )


def _tab() -> Tab:
    try:
        return Tab(request.args.get("show", Tab.ALL.value))
    except ValueError:
        raise NotHere from None


def _before() -> int | None:
    ref = request.args.get("before")
    try:
        return id_of(ref) if ref else None
    except ValueError:
        raise NotHere from None


def _older(tab: Tab, place: int | None) -> str | None:
    if place is None:
        return None
    return url_for("claims.index", show=None if tab is Tab.ALL else tab.value, before=ref_of(place))


def _list_entry(
    row: OwnClaim,
    names: Mapping[int | None, Sequence[str]],
    endorsed: Sequence[Endorser],
    standing_in: Sequence[tuple[str, str]],
) -> ListEntry:
    claim = row.claim
    words = state_text(claim.state, row.comments)
    if claim.state is ClaimState.SUBMITTED:
        readers = turns.readers(names, claim.school_id, claim.route, endorsed)
        words = with_whom(readers, claim.waiting_since, requests.at(), scope().zone)
        words = ". ".join(filter(None, (words, stand_in_words(readers, standing_in))))
    return ListEntry(
        id=claim.id,
        title=claim.title,
        href=url_for("claims.show", claim_id=claim.id),
        sign=STATE_SIGNS[claim.state],
        words=words,
        meta=" · ".join(filter(None, (claim.host, claim.session_words))),
        minutes=row.credited_minutes if claim.state is ClaimState.CREDITED else claim.asked_minutes,
    )


def _claim_page(claim: ClaimRow) -> dict[str, Any]:
    who = scope()
    is_mine = claim.person_id == who.me.id
    history = histories.steps(who, claim.id)
    certificate = histories.certificate_of(who, claim.id)
    said = histories.asked_for(history, claim.state)
    undone = {step.undoes_step_id for step in history}
    said_last = (step for step in reversed(history) if step.step in _WITH_WORDS and step.id not in undone)
    told = next((step for step in said_last if step.comment), None)
    asks = [_ask(claim, field, words) for field, words in said.comments.items()] if said else []
    allowed = [step for step in steps_from(claim.state) if is_mine and who.may(STEP_PERMISSION[step])]
    return {
        "claim": claim,
        "when": claim.entered_words,
        "pieces": evidence.evidence(who, claim.id),
        "split": split_words(details.split_of_claim(who, claim.id)),
        "stated": asking.told_facts(who, claim),
        "log": log_words(details.log_of(who, claim.id)) if claim.logged_minutes else "",
        "parts": bundles.parts_of(who, claim.id) if claim.is_bundle else (),
        "rows": reflections.answers(who, claim.id),
        "is_mine": is_mine,
        "sign": STATE_SIGNS[claim.state],
        "state": state_text(claim.state, len(said.comments) if said else 0) if is_mine else claim.state.label,
        "said": said,
        "said_when": _moment(said) if said else "",
        "told": told,
        "onward": _onward(claim),
        "credit": histories.credit_of(who, claim.id),
        "counts": counts_for(who, claim.person_id, claim.id) if claim.state is ClaimState.CREDITED else (),
        "certificate": certificate,
        "leaves": _leaves(certificate),
        "beads": [
            *(_bead(step, is_above=step in (said, told)) for step in history),
            *_coming(claim, is_mine, certificate),
        ],
        "asks": asks,
        "changes": _changes(asks),
        "certificate_page": f"/{who.district.slug}/certificates/{certificate.serial}" if certificate else "",
        "original": follow_ups.original_of(who, claim.id) if claim.follow_up else None,
        "later": _later(who, claim) if is_mine else (),
        "asking": asking_for_person(who, claim) if is_mine else None,
        "may_send": Step.SUBMIT in allowed,
        "may_withdraw": Step.WITHDRAW in allowed,
    }


def _later(who: Scope, claim: ClaimRow) -> Sequence[Later]:
    """What a credited claim can still bring, and when."""
    if claim.state is not ClaimState.CREDITED or claim.follow_up is not None:
        return ()
    today = who.today
    found = []
    for one in follow_ups.of_claim(who, claim.id):
        if one.answer_id is not None:
            words, sign = "Begun", "half"
        elif one.closes_on < today:
            words, sign = f"Could be answered until {date_text(one.closes_on)}", "off"
        elif one.due_on <= today:
            words, sign = f"Answer by {date_text(one.closes_on)} · {one.worth}", "todo"
        else:
            words, sign = f"From {date_text(one.due_on)} on · {one.worth}", "todo"
        href = (
            url_for("claims.show", claim_id=one.answer_id)
            if one.answer_id
            else url_for("follow_ups.show", follow_up_id=one.id)
        )
        found.append(Later(one.share.words, href, words, sign))
    return found


def _ask(claim: ClaimRow, field: str, words: str) -> Ask:
    """Which page changes the field that a comment is about."""
    if field.startswith(bundles.PART):
        return Ask("Session", _part_page(claim, field), words)
    if field.startswith("answer_"):
        return Ask(
            f"Answer {field.removeprefix('answer_')}", url_for("reflections.show", claim_id=claim.id), words
        )
    if claim.is_bundle:
        return Ask("Sessions", url_for("bundles.show", claim_id=claim.id), words)
    if field in SESSION_FIELDS:
        return Ask("Session", url_for("drafts.session", claim_id=claim.id), words)
    label = "Evidence" if field in EVIDENCE_FIELDS else "Time"
    return Ask(label, url_for("attendance.show", claim_id=claim.id), words)


def _part_page(claim: ClaimRow, field: str) -> str:
    """The page of one session of a bundle; what was taken out since is looked for among the others."""
    try:
        part_id = id_of(field.removeprefix(bundles.PART))
    except ValueError:
        return url_for("bundles.show", claim_id=claim.id)
    return url_for("bundles.show", claim_id=claim.id) + f"#part-{ref_of(part_id)}"


def _changes(asks: Sequence[Ask]) -> Sequence[tuple[str, str]]:
    """What is to be changed first, one button for each page on which something is asked for."""
    asked: dict[str, list[str]] = {}
    for ask in asks:
        what = "reflection" if ask.label.startswith("Answer ") else ask.label.lower()
        if what not in asked.setdefault(ask.href, []):
            asked[ask.href].append(what)
    return [(f"Change {' and '.join(names)}", href) for href, names in asked.items()]


def _leaves(certificate: ClaimCertificate | None) -> str:
    """When the certificate leaves, while it still waits for that; empty afterwards."""
    if certificate is None or certificate.release_at <= requests.at():
        return ""
    return time_text(local(certificate.release_at, scope().zone))


def _moment(step: StepRow) -> str:
    return moment_text(step.at, requests.at(), scope().zone)


def _bead(step: StepRow, *, is_above: bool) -> Bead:
    """A step of the timeline; what stands above already is not said twice."""
    mine = step.by_person_id == scope().me.id
    when = _moment(step)
    return Bead(
        sign=_STEP_SIGNS[step.step],
        title=step_text(step.step, "you" if mine else step.by_name),
        when=when[:1].upper() + when[1:] + (f" · {step.by_title}" if step.by_title and not mine else ""),
        words="" if is_above else step.adjust_reason or step.comment,
        is_done=step.step in _FORWARD,
    )


def _onward(claim: ClaimRow) -> str:
    """Where a draft goes on: to the first page that it lacks; everything else to the check of all answers."""
    if claim.is_bundle:
        return url_for("bundles.show", claim_id=claim.id)
    page = "submissions.check" if claim.minutes else "attendance.show"
    return url_for(page, claim_id=claim.id)


def _coming(
    claim: ClaimRow,
    is_mine: bool,
    certificate: ClaimCertificate | None,
) -> Sequence[Bead]:
    """What is still to happen, from whoever's turn it is to the certificate."""
    if claim.state is ClaimState.CREDITED and certificate is not None and certificate.news is None:
        if leaves := _leaves(certificate):
            return (Bead("now", "Certificate", f"Leaves at {leaves}", tone="wait", is_next=True),)
        left = moment_text(certificate.release_at, requests.at(), scope().zone)
        return (Bead("ok", "Certificate", f"{left[:1].upper()}{left[1:]}", is_done=True),)
    since = waiting_since(claim.waiting_since, requests.at(), scope().zone)
    since = f"S{since[1:]}"
    last = Bead("todo", "Certificate", f"{UNDO_MINUTES} minutes after approval")
    if claim.state is ClaimState.SUBMITTED:
        return (*_reviews(claim, since), last)
    if claim.state in {ClaimState.RETURNED, ClaimState.DRAFT}:
        turn = "Your turn" if is_mine else f"{claim.person_name}'s turn"
        decision = Bead(
            "todo", "Decision", "After you have sent it" if is_mine else "After it was sent", is_next=True
        )
        return (Bead("now", turn, since, tone="wait", is_next=True), decision, last)
    return ()


def _reviews(claim: ClaimRow, since: str) -> Sequence[Bead]:
    """The review that is open, since when and with whom, and those that come after it."""
    who, route = scope(), claim.route
    endorsed = turns.endorsers(who, [claim.id] if route.turn > 1 else []).get(claim.id, ())
    names = histories.reviewer_names(who, claim.person_id)
    able = turns.readers(names, claim.school_id, route, endorsed)
    readers, meanwhile = one_of(able), _stand_ins(able)
    count = len(route.stops)
    nobody = "Nobody reviews for this school yet" if count == 1 else "Nobody reviews it yet"
    title = f"{readers} decides" if readers else nobody
    if count == 1:
        return (Bead("now", title, since, meanwhile, tone="wait", is_next=True),)
    place = f"{since} · review {route.turn} of {count}"
    now = Bead("now", title, place, meanwhile, tone="wait", is_next=True)
    later = [
        Bead("todo", stop.words[:1].upper() + stop.words[1:], f"Review {number} of {count}")
        for number, stop in enumerate(route.following, route.turn + 1)
    ]
    return (now, *later)


def _stand_ins(readers: Sequence[str]) -> str:
    """Who stands in today for those who could decide: `Hal Whitfield stands in for Bo Tran`."""
    return stand_in_words(readers, standing_in_today(scope()))
