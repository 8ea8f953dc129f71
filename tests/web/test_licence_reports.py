"""The report on licences: figures that lead to their lists, the same rows as files, and who may see them."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

import pytest
from openpyxl import load_workbook

from pdtracker.actions import standings as counting
from pdtracker.actions.standings import count_licences
from pdtracker.domain.licence import FactAspect
from pdtracker.domain.refs import ref_of
from pdtracker.exchange.csv_out import harmless
from pdtracker.web.reports.licences import regime_name
from tests.calendars import statements
from tests.factories import House, a_licence
from tests.licensing import a_credited_claim, a_fact, a_layer
from tests.queries.test_licence_report import a_teacher
from tests.reviewing_client import fields, texts

PATH = "/maplewood/reports/licences"
RUNNING = {"starts_on": date(2020, 7, 1), "ends_on": date(2099, 6, 30)}


def filled(house: House) -> None:
    """Two behind and one whose cycle ended, under two regimes, counted today."""
    cam = house.scope("cam")
    a_licence(cam, person_id=a_teacher(house, "Nora North"), **RUNNING)
    a_licence(cam, person_id=a_teacher(house, "=Nobody", None), regime="illinois", **RUNNING)
    a_licence(cam, person_id=a_teacher(house, "Enno Ended"))
    counted(house)


def counted(house: House) -> None:
    count_licences(house.operator(at=datetime.now(UTC)), at_most=1_000)


def plain(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())


def csv_rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_the_page_says_who_is_behind_and_what_is_missing(house: House) -> None:
    filled(house)
    words = plain(texts(house.client_of("cam").get(PATH)))
    assert "3 licences are behind" in words
    for told in (
        "Nora North Maplewood North",
        "Enno Ended",
        "The cycle ended 100 clock hours short",
        "Counted on",
    ):
        assert told in words, told
    assert words.index("Enno Ended") < words.index("Nora North")


def test_every_figure_leads_to_a_list_of_so_many(house: House) -> None:
    filled(house)
    # On track at a school, under a regime and with a cycle in which others are behind.
    tracked = RUNNING | {"starts_on": datetime.now(UTC).date()}
    a_licence(house.scope("cam"), person_id=a_teacher(house, "Tara Tracked"), **tracked)
    counted(house)
    cam = house.client_of("cam")
    page = cam.get(PATH).get_data(as_text=True)
    figures = re.findall(r'<(?:dd|b)><a href="([^"]+)">(\d+)</a></(?:dd|b)>', page)
    assert len(figures) > 7
    for href, count in figures:
        assert len(re.findall(r'role="rowheader" scope="row"', listed(cam, href))) == int(count), href


def listed(client: Any, href: str) -> str:
    """The page behind a figure; those by school and regime count who is behind, and all here are."""
    return str(client.get(href.replace("&amp;", "&")).get_data(as_text=True))


@pytest.mark.parametrize(
    ("query", "people"),
    [
        ("", ["Enno Ended", "Nora North", "=Nobody"]),
        ("?state=short", ["Enno Ended"]),
        ("?regime=illinois", ["=Nobody"]),
        ("?school=none", ["=Nobody"]),
        ("?gap=English+language+learners", ["Enno Ended", "Nora North"]),
        ("?from=2050-01-01&gap=English+language+learners", ["Nora North"]),
        ("?state=met", []),
    ],
)
def test_the_files_hold_exactly_what_the_page_lists(house: House, query: str, people: list[str]) -> None:
    filled(house)
    cam = house.client_of("cam")
    page = plain(texts(cam.get(PATH + query)))
    table = csv_rows(cam.get(f"{PATH}.csv{query}").get_data())
    book = load_workbook(io.BytesIO(cam.get(f"{PATH}.xlsx{query}").get_data()))
    in_book = [row[0] for row in book["Licences"].iter_rows(min_row=2, values_only=True)]
    assert sorted(row["Person"] for row in table if row["Line"] == "1") == sorted(map(harmless, people))
    assert list(map(harmless, in_book)) == [row["Person"] for row in table]
    for name in ("Enno Ended", "Nora North", "=Nobody"):
        assert (name in page) == (name in people)


def test_each_row_of_a_file_is_one_shortfall_in_the_unit_of_its_licence(house: House) -> None:
    at = datetime.now(UTC)
    a_licence(house.scope("ada", at), regime="massachusetts-pdp", **RUNNING)
    a_licence(
        house.scope("bo", at), regime="new-york-ctle", starts_on=date(2008, 7, 1), ends_on=date(2013, 6, 30)
    )
    counted(house)
    table = csv_rows(house.client_of("cam").get(f"{PATH}.csv").get_data())
    told = {(row["Regime"], row["Missing"]): (row["Amount missing"], row["Unit"]) for row in table}
    massachusetts, new_york = (regime_name(name) for name in ("massachusetts-pdp", "new-york-ctle"))
    assert told[massachusetts, "Total"] == ("150", "PDPs")
    assert told[massachusetts, "Sheltered English immersion or English as a second language"] == (
        "15",
        "PDPs",
    )
    assert told[new_york, "English language learners"] == ("15", "clock hours")
    short = next(row for row in table if row["Regime"] == new_york)
    assert (short["Behind"], short["Missing exactly"], short["Cycle ends"]) == (
        "100",
        "100 clock hours",
        "2013-06-30",
    )
    assert [row["Line"] for row in table if row["Regime"] == new_york] == ["1", "2"]


def test_each_body_names_what_is_missing_in_its_own_words(house: House) -> None:
    at = datetime.now(UTC)
    a_licence(house.scope("ada", at), regime="massachusetts-pdp", **RUNNING)
    a_licence(house.scope("bo", at), regime="new-york-ctle", **RUNNING)
    counted(house)
    words = plain(texts(house.client_of("cam").get(PATH)))
    assert "Sheltered English immersion or English as a second language" in words
    assert "English language learners" in words


def test_a_list_says_that_rules_changed_until_it_was_counted_by_them(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "_UNSURE_SECONDS", 0)
    at = datetime.now(UTC)
    a_licence(house.scope("ada", at), **RUNNING)
    counted(house)
    cam = house.client_of("cam")
    assert "Rules changed" not in texts(cam.get(PATH))
    a_layer(house.scope("cam", at), "[target]\nunits = 120\n")
    assert "Rules changed since this was counted" in texts(cam.get(PATH))
    counted(house)
    assert "Rules changed" not in texts(cam.get(PATH))


def test_what_was_entered_by_hand_is_called_so_on_the_page_and_in_the_files(house: House) -> None:
    """Hours that their holder typed looked like hours that somebody approved."""
    licence_id = a_licence(
        house.scope("ada", datetime.now(UTC)), regime="pennsylvania-act-48", carry_in=Fraction(50), **RUNNING
    )
    counted(house)
    cam = house.client_of("cam")
    (row,) = csv_rows(cam.get(f"{PATH}.csv").get_data())
    assert "50 clock hours of what is earned were entered by hand" in plain(row["To look at"])
    assert "entered by hand" in plain(texts(cam.get(PATH)))
    shown = plain(texts(cam.get(f"/maplewood/licences/{ref_of(licence_id)}")))
    assert "50 of them entered by hand" in shown
    assert "no record here shows them" in shown


def test_a_sum_stands_as_a_number_to_add_up_and_exactly_with_its_unit(house: House) -> None:
    """No decimal says 2/3, and a spreadsheet would read a bare 2/3 as a day."""
    at = datetime.now(UTC)
    ada, bo = house.scope("ada", at), house.scope("bo", at)
    a_licence(ada, **RUNNING)
    a_fact(ada, a_credited_claim(ada, bo, claimed_minutes=40), FactAspect.EVIDENCE, "approved_provider")
    counted(house)
    cam = house.client_of("cam")
    row, ell = csv_rows(cam.get(f"{PATH}.csv").get_data())
    assert (row["Amount missing"], row["Missing exactly"]) == ("99.33", "99 clock hours 20 minutes")
    assert (ell["Amount missing"], ell["Line"]) == ("15", "2")
    assert (row["Earned"], row["Earned exactly"]) == ("0.67", "40 minutes")
    assert (row["Waiting"], row["Waiting exactly"]) == ("0", "0 clock hours")
    assert (row["Required"], row["Required exactly"]) == ("100", "100 clock hours")
    sheet = load_workbook(io.BytesIO(cam.get(f"{PATH}.xlsx").get_data()))["Licences"]
    head, line, _ = sheet.iter_rows(values_only=True)
    found = dict(zip(head, line, strict=True))
    assert (found["Earned"], found["Earned exactly"]) == (0.67, "40 minutes")


def test_a_file_says_what_it_is_and_how_long(house: House) -> None:
    filled(house)
    cam = house.client_of("cam")
    for ending, media_type in (
        ("csv", "text/csv"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ):
        answer = cam.get(f"{PATH}.{ending}")
        assert answer.mimetype == media_type
        assert answer.content_length == len(answer.get_data())
        assert re.search(
            rf"attachment; filename=licences-\d{{4}}-\d\d-\d\d\.{ending}",
            answer.headers["Content-Disposition"],
        )


def test_pages_go_on_where_the_last_ended(house: House) -> None:
    cam = house.scope("cam")
    for place in range(53):
        a_licence(cam, person_id=a_teacher(house, f"Teacher {place:02}"), **RUNNING)
    counted(house)
    client = house.client_of("cam")
    first = client.get(PATH).get_data(as_text=True)
    onward = re.search(r'rel="next" href="([^"]+)"', first)
    assert onward is not None
    second = client.get(onward[1].replace("&amp;", "&")).get_data(as_text=True)
    names = re.findall(r"Teacher \d\d", first) + re.findall(r"Teacher \d\d", second)
    assert sorted(names) == [f"Teacher {place:02}" for place in range(53)]
    assert client.get(f"{PATH}?after=nowhere").status_code == 200


def test_the_number_of_statements_does_not_grow_with_the_licences(house: House) -> None:
    client = house.client_of("cam")

    def asked() -> int:
        with statements(house.database) as told:
            assert client.get(PATH).status_code == 200
        return len(told)

    filled(house)
    few = asked()
    cam = house.scope("cam")
    for place in range(8):
        a_licence(cam, person_id=a_teacher(house, f"Teacher {place}"), **RUNNING)
    counted(house)
    assert asked() == few <= 6


def test_who_teaches_sees_no_reports(house: House) -> None:
    filled(house)
    for name in ("ada", "hal"):
        assert house.client_of(name).get(PATH).status_code == 403
    assert house.client_of("bo").get(PATH).status_code == 200
    assert "Reports" in texts(house.client_of("bo").get("/maplewood"))


def test_an_administrator_counts_again(house: House) -> None:
    a_licence(house.scope("ada"), **RUNNING)
    cam = house.client_of("cam")
    assert "No licence is counted yet" in texts(cam.get(PATH))
    answer = cam.post(f"{PATH}/count", data={}, follow_redirects=True)
    assert "Counted again for 1 person." in texts(answer)
    assert "Ada Lindqvist" in texts(answer)
    assert house.client_of("bo").post(f"{PATH}/count", data={}).status_code == 403


def test_a_day_that_is_none_is_told_at_its_field(house: House) -> None:
    filled(house)
    cam = house.client_of("cam")
    answer = cam.get(f"{PATH}?from=yesterday&state=short")
    assert answer.status_code == 422
    assert "Enter a day such as 2014-10-15." in texts(answer)
    assert "Enno Ended" in texts(answer)
    assert cam.get(f"{PATH}.csv?from=yesterday").status_code == 422
    assert cam.get(f"{PATH}?from=2030-01-01&to=2020-01-01").status_code == 422


def test_another_districts_school_is_not_known(house: House) -> None:
    filled(house)
    cam = house.client_of("cam")
    assert cam.get(f"{PATH}?school=xyz").status_code == 404
    other = ref_of(house.school_ids["Riverton North"])
    assert "No licence fits this filter" in texts(cam.get(f"{PATH}?school={other}"))
    assert fields(cam.get(PATH), PATH)
