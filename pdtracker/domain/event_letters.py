"""What the house writes to those who come to an event: subject and plain text of each message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pdtracker.domain.letters import Letter
from pdtracker.domain.mailing import LetterKind
from pdtracker.domain.text import quoted


@dataclass(frozen=True, slots=True)
class EventNews:
    """What every message about an event names: to whom, which event, when in their zone, and its address.

    `is_registered` tells who has a place, or waits for one, from who means to come without.
    """

    to_name: str
    title: str
    when: str
    address: str
    is_registered: bool

    @property
    def tie(self) -> str:
        """What the event is to its reader."""
        return "for which you registered" if self.is_registered else "to which you are going"


def changed_letter(news: EventNews, changes: Sequence[tuple[str, str, str]]) -> Letter:
    """Time or place are others than before; `changes` are what, before and after."""
    lines = [f"{quoted(news.title)}, {news.tie}, has changed:"]
    lines += [
        f"- {what}: {after or 'not said any more'} (before: {before or 'not said'})"
        for what, before, after in changes
    ]
    lines += ["", _if_you_cannot_come(news)]
    return _letter(f"Changed: {news.title}", news, lines)


def cancelled_letter(news: EventNews, reason: str) -> Letter:
    """The event does not take place."""
    lines = [f"{quoted(news.title)}, {news.tie}, is cancelled.", f"It was to be {news.when}."]
    lines += [f"The reason: {reason}"] if reason else []
    return _letter(f"Cancelled: {news.title}", news, lines)


def called_off_letter(
    to_name: str, title: str, by_name: str, *, reason: str, expecting: str, address: str
) -> Letter:
    """To administrators: a host called off what people had registered for."""
    lines = [
        f"Dear {to_name},",
        "",
        f"{by_name} called off {quoted(title)}. The reason: {reason}",
        f"It was expected by {expecting}. They hear of it by themselves.",
        "If it is to take place after all, bring it back on its page.",
        "",
        f"The event: {address}",
        "",
    ]
    return Letter(f"Called off: {title}", "\n".join(lines), LetterKind.PROPOSAL, address)


def reinstated_letter(news: EventNews) -> Letter:
    """The event takes place again."""
    stands = "Your registration stands." if news.is_registered else "It is still in your calendar."
    lines = [f"{quoted(news.title)} takes place after all: {news.when}.", stands]
    return _letter(f"It takes place: {news.title}", news, lines)


def registered_letter(news: EventNews, where: str) -> Letter:
    """Who registered has a place; the event's entry for a calendar comes with it."""
    lines = [f"You have a place at {quoted(news.title)}: {news.when}."]
    lines += [f"Where: {where}"] if where else []
    lines += [
        "The attached entry puts it into your calendar. We write again when it is soon, and when something changes.",
        "If you can't come, give your place up at the event, and the next in line gets it.",
    ]
    return _letter(f"You are registered: {news.title}", news, lines)


def place_letter(news: EventNews) -> Letter:
    """Who waited has a place."""
    lines = [
        f"A place at {quoted(news.title)} became free, and it is yours: {news.when}.",
        "The attached entry puts it into your calendar.",
        "If you can't come, give it up at the event, and the next in line gets it.",
    ]
    return _letter(f"You have a place: {news.title}", news, lines)


def reminder_letter(news: EventNews, where: str) -> Letter:
    """It is soon."""
    begin = "You registered for" if news.is_registered else "You are going to"
    lines = [f"{begin} {quoted(news.title)}: {news.when}."]
    lines += [f"Where: {where}"] if where else []
    return _letter(f"Soon: {news.title}", news, lines)


def after_letter(news: EventNews) -> Letter:
    """It is over: what was learned is written down best while it is fresh."""
    lines = [
        f"{quoted(news.title)} is over.",
        "Were you there? Log it while it is fresh: the hours, and a few sentences on what you take along.",
    ]
    return _letter(f"Log it while it is fresh: {news.title}", news, lines, LetterKind.REMINDER)


def _if_you_cannot_come(news: EventNews) -> str:
    if news.is_registered:
        return (
            "If you can't come now, give your place to somebody who waits: you find the button at the event."
        )
    return "If you can't come now, take it out of your calendar: you find the button at the event."


def _letter(
    subject: str, news: EventNews, lines: Sequence[str], kind: LetterKind = LetterKind.EVENT
) -> Letter:
    body = "\n".join([f"Dear {news.to_name},", "", *lines, "", f"The event: {news.address}", ""])
    return Letter(subject, body, kind, news.address)
