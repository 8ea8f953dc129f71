"""A programme's page, and the front page."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from pdtracker.domain.kinds import EventKind
from pdtracker.domain.when import local
from tests.calendars import BEFORE, CEM, EASTERN, crowded_month, entry, hours, load, statements, window
from tests.factories import House, an_event
from tests.reviewing_client import HTML, document_of, texts

MOST_STATEMENTS = 8
CONVENED = replace(CEM, themes=(CEM.themes[0]._replace(convenors=("AASA",)), CEM.themes[1]))


def test_a_programme_tells_its_goals_and_true_counts(house: House) -> None:
    load(
        house.database,
        entry("one", hours("2014-10-14T19:00"), themes=("Blended Learning",)),
        entry("two", hours("2014-10-14T20:00", 90), themes=("Blended Learning",), co_hosts=("NWP",)),
        entry("forum", window("2014-10-01", "2014-10-31"), kind=EventKind.FORUM),
        entry("other year", hours("2013-10-14T19:00"), programme="cem-2013"),
        programmes=(CONVENED, BEFORE),
    )
    an_event(house.scope("ada"))
    answer = house.visitor().get("/programmes/cem-2014")
    said = texts(answer)
    assert "October 1\u201331, 2014" in said
    assert "More educators at ease with social media." in said
    for figure in ("3 events", "2.5 hours, where they are known", "1 without fixed hours", "2 hosts"):
        assert figure in said
    assert "Blended Learning 2 events. Who convened it is not recorded" in said
    assert "Leadership for Change 0 events. Convened by AASA" in said
    assert "NWP 1 event" in said
    text = answer.get_data(as_text=True)
    assert 'aria-label="October\u00a014, 2 events"' in text
    assert "view=month&amp;month=2014-10&amp;day=2014-10-14#day" in text


def test_a_programme_without_events_is_a_page(house: House) -> None:
    load(house.database)
    said = texts(house.visitor().get("/programmes/cem-2013"))
    assert "0 events" in said


def test_an_unknown_programme_is_no_page(house: House) -> None:
    assert house.visitor().get("/programmes/cem-2099").status_code == 404


def test_a_programmes_pages_take_few_statements_whatever_is_on_them(house: House) -> None:
    load(house.database, *crowded_month(300))
    for client in (house.visitor(), house.client_of("ada")):
        with statements(house.database) as asked:
            answer = client.get("/programmes/cem-2014")
        assert len(asked) <= MOST_STATEMENTS
        assert len(answer.data) <= 60_000
        with statements(house.database) as asked:
            answer = client.get("/programmes/cem-2014/days")
        assert len(asked) <= MOST_STATEMENTS
        assert len(answer.data) <= 120_000


def test_a_theme_says_who_convenes_it_and_what_comes_next(house: House) -> None:
    load(
        house.database,
        entry("chat", hours("2014-10-14T19:00"), themes=("Leadership for Change",)),
        entry("another", hours("2014-10-15T19:00"), themes=("Blended Learning",)),
        programmes=(CONVENED, BEFORE),
    )
    page = document_of(house.visitor().get("/programmes/cem-2014"))
    link = next(a.get("href", "") for a in page.iter(f"{HTML}a") if a.text == "Leadership for Change")
    said = texts(house.visitor().get(link))
    assert "Convened by AASA" in said
    assert "Source example.org" in said
    assert "What was last chat Tuesday, October 14, 2014, 7:00 pm" in said
    assert "another" not in said
    assert house.visitor().get(link.replace("cem-2014", "cem-2013")).status_code == 404


def test_the_days_stand_one_by_one_with_all_that_are_open_first(house: House) -> None:
    many = [entry(f"at {hour}", hours(f"2014-10-14T{hour}:00")) for hour in range(10, 17)]
    load(house.database, *many, entry("forum", window("2014-10-01", "2014-10-31"), kind=EventKind.FORUM))
    answer = house.visitor().get("/programmes/cem-2014/days")
    said = texts(answer)
    assert "Open for days or weeks forum All month" in said
    assert "Tuesday, October 14" in said
    assert "at 13" in said
    assert "at 14" not in said
    assert "All 7 on this day" in said
    assert "Times are Eastern Time." in said


def test_a_programme_without_events_has_no_days_yet(house: House) -> None:
    load(house.database)
    assert "No event has a day yet" in texts(house.visitor().get("/programmes/cem-2013/days"))


def test_the_front_page_says_what_this_is_and_what_comes_next(house: House) -> None:
    today = local(datetime.now(UTC), EASTERN).date()
    day = timedelta(days=1)
    season = replace(CEM, slug="current", name="This season", starts_on=today - day, ends_on=today + 9 * day)

    def at(days: int) -> str:
        return f"{date.isoformat(today + days * day)}T12:00"

    load(
        house.database,
        entry("over", hours(at(-1)), programme="current"),
        entry("coming", hours(at(2)), programme="current"),
        programmes=(CEM, BEFORE, season),
    )
    own = an_event(
        house.scope("ada"),
        title="of Maplewood",
        starts_at=hours(at(3)).starts_at,
        ends_at=None,
        has_hours=False,
    )
    assert own
    answer = house.visitor().get("/")
    said = texts(answer)
    assert "The hours that teachers learn in the open, counted" in said
    assert "Next in This season" in said
    assert "coming" in said
    assert "over" not in said.split("Next in This season")[1].split("Every event")[0]
    assert "of Maplewood" not in said
    assert 'action="/verify"' in answer.get_data(as_text=True)
    assert 'href="/programmes/cem-2014"' in answer.get_data(as_text=True)


def test_the_front_page_of_an_empty_house_is_a_page(house: House) -> None:
    assert "Nothing is in it yet." in texts(house.visitor().get("/"))


def test_who_has_signed_in_goes_home(house: House) -> None:
    answer = house.client_of("ada").get("/")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/maplewood")
    assert house.client_of("dee").get("/").headers["Location"] == "/riverton"
