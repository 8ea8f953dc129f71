"""Proposal: an event that somebody adds to their district's calendar, and what it lacks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from pdtracker.domain.agenda import LONGEST_AGENDA, NO_AGENDA, Agenda, agenda_faults
from pdtracker.domain.calendar import HOST_CHARACTERS, EventTime
from pdtracker.domain.event_facts import NOBODY_SAID, ForWhom
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.split import Split, split_fault
from pdtracker.domain.when import date_text, local, time_text

MOST_CO_HOSTS = 8

_LONGEST_WINDOW = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """An event as its proposer describes it; texts are clean, empty stands for "none"."""

    title: str
    summary: str
    kind: EventKind
    category: CreditCategory
    host: str
    time: EventTime
    platform: str
    link: str
    hashtag: str
    programme_id: int | None
    split: Split = ()
    for_whom: ForWhom = NOBODY_SAID
    archive_link: str = ""
    agenda: Agenda = NO_AGENDA
    co_hosts: tuple[str, ...] = ()
    theme_ids: tuple[int, ...] = ()


def proposal_faults(proposal: Proposal) -> dict[str, str]:
    """What must be put right before it can be sent: field -> sentence, in the form's order; empty if nothing.

    Fields: title, host, co_hosts, ends, split, and each place of the agenda (`session_1`, `break_1`).
    """
    return dict(_faults(proposal))


def _faults(proposal: Proposal) -> Iterator[tuple[str, str]]:
    if not proposal.title:
        yield "title", "Enter what it is called."
    if not proposal.host:
        yield "host", "Enter who hosts it."
    yield from _co_host_faults(proposal.co_hosts)
    time = proposal.time
    if time.ends_at is None:
        yield "ends", "Enter when it ends."
    elif time.ends_at <= time.starts_at:
        start = local(time.starts_at, time.zone)
        yield "ends", f"It starts on {date_text(start)} at {time_text(start)}. Enter an end after that."
    elif time.has_hours and time.minutes is None and not proposal.agenda.sessions:
        yield "ends", "One session lasts at most a day. Enter the sessions of each day below."
    elif time.has_hours and time.ends_at - time.starts_at > LONGEST_AGENDA:
        most = LONGEST_AGENDA.days
        yield (
            "ends",
            f"An event with sessions lasts at most {most} days. Add the rest as an event of its own.",
        )
    elif time.ends_at - time.starts_at > _LONGEST_WINDOW:
        yield "ends", "Enter an end within a year of the start."
    elif faults := agenda_faults(proposal.agenda, time):
        yield from faults.items()
    else:
        lasted = proposal.agenda.event_minutes(time)
        if lasted is not None and (fault := split_fault(proposal.split, lasted, claimed="it lasts")):
            yield "split", fault


def co_hosts_of(lines: Iterable[str], host: str) -> tuple[str, ...]:
    """Who hosts it beside the host: each once, in the order in which they were named."""
    named = {line.casefold(): line for line in reversed(list(lines)) if line.casefold() != host.casefold()}
    return tuple(reversed(named.values()))


def _co_host_faults(co_hosts: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if len(co_hosts) > MOST_CO_HOSTS:
        yield "co_hosts", f"Name at most {MOST_CO_HOSTS} organizations."
    elif too_long := next((name for name in co_hosts if len(name) > HOST_CHARACTERS), None):
        yield (
            "co_hosts",
            f"Shorten “{too_long[:40]}…” to {HOST_CHARACTERS} characters; write each on its own line.",
        )
