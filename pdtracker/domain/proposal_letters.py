"""Letters about proposals: that one waits, and what was decided: accepted, returned, refused, or there already."""

from __future__ import annotations

from dataclasses import dataclass

from pdtracker.domain.letters import Letter
from pdtracker.domain.mailing import LetterKind
from pdtracker.domain.text import quoted


@dataclass(frozen=True, slots=True)
class ProposalNews:
    """What each of these letters names; `address` is the page that it leads to."""

    to_name: str
    title: str
    decided_by: str
    district: str
    address: str


def accepted_letter(news: ProposalNews) -> Letter:
    """It is in the calendar."""
    return _letter(
        f"In the calendar: {news.title}",
        news,
        [
            f"{news.decided_by} accepted {quoted(news.title)}.",
            f"It is in the calendar of {news.district} now, and its page is there to share.",
            "You host it: you can change it, take attendance, and never decide claims for it.",
        ],
        "Your event",
    )


def returned_letter(news: ProposalNews, comment: str) -> Letter:
    """It came back with a comment; nothing of it is lost."""
    return _letter(
        f"Returned to you: {news.title}",
        news,
        [
            f"{news.decided_by} returned {quoted(news.title)} to you. Everything that you wrote is still there.",
            f"What to change: {comment}",
        ],
        "Change it and send it again",
    )


def refused_letter(news: ProposalNews, reason: str) -> Letter:
    """It does not enter the calendar, with the reason."""
    return _letter(
        f"Not in the calendar: {news.title}",
        news,
        [
            f"{news.decided_by} did not take {quoted(news.title)} into the calendar of {news.district}.",
            f"The reason: {reason}",
            "What you attended can count all the same: log it with what you have from it.",
        ],
        "What you proposed",
    )


def merged_letter(news: ProposalNews, remaining: str) -> Letter:
    """It was there already, as `remaining`; `news.address` leads there."""
    is_named_alike = remaining == news.title
    there = "under the same name" if is_named_alike else f"as {quoted(remaining)}"
    return _letter(
        f"There already: {news.title}",
        news,
        [
            f"{news.decided_by} found that {quoted(news.title)} is in the calendar already, {there}.",
            "The address of your proposal leads there. Claims for it went along, and nothing of yours is lost.",
        ],
        "The event in the calendar",
    )


def waiting_letter(to_name: str, title: str, proposed_by: str, address: str, *, is_again: bool) -> Letter:
    """To who decides about proposals, once a day: there is one, and where all of them are."""
    did = "sent {} again, with what you asked for" if is_again else "proposed {} for the calendar"
    lines = [
        f"Dear {to_name},",
        "",
        f"{proposed_by} {did.format(quoted(title))}.",
        "Whatever else is proposed today stands on the same page, and brings no further letter.",
        "",
        f"Proposals: {address}",
        "",
    ]
    return Letter(f"Waiting for you: {title}", "\n".join(lines), LetterKind.PROPOSAL, address)


def _letter(subject: str, news: ProposalNews, lines: list[str], leads_to: str) -> Letter:
    body = [f"Dear {news.to_name},", "", *lines, "", f"{leads_to}: {news.address}", ""]
    return Letter(subject, "\n".join(body), LetterKind.PROPOSAL, news.address)
