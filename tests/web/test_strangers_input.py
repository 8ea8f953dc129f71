"""What strangers send, and a database that takes nothing: neither is a fault, neither keeps anybody waiting."""

from __future__ import annotations

import gc
import io
import threading
import time
import warnings

import pytest
import sqlalchemy as sa

from pdtracker.models.records import Rate
from pdtracker.web.doors import door_of
from tests.certifying import certified
from tests.factories import House, path_values
from tests.harness.databases import DatabaseUrls

BODIES = ("[1]", '"x"', "1", '[["a"]]', "[" * 20_000, "{}", "null", '{"code": {"a": []}}')


def test_json_in_the_place_of_a_form_is_no_fault(house: House) -> None:
    values = path_values(house, "ada", "bo", "cem-2014") | {"district": "maplewood"}
    adapter = house.app.url_map.bind("localhost")
    browsers = [house.visitor(), *(house.client_of(name) for name in ("ada", "bo", "cam"))]
    faults = []
    for rule in house.app.url_map.iter_rules():
        if "POST" not in (rule.methods or ()) or rule.endpoint == "sign_in.end":
            continue
        door = door_of(house.app.view_functions[rule.endpoint])
        assert door is not None
        path = adapter.build(rule.endpoint, {name: values[name] for name in rule.arguments}, method="POST")
        for client in browsers[: 1 if door.is_public else None]:
            for body in BODIES if door.is_public else ("[1]", "[" * 20_000):
                answer = client.post(path, data=body, content_type="application/json")
                if answer.status_code >= 500:
                    faults.append(f"{path} {body[:9]}: {answer.status_code}")
    assert faults == []


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("path", ["/verify", "/verify.json"])
def test_json_to_the_public_question_is_asked_again(house: House, path: str, body: str) -> None:
    answer = house.visitor().post(path, data=body, content_type="application/json", token=False)
    assert answer.status_code in {404, 405, 422}


def test_a_certificate_is_checked_while_nothing_can_be_written(
    house: House, database_urls: DatabaseUrls
) -> None:
    numbers = certified(house)
    visitor = house.visitor()
    assert visitor.get(f"/verify/{numbers.code}").status_code == 200
    assert visitor.get("/readyz").status_code == 200
    locked, done = threading.Event(), threading.Event()

    def hold() -> None:
        engine = sa.create_engine(database_urls.owner)
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                connection.exec_driver_sql(f"LOCK TABLE {Rate.__tablename__} IN EXCLUSIVE MODE")
            locked.set()
            done.wait(20)
            connection.rollback()
        engine.dispose()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert locked.wait(10)
        began = time.perf_counter()
        assert visitor.get(f"/verify/{numbers.code}").status_code == 200
        assert visitor.get("/readyz").status_code == 503
        assert time.perf_counter() - began < 60
    finally:
        done.set()
        holder.join()
    assert visitor.get("/readyz").status_code == 200


@pytest.mark.parametrize(
    "end",
    [
        b"",
        b"\r\n--x\r\nnonsense",
        b"\r\n--x\r\nContent-Disposition: form-data; name=a\r\n\r\na" * 300 + b"\r\n--x--\r\n",
    ],
    ids=["it breaks off", "another part is broken", "too many parts"],
)
def test_an_upload_that_fails_leaves_no_file_open(house: House, end: bytes) -> None:
    """Of more than half a megabyte: a smaller one is never on the disk."""
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ResourceWarning)
        answer = house.visitor().post(
            "/verify",
            data=head + bytes(2_000_000) + end,
            content_type="multipart/form-data; boundary=x",
            token=False,
        )
        assert answer.status_code in {413, 422}
        del answer
        gc.collect()
    assert [str(each.message) for each in caught] == []


def test_the_client_of_the_suite_closes_what_it_sends(house: House) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ResourceWarning)
        house.visitor().post("/verify", data={"file": (io.BytesIO(bytes(2_000_000)), "a.pdf")}, token=False)
        gc.collect()
    assert [str(each.message) for each in caught] == []
