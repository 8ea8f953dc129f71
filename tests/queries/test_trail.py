"""The audit trail as it is read: by days, by who, by area, by subject; page by page, and whole."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from pdtracker import audit
from pdtracker.audit import Happened
from pdtracker.domain.access import Permission
from pdtracker.domain.trail import Area
from pdtracker.models.records import AuditEntry
from pdtracker.queries import trail as queries
from pdtracker.queries.trail import Entry, Subject, Trail, TrailFilter, end_of_trail, trail, whole_trail
from pdtracker.scope import Scope, action
from tests.calendars import statements
from tests.claiming import a_draft
from tests.factories import NOW, Cast

A_DAY = timedelta(days=1)


@action(Permission.MANAGE_DISTRICT)
def note(scope: Scope, name: str, times: int = 1) -> None:
    """Write entries, as an action would."""
    for number in range(times):
        scope.record(name, "thing", number)


def noted(cast: Cast, who: str, at: datetime, name: str = "event.changed", times: int = 1) -> None:
    note(cast.scope(who, at), name, times)


def read(scope: Scope, before: int | None = None, **chosen: object) -> Trail:
    scope.session.rollback()
    return trail(scope, TrailFilter(**chosen), before=before)  # type: ignore[arg-type]


def days(found: Trail) -> list[datetime]:
    return [entry.at for entry in found.entries]


@pytest.fixture
def quiet(cast: Cast) -> Scope:
    """An administrator's scope, and three of their entries on three days to come."""
    for later in range(1, 4):
        noted(cast, "cam", NOW + later * A_DAY)
    return cast.scope("cam", NOW + 9 * A_DAY)


def test_the_newest_comes_first_and_the_end_is_the_chain_s(quiet: Scope) -> None:
    found = read(quiet)
    assert [entry.seq for entry in found.entries] == sorted(
        (entry.seq for entry in found.entries), reverse=True
    )
    newest = found.entries[0]
    assert (newest.by_name, newest.action, newest.subject) == (quiet.me.name, "event.changed", "thing")
    assert (end_of_trail(quiet).seq, end_of_trail(quiet).hash) == (newest.seq, newest.hash)


def test_days_are_cut_at_their_instants(quiet: Scope) -> None:
    second = NOW + 2 * A_DAY
    assert days(read(quiet, since=second, until=second + A_DAY)) == [second]
    assert days(read(quiet, since=second)) == [second + A_DAY, second]
    assert days(read(quiet, until=second, since=NOW)) == [NOW + A_DAY]
    assert days(read(quiet, since=NOW + 4 * A_DAY)) == []
    assert days(read(quiet, until=NOW - 400 * A_DAY)) == []


def test_an_entry_is_found_by_its_day_though_an_action_of_the_next_day_was_written_before_it(
    cast: Cast,
) -> None:
    midnight = NOW + A_DAY
    noted(cast, "cam", midnight + timedelta(seconds=1))
    noted(cast, "cam", midnight - timedelta(seconds=1))
    scope = cast.scope("cam", NOW + 9 * A_DAY)
    just_before = midnight - timedelta(minutes=1)
    assert days(read(scope, since=just_before, until=midnight)) == [midnight - timedelta(seconds=1)]
    assert days(read(scope, since=midnight)) == [midnight + timedelta(seconds=1)]


def test_who_is_part_of_a_name_taken_literally(cast: Cast) -> None:
    a_draft(cast.scope("ada"))
    scope = cast.scope("cam")
    of_ada = read(scope, who="aDA").entries
    assert of_ada
    assert {entry.by_name for entry in of_ada} == {cast.scope("ada").me.name}
    assert read(scope, who="%").entries == ()


def test_an_area_has_its_own_entries_alone(cast: Cast) -> None:
    noted(cast, "cam", NOW, "certificate.revoked")
    scope = cast.scope("cam")
    assert (
        next(entry.action for entry in read(scope, area=Area.CERTIFICATES).entries) == "certificate.revoked"
    )
    assert all(entry.action.startswith("event.") for entry in read(scope, area=Area.EVENTS).entries)


def test_of_one_thing_everything_is_found(cast: Cast) -> None:
    claim_id = a_draft(cast.scope("ada"))
    found = read(cast.scope("cam"), subject=Subject("claim", claim_id)).entries
    assert found[-1].action == "claim.begun"
    assert {(entry.subject, entry.subject_id) for entry in found} == {("claim", claim_id)}


def test_pages_follow_each_other_without_a_gap(cast: Cast) -> None:
    noted(cast, "cam", NOW, times=2 * queries.ENTRIES_PER_PAGE + 1)
    scope = cast.scope("cam")
    found: list[int] = []
    before: int | None = None
    for _ in range(9):
        page = read(scope, before)
        found += [entry.seq for entry in page.entries]
        if (before := page.before) is None:
            break
    assert found == list(range(end_of_trail(scope).seq, 0, -1))


def test_a_rare_entry_is_looked_for_piece_by_piece(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "WINDOW", 10)
    noted(cast, "cam", NOW, "mail.failed")
    noted(cast, "cam", NOW + A_DAY, times=25)
    scope = cast.scope("cam", NOW + 2 * A_DAY)
    first = read(scope, area=Area.MAIL)
    assert (first.entries, first.looked_back_to) == ((), NOW + A_DAY)
    pages, before = 1, first.before
    while not (found := read(scope, before, area=Area.MAIL)).entries:
        pages, before = pages + 1, found.before
    assert [entry.action for entry in found.entries] == ["mail.failed"]
    assert pages == 2


def test_the_whole_is_the_chain_and_another_district_s_is_not_in_it(cast: Cast) -> None:
    scope = cast.scope("cam")
    entries: list[Entry] = list(whole_trail(scope, TrailFilter()))
    assert [entry.seq for entry in entries] == list(range(1, end_of_trail(scope).seq + 1))
    previous = audit.GENESIS
    for entry in entries:
        assert entry.previous_hash == previous
        previous = entry.hash
    other = cast.scope("dee")
    assert {entry.hash for entry in whole_trail(other, TrailFilter())}.isdisjoint(
        entry.hash for entry in entries
    )


def test_the_number_of_statements_stays(cast: Cast, quiet: Scope) -> None:
    quiet.session.rollback()
    with statements(cast.database) as asked:
        trail(quiet, TrailFilter(since=NOW, until=NOW + 9 * A_DAY, who="a", area=Area.EVENTS))
    assert len(asked) == 3


def test_days_are_found_from_the_index(quiet: Scope) -> None:
    names = {
        index["name"] for index in sa.inspect(quiet.session.get_bind()).get_indexes(AuditEntry.__tablename__)
    }
    assert "ix_audit_entry_at" in names


def test_an_entry_that_was_recorded_is_what_is_read(cast: Cast) -> None:
    scope = cast.scope("cam")
    with scope.session.writing():
        audit.append(
            scope.session,
            [Happened("mail.sent", "outbox_mail", 7, {"attempt": 2})],
            at=NOW,
            by_person_id=None,
            by_name="operator",
        )
    entry = read(scope).entries[0]
    assert (entry.by_person_id, entry.by_name, entry.facts) == (None, "operator", {"attempt": 2})
