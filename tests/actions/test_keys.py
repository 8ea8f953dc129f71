"""A key gives way to the next and vouches for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from pdtracker import signing
from pdtracker.actions.keys import rotate_key
from pdtracker.domain.refusals import NotPermitted
from pdtracker.queries.certificates import certificate, every_public_key
from pdtracker.queries.kept_keys import keys_document, of_keys_document
from pdtracker.queries.verification import sound_snapshot
from tests.certifying import certified
from tests.factories import AN_ISSUER, NOW, Cast

SITE = "https://pd.example"


def a_history(cast: Cast, rotations: int = 3) -> dict[str, Any]:
    """The list of keys after so many rotations, as JSON has it."""
    for week in range(rotations):
        rotate_key(cast.operator(at=NOW + timedelta(weeks=week)), issuer=AN_ISSUER)
    return json.loads(json.dumps(keys_document(every_public_key(cast.database), SITE)))


def test_certificates_of_every_key_stay_sound_and_the_newest_signs(cast: Cast) -> None:
    issued = []
    for week in range(4):
        at = NOW + timedelta(weeks=week)
        issued.append(certified(cast, at))
        rotate_key(cast.operator(at=at + timedelta(hours=1)), issuer=AN_ISSUER)
    found = [certificate(cast.scope("cam"), one.serial) for one in issued]
    assert len({one.kid for one in found}) == 4
    assert all(sound_snapshot(one) for one in found)
    kept = of_keys_document(json.dumps(keys_document(every_public_key(cast.database), SITE)).encode())
    assert all(signing.verify(kept.public_keys[one.kid], one.frozen, one.signature) for one in found)


def test_each_key_but_the_first_was_endorsed_by_the_one_before(cast: Cast) -> None:
    told = [key for key in a_history(cast)["keys"] if key["district"] == "maplewood"]
    assert [key["predecessor"] for key in told] == [None, *(key["kid"] for key in told[:-1])]
    assert [key["valid_until"] for key in told] == [*(key["valid_from"] for key in told[1:]), None]
    assert len(of_keys_document(json.dumps({"keys": told}).encode()).keys) == 4


@pytest.mark.parametrize(
    "change",
    [
        lambda keys: keys[2].update(predecessor=None, endorsement=None),
        lambda keys: keys[2].update(endorsement="00" * 64),
        lambda keys: keys[2].update(endorsement=None),
        lambda keys: keys[2].update(valid_from="2019-01-01T00:00:00Z"),
        lambda keys: keys[2].update(district="riverton"),
        lambda keys: keys[2].update(predecessor=keys[0]["kid"]),
        lambda keys: keys.pop(1),
        lambda keys: keys.append(
            keys[0] | {"kid": (new := signing.new_key()).kid, "public_key": new.public.hex()}
        ),
    ],
)
def test_a_history_that_somebody_changed_is_refused(
    cast: Cast, change: Callable[[list[dict[str, Any]]], object]
) -> None:
    keys = [key for key in a_history(cast)["keys"] if key["district"] == "maplewood"]
    change(keys)
    with pytest.raises(ValueError, match="isn't vouched for"):
        of_keys_document(json.dumps({"keys": keys}).encode())


def test_only_who_manages_the_district_changes_its_key(cast: Cast) -> None:
    for name in ("ada", "bo", "hal"):
        with pytest.raises(NotPermitted):
            rotate_key(cast.scope(name), issuer=AN_ISSUER)
    before = len(every_public_key(cast.database))
    rotate_key(cast.scope("cam"), issuer=AN_ISSUER)
    assert len(every_public_key(cast.database)) == before + 1
