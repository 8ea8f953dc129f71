"""An event for other programs: its facts as JSON, with the words of CEDS for those who report to a state."""

from __future__ import annotations

import json
from datetime import datetime

from flask import Blueprint

from pdtracker.domain.ceds import codes_of
from pdtracker.domain.event_facts import Cost
from pdtracker.domain.refs import ref_of
from pdtracker.domain.when import local
from pdtracker.queries.one_event import EventFacts, event
from pdtracker.web import answers, requests
from pdtracker.web.answers import Answer
from pdtracker.web.doors import public
from pdtracker.web.requests import visitor

documents = Blueprint("documents", __name__)


@documents.get("/events/<ref:event_id>.json")
@public
def of_event(event_id: int) -> Answer:
    """One event, as whoever asks may see it."""
    found = event(visitor(), event_id)
    data = json.dumps(_document(found), ensure_ascii=False, indent=1).encode()
    answer = answers.file(lambda: data, "application/json", f"event-{ref_of(event_id)}.json", keep=False)
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _document(facts: EventFacts) -> dict[str, object]:
    time, whom = facts.time, facts.for_whom
    return {
        "id": ref_of(facts.id),
        "address": requests.address_of("events.show", event_id=facts.id),
        "title": facts.title,
        "summary": facts.summary,
        "status": facts.state.value,
        "kind": facts.kind.value,
        "category": facts.category.value,
        "programme": facts.programme.name if facts.programme else None,
        "themes": [theme.name for theme in facts.themes],
        "hosts": [host.name for host in (facts.host, *facts.co_hosts)],
        "starts": _moment(time.starts_at, time.zone),
        "ends": _moment(time.ends_at, time.zone),
        "zone": time.zone,
        "has_hours": time.has_hours,
        "minutes": facts.minutes,
        "sessions": [
            {
                "title": one.title,
                "starts": _moment(one.starts_at, time.zone),
                "ends": _moment(one.ends_at, time.zone),
            }
            for one in facts.agenda.sessions
        ],
        "platform": facts.platform or None,
        "link": facts.link,
        "hashtag": facts.hashtag,
        "archive": facts.archive_link,
        "language": whom.language or None,
        "cost": None if whom.cost is Cost.UNSAID else whom.cost.value,
        "ceds": [
            {"element": one.element, "name": one.name, "codes": list(one.codes)}
            for one in codes_of(facts.kind, whom)
        ],
    }


def _moment(at: datetime | None, zone: str) -> str | None:
    return None if at is None else local(at, zone).isoformat()
