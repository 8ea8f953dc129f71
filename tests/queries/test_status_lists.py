"""What is published of certificates' status, and how a list is read back without us."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from pdtracker.actions.keys import rotate_key
from pdtracker.domain.canonical import canonical
from pdtracker.domain.status_list import PLACES, Purpose, mark_of, place_of
from pdtracker.models.certificates import Certificate, StatusEntry
from pdtracker.queries.certificates import every_public_key
from pdtracker.queries.kept_keys import KeptKeys, keys_document, of_keys_document
from pdtracker.queries.status_lists import (
    SCHEMA,
    KeptList,
    Publisher,
    of_status_document,
    published,
    signed_lists,
)
from tests.certifying import LATER, Numbers, certified, reissue, revoke
from tests.factories import AN_ISSUER, NOW, Cast

PUBLISHER = Publisher.of("https://pd.example/", AN_ISSUER.secrets)
FINAL = LATER + timedelta(days=30)


def keys_of(cast: Cast, as_of: datetime | None = None) -> KeptKeys:
    """The list of keys as somebody kept it."""
    told = keys_document(every_public_key(cast.database), "https://pd.example", as_of)
    return of_keys_document(json.dumps(told).encode())


def lists_of(
    cast: Cast, at: datetime = FINAL, until: datetime | None = None
) -> Mapping[Purpose, dict[str, Any]]:
    """Both signed lists of Maplewood."""
    with cast.database.session(cast.maplewood.id) as session:
        return signed_lists(session, PUBLISHER, at, until)


def read(
    cast: Cast, document: Any, at: datetime = FINAL, keys: KeptKeys | None = None
) -> dict[str, KeptList]:
    """The lists as they are read back, by what their bits mean."""
    kept = of_status_document(json.dumps(document).encode(), keys or keys_of(cast), at)
    return {one.purpose.value: one for one in kept}


def both(cast: Cast, at: datetime = FINAL) -> dict[str, Any]:
    """As a shutdown kit keeps them."""
    return {"schema": SCHEMA, "lists": list(lists_of(cast, at).values())}


def test_revoked_and_superseded_are_told_and_all_others_are_not(cast: Cast) -> None:
    stands, revoked, replaced = (certified(cast, NOW + timedelta(days=day)) for day in range(3))
    revoke(cast, revoked)
    successor = reissue(cast, replaced)
    found = read(cast, both(cast))
    for numbers, expected in (
        (stands, (False, False)),
        (revoked, (True, False)),
        (replaced, (True, True)),
        (successor, (False, False)),
    ):
        told = tuple(found[purpose].tells(numbers.serial) for purpose in ("revocation", "refresh"))
        assert told == expected
    assert sum(byte.bit_count() for byte in found["revocation"].bits) == 2


def test_what_was_revoked_after_it_was_replaced_is_revoked(cast: Cast) -> None:
    replaced = certified(cast)
    successor = reissue(cast, replaced)
    revoke(cast, successor)
    found = read(cast, both(cast))
    assert (found["revocation"].tells(successor.serial), found["refresh"].tells(successor.serial)) == (
        True,
        False,
    )


def test_a_published_list_is_the_same_for_some_minutes_and_names_no_certificate(cast: Cast) -> None:
    numbers = certified(cast)
    revoke(cast, numbers)
    with cast.database.session(cast.maplewood.id) as session:
        first, second, later = (
            published(session, PUBLISHER, Purpose.REVOCATION, FINAL + timedelta(seconds=after))
            for after in (1, 290, 310)
        )
    assert first is not None
    assert later is not None
    assert first == second
    assert first["validFrom"] != later["validFrom"]
    text = canonical(first).decode()
    assert not any(told in text for told in (numbers.serial, numbers.code, "Ada", "credited twice"))
    assert first["id"] == "https://pd.example/.well-known/pdtracker-status/maplewood/revocation.json"
    assert read(cast, first)["revocation"].tells(numbers.serial)


@pytest.mark.parametrize(
    "what", ["list", "id", "validFrom", "validUntil", "signature", "purpose", "stranger"]
)
def test_a_list_that_somebody_changed_is_refused(cast: Cast, what: str) -> None:
    revoke(cast, certified(cast))
    document = lists_of(cast, until=FINAL + timedelta(days=7))[Purpose.REVOCATION]
    emptied = lists_of(cast)[Purpose.REFRESH]["credentialSubject"]["encodedList"]
    match what:
        case "list":
            document["credentialSubject"] |= {"encodedList": emptied}
        case "purpose":
            document["credentialSubject"] |= {"statusPurpose": "refresh"}
        case "signature":
            document["proof"] |= {"proofValue": "z" + "1" * 64}
        case "stranger":
            document["proof"] |= {"verificationMethod": "did:key:z6Mk#z6Mk"}
        case "validUntil":
            del document["validUntil"]
        case _:
            document[what] = "2031-01-01T00:00:00Z"
    with pytest.raises(ValueError, match="no status list, or its signature"):
        read(cast, document)


def test_an_old_list_is_not_played_again(cast: Cast) -> None:
    numbers = certified(cast)
    before = both(cast, FINAL - timedelta(days=1))
    published_before = lists_of(cast, FINAL - timedelta(days=8), FINAL - timedelta(days=1))
    revoke(cast, numbers)
    with pytest.raises(ValueError, match="older than the list of keys"):
        read(cast, before, keys=keys_of(cast, as_of=FINAL))
    with pytest.raises(ValueError, match="was good until"):
        read(cast, published_before[Purpose.REVOCATION])
    assert read(cast, both(cast), keys=keys_of(cast, as_of=FINAL))["revocation"].tells(numbers.serial)


def test_a_key_that_retired_signs_no_list_any_more(cast: Cast) -> None:
    before = lists_of(cast, FINAL)
    rotate_key(cast.operator(at=FINAL - timedelta(hours=1)), issuer=AN_ISSUER)
    with pytest.raises(ValueError, match="no status list, or its signature"):
        read(cast, before[Purpose.REVOCATION])
    assert not read(cast, lists_of(cast)[Purpose.REVOCATION])["revocation"].tells("0" * 26)


def test_each_certificate_has_a_place_of_its_own_that_its_serial_tells(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = certified(cast)
    drawn = iter([taken.serial, *("0123456789ABCDEFGHJKMNPQ" + two for two in _pairs())])
    monkeypatch.setattr("pdtracker.actions.issuing.new_serial", lambda _random: next(drawn))
    others = [certified(cast, NOW + timedelta(days=day)) for day in (1, 2)]
    scope = cast.scope("cam")
    rows = scope.session.execute(
        sa.select(Certificate.serial, StatusEntry.place).join(
            StatusEntry, StatusEntry.certificate_id == Certificate.id
        )
    ).all()
    assert {row.serial for row in rows} == {taken.serial, *(one.serial for one in others)}
    assert all(row.place == place_of(row.serial) for row in rows)


def test_a_certificate_whose_place_was_taken_stands_elsewhere(cast: Cast, owner_url: str) -> None:
    numbers = certified(cast)
    elsewhere = (place_of(numbers.serial) + 1) % PLACES
    _move(cast, owner_url, numbers, elsewhere)
    revoke(cast, numbers)
    document = lists_of(cast)[Purpose.REVOCATION]
    assert document["credentialSubject"]["elsewhere"] == {mark_of(numbers.serial): elsewhere}
    assert read(cast, document)["revocation"].tells(numbers.serial)


def _move(cast: Cast, owner_url: str, numbers: Numbers, place: int) -> None:
    """As the migration would have placed it."""
    cast.open.close()
    engine = sa.create_engine(owner_url)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("ALTER TABLE status_entry DISABLE TRIGGER USER")
            connection.exec_driver_sql("ALTER TABLE status_entry NO FORCE ROW LEVEL SECURITY")
        else:
            connection.exec_driver_sql("DROP TRIGGER status_entry_no_update")
        connection.execute(sa.update(StatusEntry.__table__).values(place=place, is_moved=True))
    engine.dispose()


def _pairs() -> list[str]:
    letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    return [one + two for one in letters for two in letters]
