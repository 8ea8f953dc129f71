"""Rows of the review desk as its pages show them: words instead of values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pdtracker.domain.access import Permission
from pdtracker.domain.checks import Check, CheckGroup, CheckLevel, summary_text
from pdtracker.domain.claim import ClaimState, undo_until
from pdtracker.domain.when import local, moment_text, short_date, since_text, time_text
from pdtracker.queries.checking import CheckedClaim
from pdtracker.queries.review_filters import COUNTED_UP_TO
from pdtracker.queries.reviews import (
    SettledClaim,
)
from pdtracker.scope import Scope
from pdtracker.web.reviews.asked import Asked, Link, claim_links
from pdtracker.web.reviews.forms import Seen

SIGNS = {
    ClaimState.SUBMITTED: "wait",
    ClaimState.RETURNED: "back",
    ClaimState.DENIED: "no",
    ClaimState.CREDITED: "ok",
    ClaimState.REVERSED: "off",
}
_LEVELS = {
    CheckGroup.LOOK_FIRST: CheckLevel.STOP,
    CheckGroup.GLANCE: CheckLevel.GLANCE,
    CheckGroup.PASS: CheckLevel.PASS,
}


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """A waiting claim in a row. `seen` is the value of its box: the claim and the version shown; `mark` why it came."""

    seen: str
    href: str
    person: str
    school: str | None
    title: str
    day: str
    minutes: int
    level: str
    found: str
    mark: str
    since: str
    is_selected: bool


@dataclass(frozen=True, slots=True)
class QueueGroup:
    """Rows under one heading."""

    label: str
    rows: tuple[QueueEntry, ...]


@dataclass(frozen=True, slots=True)
class SettledEntry:
    """A claim that went back or was decided. `until` says until when its decision can be undone by the reader."""

    href: str
    person: str
    school: str | None
    title: str
    day: str
    minutes: int
    sign: str
    words: str
    when: str
    step_id: int
    until: str


def groups(scope: Scope, rows: Sequence[CheckedClaim], asked: Asked) -> tuple[QueueGroup, ...]:
    """The rows under their headings: what to look at first comes first, the longest waiting first in each."""
    link = claim_links(asked.trail())
    return tuple(
        QueueGroup(group.label, found)
        for group in CheckGroup
        if (found := tuple(queue_entry(scope, row, asked, link) for row in rows if row.group is group))
    )


def queue_entry(scope: Scope, row: CheckedClaim, asked: Asked, link: Link) -> QueueEntry:
    """One waiting claim."""
    zone = scope.zone
    return QueueEntry(
        seen=str(Seen(row.id, row.version)),
        href=link(row.id),
        person=row.person_name,
        school=row.school_name,
        title=row.title,
        day=day_of(scope, row.starts_at),
        minutes=row.asked_minutes,
        level=_LEVELS[row.group].value,
        found=summary_text(row.checks),
        mark="Drawn for a person" if row.is_sampled else "",
        since=since_text(row.waiting_since, scope.at, zone).removeprefix("since "),
        is_selected=asked.passing_selected and row.group is CheckGroup.PASS,
    )


def settled_entry(scope: Scope, row: SettledClaim, link: Link) -> SettledEntry:
    """One claim that went back or was decided."""
    zone = scope.zone
    can_undo = (
        row.by_person_id in {None, scope.me.id}
        and row.person_id != scope.me.id
        and scope.may(Permission.REVIEW_CLAIMS)
        and row.state is not ClaimState.REVERSED
        and row.release_at is not None
        and row.release_at > scope.at
    )
    return SettledEntry(
        href=link(row.id),
        person=row.person_name,
        school=row.school_name,
        title=row.title,
        day=day_of(scope, row.starts_at),
        minutes=row.granted_minutes if row.granted_minutes is not None else row.minutes,
        sign=SIGNS[row.state],
        words=f"{row.state.label} by {'you' if row.by_person_id == scope.me.id else row.by_name}",
        when=moment_text(row.at, scope.at, zone),
        step_id=row.step_id,
        until=clock(undo_until(row.at), zone) if can_undo else "",
    )


def day_of(scope: Scope, starts_at: datetime) -> str:
    """The day of a session, with its year where that is another than this one."""
    return short_date(local(starts_at, scope.zone), local(scope.at, scope.zone))


def clock(at: datetime, zone: str) -> str:
    """`4:35 pm` on the wall clock of the zone."""
    return time_text(local(at, zone))


def count_text(count: int) -> str:
    """`138`, and `1,000+` where counting stopped."""
    return f"{COUNTED_UP_TO:,}+" if count > COUNTED_UP_TO else f"{count:,}"


def gravest(checks: Sequence[Check], level: CheckLevel) -> tuple[Check, ...]:
    """The findings of this level."""
    return tuple(check for check in checks if check.level is level)
