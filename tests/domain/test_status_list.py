"""Lists of bits, and the proofs on them."""

from __future__ import annotations

import base64
import gzip
import hashlib
import itertools
import random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from pdtracker.domain import proofs
from pdtracker.domain.codes import new_serial
from pdtracker.domain.status_list import PLACES, decoded, encoded, is_set, place_of


def test_a_list_has_one_bit_for_each_entry_the_first_leftmost() -> None:
    text = encoded([0, 9, PLACES - 1])
    assert text.startswith("u")
    packed = base64.urlsafe_b64decode(text[1:] + "=" * (-(len(text) - 1) % 4))
    bits = gzip.decompress(packed)
    assert len(bits) * 8 == PLACES >= 131_072
    assert (bits[0], bits[1], bits[-1]) == (0b1000_0000, 0b0100_0000, 0b0000_0001)
    assert not any(bits[2:-1])


def test_the_same_entries_are_the_same_text_in_any_order_and_come_back() -> None:
    chance = random.Random(5)
    places = [chance.randrange(PLACES) for _ in range(1000)]
    text = encoded(places)
    assert text == encoded(reversed(places))
    bits = decoded(text)
    assert all(is_set(bits, place) for place in places)
    assert sum(byte.bit_count() for byte in bits) == len(set(places))


def test_an_empty_list_of_sixteen_million_places_is_small() -> None:
    assert len(encoded([])) < 4096


@pytest.mark.parametrize(
    "text",
    [
        "",
        "z" + encoded([])[1:],
        "u!!!!",
        "u" + base64.urlsafe_b64encode(gzip.compress(bytes(100), mtime=0)).decode(),
        "u" + base64.urlsafe_b64encode(gzip.compress(bytes(PLACES // 8 + 1), mtime=0)).decode(),
        encoded([])[:-10],
    ],
)
def test_what_is_no_list_of_ours_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="list"):
        decoded(text)


def test_places_tell_nothing_of_the_order_in_which_serials_were_drawn() -> None:
    places = [place_of(new_serial(number.to_bytes(16))) for number in range(400)]
    later = sum(one < other for one, other in itertools.pairwise(places))
    assert 150 < later < 250
    assert place_of("0" * 26) == int(hashlib.sha256(b"0" * 26).hexdigest()[:6], 16)


def test_base58_is_written_and_read_as_everybody_does() -> None:
    # Vectors of the Base58 draft (draft-msporny-base58-03).
    for data, text in (
        (b"Hello World!", "z2NEpo7TZRRrLZSi2U"),
        (bytes.fromhex("0000287fb4cd"), "z11233QC4"),
    ):
        assert proofs.base58(data) == text
        assert proofs.of_base58(text) == data
    for wrong in ("2NEpo7", "z0", "zO", "z" + "1" * 300):
        with pytest.raises(ValueError, match=r"."):
            proofs.of_base58(wrong)


def test_the_example_of_the_suite_s_specification_is_met() -> None:
    # W3C, Data Integrity EdDSA Cryptosuites 1.0, section B.2 (eddsa-jcs-2022).
    public = proofs.of_base58("z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2")[2:]
    document = {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://www.w3.org/ns/credentials/examples/v2",
        ],
        "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
        "type": ["VerifiableCredential", "AlumniCredential"],
        "name": "Alumni Credential",
        "description": "A minimum viable example of an Alumni Credential.",
        "issuer": "https://vc.example/issuers/5678",
        "validFrom": "2023-01-01T00:00:00Z",
        "credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"},
    }
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "created": "2023-02-24T23:36:38Z",
        "verificationMethod": proofs.method_of(public),
        "proofPurpose": "assertionMethod",
        "@context": document["@context"],
    }
    signature = proofs.of_base58(
        "z2HnFSSPPBzR36zdDgK8PbEHeXbR56YF24jwMpt3R1eHXQzJDMWS93FCzpvJpwTWd3GAVFuUfjoJdcnTMuVor51aX"
    )
    Ed25519PublicKey.from_public_bytes(public).verify(signature, proofs.signed_bytes(document, options))
