"""What the page of an event says to the one who reads it: would it count for me, have I claimed it, can I come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from pdtracker.domain.access import Permission
from pdtracker.domain.outlook import Outlook
from pdtracker.domain.refusals import NotNow
from pdtracker.domain.registration import REMIND_BEFORE
from pdtracker.domain.when import moment_text
from pdtracker.queries.check_in_desks import desks_of
from pdtracker.queries.going import my_mark
from pdtracker.queries.hosting import speaks_for
from pdtracker.queries.one_event import EventFacts, MyClaim, event_outlook, my_claims
from pdtracker.queries.prospects import event_prospects
from pdtracker.queries.registrations import places
from pdtracker.scope import Scope, Visitor


def for_me(who: Scope | Visitor, facts: EventFacts) -> dict[str, Any]:
    """What a person with claims of their own sees: would it count, and the claim that they have."""
    speaks = isinstance(who, Scope) and speaks_for(who, facts.id)
    takes_attendance = speaks and who.may(Permission.TAKE_ATTENDANCE)
    told: dict[str, Any] = {
        "signed_in": isinstance(who, Scope),
        "may_log": who.may(Permission.LOG_CLAIM),
        "may_decide": who.may(Permission.MANAGE_EVENTS),
        "may_audit": who.may(Permission.SEE_AUDIT),
        "keeps": facts.is_own and speaks,
        **_registration(who, facts),
        "claim": None,
        "session_claims": {},
        "going": None,
        "may_mark": False,
        # Who marks it on the last day gets no letter.
        "reminds": facts.time.starts_at > who.at + REMIND_BEFORE,
        "outlook": None,
        "no_rules": "",
        "prospects": (),
        "desks": (),
        "takes_attendance": takes_attendance,
        "may_import": takes_attendance and facts.time.has_begun(who.at),
    }
    if isinstance(who, Scope) and told["may_log"]:
        told |= _claims(my_claims(who, facts.id), facts)
        told["going"] = my_mark(who, facts.id)
        told["may_mark"] = told["places"] is None and not facts.time.is_over(who.at)
        told["outlook"], told["no_rules"] = _outlook(who, facts)
        # What is claimed already is in the record, where it counts or waits.
        told["prospects"] = () if told["claim"] or told["session_claims"] else event_prospects(who, facts)
        told["desks"] = tuple(desk for desk in desks_of(who, facts.id) if desk.is_open(who.at))
    return told


def _claims(mine: Sequence[MyClaim], facts: EventFacts) -> dict[str, Any]:
    """The claim of the whole event, else of a session that its agenda lost in a merger; and those of its sessions."""
    of_sessions = {one.session_id: one for one in mine if facts.agenda.session(one.session_id)}
    other = next((one for one in mine if one.session_id not in of_sessions), None)
    return {"claim": other, "session_claims": of_sessions}


def site_words(address: str | None) -> str:
    """How a link to elsewhere is called: by the site that it leads to."""
    host = urlsplit(address).hostname if address else None
    return (host or address or "").removeprefix("www.")


def _registration(who: Scope | Visitor, facts: EventFacts) -> dict[str, Any]:
    """Where registration stands for a person of the district: the shared calendar has no places to give."""
    found = places(who, facts.id) if isinstance(who, Scope) and facts.is_own else None
    closes = found.terms.closes_at if found else None
    over = facts.time.is_over(who.at) if facts.time.is_window else facts.time.has_begun(who.at)
    return {
        "places": found,
        "registration_until": moment_text(closes, who.at, who.zone)
        if closes and isinstance(who, Scope)
        else "",
        "registration_open": not over and (closes is None or closes > who.at),
    }


def _outlook(scope: Scope, facts: EventFacts) -> tuple[Outlook | None, str]:
    try:
        return event_outlook(scope, facts), ""
    except NotNow as refusal:
        return None, refusal.sentence
