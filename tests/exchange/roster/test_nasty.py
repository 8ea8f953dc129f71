"""Files made to harm are turned away soon, with a sentence."""

from __future__ import annotations

import io
import time
import zipfile

import pytest

from pdtracker.domain.refusals import Mistyped
from pdtracker.exchange.roster import files
from pdtracker.exchange.roster.files import files_of
from pdtracker.exchange.roster.reading import read_roster
from tests.exchange.roster.rosters import ON, USERS_11, lines, oneroster_11, teacher, zipped


def refused(data: bytes, name: str = "roster.zip") -> str:
    """Why a file is refused; it takes no more than two seconds of the processor."""
    began = time.process_time()
    with pytest.raises(Mistyped) as told:
        read_roster(files_of(data, name), ON)
    assert time.process_time() - began < 2
    return told.value.sentence


def test_a_bomb_is_not_unpacked() -> None:
    assert "holds too much" in refused(zipped({"users.csv": b"0" * 40_000_000, "orgs.csv": b""}))


def test_an_archive_that_lies_about_its_sizes_is_measured() -> None:
    data = bytearray(zipped({"users.csv": b"x" * 30_000_000}))
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    assert "archive" in refused(bytes(data))


@pytest.mark.parametrize(
    "name", ["../users.csv", "/etc/users.csv", "a/../../users.csv", "C:\\users.csv", "..\\users.csv"]
)
def test_names_that_lead_out_of_the_archive_are_refused(name: str) -> None:
    assert "outside of itself" in refused(zipped({name: lines(USERS_11)}))


def test_a_file_that_stands_there_twice_is_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a/users.csv", lines(USERS_11))
        archive.writestr("b/users.csv", lines(USERS_11))
    assert "twice" in refused(packed.getvalue())


def test_too_many_parts_are_refused() -> None:
    assert "holds too much" in refused(zipped({f"{number}.txt": b"" for number in range(1_001)}))


def test_an_archive_without_a_roster_is_refused() -> None:
    assert "no roster that we know" in refused(zipped({"a.txt": b"", "b.txt": b""}))
    assert "no roster that we know" in refused(zipped({"picture.png": b"\x89PNG"}))


def test_a_password_is_nothing_that_we_have() -> None:
    data = bytearray(zipped(oneroster_11(teacher("T1", "Ada", "L"))))
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.index(mark)
        while at >= 0:
            data[at + flags] |= 1
            at = data.find(mark, at + 4)
    assert "can’t be unpacked" in refused(bytes(data))


def test_what_is_too_large_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LIMIT_BYTES", 1024 * 1024)
    assert "more than 1 MB" in refused(b"x" * (1024 * 1024 + 1))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04",
        b"PK\x05\x06" + bytes(18),
        b"PK\x03\x04" + bytes(1000),
        b"%PDF-1.7",
        b"\x00\x01\x02" * 500,
        b"\xff\xfe",
        b"\xff\xfeN\x00",
        b"just words\n" * 50,
        b"," * 1000,
        b'"' * 1001,
        b"Name,Email\n",
        b"sourcedId,enabledUser,role,orgSourcedIds\n",
        b"Name,Email\n" + b"\xf0\x9f" * 200,
    ],
)
def test_what_is_no_roster_gets_a_sentence(data: bytes) -> None:
    assert refused(data, "x.csv").endswith(".")


def test_a_quote_that_is_never_closed_costs_its_own_line() -> None:
    rows = [teacher(f"T{number}", "Ada", f"L{number}") for number in range(3)]
    rows[1] = rows[1].replace('"org-110"', '"org-110')
    roster = read_roster(oneroster_11(*rows), ON)
    assert [one.key for one in roster.people] == ["T0", "T2"]
    assert [told.line for told in roster.refused] == [3]


def test_a_cut_off_archive_is_refused() -> None:
    whole = zipped(oneroster_11(teacher("T1", "Ada", "L")))
    for end in range(4, len(whole), 97):
        assert "can’t be unpacked" in refused(whole[:end])
