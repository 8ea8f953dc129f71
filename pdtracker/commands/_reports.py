"""`pdtracker import attendance DISTRICT:EVENT FILE`: a report of an event of this installation, matched, and kept."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from pdtracker.actions.imports import HowRead, Read, begin_import, keep_report, read_file
from pdtracker.actions.recording import commit_import
from pdtracker.blobs import BlobStore
from pdtracker.commands.serve import require_schema
from pdtracker.db import Database
from pdtracker.domain.refs import PATTERN, id_of, ref_of
from pdtracker.domain.refusals import NotHere, NotValid, Refusal
from pdtracker.domain.report_words import is_meeting_report
from pdtracker.installation import issuer_of
from pdtracker.queries import import_events, imports
from pdtracker.queries.accounts import district_by_slug
from pdtracker.scope import Scope
from pdtracker.settings import Settings, load_settings

_EVENT: Final = re.compile(rf"([a-z0-9-]{{2,40}}):({PATTERN})(?:/({PATTERN}))?")
_PATH: Final = re.compile(rf"/([a-z0-9-]{{2,40}})/events/({PATTERN})(?:/attendance)?/?")


@dataclass(frozen=True, slots=True)
class Named:
    """An event of the installation as it was named, and the session of it, if it has several."""

    district: str
    event_id: int
    session_id: int | None


def named(told: str) -> Named | None:
    """`maplewood:0aph5y9rkgaac`, with `/` and a session where there are several, or the page's address; else `None`."""
    found = _EVENT.fullmatch(told)
    if found is None and told.startswith(("http://", "https://")):
        found = _PATH.fullmatch(urlsplit(told).path)
        if found is None:
            raise Refusal(
                "event",
                f"{told} doesn’t say which district it is of. Write DISTRICT:EVENT, such as maplewood:{'0' * 13}.",
            )
    if found is None:
        return None
    session = found[3] if found.re is _EVENT else None
    return Named(found[1], id_of(found[2]), id_of(session) if session else None)


def read_for(event: Named, data: bytes, zone: str | None) -> Read:
    """What the file says of the event, matched with the district's people; nothing is written."""
    with _operator(event) as (scope, _):
        return _read(scope, event, data, zone)


def keep_for(event: Named, data: bytes, name: str, zone: str | None) -> tuple[Read, str]:
    """The same, confirmed as a person would confirm it; with the import's reference. The same file twice is once."""
    with _operator(event) as (scope, settings):
        read = _read(scope, event, data, zone)
        kept = keep_report(scope, BlobStore(settings.evidence), io.BytesIO(data), name)
        import_id = begin_import(scope, event.event_id, event.session_id, kept, read)
        one = imports.one_import(scope, import_id)
        issuer = issuer_of(settings)
        commit_import(
            scope,
            import_id,
            replaces=is_meeting_report(one.format, one.strength),
            address=lambda claim_id: issuer.claim_address(event.district, claim_id),
        )
        return read, ref_of(import_id)


@contextmanager
def _operator(event: Named) -> Iterator[tuple[Scope, Settings]]:
    settings = load_settings()
    require_schema(settings)
    database = Database(settings.database_url)
    try:
        with database.session(None, installation=True) as doors:
            district = district_by_slug(doors, event.district)
        if district is None:
            raise NotHere("no_district", f"There is no district {event.district!r} here.")
        with database.session(district.id) as session:
            yield Scope(session, district, datetime.now(UTC)), settings
    finally:
        database.dispose()


def _read(scope: Scope, event: Named, data: bytes, zone: str | None) -> Read:
    try:
        facts = import_events.import_event(scope, event.event_id, event.session_id)
    except NotHere:
        raise Refusal("event", f"{event.district} has no such event or session in its calendar.") from None
    try:
        return read_file(scope, facts, data, HowRead(zone=zone))
    except NotValid as refusal:
        raise Refusal("file", " ".join(refusal.errors.values())) from None
