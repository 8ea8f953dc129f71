"""Whose line it is: certain by what is known of a person, by names only suggested."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdtracker.domain.attendance import Flag
from pdtracker.domain.matching import (
    MOST_SUGGESTED,
    Alias,
    AliasKind,
    Directory,
    Known,
    Match,
    MatchBy,
    Standing,
    Told,
    alias_keys,
    name_words,
    shared_numbers,
)

ADA = Known(1, "Ada Lindqvist", "ada@maplewood.example")
JOSE = Known(2, "José Núñez-Ortiz", "jose@maplewood.example")
PAT = Known(3, "Patricia Lee", "pat@maplewood.example")
GONE = Known(4, "Gail Old", "gail@maplewood.example", has_left=True)
PEOPLE = (ADA, JOSE, PAT, GONE)


def told(name: str = "", email: str = "", number: str = "", *flags: Flag, has_minutes: bool = True) -> Told:
    return Told(name, email, number, frozenset(flags), has_minutes)


def match(line: Told, *aliases: Alias) -> Match:
    return Directory(PEOPLE, aliases).match(line)


def test_an_e_mail_of_the_district_decides_whatever_the_name() -> None:
    found = match(told("iPad", "ADA@maplewood.example", "", Flag.DEVICE))
    assert (found.standing, found.person_id, found.by) == (Standing.MATCHED, ADA.id, MatchBy.EMAIL)


@pytest.mark.parametrize("flag", [Flag.SHARED_EMAIL, Flag.SEVERAL_NAMES, Flag.UNVERIFIED])
def test_an_e_mail_that_may_be_somebody_else_s_only_suggests(flag: Flag) -> None:
    found = match(told("Zoe", "ada@maplewood.example", "", flag))
    assert (found.standing, found.suggested) == (Standing.UNSURE, (ADA.id,))


def test_the_account_s_name_matches_where_it_is_somebody_s_address() -> None:
    line = replace(told("J. N.", "jose.home@elsewhere.example"), account="JOSE@maplewood.example")
    assert match(line) == Match(Standing.MATCHED, JOSE.id, MatchBy.EMAIL)
    assert match(replace(line, account="t00214@maplewood.example")) == Match(Standing.UNKNOWN)


def test_an_e_mail_and_an_account_of_two_people_match_neither() -> None:
    line = replace(told("Zoe", "ada@maplewood.example"), account="jose@maplewood.example")
    assert match(line) == Match(Standing.UNSURE, suggested=(ADA.id, JOSE.id), disagrees=True)


@pytest.mark.parametrize("flag", [Flag.SHARED_EMAIL, Flag.SEVERAL_NAMES, Flag.UNVERIFIED])
def test_an_account_that_may_be_somebody_else_s_only_suggests(flag: Flag) -> None:
    line = replace(told("Zoe", "zoe@elsewhere.example", "", flag), account="ada@maplewood.example")
    assert match(line) == Match(Standing.UNSURE, suggested=(ADA.id,))


def test_a_number_and_an_account_of_two_people_match_neither() -> None:
    numbered = replace(ADA, number="1042")
    line = replace(told("Ada Lindqvist", "", "1042"), account="jose@maplewood.example")
    found = Directory((numbered, JOSE), ()).match(line)
    assert (found.standing, found.disagrees) == (Standing.UNSURE, True)


def test_what_is_remembered_of_an_account_is_known_beside_another_e_mail() -> None:
    alias = Alias(AliasKind.EMAIL, "t00214@maplewood.example", JOSE.id)
    line = replace(told("Zoe", "zoe@elsewhere.example"), account="T00214@maplewood.example")
    assert match(line, alias) == Match(Standing.MATCHED, JOSE.id, MatchBy.ALIAS)


def test_who_left_is_not_matched() -> None:
    assert match(told("Gail Old", "gail@maplewood.example")) == Match(Standing.UNSURE)


@pytest.mark.parametrize(
    ("name", "person"),
    [
        ("Lindqvist, Ada", ADA),
        ("ADA LINDQVIST (she/her)", ADA),
        ("Jose Nunez-Ortiz", JOSE),
        ("Ada Lindqvist - Birch Hill", ADA),
        ("Pat (Patricia Lee)", PAT),
        ("Pat Lee", PAT),
    ],
)
def test_a_name_suggests_and_never_decides(name: str, person: Known) -> None:
    assert match(told(name)) == Match(Standing.UNSURE, suggested=(person.id,))


@pytest.mark.parametrize("name", ["Ada", "A. L.", "Somebody Else", "", "Lee"])
def test_half_a_name_is_nobody_s(name: str) -> None:
    assert match(told(name)).standing is Standing.UNKNOWN


@pytest.mark.parametrize("flag", [Flag.DEVICE, Flag.PHONE])
def test_a_device_is_somebody_s_and_says_not_whose(flag: Flag) -> None:
    assert match(told("Ada Lindqvist", "", "", flag)) == Match(Standing.UNSURE)


def test_a_bot_and_a_waiting_room_are_nobody() -> None:
    assert match(told("Ada Lindqvist", "ada@maplewood.example", "", Flag.BOT)).standing is Standing.NOBODY
    nothing = told("Ada Lindqvist", "ada@maplewood.example", has_minutes=False)
    assert match(nothing).standing is Standing.NOBODY


def test_what_was_decided_before_goes_first() -> None:
    aliases = (
        Alias(AliasKind.NUMBER, "001042", PAT.id),
        Alias(AliasKind.NAME, "kitty", JOSE.id),
        Alias(AliasKind.EMAIL, "ada@maplewood.example", None),
        Alias(AliasKind.NAME, "old gail", GONE.id),
    )
    assert match(told("Kitty"), *aliases) == Match(Standing.MATCHED, JOSE.id, MatchBy.ALIAS)
    assert match(told("Ada", "ada@maplewood.example"), *aliases) == Match(Standing.NOBODY, by=MatchBy.ALIAS)
    assert match(told("X", "ada@maplewood.example", "001042"), *aliases).person_id == PAT.id
    # An address goes before a name, and who left is matched by nothing.
    assert match(told("Kitty", "k@home.example"), *aliases).standing is Standing.UNKNOWN
    assert match(told("Old Gail"), *aliases).standing is not Standing.MATCHED


@pytest.mark.parametrize("number", ["E-1042", " e-1042 ", "Ｅ-1042"])
def test_an_employee_number_decides(number: str) -> None:
    found = numbered(told("iPad (2)", "", number, Flag.DEVICE))
    assert (found.standing, found.person_id, found.by) == (Standing.MATCHED, ADA.id, MatchBy.NUMBER)
    # Typed by hand, a name may be anything but somebody else's.
    assert numbered(told("A. Lindqvist-Berg", "a@home.example", number)).person_id == ADA.id


@pytest.mark.parametrize("number", ["E-01042", "1042", "E1042"])
def test_a_number_that_is_nearly_one_is_none(number: str) -> None:
    assert numbered(told("Somebody Else", "", number)) == Match(Standing.UNKNOWN)
    assert numbered(told("Somebody", PAT.email, number)).by is MatchBy.EMAIL


@pytest.mark.parametrize(
    ("line", "suggested"),
    [
        (told("Ada Lindqvist", PAT.email, "E-1042"), (ADA.id, PAT.id)),
        (told("Patricia Lee", "", "E-1042"), (ADA.id, PAT.id)),
        (told("Kitty", "", "E-1042"), (ADA.id, JOSE.id)),
    ],
)
def test_where_number_address_and_name_disagree_nobody_is_guessed(
    line: Told, suggested: tuple[int, ...]
) -> None:
    found = numbered(line, Alias(AliasKind.NAME, "kitty", JOSE.id))
    assert (found.standing, found.person_id, found.suggested) == (Standing.UNSURE, None, suggested)
    assert found.disagrees


def test_a_number_under_which_two_names_came_is_nobody_s() -> None:
    lines = [told("Ada Lindqvist", "", "E-1042"), told("Ben Ode", "", "e-1042"), told("", "", "7")]
    assert shared_numbers(lines) == {"e-1042"}
    found = numbered(replace(lines[1], shares_number=True))
    assert (found.standing, found.suggested, found.disagrees) == (Standing.UNSURE, (ADA.id,), True)


def test_a_decision_about_a_number_and_one_who_left() -> None:
    decided = Alias(AliasKind.NUMBER, "e-1042", PAT.id)
    assert numbered(told("Ada", "", "E-1042"), decided).person_id == PAT.id
    nobody = Alias(AliasKind.EMAIL, "x@home.example", None)
    assert numbered(told("Ada", "x@home.example", "E-1042"), nobody).standing is Standing.UNSURE
    gone = replace(GONE, number="9")
    assert Directory([gone], ()).match(told("Gail Old", "", "9")) == Match(Standing.UNSURE)


def numbered(line: Told, *aliases: Alias) -> Match:
    """The match where Ada has the employee number E-1042."""
    return Directory([replace(ADA, number="E-1042"), JOSE, PAT, GONE], aliases).match(line)


def test_a_decision_about_a_shared_address_or_a_device_is_not_remembered() -> None:
    assert alias_keys(told("Mai", "ada@maplewood.example", "", Flag.SHARED_EMAIL)) == ()
    assert alias_keys(told("iPad (2)", "", "", Flag.DEVICE)) == ()
    assert alias_keys(told("Ada", "A@x.example", "7")) == (
        (AliasKind.NUMBER, "7"),
        (AliasKind.EMAIL, "a@x.example"),
    )


def test_more_of_one_name_than_can_be_chosen_from_are_cut() -> None:
    many = [Known(number, "Robert Smith", f"r{number}@x.example") for number in range(20)]
    assert len(Directory(many, ()).match(told("Smith Robert")).suggested) == MOST_SUGGESTED


@given(st.text(max_size=80), st.text(max_size=40), st.frozensets(st.sampled_from(Flag)))
def test_no_name_matches_anybody_by_itself(name: str, number: str, flags: frozenset[Flag]) -> None:
    found = match(Told(name, "", number, flags))
    assert found.person_id is None
    assert found.by is None
    assert all(word for word in name_words(name))
