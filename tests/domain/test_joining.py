"""Lists of people to invite, and the mail domains of links."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdtracker.domain.joining import MOST_LINES, LinesRefused, is_within, read_domains, read_list
from pdtracker.domain.refusals import Mistyped, NotValid


def _address(text: str) -> str:
    if text.count("@") != 1 or " " in text:
        raise Mistyped("Enter an e-mail address such as ada@maplewood.example.")
    return text


def _read(text: str) -> list[tuple[str, str, str]]:
    return [(one.name, one.email, one.school) for one in read_list(text, _address)]


@pytest.mark.parametrize(
    "line",
    [
        "Ada Lindqvist, ada@m.example",
        "ada@m.example, Ada Lindqvist",
        "Ada Lindqvist <ada@m.example>",
        '"Ada Lindqvist" <ada@m.example>',
        "Ada\tLindqvist\tada@m.example",
        "Ada;Lindqvist;ada@m.example",
        '"Ada Lindqvist","ada@m.example"',
        "\ufeffAda Lindqvist, ada@m.example",
    ],
)
def test_a_line_is_read_as_people_write_it(line: str) -> None:
    assert _read(line) == [("Ada Lindqvist", "ada@m.example", "")]


def test_an_address_that_says_a_name_needs_none() -> None:
    assert _read("ada.lindqvist@m.example") == [("Ada Lindqvist", "ada.lindqvist@m.example", "")]


def test_headings_name_the_columns_in_any_order() -> None:
    text = "School,E-mail,Last name,First name,Shoe size\nNorth,ada@m.example,Lindqvist,Ada,38\n"
    assert _read(text) == [("Ada Lindqvist", "ada@m.example", "North")]


def test_every_line_that_is_wrong_is_named_with_its_number() -> None:
    text = "Ada, ada@m.example\n\nBo Tran\nada@m.example\nx1@m.example\nCam, cam@, cam2@m.example\nDee, ADA@m.example"
    with pytest.raises(LinesRefused) as refusal:
        read_list(text, _address)
    lines = {one.line: one.why for one in refusal.value.lines}
    assert sorted(lines) == [3, 4, 5, 6, 7]
    assert lines[3] == "There is no e-mail address in it."
    assert lines[4] == "Write the name beside ada@m.example: it stands on certificates."
    assert lines[7] == "ADA@m.example stands on line 1 already."


@pytest.mark.parametrize("line", ["x" * 200_000, " " * 100_000 + "x" * 100_000, 'a"' * 100_000, "a@" * 600])
def test_a_line_without_an_end_is_a_line_that_is_wrong(line: str) -> None:
    # The reader of CSV gives up on such a cell, and the search for an address in brackets would never end.
    with pytest.raises(LinesRefused) as refusal:
        read_list(f"Ada, ada@m.example\n{line}", _address)
    assert [one.line for one in refusal.value.lines] == [2]
    assert refusal.value.lines[0].why.startswith("It is too long for one person.")


@pytest.mark.parametrize(
    "text", ["", "\n \n", "name,email\n", "\n".join(["a.b@m.example"] * (MOST_LINES + 1))]
)
def test_nothing_and_too_much_are_refused(text: str) -> None:
    with pytest.raises(NotValid) as refusal:
        read_list(text, _address)
    assert "people" in refusal.value.errors


@given(st.text(max_size=300))
def test_no_list_breaks_the_reader(text: str) -> None:
    try:
        found = read_list(text, _address)
    except NotValid:
        return
    assert all(one.name and "@" in one.email for one in found)


def test_domains_are_read_as_people_write_them() -> None:
    assert read_domains(" @Maplewood.example, k12.ma.us;maplewood.example ") == (
        "maplewood.example",
        "k12.ma.us",
    )


@pytest.mark.parametrize(
    "text", ["", "@", "maplewood", "a b", "ada@maplewood.example", "-x.example", "*.example"]
)
def test_what_is_no_domain_is_refused(text: str) -> None:
    with pytest.raises(NotValid):
        read_domains(text)


@pytest.mark.parametrize(
    "email",
    [
        "eve@evil.example",
        "eve@maplewood.example.evil.example",
        "eve@x.maplewood.example",
    ],
)
def test_no_other_domain_is_within(email: str) -> None:
    assert not is_within(email, ("maplewood.example",))


def test_the_domain_itself_is_within_in_any_case() -> None:
    assert is_within("ada@Maplewood.Example", ("maplewood.example",))
