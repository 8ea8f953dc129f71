"""The transcript: page, PDF and CSV of one period, summed from the ledger, with the reason for every figure."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from pdtracker.actions.reviews import reverse_credit
from pdtracker.actions.undoing import undo_decisions
from pdtracker.domain.claim import ClaimState
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.refs import ref_of
from pdtracker.domain.when import local, school_year
from pdtracker.models.certificates import Certificate
from pdtracker.models.claims import Claim
from tests.calendars import EASTERN, statements
from tests.certifying import LATER, Numbers, certified, revoke, text_of
from tests.factories import AN_ISSUER, NOW, House, a_claim
from tests.reviewing_client import texts

YEAR = "/maplewood/transcript?year=2014"


def reverse(house: House, numbers: Numbers) -> None:
    """Bo takes the credit back in March."""
    bo = house.scope("bo", LATER)
    found = bo.session.execute(
        sa.select(Claim.id, Claim.version)
        .join(Certificate, Certificate.claim_id == Claim.id)
        .where(Certificate.serial == numbers.serial)
    ).one()
    bo.session.rollback()
    reverse_credit(
        bo, found.id, seen_version=found.version, reason="It was an hour of lunch.", issuer=AN_ISSUER
    )


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_a_school_year_is_answered_in_one_sentence_with_its_sessions(house: House) -> None:
    certified(house, title="Book club", kind=EventKind.WEBINAR)
    certified(house, NOW - timedelta(days=5), title="Edcamp", category=CreditCategory.CONTENT)
    words = plain(texts(house.client_of("ada").get(YEAR)))
    assert "2 of 15 hours approved in 2014–15" in words
    assert "Book club Society of Readers, webinar" in words
    assert "You entered 60 minutes and the session lasted 60: all of it counts." in words
    assert "2 activities 2 h" in words
    assert "Content 60 1 Pedagogy 60 1 In all 120 2" in words


def test_what_waits_is_counted_with_what_the_rules_would_give(house: House) -> None:
    now = datetime.now(UTC)
    a_claim(house.scope("ada", now), ClaimState.SUBMITTED)
    words = plain(texts(house.client_of("ada").get("/maplewood/transcript")))
    assert "0 of 15 hours approved, 1 waiting, 14 to go by June 30" in words


def test_a_reversal_is_counted_and_told(house: House) -> None:
    numbers = certified(house, title="Book club")
    certified(house, NOW - timedelta(days=1), title="Edcamp")
    reverse(house, numbers)
    ada = house.client_of("ada")
    words = plain(texts(ada.get(YEAR)))
    assert "1 of 15 hours approved" in words
    assert "1 hour taken back on March 3, 2015 by Bo Tran: It was an hour of lunch." in words
    entries = [
        (row["Title"], row["Minutes"], row["Entry"])
        for row in rows_of(ada.get("/maplewood/transcript.csv?year=2014").get_data())
    ]
    assert entries == [
        ("Edcamp", "60", "Credit"),
        ("Book club", "60", "Credit"),
        ("Book club", "-60", "Taken back"),
    ]


def test_what_was_undone_before_it_was_told_is_left_out(house: House) -> None:
    numbers = certified(house)
    bo = house.scope("bo", NOW + timedelta(minutes=5))
    step_id = bo.session.scalar(sa.select(Certificate.step_id).where(Certificate.serial == numbers.serial))
    bo.session.rollback()
    undo_decisions(bo, [step_id])
    ada = house.client_of("ada")
    assert "0 of 15 hours approved" in plain(texts(ada.get(YEAR)))
    assert rows_of(ada.get("/maplewood/transcript.csv?year=2014").get_data()) == []


def test_page_pdf_and_csv_show_the_same_period(house: House) -> None:
    certified(house, title="Within")
    certified(house, NOW - timedelta(days=30), title="Before")
    ada, period = house.client_of("ada"), "from=2014-10-01&to=2014-10-31"
    page = ada.get(f"/maplewood/transcript?{period}")
    assert "1 hour approved from October 1, 2014 to October 31, 2014" in plain(texts(page))
    assert "/maplewood/transcript.pdf?from=2014-10-01&amp;to=2014-10-31" in page.get_data(as_text=True)
    told = [
        texts(page),
        text_of(ada.get(f"/maplewood/transcript.pdf?{period}").get_data()),
        ada.get(f"/maplewood/transcript.csv?{period}").get_data(as_text=True),
    ]
    assert ["Within" in text for text in told] == [True] * 3
    assert ["Before" in text for text in told] == [False] * 3


def test_the_files_say_what_they_are(house: House) -> None:
    ada = house.client_of("ada")
    sheet, table = (
        ada.get("/maplewood/transcript.pdf?year=2014"),
        ada.get("/maplewood/transcript.csv?year=2014"),
    )
    assert sheet.mimetype == "application/pdf"
    assert sheet.headers["Content-Disposition"] == "inline; filename=transcript-2014-07-01-2015-06-30.pdf"
    assert table.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert table.headers["Content-Disposition"].startswith("attachment; filename=transcript-2014")


def test_no_cell_of_the_csv_is_run(house: House) -> None:
    certified(house, title='=HYPERLINK("http://evil.example")', host="@SUM(1)")
    row = rows_of(house.client_of("ada").get("/maplewood/transcript.csv?year=2014").get_data())[0]
    assert (row["Title"], row["Host"]) == ('\'=HYPERLINK("http://evil.example")', "'@SUM(1)")
    assert (row["Minutes"], row["Hours"]) == ("60", "1.00")


def test_the_csv_says_the_kind_in_the_words_of_ceds(house: House) -> None:
    certified(house, kind=EventKind.HASHTAG_CHAT)
    row = rows_of(house.client_of("ada").get("/maplewood/transcript.csv?year=2014").get_data())[0]
    assert [value for name, value in row.items() if name.startswith("CEDS")] == ["P2P", "Virtual", "Online"]


def test_staff_see_everybodys_and_teachers_their_own(house: House) -> None:
    certified(house, title="Book club")
    ada = ref_of(house.person_ids["ada"])
    for name, status in (("bo", 200), ("cam", 200), ("hal", 404), ("ada", 200)):
        for ending in ("", ".pdf", ".csv"):
            answer = house.client_of(name).get(f"/maplewood/transcript{ending}?year=2014&person={ada}")
            assert (name, answer.status_code) == (name, status)
    words = texts(house.client_of("cam").get(f"{YEAR}&person={ada}"))
    assert "Transcript of Ada Lindqvist" in words
    assert "Maplewood North" in words
    dee = ref_of(house.person_ids["dee"])
    for asked in (dee, "nobody", "0000000000000"):
        assert house.client_of("cam").get(f"/maplewood/transcript?person={asked}").status_code == 404


def test_a_period_that_is_none_is_told_at_the_field(house: House) -> None:
    ada = house.client_of("ada")
    for query, words in {
        "from=2014-10-01": "Choose the last day as well.",
        "to=2014-10-01": "Choose the first day as well.",
        "from=2014-10-02&to=2014-10-01": "Choose a last day that is not before the first",
        "from=tomorrow&to=2014-10-01": "Enter a day such as 2014-10-15.",
        "from=٢٠١٤-10-01&to=2014-10-01": "Enter a day such as 2014-10-15.",
        "from=0001-01-01&to=9999-12-31": "both from 2000 to 2099",
    }.items():
        answer = ada.get(f"/maplewood/transcript?{query}")
        assert answer.status_code == 422
        assert words in texts(answer)
        assert ada.get(f"/maplewood/transcript.csv?{query}").status_code == 422


def test_a_year_that_is_none_is_this_one(house: House) -> None:
    ada = house.client_of("ada")
    for year in ("", "x", "1999", "2100", "9" * 30, "٢٠١٤", "-1"):
        answer = ada.get("/maplewood/transcript", query_string={"year": year})
        assert (year, answer.status_code) == (year, 200)


def test_an_empty_year_leads_to_the_newest_that_has_hours(house: House) -> None:
    certified(house)
    answer = house.client_of("ada").get("/maplewood/transcript")
    assert "The newest approved hours are of 2014–15." in texts(answer)
    assert 'href="/maplewood/transcript?year=2014"' in answer.get_data(as_text=True)


def test_there_is_a_tab_for_each_year_that_has_credit_and_for_the_one_that_is_shown(house: House) -> None:
    certified(house)
    certified(house, NOW + timedelta(days=365 * 3))
    ada, this = house.client_of("ada"), school_year(local(datetime.now(UTC), EASTERN).date(), (7, 1))

    def tabs(query: str) -> tuple[list[int], list[int]]:
        page = ada.get(f"/maplewood/transcript{query}").get_data(as_text=True)
        found = re.findall(r'<a href="/maplewood/transcript\?year=([0-9]{4})"( aria-current="page")?>', page)
        return [int(year) for year, _ in found], [int(year) for year, current in found if current]

    assert tabs("?year=2014") == ([this[0].year, 2017, 2014], [2014])
    assert tabs("?year=2009") == ([this[0].year, 2017, 2014, 2009], [2009])
    assert tabs("?from=2014-09-01&to=2014-09-30") == ([this[0].year, 2017, 2014], [])


def test_a_certificate_says_what_became_of_it(house: House) -> None:
    numbers = certified(house)
    revoke(house, numbers)
    ada = house.client_of("ada")
    assert "Revoked" in texts(ada.get(YEAR))
    row = rows_of(ada.get("/maplewood/transcript.csv?year=2014").get_data())[0]
    assert (row["Certificate"], row["Certificate status"]) == (numbers.code, "Revoked")


def test_it_takes_seven_statements_whatever_it_holds(house: House) -> None:
    ada, counts = house.client_of("ada"), []
    for day in range(3):
        with statements(house.database) as seen:
            ada.get(YEAR)
        counts.append(len(seen))
        for number in range(day + 1):
            certified(house, NOW - timedelta(days=number), title=f"{day} {number}")
    assert counts[0] == counts[-1] <= 7


def test_names_in_any_latin_greek_or_cyrillic_letters_stand_in_the_pdf(house: House) -> None:
    names = ["Nguyễn Thị Ánh Nguyệt", "Ελένη Παπαδοπούλου", "Анастасія Ґонта", "Łukasz Żółć"]
    for day, name in enumerate(names):
        certified(house, NOW - timedelta(days=day), title=f"Talk of {name}")
    data = house.client_of("ada").get("/maplewood/transcript.pdf?year=2014").get_data()
    told = text_of(data).replace("\r\n", " ")
    assert [name for name in names if name not in told] == []
