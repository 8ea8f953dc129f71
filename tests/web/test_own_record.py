"""Somebody takes along everything that the district keeps about them, and nothing about anybody else."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import Any

import sqlalchemy as sa

from pdtracker.actions.people import edit_person
from pdtracker.models.base import Base, Directory, DistrictBound
from pdtracker.queries.own_record import _about
from tests.certifying import certified
from tests.factories import House, a_calendar_address, a_share_link, path_values

EVIL = '=HYPERLINK("http://evil.example")<script>alert(1)</script>'


def _taken(house: House, name: str) -> zipfile.ZipFile:
    answer = house.client_of(name).get(f"/{house.district_of(name).slug}/own-record")
    assert answer.status_code == 200
    assert answer.mimetype == "application/zip"
    return zipfile.ZipFile(io.BytesIO(answer.data))


def _document(house: House, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_taken(house, name).read("record.json"))
    return found


def test_the_record_has_claims_reflections_credit_and_certificates(house: House) -> None:
    certified(house, title="Reading circle")
    document = _document(house, "ada")
    assert document["about"]["name"] == "Ada Lindqvist"
    assert [row["title"] for row in document["claim"]] == ["Reading circle"]
    for part in ("person", "membership", "claim_step", "award", "certificate"):
        assert document[part], part


def test_nothing_of_a_colleague_is_in_it(house: House) -> None:
    certified(house, title="Reading circle")
    document = _document(house, "cam")
    assert "claim" not in document
    assert "Reading circle" not in json.dumps(document)
    assert [row["name"] for row in document["person"]] == ["Cam Okafor"]


def test_what_opens_something_is_not_in_it(house: House) -> None:
    path_values(house, "ada", "bo", "cem-2014")
    whole = json.dumps(_document(house, "ada"))
    assert a_calendar_address(house.scope("ada"))
    assert a_share_link(house.scope("ada"))
    with house.database.session(house.maplewood.id) as session:
        for model, _ in _about(house.scope("ada")):
            for column in sa.inspect(model).columns:
                if column.key.endswith(("_hash", "secret")):
                    for value in session.scalars(sa.select(getattr(model, column.key))):
                        assert value is None or str(value) not in whole


def test_every_kind_that_names_a_person_is_asked_for(house: House) -> None:
    asked = {model for model, _ in _about(house.scope("ada"))}
    left = {
        mapper.class_.__name__
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, DistrictBound | Directory)
        and "person_id" in mapper.columns
        and mapper.class_ not in asked
    }
    # A way in that is kept as a hash, and the answers that forms got.
    assert left == {"JoiningCode", "IdempotencyKey"}


def test_what_was_typed_runs_nowhere(house: House) -> None:
    edit_person(
        house.scope("cam"),
        house.person_ids["ada"],
        name="Ada Lindqvist",
        title=EVIL,
        school_id=None,
        employee_number="",
    )
    made = _taken(house, "ada")
    assert "<script>" not in made.read("index.html").decode()
    rows = list(csv.DictReader(io.StringIO(made.read("tables/person.csv").decode("utf-8-sig"))))
    assert rows[0]["title"] == f"'{EVIL}"


def test_the_statements_do_not_grow_with_the_record(house: House) -> None:
    counts = []
    for _ in range(2):
        certified(house)
        client, seen = house.client_of("ada"), []

        def note(*told: object, seen: list[object] = seen) -> None:
            seen.append(told[2])

        sa.event.listen(house.database.engine, "before_cursor_execute", note)
        client.get("/maplewood/own-record")
        sa.event.remove(house.database.engine, "before_cursor_execute", note)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_a_stranger_and_another_district_get_nothing(house: House) -> None:
    assert house.visitor().get("/maplewood/own-record").status_code == 303
    assert house.client_of("dee").get("/maplewood/own-record").status_code == 404
