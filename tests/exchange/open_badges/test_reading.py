"""Badges of others are proved as their makers meant them, and what is broken, garbled or endless is told in words."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path
from typing import Any

import pytest

from pdtracker import signing
from pdtracker.exchange.linked_data.canonical_form import canonical_document
from pdtracker.exchange.linked_data.contexts import CREDENTIALS, OPEN_BADGES, NotRead
from pdtracker.exchange.open_badges import baking
from pdtracker.exchange.open_badges.reading import (
    BrokenBadge,
    Form,
    NoBadge,
    ReadBadge,
    SoundBadge,
    looks_like_badge,
    read_badge,
)

VECTORS = Path(__file__).parent / "vectors"


def read(name: str) -> ReadBadge:
    data = (VECTORS / name).read_bytes()
    assert looks_like_badge(data)
    return read_badge(data, signing)


@pytest.mark.parametrize("name", ["complete.json", "simple.json", "ob3_issued_by_python_eddsa.json"])
def test_badges_of_other_programs_are_sound(name: str) -> None:
    found = read(name)
    assert isinstance(found, SoundBadge)
    assert found.form is Form.JSON
    assert "proof" not in found.credential


def test_a_baked_drawing_of_1edtech_is_opened() -> None:
    found = read("simple-json.svg")
    assert isinstance(found, SoundBadge | BrokenBadge)
    assert found.credential["id"] == "http://example.com/credentials/3527"


def test_a_baked_picture_is_opened() -> None:
    found = read("ob3_baked.png")
    assert isinstance(found, SoundBadge)
    assert found.form is Form.PNG


def test_a_token_with_an_rsa_key_is_sound_and_by_a_key_unlike_ours() -> None:
    found = read("ob3_vcjwt_rs256.jwt")
    assert isinstance(found, SoundBadge)
    assert found.signer.public_key is None


def test_a_token_whose_letters_changed_is_broken() -> None:
    text = (VECTORS / "ob3_vcjwt_rs256.jwt").read_text().strip()
    head, body, signature = text.split(".")
    other = body[:40] + ("A" if body[40] != "A" else "B") + body[41:]
    for changed in (f"{head}.{other}.{signature}", f"{head}.{body}.{signature[:-8]}AAAAAAAA"):
        assert not isinstance(read_badge(changed.encode(), signing), SoundBadge)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ob3_tampered.json", "The signature does not fit"),
        ("simple-err-proof-value.json", "The signature does not fit"),
        ("ob3_undefined_term.json", "“clockHours”, which no context defines"),
    ],
)
def test_what_is_broken_says_why(name: str, words: str) -> None:
    found = read(name)
    assert isinstance(found, BrokenBadge)
    assert words in found.reason


def test_what_is_no_badge_of_version_3_says_so() -> None:
    assert not looks_like_badge(b"<script>alert(1)</script>")
    assert isinstance(read_badge(b"{}", signing), NoBadge)
    assert isinstance(
        read_badge(b'{"@context": "https://w3id.org/openbadges/v2", "type": "Assertion"}', signing), NoBadge
    )
    assert isinstance(read("endorsement-valid.json"), NoBadge)


def test_an_object_that_names_something_twice_is_no_badge() -> None:
    text = (VECTORS / "ob3_issued_by_python_eddsa.json").read_text().strip()
    twice = text[:-1] + ', "name": "Certificate of completion: Connected Learning 201"}'
    assert isinstance(read_badge(twice.encode(), signing), NoBadge)


@pytest.mark.parametrize(
    "name", ["ob3_baked.png", "ob3_issued_by_python_eddsa.json", "ob3_vcjwt_rs256.jwt", "simple-json.svg"]
)
def test_garbage_is_never_sound_and_never_a_failure(name: str) -> None:
    data, dice = (VECTORS / name).read_bytes(), random.Random(7)
    untouched = read_badge(data, signing)
    for _ in range(150):
        broken = bytearray(data)
        for _ in range(dice.randint(1, 6)):
            broken[dice.randrange(len(broken))] = dice.randrange(256)
        found = read_badge(bytes(broken[: dice.randint(1, len(broken))]), signing)
        if isinstance(found, SoundBadge):
            # White space and escapes say the same in other letters.
            assert isinstance(untouched, SoundBadge)
            assert found.credential == untouched.credential


def test_the_endless_takes_no_time() -> None:
    deep = "[" * 100_000
    looped: dict[str, Any] = {
        "@context": [CREDENTIALS, OPEN_BADGES],
        "id": "urn:x:1",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "credentialSubject": [
            {"id": f"_:x{i}", "credentialSubject": [{"id": f"_:x{j}"} for j in range(12) if j != i]}
            for i in range(12)
        ],
    }
    started = time.process_time()
    assert isinstance(read_badge(deep.encode(), signing), NoBadge)
    assert isinstance(read_badge(f'{{"a": {deep}'.encode(), signing), NoBadge)
    with pytest.raises(NotRead):
        canonical_document(looped)
    assert isinstance(
        read_badge(b'<svg xmlns="http://www.w3.org/2000/svg">' + b"<g>" * 200_000, signing), NoBadge
    )
    assert time.process_time() - started < 2


def test_a_drawing_with_entities_is_not_read() -> None:
    svg = b'<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>'
    assert read_badge(svg, signing) == NoBadge("The drawing declares entities, which we don’t read.")


def test_what_a_badge_says_survives_its_pictures() -> None:
    text = json.dumps({"a": "]]> & <b> „ä“ \U0001f600"}, ensure_ascii=False)
    assert baking.of_png(baking.baked_png(text)) == text
    assert json.loads(baking.of_svg(baking.baked_svg(text))) == json.loads(text)


def test_a_picture_with_two_badges_holds_none() -> None:
    once = baking.baked_png("{}")
    chunk = once[33 : once.index(b"IDAT") - 4]
    with pytest.raises(baking.NoBadgeInside):
        baking.of_png(once[:33] + chunk[: chunk.index(b"{}") + 6] + once[33:])


@pytest.mark.parametrize(
    "more",
    [
        {"clockHours": 1},
        {"@graph": []},
        {"name": None},
        {"evidence": []},
        {"evidence": {"id": "not an address", "type": ["Evidence"]}},
        {"evidence": {"id": "urn:x:2", "type": ["Unheard"]}},
        {"@context": [CREDENTIALS, {"name": "https://example.org/other"}]},
        {"@context": "https://example.org/context"},
    ],
)
def test_what_no_signature_would_cover_is_refused(more: dict[str, Any]) -> None:
    document = {
        "@context": [CREDENTIALS, OPEN_BADGES],
        "id": "urn:x:1",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
    }
    assert canonical_document(document)
    with pytest.raises(NotRead):
        canonical_document(document | more)


def test_the_canonical_form_is_that_of_the_standard() -> None:
    document = {
        "@context": [CREDENTIALS, OPEN_BADGES],
        "id": "urn:x:1",
        "type": ["VerifiableCredential"],
        "credentialSubject": {"type": ["AchievementSubject"], "creditsEarned": 1.5, "role": 'a "b"\n'},
    }
    vocabulary = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#"
    rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    credentials = "https://www.w3.org/2018/credentials#"
    assert canonical_document(document).decode().splitlines() == [
        f"<urn:x:1> <{rdf}> <{credentials}VerifiableCredential> .",
        f"<urn:x:1> <{credentials}credentialSubject> _:c14n0 .",
        f"_:c14n0 <{rdf}> <{vocabulary}AchievementSubject> .",
        f'_:c14n0 <{vocabulary}creditsEarned> "1.5E0"^^<https://www.w3.org/2001/XMLSchema#float> .',
        f'_:c14n0 <{vocabulary}role> "a \\"b\\"\\n" .',
    ]
    whole = document | {"credentialSubject": {"type": ["AchievementSubject"], "creditsEarned": 2.0}}
    assert b'"2"^^<https://www.w3.org/2001/XMLSchema#float>' in canonical_document(whole)


@pytest.mark.parametrize(
    "more",
    [
        {"creditsEarned": 10**400},
        {"name": "\ud800"},
        {"\ud800": 1},
        {"issuer": {"id": "https://x.example", "type": ["Profile"], "url": "https://x.example/\ud800.json"}},
    ],
)
def test_what_no_page_could_show_is_no_failure(more: dict[str, Any]) -> None:
    document = json.loads((VECTORS / "simple.json").read_text(encoding="utf-8"))
    subject = document["credentialSubject"] | more
    for changed in (document | more, document | {"credentialSubject": subject}):
        found = read_badge(json.dumps(changed).encode(), signing)
        assert not isinstance(found, SoundBadge)
        repr(found).encode()


def test_entities_in_another_encoding_are_not_read_either() -> None:
    svg = '<!DOCTYPE svg [<!ENTITY a "b">]><svg><!--\u733c\u6776-->&a;</svg>'.encode("utf-16-le")
    assert isinstance(read_badge(svg, signing), NoBadge)
    assert "entities" in str(read_badge(svg, signing))
