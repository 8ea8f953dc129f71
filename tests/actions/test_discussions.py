"""Discussing an event: within one's district; one's own words are one's own; hidden with a reason, never gone."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from pdtracker.actions.calendar import name_hosts
from pdtracker.actions.discussions import (
    change_contribution,
    close_discussions,
    contribute,
    count_contribution,
    hide_contribution,
    keep_contribution,
    open_discussions,
    report_contribution,
    withdraw_contribution,
)
from pdtracker.actions.rates import TooManyTries
from pdtracker.domain.refusals import NotHere, NotNow, NotPermitted, NotValid
from pdtracker.models.records import AuditEntry, OutboxMail
from pdtracker.queries.discussions import (
    ContributionRow,
    contribution,
    contributions,
    discussion_sums,
    waiting_reports,
)
from tests.calendars import entry, hours, load, statements
from tests.factories import NOW, SECRET, Cast, a_contribution, an_event

HERE = "https://pd.example/events/1/discussion"


def shared(cast: Cast) -> int:
    """An event of the shared calendar, which Hal hosts in Maplewood."""
    event_id = load(cast.database, entry("one", hours("2014-10-14T19:00")))["one"]
    name_hosts(cast.scope("cam"), {event_id: [cast.person_ids["hal"]]})
    return event_id


def said(cast: Cast, event_id: int, name: str = "cam") -> list[str]:
    found = contributions(cast.scope(name), event_id, after=None, limit=50)
    return [row.words for row in found.rows]


def one(cast: Cast, event_id: int, contribution_id: int) -> ContributionRow:
    return contribution(cast.scope("cam"), event_id, contribution_id)


def letters(cast: Cast) -> list[tuple[str, str]]:
    rows = cast.operator().session.execute(
        sa.select(OutboxMail.to_name, OutboxMail.subject).order_by(OutboxMail.id)
    )
    return [(row.to_name, row.subject) for row in rows]


def test_each_district_discusses_a_shared_event_for_itself(cast: Cast) -> None:
    event_id = shared(cast)
    ours = a_contribution(cast.scope("ada"), event_id, "Ours")
    a_contribution(cast.scope("dee"), event_id, "Theirs")
    assert said(cast, event_id) == ["Ours"]
    assert said(cast, event_id, "rex") == ["Theirs"]
    assert discussion_sums(cast.scope("dee"), event_id).count == 1
    with pytest.raises(NotHere):
        report_contribution(cast.scope("dee"), event_id, ours, "No.", address=HERE)
    with pytest.raises(NotHere):
        contribute(cast.scope("dee"), an_event(cast.scope("ada")), "Hello", address=HERE)


def test_a_form_sent_twice_is_said_once(cast: Cast) -> None:
    event_id = shared(cast)
    for _ in range(2):
        contribute(cast.scope("ada"), event_id, "Once", address=HERE, key="k")
    assert said(cast, event_id) == ["Once"]


def test_its_host_gets_one_letter_when_it_begins(cast: Cast) -> None:
    event_id = shared(cast)
    a_contribution(cast.scope("hal"), event_id)
    assert letters(cast) == []
    for name in ("ada", "bo", "ada"):
        a_contribution(cast.scope(name), event_id)
    assert letters(cast) == [("Hal Whitfield", "People discuss one")]


def test_one_changes_and_withdraws_ones_own_words_only(cast: Cast) -> None:
    event_id = shared(cast)
    mine = a_contribution(cast.scope("ada"), event_id, "Frist")
    for name in ("bo", "hal", "cam"):
        with pytest.raises(NotPermitted):
            change_contribution(cast.scope(name), event_id, mine, "Other")
        with pytest.raises(NotPermitted):
            withdraw_contribution(cast.scope(name), event_id, mine)
    change_contribution(cast.scope("ada"), event_id, mine, "First")
    assert one(cast, event_id, mine).changed_at == NOW
    withdraw_contribution(cast.scope("ada"), event_id, mine)
    withdraw_contribution(cast.scope("ada"), event_id, mine)
    row = one(cast, event_id, mine)
    assert (row.words, row.withdrawn_at) == ("", NOW)
    with pytest.raises(NotNow):
        change_contribution(cast.scope("ada"), event_id, mine, "Again")
    kept = repr(cast.operator().session.scalars(sa.select(AuditEntry.facts)).all())
    assert "First" not in kept


@pytest.mark.parametrize("moderator", ["hal", "cam"])
def test_words_are_hidden_with_a_reason_and_shown_again(cast: Cast, moderator: str) -> None:
    event_id = shared(cast)
    mine = a_contribution(cast.scope("ada"), event_id, "Buy this")
    for name in ("ada", "bo"):
        with pytest.raises(NotPermitted):
            hide_contribution(cast.scope(name), event_id, mine, "Why not.")
    with pytest.raises(NotValid):
        hide_contribution(cast.scope(moderator), event_id, mine, "")
    hide_contribution(cast.scope(moderator), event_id, mine, "Not about it.")
    row = one(cast, event_id, mine)
    assert (row.words, row.hidden_reason, row.hidden_at) == ("Buy this", "Not about it.", NOW)
    assert discussion_sums(cast.scope("ada"), event_id).count == 0
    with pytest.raises(NotNow):
        change_contribution(cast.scope("ada"), event_id, mine, "Buy that")
    keep_contribution(cast.scope(moderator), event_id, mine)
    assert one(cast, event_id, mine).hidden_at is None


def test_whose_words_are_hidden_reads_why(cast: Cast) -> None:
    event_id = shared(cast)
    theirs = a_contribution(cast.scope("ada"), event_id, "Off the track")
    own = a_contribution(cast.scope("hal"), event_id, "Mine")
    page = "https://pd.example/words"
    for said in (theirs, own):
        hide_contribution(cast.scope("hal"), event_id, said, "Not about it.", address=page)
    letters = cast.operator().session.scalars(
        sa.select(OutboxMail).where(OutboxMail.subject.startswith("Hidden:"))
    )
    (letter,) = letters
    assert letter.to_person_id == cast.person_ids["ada"]
    assert "The reason, which everybody reads in its place: Not about it." in letter.body
    assert f"Your words: {page}" in letter.body


def test_what_is_reported_waits_for_who_can_hide_it(cast: Cast) -> None:
    event_id = shared(cast)
    mine = a_contribution(cast.scope("ada"), event_id, "Buy this")
    with pytest.raises(NotNow):
        report_contribution(cast.scope("ada"), event_id, mine, "Mine.", address=HERE)
    with pytest.raises(NotValid):
        report_contribution(cast.scope("bo"), event_id, mine, "", address=HERE)
    for name in ("bo", "bo", "cam"):
        report_contribution(cast.scope(name), event_id, mine, "Not about it.", address=HERE)
    assert one(cast, event_id, mine).reports == 2
    assert letters(cast)[1:] == [("Hal Whitfield", "Reported: words under one")]
    assert [row.words for row in waiting_reports(cast.scope("cam"), 10)] == ["Buy this"] * 2
    assert waiting_reports(cast.scope("dee"), 10) == ()
    keep_contribution(cast.scope("hal"), event_id, mine)
    assert waiting_reports(cast.scope("cam"), 10) == ()
    assert one(cast, event_id, mine).reports == 0


def test_reports_of_what_nobody_here_hosts_go_to_the_administrators(cast: Cast) -> None:
    event_id = load(cast.database, entry("one", hours("2014-10-14T19:00")))["one"]
    mine = a_contribution(cast.scope("ada"), event_id)
    report_contribution(cast.scope("bo"), event_id, mine, "Not about it.", address=HERE)
    assert letters(cast) == [("Cam Okafor", "Reported: words under one")]


def test_a_district_without_discussions_keeps_what_was_said(cast: Cast) -> None:
    event_id = shared(cast)
    a_contribution(cast.scope("ada"), event_id)
    with pytest.raises(NotPermitted):
        close_discussions(cast.scope("bo"))
    close_discussions(cast.scope("cam"))
    close_discussions(cast.scope("cam"))
    with pytest.raises(NotNow, match="no discussions"):
        a_contribution(cast.scope("ada"), event_id)
    # Another district goes on.
    a_contribution(cast.scope("dee"), event_id)
    open_discussions(cast.scope("cam"))
    open_discussions(cast.scope("cam"))
    a_contribution(cast.scope("ada"), event_id)
    assert len(said(cast, event_id)) == 2


def test_pages_go_on_where_the_last_one_ended_in_one_statement(cast: Cast) -> None:
    event_id = shared(cast)
    for number in range(5):
        a_contribution(cast.scope("ada"), event_id, f"Number {number}")
    scope, found, after = cast.scope("bo"), [], None
    for _ in range(3):
        with statements(cast.database) as asked:
            page = contributions(scope, event_id, after=after, limit=2)
        assert len(asked) == 1
        found += [row.words for row in page.rows]
        after = page.last
    assert found == [f"Number {number}" for number in range(5)]
    assert after is None


def test_empty_and_endless_words_are_refused(cast: Cast) -> None:
    event_id = shared(cast)
    for words in ("  \n ", "x" * 2001, "a\u202eb"):
        with pytest.raises(NotValid):
            contribute(cast.scope("ada"), event_id, words, address=HERE)


def test_so_much_in_ten_minutes_and_no_more(cast: Cast) -> None:
    for _ in range(5):
        count_contribution(cast.database, 1, key=SECRET, at=NOW)
    with pytest.raises(TooManyTries):
        count_contribution(cast.database, 1, key=SECRET, at=NOW)
    count_contribution(cast.database, 2, key=SECRET, at=NOW)
