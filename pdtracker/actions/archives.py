"""The archive of an event: who speaks for it adds links, others propose them; nothing is lost that was once there."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from pdtracker.actions import posting
from pdtracker.actions.posting import Reader
from pdtracker.domain.access import Permission
from pdtracker.domain.archive import (
    MOST_LINKS,
    MOST_WAITING,
    ArchiveKind,
    ArchiveState,
    archive_faults,
    decided_letter,
    require_keeper,
    require_something_to_keep,
)
from pdtracker.domain.refusals import NotHere, NotNow, NotValid
from pdtracker.models.archives import ArchiveLink
from pdtracker.models.events import EventState
from pdtracker.models.ids import new_id
from pdtracker.queries.hosting import recipient, speaks_for
from pdtracker.queries.one_event import event
from pdtracker.scope import Scope, action


@dataclass(frozen=True, slots=True)
class ArchiveEntry:
    """A link for an event's archive, as it was entered."""

    kind: ArchiveKind
    title: str
    link: str


@action(Permission.PROPOSE_EVENT)
def give_archive_link(scope: Scope, event_id: int, entry: ArchiveEntry) -> int:
    """Add a link to an event's archive, as who speaks for it; for others it waits for one who does. Gives its id.

    The same link again is the one that is there. Refuses with `NotHere`, with `NotValid`, and with `NotNow` what has
    not begun or holds enough.
    """
    facts = event(scope, event_id)
    require_something_to_keep(
        facts.kind.noun,
        is_published=facts.state is EventState.PUBLISHED,
        has_begun=facts.time.has_begun(scope.at),
    )
    if faults := archive_faults(entry.title, entry.link):
        raise NotValid(faults)
    is_listed = speaks_for(scope, event_id)
    there = scope.session.scalar(
        sa.select(ArchiveLink)
        .where(ArchiveLink.event_id == event_id, ArchiveLink.link == entry.link)
        .with_for_update()
    )
    if there is not None and (there.state is ArchiveState.LISTED or not is_listed):
        return there.id
    _require_room(scope, event_id, is_listed=is_listed)
    if there is None:
        there = ArchiveLink(id=new_id(), event_id=event_id, link=entry.link)
        scope.session.add(there)
    there.kind, there.title, there.reason = entry.kind, entry.title, ""
    there.state = ArchiveState.LISTED if is_listed else ArchiveState.PROPOSED
    there.given_by_id, there.given_at = scope.me.id, scope.at
    there.decided_by_id, there.decided_at = (scope.me.id, scope.at) if is_listed else (None, None)
    scope.record("archive.given", "archive_link", there.id, event=event_id, listed=is_listed)
    return there.id


@action(Permission.PROPOSE_EVENT)
def decide_archive_link(
    scope: Scope, event_id: int, link_id: int, *, accept: bool, reason: str, address: str | None = None
) -> None:
    """Take a proposed link into the archive, or refuse it with a reason that its giver reads.

    They read it in a letter that leads to `address`, the event's archive; without one nobody is written to.
    Refuses with `NotHere`, with `NotPermitted` who doesn't speak for the event, with `NotNow` and `NotValid`.
    """
    there = _found(scope, event_id, link_id)
    if there.state is not ArchiveState.PROPOSED:
        raise NotNow("archive_decided", "This was already decided.")
    if not accept and not reason:
        raise NotValid({"reason": "Say why. Whoever gave it reads this."})
    there.state = ArchiveState.LISTED if accept else ArchiveState.REFUSED
    there.decided_by_id, there.decided_at = scope.me.id, scope.at
    there.reason = "" if accept else reason
    _tell_giver(scope, there, address)
    scope.record(
        "archive.accepted" if accept else "archive.refused", "archive_link", there.id, reason=there.reason
    )


@action(Permission.PROPOSE_EVENT)
def remove_archive_link(scope: Scope, event_id: int, link_id: int) -> None:
    """Take a link out of the archive; the record of it stays. Again changes nothing."""
    there = _found(scope, event_id, link_id)
    if there.state is ArchiveState.REMOVED:
        return
    if there.state is not ArchiveState.LISTED:
        raise NotNow("archive_not_listed", "It is not in the archive, so there is nothing to take out.")
    there.state = ArchiveState.REMOVED
    there.decided_by_id, there.decided_at = scope.me.id, scope.at
    scope.record("archive.removed", "archive_link", there.id)


def _tell_giver(scope: Scope, there: ArchiveLink, address: str | None) -> None:
    giver = recipient(scope, there.given_by_id)
    if address is None or giver is None:
        return
    title = event(scope, there.event_id).title
    written = decided_letter(giver.name, there.title, title, scope.me.name, there.reason, address)
    # A link that was refused can be given again: the moment tells the letters apart.
    key = f"archive:{there.id}:{scope.at.isoformat()}"
    reader = Reader(giver.id, giver.email, giver.name)
    posting.queue_new(scope, [posting.queued(scope, reader, written, key=key, not_before=scope.at)])


def _found(scope: Scope, event_id: int, link_id: int) -> ArchiveLink:
    event(scope, event_id)
    there = scope.session.scalar(
        sa.select(ArchiveLink)
        .where(ArchiveLink.id == link_id, ArchiveLink.event_id == event_id)
        .with_for_update()
    )
    if there is None:
        raise NotHere
    require_keeper(speaks_for_it=speaks_for(scope, event_id))
    return there


def _require_room(scope: Scope, event_id: int, *, is_listed: bool) -> None:
    query = sa.select(sa.func.count(ArchiveLink.id)).where(ArchiveLink.event_id == event_id)
    if is_listed:
        query = query.where(ArchiveLink.state == ArchiveState.LISTED)
    else:
        query = query.where(
            ArchiveLink.state == ArchiveState.PROPOSED, ArchiveLink.given_by_id == scope.me.id
        )
    most = MOST_LINKS if is_listed else MOST_WAITING
    if (scope.session.scalar(query) or 0) >= most:
        raise NotNow(
            "archive_full",
            f"{most} links are in this archive already. Take one out first."
            if is_listed
            else f"{most} of your links wait already. Its host decides them first.",
        )
