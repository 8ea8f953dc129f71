"""What the house writes to those who registered for an event: subject and plain text of each message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pdtracker.domain.letters import Letter


@dataclass(frozen=True, slots=True)
class EventNews:
    """What every message about an event names: to whom, which event, when in their zone, and its address."""

    to_name: str
    title: str
    when: str
    address: str


def changed_letter(news: EventNews, changes: Sequence[tuple[str, str, str]]) -> Letter:
    """Time or place are others than before; `changes` are what, before and after."""
    lines = [f"{_quoted(news.title)}, for which you registered, has changed:"]
    lines += [
        f"- {what}: {after or 'not said any more'} (before: {before or 'not said'})"
        for what, before, after in changes
    ]
    lines += [
        "",
        "If you can't come now, give your place to somebody who waits: you find the button at the event.",
    ]
    return _letter(f"Changed: {news.title}", news, lines)


def cancelled_letter(news: EventNews, reason: str) -> Letter:
    """The event does not take place."""
    lines = [f"{_quoted(news.title)}, for which you registered, is cancelled.", f"It was to be {news.when}."]
    lines += [f"The reason: {reason}"] if reason else []
    return _letter(f"Cancelled: {news.title}", news, lines)


def reinstated_letter(news: EventNews) -> Letter:
    """The event takes place again."""
    lines = [f"{_quoted(news.title)} takes place after all: {news.when}.", "Your registration stands."]
    return _letter(f"It takes place: {news.title}", news, lines)


def place_letter(news: EventNews) -> Letter:
    """Who waited has a place."""
    lines = [
        f"A place at {_quoted(news.title)} became free, and it is yours: {news.when}.",
        "If you can't come, give it up at the event, and the next in line gets it.",
    ]
    return _letter(f"You have a place: {news.title}", news, lines)


def reminder_letter(news: EventNews, where: str) -> Letter:
    """It is soon."""
    lines = [f"You registered for {_quoted(news.title)}: {news.when}."]
    lines += [f"Where: {where}"] if where else []
    return _letter(f"Soon: {news.title}", news, lines)


def after_letter(news: EventNews) -> Letter:
    """It is over: what was learned is written down best while it is fresh."""
    lines = [
        f"{_quoted(news.title)} is over.",
        "Were you there? Log it while it is fresh: the hours, and a few sentences on what you take along.",
    ]
    return _letter(f"Log it while it is fresh: {news.title}", news, lines)


def _quoted(title: str) -> str:
    return f"\N{LEFT DOUBLE QUOTATION MARK}{title}\N{RIGHT DOUBLE QUOTATION MARK}"


def _letter(subject: str, news: EventNews, lines: Sequence[str]) -> Letter:
    return Letter(
        subject, "\n".join([f"Dear {news.to_name},", "", *lines, "", f"The event: {news.address}", ""])
    )
