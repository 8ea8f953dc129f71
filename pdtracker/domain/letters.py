"""What the house writes to people: subject and plain text of each message, in the product's voice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import assert_never

from pdtracker.domain.codes import code_text
from pdtracker.domain.hours import hours_phrase
from pdtracker.domain.licence import FollowUpKind
from pdtracker.domain.mailing import LetterKind
from pdtracker.domain.text import quoted
from pdtracker.domain.when import date_text, local, time_text, zone_words


@dataclass(frozen=True, slots=True)
class Letter:
    """One message; `body` is plain text, `kind` what its reader chooses by, `address` where the thing is found."""

    subject: str
    body: str
    kind: LetterKind = LetterKind.OTHER
    address: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """What every message about a decision names: to whom, about what, who decided, and where the claim is."""

    to_name: str
    title: str
    reviewer: str
    claim_address: str


def credited_letter(
    decided: Decided, minutes: int, why: tuple[str, ...], certificate: str | None, note: str = ""
) -> Letter:
    """Credit was given; `certificate` is the printed code, or nothing where the minutes came to none."""
    worth = hours_phrase(minutes) if minutes else "No hours"
    lines = [
        f"{decided.reviewer} approved {quoted(decided.title)}.",
        f"Added to your transcript: {worth}. Here is why:",
    ]
    lines += [f"- {sentence}" for sentence in why]
    if certificate:
        lines += ["", f"Your certificate has the code {code_text(certificate)}. Anyone can check it."]
    lines += ["", f"{decided.reviewer} adds: {note}"] if note else []
    return _letter(f"{worth} approved: {decided.title}", decided, lines)


def follow_up_letter(
    to_name: str, title: str, on: date, kind: FollowUpKind, closes_on: date, address: str
) -> Letter:
    """After a while: what came of a session that is credited? `on` is when it was, `address` where one answers."""
    when = f"In {on:%B} {on.year} you were at {quoted(title)}."
    match kind:
        case FollowUpKind.APPLICATION:
            subject = f"What did you do differently since {title}?"
            asked = "What did you do differently in class since? A few sentences are enough."
        case FollowUpKind.IMPACT:
            subject = f"What did your students gain from {title}?"
            asked = "What changed for your students, and how do you know? A few sentences are enough."
        case _:
            assert_never(kind)
    lines = [
        f"Dear {to_name},",
        "",
        f"{when} {asked}",
        f"You can answer until {date_text(closes_on)}: your district counts it, and so may your licence.",
        "",
        f"Answer here: {address}",
        "",
    ]
    return Letter(subject, "\n".join(lines), LetterKind.REMINDER, address)


def attended_letter(to_name: str, title: str, district: str, proof: str, address: str) -> Letter:
    """It is shown that they were there: a draft is begun, and only their reflection is missing."""
    lines = [
        f"Dear {to_name},",
        "",
        f"Your attendance at {quoted(title)} is recorded: {proof[:1].lower() + proof[1:]}",
        f"A claim for {district} is begun for you. Its time and its evidence are filled in.",
        "What is missing is what only you know: a few sentences on what you take from it. They come easiest now.",
        "",
        f"Add your reflection and send it: {address}",
        "",
        "If this wasn't you, or the time is wrong, change it there or leave the draft alone. It counts for nothing"
        " until you send it.",
        "",
    ]
    return Letter(f"Log it while it is fresh: {title}", "\n".join(lines), LetterKind.REMINDER, address)


def unattended_letter(to_name: str, title: str, by: str, address: str) -> Letter:
    """The report that a claim stood on was taken back; the claim keeps what its owner wrote."""
    lines = [
        f"Dear {to_name},",
        "",
        f"{by} took back an attendance report for {quoted(title)}.",
        "What it showed is no longer evidence of your claim.",
        "Everything that you wrote is still there. Look whether it has other evidence before you send it.",
        "",
        f"Your claim: {address}",
        "",
    ]
    return Letter(f"A report was taken back: {title}", "\n".join(lines), LetterKind.DECISION, address)


def returned_letter(decided: Decided, comments: Mapping[str, str], note: str) -> Letter:
    """A claim came back; `comments` maps the field's label to what is asked for."""
    count = len(comments)
    things = "one thing" if count == 1 else f"{count} things"
    asked = f", with {things} to change" if count else ""
    lines = [
        f"{decided.reviewer} returned {quoted(decided.title)}"
        f" to you{asked}. Everything that you wrote is still there."
    ]
    lines += [f"- {label}: {comment}" for label, comment in comments.items()]
    lines += [note] if note else []
    return _letter(f"Returned to you: {decided.title}", decided, lines)


def denied_letter(decided: Decided, reason: str) -> Letter:
    """A claim was denied, with the reason."""
    lines = [
        f"{decided.reviewer} denied {quoted(decided.title)}.",
        f"The reason: {reason}",
    ]
    return _letter(f"Denied: {decided.title}", decided, lines)


def reversed_letter(decided: Decided, minutes: int, reason: str, *, is_followed: bool = False) -> Letter:
    """Credit was taken back; its certificate is revoked with it, and what followed it goes as well."""
    lines = [
        f"{decided.reviewer} took back {hours_phrase(minutes)} for {quoted(decided.title)}.",
        f"The reason: {reason}",
        "The certificate is revoked and says so to everyone who checks it.",
    ]
    lines += ["What you answered about it later is taken back with it."] if is_followed else []
    return _letter(f"Credit taken back: {decided.title}", decided, lines)


def revoked_letter(decided: Decided, code: str, at: datetime, reason: str) -> Letter:
    """A certificate was revoked."""
    lines = [
        f"{decided.reviewer} revoked the certificate {code_text(code)} for"
        f" {quoted(decided.title)} on {at:%B} {at.day}, {at.year}.",
        f"The reason: {reason}",
    ]
    return _letter(f"Certificate revoked: {decided.title}", decided, lines)


def reissued_letter(decided: Decided, old_code: str, new_code: str, reason: str) -> Letter:
    """A certificate was issued again; the old code leads to the new one."""
    lines = [
        f"{decided.reviewer} issued your certificate for {quoted(decided.title)} again.",
        f"The reason: {reason}",
        f"The new code is {code_text(new_code)}. The old one, {code_text(old_code)}, says what took its place.",
    ]
    return _letter(f"Certificate issued again: {decided.title}", decided, lines)


def issued_anew_letter(decided: Decided, old_code: str, new_code: str, reason: str) -> Letter:
    """A certificate was issued for credit whose certificate had been revoked; that one stays revoked."""
    lines = [
        f"{decided.reviewer} issued a new certificate for {quoted(decided.title)}: {code_text(new_code)}.",
        f"The reason: {reason}",
        f"The earlier one, {code_text(old_code)}, stays revoked.",
    ]
    return _letter(f"New certificate: {decided.title}", decided, lines)


def summed_up_letter(
    name: str, title: str, minutes: int, count: int, address: str, superseded: str | None
) -> Letter:
    """Certificates were summed up in one; `superseded` is the code of the one whose place it takes."""
    lines = [
        f"There is one certificate of {quoted(title)} now: {hours_phrase(minutes)} in {count:,} activities.",
        "These are the hours that stand on your certificates of the activities, too. They count once.",
    ]
    if superseded is not None:
        lines.append(f"It takes the place of {code_text(superseded)}, which leads to it.")
    return Letter(
        f"One certificate of {title}",
        "\n".join([f"Dear {name},", "", *lines, "", f"Your certificate: {address}", ""]),
        LetterKind.DECISION,
        address,
    )


def summary_revoked_letter(name: str, title: str, code: str, reason: str, address: str) -> Letter:
    """A certificate that summed up others was revoked."""
    lines = [
        f"Your certificate {code_text(code)} of {quoted(title)} was revoked.",
        f"The reason: {reason}",
        "Your certificates of the activities stay as they are.",
    ]
    return Letter(
        f"Certificate revoked: {title}",
        "\n".join([f"Dear {name},", "", *lines, "", f"The certificate: {address}", ""]),
        LetterKind.DECISION,
        address,
    )


@dataclass(frozen=True, slots=True)
class CodeNews:
    """What every message about a code for an account names: to whom, where, who made the code, and the moment."""

    to_name: str
    district: str
    made_by: str
    at: datetime
    zone: str

    @property
    def when(self) -> str:
        """`on October 15, 2014 at 7:00 pm Eastern Time`."""
        then = local(self.at, self.zone)
        return f"on {date_text(then)} at {time_text(then)} {zone_words(self.zone)}"


def code_letter(news: CodeNews) -> Letter:
    """Somebody gave a code to who has an account: whoever has the code can sign in as them."""
    lines = [
        f"{news.made_by} made a new code for your account at {news.district} {news.when}.",
        "Your old password has ended, and you are signed out everywhere.",
        "Whoever has the code can choose a password and sign in as you.",
        "",
        "If you asked for it, enter the code and choose a password that only you know.",
        f"If you didn't, ask another administrator of {news.district} at once for a code of your own:"
        " it voids this one.",
    ]
    return _to_account("A new code was made for your account", news, lines)


def chosen_letter(news: CodeNews) -> Letter:
    """The code was used: the account has another password."""
    lines = [
        f"A password was chosen for your account at {news.district} {news.when},",
        f"with the code that {news.made_by} made. All earlier sign-ins have ended.",
        "",
        "If this was you, there is nothing to do.",
        f"If it wasn't, somebody can sign in as you. Tell another administrator of {news.district} at once,"
        " and ask for a new code: it ends this password.",
    ]
    return _to_account("A password was chosen for your account", news, lines)


def trial_letter(to_name: str, district: str) -> Letter:
    """Somebody tries whether letters arrive."""
    lines = [
        f"Dear {to_name},",
        "",
        f"this is the letter with which you try whether mail from {district} arrives. It does.",
        "Nothing else happened, and there is nothing to do.",
        "",
    ]
    return Letter(f"Mail from {district} arrives", "\n".join(lines))


def _to_account(subject: str, news: CodeNews, lines: list[str]) -> Letter:
    return Letter(subject, "\n".join([f"Dear {news.to_name},", "", *lines, ""]), LetterKind.ACCOUNT)


def _letter(subject: str, decided: Decided, lines: list[str]) -> Letter:
    body = "\n".join([f"Dear {decided.to_name},", "", *lines, "", f"Your claim: {decided.claim_address}", ""])
    return Letter(subject, body, LetterKind.DECISION, decided.claim_address)
