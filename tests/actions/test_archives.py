"""The archive of an event: hosts and administrators add, others propose; another district has its own."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from pdtracker.actions.archives import (
    ArchiveEntry,
    decide_archive_link,
    give_archive_link,
    remove_archive_link,
)
from pdtracker.actions.calendar import name_hosts
from pdtracker.domain.archive import MOST_WAITING, ArchiveKind, ArchiveState
from pdtracker.domain.refusals import NotHere, NotNow, NotPermitted, NotValid
from pdtracker.models.records import AuditEntry, OutboxMail
from pdtracker.queries.archives import archive
from tests.calendars import entry, hours, load
from tests.factories import NOW, Cast, an_archive_link, an_event

VIDEO = ArchiveEntry(ArchiveKind.RECORDING, "Recording", "https://video.example/1")


def over(cast: Cast) -> int:
    """An event of the shared calendar that is over, which Hal hosts."""
    event_id = load(cast.database, entry("one", hours("2014-10-14T19:00")))["one"]
    name_hosts(cast.scope("cam"), {event_id: [cast.person_ids["hal"]]})
    return event_id


def states(cast: Cast, event_id: int, name: str = "cam") -> list[ArchiveState]:
    return [one.state for one in archive(cast.scope(name), event_id)]


@pytest.mark.parametrize(("by", "state"), [("hal", "listed"), ("cam", "listed"), ("ada", "proposed")])
def test_who_speaks_for_the_event_adds_and_others_propose(cast: Cast, by: str, state: str) -> None:
    event_id = over(cast)
    give_archive_link(cast.scope(by), event_id, VIDEO)
    assert states(cast, event_id) == [state]
    [kept] = archive(cast.scope("cam"), event_id)
    assert (kept.at, kept.by_id) == (NOW, cast.person_ids[by])


def test_the_host_decides_what_others_gave(cast: Cast) -> None:
    event_id = over(cast)
    link_id = give_archive_link(cast.scope("ada"), event_id, VIDEO)
    for name in ("ada", "bo"):
        with pytest.raises(NotPermitted):
            decide_archive_link(cast.scope(name), event_id, link_id, accept=True, reason="")
    with pytest.raises(NotValid):
        decide_archive_link(cast.scope("hal"), event_id, link_id, accept=False, reason="")
    decide_archive_link(cast.scope("hal"), event_id, link_id, accept=True, reason="")
    with pytest.raises(NotNow):
        decide_archive_link(cast.scope("cam"), event_id, link_id, accept=False, reason="Late.")
    assert states(cast, event_id) == [ArchiveState.LISTED]


@pytest.mark.parametrize("accept", [True, False])
def test_who_gave_a_link_reads_what_became_of_it(cast: Cast, accept: bool) -> None:
    event_id, page = over(cast), "https://pd.example/archive"
    link_id = give_archive_link(cast.scope("ada"), event_id, VIDEO)
    reason = "" if accept else "It asks for a password."
    decide_archive_link(cast.scope("hal"), event_id, link_id, accept=accept, reason=reason, address=page)
    (letter,) = cast.operator().session.scalars(sa.select(OutboxMail))
    assert letter.to_person_id == cast.person_ids["ada"]
    assert letter.subject == f"{'In' if accept else 'Not in'} the archive: {VIDEO.title}"
    assert reason in letter.body
    assert f"The archive: {page}" in letter.body


def test_what_is_taken_out_is_kept_as_that(cast: Cast) -> None:
    event_id = over(cast)
    link_id = give_archive_link(cast.scope("hal"), event_id, VIDEO)
    with pytest.raises(NotPermitted):
        remove_archive_link(cast.scope("ada"), event_id, link_id)
    remove_archive_link(cast.scope("cam"), event_id, link_id)
    remove_archive_link(cast.scope("cam"), event_id, link_id)
    assert states(cast, event_id) == [ArchiveState.REMOVED]
    actions = cast.operator().session.scalars(sa.select(AuditEntry.action)).all()
    assert actions.count("archive.removed") == 1


def test_the_same_link_is_there_once(cast: Cast) -> None:
    event_id = over(cast)
    first = give_archive_link(cast.scope("ada"), event_id, VIDEO)
    assert give_archive_link(cast.scope("bo"), event_id, VIDEO) == first
    assert give_archive_link(cast.scope("hal"), event_id, VIDEO) == first
    assert states(cast, event_id) == [ArchiveState.LISTED]


def test_nothing_is_kept_before_it_begins_nor_of_what_is_cancelled(cast: Cast) -> None:
    later = {"starts_at": NOW + timedelta(days=1), "ends_at": NOW + timedelta(days=1, hours=1)}
    with pytest.raises(NotNow):
        give_archive_link(cast.scope("cam"), an_event(cast.scope("cam"), **later), VIDEO)
    with pytest.raises(NotNow):
        give_archive_link(cast.scope("cam"), an_event(cast.scope("cam"), state="cancelled"), VIDEO)


def test_links_that_no_browser_should_follow_are_refused(cast: Cast) -> None:
    event_id = over(cast)
    for link in ("javascript:alert(1)", "https://me:secret@a.example/", "ftp://a.example/"):
        with pytest.raises(NotValid):
            give_archive_link(cast.scope("hal"), event_id, ArchiveEntry(ArchiveKind.CHAT, "Chat", link))


def test_one_person_has_few_waiting(cast: Cast) -> None:
    event_id = over(cast)
    for number in range(MOST_WAITING):
        an_archive_link(cast.scope("ada"), event_id, link=f"https://video.example/{number}")
    with pytest.raises(NotNow, match="wait already"):
        an_archive_link(cast.scope("ada"), event_id, link="https://video.example/more")


def test_another_district_has_an_archive_of_its_own(cast: Cast) -> None:
    event_id = over(cast)
    link_id = give_archive_link(cast.scope("hal"), event_id, VIDEO)
    assert archive(cast.scope("dee"), event_id) == ()
    with pytest.raises(NotHere):
        remove_archive_link(cast.operator(cast.riverton), event_id, link_id)
    give_archive_link(cast.scope("dee"), event_id, VIDEO)
    assert states(cast, event_id) == [ArchiveState.LISTED]
