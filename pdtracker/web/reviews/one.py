"""One claim to decide: what was claimed on the left; checks, hours, decision and the person's year on the right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus

from flask import Blueprint, request, url_for

from pdtracker.domain.access import Permission
from pdtracker.domain.automatic import Look
from pdtracker.domain.checks import Check, CheckLevel
from pdtracker.domain.claim import DECISIONS, STEP_PERMISSION, ClaimState, Step, steps_from
from pdtracker.domain.evidence import EvidenceKind, together_words
from pdtracker.domain.hours import hours_phrase
from pdtracker.domain.log import log_words
from pdtracker.domain.refs import ref_of
from pdtracker.domain.review_path import in_turn
from pdtracker.domain.split import split_words
from pdtracker.domain.stated import fact_words
from pdtracker.domain.telling import count_of, session_text, step_text, with_whom
from pdtracker.domain.when import moment_text, school_year_text
from pdtracker.queries import dossier as dossiers
from pdtracker.queries.bundles import PartRow
from pdtracker.queries.claims import ClaimRow
from pdtracker.queries.dossier import Dossier, RecentClaim, Record
from pdtracker.queries.evidence import EvidenceRow
from pdtracker.queries.follow_ups import Original
from pdtracker.queries.histories import StepRow
from pdtracker.queries.reflections import AnswerRow
from pdtracker.queries.review_filters import Place
from pdtracker.queries.reviews import (
    InQueue,
)
from pdtracker.scope import Scope
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import permitted
from pdtracker.web.requests import scope
from pdtracker.web.reviews.asked import Asked, place_text, read
from pdtracker.web.reviews.entries import SIGNS, clock, count_text
from pdtracker.web.reviews.forms import OneForm, ReversalForm, Seen, one_form
from pdtracker.web.reviews.returned import what_was_returned
from pdtracker.web.split_fields import SPLIT

review = Blueprint("review", __name__)

_STEP_SIGNS = {
    Step.SUBMIT: "ok",
    Step.WITHDRAW: "off",
    Step.RETURN: "back",
    Step.DENY: "no",
    Step.ENDORSE: "ok",
    Step.APPROVE: "ok",
    Step.REVERSE: "off",
    Step.UNDO: "todo",
}
_PICTURES = frozenset({"image/jpeg", "image/png"})


@dataclass(frozen=True, slots=True)
class Bead:
    """A step that the claim took."""

    sign: str
    title: str
    when: str
    words: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of evidence; `address` leads to it, `is_picture` says that it can be shown here."""

    kind: str
    given: str
    words: str
    note: str
    address: str
    is_file: bool
    is_picture: bool


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier claim of the person."""

    href: str
    title: str
    sign: str
    words: str


@dataclass(frozen=True, slots=True)
class Following:
    """The claim that comes next in the list."""

    id: int
    person: str
    href: str


@dataclass(frozen=True, slots=True)
class Undoable:
    """One's own decision that can still be taken back, and until when."""

    step_id: int
    words: str
    until: str


@review.get("/<slug:district>/reviews/<ref:claim_id>")
@permitted(Permission.SEE_REVIEWS)
def show(claim_id: int) -> Answer:
    """One claim, to decide or to look at."""
    return claim_page(claim_id, read(request.args))


def labels_of(rows: Sequence[AnswerRow], parts: Sequence[PartRow]) -> dict[str, str]:
    """What can be commented on, by the names under which the claimant's pages know it."""
    return {
        "title": "Title",
        "host": "Host",
        "time": "Time",
        "minutes": "Hours",
        "split": "Categories",
        "evidence": "Evidence",
        **{part.field: f"Session {number}, {part.title}" for number, part in enumerate(parts, 1)},
        **{row.field: row.question for row in rows},
    }


def claim_page(
    claim_id: int,
    asked: Asked,
    *,
    form: OneForm | None = None,
    reversal: ReversalForm | None = None,
    status: int = HTTPStatus.OK,
    changed: str = "",
) -> Answer:
    """The page of one claim as it is now, with what was typed before; `changed` says why it is shown again."""
    who = scope()
    found = dossiers.dossier(who, claim_id, asked.filter, asked.after)
    asked = replace(asked, after=found.queue.page) if found.queue else asked
    claim, zone = found.claim, who.zone
    labels = labels_of(found.answers, found.parts)
    allowed = frozenset(step for step in steps_from(claim.state) if who.may(STEP_PERMISSION[step]))
    if not found.is_my_turn:
        allowed -= DECISIONS
    first_name = claim.person_name.partition(" ")[0]
    parts = {SPLIT + category.value: minutes for category, minutes in found.split}
    shown = form or one_form(labels)(formdata=None, minutes=claim.minutes, **parts)
    shown.name_claimant(first_name)
    if changed:
        shown.forget_hours(claim.minutes, found.split)
    return answers.page(
        "reviews/show.html",
        status,
        claim=claim,
        form=shown,
        labels=labels,
        seen=_seen(claim, form or reversal, changed),
        changed=changed,
        typed=_typed(form, labels) if form and not allowed & DECISIONS else (),
        trail=asked.trail(),
        back=asked.back(),
        here=url_for("review.show", claim_id=claim_id, **asked.trail()),
        first_name=first_name,
        when=session_text(claim.starts_at, claim.ends_at, claim.zone, is_live=claim.holds_time),
        sent=moment_text(claim.submitted_at, who.at, zone) if claim.submitted_at else "",
        sign=SIGNS.get(claim.state, "todo"),
        split=split_words(found.split),
        log=log_words(found.log),
        stated=[(ref_of(row.id), fact_words(row.fact, found.asked), row.struck) for row in found.facts],
        pieces=[_piece(claim.id, one) for one in found.by_strength],
        shown_by=together_words(one.piece for one in found.evidence) if len(found.evidence) > 1 else "",
        rows=found.answers,
        parts=_parts(found),
        original=found.original,
        original_page=_original_page(who, found.original),
        returned=what_was_returned(who, found, labels),
        beads=[_bead(who, step) for step in found.steps],
        checks=found.preview.claim.checks if found.preview else (),
        checks_title=_checks_title(found.preview.claim.checks) if found.preview else "",
        others=_others(who, found.preview.claim.checks, asked) if found.preview else {},
        preview=found.preview,
        position=_position(found.queue),
        following=_following(found.queue, asked),
        place=place_text(Place(claim.waiting_since, claim.id)),
        group=found.queue.row.group.value if found.queue else "",
        credit=found.credit,
        certificate=found.certificate,
        certificate_page=f"/{who.district.slug}/certificates/{found.certificate.serial}"
        if found.certificate
        else "",
        decision=_decision(found),
        undo=_undo(who, found, allowed),
        leaves=_leaves(who, found),
        decides=who.may(Permission.REVIEW_CLAIMS),
        may_decide=bool(allowed & DECISIONS),
        may_return=Step.RETURN in allowed,
        may_deny=Step.DENY in allowed,
        may_approve=Step.APPROVE in allowed,
        turn=_turn(who, found),
        looked=_looked(found, first_name),
        goes_on=found.claim.route.goes_on,
        may_reverse=Step.REVERSE in allowed and not _leaves(who, found),
        reversal=reversal or ReversalForm(formdata=None),
        record=found.record,
        year=school_year_text(*found.record.standing.year) if found.record.standing else "",
        record_words=_record_words(found.record),
        earlier=[_earlier(one, who) for one in found.record.recent],
        every=url_for(
            "reviews.queue", tab="decided", person=Asked(person_id=claim.person_id).query()["person"]
        ),
    )


def _parts(found: Dossier) -> Sequence[tuple[PartRow, Sequence[Check]]]:
    """The sessions of a bundle, each with what the checks found while it waits."""
    if found.preview is None:
        return [(part, ()) for part in found.parts]
    return list(zip(found.parts, found.preview.claim.part_checks, strict=True))


def _seen(claim: ClaimRow, form: OneForm | ReversalForm | None, changed: str) -> str:
    """The version that a decision on this page will name.

    A form that was refused for its own sake keeps the version that was looked at: should the claim have changed
    since, the next try says so before anything is decided.
    """
    if form is not None and form.claim.data and not changed:
        return str(form.claim.data[0])
    return str(Seen(claim.id, claim.version))


def _typed(form: OneForm, labels: Mapping[str, str]) -> list[tuple[str, str]]:
    """What the reviewer had written when the claim could no longer be decided."""
    written = [(labels.get(name, name), words) for name, words in form.comments().items()]
    if form.note.data:
        written.append(("Your note", form.note.data))
    if form.adjust_reason.data:
        written.append(("Your reason for other hours", form.adjust_reason.data))
    return written


def _others(who: Scope, checks: Sequence[Check], asked: Asked) -> dict[int, str]:
    """The pages of the claims that the findings speak of, as far as the reader may open them."""
    return {
        check.claim_id: url_for("review.show", claim_id=check.claim_id, **asked.trail())
        for check in checks
        if check.claim_id is not None and dossiers.may_open(who, check.claim_id)
    }


def _original_page(who: Scope, original: Original | None) -> str:
    """The page of the claim that this one follows, if the reader may open it."""
    if original is None or not dossiers.may_open(who, original.id):
        return ""
    return url_for("review.show", claim_id=original.id)


def _checks_title(checks: Sequence[Check]) -> str:
    passed = sum(check.level is CheckLevel.PASS for check in checks)
    if passed == len(checks):
        return f"All {len(checks)} checks pass"
    return f"{passed} of {len(checks)} checks pass"


def _position(queue: InQueue | None) -> str:
    """`23 of 25`; where counting stopped nobody wants to know."""
    return f"{queue.before + 1:,} of {count_text(queue.total)}" if queue else ""


def _following(queue: InQueue | None, asked: Asked) -> Following | None:
    if queue is None or queue.next is None:
        return None
    where = replace(asked, after=queue.next.page).trail()
    address = url_for("review.show", claim_id=queue.next.id, **where)
    return Following(queue.next.id, queue.next.person_name, address)


def _piece(claim_id: int, row: EvidenceRow) -> Piece:
    told = Piece(
        kind=row.kind.label,
        given=row.given,
        words=row.note or "They give their word.",
        note="",
        address="",
        is_file=False,
        is_picture=False,
    )
    match row.kind:
        case EvidenceKind.FILE:
            address = url_for("evidence.download", claim_id=claim_id, evidence_id=row.id)
            shows = row.media_type in _PICTURES
            return replace(
                told,
                words=row.file_name or "",
                note=row.note,
                address=address,
                is_file=True,
                is_picture=shows,
            )
        case EvidenceKind.LINK:
            return replace(told, words=row.link or "", note=row.note, address=row.link or "")
        case _:
            return told


def _bead(who: Scope, step: StepRow) -> Bead:
    when = moment_text(step.at, who.at, who.zone)
    by = "you" if step.by_person_id == who.me.id else step.by_name
    return Bead(
        _STEP_SIGNS[step.step],
        step_text(step.step, by),
        when[:1].upper() + when[1:],
        "\n".join(filter(None, (step.adjust_reason, step.comment))),
    )


def _turn(who: Scope, found: Dossier) -> str:
    """Which of several reviews is open, whose it is where it isn't the reader's, and who comes after it."""
    claim, route = found.claim, found.claim.route
    if claim.state is not ClaimState.SUBMITTED:
        return ""
    away = found.stands_in_for
    if len(route.stops) == 1 and found.is_my_turn:
        return f"You stand in for {away}." if away else ""
    number = f"Review {route.turn} of {len(route.stops)}" if len(route.stops) > 1 else ""
    waits = with_whom(found.readers, claim.waiting_since, who.at, who.zone).rstrip(".")
    yours = f"yours for {away}" if away else "yours"
    whose = f"{number}, {yours}" if found.is_my_turn else ". ".join(filter(None, (number, waits)))
    return f"{whose}. After it: {in_turn(route.following)}." if route.goes_on else f"{whose}."


def _looked(found: Dossier, first_name: str) -> tuple[str, ...]:
    """Why a claim waits that automatic approval had to do with, and in which words its claimant asked for a person."""
    look = found.look
    if look is None or found.claim.state is not ClaimState.SUBMITTED:
        return ()
    policy = f"automatic approval policy {look.version}"
    if look.outcome is Look.SAMPLED:
        return (f"Drawn at random for a person: {policy} could have approved it.",)
    if look.is_asked:
        asked = f"{first_name} asked for a person in place of {policy}."
        return (asked, look.asked_words) if look.asked_words else (asked,)
    if look.outcome is Look.APPROVED:
        return (f"Approved by {policy}, and taken back.",)
    return ()


def _decision(found: Dossier) -> StepRow | None:
    """The decision that the claim stands on; of one that waits the endorsement that nothing followed."""
    if found.claim.state is ClaimState.SUBMITTED:
        last = found.steps[-1] if found.steps else None
        return last if last is not None and last.step is Step.ENDORSE else None
    return next(
        (step for step in reversed(found.steps) if step.step in {*DECISIONS, Step.REVERSE}),
        None,
    )


def _undo(who: Scope, found: Dossier, allowed: frozenset[Step]) -> Undoable | None:
    decision = _decision(found)
    if decision is None or decision.release_at is None or Step.UNDO not in allowed:
        return None
    if decision.by_person_id not in {None, who.me.id} or decision.release_at <= who.at:
        return None
    schools = who.review_school_ids
    if decision.by_person_id is None and schools is not None and found.claim.school_id not in schools:
        return None
    return Undoable(decision.id, found.claim.state.label, clock(decision.release_at, who.zone))


def _leaves(who: Scope, found: Dossier) -> str:
    """When mail and certificate of the decision leave, while they still wait for that."""
    decision = _decision(found)
    if decision is None or decision.release_at is None or decision.release_at <= who.at:
        return ""
    return clock(decision.release_at, who.zone)


def _record_words(record: Record) -> str:
    """Their year in figures: `7 claims, 1 with its owner, none denied.`."""
    total = sum(record.counts.values())
    returned = record.counts.get(ClaimState.RETURNED, 0)
    denied = record.counts.get(ClaimState.DENIED, 0)
    parts = [count_of(total, "claim", "claims")]
    parts += (
        [f"{returned} with its owner" if returned == 1 else f"{returned} with their owner"]
        if returned
        else []
    )
    parts.append(f"{denied or 'none'} denied")
    return ", ".join(parts).capitalize() + "."


def _earlier(one: RecentClaim, who: Scope) -> Earlier:
    when: datetime = one.decided_at
    words = f"{one.state.label} {moment_text(when, who.at, who.zone)}"
    if one.state is ClaimState.CREDITED:
        words = f"{hours_phrase(one.minutes)}, {words[:1].lower() + words[1:]}"
    return Earlier(url_for("review.show", claim_id=one.id), one.title, SIGNS[one.state], words)
