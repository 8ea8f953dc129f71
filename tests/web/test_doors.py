"""Every endpoint x everybody x the other district, walked from the application's own map of addresses.

Nobody lists addresses here. An endpoint without a door, an argument without a value in `tests.factories.path_values`,
or a page that answers the wrong person makes a test fail with a sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from pdtracker.actions.districts import RESERVED_SLUGS, SLUG
from pdtracker.domain.access import GRANTS
from pdtracker.domain.refs import ref_of
from pdtracker.web.doors import Door, door_of
from tests.factories import CAST, House, path_values
from tests.reviewing_client import ReviewingClient

MAPLEWOOD = [name for name, (district, _, _) in CAST.items() if district == "maplewood"]
# Whoever holds a code may check the certificate: that is what it is for. The others belong to nobody.
# The secrets of a calendar and of a share are keys: whoever has one reads it, from wherever they come.
NOBODYS = {
    "code",
    "letter_kind",
    "of",
    "programme",
    "slug",
    "regime",
    "digest_asked",
    "filename",
    "sample",
    "secret",
    "letter_secret",
    "link_secret",
    "share",
    "stop",
}
JSON = {"Accept": "application/json"}


@dataclass(frozen=True)
class Endpoint:
    """One address and method, and who may enter."""

    rule: Rule
    method: str
    door: Door

    def __str__(self) -> str:
        return f"{self.method} {self.rule.rule}"

    def may(self, name: str) -> bool:
        """Whether one of the person's roles opens the door."""
        return self.door.permission is None or any(
            self.door.permission in GRANTS[role] for role in CAST[name][2]
        )


@pytest.fixture
def endpoints(house: House) -> list[Endpoint]:
    """All of them."""
    return [
        Endpoint(rule, method, door)
        for rule in house.app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        if (door := door_of(house.app.view_functions[rule.endpoint])) is not None
    ]


@pytest.fixture
def own(house: House) -> dict[str, object]:
    """Values of Maplewood for every argument."""
    return path_values(house, "ada", "bo", "cem-2014") | {"district": "maplewood"}


@pytest.fixture
def foreign(house: House) -> dict[str, object]:
    """Values of Riverton for every argument."""
    return path_values(house, "dee", "rex", "cem-2014") | {"district": "riverton"}


def _path(house: House, endpoint: Endpoint, values: Mapping[str, object]) -> str:
    missing = endpoint.rule.arguments - values.keys()
    assert not missing, f"{endpoint}: add {sorted(missing)} to tests.factories.path_values"
    adapter = house.app.url_map.bind("localhost")
    return adapter.build(endpoint.rule.endpoint, {name: values[name] for name in endpoint.rule.arguments})


def _ask(client: ReviewingClient, endpoint: Endpoint, path: str) -> TestResponse:
    return client.open(path, method=endpoint.method, headers=JSON)


def _told(faults: Iterator[str]) -> None:
    found = list(faults)
    assert not found, "\n".join(found)


def test_every_endpoint_has_a_door(house: House) -> None:
    without = {
        rule.rule
        for rule in house.app.url_map.iter_rules()
        if not door_of(house.app.view_functions[rule.endpoint])
    }
    assert without == set(), "declare @public, @signed_in or @permitted(...)"


def test_an_endpoint_without_a_door_is_closed_to_everybody(house: House) -> None:
    house.build().add_url_rule("/forgotten", "forgotten", lambda: "secret")
    for client in (house.visitor(), house.client_of("cam")):
        answer = client.get("/forgotten")
        assert answer.status_code == 403
        assert "secret" not in answer.get_data(as_text=True)


def test_nobody_enters_without_a_sign_in(
    house: House, endpoints: list[Endpoint], own: dict[str, object]
) -> None:
    def faults() -> Iterator[str]:
        client = house.visitor()
        for endpoint in endpoints:
            if endpoint.door.is_public:
                continue
            answer = client.open(_path(house, endpoint, own), method=endpoint.method)
            right = {303} if endpoint.method == "GET" else {401, 403}
            if answer.status_code not in right:
                yield f"{endpoint} answers a stranger with {answer.status_code}"
            if answer.status_code == 303 and not answer.headers["Location"].startswith("/sign-in?next=/"):
                yield f"{endpoint} sends a stranger to {answer.headers['Location']}"

    _told(faults())


def test_each_role_enters_where_its_grants_say(
    house: House, endpoints: list[Endpoint], own: dict[str, object]
) -> None:
    def faults() -> Iterator[str]:
        for endpoint in endpoints:
            for name in MAPLEWOOD:
                # A client of its own: signing out is one of the endpoints.
                answer = _ask(house.client_of(name), endpoint, _path(house, endpoint, own))
                is_refused = answer.status_code == 403 and answer.get_json()["code"] == "not_permitted"
                if is_refused == endpoint.may(name):
                    yield f"{endpoint} answers {name} with {answer.status_code}"
                if answer.status_code >= 500:
                    yield f"{endpoint} breaks for {name}"

    _told(faults())


def test_ids_of_the_other_district_lead_nowhere(
    house: House, endpoints: list[Endpoint], own: dict[str, object], foreign: dict[str, object]
) -> None:
    def faults() -> Iterator[str]:
        for endpoint in endpoints:
            for argument in sorted(endpoint.rule.arguments - NOBODYS - {"district"}):
                path = _path(house, endpoint, own | {argument: foreign[argument]})
                for name in MAPLEWOOD:
                    if not endpoint.may(name):
                        continue
                    client = house.client_of(name)
                    # What was in the address may come back in it.
                    client.foreign -= {_written(foreign[argument])}
                    answer = _ask(client, endpoint, path)
                    if answer.status_code != 404:
                        yield f"{endpoint} with Riverton's {argument} answers {name} with {answer.status_code}"

    _told(faults())


def test_the_other_district_is_a_page_that_does_not_exist(
    house: House, endpoints: list[Endpoint], own: dict[str, object], foreign: dict[str, object]
) -> None:
    def faults() -> Iterator[str]:
        for endpoint in endpoints:
            if "district" not in endpoint.rule.arguments:
                continue
            for values in (own | {"district": "riverton"}, foreign, own | {"district": "no-such-district"}):
                answer = house.client_of("cam").open(_path(house, endpoint, values), method=endpoint.method)
                if answer.status_code != 404:
                    yield f"{endpoint} of {values['district']} answers cam with {answer.status_code}"

    _told(faults())


def test_a_form_without_its_token_does_nothing(
    house: House, endpoints: list[Endpoint], own: dict[str, object]
) -> None:
    def faults() -> Iterator[str]:
        for endpoint in endpoints:
            if endpoint.method == "GET" or not endpoint.door.asks_token:
                continue
            path = _path(house, endpoint, own)
            for name in (name for name in MAPLEWOOD if endpoint.may(name)):
                answer = house.client_of(name).open(path, method=endpoint.method, token=False)
                if answer.status_code != 400:
                    yield f"{endpoint} takes a form without a token from {name}: {answer.status_code}"
                other = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
                answer = house.client_of(name).open(path, method=endpoint.method, headers=other)
                if answer.status_code != 400:
                    yield f"{endpoint} takes another site's form from {name}: {answer.status_code}"

    _told(faults())


def test_no_district_can_stand_in_the_way_of_our_addresses(house: House) -> None:
    first_parts = {rule.rule.split("/")[1] for rule in house.app.url_map.iter_rules()}
    taken = {part for part in first_parts if SLUG.fullmatch(part)}
    assert taken <= RESERVED_SLUGS


def _written(value: object) -> str:
    return ref_of(value) if isinstance(value, int) else str(value)
