"""Reports of an event and how they are brought, for tests that begin somewhere on the way."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

from pdtracker.actions.imports import HowRead, begin_import, keep_report, read_file
from pdtracker.actions.recording import commit_import
from pdtracker.blobs import BlobStore
from pdtracker.domain.refs import ref_of
from pdtracker.domain.when import local
from pdtracker.models.events import EventHost
from pdtracker.models.ids import new_id
from pdtracker.queries.import_events import import_event
from pdtracker.queries.imports import one_import
from pdtracker.queries.report_lines import LineRow, lines
from pdtracker.scope import Scope
from tests.factories import Cast, an_event

HEADING = "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest"


def zoom(scope: Scope, *people: tuple[str, str, int, int]) -> bytes:
    """A Zoom report of the event that `an_event` makes: name, e-mail, and the minutes of joining and leaving."""
    starts_at = scope.at - timedelta(hours=2)
    rows = [
        f"{name},{email},{_clock(scope, starts_at, joined)},{_clock(scope, starts_at, left)},{left - joined},No"
        for name, email, joined, left in people
    ]
    return "\r\n".join([HEADING, *rows, ""]).encode()


def _clock(scope: Scope, starts_at: datetime, minute: int) -> str:
    shown = local(starts_at + timedelta(minutes=minute), scope.district.zone)
    return shown.strftime("%m/%d/%Y %I:%M:%S %p")


def address(claim_id: int) -> str:
    """Where a claim is found."""
    return f"http://localhost/maplewood/claims/{ref_of(claim_id)}"


def store_of(cast: Cast) -> BlobStore:
    """Where the cast's files are."""
    return BlobStore(cast.settings.evidence)


def brought(
    cast: Cast,
    scope: Scope,
    event_id: int,
    data: bytes,
    how: HowRead | None = None,
    name: str = "report.csv",
    session_id: int | None = None,
) -> int:
    """A report that waits to be confirmed."""
    kept = keep_report(scope, store_of(cast), io.BytesIO(data), name)
    read = read_file(scope, import_event(scope, event_id, session_id), data, how or HowRead())
    return begin_import(scope, event_id, session_id, kept, read)


def confirmed(cast: Cast, scope: Scope, event_id: int, data: bytes, *, replaces: bool = False) -> int:
    """A report that counts."""
    import_id = brought(cast, scope, event_id, data)
    commit_import(scope, import_id, replaces=replaces, address=address)
    return import_id


def lines_of(scope: Scope, import_id: int) -> dict[str, LineRow]:
    """The lines of an import by their names."""
    one = one_import(scope, import_id)
    page = lines(scope, one, import_event(scope, one.event_id, one.session_id).hours, None, after=0)
    return {row.name: row for row in page.rows}


def hosted(scope: Scope, person_id: int) -> int:
    """An event that somebody hosts."""
    event_id = an_event(scope)
    with scope.session.writing():
        scope.session.add(EventHost(id=new_id(), event_id=event_id, person_id=person_id))
    return event_id
