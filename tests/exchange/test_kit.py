"""The drill: from the shutdown kit alone every certificate gets the right verdict, and nothing forged a good one."""

from __future__ import annotations

import io
import json
import random
import shutil
import time
import zlib
from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest

from pdtracker import signing
from pdtracker.commands._kit import write_archive
from pdtracker.domain.canonical import canonical
from pdtracker.domain.codes import kid_of
from pdtracker.domain.refusals import Refusal
from pdtracker.exchange.kit import verify as kit_program
from pdtracker.exchange.open_badges.reading import Form
from pdtracker.pdf.comparison import layout_digest, same_document
from pdtracker.pdf.reading import ReadCertificate, read_certificate
from pdtracker.queries.badge_verification import of_any_file_offline
from pdtracker.queries.badges import badge_of
from pdtracker.queries.certificates import certificate
from pdtracker.queries.kept_keys import of_keys_document
from pdtracker.queries.status_lists import of_status_document
from tests.archiving import PUBLISHER, SHUT, Drill, a_drill, ask
from tests.certifying import (
    certified,
    certified_now,
    pdf,
    revoke,
    with_a_bit_flipped,
    with_page_changed,
    with_record_of,
)
from tests.factories import AN_ISSUER, Cast

only_sqlite = pytest.mark.parametrize("database_urls", ["sqlite"], indirect=True)

# RFC 8032, 7.1: public key, message, signature.
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
        "387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
        "4a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("public", "message", "signature"), VECTORS)
def test_the_program_checks_signatures_as_rfc_8032_has_it(public: str, message: str, signature: str) -> None:
    key, data, signed = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
    assert kit_program.verify(key, data, signed)
    assert not kit_program.verify(key, data + b"x", signed)
    for bit in range(0, 512, 7):
        wrong = bytearray(signed)
        wrong[bit // 8] ^= 1 << bit % 8
        assert not kit_program.verify(key, data, bytes(wrong))


def test_the_program_agrees_with_the_library_and_refuses_a_second_way_of_writing_a_signature() -> None:
    for number in range(20):
        key, data = signing.new_key(), bytes(range(number))
        signature = signing.sign(key.private, data)
        assert kit_program.verify(key.public, data, signature)
        larger = int.from_bytes(signature[32:], "little") + kit_program.L
        twin = signature[:32] + larger.to_bytes(32, "little")
        assert not kit_program.verify(key.public, data, twin)
        assert not signing.verify(key.public, data, twin)
    assert not kit_program.verify(b"", b"", b"")
    assert not kit_program.verify(b"\xff" * 32, b"", bytes(64))


@only_sqlite
@pytest.mark.slow
def test_every_certificate_gets_the_right_verdict_from_the_kit_alone(cast: Cast, tmp_path: Path) -> None:
    drill = a_drill(cast, tmp_path / "kit")
    assert len(drill.files) > 240
    files = _written(tmp_path, drill.files)
    _, told, _ = ask(drill.kit, files)
    assert {Path(one["name"]).stem: one["verdict"] for one in told} == drill.verdicts
    assert len({one["facts"]["key"] for one in told}) == 4
    assert {one["file"] for one in told} == {"identical"}
    codes = {one["facts"]["code"]: one["facts"] for one in told}
    for one in told:
        if one["verdict"] == "superseded":
            assert codes[one["status"]["successor"]]["supersedes"] == one["facts"]["serial"]
    for serial in ("genuine", "revoked", "superseded"):
        file = next(file for file in files if drill.verdicts[file.stem] == serial)
        assert ask(drill.kit, [file])[0] == (0 if serial == "genuine" else 2)
    _forged(drill, tmp_path)


def _forged(drill: Drill, tmp_path: Path) -> None:
    """No mutant of the drill's certificates is genuine, but for one that says the same in other bytes."""
    chance = random.Random(7)
    serials = [serial for serial, verdict in drill.verdicts.items() if verdict == "genuine"]
    mutants: dict[str, bytes] = {}
    for number in range(300):
        mutants[f"flip-{number}"] = with_a_bit_flipped(drill.files[chance.choice(serials)], chance)
    for number in range(8):
        one, other = (drill.files[serial] for serial in chance.sample(serials, 2))
        revoked = next(
            drill.files[serial] for serial, verdict in drill.verdicts.items() if verdict == "revoked"
        )
        mutants |= {
            f"page-{number}": with_page_changed(one),
            f"swapped-{number}": with_record_of(one, other),
            f"revoked-{number}": with_record_of(revoked, one),
            f"appended-{number}": one + b"\n9 0 obj\n<<>>\nendobj\ntrailer\n<</Root 9 0 R>>\n%%EOF\n",
            f"edited-{number}": _with_facts_edited(one),
            f"both-{number}": one + other,
            f"saved-{number}": _saved_again(one),
        }
    _, told, _ = ask(drill.kit, _written(tmp_path / "mutants", mutants))
    assert len(told) == len(mutants)
    originals = {kit_facts["serial"]: kit_facts for kit_facts in _facts_of(drill)}
    for one in told:
        if one["verdict"] == "genuine":
            assert one["name"].split("/")[-1].startswith("flip")
            assert one["file"] == "differs"
            assert one["facts"] == originals[one["facts"]["serial"]]
        elif not Path(one["name"]).name.startswith("flip"):
            assert (one["verdict"], one["facts"]) == ("altered", None)


@only_sqlite
def test_what_is_packed_anew_is_genuine_and_what_says_something_else_is_not(
    cast: Cast, tmp_path: Path
) -> None:
    numbers = certified(cast)
    data = pdf(cast, numbers)
    write_archive(cast.database, PUBLISHER, tmp_path / "kit", SHUT)
    anew = _packed_anew(data)
    assert anew != data
    assert same_document(data, anew)
    assert layout_digest(data) == layout_digest(anew)
    _, told, _ = ask(tmp_path / "kit", _written(tmp_path, {"anew": anew}))
    assert (told[0]["verdict"], told[0]["file"]) == ("genuine", "differs")
    assert kit_program.layout_of(anew) == (layout_digest(data) or "")[:32]


@only_sqlite
def test_an_old_status_list_a_foreign_key_and_a_changed_kit_are_refused(cast: Cast, tmp_path: Path) -> None:
    numbers = certified(cast)
    kept = _written(tmp_path, {"mine": pdf(cast, numbers)})
    write_archive(cast.database, PUBLISHER, tmp_path / "before", SHUT - timedelta(days=9))
    revoke(cast, numbers)
    write_archive(cast.database, PUBLISHER, tmp_path / "kit", SHUT)
    assert ask(tmp_path / "kit", kept)[1][0]["verdict"] == "revoked"
    status, told, complaint = ask(tmp_path / "kit", kept, "--status", str(tmp_path / "before/status.json"))
    assert (status, told) == (3, [])
    assert "older than the list of keys" in complaint
    for name, old, new in (
        ("status.json", '"statusPurpose": "revocation"', '"statusPurpose": "refresh"'),
        ("keys.json", '"district": "maplewood"', '"district": "riverton"'),
        ("status.json", '"lists": [', '"lists": [], "none": ['),
        ("pages/maplewood.json", '"rows": 1', '"rows": 2'),
        ("pages/maplewood.txt", " ", "  "),
    ):
        shutil.copytree(tmp_path / "kit", tmp_path / "changed")
        file = tmp_path / "changed" / name
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new, 1))
        status, told, _ = ask(tmp_path / "changed", kept)
        assert (status, told) == (3, [])
        shutil.rmtree(tmp_path / "changed")
    # Another installation's kit doesn't know the key.
    keys = json.loads((tmp_path / "kit/keys.json").read_text())
    keys["keys"] = [key for key in keys["keys"] if key["district"] == "riverton"]
    (tmp_path / "theirs.json").write_text(json.dumps(keys))
    (tmp_path / "none.json").write_text('{"lists": []}')
    more = ("--keys", str(tmp_path / "theirs.json"), "--status", str(tmp_path / "none.json"))
    assert ask(tmp_path / "kit", kept, *more)[1][0]["verdict"] == "unknown_key"


@only_sqlite
def test_what_the_kit_doesn_t_hold_is_unknown_and_what_hasn_t_left_is_not_in_it(
    cast: Cast, tmp_path: Path
) -> None:
    held, unreleased = certified(cast), certified_now(cast)
    files = {"held": pdf(cast, held), "unreleased": pdf(cast, unreleased)}
    write_archive(cast.database, PUBLISHER, tmp_path / "kit", SHUT)
    told = ask(tmp_path / "kit", _written(tmp_path, files))[1]
    assert {Path(one["name"]).stem: one["verdict"] for one in told} == {
        "held": "genuine",
        "unreleased": "unknown",
    }
    kept = b"".join(file.read_bytes() for file in sorted((tmp_path / "kit").rglob("*")) if file.is_file())
    assert unreleased.serial.encode() not in kept
    page = (tmp_path / "kit/verify.html").read_bytes()
    # The page can be handed to anybody: it names no holder, and no serial, which opens a certificate.
    assert not any(word in page for word in (held.serial.encode(), held.code.encode(), b"Ada Lindqvist"))
    for private in (b"@maplewood.example", b"sealed", b"Reading circle notes"):
        assert private not in kept


def test_a_badge_is_told_from_what_is_nothing_and_nothing_of_it_is_vouched_for(
    cast: Cast, tmp_path: Path
) -> None:
    numbers = certified(cast)
    scope = cast.scope("cam")
    made = badge_of(scope.session, certificate(scope, numbers.serial), AN_ISSUER.secrets)
    kit = tmp_path / "kit"
    kit.mkdir()
    shutil.copy(kit_program.__file__, kit / "verify.py")
    (kit / "keys.json").write_text('{"keys": []}')
    (kit / "status.json").write_text('{"lists": []}')
    files = {form.value: made.file(form) for form in Form} | {"none": b"{}"}
    for name, data in files.items():
        status, told, _ = ask(kit, _written(tmp_path, {name: data}))
        assert (status, told[0]["verdict"]) == (1, "not_a_certificate"), name
        assert told[0]["reasons"][0].startswith("It looks like an Open Badge.") == (name != "none"), name


def test_garbage_gets_a_verdict_within_bounded_work(tmp_path: Path) -> None:
    kit = tmp_path / "kit"
    kit.mkdir()
    shutil.copy(kit_program.__file__, kit / "verify.py")
    (kit / "keys.json").write_text('{"keys": []}')
    (kit / "status.json").write_text('{"lists": []}')
    chance = random.Random(11)
    bomb = zlib.compress(bytes(50_000_000), 9)
    nested = b"%PDF-1.7\nstream\n" + b'{"pdtracker.signed/1":' + b"[" * 200_000
    garbage = {
        "empty": b"",
        "page": b"<html>",
        "header": b"%PDF-1.7\n",
        "noise": b"%PDF-" + chance.randbytes(900_000),
        "streams": b"%PDF-1.7\n" + b"stream\nx" * 120_000,
        "bombs": b"%PDF-1.7\n" + (b"stream\n" + bomb + b"\nendstream\n") * 18,
        "nested": nested,
        "objects": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
        + b"1 0 obj\n<</Length 1>>\nstream\nx\nendstream\nendobj\n" * 18_000,
        "large": b"%PDF-" + bytes(2_000_000),
        "number": b'%PDF-1.7\nstream\n{"schema":"pdtracker.signed/1","a":' + b"9" * 100_000 + b"}\nendstream",
    }
    for name, data in garbage.items():
        begun = time.perf_counter()
        status, told, _ = ask(kit, _written(tmp_path, {name: data}))
        # The page beside it and the service say the same of a record that can't be read.
        verdict = "altered" if name in ("nested", "number") else "not_a_certificate"
        assert (status, told[0]["verdict"]) == (1, verdict), name
        assert time.perf_counter() - begun < 5, name
    status, told, _ = ask(kit, [tmp_path, tmp_path / "missing.pdf"])
    assert [one["verdict"] for one in told] == ["not_a_certificate"] * 2
    assert [one["reasons"] for one in told] == [["The file can't be read."]] * 2


@only_sqlite
def test_a_kit_is_written_whole_or_not_at_all(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certified(cast)
    home = tmp_path / "home"
    home.mkdir()

    def breaks(*_told: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("pdtracker.commands._kit.page", breaks)
        with pytest.raises(Refusal, match="No space left"):
            write_archive(cast.database, PUBLISHER, home / "kit", SHUT)
    assert list(home.iterdir()) == []
    write_archive(cast.database, PUBLISHER, home / "kit", SHUT)
    with pytest.raises(Refusal, match="already there"):
        write_archive(cast.database, PUBLISHER, home / "kit", SHUT)
    assert [file.name for file in home.iterdir()] == ["kit"]


def _written(folder: Path, files: dict[str, bytes]) -> list[Path]:
    folder.mkdir(exist_ok=True)
    for name, data in files.items():
        (folder / f"{name}.pdf").write_bytes(data)
    return [folder / f"{name}.pdf" for name in files]


def _facts_of(drill: Drill) -> list[dict[str, object]]:
    lines = (drill.kit / "certificates/maplewood.jsonl").read_bytes().splitlines()
    return [json.loads(line)["snapshot"] for line in lines]


def _saved_again(data: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        document.save(out, fix_metadata_version=False)
    return out.getvalue()


def _with_facts_edited(data: bytes) -> bytes:
    """Another holder in the record, signed with a forger's key under the district's key's name."""
    read = read_certificate(data)
    assert isinstance(read, ReadCertificate)
    record = json.loads(read.record.to_bytes())
    record["snapshot"]["holder"]["name"] = "Eve"
    forger = signing.new_key()
    record["signature"] = signing.sign(forger.private, canonical(record["snapshot"])).hex()
    record["public_key"] = forger.public.hex()
    assert kid_of(forger.public) != record["kid"]
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        document.Root.AF[0].EF.F.write(canonical(record))
        document.save(out, fix_metadata_version=False)
    return out.getvalue()


def _packed_anew(data: bytes) -> bytes:
    """The same file as another version of zlib would have packed it, with the places of its objects put right."""
    parts = kit_program._parts(data) or []
    out, moved = [kit_program.HEADER], {}
    at = len(kit_program.HEADER)
    for place, head, before in parts:
        moved[place] = at
        packed = before
        if b"/FlateDecode" in head:
            plain = zlib.decompress(before)
            packed = zlib.compress(_table(plain, moved) if place == parts[-1][0] else plain, 9)
        whole = head + b"%d" % len(packed) + kit_program.BEGINS + packed + kit_program.ENDS
        out.append(whole)
        at += len(whole)
    return b"".join(out) + b"startxref\n%d\n%%%%EOF\n" % moved[parts[-1][0]]


def _table(table: bytes, moved: dict[int, int]) -> bytes:
    rows = bytearray(table)
    for at in range(0, len(rows), 7):
        if rows[at] == 1:
            rows[at + 1 : at + 5] = moved[int.from_bytes(rows[at + 1 : at + 5])].to_bytes(4)
    return bytes(rows)


@only_sqlite
def test_the_kit_holds_every_certificate_as_a_badge_that_keys_and_lists_of_the_kit_prove(
    cast: Cast, tmp_path: Path
) -> None:
    drill = a_drill(cast, tmp_path / "kit", batches=2, each=20)
    keys = of_keys_document((drill.kit / "keys.json").read_bytes())
    lists = of_status_document((drill.kit / "status.json").read_bytes(), keys, SHUT)
    told = (drill.kit / "badges/maplewood.jsonl").read_bytes().splitlines()
    assert len(told) == len((drill.kit / "certificates/maplewood.jsonl").read_bytes().splitlines()) > 0
    verdicts = {of_any_file_offline(one, keys, lists).verdict.value for one in told}
    assert verdicts <= {"genuine", "revoked", "superseded"}
    assert "genuine" in verdicts
    methods = {
        key["verification_method"] for key in json.loads((drill.kit / "keys.json").read_bytes())["keys"]
    }
    assert {json.loads(one)["proof"][0]["verificationMethod"] for one in told} <= methods
