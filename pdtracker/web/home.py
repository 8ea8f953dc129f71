"""Home: where a person stands and what is theirs to do; for who decides or administers, what waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, url_for

from pdtracker.domain.access import Permission
from pdtracker.domain.bundle import Gathering
from pdtracker.domain.checks import CheckGroup, summary_text
from pdtracker.domain.claim import ClaimState
from pdtracker.domain.hours import NBSP, hours_phrase, hours_text
from pdtracker.domain.licence import FollowUpKind
from pdtracker.domain.licence_progress import Course
from pdtracker.domain.progress import Progress
from pdtracker.domain.refs import ref_of
from pdtracker.domain.set_up import SetUpStep
from pdtracker.domain.telling import count_of, number, stand_in_words, waiting_since, with_whom
from pdtracker.domain.when import (
    date_text,
    local,
    moment_text,
    month_day,
    school_year_text,
    short_day,
    time_text,
    weekday_text,
)
from pdtracker.queries import outcomes
from pdtracker.queries import reviews as review_desk
from pdtracker.queries.checking import CheckedClaim
from pdtracker.queries.claims import ClaimRow
from pdtracker.queries.events import EventRow, returned_proposals
from pdtracker.queries.follow_ups import FollowUpRow
from pdtracker.queries.going import OwnEvent, my_coming
from pdtracker.queries.home import HomeEvent, OpenClaim, house_waiting, reviews_waiting, teacher_home
from pdtracker.queries.licence_lines import LicenceLine, my_lines
from pdtracker.queries.review_filters import QueueFilter
from pdtracker.queries.set_up import lacking
from pdtracker.queries.stand_ins import standing_in_today
from pdtracker.scope import Scope
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import signed_in
from pdtracker.web.requests import scope

home = Blueprint("home", __name__)

_NOON, _EVENING = 12, 17
_WAITING_SHOWN = 6
_LONGEST_SHOWN = 5
_OWN_SHOWN = 4
_COURSE_SIGNS = {Course.MET: "ok", Course.ON_TRACK: "half", Course.BEHIND: "warn", Course.ENDED_SHORT: "no"}
_GROUP_SIGNS = {CheckGroup.LOOK_FIRST: "warn", CheckGroup.GLANCE: "todo", CheckGroup.PASS: "ok"}


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the answer's sentence: its figure in bold, then the quiet words, with the space before them."""

    figure: str
    words: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a list; `quote` is what somebody wrote about it, `onward` what can be done now.

    `is_mine`: an event that one goes to.
    """

    title: str
    href: str
    meta: str
    sign: str = ""
    day: str = ""
    weekday: str = ""
    minutes: int | None = None
    quote: str = ""
    onward: str = ""
    is_mine: bool = False


@home.get("/<slug:district>")
@signed_in
def show() -> Answer:
    """Home, by what the person may do."""
    who = scope()
    if who.may(Permission.LOG_CLAIM):
        return answers.page("home/teacher.html", **_teacher(who))
    if who.may(Permission.SEE_REVIEWS):
        return answers.page("home/desk.html", **_desk(who))
    to_do = [_returned_event(row) for row in returned_proposals(who)]
    return answers.page("home/host.html", greeting=_greeting(who), to_do=to_do)


def _teacher(who: Scope) -> dict[str, Any]:
    found = teacher_home(who)
    progress = found.standing.progress if found.standing else None
    desk = reviews_waiting(who) if who.may(Permission.REVIEW_CLAIMS) else None
    standing_in = standing_in_today(who) if found.waiting else ()
    return {
        "greeting": _greeting(who),
        "transcript": f"/{who.district.slug}/transcript",
        "year": school_year_text(*found.standing.year) if found.standing else "",
        "progress": progress,
        "parts": _sentence(progress) if progress else (),
        "licences": [_licence(one) for one in my_lines(who)],
        "is_new": not (found.to_do or found.waiting or (progress and progress.approved_minutes)),
        "to_do": [
            *([_desk_entry(who, desk.claims, desk.since)] if desk and desk.claims else ()),
            *(_set_up(lacking(who)) if who.may(Permission.MANAGE_DISTRICT) else ()),
            *(_returned_event(row) for row in returned_proposals(who)),
            *(
                _task(who, item, found.gathering.get(item.claim.id), found.steps.get(item.claim.id, 1))
                for item in found.to_do
            ),
            *(_follow_up(item) for item in found.follow_ups),
            *(_denied(who, item) for item in found.denied),
            *(_were_you_there(who, event) for event in found.were_you_there),
        ],
        "waiting": [_waiting(who, item, standing_in) for item in found.waiting[:_WAITING_SHOWN]],
        "more_waiting": max(0, len(found.waiting) - _WAITING_SHOWN),
        "next": _coming(who, found.next),
    }


def _set_up(steps: Sequence[SetUpStep]) -> list[Entry]:
    """What setting up still lacks, as one thing to do."""
    if not steps:
        return []
    told = ", ".join(step.label for step in steps)
    return [Entry("Set up the district", url_for("set_up.index"), f"Still missing: {told}", "todo")]


def _desk(who: Scope) -> dict[str, Any]:
    waiting = reviews_waiting(who)
    decides = who.may(Permission.REVIEW_CLAIMS)
    longest = review_desk.waiting(who, QueueFilter(), limit=_LONGEST_SHOWN).rows if waiting.claims else ()
    held = outcomes.held(who) if decides else ()
    return {
        "greeting": _greeting(who),
        "reviews": url_for("reviews.queue"),
        "decided": url_for("reviews.queue", tab="decided"),
        "decides": decides,
        "waiting": waiting,
        "people": count_of(waiting.people, "person", "people"),
        "worth": hours_phrase(waiting.minutes),
        "since": waiting_since(waiting.since, who.at, who.zone) if waiting.since else "",
        "longest": [_long_waiting(who, row) for row in longest],
        "held": count_of(len(held), "decision", "decisions").capitalize() if held else "",
        "until": _clock(who, min(one.release_at for one in held)) if held else "",
        "house": house_waiting(who) if who.may(Permission.SEE_MAIL) else None,
        "lacking": lacking(who) if who.may(Permission.MANAGE_DISTRICT) else (),
    }


def _long_waiting(who: Scope, row: CheckedClaim) -> Entry:
    """A waiting claim with what the checks found."""
    since = waiting_since(row.waiting_since, who.at, who.zone)
    return Entry(
        f"{row.person_name}, {row.title}",
        url_for("review.show", claim_id=row.id),
        f"{summary_text(row.checks)} · {since}",
        _GROUP_SIGNS[row.group],
        minutes=row.asked_minutes,
    )


def _clock(who: Scope, at: datetime) -> str:
    return time_text(local(at, who.zone))


def _greeting(who: Scope) -> str:
    hour = local(who.at, who.zone).hour
    part = "morning" if hour < _NOON else "afternoon" if hour < _EVENING else "evening"
    return f"Good {part}, {who.me.name.partition(' ')[0]}"


def _sentence(progress: Progress) -> Sequence[Part]:
    """`7.5 of 15 hours approved, 2 waiting, 5.5 to go by June 30`, with the figures set apart."""
    unit = "hour" if progress.required_minutes == 60 else "hours"
    parts = [Part(hours_text(progress.approved_minutes), " of")]
    parts.append(Part(f"{hours_text(progress.required_minutes)}{NBSP}{unit}", " approved"))
    if progress.waiting_minutes:
        parts.append(Part(hours_text(progress.waiting_minutes), f"{NBSP}waiting"))
    if progress.to_go_minutes:
        parts.append(
            Part(hours_text(progress.to_go_minutes), f"{NBSP}to{NBSP}go by {month_day(progress.until)}")
        )
    return parts


def _licence(line: LicenceLine) -> Entry:
    words = f"{line.progress.sentence}. {line.progress.course_words}"
    href = url_for("licences.show", licence_id=line.licence_id)
    return Entry(line.name, href, words, _COURSE_SIGNS[line.progress.course])


def _returned_event(row: EventRow) -> Entry:
    return Entry(
        f"Change your event “{row.title}”",
        url_for("changing.ask", event_id=row.id),
        "A moderator returned it. Nothing of it is lost.",
        "back",
    )


def _task(who: Scope, item: OpenClaim, gathering: Gathering | None, step_minutes: int) -> Entry:
    claim = item.claim
    worth = _worth(claim, step_minutes)
    if claim.state is ClaimState.RETURNED:
        things = count_of(item.comments or 1, "thing", "things")
        return Entry(
            f"Change {things} in “{claim.title}”",
            url_for("claims.show", claim_id=claim.id),
            f"{item.answered_by} returned it {_answered(who, item)}",
            "back",
            quote=item.reason,
            onward="Change it and send it again. Nothing is lost.",
        )
    if claim.is_bundle and (gathering is None or not gathering.is_enough):
        return Entry(
            f"Gather short sessions: {claim.title}",
            url_for("bundles.show", claim_id=claim.id),
            f"{gathering.figures}{_after_comma(claim)}" if gathering else claim.session_words,
            "half" if claim.minutes else "draft",
        )
    if item.asked and item.answered == item.asked:
        return Entry(
            f"Check and send “{claim.title}”", url_for("submissions.check", claim_id=claim.id), worth, "half"
        )
    begun = (
        f"{number(item.answered).capitalize()} of {number(item.asked)} answers saved"
        if item.answered
        else "Not begun"
    )
    page = "reflections.show" if claim.minutes else "attendance.show"
    what = "Finish your reflection" if claim.minutes else "Say when you were there"
    return Entry(
        f"{what}: {claim.title}",
        url_for(page, claim_id=claim.id),
        f"{begun} · {worth}",
        "half" if item.answered else "draft",
    )


def _after_comma(claim: ClaimRow) -> str:
    return f" · {count_of(claim.parts, 'session', 'sessions')} so far" if claim.parts else ""


def _worth(claim: ClaimRow, step_minutes: int) -> str:
    """What a draft is worth before any rule; of a follow-up the share of the original's minutes."""
    if not claim.minutes:
        return "hours not entered yet"
    share = claim.follow_share
    return (
        f"worth {hours_phrase(claim.minutes)}" if share is None else share.worth(claim.minutes, step_minutes)
    )


def _follow_up(item: FollowUpRow) -> Entry:
    asked = {
        FollowUpKind.APPLICATION: f"What have you done differently since “{item.title}”?",
        FollowUpKind.IMPACT: f"What did your students gain from “{item.title}”?",
    }
    return Entry(
        asked[item.kind],
        url_for("follow_ups.show", follow_up_id=item.id),
        f"Answer by {date_text(item.closes_on)} · {item.worth}",
        "todo",
    )


def _denied(who: Scope, item: OpenClaim) -> Entry:
    return Entry(
        f"Denied: {item.claim.title}",
        url_for("claims.show", claim_id=item.claim.id),
        f"{item.answered_by} denied it {_answered(who, item)}",
        "no",
        quote=item.reason,
        onward=f"Ask {item.answered_by}, or log it again if you have more to show.",
    )


def _answered(who: Scope, item: OpenClaim) -> str:
    return moment_text(item.answered_at, who.at, who.zone) if item.answered_at else ""


def _were_you_there(who: Scope, event: HomeEvent) -> Entry:
    day = local(event.time.starts_at, who.zone)
    return Entry(
        f"Were you at “{event.title}” on {weekday_text(day)}? Log it",
        url_for("drafts.choose", event=ref_of(event.id)),
        f"{_hours(who, event)} · You have logged {event.hashtag} before",
        "todo",
    )


def _waiting(who: Scope, item: OpenClaim, standing_in: Sequence[tuple[str, str]]) -> Entry:
    claim = item.claim
    waits = with_whom(item.reviewers, claim.waiting_since, who.at, who.zone)
    return Entry(
        claim.title,
        url_for("claims.show", claim_id=claim.id),
        ". ".join(filter(None, (waits, stand_in_words(item.reviewers, standing_in)))),
        "wait",
        minutes=claim.asked_minutes,
    )


def _coming(who: Scope, events: Sequence[HomeEvent]) -> list[Entry]:
    """What comes, in order of time: what is in one's own calendar among the next events of everybody's."""
    mine = my_coming(who, _OWN_SHOWN, with_cancelled=False)
    known = {one.event.id for one in mine}
    coming = [
        *((one.event.time.starts_at, _own(who, one)) for one in mine),
        *((one.time.starts_at, _next(who, one)) for one in events if one.id not in known),
    ]
    return [entry for _, entry in sorted(coming, key=lambda pair: pair[0])]


def _own(who: Scope, one: OwnEvent) -> Entry:
    time = one.event.time
    start = local(time.starts_at, who.zone)
    return Entry(
        one.event.title,
        url_for("events.show", event_id=one.event.id),
        f"{one.tie.words} · {time.hours_words(who.zone) or time.days_words()} · {one.event.host}",
        day=str(start.day),
        weekday=weekday_text(start)[:3],
        minutes=time.minutes,
        is_mine=one.tie.comes,
    )


def _next(who: Scope, event: HomeEvent) -> Entry:
    start = local(event.time.starts_at, who.zone)
    return Entry(
        event.title,
        url_for("events.show", event_id=event.id),
        f"{_hours(who, event)} · {event.host}",
        day=str(start.day),
        weekday=weekday_text(start)[:3],
        minutes=event.time.minutes,
    )


def _hours(who: Scope, event: HomeEvent) -> str:
    """`Oct 15, 7:00–8:00 pm`: its day and hours by the clock of the district."""
    day = short_day(local(event.time.starts_at, who.zone))
    return f"{day}, {event.time.hours_words(who.zone)}"


def _desk_entry(who: Scope, count: int, since: datetime | None) -> Entry:
    waits = f"The longest has waited {waiting_since(since, who.at, who.zone)}" if since else ""
    return Entry(
        f"Decide {count_of(count, 'claim', 'claims')}", f"/{who.district.slug}/reviews", waits, "now"
    )
