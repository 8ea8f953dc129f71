"""Taking over a calendar, again and again, and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa

from pdtracker.actions.claims import begin_from_event
from pdtracker.actions.event_changes import cancel_event, change_event
from pdtracker.actions.event_imports import Choices, Imported, import_events, undo_import
from pdtracker.domain.event_import import Said
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.refusals import NotHere, NotNow, NotPermitted, NotValid
from pdtracker.exchange.ics.said import read_said
from pdtracker.models.event_imports import CalendarImport, ImportedEvent
from pdtracker.models.events import Event, EventState
from pdtracker.queries.changing_events import editable
from pdtracker.queries.event_imports import imports, one_import, planned
from pdtracker.queries.one_event import event
from tests.calendars import statements
from tests.factories import Cast

LOT = Choices(kind=EventKind.WEBINAR, category=CreditCategory.PEDAGOGY, host="Edcamp", programme_id=None)
WEEKLY = (
    "UID:weekly",
    "SUMMARY:Weekly chat",
    "DTSTART:20141001T230000Z",
    "DTEND:20141002T000000Z",
    "RRULE:FREQ=WEEKLY;COUNT=3",
)


def talk(
    uid: str = "1", title: str = "A talk", begins: str = "20141015T120000Z", *more: str
) -> tuple[str, ...]:
    """An event of an hour and a half."""
    return (f"UID:{uid}", f"SUMMARY:{title}", f"DTSTART:{begins}", "DURATION:PT1H30M", *more)


def said(*events: Sequence[str]) -> tuple[Said, ...]:
    lines = ["BEGIN:VCALENDAR", "X-WR-TIMEZONE:America/New_York"]
    for one in events:
        lines += ["BEGIN:VEVENT", *one, "END:VEVENT"]
    data = "\n".join([*lines, "END:VCALENDAR"]).encode()
    found, refused = read_said(
        data, first_day=date(2014, 1, 1), last_day=date(2014, 12, 31), floating_zone=None
    )
    assert refused == ()
    return found


def bring(cast: Cast, *events: Sequence[str], choices: Choices = LOT, key: str = "") -> Imported:
    return import_events(cast.scope("cam"), said(*events), choices, name="feed.ics", key=key)


def events_of(cast: Cast) -> list[Event]:
    return list(cast.scope("cam").session.scalars(sa.select(Event).order_by(Event.starts_at, Event.id)))


def counts(done: Imported) -> tuple[int, int, int]:
    return done.added, done.changed, done.cancelled


def test_a_calendar_comes_with_what_was_chosen(cast: Cast) -> None:
    first, second = said(talk(), talk("2", "A chat", "20141016T120000Z"))
    choices = replace(LOT, kinds={second.key: EventKind.HASHTAG_CHAT})
    done = import_events(cast.scope("cam"), [first, second], choices, name="feed.ics")
    assert counts(done) == (2, 0, 0)
    one, two = events_of(cast)
    assert (one.title, one.kind, one.state, one.zone) == (
        "A talk",
        EventKind.WEBINAR,
        EventState.PUBLISHED,
        "America/New_York",
    )
    assert two.kind is EventKind.HASHTAG_CHAT
    assert event(cast.scope("bo"), one.id).host.name == "Edcamp"


def test_the_same_file_again_changes_nothing(cast: Cast) -> None:
    first = bring(cast, talk(), WEEKLY)
    assert counts(first) == (4, 0, 0)
    again = bring(cast, talk(), WEEKLY)
    assert (again.import_id, *counts(again)) == (None, 0, 0, 0)
    assert {row.version for row in events_of(cast)} == {1}
    assert len(imports(cast.scope("cam"))) == 1


def test_the_same_form_twice_is_one_import(cast: Cast) -> None:
    first = bring(cast, talk(), key="k" * 22)
    assert bring(cast, talk(), key="k" * 22) == first
    assert bring(cast, talk(), key="n" * 22).import_id is None
    assert bring(cast, talk(), key="n" * 22).import_id is None


def test_what_a_later_file_says_is_followed_and_the_rest_stays(cast: Cast) -> None:
    bring(cast, talk(), talk("2", "Another"), talk("3", "A third"))
    moved = bring(
        cast, talk(begins="20141015T130000Z"), talk("3", "A third", "20141015T120000Z", "STATUS:CANCELLED")
    )
    assert counts(moved) == (0, 1, 1)
    by_title = {row.title: row for row in events_of(cast)}
    assert by_title["A talk"].starts_at.hour == 13
    assert by_title["A third"].state is EventState.CANCELLED
    assert (by_title["Another"].state, by_title["Another"].version) == (EventState.PUBLISHED, 1)
    back = bring(cast, talk("3", "A third"))
    assert counts(back) == (0, 1, 0)
    assert {row.state for row in events_of(cast)} == {EventState.PUBLISHED}


def test_an_event_whose_uid_changes_with_its_time_is_known_by_its_address(cast: Cast) -> None:
    link = "URL:https://tec.example/talk"
    bring(cast, talk("9-1413374400-1413379800@tec", "A talk", "20141015T120000Z", link))
    moved = bring(cast, talk("9-1413378000-1413383400@tec", "A talk", "20141015T130000Z", link))
    assert counts(moved) == (0, 1, 0)
    (only,) = events_of(cast)
    assert only.starts_at.hour == 13
    assert counts(bring(cast, talk("9-1413378000-1413383400@tec", "A talk", "20141015T130000Z", link))) == (
        0,
        0,
        0,
    )


def test_an_address_that_several_share_tells_nothing(cast: Cast) -> None:
    link = "URL:https://tec.example/all"
    bring(cast, talk("1", "One", "20141015T120000Z", link), talk("2", "Two", "20141015T120000Z", link))
    assert counts(bring(cast, talk("3", "Three", "20141015T120000Z", link))) == (1, 0, 0)


def test_what_was_never_here_is_not_brought_as_cancelled(cast: Cast) -> None:
    assert bring(cast, talk("1", "A talk", "20141015T120000Z", "STATUS:CANCELLED")).import_id is None
    assert events_of(cast) == []


def test_what_a_host_changed_stays_while_the_file_says_the_same(cast: Cast) -> None:
    bring(cast, talk())
    (one,) = events_of(cast)
    cam = cast.scope("cam")
    told = editable(cam, one.id).event
    change_event(cam, one.id, replace(told, title="Our words"), seen_version=1)
    bring(cast, talk())
    assert [row.title for row in events_of(cast)] == ["Our words"]


def test_what_is_left_out_is_not_taken_over(cast: Cast) -> None:
    first, second = said(talk(), talk("2", "Another"))
    done = import_events(
        cast.scope("cam"), [first, second], replace(LOT, left_out=[second.key]), name="feed.ics"
    )
    assert counts(done) == (1, 0, 0)


def test_undo_takes_back_just_this_import(cast: Cast) -> None:
    bring(cast, talk("0", "Before"))
    done = bring(cast, talk(), WEEKLY)
    assert done.import_id is not None
    taken = undo_import(cast.scope("cam"), done.import_id)
    assert (taken.gone, taken.restored, taken.stayed) == (4, 0, 0)
    assert [row.title for row in events_of(cast)] == ["Before"]
    with pytest.raises(NotNow):
        undo_import(cast.scope("cam"), done.import_id)
    assert counts(bring(cast, talk(), WEEKLY)) == (4, 0, 0)


def test_what_somebody_claimed_or_changed_stays_and_says_so(cast: Cast) -> None:
    done = bring(cast, talk("1", "Claimed"), talk("2", "Changed"), talk("3", "Free"))
    assert done.import_id is not None
    by_title = {row.title: row.id for row in events_of(cast)}
    begin_from_event(cast.scope("ada"), by_title["Claimed"])
    cancel_event(cast.scope("cam"), by_title["Changed"], "No room.")
    taken = undo_import(cast.scope("cam"), done.import_id)
    assert (taken.gone, taken.stayed) == (1, 2)
    assert {row.title for row in events_of(cast)} == {"Claimed", "Changed"}
    found, rows = one_import(cast.scope("cam"), done.import_id)
    assert found.undone_at is not None
    assert {row.title: row.stayed for row in rows} == {
        "Claimed": "Somebody has a claim, a mark or a place there.",
        "Changed": "It was changed since.",
        "Free": "",
    }


def test_undo_brings_back_what_was_said_before(cast: Cast) -> None:
    bring(cast, talk(), talk("2", "Second"))
    later = bring(
        cast, talk(begins="20141015T130000Z"), talk("2", "Second", "20141015T120000Z", "STATUS:CANCELLED")
    )
    assert later.import_id is not None
    taken = undo_import(cast.scope("cam"), later.import_id)
    assert (taken.gone, taken.restored, taken.stayed) == (0, 2, 0)
    assert {row.starts_at.hour for row in events_of(cast)} == {12}
    assert {row.state for row in events_of(cast)} == {EventState.PUBLISHED}
    assert bring(cast, talk(), talk("2", "Second")).import_id is None


def test_only_administrators_import_and_only_their_own(cast: Cast) -> None:
    done = bring(cast, talk())
    assert done.import_id is not None
    for name in ("ada", "bo", "hal", "dee"):
        with pytest.raises(NotPermitted):
            import_events(cast.scope(name), said(talk()), LOT, name="feed.ics")
        with pytest.raises(NotPermitted):
            undo_import(cast.scope(name), done.import_id)
    with pytest.raises(NotHere):
        undo_import(cast.operator(cast.riverton), done.import_id)
    assert planned(cast.operator(cast.riverton), said(talk()))[0].known is None


def test_a_lot_is_refused_whole(cast: Cast) -> None:
    for wrong in (replace(LOT, host=""), replace(LOT, programme_id=77)):
        with pytest.raises(NotValid):
            bring(cast, talk(), choices=wrong)
    many = [talk(str(number), f"Talk {number}") for number in range(501)]
    with pytest.raises(NotNow):
        bring(cast, *many)
    session = cast.scope("cam").session
    assert session.scalars(sa.select(CalendarImport.id)).all() == []
    assert session.scalars(sa.select(ImportedEvent.id)).all() == []


def test_an_operator_imports_without_a_name(cast: Cast) -> None:
    done = import_events(cast.operator(), said(talk()), LOT, name="feed.ics")
    assert counts(done) == (1, 0, 0)
    assert imports(cast.scope("cam"))[0].by_name == "An operator"


def test_400_events_take_as_many_statements_as_4(cast: Cast) -> None:
    with statements(cast.database) as few:
        bring(cast, *(talk(f"a{number}", f"Talk {number}") for number in range(4)))
    with statements(cast.database) as many:
        done = bring(cast, *(talk(f"b{number}", f"Talk {number}") for number in range(400)))
    selects = [sum(one.startswith("SELECT") for one in asked) for asked in (few, many)]
    assert selects[0] == selects[1]
    assert done.import_id is not None
    with statements(cast.database) as undoing:
        undo_import(cast.scope("cam"), done.import_id)
    assert sum(one.startswith("SELECT") for one in undoing) < 12
