"""The page of the audit trail: what it shows, who may see it, its file, and addresses that nobody wrote."""

from __future__ import annotations

import csv
import io

import pytest

from pdtracker.domain.refs import ref_of
from pdtracker.scope import Scope
from tests.claiming import a_draft
from tests.factories import House
from tests.reviewing_client import texts

PATH = "/maplewood/audit"


def shown(house: House, query: str = "", who: str = "cam") -> str:
    answer = house.client_of(who).get(PATH + query)
    assert answer.status_code == 200
    return texts(answer)


def begun(house: House) -> tuple[Scope, int]:
    ada = house.scope("ada")
    return ada, a_draft(ada)


def test_it_tells_who_did_what_and_leads_to_it(house: House) -> None:
    ada, claim_id = begun(house)
    assert f"{ada.me.name} began a claim" in shown(house)
    page = house.client_of("cam").get(PATH).get_data(as_text=True)
    assert f"/maplewood/reviews/{ref_of(claim_id)}" in page
    alike = f"?of=claim-{ref_of(claim_id)}"
    assert alike in page
    words = shown(house, alike)
    assert "Everything that happened to it" in words
    assert f"{ada.me.name} began a claim" in words
    assert "made the district" not in words


def test_it_says_what_it_is_narrowed_to(house: House) -> None:
    begun(house)
    words = shown(house, "?area=people&who=nobody&from=2014-10-01&to=2014-10-31")
    assert "People, roles and passwords, by “nobody”, from October 1, 2014 to October 31, 2014" in words
    assert "Nothing found" in words


@pytest.mark.parametrize("who", ["ada", "bo"])
def test_only_administrators_see_it(house: House, who: str) -> None:
    for path in (PATH, f"{PATH}.csv"):
        assert house.client_of(who).get(path).status_code == 403


def test_the_file_has_every_entry_with_its_hash_and_runs_no_formula(house: House) -> None:
    begun(house)
    answer = house.client_of("cam").get(f"{PATH}.csv?area=claims")
    assert answer.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert rows
    assert all(row["Action"].startswith(("claim.", "reflection.", "evidence.")) for row in rows)
    assert all(len(row["Hash"]) == len(row["Hash before"]) == 64 for row in rows)
    assert [int(row["Number"]) for row in rows] == sorted(int(row["Number"]) for row in rows)


@pytest.mark.parametrize(
    "query", ["?before=x", "?before=0", "?before=" + "9" * 30, "?of=claim-zzz", "?of=claim", "?of=-"]
)
def test_an_address_that_nobody_wrote_is_no_page(house: House, query: str) -> None:
    assert house.client_of("cam").get(PATH + query).status_code == 404


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("?from=2014-10-01", "Choose the last day as well."),
        ("?from=2014-10-02&to=2014-10-01", "Choose a last day that is not before the first"),
        ("?from=yesterday&to=2014-10-01", "Enter a day such as 2014-10-15."),
        ("?area=everything", "Choose from the list."),
    ],
)
def test_what_cant_be_looked_for_is_said_at_its_field(house: House, query: str, sentence: str) -> None:
    answer = house.client_of("cam").get(PATH + query)
    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)
