"""Discussing an event: write, change, withdraw; report; hide with a reason and show again; a district without any."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import sqlalchemy as sa

from pdtracker.actions import posting
from pdtracker.actions.idempotency import Asked, answered, keep_answer
from pdtracker.actions.posting import Reader
from pdtracker.actions.rates import Limit, count_try
from pdtracker.db import Database
from pdtracker.domain.access import Permission
from pdtracker.domain.discussion import (
    CONTRIBUTIONS_BY_ONE,
    REPORTS_BY_ONE,
    WORDS_CHARACTERS,
    begun_letter,
    hidden_letter,
    reported_letter,
    require_changeable,
    require_discussed,
    require_moderator,
    require_own,
    require_reportable,
    require_shown,
)
from pdtracker.domain.letters import Letter
from pdtracker.domain.refusals import Mistyped, NotHere, NotValid
from pdtracker.domain.text import clean_paragraphs
from pdtracker.models.discussions import Contribution, ContributionReport, DiscussionClosure
from pdtracker.models.events import EventState
from pdtracker.models.ids import new_id
from pdtracker.queries.discussions import closed_since
from pdtracker.queries.hosting import Recipient, administrators, hosts_of, recipient, speaks_for
from pdtracker.queries.one_event import EventFacts, event
from pdtracker.scope import Scope, action


def count_contribution(database: Database, person_id: int, *, key: str, at: datetime) -> None:
    """Count something that one person writes or changes; raises TooManyTries."""
    limits = [Limit("contribution", str(person_id), window, tries) for window, tries in CONTRIBUTIONS_BY_ONE]
    count_try(database, limits, key=key, at=at)


def count_report(database: Database, person_id: int, *, key: str, at: datetime) -> None:
    """Count a report of one person; raises TooManyTries."""
    limits = [Limit("report", str(person_id), window, tries) for window, tries in REPORTS_BY_ONE]
    count_try(database, limits, key=key, at=at)


@action(Permission.SEE_EVENTS)
def contribute(scope: Scope, event_id: int, words: str, *, address: str, key: str = "") -> int:
    """Write something under an event, for the people of one's district; gives its id.

    Its hosts get a letter about the first words, once. The same form (`key`) sent twice is one contribution. Refuses
    with `NotHere`, with `NotNow` where nobody discusses, and with `NotValid`.
    """
    asked = Asked(key, "contribute", {"event": event_id, "words": words})
    if (before := answered(scope, asked)) is not None:
        return int(before["contribution"])
    facts = event(scope, event_id)
    _require_open(scope, facts)
    said = Contribution(
        id=new_id(),
        event_id=event_id,
        person_id=scope.me.id,
        words=_clean(words),
        written_at=scope.at,
        changed_at=None,
        withdrawn_at=None,
        hidden_at=None,
        hidden_by_id=None,
        hidden_reason="",
    )
    scope.session.add(said)
    hosts = [host for host in hosts_of(scope, event_id) if host.id != scope.me.id]
    _post(
        scope,
        hosts,
        lambda host: begun_letter(host.name, facts.title, scope.me.name, address),
        key=f"discussion:{event_id}",
    )
    keep_answer(scope, asked, {"contribution": said.id})
    scope.record("discussion.contributed", "contribution", said.id, event=event_id)
    return said.id


@action(Permission.SEE_EVENTS)
def change_contribution(scope: Scope, event_id: int, contribution_id: int, words: str) -> None:
    """Change one's own words. Refuses with `NotHere`, with `NotPermitted` those of others, `NotNow` and `NotValid`."""
    said = _found(scope, event_id, contribution_id)
    require_changeable(said, is_mine=said.person_id == scope.me.id)
    _require_open(scope, event(scope, event_id))
    cleaned = _clean(words)
    if cleaned == said.words:
        return
    said.words, said.changed_at = cleaned, scope.at
    scope.record("discussion.changed", "contribution", said.id)


@action(Permission.SEE_EVENTS)
def withdraw_contribution(scope: Scope, event_id: int, contribution_id: int) -> None:
    """Take one's own words back: they are gone, and that something was said stays. Again changes nothing."""
    said = _found(scope, event_id, contribution_id)
    is_mine = said.person_id == scope.me.id
    if is_mine and said.withdrawn_at is not None:
        return
    require_own(said, is_mine=is_mine)
    said.words, said.withdrawn_at = "", scope.at
    scope.record("discussion.withdrawn", "contribution", said.id)


@action(Permission.SEE_EVENTS)
def hide_contribution(
    scope: Scope, event_id: int, contribution_id: int, reason: str, *, address: str | None = None
) -> None:
    """Hide words, with a reason that everybody reads; what was reported of them is settled with it.

    Whose words they are reads why in a letter that leads to `address`; without one nobody is written to.
    Refuses with `NotHere`, with `NotPermitted` who doesn't speak for the event, `NotNow`, and `NotValid` without a
    reason.
    """
    said = _to_moderate(scope, event_id, contribution_id)
    require_shown(said)
    if not reason:
        raise NotValid({"reason": "Say why. Everybody reads it in place of the words."})
    said.hidden_at, said.hidden_by_id, said.hidden_reason = scope.at, scope.me.id, reason
    _settle(scope, contribution_id)
    author = recipient(scope, said.person_id)
    if address is not None and author is not None:
        title, by_name = event(scope, event_id).title, scope.me.name
        _post(
            scope,
            [author],
            lambda one: hidden_letter(one.name, title, by_name, reason, address),
            # What is shown again can be hidden again.
            key=f"hidden:{contribution_id}:{scope.at.isoformat()}",
        )
    scope.record("discussion.hidden", "contribution", said.id, reason=reason)


@action(Permission.SEE_EVENTS)
def keep_contribution(scope: Scope, event_id: int, contribution_id: int) -> None:
    """Leave reported words as they are, or show hidden ones again: either way what was reported is settled."""
    said = _to_moderate(scope, event_id, contribution_id)
    was_hidden = said.hidden_at is not None
    said.hidden_at, said.hidden_by_id, said.hidden_reason = None, None, ""
    _settle(scope, contribution_id)
    scope.record("discussion.kept", "contribution", said.id, was_hidden=was_hidden)


@action(Permission.SEE_EVENTS)
def report_contribution(
    scope: Scope, event_id: int, contribution_id: int, reason: str, *, address: str
) -> None:
    """Tell who can hide words that they don't belong there; each person once, and each of them gets one letter.

    Refuses with `NotHere`, with `NotNow` what isn't shown and one's own words, with `NotValid` without a reason.
    """
    facts = event(scope, event_id)
    said = _found(scope, event_id, contribution_id)
    require_reportable(said, is_mine=said.person_id == scope.me.id)
    if not reason:
        raise NotValid({"reason": "Say what is wrong with it."})
    there = sa.select(ContributionReport.id).where(
        ContributionReport.contribution_id == contribution_id,
        ContributionReport.by_person_id == scope.me.id,
    )
    if scope.session.scalar(there) is not None:
        return
    scope.session.add(
        ContributionReport(
            id=new_id(),
            contribution_id=contribution_id,
            by_person_id=scope.me.id,
            reason=reason,
            reported_at=scope.at,
            settled_at=None,
        )
    )
    readers = [one for one in hosts_of(scope, event_id) if one.id != said.person_id] or administrators(scope)
    _post(
        scope,
        readers,
        lambda one: reported_letter(one.name, facts.title, reason, address),
        key=f"reported:{contribution_id}",
    )
    scope.record("discussion.reported", "contribution", contribution_id, reason=reason)


@action(Permission.MANAGE_DISTRICT)
def close_discussions(scope: Scope) -> None:
    """The district has no discussions from here on; what was said is kept and not shown. Again changes nothing."""
    if closed_since(scope) is not None:
        return
    scope.session.add(DiscussionClosure(closed_at=scope.at, closed_by_id=scope.me.id))
    scope.record("discussion.all_closed", "district", scope.district.id)


@action(Permission.MANAGE_DISTRICT)
def open_discussions(scope: Scope) -> None:
    """The district has discussions again, with all that was said before. Again changes nothing."""
    if closed_since(scope) is None:
        return
    scope.session.execute(sa.delete(DiscussionClosure).execution_options(synchronize_session=False))
    scope.record("discussion.all_opened", "district", scope.district.id)


def _require_open(scope: Scope, facts: EventFacts) -> None:
    require_discussed(
        facts.kind.noun,
        scope.district.name,
        is_closed=closed_since(scope) is not None,
        is_published=facts.state is EventState.PUBLISHED,
    )


def _clean(words: str) -> str:
    try:
        cleaned = clean_paragraphs(words, WORDS_CHARACTERS)
    except Mistyped as error:
        raise NotValid({"words": error.sentence}) from None
    if not cleaned:
        raise NotValid({"words": "Write a few words."})
    return cleaned


def _found(scope: Scope, event_id: int, contribution_id: int) -> Contribution:
    said = scope.session.scalar(
        sa.select(Contribution)
        .where(Contribution.id == contribution_id, Contribution.event_id == event_id)
        .with_for_update()
    )
    if said is None:
        raise NotHere
    return said


def _to_moderate(scope: Scope, event_id: int, contribution_id: int) -> Contribution:
    event(scope, event_id)
    said = _found(scope, event_id, contribution_id)
    require_moderator(speaks_for_it=speaks_for(scope, event_id))
    return said


def _settle(scope: Scope, contribution_id: int) -> None:
    scope.session.execute(
        sa.update(ContributionReport)
        .where(ContributionReport.contribution_id == contribution_id, ContributionReport.settled_at.is_(None))
        .values(settled_at=scope.at)
        .execution_options(synchronize_session=False)
    )


def _post(
    scope: Scope, readers: Sequence[Recipient], letter: Callable[[Recipient], Letter], *, key: str
) -> None:
    """A letter to each who hasn't had one under this key."""
    letters = [
        posting.queued(
            scope,
            Reader(reader.id, reader.email, reader.name),
            letter(reader),
            key=f"{key}:{reader.id}",
            not_before=scope.at,
        )
        for reader in readers
    ]
    posting.queue_new(scope, letters)
