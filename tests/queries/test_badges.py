"""A certificate's badge says what its snapshot says, the same bytes each time, and any change of it is found."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
import struct
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from pdtracker.actions.keys import rotate_key
from pdtracker.domain.canonical import canonical
from pdtracker.domain.codes import code_text
from pdtracker.domain.proofs import of_base58
from pdtracker.domain.recipient import identity_hash
from pdtracker.domain.refusals import NotNow
from pdtracker.domain.status_list import place_of
from pdtracker.exchange.linked_data.canonical_form import canonical_document
from pdtracker.exchange.open_badges.reading import Form
from pdtracker.queries.badge_verification import of_any_file, of_any_file_offline
from pdtracker.queries.badges import Badge, badge_of, learner_record_of
from pdtracker.queries.certificates import certificate, every_public_key
from pdtracker.queries.kept_keys import KeptKeys, keys_document, of_keys_document
from pdtracker.queries.status_lists import KeptList, Publisher, of_status_document, signed_lists
from pdtracker.queries.verification import Answer, Verdict, document_of
from tests.certifying import LATER, Numbers, certified, reissue, revoke
from tests.factories import AN_ISSUER, NOW, Cast

AFTER = LATER + timedelta(days=1)


def badge(cast: Cast, numbers: Numbers) -> Badge:
    scope = cast.scope("cam")
    return badge_of(scope.session, certificate(scope, numbers.serial), AN_ISSUER.secrets)


def by_file(cast: Cast, data: bytes, at: datetime = AFTER) -> Answer:
    with ExitStack() as sessions:
        doors = sessions.enter_context(cast.database.session(None, installation=True))
        return of_any_file(doors, lambda id_: sessions.enter_context(cast.database.session(id_)), data, at)


def kept(cast: Cast) -> KeptKeys:
    keys = keys_document(every_public_key(cast.database), "https://pd.example.org")
    return of_keys_document(json.dumps(keys).encode())


def kept_lists(cast: Cast, keys: KeptKeys, at: datetime = AFTER) -> tuple[KeptList, ...]:
    scope = cast.scope("cam")
    told = signed_lists(scope.session, Publisher("https://pd.example.org", AN_ISSUER.secrets), at, None)
    return tuple(one for each in told.values() for one in of_status_document(canonical(each), keys, at))


def test_the_badge_says_what_the_certificate_says(cast: Cast) -> None:
    numbers = certified(cast)
    told = json.loads(badge(cast, numbers).text())
    snapshot = certificate(cast.scope("cam"), numbers.serial).snapshot
    subject = told["credentialSubject"]
    assert told["id"] == snapshot.address
    assert told["name"] == subject["achievement"]["name"] == snapshot.title
    assert told["issuer"]["name"] == snapshot.district.name
    assert subject["licenseNumber"] == numbers.serial
    assert subject["creditsEarned"] == snapshot.total_minutes / 60
    assert [one["value"] for one in subject["result"]] == [str(one.minutes) for one in snapshot.categories]
    assert told["credentialStatus"]["statusListIndex"] == str(place_of(numbers.serial))
    assert isinstance(told["proof"], list)


def test_the_badge_tells_its_holders_address_to_nobody_who_does_not_know_it(cast: Cast) -> None:
    numbers = certified(cast)
    text = badge(cast, numbers).text()
    hashed, name = json.loads(text)["credentialSubject"]["identifier"]
    assert "ada@" not in text
    assert hashed["identityHash"] == f"sha256${identity_hash(numbers.serial, 'ada@maplewood.example')}"
    assert hashed["identityHash"].endswith(
        hashlib.sha256(f"ada@maplewood.example{hashed['salt']}".encode()).hexdigest()
    )
    assert name["identityHash"] == "Ada Lindqvist"


@pytest.mark.parametrize("form", Form)
def test_the_badge_is_the_same_bytes_each_time_and_genuine(cast: Cast, form: Form) -> None:
    numbers = certified(cast)
    data = badge(cast, numbers).file(form)
    rotate_key(cast.scope("cam", LATER), issuer=AN_ISSUER)
    assert badge(cast, numbers).file(form) == data
    found = by_file(cast, data)
    assert found.verdict is Verdict.GENUINE
    told = document_of(found)
    assert told["facts"]["credentialSubject"]["licenseNumber"] == numbers.serial
    assert told["file"] == "identical"
    assert found.snapshot is not None


def test_its_proof_holds_by_the_steps_of_the_standard(cast: Cast) -> None:
    """The hashes of options and document, joined, signed by the key that the method's name carries."""
    told = json.loads(badge(cast, certified(cast)).text())
    (proof,) = told.pop("proof")
    value = of_base58(proof.pop("proofValue"))
    options = {"@context": told["@context"], **proof}
    signed = b"".join(hashlib.sha256(canonical_document(part)).digest() for part in (options, told))
    did, _, fragment = proof["verificationMethod"].partition("#")
    key = Ed25519PublicKey.from_public_bytes(of_base58(fragment)[2:])
    key.verify(value, signed)
    assert did == told["issuer"]["id"] == f"did:key:{fragment}"
    assert proof["cryptosuite"] == "eddsa-rdfc-2022"
    with pytest.raises(InvalidSignature):
        key.verify(value, signed[::-1])


def test_its_token_holds_by_the_steps_of_the_standard(cast: Cast) -> None:
    head, body, signature = badge(cast, certified(cast)).token().split(".")
    header, payload = (json.loads(base64.urlsafe_b64decode(part + "==")) for part in (head, body))
    key = of_base58(header["kid"].partition("#")[2])[2:]
    Ed25519PublicKey.from_public_bytes(key).verify(
        base64.urlsafe_b64decode(signature + "=="), f"{head}.{body}".encode()
    )
    assert header == {"alg": "EdDSA", "kid": header["kid"], "typ": "JWT"}
    assert (payload["iss"], payload["jti"]) == (payload["issuer"]["id"], payload["id"])
    assert payload["sub"] == payload["credentialSubject"]["id"]
    assert datetime.fromtimestamp(payload["nbf"], UTC) == datetime.fromisoformat(payload["validFrom"])


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in items:
        yield (*path, key)
        yield from _places(one, (*path, key))


def _changed(value: object) -> object:
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case str():
            return f"{value}1"
        case _:
            return "x"


def test_a_change_of_any_field_is_found_and_so_is_a_field_left_out_or_added(cast: Cast) -> None:
    document = json.loads(badge(cast, certified(cast)).text())
    trusted, tried = kept(cast), 0
    for path in _places(document):
        for what in ("change", "leave out", "add"):
            broken = copy.deepcopy(document)
            parent = broken
            for key in path[:-1]:
                parent = parent[key]
            if what == "leave out":
                del parent[path[-1]]
            elif what == "change":
                parent[path[-1]] = _changed(parent[path[-1]])
            elif isinstance(parent[path[-1]], dict):
                parent[path[-1]]["narrator"] = "x"
            else:
                continue
            found = of_any_file_offline(json.dumps(broken).encode(), trusted)
            assert found.verdict is not Verdict.GENUINE, (what, path)
            assert found.credential is None
            tried += 1
    assert tried > 150


def test_another_key_over_the_same_facts_is_unknown(cast: Cast) -> None:
    numbers = certified(cast)
    ours = badge(cast, numbers)
    found = of_any_file_offline(ours.file(Form.JSON), KeptKeys({}))
    assert found.verdict is Verdict.UNKNOWN_KEY
    assert document_of(found)["facts"] is None


def test_a_changed_badge_leads_to_the_original(cast: Cast) -> None:
    numbers = certified(cast)
    data = badge(cast, numbers).file(Form.JSON).replace(b'"value":"60"', b'"value":"90"')
    found = by_file(cast, data)
    assert found.verdict is Verdict.ALTERED
    assert found.original is not None
    assert found.original.snapshot is not None
    assert found.original.snapshot.code == numbers.code


@pytest.mark.parametrize("form", [Form.PNG, Form.SVG])
def test_a_sound_badge_in_another_picture_is_altered(cast: Cast, form: Form) -> None:
    data = badge(cast, certified(cast)).file(form)
    other = data.replace(b"#00665a", b"#66005a") if form is Form.SVG else data[:-12] + _chunk() + data[-12:]
    assert other != data
    assert by_file(cast, other).verdict is Verdict.ALTERED
    assert of_any_file_offline(other, kept(cast)).verdict is Verdict.ALTERED


def _chunk() -> bytes:
    body = b"tEXtComment\0another one"
    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))


def test_a_revoked_badge_is_revoked_with_its_reason_here_and_by_the_list_elsewhere(cast: Cast) -> None:
    numbers = certified(cast)
    data = badge(cast, numbers).file(Form.PNG)
    revoke(cast, numbers)
    found = by_file(cast, data)
    assert (found.verdict, found.status and found.status.reason) == (
        Verdict.REVOKED,
        "The same hour was credited twice.",
    )
    keys = kept(cast)
    assert of_any_file_offline(data, keys, kept_lists(cast, keys)).verdict is Verdict.REVOKED
    assert badge(cast, numbers).file(Form.PNG) == data


def test_a_superseded_badge_is_superseded_and_its_successor_stands(cast: Cast) -> None:
    numbers = certified(cast)
    data = badge(cast, numbers).file(Form.TOKEN)
    successor = reissue(cast, numbers)
    assert by_file(cast, data).verdict is Verdict.SUPERSEDED
    keys = kept(cast)
    lists = kept_lists(cast, keys)
    assert of_any_file_offline(data, keys, lists).verdict is Verdict.SUPERSEDED
    newer = of_any_file_offline(badge(cast, successor).file(Form.TOKEN), keys, lists)
    assert newer.verdict is Verdict.GENUINE
    assert newer.as_of == AFTER


def test_a_badge_written_again_by_another_program_is_genuine_in_other_letters(cast: Cast) -> None:
    text = badge(cast, certified(cast)).text()
    found = by_file(cast, json.dumps(json.loads(text), indent=2, sort_keys=True).encode())
    assert found.verdict is Verdict.GENUINE
    assert document_of(found)["file"] == "differs"


def record(cast: Cast, *serials: str) -> str:
    scope = cast.scope("ada", AFTER)
    return learner_record_of(scope, scope.me.id, "Ada Lindqvist", serials, AN_ISSUER.secrets)


def test_a_learner_record_holds_the_badges_that_stand_and_falls_with_one_of_them(cast: Cast) -> None:
    first, second = certified(cast), certified(cast, NOW - timedelta(days=3), title="Another session")
    withdrawn = certified(cast, NOW - timedelta(days=5), title="A third session")
    revoke(cast, withdrawn)
    text = record(cast, first.serial, second.serial, withdrawn.serial)
    told = json.loads(text)
    held = told["credentialSubject"]["verifiableCredential"]
    assert [json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in held] == [
        badge(cast, second).text(),
        badge(cast, first).text(),
    ]
    assert record(cast, first.serial, second.serial) == text
    assert by_file(cast, text.encode()).verdict is Verdict.GENUINE
    altered = text.replace("Another session", "Another seminar")
    assert by_file(cast, altered.encode()).verdict is Verdict.ALTERED
    keys = kept(cast)
    assert of_any_file_offline(text.encode(), keys, kept_lists(cast, keys)).verdict is Verdict.GENUINE
    revoke(cast, second)
    found = by_file(cast, text.encode())
    assert found.verdict is Verdict.REVOKED
    assert code_text(second.code) in found.reasons[1]
    assert of_any_file_offline(text.encode(), keys, kept_lists(cast, keys)).verdict is Verdict.REVOKED


def test_a_learner_record_of_nothing_is_refused(cast: Cast) -> None:
    with pytest.raises(NotNow, match="No certificate"):
        record(cast)
