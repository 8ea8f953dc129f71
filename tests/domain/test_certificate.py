"""A snapshot has one canonical form, and only that form is read."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdtracker.domain.canonical import canonical
from pdtracker.domain.certificate import CertifiedCategory, Holder, NotASnapshot, Snapshot
from pdtracker.domain.certified_sessions import CertifiedChange, CertifiedSession
from pdtracker.domain.codes import CROCKFORD, code_text, kid_of, new_code, new_serial, number_of
from pdtracker.domain.glyphs import MissingGlyph
from tests.pdf.sheets import CASES, DUNCAN, snapshot

# Canonical JSON


def test_keys_are_ordered_by_their_utf16_units_as_in_rfc_8785() -> None:
    """The sample of section 3.2.3: a key outside the basic plane sorts by its surrogates, before U+FB33."""
    keys = {
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\U0001f600": "Emoji: Grinning Face",
        "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis",
    }
    values = list(json.loads(canonical(keys)).values())
    assert values == [
        "Carriage Return",
        "One",
        "Control",
        "Latin Small Letter O With Diaeresis",
        "Euro Sign",
        "Emoji: Grinning Face",
        "Hebrew Letter Dalet With Dagesh",
    ]


def test_strings_are_escaped_as_in_rfc_8785() -> None:
    """The string of section 3.2.2, and the literals beside it."""
    given = {"literals": [None, True, False], "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/"}
    expected = '{"literals":[null,true,false],"string":"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    assert canonical(given) == expected.encode()
    assert canonical("\b\t\n\f\r\x1f\x7f") == b'"\\b\\t\\n\\f\\r\\u001f\x7f"'


@pytest.mark.parametrize("value", [1.5, float("nan"), b"bytes", {1: "a"}, {"a": [0.0]}])
def test_what_has_no_place_in_signed_data_is_refused(value: Any) -> None:
    with pytest.raises((TypeError, AttributeError)):
        canonical(value)


@pytest.mark.parametrize("value", [2**53, -(2**53), "\ud800"])
def test_what_others_would_read_differently_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"2\^53|surrogates"):
        canonical(value)


@given(st.recursive(st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(
    st.characters(exclude_categories=["Cs"])), lambda inner: st.lists(inner) | st.dictionaries(st.text(
        st.characters(exclude_categories=["Cs"])), inner), max_leaves=20))  # fmt: skip
def test_canonical_form_says_the_same_and_is_its_own_canonical_form(value: Any) -> None:
    data = canonical(value)
    assert json.loads(data) == value
    assert canonical(json.loads(data)) == data


# Serial and code


def test_a_serial_has_26_letters_of_its_128_bits() -> None:
    assert new_serial(bytes(16)) == "0" * 26
    assert new_serial(b"\xff" * 16) == "7" + "Z" * 25
    assert len({new_serial(n.to_bytes(16)) for n in range(100)}) == 100


def test_a_code_has_16_letters_of_its_80_bits() -> None:
    assert new_code(b"\xff" * 10) == "Z" * 16
    assert code_text(new_code(bytes(10))) == "0000 0000 0000 0000"


@pytest.mark.parametrize("make", [new_serial, new_code])
def test_other_lengths_of_randomness_are_refused(make: Any) -> None:
    with pytest.raises(ValueError, match="random bytes"):
        make(b"short")


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("7H4K9QXM2PTC58WD", "7H4K9QXM2PTC58WD"),
        ("7h4k 9qxm-2ptc–58wd", "7H4K9QXM2PTC58WD"),
        ("https://pd.example/verify/7H4K9QXM2PTC58WD/", "7H4K9QXM2PTC58WD"),
        ("OIL0000000000000", "0110000000000000"),
        ("4x2hecpt32zfw5e6k3a4d0vhvc", "4X2HECPT32ZFW5E6K3A4D0VHVC"),
        ("4X2H ECPT 32ZF W5E6 K3A4 D0VH VC", "4X2HECPT32ZFW5E6K3A4D0VHVC"),
        ("4x2h-ecpt-32zf-w5e6-k3a4-dovh-vc", "4X2HECPT32ZFW5E6K3A4D0VHVC"),
        ("https://pd.example/verify/4X2HECPT32ZFW5E6K3A4DOVHVC", "4X2HECPT32ZFW5E6K3A4D0VHVC"),
        ("oiL0000000000000000000ILoo", "01100000000000000000001100"),
        ("7H4K\u20119QXM\u00a02PTC\u200958WD", "7H4K9QXM2PTC58WD"),
        ("", None),
        ("7H4K", None),
        ("U" * 16, None),
        ("7H4K9QXM2PTC58WDX", None),
        ("ı" * 16, None),
        ("٣" * 16, None),
        ("7H4K9QXM2PTC58W", None),
        ("7H4K9QXM2PTC58WU", None),
        ("4X2HECPT32ZFW5E6K3A4D0VHVU", None),
        ("７H4K9QXM2PTC58WD", None),
        ("../../etc/passwd", None),
    ],
)
def test_codes_and_serials_are_read_as_people_write_them(typed: str, number: str | None) -> None:
    assert number_of(typed) == number


@given(st.binary(min_size=10, max_size=10))
def test_each_code_survives_being_read_aloud(random: bytes) -> None:
    code = new_code(random)
    assert set(code) <= set(CROCKFORD)
    assert number_of(code_text(code).lower().replace("0", "o").replace("1", "l")) == code


# Snapshot


@pytest.mark.parametrize("name", list(CASES))
def test_a_snapshot_comes_back_from_its_bytes(name: str) -> None:
    assert Snapshot.from_bytes(CASES[name].to_bytes()) == CASES[name]


def test_the_bytes_are_canonical_and_the_fingerprint_is_theirs() -> None:
    data = CASES["eight"].to_bytes()
    assert canonical(json.loads(data)) == data
    assert len(CASES["eight"].fingerprint()) == 64
    assert CASES["eight"].fingerprint() != CASES["three"].fingerprint()


def test_times_are_frozen_with_the_offset_of_their_place() -> None:
    document = json.loads(CASES["one"].to_bytes())
    assert document["sessions"][0]["starts_at"] == "2014-10-14T19:00:00-04:00"
    assert document["issued_at"] == "2014-11-07T15:30:00Z"


def test_no_float_and_no_moment_without_offset_is_in_the_bytes() -> None:
    document = json.loads(CASES["hard25"].to_bytes(), parse_float=pytest.fail)
    assert document["total_minutes"] == 1620


def test_text_is_written_in_composed_form() -> None:
    composed, decomposed = snapshot(holder="Zoë", seed="x"), snapshot(holder="Zoe\u0308", seed="x")
    assert composed.to_bytes() == decomposed.to_bytes()


def change(data: bytes, **changes: Any) -> bytes:
    return canonical(json.loads(data) | changes)


WHOLE = CASES["three"].to_bytes()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        b"9" * 10_000,
        b"x" * 300_000,
        WHOLE + b" ",
        WHOLE.replace(b'":', b'": ', 1),
        WHOLE.replace(b'"code":', b'"code":"0","code":', 1),
        WHOLE.replace("–".encode(), b"\\u2013"),
        json.dumps(json.loads(WHOLE), ensure_ascii=False, sort_keys=False).encode(),
        change(WHOLE, schema="pdtracker.certificate/2"),
        change(WHOLE, more="fields"),
        change(WHOLE, total_minutes=211),
        change(WHOLE, total_minutes=True),
        change(WHOLE, code=5),
        change(WHOLE, sessions={}),
        change(WHOLE, sessions=[]),
        change(WHOLE, holder="Ada"),
        change(WHOLE, holder={"name": "Zoe\u0308", "licence": None}),
        change(WHOLE, issued_at="2014-11-07T15:30:00"),
        change(WHOLE, issued_on="tomorrow"),
        WHOLE.replace(b'"total_minutes":210', b'"total_minutes":210.0'),
        WHOLE.replace(b'"total_minutes":210', b'"total_minutes":NaN'),
        WHOLE.replace(b'"total_minutes":210', b'"total_minutes":2.1e2'),
    ],
)
def test_anything_but_the_canonical_bytes_is_refused(data: bytes) -> None:
    with pytest.raises(NotASnapshot):
        Snapshot.from_bytes(data)


def test_one_changed_bit_never_reads_as_the_same_certificate() -> None:
    whole = CASES["one"]
    data = whole.to_bytes()
    for bit in range(0, len(data) * 8, 7):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        try:
            read = Snapshot.from_bytes(bytes(changed))
        except NotASnapshot:
            continue
        assert read != whole


@pytest.mark.parametrize(
    "changes",
    [
        {"serial": "short"},
        {"code": "U" * 16},
        {"supersedes": "x"},
        {"key": "G" * 16},
        {"verify_address": "ftp://pd.example/"},
        {"verify_address": "https://pd.example/verify"},
        {"verify_address": "https://pd.exämple/"},
        {"issued_at": datetime(2014, 11, 7, tzinfo=UTC).replace(tzinfo=None)},
        {"sessions": ()},
        {"categories": ()},
        {"categories": (CertifiedCategory("Pedagogy", "Pedagogy", 61),)},
        {"categories": (CertifiedCategory("Pedagogy", "P", 60), CertifiedCategory("Pedagogy", "P", 0))},
        {"sessions": (replace(DUNCAN, minutes=()),), "categories": (CertifiedCategory("Pedagogy", "P", 0),)},
        {"sessions": (replace(DUNCAN, minutes=(("Pedagogy", 90), ("Pedagogy", -30))),)},
        {"sessions": (replace(DUNCAN, ends_at=DUNCAN.starts_at - timedelta(minutes=1)),)},
        {"sessions": (replace(DUNCAN, starts_at=DUNCAN.starts_at.replace(tzinfo=None)),)},
    ],
)
def test_facts_that_contradict_each_other_make_no_certificate(changes: dict[str, Any]) -> None:
    with pytest.raises((ValueError, TypeError)):
        replace(CASES["one"], **changes)


# Sessions that count together


def test_only_sessions_that_count_together_are_of_the_second_schema() -> None:
    schemas = {name: json.loads(made.to_bytes())["schema"][-2:] for name, made in CASES.items()}
    assert {name for name, schema in schemas.items() if schema != "/1"} == {
        "together",
        "togetherwhole",
        "together24",
    }
    document = json.loads(CASES["together"].to_bytes())
    assert document["schema"] == "pdtracker.certificate/2"
    assert [session["attended_minutes"] for session in document["sessions"]] == [20, 20, 25]
    assert document["changes"] == [{"words": "Rounded down to quarter hours", "minutes": -5}]
    assert document["total_minutes"] == 60


ROUNDED = CertifiedChange("Rounded down to quarter hours", -5)


@pytest.mark.parametrize(
    "changes",
    [
        {"changes": ()},
        {"changes": (replace(ROUNDED, minutes=-4),)},
        {"changes": (ROUNDED, replace(ROUNDED, minutes=0))},
        {"changes": (replace(ROUNDED, words=""),)},
        {"sessions": (*CASES["together"].sessions[:2], replace(DUNCAN, minutes=(("Pedagogy", 25),)))},
        {"sessions": (*CASES["together"].sessions[:2], replace(DUNCAN, attended_minutes=25))},
        {
            "sessions": (
                replace(CASES["together"].sessions[0], attended_minutes=-20),
                *CASES["together"].sessions[1:],
            )
        },
    ],
)
def test_what_was_attended_together_adds_up_or_makes_no_certificate(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="not a certificate"):
        replace(CASES["together"], **changes)


def test_what_is_credited_for_each_session_takes_no_change() -> None:
    with pytest.raises(ValueError, match="needs no change"):
        replace(CASES["one"], changes=(ROUNDED,))


@pytest.mark.parametrize(
    "data",
    [
        change(CASES["together"].to_bytes(), schema="pdtracker.certificate/1"),
        change(CASES["togetherwhole"].to_bytes(), schema="pdtracker.certificate/1"),
        change(WHOLE, schema="pdtracker.certificate/2", changes=[]),
        change(WHOLE, changes=[]),
        change(CASES["together"].to_bytes(), changes=[{"words": "Rounded", "minutes": "-5"}]),
        change(CASES["together"].to_bytes(), changes=[{"words": "Rounded", "minutes": -5, "why": ""}]),
    ],
)
def test_no_certificate_passes_for_one_of_the_other_schema(data: bytes) -> None:
    with pytest.raises(NotASnapshot):
        Snapshot.from_bytes(data)


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The way to every value of a document, objects and lists among them."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(way for key, item in inside for way in leaves(item, (*path, key)))]


def put(value: Any, path: tuple[str | int, ...], hostile: object) -> Any:
    """The document with another value at the end of a way."""
    if not path:
        return hostile
    changed = dict(value) if isinstance(value, dict) else list(value)
    changed[path[0]] = put(value[path[0]], path[1:], hostile)
    return changed


HOSTILE = st.sampled_from(
    [None, True, "", "0", "-5", "a" * 5000, "\u202e", "\x00", 0, -1, 2**53 - 1, [], {}, [[]], {"a": 1}, ["x"] * 30,
     "9999-12-31", "2014-02-30", "10:00+24:00", "https://", {"minutes": -1, "words": "x"}]
)  # fmt: skip
TOGETHER = json.loads(CASES["together"].to_bytes())


@given(st.data(), st.lists(HOSTILE, min_size=1, max_size=3))
def test_hostile_values_in_the_second_schema_are_refused_or_read_back_as_they_are(
    data: st.DataObject, hostile: list[object]
) -> None:
    document: Any = TOGETHER
    for value in hostile:
        document = put(document, data.draw(st.sampled_from(leaves(document))), value)
    try:
        written = canonical(document)
    except (TypeError, ValueError, AttributeError):
        return
    try:
        read = Snapshot.from_bytes(written)
    except NotASnapshot:
        return
    assert read.to_bytes() == written
    # Whatever reads is a sum that holds.
    assert (
        sum(session.attended_minutes or 0 for session in read.sessions)
        + sum(one.minutes for one in read.changes)
        == document["total_minutes"]
    )


def test_a_session_is_frozen_from_any_zone() -> None:
    held = CertifiedSession.held(
        title="t", host="h", kind="k", delivery="d", place=None,
        starts_at=datetime(2014, 11, 2, 5, 30, tzinfo=UTC), ends_at=datetime(2014, 11, 2, 6, 30, tzinfo=UTC),
        zone="America/New_York", attendance="a", minutes={"Content": 15, "Pedagogy": 45},
    )  # fmt: skip
    assert held.starts_at.isoformat() == "2014-11-02T01:30:00-04:00"
    assert held.ends_at.isoformat() == "2014-11-02T01:30:00-05:00"  # the clock was put back in between
    assert held.total_minutes == 60
    assert held.minutes_in("Content") == 15
    assert held.minutes_in("Leadership") == 0


def test_the_address_is_as_long_for_each_certificate() -> None:
    assert {len(made.address) for made in CASES.values()} == {
        len("https://pd.maplewood.example/verify/") + 16
    }


def test_a_key_is_named_by_the_hash_of_its_public_half() -> None:
    assert kid_of(b"") == "e3b0c44298fc1c14"


def test_a_missing_letter_is_named_with_its_person() -> None:
    refusal = MissingGlyph("Əli Həsənov", "the holder’s name", "Əli Həsənov", ["Ə"])
    assert "Əli Həsənov" in refusal.sentence
    assert "“Ə” (U+018F, latin capital letter schwa)" in refusal.sentence
    hidden = MissingGlyph("Ada\u202e", "the holder’s name", "Ada\u202e", ["\u202e"])
    assert "\u202e" not in hidden.sentence
    assert "U+202E, right-to-left override" in hidden.sentence


def test_a_snapshot_holds_no_more_about_a_person_than_it_must() -> None:
    assert set(Holder.__dataclass_fields__) == {"name", "licence"}
    assert date(2014, 11, 7) == CASES["one"].issued_on
