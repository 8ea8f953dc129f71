"""The report on credit: the page, its files, who may see it, and what is put together before it is passed on."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from openpyxl import load_workbook

from pdtracker.actions.reviews import Wish, approve_claims
from pdtracker.domain.claim import ClaimState
from pdtracker.domain.kinds import CreditCategory
from pdtracker.domain.refs import ref_of
from tests.factories import AN_ISSUER, House, a_claim
from tests.licensing import a_credited_claim, a_split, a_waiting_claim
from tests.queries.test_licence_report import NORTH, a_teacher
from tests.reviewing_client import texts
from tests.web.test_licence_reports import csv_rows, plain

PATH = "/maplewood/reports/credit"
TODAY = datetime.now(UTC).replace(microsecond=0)


def credited(house: House, *people: int, **more: object) -> None:
    """An hour of each of these people, decided today."""
    for person_id in people:
        a_credited_claim(house.scope("ada", TODAY), house.scope("bo", TODAY), person_id=person_id, **more)


def filled(house: House) -> None:
    """Five people of one school with an hour each, and one of the office, whose hour is of another category."""
    credited(house, *(a_teacher(house, f"Teacher {place}") for place in range(5)))
    credited(house, a_teacher(house, "=Olga", None), category=CreditCategory.ELL)


def rows(page: str) -> dict[str, list[str]]:
    """The words and figures of each row, by its name."""
    found = {}
    for row in re.findall(r'<tr role="row">\s*(<th role="rowheader".*?)</tr>', page, re.S):
        # What only cards say, beside each figure, is no figure.
        figures = re.sub(r'<span class="un">.*?</span>', "", row)
        cells = [plain(unescape(re.sub(r"<[^>]+>", " ", cell))) for cell in re.split(r"</t[hd]>", figures)]
        found[cells[0]] = [cell for cell in cells[1:] if cell]
    return found


def test_the_page_tells_hours_and_people_and_how_long_it_took(house: House) -> None:
    filled(house)
    a_claim(house.scope("ada", TODAY - timedelta(days=6)), ClaimState.SUBMITTED)
    page = house.client_of("cam").get(PATH).get_data(as_text=True)
    words = plain(texts_of(page))
    for told in (
        "6 hours credited in 20",
        "6 people with credit",
        "0 days from sending to decision, the median of 6",
        "0 % decided after 5 days or more",
        "1 waiting today, 1 of them for 5 days or more",
    ):
        assert told in words, told
    assert rows(page)[NORTH] == ["5", "5"]
    assert rows(page)["The district’s office"] == ["1", "1"]
    assert rows(page)["English language learners"] == ["1", "1"]


def texts_of(page: str) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", page))


def test_a_line_leads_to_the_report_of_it_alone_and_back(house: House) -> None:
    filled(house)
    cam = house.client_of("cam")
    page = cam.get(PATH).get_data(as_text=True)
    href = re.search(r'<a href="([^"]*category=ell[^"]*)"', page)
    assert href is not None
    narrowed = cam.get(unescape(href[1])).get_data(as_text=True)
    assert "1 hour credited" in plain(texts_of(narrowed))
    assert "English language learners shown alone" in rows(narrowed)
    assert "The district’s office" in rows(narrowed)
    assert NORTH not in rows(narrowed)
    back = re.search(r'<th role="rowheader" scope="row"><a href="([^"]+)">English', narrowed)
    assert back is not None
    assert unescape(back[1]) == PATH


@pytest.mark.parametrize("query", ["", "?category=ell", "?school=none", "?theme=none&days=1"])
def test_the_files_tell_what_the_page_tells(house: House, query: str) -> None:
    filled(house)
    cam = house.client_of("cam")
    table = csv_rows(cam.get(f"{PATH}.csv{query}").get_data())
    book = load_workbook(io.BytesIO(cam.get(f"{PATH}.xlsx{query}").get_data()))
    sheet = [[cell.value for cell in row] for row in book["Credit"].iter_rows(min_row=2)]
    assert [row["Name"] for row in table] == [row[1] for row in sheet]
    assert [row["Minutes"] for row in table] == [str("" if row[4] is None else row[4]) for row in sheet]
    on_page = rows(cam.get(PATH + query).get_data(as_text=True))
    told = {name.removesuffix(" shown alone"): figures for name, figures in on_page.items()}
    for row in table[1:]:
        if row["By"] != "Decided in":
            assert told[row["Name"]] == [row["People"], row["Hours"].removesuffix(".00")]


def test_the_first_row_of_a_file_is_the_sum(house: House) -> None:
    filled(house)
    first, *_, last = csv_rows(house.client_of("cam").get(f"{PATH}.csv?days=3").get_data())
    assert (first["By"], first["People"], first["Hours"], first["Minutes"]) == ("All", "6", "6.00", "360")
    assert (first["Decisions"], first["Median days to a decision"], first["Long from days"]) == (
        "6",
        "0",
        "3",
    )
    assert (last["By"], last["Decisions"]) == ("Decided in", "6")


def test_any_days_can_be_asked_for_and_odd_ones_are_told_at_their_field(house: House) -> None:
    filled(house)
    cam = house.client_of("cam")
    assert "Nothing credited July 1, 2001" in plain(texts(cam.get(f"{PATH}?from=2001-07-01&to=2001-07-09")))
    for query, sentence in (
        ("from=yesterday&to=2014-10-15", "Enter a day such as 2014-10-15."),
        ("from=2014-10-15", "Choose the last day as well."),
        ("to=2014-10-15", "Choose the first day as well."),
        ("from=2014-10-15&to=2014-10-14", "Choose a last day that is not before the first"),
        ("from=2014-10-15&to=2100-10-14", "both from 2000 to 2099"),
    ):
        answer = cam.get(f"{PATH}?{query}")
        assert answer.status_code == 422, query
        assert sentence in plain(texts(answer))
        assert cam.get(f"{PATH}.csv?{query}").status_code == 422
    for query in ("school=xyz", "theme=xyz", "category=dancing"):
        assert cam.get(f"{PATH}?{query}").status_code == 404
    assert cam.get(f"{PATH}?days=0&small=maybe").status_code == 200


def test_to_pass_on_lines_of_few_people_are_put_together(house: House) -> None:
    filled(house)
    cam = house.client_of("cam")
    page = rows(cam.get(f"{PATH}?small=y").get_data(as_text=True))
    assert page["Other schools"] == ["5", "5"]
    assert page["Other categories"] == ["5"]
    for name in (NORTH, "The district’s office", "English language learners"):
        assert name not in page
    names = [row["Name"] for row in csv_rows(cam.get(f"{PATH}.csv?small=y").get_data())]
    assert "Other schools" in names
    assert "The district’s office" not in names


def test_two_reports_to_pass_on_of_two_days_tell_of_nobody_between_them(house: House) -> None:
    """One person's hour more changes no figure; without the steps their difference would be that hour."""
    filled(house)
    cam = house.client_of("cam")

    def figures(query: str) -> list[tuple[str, str, str]]:
        found = csv_rows(cam.get(f"{PATH}.csv{query}").get_data())
        return [(row["Name"], row["People"], row["Minutes"]) for row in found]

    shared, exact = figures("?small=y"), figures("")
    credited(house, a_teacher(house, "One more"))
    assert figures("") != exact
    assert figures("?small=y") == shared
    assert all(int(people or 0) % 5 == 0 and int(minutes or 0) % 300 == 0 for _, people, minutes in shared)
    assert "rounded down, so that two reports" in texts(cam.get(f"{PATH}?small=y"))


def test_what_tells_of_single_people_is_not_for_passing_on(house: House) -> None:
    filled(house)
    cam = house.client_of("cam")
    answer = cam.get(f"{PATH}?small=y&school=none")
    assert "Too few people to pass on" in texts(answer)
    assert "1 hour" not in plain(texts(answer))
    for ending in ("csv", "xlsx"):
        assert cam.get(f"{PATH}.{ending}?small=y&school=none").status_code == 409
    assert cam.get(f"{PATH}.csv?school=none").status_code == 200


def test_who_teaches_sees_none_of_it_and_another_districts_school_is_empty(house: House) -> None:
    filled(house)
    for name in ("ada", "hal"):
        for ending in ("", ".csv", ".xlsx"):
            assert house.client_of(name).get(PATH + ending).status_code == 403
    other = ref_of(house.school_ids["Riverton North"])
    assert "Nothing credited" in texts(house.client_of("cam").get(f"{PATH}?school={other}"))


def test_the_list_of_reports_leads_there(house: House) -> None:
    assert f'href="{PATH}"' in house.client_of("bo").get("/maplewood/reports").get_data(as_text=True)


def test_a_csv_keeps_a_name_from_being_run(house: House) -> None:
    """Schools are named by people."""
    filled(house)
    data = house.client_of("cam").get(f"{PATH}.csv").get_data().decode("utf-8-sig")
    assert all(not cell.startswith("=") for row in csv.reader(io.StringIO(data)) for cell in row)


def test_a_column_of_hours_is_written_in_one_way(house: House) -> None:
    credited(house, a_teacher(house, "Ann"), claimed_minutes=90)
    claim_id = a_waiting_claim(house.scope("ada", TODAY))
    a_split(house.scope("ada", TODAY), claim_id, pedagogy=40, ell=20)
    approve_claims(house.scope("bo", TODAY), [Wish(claim_id, 1)], AN_ISSUER, key="k" * 32)
    found = rows(house.client_of("cam").get(PATH).get_data(as_text=True))
    assert found["Pedagogy"] == ["2", "2:10"]
    assert found["English language learners"] == ["1", "0:20"]
    assert found[NORTH] == ["2", "2.5"]
