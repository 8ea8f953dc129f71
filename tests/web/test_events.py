"""The calendar over HTTP: filters in the address, pages both ways, month, one event; whose events, in which zone."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from werkzeug.test import TestResponse

from pdtracker.actions.calendar import ProgrammeEntry
from pdtracker.domain.calendar import EventTime
from pdtracker.domain.claim import ClaimState
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.refs import ref_of
from pdtracker.domain.when import local
from pdtracker.web import events as web_events
from tests.calendars import BEFORE, CEM, EASTERN, crowded_month, entry, hours, load, statements, window
from tests.factories import House, a_claim, an_event
from tests.reviewing_client import HTML, ReviewingClient, document_of, fields, texts

MOST_STATEMENTS = 6


def now() -> datetime:
    """The web's clock."""
    return datetime.now(UTC)


def current(first: int = -20, last: int = 20) -> ProgrammeEntry:
    """A programme around today."""
    today = local(now(), EASTERN).date()
    day = timedelta(days=1)
    return replace(
        CEM, slug="current", name="This season", starts_on=today + first * day, ends_on=today + last * day
    )


def in_days(days: int, clock: str = "12:00", minutes: int = 60) -> EventTime:
    """An event so many days from today."""
    on = local(now(), EASTERN).date() + timedelta(days=days)
    return hours(f"{on.isoformat()}T{clock}", minutes)


def titles(answer: TestResponse) -> list[str]:
    """The titles of the rows, in order."""
    document = document_of(answer)
    rows = [item for item in document.iter(f"{HTML}ul") if item.get("class") == "rows"]
    return ["".join(name.itertext()) for row in rows for name in row.iter(f"{HTML}h3")]


def link(answer: TestResponse, words: str) -> str:
    """Where the link with these words leads."""
    document = document_of(answer)
    found = [a.get("href") for a in document.iter(f"{HTML}a") if words in "".join(a.itertext())]
    assert found, f"no link {words!r}"
    return str(found[0])


def page_of(house: House, event_id: int) -> str:
    return f"/events/{ref_of(event_id)}"


def test_the_calendar_opens_at_today_in_the_current_programme(house: House) -> None:
    load(
        house.database,
        entry("yesterday", in_days(-1), programme="current"),
        entry("this morning", in_days(0, "00:00", 1), programme="current"),
        entry("tonight", in_days(0, "23:58", 1), programme="current"),
        entry("tomorrow", in_days(1), programme="current"),
        entry("long ago", hours("2014-10-14T19:00")),
        programmes=(CEM, BEFORE, current()),
    )
    client = house.visitor()
    answer = client.get("/events")
    # What is over stays where it was.
    assert titles(answer) == ["this morning", "tonight", "tomorrow"]
    assert "4 events in This season" in texts(answer)
    assert "Times are Eastern Time." in texts(answer)
    assert titles(client.get(link(answer, "Yesterday and before"))) == ["this morning", "yesterday"]
    assert titles(client.get(link(answer, CEM.name))) == ["long ago"]
    assert set(titles(client.get(link(answer, "Every programme")))) == {"this morning", "tonight", "tomorrow"}


def test_when_nothing_is_left_of_the_programme_its_last_events_are_there(house: House) -> None:
    load(
        house.database,
        entry("last", in_days(-2), programme="current"),
        entry("before", in_days(-3), programme="current"),
        programmes=(CEM, current()),
    )
    answer = house.visitor().get("/events")
    assert titles(answer) == ["last", "before"]
    assert "Nothing begins today or later." in texts(answer)


def test_what_began_recently_is_there_the_latest_first(house: House) -> None:
    """People log what they attended yesterday: they look for it from today back."""
    load(
        house.database,
        *(entry(f"{days} days ago", in_days(-days), programme="current") for days in range(1, 46)),
        entry("yesterday at noon", in_days(-1, "12:30"), programme="current"),
        entry("this morning", in_days(0, "00:00", 1), programme="current"),
        entry("tomorrow", in_days(1), programme="current"),
        programmes=(CEM, BEFORE, current(first=-60)),
    )
    client = house.visitor()
    recent = client.get(link(client.get("/events"), "Recently"))
    assert titles(recent)[:4] == ["this morning", "yesterday at noon", "1 days ago", "2 days ago"]
    assert "tomorrow" not in titles(recent)
    assert "Yesterday, " in texts(recent)
    assert "47 events that have begun in This season" in texts(recent)
    before = client.get(link(recent, "Days before"))
    assert titles(before) == [f"{days} days ago" for days in range(39, 46)]
    assert titles(client.get(link(before, "From the latest"))) == titles(recent)
    # Filters keep the order.
    assert 'name="view" value="recent"' in recent.get_data(as_text=True)
    assert titles(client.get("/events?view=recent&q=noon")) == ["yesterday at noon"]
    assert "No event matches" in texts(client.get("/events?view=recent&q=nothing"))


def test_nothing_is_recent_in_a_programme_to_come(house: House) -> None:
    load(
        house.database,
        entry("soon", in_days(9), programme="current"),
        programmes=(current(first=5, last=30),),
    )
    assert "Recently" not in texts(house.visitor().get("/events"))


def test_an_open_forum_is_named_above_the_list(house: House) -> None:
    today = local(now(), EASTERN).date()
    first, last = (today - timedelta(days=9)).isoformat(), (today + timedelta(days=9)).isoformat()
    load(
        house.database,
        entry("forum", window(first, last), kind=EventKind.FORUM, programme="current"),
        entry("tomorrow", in_days(1), programme="current"),
        programmes=(current(),),
    )
    client = house.visitor()
    answer = client.get("/events")
    assert titles(answer) == ["tomorrow"]
    assert titles(client.get(link(answer, "1 more is open now"))) == ["forum"]


def test_a_list_goes_on_and_back(house: House) -> None:
    load(
        house.database,
        *(entry(f"{index:03d}", hours(f"2014-10-{1 + index % 30:02d}T19:00")) for index in range(95)),
    )
    client = house.visitor()
    first = client.get("/events?programme=cem-2014")
    second = client.get(link(first, "Next days"))
    third = client.get(link(second, "Next days"))
    assert [len(titles(page)) for page in (first, second, third)] == [40, 40, 15]
    assert len({*titles(first), *titles(second), *titles(third)}) == 95
    assert titles(client.get(link(third, "Days before"))) == titles(second)
    assert "Next days" not in texts(third)
    assert "Days before" not in texts(first)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=DUNCAN+chat", ["chat"]),
        ("kind=forum", ["forum"]),
        ("kind=forum&kind=hashtag_chat", ["forum", "chat"]),
        ("category=ell", ["seminar"]),
        ("category=ell&category=pedagogy", ["forum", "chat", "seminar"]),
        ("category=stem", []),
        ("hashtag=ce14", ["chat"]),
        ("hours=open", ["forum"]),
        ("time=after_school", ["chat"]),
        ("from=2014-10-15", ["seminar"]),
        ("to=2014-10-14", ["forum", "chat"]),
        ("from=2014-10-15&to=2014-10-15", []),
    ],
)
def test_filters_stand_in_the_address(house: House, query: str, found: list[str]) -> None:
    load(
        house.database,
        entry("forum", window("2014-10-01", "2014-10-31"), kind=EventKind.FORUM),
        entry(
            "chat", hours("2014-10-14T23:00"), kind=EventKind.HASHTAG_CHAT, hashtag="#ce14", summary="Duncan"
        ),
        entry("seminar", hours("2014-10-16T09:00"), category=CreditCategory.ELL),
    )
    answer = house.visitor().get(f"/events?programme=cem-2014&{query}")
    assert titles(answer) == found
    assert titles(house.visitor().get(link(answer, "Clear"))) == ["forum", "chat", "seminar"]


def test_theme_and_host_come_from_the_page_itself(house: House) -> None:
    load(
        house.database,
        entry("one", hours("2014-10-14T19:00"), themes=("Blended Learning",), host="NWP"),
        entry("two", hours("2014-10-15T19:00")),
    )
    client = house.visitor()
    text = client.get("/events?programme=cem-2014").get_data(as_text=True)
    theme = re.findall(r'name="theme" value="(\w+)"', text)[0]
    host = re.findall(r'<option value="(\w+)">NWP \(1\)', text)[0]
    for query in (f"theme={theme}", f"host={host}"):
        assert titles(client.get(f"/events?programme=cem-2014&{query}")) == ["one"]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("q=" + "x" * 101, "Use at most 100 characters."),
        ("q=a%E2%80%AEb", "There is a hidden character"),
        ("from=2014-99-01", "Enter a day such as 2014-10-15."),
        ("to=yesterday", "Enter a day such as 2014-10-15."),
        ("from=2014-10-15&to=2014-10-01", "Enter a day on or after the first one."),
        ("hashtag=%3Cb%3E", "Enter one hashtag"),
        ("kind=party", "Choose from the list."),
        ("category=juggling", "Choose from the list."),
        ("time=noon", "Choose from the list."),
        ("hours=short", "Choose from the list."),
    ],
)
def test_a_filter_that_cannot_be_read_is_named_at_its_field(house: House, query: str, sentence: str) -> None:
    answer = house.visitor().get(f"/events?{query}")
    assert answer.status_code == 422
    assert "One thing to put right" in texts(answer)
    assert sentence in texts(answer)


@pytest.mark.parametrize(
    "query",
    [
        "view=week",
        "month=2014-13",
        "month=1999-01",
        "month=oct",
        "view=month&day=2014-02-30",
        "after=1",
        "after=1413327600.zz",
        "before=99999999999.0000000000000",
        "programme=nothing",
        "theme=1+OR+1",
        "host=%25",
        "q=a%00b",
        "from=%07",
        "from=1900-01-01",
    ],
)
def test_an_address_that_no_link_of_ours_has_is_unknown(house: House, query: str) -> None:
    load(house.database)
    assert house.visitor().get(f"/events?{query}").status_code == 404


def test_nothing_found_says_which_filters_to_take_away(house: House) -> None:
    load(
        house.database,
        entry("chat", hours("2014-10-14T19:00")),
        entry("other", hours("2013-10-14T19:00"), programme="cem-2013"),
    )
    client = house.visitor()
    answer = client.get("/events?programme=cem-2014&q=zzz&kind=webinar")
    assert "No event matches" in texts(answer)
    assert titles(client.get(link(answer, "Without search"))) == ["chat"]
    assert link(answer, "Without kind Webinar") == "/events?q=zzz&programme=cem-2014"
    assert "Look in every programme" not in texts(answer)
    elsewhere = client.get("/events?programme=cem-2014&q=other")
    assert "No event matches" in texts(elsewhere)
    assert titles(client.get(link(elsewhere, "Look in every programme"))) == ["other"]


def test_an_empty_calendar_is_a_page(house: House) -> None:
    for path in ("/events", "/events?view=month", "/events?programme=all"):
        answer = house.visitor().get(path)
        assert answer.status_code == 200
        assert "Nothing is in the calendar here yet." in texts(answer)


def test_examples_and_sources_are_told_in_words(house: House) -> None:
    ids = load(
        house.database,
        entry("made up", hours("2014-10-14T19:00"), is_example=True),
        entry("real", hours("2014-10-15T19:00"), source="https://www.example.org/list"),
    )
    client = house.visitor()
    assert "Webinar · Edcamp · example" in texts(client.get("/events?programme=cem-2014"))
    assert "This is an example" in texts(client.get(page_of(house, ids["made up"])))
    real = client.get(page_of(house, ids["real"]))
    assert "example:" not in texts(real)
    assert (
        '<a href="https://www.example.org/list" rel="noopener noreferrer">example.org</a>'
        in real.get_data(as_text=True)
    )


def test_a_district_sees_its_own_events_and_never_anothers(house: House) -> None:
    load(house.database, entry("shared", hours("2014-10-14T19:00")))
    ours = an_event(house.scope("ada"), title="OURS of Maplewood")
    theirs = an_event(house.scope("dee"), title="THEIRS of Riverton")
    paths = ["/events?programme=all&q=of", "/events?programme=all&view=month&month=2014-10&day=2014-10-20"]
    for path in paths:
        assert "OURS" not in texts(house.visitor().get(path))
        assert "THEIRS" not in texts(house.visitor().get(path))
        ada = texts(house.client_of("ada").get(path))
        assert "OURS" in ada or "q=of" in path
        assert "THEIRS" not in ada
    for client, event_id, status in (
        (house.visitor(), ours, 404),
        (house.visitor(), theirs, 404),
        (house.client_of("ada"), ours, 200),
        (house.client_of("ada"), theirs, 404),
        (house.client_of("dee"), ours, 404),
    ):
        assert client.get(page_of(house, event_id)).status_code == status


def test_times_are_the_readers_and_the_zone_is_named(house: House) -> None:
    ids = load(house.database, entry("far", hours("2014-10-15T10:00", zone="Pacific/Auckland")))
    page = page_of(house, ids["far"])
    anybody = texts(house.visitor().get(page))
    assert "Wednesday, October 15, 2014" in anybody
    assert "10:00\u201311:00 am Auckland time" in anybody
    assert "Times are Auckland time." in anybody
    ada = texts(house.client_of("ada").get(page))
    assert "Tuesday, October 14, 2014" in ada
    assert "5:00\u20136:00 pm Eastern Time" in ada
    listed = texts(house.visitor().get("/events?programme=cem-2014"))
    assert "Tuesday, October 14, 2014" in listed
    assert "5:00 pm" in listed


def test_hours_that_nobody_recorded_are_not_made_up(house: House) -> None:
    ids = load(
        house.database,
        entry("panel", window("2014-10-01", "2014-10-31"), kind=EventKind.PANEL),
        entry("forum", window("2014-10-01", "2014-10-31"), kind=EventKind.FORUM),
        entry("start", EventTime(hours("2014-10-03T21:00").starts_at, None, EASTERN, has_hours=False)),
    )
    client = house.visitor()
    assert "Its hours are not recorded." in texts(client.get(page_of(house, ids["panel"])))
    assert "No fixed hours: come when you can." in texts(client.get(page_of(house, ids["forum"])))
    assert "9:00 pm, the end is not recorded Eastern Time" in texts(client.get(page_of(house, ids["start"])))


def test_an_unknown_event_is_no_page(house: House) -> None:
    for path in (f"/events/{ref_of(1)}", "/events/zzz", f"/events/{ref_of(1).upper()}x"):
        assert house.visitor().get(path).status_code == 404


def attended(client: ReviewingClient, page: str) -> bool:
    return "I attended" in texts(client.get(page))


def test_i_attended_is_there_from_the_first_moment_until_one_has_a_claim(house: House) -> None:
    ids = load(house.database, entry("begun", in_days(-1)), entry("coming", in_days(1)))
    begun, coming = page_of(house, ids["begun"]), page_of(house, ids["coming"])
    ada = house.client_of("ada")
    assert attended(ada, begun)
    assert not attended(ada, coming)
    assert "You can log it here from the moment it begins." in texts(ada.get(coming))
    assert not attended(house.client_of("bo"), begun)
    assert link(house.visitor().get(begun), "Sign in to log it") == f"/sign-in?next={begun}"
    claim_id = a_claim(house.scope("ada"), ClaimState.DRAFT, event_id=ids["begun"])
    assert not attended(ada, begun)
    assert link(ada.get(begun), "Open your claim") == f"/maplewood/claims/{ref_of(claim_id)}"
    listed = texts(ada.get("/events?programme=cem-2014&q=begun"))
    assert "Your draft, not sent yet" in listed
    assert "You logged this" not in listed
    assert "Your draft" not in texts(house.client_of("dee").get("/events?programme=cem-2014&q=begun"))


def test_i_attended_begins_a_claim_with_one_click(house: House) -> None:
    ids = load(house.database, entry("begun", in_days(-1)))
    page, ada = page_of(house, ids["begun"]), house.client_of("ada")
    answer = ada.post("/maplewood/claims", data=fields(ada.get(page), "/maplewood/claims"))
    assert answer.status_code == 303
    assert "Open your claim" in texts(ada.get(page))


def test_the_page_says_whether_it_would_count(house: House) -> None:
    ids = load(
        house.database, entry("chat", in_days(-1, minutes=50)), entry("ancient", hours("2001-10-14T19:00"))
    )
    page = texts(house.client_of("ada").get(page_of(house, ids["chat"])))
    assert "Yes, up to 0.75 hours as Pedagogy" in page
    assert "50 becomes 45" in page
    assert "Sign in, and they answer here." in texts(house.visitor().get(page_of(house, ids["chat"])))
    assert "Would it count" not in texts(house.client_of("bo").get(page_of(house, ids["chat"])))
    assert "has no credit policy" in texts(house.client_of("ada").get(page_of(house, ids["ancient"])))


def test_a_month_shows_its_days_with_counts_and_titles(house: House) -> None:
    load(
        house.database,
        *(entry(f"talk {index}", hours(f"2014-10-14T{10 + index}:00")) for index in range(9)),
        entry("alone", hours("2014-10-20T19:00")),
        entry("forum", window("2014-10-01", "2014-10-31"), kind=EventKind.FORUM),
    )
    client = house.visitor()
    answer = client.get("/events?programme=cem-2014&view=month")
    text = answer.get_data(as_text=True)
    assert 'aria-label="October\u00a014, 9 events"' in text
    assert 'aria-label="October\u00a020, 1 event"' in text
    assert "talk 3 5 more" in texts(answer)
    # Beneath the grid: the first day with events, and what is open.
    assert titles(answer) == [f"talk {index}" for index in range(9)] + ["forum"]
    twentieth = "/events?programme=cem-2014&view=month&month=2014-10&day=2014-10-20"
    assert f'href="{twentieth.replace("&", "&amp;")}#day"' in text
    assert titles(client.get(twentieth)) == ["alone", "forum"]
    assert "Nothing begins on" in texts(client.get(twentieth.replace("10-20", "10-21")))
    november = client.get(link(answer, "November"))
    assert "No event matches" in texts(november)
    assert "month=2014-09" in link(answer, "September")
    assert "December 2013" in texts(client.get("/events?programme=cem-2014&view=month&month=2014-01"))


def test_a_month_of_600_events_is_a_light_page(house: House) -> None:
    load(house.database, *crowded_month(600))
    for client in (house.visitor(), house.client_of("ada")):
        month = client.get("/events?programme=cem-2014&view=month")
        assert len(month.data) <= 150_000
        listed = client.get("/events?programme=cem-2014")
        assert len(listed.data) <= 60_000


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?programme=cem-2014",
        "?programme=cem-2014&view=recent",
        "?programme=cem-2014&view=month",
        "?programme=all&q=session",
    ],
)
def test_a_page_of_the_calendar_takes_six_statements_whatever_its_rows(house: House, query: str) -> None:
    counts = []
    for entries in (crowded_month(12), crowded_month(300)):
        load(house.database, *entries)
        for client in (house.visitor(), house.client_of("ada")):
            client.get(f"/events{query}")
            with statements(house.database) as asked:
                client.get(f"/events{query}")
            counts.append(len(asked))
    assert max(counts) <= MOST_STATEMENTS
    assert counts[:2] == counts[2:]


def test_what_a_host_writes_is_only_text(house: House) -> None:
    nasty = '<img src=/etc/passwd onerror="alert(1)">{{ 7*7 }}'
    ids = load(
        house.database,
        entry("key", hours("2014-10-14T19:00"), title=nasty, summary=nasty, host=nasty, platform=nasty),
    )
    for path in (
        "/events?programme=cem-2014",
        "/events?programme=cem-2014&view=month",
        page_of(house, ids["key"]),
    ):
        answer = house.visitor().get(path)
        assert "<img" not in answer.get_data(as_text=True)
        assert nasty in texts(answer)


def test_what_states_call_its_kind_is_shown_to_who_keeps_the_calendar(house: House) -> None:
    event_id = load(house.database, entry("one", hours("2014-10-14T19:00")))["one"]
    page = f"/events/{ref_of(event_id)}"
    assert "In CEDS" in texts(house.client_of("cam").get(page))
    for client in (house.visitor(), house.client_of("ada")):
        assert "In CEDS" not in texts(client.get(page))


def test_the_list_leads_to_the_reports_of_attendance_for_who_keeps_the_calendar(house: House) -> None:
    leads = 'href="/maplewood/imports"'
    assert leads in house.client_of("cam").get("/events?programme=all").get_data(as_text=True)
    assert leads not in house.client_of("ada").get("/events?programme=all").get_data(as_text=True)
    assert leads not in house.visitor().get("/events?programme=all").get_data(as_text=True)


def test_words_that_very_many_events_have_say_that_there_are_more(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(
        house.database, *(entry(f"chat {number}", hours(f"2014-10-0{number}T19:00")) for number in (1, 2, 3))
    )
    monkeypatch.setattr(web_events, "MOST_COUNTED", 2)
    client, path = house.client_of("ada"), "/events?programme=all&q=chat"
    page = texts(client.get(path))
    assert "2 or more events in every programme" in page.replace("\n", " ")
    assert "The numbers beside the filters are of 2 of them" in page
    assert titles(client.get(path)) == ["chat 1", "chat 2", "chat 3"]
    monkeypatch.setattr(web_events, "MOST_COUNTED", 4)
    page = texts(client.get(path))
    assert "3 events in every programme" in page
    assert "beside the filters" not in page
