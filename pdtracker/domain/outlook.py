"""Outlook: would an event count for me, and as what? What the district's rules say before anybody attended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from pdtracker.domain.credit import CreditFacts, CreditPolicy, TraceStep, credit, minutes_left
from pdtracker.domain.hours import MAX_DAY_MINUTES, hours_phrase, minutes_text
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.telling import count_of


@dataclass(frozen=True, slots=True)
class Outlook:
    """What would count: so many minutes, or `None` for as many as are logged of something without fixed hours.

    `answer` is the short form ("Yes, 1 hour as Pedagogy"), `why` one sentence for each rule behind it.
    """

    minutes: int | None
    answer: str
    why: tuple[str, ...]
    policy: str
    trace: tuple[TraceStep, ...] = ()
    can_gather: bool = False

    @property
    def counts(self) -> bool:
        """Whether anything of it would count."""
        return self.minutes is None or self.minutes > 0


def outlook(
    policy: CreditPolicy,
    *,
    kind: EventKind,
    category: CreditCategory,
    minutes: int | None,
    on: date,
    credited_by_kind: Mapping[str, int],
    by_session: bool = False,
    waiting: int = 0,
) -> Outlook:
    """What an event of `minutes` (`None` without fixed hours) would bring, given what the school year already has.

    `by_session` says that an event of several days is logged by its sessions. `waiting` of the claims behind
    `credited_by_kind` aren't decided yet.
    """
    if category not in policy.categories:
        return Outlook(0, "No", (f"Your district gives no credit in {category.label}.",), policy.title)
    if minutes is None:
        open_ended = _open_outlook(policy, kind, category, credited_by_kind, by_session=by_session)
        return replace(open_ended, why=(*open_ended.why, *_hoped(waiting)))
    attended = min(minutes, MAX_DAY_MINUTES)
    found = credit(
        policy,
        CreditFacts(
            claimed_minutes=attended,
            session_minutes=attended,
            kind=kind,
            category=category,
            activity_on=on,
            credited_this_year_by_kind=credited_by_kind,
            credited_this_year=sum(credited_by_kind.values()),
        ),
    )
    # The first step is about what was entered; here nobody entered anything yet.
    why = (*(step.sentence for step in found.trace if step.rule != "entered"), *_hoped(waiting))
    rule = policy.bundles
    can_gather = rule is not None and rule.takes(kind, attended)
    if rule is not None and can_gather:
        threshold = minutes_text(rule.threshold_minutes)
        why = (*why, f"Gathered with others on its topic it counts, from {threshold} in all on.")
    if not found.minutes:
        alone = "Not alone" if can_gather else "No"
        return Outlook(0, alone, why, policy.title, found.trace, can_gather)
    upto = "" if found.minutes == attended else "up to "
    answer = f"Yes, {upto}{hours_phrase(found.minutes)} as {category.label}"
    return Outlook(found.minutes, answer, why, policy.title, found.trace, can_gather)


def _hoped(waiting: int) -> tuple[str, ...]:
    if not waiting:
        return ()
    claims = count_of(waiting, "claim that waits", "claims that wait")
    return (f"Your {claims} for a decision {'is' if waiting == 1 else 'are'} counted in, as if approved.",)


def _open_outlook(
    policy: CreditPolicy,
    kind: EventKind,
    category: CreditCategory,
    credited_by_kind: Mapping[str, int],
    *,
    by_session: bool,
) -> Outlook:
    left = minutes_left(policy, kind, credited_by_kind, sum(credited_by_kind.values()))
    least = minutes_text(policy.minimum_session_minutes)
    hours = "Its hours are not recorded" if kind.is_live else "It has no fixed hours"
    if by_session:
        hours = "Each session counts for itself"
    steps = f"{hours}: what counts is the time that you log, from {least} on."
    if left is None:
        return Outlook(None, f"Yes, as {category.label}", (steps,), policy.title)
    if left == 0:
        full = f"{kind.plural} have reached what counts in a school year."
        return Outlook(
            0, "No", (f"{full} More is welcome and listed, but it does not add up.",), policy.title
        )
    room = f"{hours_phrase(left)} of {kind.plural.lower()} can still count this school year."
    return Outlook(None, f"Yes, up to {hours_phrase(left)} as {category.label}", (steps, room), policy.title)
